"""What stands before the members of a tar in records of its dialects: long names, extended headers, access lists.

Readers differ about which of two names counts, and about records that they do not know: GNU tar takes those for files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.archive.member_names import escapes, readings
from gateway.extract.base import Child, Yield
from gateway.extract.identify import identify
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation

BLOCK = 512
MOST = 20_000                            # headers that are followed; an archive of more members is told elsewhere
LONGEST = 1 << 20                        # octets of a record in which names are looked for
LONG_NAME, EXTENDED = b"L", (b"x", b"X")
RECORDS = frozenset({LONG_NAME, b"K", b"x", b"X", b"g"})
"""Long name, long link, extended headers (pax, Solaris, global)."""
VENDOR = frozenset({b"A", b"E"})
"""Access lists and attributes of Solaris: a file by its own name to whoever does not know them."""
PATH = re.compile(rb"(?:^|\n)\d{1,9} path=([^\n]{0,4096})(?=\n)")
INERT = frozenset({"application/octet-stream", "text/plain", "text/csv", "application/x-empty", "text/html", "text/xml"})
"""What names, lists and attributes look like."""


def beside(data: bytes) -> Iterator[Yield]:
    """Files in records that readers keep to themselves, and members with two long names."""
    claimed: set[bytes] = set()
    for kind, header, body in records(data):
        if kind == LONG_NAME:
            claimed.add(body.rstrip(b"\0"))
        elif kind in EXTENDED:
            claimed.update(PATH.findall(body[:LONGEST]))
        elif kind not in RECORDS and kind not in VENDOR:
            if len(claimed) > 1:
                yield Observation("ARCHIVE-NAMES-DIFFER", "two long names of one member")
            claimed.clear()
        if kind in VENDOR and body:
            names = readings(header[:100].split(b"\0", 1)[0])
            yield Child(body, ArtifactKind.MEMBER, names, observations=tuple(escapes(names)))
        elif kind in RECORDS and len(body) >= BLOCK // 8 and identify(body) not in INERT:
            yield Observation("ARCHIVE-STRAY-DATA", "a file in a record of the archive")
            yield Child(body, ArtifactKind.OBJECT, label="record")


def records(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(type, header, content, empty for members) in order, as far as their sizes lead."""
    at = 0
    for _ in range(MOST):
        header = data[at:at + BLOCK]
        if len(header) < BLOCK or not header.strip(b"\0") or not header[148:156].strip(b"\0 "):
            return
        size = size_of(header[124:136])
        if size < 0:
            return
        kind = header[156:157]
        yield kind, header, data[at + BLOCK:at + BLOCK + size] if kind in RECORDS or kind in VENDOR else b""
        at += BLOCK + (size + BLOCK - 1) // BLOCK * BLOCK


def size_of(field: bytes) -> int:
    """Octal, or base 256 where the first bit is set (GNU); -1 where it is neither."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return -1
