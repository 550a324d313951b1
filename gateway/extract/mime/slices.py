"""Pictures that a page puts together from slices, as page builders and mail programs cut them: strips of one width, or the cells of
a grid, one after the other. No slice says anything alone, and strips may be lower than a line of type.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from gateway.extract.floods import jpeg_size

Rows = tuple[tuple[bytes, ...], ...]
"""The slices of one picture, from top to bottom and from left to right."""

LEAST = 3
LOW = 120
"""Pixels of the height of strips, usually; higher pictures of one width are pictures of their own."""
MOST_ACROSS, MOST = 30, 400
"""Slices side by side; slices of one message that are looked at."""
MOST_PIXELS = 25_000_000
"""Of a picture that is put together: a page of A4 at 400 dpi has 15 million."""

SLIM, UNEVEN = 0.75, 0.1
"""Width of half a square, in its heights, at the most; by how much the two may miss it."""

_Piece = tuple[bytes, int, int]
"""Octets, width and height."""


def found(parts: Sequence[bytes]) -> dict[str, Rows]:
    """By the SHA-256 of the first slice the slices of its picture, by those of the others nothing: they are read with it."""
    pieces = [(data, *_size(data)) for data in parts[:MOST]]
    places: dict[str, Rows] = {}
    at = 0
    while at < len(pieces):
        across, count = _layout(pieces[at:])
        if count:
            rows = tuple(tuple(data for data, _, _ in pieces[i:i + across]) for i in range(at, at + count, across))
            digests = [hashlib.sha256(data).hexdigest() for row in rows for data in row]
            places |= dict.fromkeys(digests, ()) | {digests[0]: rows}
        at += max(1, count)
    return places


def halves(parts: Sequence[bytes]) -> dict[str, Rows]:
    """By the SHA-256 of the one half both halves of a square picture that two parts make, one after the other. Each is
    looked at alone, too."""
    pieces = [(data, *_size(data)) for data in parts[:MOST]]
    places: dict[str, Rows] = {}
    for (one, wide, high), (other, width, height) in pairwise(pieces):
        if high == height and max(wide, width) < SLIM * high and abs(wide + width - high) <= UNEVEN * high:
            places[hashlib.sha256(one).hexdigest()] = ((one, other),)
        elif wide == width and max(high, height) < SLIM * wide and abs(high + height - wide) <= UNEVEN * wide:
            places[hashlib.sha256(one).hexdigest()] = ((one,), (other,))
    return places


def _size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, (0, 0) for what no mail program cuts pictures into."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
    elif data[:4] == b"GIF8" and len(data) >= 10:
        width, height = struct.unpack_from("<HH", data, 6)
    else:
        width, height = jpeg_size(data) if data[:2] == b"\xff\xd8" else (0, 0)
    return width, height


def _layout(pieces: list[_Piece]) -> tuple[int, int]:
    """How many slices stand side by side and how many there are in all; (1, 0) where the first of them is none."""
    counts = {across: _covered(pieces, across) for across in range(1, min(MOST_ACROSS, len(pieces)) + 1)}
    across = max(counts, key=lambda each: (counts[each], -each), default=1)
    count = counts.get(across, 0)
    heights = [height for _, _, height in pieces[:count]]
    pixels = sum(width * height for _, width, height in pieces[:count])
    fits = count >= LEAST and pixels <= MOST_PIXELS and (across > 1 or median(heights) <= LOW)
    return (across, count) if fits else (1, 0)


def _covered(pieces: list[_Piece], across: int) -> int:
    """Slices of whole rows, each as wide as the slice above it and as high as the others of its row; 0 for less than two rows."""
    widths = [width for _, width, _ in pieces[:across]]
    rows = 0
    while (row := pieces[rows * across:(rows + 1) * across]) and [width for _, width, _ in row] == widths:
        if not all(widths) or len({height for _, _, height in row}) != 1:
            break
        rows += 1
    return rows * across if rows > 1 else 0
