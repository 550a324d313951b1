"""Cells and words of xlsb workbooks that calamine passes over."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.workbook import binary
from gateway.extract.workbook.binary import beside
from gateway.model.content import Table, Text

BOOK = bytes((0x83, 1, 0))               # BrtBeginBook


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size = bytes((len(body),)) if len(body) < 128 else bytes((len(body) & 0x7F | 0x80, len(body) >> 7))
    return head + size + body


def string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int) -> bytes:
    return record(0, struct.pack("<I", number) + bytes(20))


def code(text: str) -> bytes:
    tokens = b"\x17" + struct.pack("<H", len(text)) + text.encode("utf-16-le")
    return struct.pack("<I", len(tokens)) + tokens + bytes(4)


def told(sheet: bytes = b"", **others: bytes) -> list[Table | Text]:
    parts = {"s": sheet, **{name.replace("_", "."): content for name, content in others.items()}}
    return list(beside(["s"] if sheet else [], list(parts)[1:], parts.__getitem__))


def test_short_cells_stand_right_of_the_one_before():
    number = struct.pack("<d", 720566558656.0)
    sheet = (row(0) + record(6, bytes(8) + string("氏名")) + record(17, bytes(4) + string("個人番号"))
             + row(3) + record(7, struct.pack("<II", 1, 0) + struct.pack("<I", 1)) + record(16, bytes(4) + number)
             + record(18, bytes(4) + bytes(4)) + record(12, bytes(4)) + record(13, bytes(4) + struct.pack("<I", 7 << 2 | 2)))
    found = told(sheet, sharedStrings_bin=record(19, b"\0" + string("a")) + record(19, b"\0" + string("佐藤 太郎")))
    assert found == [Table("sheet", (("氏名", "個人番号"), ("", "佐藤 太郎", "720566558656", "a", "", "7")))]


def test_rich_cells_are_read_and_plain_sheets_left_to_their_reader():
    plain = row(0) + record(6, bytes(8) + string("A123456789"))
    assert told(plain + record(62, struct.pack("<II", 2, 0) + b"\1" + string("b"))) == [Table("sheet", (("A123456789", "", "b"),))]
    assert told(plain) == []
    assert told(row(0) + record(18, bytes(4) + struct.pack("<I", 9)) + record(16, bytes(5))) == []


def test_words_beside_the_cells():
    choices = bytes(4) + struct.pack("<I", 1) + bytes(16) + string("t") + string("e") + string("請選擇") + b"\xff" * 4 + code("甲\0乙")
    headers = b"\0\0" + string("&L&8機密&R&P") + b"\xff" * 20
    link = bytes(16) + string("rId1") + string("") + string("見 C1000001") + string("d")
    sheet = record(64, choices) + record(479, headers) + record(494, link)
    found = told(sheet)[0]
    assert isinstance(found, Text)
    lines = [line.strip() for line in found.content.split("\n")]
    assert {"t", "e", "請選擇", "甲", "乙", "機密", "見 C1000001"} <= set(lines)


def test_comments_and_names_of_other_parts():
    name = record(39, bytes(9) + string("K1") + code("王小明 A123456789"))
    comment = record(637, b"\0" + string("姓名：王小明"))
    assert [text.content for text in told(workbook_bin=BOOK + name, comments1_bin=comment, theme_bin=b"abc")] == ["王小明 A123456789", "姓名：王小明"]


def test_more_texts_than_are_read_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(binary, "TEXTS", 2)
    with pytest.raises(LimitReached, match="more than 2 texts"):
        told(comments1_bin=record(637, b"\0" + string("a")) * 3)


@pytest.mark.parametrize("kind", [39, 64, 479, 494, 637, 13, 16, 17, 18, 62])
def test_cut_records_say_nothing_and_break_nothing(kind: int):
    for size in range(12):
        told(row(0) + record(17, bytes(4) + string("x")) + record(kind, b"\xff" * size))
