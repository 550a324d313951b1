"""Disk images: VHD and VHDX unrolled to the disk they stand for, partition tables followed, FAT volumes read.

Windows mounts .vhd and .vhdx by double click, and files inside carry no mark of the web. NTFS is left to 7-Zip's
program; anything else without a reader here is UNSUPPORTED. Programs that lie in it in one piece are carved.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator

from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget
from gateway.extract.carve import started
from gateway.extract.disks import fat, udf
from gateway.extract.disks.unclaimed import unclaimed
from gateway.extract.disks.volume import Guard, Unreadable, children
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

TYPES = frozenset({"application/x-vhd", "application/x-vhdx", "application/x-raw-disk-image"})
SECTOR = 512
KNOWN = {b"NTFS ": "NTFS", b"EXFAT": "exFAT"}
PIECE = 1 << 20
RATIO, FLOOR = 100, 8 << 20              # unrolled to packed octets, judged above so many
MAX_DISK = 256 << 20                     # octets of an unrolled disk; the rest of a sparse one is zeros anyway
BAT = uuid.UUID("2dc27766-f623-4200-9d64-115e9bfd4a08").bytes_le
METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
DISK_SIZE = uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8").bytes_le
SECTOR_SIZE = uuid.UUID("8141bf1d-a96f-4709-ba47-f233a8faab5f").bytes_le


class Disk:
    name = "disk"

    def claims(self, node: Node) -> bool:
        return node.type in TYPES

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        budget = Budget.of(context)
        try:
            disk = unrolled(node.data)
        except (Unreadable, struct.error, IndexError, ZeroDivisionError) as error:
            yield Problem(IncidentCode.UNSUPPORTED, f"disk image: {error}"[:80])
            yield from started(node.data)
            return
        spans = volumes(disk)
        if sum(stop - start for start, stop in spans) > len(disk):
            yield Problem(IncidentCode.COUNT, "partitions that lie over one another")
            spans = spans[:1]
        for start, stop in spans:
            yield from _volume(disk[start:stop], context, budget)


def _volume(data: bytes, context: Context, budget: Budget) -> Iterator[Yield]:
    if _blank(data):
        return
    if data[32769:32774] == b"CD001":
        yield Child(data, ArtifactKind.OBJECT, label="volume", detected_type="application/x-iso9660-image")
        return
    if udf.present(data):
        taken: list[tuple[int, int]] = []
        yield from udf.extract(data, context, budget, taken)
        yield from unclaimed(data, taken, udf.SECTOR, udf.structure)
        return
    try:
        fat.layout(data)
    except (Unreadable, struct.error):
        yield Problem(IncidentCode.UNSUPPORTED, KNOWN.get(data[3:8], "file system"))
        yield from started(data)
        return
    guard = Guard(context.limits.artifacts)
    yield from children(fat.files(data, guard), budget, len(data))
    yield from fat.lost(data, guard)


def _blank(data: bytes) -> bool:
    """Nothing but zeros; looked at in pieces, since a disk is large."""
    return not any(data[at:at + PIECE].strip(b"\0") for at in range(0, len(data), PIECE))


def volumes(disk: bytes) -> list[tuple[int, int]]:
    """Spans of the partitions; the whole disk where there is no table."""
    if disk[SECTOR:SECTOR + 8] == b"EFI PART":
        return _guid_partitions(disk)
    if disk[510:512] != b"\x55\xaa" or disk[0] in (0xEB, 0xE9):
        return [(0, len(disk))]
    found = []
    for at in range(446, 510, 16):
        kind = disk[at + 4]
        start, size = struct.unpack_from("<LL", disk, at + 8)
        if kind and size and start * SECTOR < len(disk):
            found.append((start * SECTOR, min(len(disk), (start + size) * SECTOR)))
    return found or [(0, len(disk))]


def _guid_partitions(disk: bytes) -> list[tuple[int, int]]:
    table, count, size = struct.unpack_from("<QLL", disk, SECTOR + 72)
    found = []
    for index in range(min(count, 128)):
        at = table * SECTOR + index * size
        entry = disk[at:at + 48]
        if len(entry) < 48 or not entry[:16].strip(b"\0"):
            continue
        first, last = struct.unpack_from("<QQ", entry, 32)
        if first * SECTOR < len(disk) and last >= first:
            found.append((first * SECTOR, min(len(disk), (last + 1) * SECTOR)))
    return found


def unrolled(data: bytes) -> bytes:
    """The disk as its guest sees it, at most MAX_DISK octets. Raises Unreadable."""
    if data[:8] == b"vhdxfile":
        return _vhdx(data)
    if data[-512:-504] == b"conectix" or data[:8] == b"conectix":
        return _vhd(data)
    return data


def _vhd(data: bytes) -> bytes:
    """Fixed (type 2) and dynamic (type 3) disks; differencing ones need their parent. Virtual Hard Disk Format 1.0."""
    footer = data[-512:] if data[-512:-504] == b"conectix" else data[:512]
    kind = struct.unpack_from(">L", footer, 60)[0]
    if kind == 2:
        return data[:-512]
    if kind != 3:
        raise Unreadable("differencing disk")
    header = struct.unpack_from(">Q", footer, 16)[0]
    if data[header:header + 8] != b"cxsparse":
        raise Unreadable("no dynamic header")
    table, _, entries, block = struct.unpack_from(">QLLL", data, header + 16)
    if not 512 <= block <= 256 << 20:
        raise Unreadable("block size")
    bitmap = (block // SECTOR // 8 + SECTOR - 1) // SECTOR * SECTOR
    places = []
    for index in range(min(entries, MAX_DISK // block + 1)):
        sector = struct.unpack_from(">L", data, table + index * 4)[0]
        places.append(None if sector == 0xFFFFFFFF else sector * SECTOR + bitmap)
    return _assembled(data, places, block)


def _assembled(data: bytes, places: list[int | None], block: int) -> bytes:
    """Blocks in order, zeros for those that are not there; trailing absent blocks are left out."""
    while places and places[-1] is None:
        places.pop()
    if len(places) * block > MAX_DISK + block:
        raise Unreadable("disk too large")
    if len(places) * block > max(FLOOR, RATIO * len(data)):
        raise Unreadable("disk unrolls to more than 100 to 1")
    if sum(min(block, max(0, len(data) - place)) for place in places if place is not None) > len(data):
        raise Unreadable("blocks that lie over one another")
    empty = bytes(block)
    return b"".join(empty if place is None else data[place:place + block].ljust(block, b"\0") for place in places)


def _vhdx(data: bytes) -> bytes:
    """[MS-VHDX] 2.2 to 2.6: region table, metadata, block allocation table."""
    regions = _regions(data)
    if BAT not in regions or METADATA not in regions:
        raise Unreadable("no regions")
    items = _items(data, regions[METADATA])
    block, flags = struct.unpack_from("<LL", data, items[PARAMETERS])
    if flags & 2:
        raise Unreadable("differencing disk")
    size = struct.unpack_from("<Q", data, items[DISK_SIZE])[0]
    sector = struct.unpack_from("<L", data, items[SECTOR_SIZE])[0]
    if not 1 << 20 <= block <= 256 << 20 or sector not in (512, 4096):
        raise Unreadable("block size")
    ratio = (sector << 23) // block
    places: list[int | None] = []
    for index in range(min((size + block - 1) // block, MAX_DISK // block + 1)):
        entry = struct.unpack_from("<Q", data, regions[BAT] + (index + index // ratio) * 8)[0]
        places.append(entry >> 20 << 20 if entry & 7 in (6, 7) else None)
    return _assembled(data, places, block)


def _regions(data: bytes) -> dict[bytes, int]:
    for table in (192 << 10, 256 << 10):
        if data[table:table + 4] == b"regi":
            count = struct.unpack_from("<L", data, table + 8)[0]
            return {data[at:at + 16]: struct.unpack_from("<Q", data, at + 16)[0]
                    for at in range(table + 16, table + 16 + min(count, 64) * 32, 32)}
    raise Unreadable("no region table")


def _items(data: bytes, start: int) -> dict[bytes, int]:
    if data[start:start + 8] != b"metadata":
        raise Unreadable("no metadata")
    count = struct.unpack_from("<H", data, start + 10)[0]
    found = {data[at:at + 16]: start + struct.unpack_from("<L", data, at + 16)[0]
             for at in range(start + 32, start + 32 + min(count, 64) * 32, 32)}
    if not {PARAMETERS, DISK_SIZE, SECTOR_SIZE} <= found.keys():
        raise Unreadable("metadata missing")
    return found


DISK = Disk()
