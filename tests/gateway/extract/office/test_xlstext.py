"""Comments, text boxes, headers and footers of binary workbooks."""

from __future__ import annotations

import struct

from gateway.extract.office.xlstext import words


def test_texts_of_objects_and_pages() -> None:
    def txo(length: int) -> tuple[int, bytes]:
        return 0x1B6, bytes(10) + struct.pack("<H", length) + bytes(6)

    wide = b"\x01" + "王大明".encode("utf-16-le")
    found = list(words([txo(5), (0x3C, wide), (0x3C, b"\x0012"), (0x3C, bytes(16)), txo(2), (0x3C, b"\0ab"), (0x3C, bytes(16)),
                        (0x14, struct.pack("<HB", 3, 1) + "機密x".encode("utf-16-le")), (0x15, b"\x06\0\0&L&\"Arial\"&9ok"), txo(0), (0x3C, b"\0zz")]))
    assert found == ["王大明12", "ab", "機密x", "   ok"]
    assert list(words([txo(3), (0x3C, b"\0abc")])) == ["abc"]
    assert list(words([(0x1B6, b"short"), (0x3C, b"\0abc"), (0x14, b"")])) == []
