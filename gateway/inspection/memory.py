"""Where a zygote's memory lies, so that its children cost little: a fork copies one entry a page, and the first write of a child
to a page copies the page. Nothing here changes what is done; where the kernel does not play along it only costs more.
"""

from __future__ import annotations

from gateway.inspection import libc

HUGE = 2 << 20                           # octets of a large page
_MOST, _LEAST = 1 << 20, 24              # octets of holes in the heap, as they are asked for
_PAGES = 8192                            # octets that are left above all that is in use
_PIECE, _PIECES = 400, 1100              # octets of a small object; of these, fewer than an arena of CPython (1 MiB) holds


def reserve(octets: int) -> list[bytes]:
    """Takes room for small objects in one piece, to be filled by what is loaded next. Else the arenas come one by one, between
    the libraries: no large page fits in there, and each is a mapping to be copied. Hold on to what it returns."""
    pieces = [bytes(_PIECE) for _ in range(octets // _PIECE)]
    return pieces[::_PIECES]


def gather() -> int:
    """Gathers this process's private memory into pages of 2 MiB; how many. A fork then copies one entry where it copied 512.

    madvise(2), since Linux 6.1; where it is not to be had nothing changes.
    """
    gathered = 0
    for start, end in _regions():
        gathered += (end - start) // HUGE if _collapse(start, end - start) else 0
    return gathered


def fill() -> int:
    """Takes the holes between what the heap holds, and all that lies free above it but two pages; octets.

    What a child needs then comes from above, in fresh pages of 2 MiB (launch._TUNABLES). In a hole each page would be copied
    before it is written over, a quarter of all page faults of a child.
    """
    try:
        heap = libc.Heap()
    except AttributeError:
        return 0
    taken, size = 0, _MOST
    while size >= _LEAST:
        place = heap.malloc(size)
        if 0 < place < heap.top:
            taken += size
        else:
            heap.free(place)
            size = size * 3 // 4
    above = libc.Heap().top_size - _PAGES
    return taken + above if above > 0 and heap.malloc(above) else taken


def _regions() -> list[tuple[int, int]]:
    """Start and end of the private memory without a file, cut to whole large pages."""
    found = []
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        for fields in map(str.split, maps):
            start, end = (int(number, 16) for number in fields[0].split("-"))
            start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
            if fields[1] == "rw-p" and fields[5:] in ([], ["[heap]"]) and start < end:
                found.append((start, end))
    return found


def _collapse(start: int, length: int) -> bool:
    try:
        libc.madvise(start, length, libc.MADV_COLLAPSE)
    except OSError:
        return False
    return True
