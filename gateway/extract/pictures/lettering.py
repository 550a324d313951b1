"""Whether a picture shows lettering at all. A photograph of a place, a person or a plant costs Tesseract seconds to read
nothing, and a dozen of them would use up what a message may spend, so that it were held as unread: this costs a fiftieth.

Lettering is ink on a ground: in a small square most points are of one tone, a few stand out far beyond what that ground varies by,
and lines along and across it meet many edges. Squares of that kind side by side are a line of letters or digits. Leaves, hair and
water vary all over; walls and skies have no edges. Large letters are small ones in a smaller picture. What has no room between
its lines is a texture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gateway.extract.pictures import texture

SQUARE = 24
"""Side in pixels."""
SIDES = (1200, 600, 300, 2400)
"""Long sides at which the picture is looked at, the dearest last."""
STANDS_OUT = 28
"""Least difference to the ground, of 255; pale print has 40."""
BEYOND = 12
"""Times the median deviation of the ground."""
EVEN = 10
"""Median deviation up to which it is a ground: paper photographed in bad light has 6."""
INK = (0.03, 0.45)
EDGES = 24
"""Along the rows of a square together, and along its columns."""
THREES = 3
"""Squares that have one on either side, from which on it is lettering. Measured: photographs at most 4, most 0; the smallest
readable table 5, a bank card on a table 6, ordinary screens 30 to 300."""
PAGE = 12
"""The same of a page: from there on all turns of a picture are tried; signs and logos have fewer."""
ROWS = texture.WINDOW
"""Rows of squares looked at in one go: bounds the memory."""


def threes(picture: Image.Image) -> int:
    """Squares with lettering that have such on either side, at the size that shows most; ends early where there are many.

    `picture` is grey.
    """
    most = 0
    for side in SIDES:
        if side > 2 * max(picture.size):
            continue
        scaled = picture
        if side < max(picture.size):
            scaled = picture.copy()
            scaled.thumbnail((side, side), Image.Resampling.BOX)
        squares, windows, lined = _squares(np.asarray(scaled))
        if windows >= texture.LEAST and lined < texture.LINED * windows:
            break
        most = max(most, _in_line(squares))
        if most >= THREES * SQUARE:
            break
    return most


def _squares(grey: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], int, int]:
    """For each square of the picture, whether it looks like part of a line of letters; windows with such, those that are lined."""
    windows = lined = 0
    down, across = grey.shape[0] // SQUARE, grey.shape[1] // SQUARE
    found = np.zeros((down, across), dtype=bool)
    for first in range(0, down, ROWS):
        rows = min(ROWS, down - first)
        band = grey[first * SQUARE:(first + rows) * SQUARE, :across * SQUARE]
        squares = band.reshape(rows, SQUARE, across, SQUARE).swapaxes(1, 2)
        ground = _median(squares[:, :, ::2, ::2])[..., None, None]
        away = np.maximum(squares, ground) - np.minimum(squares, ground)
        spread = _median(away[:, :, ::2, ::2])
        ink = away > np.clip(BEYOND * spread.astype(np.int16), STANDS_OUT, 255).astype(np.uint8)[..., None, None]
        share = np.count_nonzero(ink, axis=(2, 3)) / SQUARE ** 2
        along = np.count_nonzero(ink[..., 1:] ^ ink[..., :-1], axis=(2, 3))
        athwart = np.count_nonzero(ink[..., 1:, :] ^ ink[..., :-1, :], axis=(2, 3))
        found[first:first + rows] = (share > INK[0]) & (share < INK[1]) & (along >= EDGES) & (athwart >= EDGES) & (spread <= EVEN)
        seen, told = texture.lined(ink, found[first:first + rows])
        windows, lined = windows + seen, lined + told
    return found, windows, lined


def _median(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Of each square."""
    points = squares.reshape(*squares.shape[:2], squares.shape[2] * squares.shape[3])
    middle: NDArray[np.uint8] = np.partition(points, points.shape[2] // 2, axis=2)[..., points.shape[2] // 2]
    return middle


def _in_line(squares: NDArray[np.bool_]) -> int:
    """Of lines across the page, or down it where it lies on its side."""
    across = squares[:, 2:] & squares[:, 1:-1] & squares[:, :-2]
    down = squares[2:] & squares[1:-1] & squares[:-2]
    return int(max(across.sum(), down.sum()))
