"""lzop files, member by member: LZO1X in blocks, with the names and checksums lzop writes.

Source: lzop 1.04 (src/lzop.c, conf.h); "LZO stream format as understood by Linux' LZO decompressor" (lzo.rst among its documents).
libarchive reads them by running lzop, which nothing here may do.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from gateway.extract.bounded import Budget, Damaged

MAGIC = b"\x89LZO\0\r\n\x1a\n"
ADLER, ADLER_PACKED, EXTRA, CRC, CRC_PACKED, HEADER_CRC, FILTERED = 1, 2, 0x40, 0x100, 0x200, 0x1000, 0x800
"""Flags of a header: checksums of unpacked and packed blocks, a further field, the kind of the header's checksum, a filter."""
LZO1X = frozenset({1, 2, 3})             # methods of lzop, all unpacked alike
BLOCK = 64 << 20                         # octets of a block at most
WITH_LEVEL = 0x0940                      # version from which a header has the level


@dataclass(frozen=True, slots=True)
class Header:
    name: bytes
    flags: int
    end: int                             # where the first block begins


def header(data: bytes) -> Header:
    """The header at the beginning. Raises Damaged."""
    try:
        version = struct.unpack_from(">H", data, 9)[0]
        later = version >= WITH_LEVEL
        method = data[15 if later else 13]
        at = 17 if later else 14
        flags = struct.unpack_from(">L", data, at)[0]
        at += 8 if flags & FILTERED else 4
        at += 12 if later else 8
        size = data[at]
        name = data[at + 1:at + 1 + size]
        at += 1 + size
        expected = struct.unpack_from(">L", data, at)[0]
    except (struct.error, IndexError):
        raise Damaged("header") from None
    check = zlib.crc32 if flags & HEADER_CRC else zlib.adler32
    if method not in LZO1X or flags & FILTERED or check(data[9:at]) != expected:
        raise Damaged("header")
    at += 4
    if flags & EXTRA:
        at += 8 + int.from_bytes(data[at:at + 4], "big")
    return Header(name, flags, at)


def name(data: bytes) -> bytes:
    """The name in the header, b"" where there is none."""
    try:
        return header(data).name
    except Damaged:
        return b""


def unpack(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    """One member; (unpacked, what follows it). Raises Damaged, LimitReached."""
    head = header(data)
    at, made = head.end, bytearray()
    try:
        while size := struct.unpack_from(">L", data, at)[0]:
            budget.announced(len(made) + size, at + struct.unpack_from(">L", data, at + 4)[0], made)
            at = _block(data, at, size, head.flags, made)
    except (struct.error, IndexError):
        raise Damaged("data end early", bytes(made)) from None
    except ValueError as error:
        raise Damaged(str(error), bytes(made)) from None
    budget.spend(len(made))
    return bytes(made), data[at + 4:]


def _block(data: bytes, at: int, size: int, flags: int, made: bytearray) -> int:
    """One block of `size` octets put behind `made`; where the next one begins. Raises ValueError, struct.error, IndexError."""
    packed: int = struct.unpack_from(">L", data, at + 4)[0]
    if size > BLOCK or packed > size:
        raise ValueError("sizes of a block")
    at += 8
    sums = [check for flag, check in ((ADLER, zlib.adler32), (CRC, zlib.crc32)) if flags & flag]
    expected = struct.unpack_from(f">{len(sums)}L", data, at)
    at += 4 * len(sums)
    if packed < size:
        at += 4 * sum(1 for flag in (ADLER_PACKED, CRC_PACKED) if flags & flag)
    piece = data[at:at + packed]
    if len(piece) < packed:
        raise ValueError("data end early")
    made += (plain := piece if packed == size else lzo1x(piece, size))
    if len(plain) != size or any(check(plain) != value for check, value in zip(sums, expected, strict=True)):
        raise ValueError("wrong checksum")
    return at + packed


def lzo1x(data: bytes, size: int) -> bytes:
    """A block unpacked, at most `size` octets and one copy. Raises ValueError, IndexError."""
    out = bytearray()
    at, state = 0, 0
    if data[0] > 17:
        count = data[0] - 17
        out += data[1:1 + count]
        at, state = 1 + count, min(count, 4)
    while len(out) <= size:
        code = data[at]
        at += 1
        if code < 16 and state == 0:
            count, at = _longer(data, at, code, 15, size)
            out += data[at:at + count + 3]
            at, state = at + count + 3, 4
            continue
        if code < 16:
            count, distance, state = (3, 0x801, code & 3) if state == 4 else (2, 1, code & 3)
            distance += (code >> 2) + (data[at] << 2)
            at += 1
        elif code >= 64:
            count, distance, state = (code >> 5) + 1, 1 + (code >> 2 & 7) + (data[at] << 3), code & 3
            at += 1
        else:
            count, at = _longer(data, at, code & (31 if code >= 32 else 7), 31 if code >= 32 else 7, size)
            low = data[at] | data[at + 1] << 8
            at, state, count = at + 2, low & 3, count + 2
            distance = (low >> 2) + (1 if code >= 32 else (code & 8) << 11)
            if code < 32 and distance == 0:
                return bytes(out)
            distance += 0 if code >= 32 else 0x4000
        _copy(out, distance, count)
        out += data[at:at + state]
        at += state
    raise ValueError("more than the block has")


def _longer(data: bytes, at: int, count: int, most: int, size: int) -> tuple[int, int]:
    """A length that goes on in the next octets where it is nought, and where they end. Raises ValueError above `size`."""
    if count:
        return count, at
    begin = at
    while not data[at]:
        at += 1
    count = (at - begin) * 255 + most + data[at]
    if count > size:
        raise ValueError("more than the block has")
    return count, at + 1


def _copy(out: bytearray, distance: int, count: int) -> None:
    """`count` octets from `distance` before the end; they may overlap what they make."""
    start = len(out) - distance
    if start < 0:
        raise ValueError("a copy from before the beginning")
    piece = out[start:start + count]
    while len(piece) < count:
        piece += piece[:count - len(piece)]
    out += piece
