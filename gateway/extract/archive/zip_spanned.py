"""ZIP archives over several volumes (APPNOTE 4.4.11, 8.5): directories give a volume's number and a place in it.

What the volumes make is written as the same archive in one piece, so that its one reader judges it as strictly as any other.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

from gateway.extract.archive.zip_structure import CENTRAL, DESCRIPTOR, END, LOCATOR64

SINGLE = b"PK00"
"""Mark before the first entry where it was made for several volumes and needed one (8.5.5)."""
MANY, WIDE = 0xFFFF, 0xFFFFFFFF          # stand elsewhere, in archives of more octets than any mail has


def disks(data: bytes) -> int:
    """The number of this volume by its end record, 0 for the only one, and where there is none."""
    at = data.rfind(END, max(0, len(data) - 65557))
    return struct.unpack_from("<H", data, at + 4)[0] % MANY if 0 <= at <= len(data) - 22 else 0


def unspanned(volumes: Sequence[bytes]) -> bytes:
    """The archive of these volumes in one piece; where their directory does not fit, the octets as they are."""
    whole = bytearray().join(volumes)
    begins = [0, *accumulate(map(len, volumes))]
    end = whole.rfind(END, max(0, len(whole) - 65557))
    if end < 0 or len(whole) < end + 22 or whole[end - 20:end - 16] == LOCATOR64:
        return bytes(whole)
    disk, start_disk, _, entries, size, offset = struct.unpack_from("<4H2L", whole, end + 4)
    if disk != len(volumes) - 1 or start_disk > disk or WIDE in (size, offset):
        return bytes(whole)
    mark = 4 if whole[:4] in (DESCRIPTOR, SINGLE) else 0
    start = begins[start_disk] + offset
    at = start
    while whole[at:at + 4] == CENTRAL and at + 46 <= end:
        name, extra, comment, number = struct.unpack_from("<4H", whole, at + 28)
        local = struct.unpack_from("<L", whole, at + 42)[0]
        if number >= len(volumes) or local == WIDE:
            return bytes(whole)
        struct.pack_into("<H", whole, at + 34, 0)
        struct.pack_into("<L", whole, at + 42, begins[number] + local - mark)
        at += 46 + name + extra + comment
    struct.pack_into("<4H2L", whole, end + 4, 0, 0, entries, entries, size, start - mark)
    return bytes(memoryview(whole)[mark:])
