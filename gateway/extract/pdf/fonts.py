"""The font PDFium gets for letters of East Asia where a PDF brings none: one box for every character of Unicode.

PDFium maps fonts that are not embedded to those of the machine, looks up which there are, and opens them when it needs them. A
locked process opens nothing: then letters have no extent, and PDFium drops each piece of text whose box is empty, such as upright
lines of horizontal type and letters that were placed one by one. With this font the text of a page is the same on every machine.
"""

from __future__ import annotations

import ctypes
import struct

import pypdfium2.raw as raw

EM = 1000
BOX = (80, -120, 920, 800)
"""Left, bottom, right, top of the glyph in EM."""
EAST_ASIAN = frozenset({128, 129, 134, 136})
"""Charset numbers: Shift JIS, Hangul, GB 2312, Big5."""
WHOLE = 0
"""The table number by which a whole file is asked for (fpdf_sysfontinfo.h, GetFontData)."""


def font() -> bytes:
    """A TrueType file (ISO/IEC 14496-22) with two glyphs, both the box; cmap format 13 gives every character the second."""
    left, bottom, right, top = BOX
    glyph = struct.pack(">hhhhh", 1, left, bottom, right, top) + struct.pack(">HH", 3, 0) + b"\x01" * 4
    glyph += struct.pack(">4h", left, right - left, 0, left - right) + struct.pack(">4h", bottom, 0, top - bottom, 0)
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIIIIII", 13, 0, 28, 0, 1, 0x20, 0x10FFFF, 1)
    head = struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, 0, 0, left, bottom, right, top, 0, 8, 2, 1, 0)
    hhea = struct.pack(">Ihhh", 0x10000, 880, -120, 0) + struct.pack(">H", EM) + b"\0" * 22 + struct.pack(">H", 1)
    maxp = struct.pack(">IHHH", 0x10000, 2, 4, 1) + b"\0" * 22
    tables = {b"cmap": cmap, b"glyf": glyph * 2, b"head": head, b"hhea": hhea, b"hmtx": struct.pack(">Hhh", EM, left, left),
              b"loca": struct.pack(">III", 0, len(glyph), 2 * len(glyph)), b"maxp": maxp}
    directory, body, start = b"", b"", 12 + 16 * len(tables)
    for tag, table in tables.items():
        directory += tag + struct.pack(">III", 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 48) + directory + body


_FONT = font()


def _map(_info: object, _weight: int, _italic: int, charset: int, _pitch: int, _face: object, _exact: object) -> int:
    """A handle where letters of East Asia are wanted; for others PDFium has its own fonts."""
    return 1 if charset in EAST_ASIAN else 0


def _data(_info: object, _handle: object, table: int, buffer: int | None, size: int) -> int:
    """Octets of the font; copied where the buffer has room."""
    if table != WHOLE:
        return 0
    if buffer and size >= len(_FONT):
        ctypes.memmove(buffer, _FONT, len(_FONT))
    return len(_FONT)


def _info() -> raw.FPDF_SYSFONTINFO:
    kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
    info = raw.FPDF_SYSFONTINFO(version=1)
    info.MapFont = kinds["MapFont"](_map)
    info.GetFontData = kinds["GetFontData"](_data)
    return info


INFO = _info()
"""PDFium keeps the pointer."""


def use() -> None:
    """PDFium asks for no other font from now on."""
    raw.FPDF_SetSystemFontInfo(INFO)
