"""HEIC, the pictures of telephones: HEVC in boxes (ISO/IEC 14496-12 and 23008-12), whole or as a grid of tiles. In grey, which is
all that reading needs.

libheif starts a thread for each tile and another in the decoder, and the cell has none; so the boxes are read here, and each tile
is given to libde265, which decodes in the thread that calls it unless workers were asked for. It comes with the wheel of pi-heif.
"""

from __future__ import annotations

import ctypes
import importlib.util
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_BOXES, MOST_ITEMS, MOST_TILES = 20_000, 10_000, 1024
"""A telephone's picture of 48 megapixels has 192 tiles."""
MOST_ROUNDS = 100_000
"""Calls of the decoder for one tile."""
WAITING = 13
"""DE265_ERROR_WAITING_FOR_INPUT_DATA: all that was handed over is decoded."""
TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
"""irot turns counter-clockwise, PIL too."""


def _library() -> ctypes.CDLL | None:
    """Loaded before the cell is locked; None where it is not installed."""
    spec = importlib.util.find_spec("pi_heif")
    homes = [Path(home).with_name("pi_heif.libs") for home in (spec.submodule_search_locations or ())] if spec else []
    for path in [*(str(file) for home in homes for file in sorted(home.glob("libde265*"))), "libde265.so.0"]:
        with suppress(OSError):
            return _declared(ctypes.CDLL(path))
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    library.de265_new_decoder.restype = pointer
    library.de265_free_decoder.argtypes = [pointer]
    library.de265_push_NAL.argtypes = [pointer, ctypes.c_char_p, integer, ctypes.c_int64, pointer]
    library.de265_flush_data.argtypes = [pointer]
    library.de265_decode.argtypes = [pointer, ctypes.POINTER(integer)]
    library.de265_get_next_picture.argtypes, library.de265_get_next_picture.restype = [pointer], pointer
    for name in ("de265_get_image_width", "de265_get_image_height", "de265_get_bits_per_pixel"):
        getattr(library, name).argtypes = [pointer, integer]
    library.de265_get_image_plane.argtypes = [pointer, integer, ctypes.POINTER(integer)]
    library.de265_get_image_plane.restype = pointer
    library.de265_disable_logging()
    return library


LIBRARY = _library()


@dataclass(slots=True)
class _Item:
    kind: bytes = b""
    pieces: list[tuple[int, int, int]] = field(default_factory=list)
    """Construction method, where, how long."""
    properties: list[int] = field(default_factory=list)
    tiles: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    data: bytes
    items: dict[int, _Item] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    primary: int = 0
    kept: bytes = b""

    def item(self, number: int) -> _Item:
        if number not in self.items and len(self.items) >= MOST_ITEMS:
            raise ValueError("too many items")
        return self.items.setdefault(number, _Item())

    def content(self, item: _Item) -> bytes:
        return b"".join((self.kept if method == 1 else self.data)[start:start + length] for method, start, length in item.pieces)

    def property(self, item: _Item, kind: bytes) -> bytes:
        for index in item.properties:
            if 0 < index <= len(self.properties) and self.properties[index - 1][0] == kind:
                return self.properties[index - 1][1]
        return b""


def grey(data: bytes, most_pixels: int) -> Image.Image | None:
    """The primary picture as it is shown; None where it is of another coding. Raises ValueError where it is damaged or larger than
    allowed."""
    if LIBRARY is None:
        raise ValueError("no decoder for HEVC")
    try:
        file = _read(data)
        item = file.items.get(file.primary, _Item())
        if item.kind not in (b"grid", b"hvc1"):
            return None
        picture = Image.fromarray(_grid(file, item, most_pixels) if item.kind == b"grid" else _tile(file, item, most_pixels))
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"boxes of a HEIC: {type(error).__name__}") from None
    turn = file.property(item, b"irot")
    return picture.transpose(TURNS[turn[0] & 3]) if turn and turn[0] & 3 else picture


def shows(data: bytes) -> bool:
    """Whether there is a primary picture, of whatever coding."""
    try:
        file = _read(data)
    except (ValueError, struct.error, IndexError, KeyError):
        return False
    return file.primary in file.items and bool(file.items[file.primary].kind)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MOST_BOXES):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or len(data) - at
        if size < head:
            raise ValueError("a box smaller than its head")
        yield kind, data[at + head:at + size]
        at += size


def _read(data: bytes) -> _File:
    file = _File(data)
    meta = next((body for kind, body in _boxes(data) if kind == b"meta"), b"")
    for kind, body in _boxes(meta[4:]):
        if kind == b"pitm":
            file.primary = _number(body, 4, 4 if body[0] else 2)
        elif kind == b"idat":
            file.kept = body
        elif kind in _TABLES:
            _TABLES[kind](file, body)
    return file


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise IndexError(at)
    return int.from_bytes(data[at:at + size], "big")


def _kinds(file: _File, body: bytes) -> None:
    for kind, entry in _boxes(body[8 if body[0] else 6:]):
        if kind == b"infe" and entry[0] >= 2:
            width = 2 if entry[0] == 2 else 4
            file.item(_number(entry, 4, width)).kind = entry[6 + width:10 + width]


