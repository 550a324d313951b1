"""ISO 9660 images: every volume descriptor's tree (plain, Joliet, Rock Ridge names), and UDF where it stands beside or alone.

Windows shows UDF before Joliet before ISO names; other systems differ, so all trees are read. Files with the same octets
are one child with all their names.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.archive.member_names import readings
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, LimitReached
from gateway.extract.disks import udf
from gateway.extract.disks.unclaimed import TEXTS, unclaimed
from gateway.extract.disks.volume import ROOM, File, Guard, Unreadable, children
from gateway.extract.identify import identify
from gateway.extract.magics import hfs
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

SECTOR = 2048
MAX_DESCRIPTORS = 32
MAX_PATHS = 64 << 10                     # octets of a path table that no file stands in
PRIMARY = b"\1CD001\1"
RECOGNIZED = frozenset({b"CD001", b"BEA01", b"NSR02", b"NSR03", b"TEA01", b"BOOT2", b"CDW02"})
"""Identifiers of the volume recognition sequence (ECMA-167 2/9.1, ECMA-168)."""
BLOCK = 512
APPLE_PARTITIONS = 16
TREES = 8
"""Directory trees of one image: one plain, one or two of Joliet, seldom one that was replaced."""


class Iso:
    name = "iso"

    def claims(self, node: Node) -> bool:
        """By its descriptors, also where another file fills the sixteen sectors in front of them: systems mount it by its name."""
        return node.type == "application/x-iso9660-image" or node.data[16 * SECTOR + 1:16 * SECTOR + 6] in (b"CD001", b"BEA01")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        if node.type != "application/x-iso9660-image":
            yield Observation("POLYGLOT", "disc")
        places: dict[tuple[int, int], dict[str, None]] = {}
        taken = [(0, 16 * SECTOR)]
        trees = 0
        try:
            for start, base in _sessions(data):
                taken.extend(_descriptors_and_paths(data, start, base))
                for descriptor, joliet in descriptors(data, start):
                    trees += 1
                    if trees > TREES:
                        raise LimitReached(IncidentCode.COUNT, f"more than {TREES} volume descriptors")
                    for name, at, size in tree(data, descriptor, joliet, Guard(context.limits.artifacts, len(data)), taken, base):
                        places.setdefault((at, size), {}).update(dict.fromkeys(name))
        except LimitReached as limit:
            yield limit.problem
        except (Unreadable, struct.error) as error:
            yield Problem(IncidentCode.MALFORMED, str(error)[:60])
        if sum(max(0, min(size, len(data) - at)) for at, size in places) > 2 * len(data) + ROOM:
            yield Problem(IncidentCode.RATIO, "files that lie over one another")
        files = (File(tuple(names), data[at:at + size], at + size > len(data)) for (at, size), names in places.items())
        budget = Budget.of(context)
        yield from children(files, budget, len(data))
        taken.extend((at, at + size) for at, size in places)
        yield from _system_area(data)
        yield from _apple(data, taken)
        if udf.present(data):
            yield from udf.extract(data, context, budget, taken)
        elif not trees:
            yield Problem(IncidentCode.UNSUPPORTED, "no volume descriptor")
        yield from unclaimed(data, taken, SECTOR, udf.structure)


def _sessions(data: bytes) -> Iterator[tuple[int, int]]:
    """Where volume descriptors begin, and what their addresses count from: those of the disc; of further sessions, which count from
    the disc's begin; of volumes within a partition, which count from that. By where a root says that it stands itself."""
    yield 16 * SECTOR, 0
    at = data.find(PRIMARY, 17 * SECTOR)
    while at >= 0:
        root = data[at + 156:at + 190]
        if at % SECTOR == 0 and len(root) == 34:
            for base in (0, at - 16 * SECTOR):
                place = _extent(root)[0] + base
                if data[place + 2:place + 6] == root[2:6] and data[place + 32:place + 34] == b"\1\0":
                    yield at, base
        at = data.find(PRIMARY, at + 1)


def descriptors(data: bytes, start: int = 16 * SECTOR) -> Iterator[tuple[bytes, bool]]:
    """Root directory records of primary and supplementary descriptors, and whether their names are UTF-16BE."""
    for at in range(start, start + MAX_DESCRIPTORS * SECTOR, SECTOR):
        block = data[at:at + SECTOR]
        if len(block) < SECTOR or block[1:6] != b"CD001" or block[0] == 255:
            return
        if block[0] in (1, 2):
            yield block[156:190], block[88:91] in (b"%/@", b"%/C", b"%/E")


def _system_area(data: bytes) -> Iterator[Yield]:
    """The sixteen sectors that ISO 9660 leaves to others: boot code and tables of partitions there are no file, a text is one."""
    text = data[:16 * SECTOR].rstrip(b"\0")
    if text and identify(text).startswith(TEXTS):
        yield Child(text, ArtifactKind.OBJECT, label="before")


