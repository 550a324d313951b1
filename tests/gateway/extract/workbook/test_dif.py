from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.workbook import dif
from gateway.extract.workbook.dif import DIF, rows
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits

TEXT = ('TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,2\r\n""\r\nTUPLES\r\n0,2\r\n""\r\nDATA\r\n0,0\r\n""\r\n'
        '-1,0\r\nBOT\r\n1,0\r\n"姓名"\r\n1,0\r\n"護照號碼"\r\n-1,0\r\nBOT\r\n1,0\r\n"陳""小""明"\r\n0,349586580\r\nV\r\n-1,0\r\nEOD\r\n')


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.dif",)), data, "text/plain")
    return list(DIF.extract(node, Context(Limits(), outbound=outbound))) if DIF.claims(node) else None


def test_rows_begin_where_they_say():
    assert rows(TEXT) == (("姓名", "護照號碼"), ('陳"小"明', "349586580"))


@pytest.mark.parametrize("charset", ["utf-8", "cp950"])
def test_files_in_charsets_of_the_region(charset):
    found = read(TEXT.encode(charset))
    assert any(isinstance(t, Table) and t.rows[0][1] == "護照號碼" for t in found)
    assert read(TEXT.encode(charset), outbound=False) == []


def test_other_texts(monkeypatch):
    assert read(b"TABLE\nof contents\n") is None
    assert read(b"TABLE\n0,1\n\"EXCEL\"\n") == []
    monkeypatch.setattr(dif, "MOST_VALUES", 1)
    assert [type(p) for p in read(TEXT.encode())] == [Problem]
