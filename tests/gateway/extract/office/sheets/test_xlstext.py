"""Comments, text boxes, headers and footers of binary workbooks."""

from __future__ import annotations

import struct

from gateway.extract.office.sheets.xlstext import words


def test_texts_of_objects_and_pages() -> None:
    def txo(length: int) -> tuple[int, bytes]:
        return 0x1B6, bytes(10) + struct.pack("<H", length) + bytes(6)

    wide = b"\x01" + "王大明".encode("utf-16-le")
    found = list(words([txo(5), (0x3C, wide), (0x3C, b"\x0012"), (0x3C, bytes(16)), txo(2), (0x3C, b"\0ab"), (0x3C, bytes(16)),
                        (0x14, struct.pack("<HB", 3, 1) + "機密x".encode("utf-16-le")), (0x15, b"\x06\0\0&L&\"Arial\"&9ok"), txo(0), (0x3C, b"\0zz")]))
    assert found == ["王大明12", "ab", "機密x", "   ok"]
    assert list(words([txo(3), (0x3C, b"\0abc")])) == ["abc"]
    assert list(words([(0x1B6, b"short"), (0x3C, b"\0abc"), (0x14, b"")])) == []


def test_what_names_choices_and_links_say() -> None:
    def text(said: str) -> bytes:
        return struct.pack("<HB", len(said), 1) + said.encode("utf-16-le")

    tokens = b"\x17" + struct.pack("<BB", 7, 1) + "王小明\0A12".encode("utf-16-le")
    wide = bytes((0, 0, 0, 2)) + struct.pack("<H", len(tokens)) + bytes(8)
    choices = (bytes(4) + text("提示") + text("\0") + text("證號 A1") + struct.pack("<HB", 2, 0) + b"ab"
               + struct.pack("<HH", len(tokens), 0) + tokens + bytes(4))
    found = list(words([(0x18, wide + b"\1" + "K1".encode("utf-16-le") + tokens), (0x18, wide + b"\0K1" + tokens), (0x218, wide + b"K1" + tokens),
                        (0x1BE, choices), (0x800, bytes(10) + "見 C1\0".encode("utf-16-le")), (0x18, b"")]))
    assert found == ["王小明\nA12", "王小明\nA12", "王小明\nA12", "提示", "", "證號 A1", "ab", "王小明\nA12", "見 C1"]
    for size in range(len(choices)):
        list(words([(0x1BE, choices[:size]), (0x18, (wide + b"\1K")[:size])]))