def _places(file: _File, body: bytes) -> None:
    version, sizes = body[0], _number(body, 4, 2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    count, at = _number(body, 6, wide), 6 + wide
    for _ in range(min(count, MOST_ITEMS)):
        item = file.item(_number(body, at, wide))
        at += wide
        method = _number(body, at, 2) & 15 if version else 0
        at += 4 if version else 2
        start, pieces = _number(body, at, base), _number(body, at + base, 2)
        at += base + 2
        for _ in range(pieces):
            if len(item.pieces) >= MOST_TILES:
                raise ValueError("too many extents")
            at += index
            item.pieces.append((method, start + _number(body, at, offset), _number(body, at + offset, length)))
            at += offset + length


def _references(file: _File, body: bytes) -> None:
    wide = 4 if body[0] else 2
    for kind, entry in _boxes(body[4:]):
        if kind == b"dimg":
            count = _number(entry, wide, 2)
            tiles = [_number(entry, wide + 2 + wide * i, wide) for i in range(min(count, MOST_TILES))]
            file.item(_number(entry, 0, wide)).tiles = tiles


def _properties(file: _File, body: bytes) -> None:
    for kind, inner in _boxes(body):
        if kind == b"ipco":
            file.properties = list(_boxes(inner))
        elif kind == b"ipma":
            _belongings(file, inner)


def _belongings(file: _File, body: bytes) -> None:
    wide, large = 4 if body[0] else 2, body[3] & 1
    count, at = _number(body, 4, 4), 8
    for _ in range(min(count, MOST_ITEMS)):
        item, some = file.item(_number(body, at, wide)), _number(body, at + wide, 1)
        at += wide + 1
        for _ in range(some):
            item.properties.append(_number(body, at, 1 + large) & (0x7FFF if large else 0x7F))
            at += 1 + large


_TABLES = {b"iinf": _kinds, b"iloc": _places, b"iref": _references, b"iprp": _properties}


def _grid(file: _File, item: _Item, most_pixels: int) -> NDArray[np.uint8]:
    """Tiles side by side, cut to the size the picture has."""
    head = file.content(item)
    size = 4 if head[1] & 1 else 2
    down, across = head[2] + 1, head[3] + 1
    width, height = _number(head, 4, size), _number(head, 4 + size, size)
    if width * height > most_pixels or down * across != len(item.tiles):
        raise ValueError("a grid of another size than its tiles")
    whole = np.full((height, width), 255, np.uint8)
    for number, tile in enumerate(item.tiles):
        shades = _tile(file, file.items[tile], most_pixels)
        top, left = number // across * shades.shape[0], number % across * shades.shape[1]
        part = whole[top:top + shades.shape[0], left:left + shades.shape[1]]
        part[:] = shades[:part.shape[0], :part.shape[1]]
    return whole


def _tile(file: _File, item: _Item, most_pixels: int) -> NDArray[np.uint8]:
    """The brightness of one coded picture. Its size is told by the file beside it (ispe) and by itself."""
    setup, size = file.property(item, b"hvcC"), file.property(item, b"ispe")
    if item.kind != b"hvc1" or not setup:
        raise ValueError("no picture of HEVC")
    if size and _number(size, 4, 4) * _number(size, 8, 4) > most_pixels:
        raise ValueError("a tile of too many pixels")
    return _decoded([*_parameters(setup), *_units(file.content(item), (setup[21] & 3) + 1)], most_pixels)


def _parameters(setup: bytes) -> Iterator[bytes]:
    """The parameter sets of a decoder configuration record (ISO/IEC 14496-15, 8.3.3.1)."""
    at = 23
    for _ in range(setup[22]):
        count, at = _number(setup, at + 1, 2), at + 3
        for _ in range(count):
            length = _number(setup, at, 2)
            yield setup[at + 2:at + 2 + length]
            at += 2 + length


def _units(data: bytes, wide: int) -> Iterator[bytes]:
    at = 0
    while at + wide < len(data):
        length = _number(data, at, wide)
        yield data[at + wide:at + wide + length]
        at += wide + length


def _decoded(units: list[bytes], most_pixels: int) -> NDArray[np.uint8]:
    assert LIBRARY is not None
    decoder = LIBRARY.de265_new_decoder()
    if not decoder:
        raise ValueError("no decoder")
    try:
        for unit in units:
            LIBRARY.de265_push_NAL(decoder, unit, len(unit), 0, None)
        LIBRARY.de265_flush_data(decoder)
        more = ctypes.c_int(1)
        for _ in range(MOST_ROUNDS):
            status = LIBRARY.de265_decode(decoder, ctypes.byref(more))
            if not more.value or status:
                break
        return _brightness(LIBRARY.de265_get_next_picture(decoder), most_pixels)
    finally:
        LIBRARY.de265_free_decoder(decoder)


def _brightness(picture: int | None, most_pixels: int) -> NDArray[np.uint8]:
    """Of a decoded picture, which is the decoder's and gone with it."""
    assert LIBRARY is not None
    if not picture:
        raise ValueError("nothing was decoded")
    width, height = LIBRARY.de265_get_image_width(picture, 0), LIBRARY.de265_get_image_height(picture, 0)
    bits, stride = LIBRARY.de265_get_bits_per_pixel(picture, 0), ctypes.c_int()
    plane = LIBRARY.de265_get_image_plane(picture, 0, ctypes.byref(stride))
    octets = 2 if bits > 8 else 1
    if not plane or width * height > most_pixels or stride.value < width * octets:
        raise ValueError("a picture of too many pixels")
    lines = np.frombuffer(ctypes.string_at(plane, stride.value * height), np.uint8).reshape(height, stride.value)
    if octets == 1:
        return lines[:, :width].copy()
    return (lines[:, :2 * width].copy().view("<u2") >> (bits - 8)).astype(np.uint8)
