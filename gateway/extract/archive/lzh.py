"""LHA/LZH archives, still met in Japan. Headers are read here, each member's data by libarchive under a plain name:
libarchive gives up on names that are not in its own locale.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.archive.libarchive_reader import REGULAR, Member, members
from gateway.extract.archive.member_names import readings
from gateway.extract.archive.members import children
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

STORED = frozenset({b"-lh0-", b"-lz4-", b"-pm0-"})
"""Methods of LHA, LArc and PMarc that pack nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member's header: levels 0 to 3 (LHa for UNIX, header.doc)."""

    method: bytes                        # "-lh5-"
    packed: bytes
    size: int
    crc: int
    names: tuple[str, ...]
    stop: int


class Lzh:
    name = "lzh"

    def claims(self, node: Node) -> bool:
        return node.type == "application/x-lzh"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        budget = Budget.of(context)
        data, at, count = node.data, 0, 0
        while at < len(data) and data[at]:
            entry = header(data, at)
            if entry is None:
                yield Problem(IncidentCode.MALFORMED, "header")
                break
            count += 1
            if count > context.limits.artifacts:
                yield Problem(IncidentCode.COUNT, f"more than {context.limits.artifacts} members")
                break
            at = entry.stop
            if entry.method == b"-lhd-":
                continue
            names = entry.names
            yield from children(unpack(entry, budget), lambda _raw, names=names: names)
        rest = data[at:].strip(b"\0\x1a\r\n ")
        if rest:
            yield Observation("ARCHIVE-STRAY-DATA", "after the archive")
            yield Child(data[at:].lstrip(b"\0"), ArtifactKind.OBJECT, label="after")


def header(data: bytes, at: int) -> Entry | None:
    """The member at `at`, None where no header fits."""
    if at + 24 > len(data) or data[at + 2:at + 3] != b"-" or data[at + 6:at + 7] != b"-":
        return None
    method = data[at + 2:at + 7]
    packed, size = struct.unpack_from("<LL", data, at + 7)
    level = data[at + 20]
    if level < 2:
        return _old(data, at, method, packed, size, level)
    if level > 3 or at + 32 > len(data):
        return None
    crc = struct.unpack_from("<H", data, at + 21)[0]
    width = 2 if level == 2 else 4
    length = struct.unpack_from("<H" if level == 2 else "<L", data, at if level == 2 else at + 24)[0]
    extra, _ = _extensions(data, at + (24 if level == 2 else 28), width)
    begin = at + length
    return _entry(data, method, begin, packed, size, crc, b"", extra) if length >= 24 else None


def _old(data: bytes, at: int, method: bytes, packed: int, size: int, level: int) -> Entry | None:
    """Levels 0 and 1: a length octet, a checksum octet, the name in between."""
    length = data[at] + 2
    name_end = at + 22 + data[at + 21]
    if at + length > len(data) or name_end + 2 > len(data):
        return None
    crc = struct.unpack_from("<H", data, name_end)[0]
    extra: dict[int, bytes] = {}
    skip = 0
    if level == 1:
        extra, skip = _extensions(data, at + length - 2, 2)
    return _entry(data, method, at + length + skip, packed - skip, size, crc, data[at + 22:name_end], extra)


def _extensions(data: bytes, at: int, width: int) -> tuple[dict[int, bytes], int]:
    """Extended headers by type, and how many octets they take. `at` is where the first one's length stands."""
    found: dict[int, bytes] = {}
    total = 0
    while at + width <= len(data):
        length = int.from_bytes(data[at:at + width], "little")
        if length <= width or at + width + length > len(data) or len(found) > 50:
            break
        body = data[at + width:at + length]
        found[body[0]] = body[1:]
        at += length
        total += length
    return found, total


def _entry(data: bytes, method: bytes, begin: int, packed: int, size: int, crc: int, name: bytes,
           extra: dict[int, bytes]) -> Entry | None:
    if packed < 0 or begin > len(data):
        return None
    folder = extra.get(2, b"").replace(b"\xff", b"/")
    found = _japanese(folder + extra.get(1, name))
    if 0x44 in extra:
        wide = extra.get(0x45, b"").decode("utf-16-le", "replace").replace("\uffff", "/")
        found = (wide + extra[0x44].decode("utf-16-le", "replace"), *found)
    return Entry(method, data[begin:begin + packed], size, crc, tuple(dict.fromkeys(found)), begin + packed)


def _japanese(raw: bytes) -> tuple[str, ...]:
    """Shift_JIS first: the format comes from Japan."""
    try:
        return (raw.decode("cp932"), *readings(raw))
    except UnicodeDecodeError:
        return readings(raw)


def unpack(entry: Entry, budget: Budget) -> Iterator[Member]:
    """The member's content, as the one member of an archive of its own."""
    if entry.method in STORED:
        budget.check(entry.packed, len(entry.packed))
        budget.spend(len(entry.packed))
        short = len(entry.packed) < entry.size
        yield Member(b"", entry.packed, REGULAR, fault="damaged" if short else "")
        return
    fields = struct.pack("<LLLBBBsH", len(entry.packed), entry.size, 0x21 << 16, 0x20, 0, 1, b"m", entry.crc)
    body = entry.method + fields
    archive = bytes([len(body), sum(body) & 255]) + body + entry.packed + b"\0"
    empty = True
    try:
        for member in members(archive, ("lha",), budget):
            empty = False
            yield member
    except Damaged as damage:
        if empty:
            yield Member(b"", b"", REGULAR, fault="unsupported", detail=str(damage))
        else:
            raise


LZH = Lzh()
