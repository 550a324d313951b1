"""What drawings of binary documents only name ([MS-ODRAW] 2.2.9): linked pictures and fills, and where a shape leads.

A table of properties has an entry of six octets for each, and behind them what does not fit there, in the same order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Problem, Yield
from gateway.extract.office import objects, targets
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

STREAMS = ("worddocument", "0table", "1table", "data", "workbook", "book", "powerpoint document", "escherstm")
TABLES = (b"\x0b\xf0", b"\x21\xf1", b"\x22\xf1")
"""Type of the record: properties of a shape, and those of later versions."""
VERSION = 3                              # lowest four bits of its head
COMPLEX = 0x8000
LINKED = 0x4 | 0x8
"""Flags of a picture that is not kept in the document, and of one that is read anew (2.4.6, MSOBLIPFLAGS)."""
NAMED = {0x105: (0x104, 0x106), 0x187: (0x186, 0x188), 0x1C6: (0x1C5, 0x1C7)}
"""Property with the path of a picture, a fill, a line's fill -> those of the picture kept here, and of its flags (2.3.7, 2.3.8,
2.3.23)."""
HYPERLINK = 0x382                        # 2.3.4.4
LONGEST = 4096                           # octets of a path or a link that are looked at
WORK = 16 << 20
"""Octets of tables that are read of one stream: tables may lie within one another, and no document has that many."""


def linked(data: bytes) -> Iterator[Yield]:
    """Shares from which pictures are fetched, and links of shapes that do more than open a page; each once."""
    seen: set[object] = set()
    work = 0
    for mark in TABLES:
        at = data.find(mark, 2)
        while at >= 0:
            head = int.from_bytes(data[at - 2:at], "little")
            if head & 0xF == VERSION:
                values, behind = _table(data, at + 2, head >> 4)
                work += 6 * (head >> 4 if values else 0) + sum(map(len, behind.values()))
                if work > WORK:
                    yield Problem(IncidentCode.COUNT, f"more than {WORK} octets of properties of drawings")
                    return
                for found in _judged(values, behind):
                    if found not in seen:
                        seen.add(found)
                        yield found
            at = data.find(mark, at + 1)


def _table(data: bytes, at: int, count: int) -> tuple[dict[int, int], dict[int, bytes]]:
    """Values by property, and what stands behind them of those that are looked at."""
    end = min(len(data), at + 4 + int.from_bytes(data[at:at + 4], "little"))
    rest = at + 4 + 6 * count
    values: dict[int, int] = {}
    behind: dict[int, bytes] = {}
    if rest > end:
        return values, behind
    for kind, value in struct.iter_unpack("<HI", data[at + 4:rest]):
        number = kind & 0x3FFF
        values[number] = value
        if kind & COMPLEX:
            if number in NAMED or number == HYPERLINK:
                behind[number] = data[rest:min(end, rest + value, rest + LONGEST)]
            rest += value
    return values, behind


def _judged(values: dict[int, int], behind: dict[int, bytes]) -> Iterator[Yield]:
    for name, (kept, flags) in NAMED.items():
        if name in behind and (not values.get(kept) or values.get(flags, 0) & LINKED):
            found = targets.judge("image", behind[name].decode("utf-16-le", "replace").partition("\0")[0])
            if found is not None and found.code != "DOC-EXTERNAL-MEDIA":
                yield found
    for seen in objects.hyperlink(behind.get(HYPERLINK, b"")):
        if isinstance(seen, Observation) and seen.code != "DOC-LINK":
            yield seen