def _descriptors_and_paths(data: bytes, at: int, base: int) -> Iterator[tuple[int, int]]:
    """Spans of the volume recognition sequence and of the path tables that its descriptors name (ECMA-119 8.4.14 to 8.4.17)."""
    while data[at + 1:at + 6] in RECOGNIZED:
        yield at, at + SECTOR
        if data[at + 1:at + 6] == b"CD001" and data[at] in (1, 2) and at + SECTOR <= len(data):
            size, first, other = struct.unpack_from("<L4xLL", data, at + 132)
            for place in (first, other, *struct.unpack_from(">LL", data, at + 148)):
                yield base + place * SECTOR, base + place * SECTOR + min(size, MAX_PATHS)
        at += SECTOR


def _apple(data: bytes, taken: list[tuple[int, int]]) -> Iterator[Yield]:
    """Volumes of HFS+ beside the trees, as macOS mounts hybrid discs: what its partition map names (Inside Macintosh: Devices), or
    one of HFS whose first sectors are those that ISO 9660 leaves to others."""
    if data[2 * BLOCK:2 * BLOCK + 2] == b"BD" and hfs(data):
        yield Problem(IncidentCode.UNSUPPORTED, "HFS beside the trees")
    for at in range(BLOCK, BLOCK * (APPLE_PARTITIONS + 1), BLOCK):
        if data[at:at + 2] != b"PM":
            return
        start, count = struct.unpack_from(">LL", data, at + 8)
        volume = data[start * BLOCK:(start + count) * BLOCK]
        if data[at + 48:at + 57] == b"Apple_HFS" and volume[1024:1026] in (b"H+", b"HX", b"BD"):
            taken.append((start * BLOCK, start * BLOCK + len(volume)))
            yield Child(volume, ArtifactKind.OBJECT, label="HFS", detected_type="application/x-hfs-plus")


def tree(data: bytes, root: bytes, joliet: bool, guard: Guard, taken: list[tuple[int, int]],
         base: int = 0) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(names, offset, size) of every file under a root directory record (ECMA-119 9.1), whose addresses count from
    `base`; `taken` gets the sectors of directories."""
    first, room = _extent(root)
    pending: list[tuple[str, int, int, tuple[int, ...]]] = [("", base + first, room, ())]
    while pending:
        prefix, at, size, above = pending.pop()
        if not guard.enter(at, above):
            continue
        guard.take(max(0, min(size, len(data) - at)))
        listed = data[at + 32:at + 34] == b"\1\0"
        if listed:
            taken.append((at, at + 1))
        for used, record in _records(data[at:at + size]):
            if listed:
                taken.append((at + used, at + used + 1))
            guard.count()
            names = tuple(f"{prefix}{n}" for n in _names(record, joliet))
            for place, length in _extents(record, len(data)):
                if record[25] & 2:
                    pending.append((names[0] + "/", base + place, length, (*above, at)))
                else:
                    yield names, base + place, length
    guard.end()


def _extent(record: bytes, order: str = "<") -> tuple[int, int]:
    first = 2 if order == "<" else 6
    at, size = struct.unpack_from(f"{order}L", record, first)[0], struct.unpack_from(f"{order}L", record, first + 8)[0]
    return (at + record[1]) * SECTOR, size


def _extents(record: bytes, room: int) -> list[tuple[int, int]]:
    """Place and length stand twice, in either order of octets (ECMA-119 7.3.3), and each machine reads its own: the other
    reading too, where it is something else within the image."""
    usual, other = _extent(record), _extent(record, ">")
    return [usual, other] if other != usual and other[1] and other[0] and other[0] + other[1] <= room else [usual]


def _records(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Place and octets of each record but the first two of a directory, which name itself and its parent."""
    at = 0
    while at < len(octets):
        length = octets[at]
        if length == 0:                  # records do not cross sectors
            at = (at // SECTOR + 1) * SECTOR
            continue
        record = octets[at:at + length]
        at += length
        if len(record) < 34 or record[32:34] in (b"\x01\x00", b"\x01\x01"):
            continue
        yield at - length, record


def _names(record: bytes, joliet: bool) -> tuple[str, ...]:
    length = record[32]
    raw = record[33:33 + length]
    plain = (raw.decode("utf-16-be", "replace"),) if joliet else readings(raw)
    found = [n.split(";")[0].rstrip(".") if n.endswith((".;1", ";1")) else n for n in plain]
    rock = b"" if joliet else _rock_ridge(record[33 + length + (1 - length % 2):])
    return tuple(dict.fromkeys([*(readings(rock) if rock else ()), *found]))


def _rock_ridge(area: bytes) -> bytes:
    """NM entries of the system use area (RRIP 4.1.4) joined."""
    name, at = b"", 0
    while at + 5 <= len(area) and area[at + 2] >= 4:
        if area[at:at + 2] == b"NM" and not area[at + 4] & 6:
            name += area[at + 5:at + area[at + 2]]
        at += area[at + 2]
    return name


ISO = Iso()
