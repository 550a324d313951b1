from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Context, Node
from gateway.extract.office.sheets import biff_cells
from gateway.extract.workbook import xlm
from gateway.extract.workbook.sheets import SHEETS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits
from tests.builders.documents import compound


def record(kind, *parts):
    body = b"".join(parts)
    return struct.pack("<HH", kind, len(body)) + body


def at(row, column):
    return struct.pack("<HHH", row, column, 0)


def five(charset, page, texts):
    out = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0)) + record(0x42, struct.pack("<H", page))
    for row, text in enumerate(texts):
        raw = text.encode(charset)
        out += record(0x204, at(row, 1), struct.pack("<H", len(raw)), raw)
    out += record(0x203, at(0, 2), struct.pack("<d", 123456789012.0)) + record(0x27E, at(1, 2), struct.pack("<I", 12345 << 2 | 2))
    out += record(0xBD, at(2, 2)[:4], b"\0\0", struct.pack("<I", 700 << 2 | 3), b"\0\0", struct.pack("<I", 0x40590000), struct.pack("<H", 3))
    return out + record(0x06, at(3, 0), struct.pack("<d", 1.5), b"\0" * 8) + record(0x207, struct.pack("<H", 2), b"ok") + record(10)


@pytest.mark.parametrize(("charset", "page", "texts"), [
    ("cp950", 950, ["護照號碼", "陳志明"]), ("cp932", 932, ["口座番号", "ﾔﾏﾀﾞ"]), ("gb18030", 936, ["护照号码", "张伟"]), ("cp949", 949, ["주민등록번호", "김철수"]),
    ("cp950", 1, ["護照號碼", "陳志明"])])
def test_texts_in_their_code_page(charset, page, texts):
    table = next(biff_cells.tables(xlm.records(five(charset, page, texts))))
    assert table.rows == (("", texts[0], "123456789012"), ("", texts[1], "12345"), ("", "", "7", "100"), ("ok",))


def test_records_of_the_oldest_version():
    stream = record(9, b"\2\0\x10\0") + record(4, at(0, 0), b"\0\3", b"SSN") + record(2, at(1, 0), b"\0", struct.pack("<H", 7))
    stream += record(3, at(1, 1), b"\0", struct.pack("<d", 170561907.0)) + record(4, at(2, 999), b"\0\1x") + record(10)
    assert biff_cells.old(stream)
    assert [t.rows for t in biff_cells.tables(xlm.records(stream))] == [(("SSN",), ("7", "170561907"))]


def test_which_streams_are_old():
    assert biff_cells.old(five("ascii", 1252, []))
    assert not biff_cells.old(record(0x809, struct.pack("<HHHH", 0x600, 5, 0, 0)))
    assert not biff_cells.old(b"")
    assert not list(biff_cells.tables(xlm.records(b"\x04\x02\x01\x00\x00" + record(0x204, b"\0\0") + b"\x04\x02\xff\xff")))


def test_inside_a_compound_file_and_without_one():
    stream = five("cp950", 950, ["護照號碼", "陳志明"])
    for data, extractor in ((compound({"Book": stream + b"\0" * 4096}), SHEETS), (stream, xlm.BIFF)):
        node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.xls",)), data, "application/vnd.ms-excel")
        found = list(extractor.extract(node, Context(Limits(), outbound=True)))
        assert [t.rows[0] for t in found if isinstance(t, Table)] == [("", "護照號碼", "123456789012")]
        assert not any(isinstance(t, Table) for t in extractor.extract(node, Context(Limits(), outbound=False)))
