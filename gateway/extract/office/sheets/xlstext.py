"""Words of binary workbooks beside the cells ([MS-XLS]): comments, text boxes and shapes, headers and footers, and what names,
choices and links say."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator

from gateway.extract.office.sheets import ptg

TEXT_OBJECT, CONTINUE = 0x01B6, 0x3C
HEADER, FOOTER = 0x14, 0x15
CHOICES, TOOLTIP = 0x01BE, 0x0800
SAID = frozenset({0x18, 0x218, CHOICES, TOOLTIP})         # names, too
PRINT_CODES = re.compile(r'&(?:"[^"]*"|[0-9]{1,3}|K(?:[0-9A-Fa-f]{6}|[0-9]{2}[+-][0-9]{3})|[LCRPNDTZFAGBIUESXYOHK&])')
"""What a header says of its place and type."""
WIDE = 1
"""Flag of a string: two octets a character (2.5.293)."""
LENGTH_AT = 10
"""Where a text object says how many characters follow in CONTINUE records (2.4.329)."""


def words(records: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    """Each text as it stands; those of unknown length are left out."""
    left, pieces = 0, list[str]()
    for kind, body in records:
        if kind == CONTINUE and left > 0 and body:
            wide = body[0] & WIDE
            text = body[1:].decode("utf-16-le" if wide else "latin-1", "replace")[:left]
            pieces.append(text)
            left -= len(text)
            continue
        if pieces:
            yield "".join(pieces)
        left, pieces = 0, []
        if kind == TEXT_OBJECT and len(body) >= LENGTH_AT + 2:
            left = struct.unpack_from("<H", body, LENGTH_AT)[0]
        elif kind in (HEADER, FOOTER) and len(body) > 3:
            yield PRINT_CODES.sub(" ", body[3:].decode("utf-16-le" if body[2] & WIDE else "latin-1", "replace"))
        elif kind in SAID:
            yield from _said(kind, body)
    if pieces:
        yield "".join(pieces)


def _said(kind: int, body: bytes) -> Iterator[str]:
    if kind == TOOLTIP:                                  # HLinkTooltip (2.4.141)
        yield body[10:].decode("utf-16-le", "replace").rstrip("\0")
    elif kind == CHOICES:                                # Dv (2.4.91): four texts and two formulas
        at = 4
        for _ in range(4):
            wide = body[at + 2:at + 3] == b"\1"
            end = at + 3 + (int.from_bytes(body[at:at + 2], "little") << wide)
            yield body[at + 3:end].decode("utf-16-le" if wide else "latin-1", "replace").strip("\0")
            at = end
        yield from ptg.texts(body[at + 4:at + 4 + int.from_bytes(body[at:at + 2], "little")], wide=False)
    elif len(body) > 14:                                 # Lbl (2.4.150), whose name older versions have without flags
        count, size = body[3], int.from_bytes(body[4:6], "little")
        begin = 14 + (count + 1 if body[14] < WIDE else 2 * count + 1 if body[14] == WIDE else count)
        yield from ptg.texts(body[begin:begin + size], wide=False)
