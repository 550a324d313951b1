"""FAT12, FAT16 and FAT32 volumes (Microsoft FAT specification 1.03), long names and deleted files too."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.archive.member_names import readings
from gateway.extract.base import Yield
from gateway.extract.disks.unclaimed import unclaimed
from gateway.extract.disks.volume import File, Guard, Unreadable

LONG, LABEL, FOLDER = 0x0F, 0x08, 0x10
PIECES = 20                              # entries of one long name (FAT specification, 7)


@dataclass(frozen=True, slots=True)
class Layout:
    data: bytes
    sector: int                          # octets
    cluster: int                         # octets
    fat: int                             # octet where the table begins
    bits: int
    root: int                            # octet where a fixed root directory begins
    root_size: int
    root_cluster: int
    first: int                           # octet where cluster 2 begins
    clusters: int


def layout(data: bytes) -> Layout:
    """Reads the boot sector. Raises Unreadable where it is none."""
    if len(data) < 512 or data[510:512] != b"\x55\xaa" or data[0] not in (0xEB, 0xE9):
        raise Unreadable("no boot sector")
    sector, per, reserved, fats, entries, small, _, short = struct.unpack_from("<HBHBHHBH", data, 11)
    large, long = struct.unpack_from("<LL", data, 32)
    size, total = short or long, small or large
    if sector not in (512, 1024, 2048, 4096) or not per or per & (per - 1) or not 0 < fats < 5 or not size or not reserved:
        raise Unreadable("no FAT volume")
    root = (reserved + fats * size) * sector
    first = root + (entries * 32 + sector - 1) // sector * sector
    clusters = (total - first // sector) // per
    there = max(0, len(data) - first) // (sector * per) + 1
    bits = 12 if clusters < 4085 else 16 if clusters < 65525 else 32
    return Layout(data, sector, sector * per, reserved * sector, 32 if not short else bits, root, entries * 32,
                  struct.unpack_from("<L", data, 44)[0] if not short else 0, first, min(clusters, there))


def files(data: bytes, guard: Guard) -> Iterator[File]:
    volume = layout(data)
    guard.room = min(guard.room, len(data))
    pending: list[tuple[str, int, tuple[int, ...]]] = [("", volume.root_cluster, ())]
    while pending:
        prefix, place, above = pending.pop()
        listing = _chain(volume, place, 64 << 20, guard) if place else data[volume.root:volume.root + volume.root_size]
        guard.take(len(listing))
        for names, flags, cluster, size, deleted in _entries(listing):
            guard.count()
            if flags & FOLDER:
                if names[0] not in (".", "..") and cluster and not deleted and guard.enter(cluster, (*above, place)):
                    pending.append((f"{prefix}{names[0]}/", cluster, (*above, place)))
                continue
            octets = _run(volume, cluster, size, guard) if deleted else _chain(volume, cluster, size, guard)[:size]
            if octets or not deleted:
                yield File(tuple(prefix + n for n in names), octets, len(octets) < size and not deleted)
    guard.end()


def lost(data: bytes, guard: Guard) -> Iterator[Yield]:
    """What stands in clusters of no file: deleted ones whose entries were used again, and what was put there."""
    volume = layout(data)
    yield from unclaimed(data, [(0, volume.first), *guard.spans], volume.sector)


def _next(volume: Layout, cluster: int) -> int:
    if volume.bits == 12:
        pair = struct.unpack_from("<H", volume.data, volume.fat + cluster * 3 // 2)[0]
        return pair >> 4 if cluster & 1 else pair & 0xFFF
    if volume.bits == 16:
        return struct.unpack_from("<H", volume.data, volume.fat + cluster * 2)[0]
    return struct.unpack_from("<L", volume.data, volume.fat + cluster * 4)[0] & 0x0FFFFFFF


def _chain(volume: Layout, cluster: int, limit: int, guard: Guard) -> bytes:
    """Octets along a cluster chain; a chain longer than the volume is a loop."""
    out = bytearray()
    end = (1 << min(volume.bits, 28)) - 9
    for _ in range(volume.clusters + 2):
        if cluster < 2 or cluster > end or len(out) >= limit:
            return bytes(out)
        at = volume.first + (cluster - 2) * volume.cluster
        piece = volume.data[at:at + volume.cluster]
        if not piece:
            return bytes(out)
        out += piece
        guard.span(at, at + volume.cluster)
        try:
            cluster = _next(volume, cluster)
        except struct.error:
            return bytes(out)
    raise Unreadable("cluster chain without end")


def _run(volume: Layout, cluster: int, size: int, guard: Guard) -> bytes:
    """A deleted file as undelete programs find it: its clusters in a row."""
    at = volume.first + (cluster - 2) * volume.cluster
    if cluster < 2 or at < 0:
        return b""
    guard.span(at, at + min(size, 1 << 20))
    return volume.data[at:at + min(size, 1 << 20)]


def _entries(listing: bytes) -> Iterator[tuple[tuple[str, ...], int, int, int, bool]]:
    """(names, attributes, first cluster, size, deleted) of each directory entry."""
    long: deque[bytes] = deque(maxlen=PIECES)
    for at in range(0, len(listing) - 31, 32):
        entry = listing[at:at + 32]
        if not entry[0]:
            return
        flags = entry[11]
        if flags == LONG:
            if len(long) == PIECES and entry[0] != 0xE5:
                raise Unreadable("a long name without end")
            long.appendleft(entry[1:11] + entry[14:26] + entry[28:32])
            continue
        wide = b"".join(long).decode("utf-16-le", "replace").split("\0")[0]
        long.clear()
        if flags & LABEL:
            continue
        deleted = entry[0] == 0xE5
        raw = (b"_" if deleted else b"\xe5" if entry[0] == 5 else entry[:1]) + entry[1:8]
        ending = entry[8:11].rstrip()
        short = readings(raw.rstrip() + (b"." + ending if ending else b""))
        high, low, size = struct.unpack_from("<H", entry, 20)[0], *struct.unpack_from("<HL", entry, 26)
        yield tuple(dict.fromkeys(((wide,) if wide else ()) + short)), flags, high << 16 | low, size, deleted
