"""ACE archives: members are listed, stored ones are shown; compressed ones have no reader here and are UNSUPPORTED.

The one library that unpacked them for everybody had to be thrown out of WinRAR (CVE-2018-20250): names matter most.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from gateway.extract.archive.libarchive_reader import DIRECTORY, REGULAR, Member
from gateway.extract.archive.member_names import readings
from gateway.extract.archive.members import child
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

MAIN, FILE = 0, 1                        # header types
ADDSIZE, ENCRYPTED = 1, 0x4000           # header flags; splits are 0x1000 and 0x2000
FOLDER = 0x10                            # DOS attribute


class Ace:
    name = "ace"

    def claims(self, node: Node) -> bool:
        return node.type == "application/x-ace"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        budget, data, at = Budget.of(context), node.data, 0
        for _ in range(context.limits.artifacts):
            if at + 7 > len(data):
                return
            crc, size, kind, flags = struct.unpack_from("<HHBH", data, at)
            header = data[at + 4:at + 4 + size]
            if size < 3 or len(header) < size or ~zlib.crc32(header) & 0xFFFF != crc:
                if data[at:].strip(b"\0\r\n "):
                    yield Problem(IncidentCode.MALFORMED, "header")
                    yield Observation("ARCHIVE-STRAY-DATA", "after the archive")
                    yield Child(data[at:], ArtifactKind.OBJECT, label="after")
                return
            at += 4 + size
            added = struct.unpack_from("<L", header, 3)[0] if flags & ADDSIZE and size >= 7 else 0
            if kind == FILE and size >= 31:
                yield from _member(header, flags, data[at:at + added], budget)
            at += added
        yield Problem(IncidentCode.COUNT, f"more than {context.limits.artifacts} members")


def _member(header: bytes, flags: int, packed: bytes, budget: Budget) -> Iterator[Yield]:
    size, _, attributes, crc, method = struct.unpack_from("<LLLLB", header, 7)
    length = struct.unpack_from("<H", header, 29)[0]
    names = readings(header[31:31 + length])
    if attributes & FOLDER:
        yield from child(Member(b"", b"", DIRECTORY), names)
    elif flags & ENCRYPTED:
        yield from child(Member(b"", b"", fault="encrypted"), names)
    elif method != 0 or flags & 0x3000:
        yield from child(Member(b"", b"", fault="unsupported", detail="ACE compression"), names)
    else:
        budget.check(packed, len(packed))
        budget.spend(len(packed))
        wrong = len(packed) != size or ~zlib.crc32(packed) & 0xFFFFFFFF != crc
        fault, detail = ("damaged", "wrong checksum") if wrong else ("", "")
        yield from child(Member(b"", packed, REGULAR, fault=fault, detail=detail), names)


ACE = Ace()
