"""UDF volumes (ECMA-167, OSTA UDF 1.02 to 2.01): what Windows mounts by double click under .iso, .img and .udf.

Partitions of type 1 are read; virtual and metadata partitions (packet writing, Blu-ray) are UNSUPPORTED.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.base import Context, Problem, Yield
from gateway.extract.bounded import Budget
from gateway.extract.disks.volume import File, Guard, Unreadable, children
from gateway.model.finding import IncidentCode

SECTOR = 2048
ANCHOR, PARTITION, LOGICAL, TERMINATOR, FILE_SET, IDENTIFIER, ENTRY, BITMAP, EXTENDED = 2, 5, 6, 8, 256, 257, 261, 264, 266


@dataclass(frozen=True, slots=True)
class Volume:
    data: bytes
    start: int                           # octet where partition 0 begins
    block: int
    root: int                            # logical block of the file set descriptor
    taken: list[tuple[int, int]]


def present(data: bytes) -> bool:
    """Volume recognition sequence: NSR02 or NSR03 among the descriptors from sector 16 on."""
    return any(data[n * SECTOR + 1:n * SECTOR + 6] in (b"NSR02", b"NSR03") for n in range(16, 80))


def extract(data: bytes, context: Context, budget: Budget, taken: list[tuple[int, int]]) -> Iterator[Yield]:
    """`taken` gets the spans of all that was read."""
    try:
        volume = _volume(data, taken)
        yield from children(_files(volume, Guard(context.limits.artifacts, len(data))), budget, len(data))
    except (Unreadable, struct.error) as error:
        yield Problem(IncidentCode.UNSUPPORTED, f"UDF: {error}"[:80])


def _tag(block: bytes) -> int:
    return struct.unpack_from("<H", block)[0] if len(block) >= 16 else -1


def structure(block: bytes) -> bool:
    """A descriptor of the volume, by its tag and the checksum of that (ECMA-167 3/7.2)."""
    kind = _tag(block)
    return (1 <= kind <= 9 or 256 <= kind <= 266) and block[4] == (sum(block[:4]) + sum(block[5:16])) & 0xFF


def _volume(data: bytes, taken: list[tuple[int, int]]) -> Volume:
    """Follows the anchor to partition and logical volume descriptors."""
    anchor = next((n for n in (256, 512, len(data) // SECTOR - 1) if _tag(data[n * SECTOR:(n + 1) * SECTOR]) == ANCHOR), None)
    if anchor is None:
        raise Unreadable("no anchor")
    length, location = struct.unpack_from("<LL", data, anchor * SECTOR + 16)
    start = block = root = None
    bitmaps: list[tuple[int, int]] = []
    for index in range(min(length // SECTOR, 64)):
        descriptor = data[(location + index) * SECTOR:(location + index + 1) * SECTOR]
        kind = _tag(descriptor)
        if kind == PARTITION:
            start = struct.unpack_from("<L", descriptor, 188)[0] * SECTOR
            bitmaps = [struct.unpack_from("<LL", descriptor, at) for at in (64, 88)]
        elif kind == LOGICAL:
            block = struct.unpack_from("<L", descriptor, 212)[0]
            if descriptor[440:441] == b"\x02" and b"*UDF Sparable" not in descriptor[440:504]:
                raise Unreadable("virtual or metadata partition")
            root = struct.unpack_from("<L", descriptor, 252)[0]
        elif kind == TERMINATOR:
            break
    if start is None or root is None or block not in (512, 1024, 2048, 4096):
        raise Unreadable("no partition")
    for octets, number in bitmaps:
        place = start + number * block
        if _tag(data[place:place + 16]) == BITMAP:
            taken.append((place, place + octets))
    return Volume(data, start, block, root, taken)


def _block(volume: Volume, number: int) -> bytes:
    at = volume.start + number * volume.block
    return volume.data[at:at + volume.block]


def _files(volume: Volume, guard: Guard) -> Iterator[File]:
    file_set = _block(volume, volume.root)
    if _tag(file_set) != FILE_SET:
        raise Unreadable("no file set")
    pending: list[tuple[str, int, tuple[int, ...]]] = [("", struct.unpack_from("<L", file_set, 404)[0], ())]
    while pending:
        prefix, place, above = pending.pop()
        if not guard.enter(place, above):
            continue
        _, listing, _ = _content(volume, place)
        guard.take(len(listing))
        for name, flags, icb in _identifiers(listing):
            guard.count()
            if flags & 0x0C:             # deleted, or the parent
                continue
            if flags & 2:
                pending.append((f"{prefix}{name}/", icb, (*above, place)))
                continue
            _, octets, size = _content(volume, icb)
            yield File((prefix + name,), octets, len(octets) < size)
    guard.end()


def _content(volume: Volume, place: int) -> tuple[int, bytes, int]:
    """(file type, octets, promised length) of a file entry (ECMA-167 4/14.9, 14.17)."""
    entry = _block(volume, place)
    kind = _tag(entry)
    if kind not in (ENTRY, EXTENDED):
        raise Unreadable("no file entry")
    size = struct.unpack_from("<Q", entry, 56)[0]
    lengths = 168 if kind == ENTRY else 208
    attributes, allocated = struct.unpack_from("<LL", entry, lengths)
    begin = lengths + 8 + attributes
    area = entry[begin:begin + allocated]
    form = struct.unpack_from("<H", entry, 34)[0] & 7
    if form == 3:
        return entry[27], area[:size], size
    if form not in (0, 1):
        raise Unreadable("allocation descriptors")
    step = 8 if form == 0 else 16
    out = bytearray()
    for at in range(0, len(area) - step + 1, step):
        length, number = struct.unpack_from("<LL", area, at)
        if length >> 30 == 3 or not length & 0x3FFFFFFF:
            break
        length &= 0x3FFFFFFF
        start = volume.start + number * volume.block
        out += volume.data[start:start + min(length, size - len(out))]
        volume.taken.append((start, start + min(length, size)))
        if len(out) > len(volume.data):
            raise Unreadable("extents repeat")
    return entry[27], bytes(out[:size]), size


def _identifiers(listing: bytes) -> Iterator[tuple[str, int, int]]:
    """(name, characteristics, logical block of the entry) of each file identifier descriptor."""
    at = 0
    while at + 38 <= len(listing) and _tag(listing[at:at + 16]) == IDENTIFIER:
        flags, length = listing[at + 18], listing[at + 19]
        icb = struct.unpack_from("<L", listing, at + 24)[0]
        use = struct.unpack_from("<H", listing, at + 36)[0]
        raw = listing[at + 38 + use:at + 38 + use + length]
        name = raw[1:].decode("utf-16-be", "replace") if raw[:1] == b"\x10" else raw[1:].decode("latin-1")
        yield name, flags, icb
        at += (38 + use + length + 3) // 4 * 4
