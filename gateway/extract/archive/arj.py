"""ARJ archives: headers read here; methods 1 to 3 are LHA's -lh7- under another name (both stem from Okumura's ar002), so
libarchive unpacks them. Method 4 and garbled members stay closed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.archive.libarchive_reader import REGULAR, Member, members
from gateway.extract.archive.member_names import readings
from gateway.extract.archive.members import children
from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

GARBLED, VOLUME, EXTFILE = 1, 4, 8       # header flags (ARJ TECHNOTE)
COMMENT, DIRECTORY, LABEL = 2, 3, 4      # file types


@dataclass(frozen=True, slots=True)
class Header:
    flags: int
    method: int
    kind: int
    packed: int
    size: int
    crc: int
    names: tuple[str, ...]
    stop: int


class Arj:
    name = "arj"

    def claims(self, node: Node) -> bool:
        return node.type == "application/x-arj"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        budget = Budget.of(context)
        data = node.data
        main = header(data, 0)
        if main is None:
            yield Problem(IncidentCode.MALFORMED, "header")
            return
        at = main.stop
        for _ in range(context.limits.artifacts):
            if data[at:at + 4] == b"\x60\xea\0\0":
                break
            entry = header(data, at)
            if entry is None:
                yield Problem(IncidentCode.MALFORMED, "header")
                return
            at = entry.stop + entry.packed
            if entry.kind not in (DIRECTORY, LABEL):
                packed = data[entry.stop:at]
                yield from children(_content(entry, packed, budget), lambda _raw, names=entry.names: names)
        else:
            yield Problem(IncidentCode.COUNT, f"more than {context.limits.artifacts} members")
        if data[at + 4:].strip(b"\0\x1a\r\n "):
            yield Observation("ARCHIVE-STRAY-DATA", "after the archive")
            yield Child(data[at + 4:], ArtifactKind.OBJECT, label="after")


def header(data: bytes, at: int) -> Header | None:
    """The header at `at` with its extended headers; None where none fits."""
    if data[at:at + 2] != b"\x60\xea" or at + 34 > len(data):
        return None
    size = struct.unpack_from("<H", data, at + 2)[0]
    body = data[at + 4:at + 4 + size]
    if not 30 <= size <= 2600 or len(body) < size or body[0] > size:
        return None
    name = body[body[0]:].split(b"\0", 1)[0]
    packed, unpacked, crc = struct.unpack_from("<LLL", body, 12)
    end = at + 4 + size + 4
    while end + 2 <= len(data):
        extended = struct.unpack_from("<H", data, end)[0]
        end += 2 + (extended + 4 if extended else 0)
        if not extended:
            break
    return Header(body[4], body[5], body[6], packed, unpacked, crc, readings(name), end)


def _content(entry: Header, packed: bytes, budget: Budget) -> Iterator[Member]:
    if entry.flags & GARBLED:
        yield Member(b"", b"", fault="encrypted")
    elif entry.flags & (VOLUME | EXTFILE):
        yield Member(b"", b"", fault="unsupported", detail="part of a volume")
    elif len(packed) < entry.packed:
        yield Member(b"", packed, fault="damaged", detail="data end early")
    elif entry.method == 0:
        budget.check(packed, len(packed))
        budget.spend(len(packed))
        yield _verified(entry, packed)
    elif entry.method in (1, 2, 3):
        yield _verified(entry, _by_lha(entry, packed, budget))
    else:
        yield Member(b"", b"", fault="unsupported", detail=f"method {entry.method}")


def _by_lha(entry: Header, packed: bytes, budget: Budget) -> bytes:
    """The same bits as the one member of an LHA archive; its 16-bit checksum is unknown and not what counts."""
    body = b"-lh7-" + struct.pack("<LLLBBBsH", len(packed), entry.size, 0x21 << 16, 0x20, 0, 1, b"m", 0)
    try:
        for member in members(bytes([len(body), sum(body) & 255]) + body + packed + b"\0", ("lha",), budget):
            return member.data
    except Damaged as damage:
        return damage.head
    return b""


def _verified(entry: Header, content: bytes) -> Member:
    wrong = len(content) != entry.size or zlib.crc32(content) != entry.crc
    return Member(b"", content, REGULAR, fault="damaged" if wrong else "", detail="wrong checksum" if wrong else "")


ARJ = Arj()
