"""Pictures of binary office files ([MS-ODRAW] 2.2.20 to 2.2.31): PowerPoint's and Word's streams, a workbook's drawing group."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from gateway.extract.base import Child
from gateway.model.artifact import ArtifactKind

METAFILES = frozenset({0xF01A, 0xF01B})
BITMAPS = frozenset({0xF01D, 0xF01E, 0xF029, 0xF02A})
DIB, ENTRY = 0xF01F, 0xF007
ENTRY_HEAD, NAME_LENGTH = 36, 33
"""Octets of a file block store entry before the name, and where the length of that stands."""
STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
IDENTIFIERS = (16, 32)
"""Octets of one or two checksums in front."""
META_HEAD = 34
MOST = 2_000
PICTURE_HEAD, NAMED = 0x44, 0x66
DRAWING_GROUP, CONTINUE, END = 0xEB, 0x3C, 0x0A
"""Records of a workbook ([MS-XLS] 2.4.171, 2.4.58, 2.4.103)."""


def pictures(data: bytes, room: int) -> Iterator[Child]:
    """A child for each picture among the records, containers opened."""
    at = 0
    for _ in range(MOST):
        if at + 8 > len(data):
            return
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0xF == 0xF:
            continue
        if kind == ENTRY:
            at += ENTRY_HEAD + (data[at + NAME_LENGTH] if at + NAME_LENGTH < len(data) else 0)
            continue
        body = data[at:at + size]
        at += size
        made = _picture(kind, body, room)
        if made:
            room -= len(made)
            yield Child(made, ArtifactKind.IMAGE, label="picture")
        if room <= 0:
            return


def of_word(data: bytes, room: int) -> Iterator[Child]:
    """Those of Word's `Data` stream ([MS-DOC] 2.9.190): a head with its length and that of all, perhaps a name, records."""
    at = 0
    for _ in range(MOST):
        if at + 68 > len(data):
            return
        size, head, kind = struct.unpack_from("<IHH", data, at)
        if head != PICTURE_HEAD or size <= head:
            return
        start = at + head + (1 + data[at + head] if kind == NAMED and at + head < len(data) else 0)
        yield from pictures(data[start:at + size], room)
        at += size


def of_workbook(stream: bytes, room: int) -> Iterator[Child]:
    """Those of a `Workbook` stream: its globals come first and end with END."""
    group, at, before = bytearray(), 0, 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == DRAWING_GROUP or (kind == CONTINUE and before == DRAWING_GROUP):
            group += stream[at + 4:at + 4 + size]
            before = DRAWING_GROUP
        else:
            before = kind
        if kind == END:
            break
        at += 4 + size
    if group:
        yield from pictures(bytes(group), room)


def _picture(kind: int, body: bytes, room: int) -> bytes:
    """The file of one record; b"" where it is none."""
    if kind in METAFILES:
        return _metafile(body, room)
    return _bitmap(body) if kind in BITMAPS else _dib(body) if kind == DIB else b""


def _bitmap(body: bytes) -> bytes:
    starts = [at for start in STARTS if (at := body.find(start, 0, 64)) >= 0]
    return body[min(starts):] if starts else b""


def _dib(body: bytes) -> bytes:
    """As a BMP file: the octets before the pixels counted."""
    for length in IDENTIFIERS:
        bitmap = body[length + 1:]
        if bitmap[:4] == b"\x28\0\0\0":
            return as_file(bitmap)
    return b""


def as_file(bitmap: bytes) -> bytes:
    """A bitmap without the head of a file ([MS-WMF] 2.2.2.9) with it."""
    if len(bitmap) < 40:
        return b""
    head, bits, kind, used = (*struct.unpack_from("<I", bitmap), *struct.unpack_from("<H", bitmap, 14),
                              *struct.unpack_from("<I", bitmap, 16), *struct.unpack_from("<I", bitmap, 32))
    colours = 4 * (used or (1 << bits if bits <= 8 else 0)) + (12 if kind == 3 and head == 40 else 0)
    return b"BM" + struct.pack("<IHHI", 14 + len(bitmap), 0, 0, 14 + head + colours) + bitmap


def _metafile(body: bytes, room: int) -> bytes:
    for length in IDENTIFIERS:
        packed = body[length + META_HEAD:]
        try:
            return zlib.decompressobj().decompress(packed, max(1, room))
        except zlib.error:
            continue
    return b""
