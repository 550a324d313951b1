"""Pictures that are full of what looks like letters and hold none: checkers, grids, tiles, static, rings. They cost Tesseract ten
seconds and more to read nothing, where this look costs a few hundredths.

What is written stands in lines: between them are rows, or columns of a page that lies on its side, without ink. And it does not
repeat itself every few pixels from one edge of the picture to the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHORTEST, LONGEST = 2, 64
"""Pixels from one piece to the next like it: no number is as short."""
ROWS = 48
"""Rows that are looked at for that, before all are."""
VARIES = 8.0
"""Mean difference to the mean grey, at the least: a page of type has more white and less difference."""
ALIKE = 0.1
"""Part of it that is left between a picture and the same moved by a piece."""
BLOCK, OTHERWISE, FEW = 24, 8.0, 3
"""Side of squares in pixels, mean difference from which on one is not like the one beside it, and how many such are nothing."""
WINDOW = 6
"""Squares of lettering along each side of what is looked at for room between lines."""
ROOM = 0.05
"""Ink of a row between two lines, in that of the fullest row: rules of tables cross it."""
LEAST = 12
"""Windows with lettering from which on their share counts."""
LINED = 0.25
"""Share of them in which lines are told apart. Measured: pages, tables and forms 0.75 to 1, turned by any angle 0.5 and more;
static of blocks up to 0.1, rings 0.06, tiles of angles 0."""


def tiled(picture: Image.Image) -> bool:
    """Whether a grey picture repeats itself all over, every few pixels across."""
    grey = np.asarray(picture)
    if grey.shape[1] < 2 * LONGEST:
        return False
    rows = grey[::max(1, grey.shape[0] // ROWS)].astype(np.int16)
    varies = float(np.abs(rows - round(float(rows.mean()))).mean())
    if varies < VARIES:
        return False
    left = [float(np.abs(rows[:, by:] - rows[:, :-by]).mean()) for by in range(SHORTEST, LONGEST + 1)]
    by = int(np.argmin(left))
    return left[by] < ALIKE * varies and _all_alike(grey, by + SHORTEST)


def _all_alike(grey: NDArray[np.uint8], by: int) -> bool:
    one, other = grey[:, by:], grey[:, :-by]
    away = np.maximum(one, other) - np.minimum(one, other)
    down, across = (size // BLOCK * BLOCK for size in away.shape)
    blocks = away[:down, :across].reshape(down // BLOCK, BLOCK, across // BLOCK, BLOCK)
    return int(np.count_nonzero(blocks.mean(axis=(1, 3)) > OTHERWISE)) < FEW


def lined(ink: NDArray[np.bool_], lettered: NDArray[np.bool_]) -> tuple[int, int]:
    """Windows with lettering in WINDOW rows of squares, and those of them with room between lines. `ink`: of the squares."""
    down, across, side, _ = ink.shape
    wide = across // WINDOW
    if down < WINDOW or not wide:
        return 0, 0
    ink, lettered = ink[:, :wide * WINDOW], lettered[:, :wide * WINDOW]
    by_rows = np.count_nonzero(ink, axis=3).reshape(WINDOW, wide, WINDOW, side).sum(axis=2).swapaxes(0, 1).reshape(wide, -1)
    by_columns = np.count_nonzero(ink, axis=2).sum(axis=0).reshape(wide, -1)
    room = np.zeros(wide, dtype=bool)
    for profile in (by_rows, by_columns):
        room |= profile.min(axis=1) < ROOM * np.maximum(1, profile.max(axis=1))
    full = lettered.sum(axis=0).reshape(wide, WINDOW).sum(axis=1) > 1
    return int(np.count_nonzero(full)), int(np.count_nonzero(full & room))
