from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.workbook.scattered import Layout
from gateway.extract.workbook.sylk import MOST_CELLS, SYLK, cells
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits

TEXT = 'ID;PWXL;N;E\r\nF;W1 2 9\r\nC;Y1;X1;K"姓名"\r\nC;X3;K"護照號碼"\r\nC;Y2;X1;K"陳;;志明 ""小"""\r\nF;X3;P1\r\nC;K349586580;E1+1\r\nE\r\n'


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.slk",)), data, "text/plain")
    return list(SYLK.extract(node, Context(Limits(), outbound=outbound))) if SYLK.claims(node) else None


def test_cells_stand_in_their_columns():
    assert list(Layout().rows(cells(TEXT), 1)) == [("姓名", "", "護照號碼"), ('陳;志明 "小"', "", "349586580")]


@pytest.mark.parametrize("charset", ["utf-8", "cp950"])
def test_files_in_charsets_of_the_region(charset):
    found = read(TEXT.encode(charset))
    assert any(isinstance(t, Table) and t.rows[0][2] == "護照號碼" for t in found)
    assert read(TEXT.encode(charset), outbound=False) == []


def test_other_texts():
    assert read(b"ID;Name;Phone\n1;2;3\n") is None
    assert list(Layout().rows(cells("ID;P\nC;Yx;X99999999999;K1\nC;Y2\nC;K\"open\n"), 1)) == [("1",), ('"open',)]
    assert [type(p) for p in read(b"ID;P\n" + b"C;\n" * (MOST_CELLS + 1))] == [Problem]
