"""Binary Visio drawings: the streams inside the stream VisioDocument, each packed by itself. Macros are a compound file in one
of them, embedded objects in others. No published specification: as Apache POI (HDGF) and libvisio read it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from gateway.extract.base import Problem
from gateway.model.finding import IncidentCode

NAME = "visiodocument"
VERSION = 26                             # where the version stands
TRAILER = 36                             # where the pointer to the stream of pointers stands
WINDOW = 4096
PACKED = 2                               # bit of a pointer's format
DENSEST = 9                              # eight copies of 18 octets take 17: streams that share octets come to more
POINTERS = 20_000                        # of one drawing
DEPTH = 8
PIECE = 0x1F
"""Type of the streams that hold an object or the macros, in pieces of 8192 octets."""
LEADING = {0x14: 130, 0x1D: 30, 0x4E: 30, 0x1E: 54}
"""Before version 6: type of a stream -> where the number of its pointers stands; elsewhere at 10."""


@dataclass(frozen=True, slots=True)
class Pointer:
    kind: int
    offset: int
    length: int
    form: int

    def leads_on(self) -> bool:
        """Whether the stream it names has pointers itself."""
        return self.kind == 0x14 or (self.kind != 0x16 and (0x50 <= self.form < 0x60 or 0x1D <= self.form <= 0x1F))


def _pointer(data: bytes, at: int, old: bool) -> Pointer:
    if old:
        kind, form, _, offset, length = struct.unpack_from("<HHIII", data, at)
        return Pointer(kind & 0xFF, offset, length, form & 0xFF)
    kind, _, offset, length, form = struct.unpack_from("<IIIIH", data, at)
    return Pointer(kind, offset, length, form)


def unpacked(data: bytes, room: int) -> bytes:
    """LZSS with a window of 4096 octets of nought: flags of eight steps, the lowest bit first, a set one is an octet as it is.
    No more than `room` octets and one step."""
    out = bytearray(WINDOW)
    at, end, room = 0, len(data), room + WINDOW
    while at < end and len(out) <= room:
        flags = data[at]
        at += 1
        if flags == 0xFF:
            out += data[at:at + 8]
            at += 8
            continue
        for bit in range(8):
            if flags >> bit & 1:
                out += data[at:at + 1]
                at += 1
                continue
            if at + 2 > end:
                at = end
                break
            low, high = data[at], data[at + 1]
            at += 2
            size = (high & 15) + 3
            back = (len(out) - ((high & 0xF0) << 4 | low) - 18) % WINDOW or WINDOW
            start = len(out) - back
            while size > back:                            # what is copied grows while it is copied
                out += out[start:start + back]
                size -= back
            out += out[start:start + size]
    return bytes(out[WINDOW:])


def streams(data: bytes, room: int) -> Iterator[bytes | Problem]:
    """What each stream of a drawing holds, unpacked; all of them together in no more than `room` octets, else a Problem."""
    room = min(room, DENSEST * len(data))
    old = data[VERSION] < 6 if len(data) > VERSION else False
    try:
        waiting = [([_pointer(data, TRAILER, old)], 0)]
    except struct.error:
        yield Problem(IncidentCode.MALFORMED, "drawing without streams")
        return
    followed: set[Pointer] = set()
    count = 0
    while waiting:
        run, depth = waiting.pop()
        count += len(run)
        content = _joined(data, run, room)
        room -= len(content)
        if room < 0 or count > POINTERS:
            yield Problem(IncidentCode.RATIO if room < 0 else IncidentCode.COUNT, "drawing of more streams than there is room for")
            return
        yield content
        if run[0].leads_on() and depth < DEPTH and run[0] not in followed:
            followed.add(run[0])
            waiting += [(inner, depth + 1) for inner in _runs(_pointers(content, run[0].kind, old))]


def _joined(data: bytes, run: list[Pointer], room: int) -> bytes:
    """What they hold together; no more than `room` octets and one stream that goes beyond."""
    joined = bytearray()
    for pointer in run:
        if len(joined) <= room:
            joined += _content(data, pointer, room - len(joined))
    return bytes(joined)


def _content(data: bytes, pointer: Pointer, room: int) -> bytes:
    """Of one stream, without the length in front of what was packed; nothing of one that lies elsewhere."""
    if pointer.length > len(data) - pointer.offset:
        return b""
    content = data[pointer.offset:pointer.offset + pointer.length]
    return unpacked(content, room)[4:] if pointer.form & PACKED else content


def _runs(pointers: list[Pointer]) -> Iterator[list[Pointer]]:
    """Those that are read together: the pieces of one object."""
    for kind, run in groupby(pointers, lambda pointer: pointer.kind):
        together = list(run)
        yield from [together] if kind == PIECE else ([pointer] for pointer in together)


def _pointers(content: bytes, kind: int, old: bool) -> list[Pointer]:
    """Those that a stream lists; as many of them as it has room for."""
    try:
        at = LEADING.get(kind, 10) if old else struct.unpack_from("<I", content)[0]
        count = struct.unpack_from("<H" if old else "<I", content, at)[0]
    except struct.error:
        return []
    at, size = (at + 2, 16) if old else (at + 8, 18)
    return [_pointer(content, place, old) for place in range(at, min(at + count * size, len(content) - size + 1), size)][:POINTERS]
