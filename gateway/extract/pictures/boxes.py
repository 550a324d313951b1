"""Forms with a box for each character: what stands in neighbouring boxes is moved together and the boxes are taken away, so that it
is read as one number and not as a row of bars.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gateway.extract.pictures.legible import runs

Marks = NDArray[np.bool_]
DARKER = 0.67
"""Grey of ink, in that of most of the picture."""
LEAST_LINE = 22
"""Pixels of the lower and upper edges of boxes at the least."""
LOWEST, HIGHEST = 18, 120
"""Height of boxes, in pixels."""
NEAR = 3
"""Pixels by which edges may miss each other."""
WIDEST = 1.7
"""Width of a box, in heights; cells of tables are wider."""
LEAST = 4
"""Boxes with one character each, side by side."""
WIDE = 1.15
"""Width of a character, in its own heights; two digits are wider."""
FULL = 0.9
"""Width of what fills its box, in widths of the box: a line that goes through."""
INK = 0.5
"""Share of a box that its character covers, at the most."""
ONE = 0.8
"""Of the boxes that are not empty, those with one character."""

Side = tuple[int, int, int]
"""Of a box, upright: its column, where it begins and where it ends."""


def joined(picture: Image.Image) -> Image.Image | None:
    """A grey picture, dark on light, with the contents of boxes side by side moved together; None where there are no such boxes."""
    grey = np.asarray(picture)
    dark = grey < DARKER * float(np.median(grey[::2, ::2]))
    rows = list(_rows(_sides(dark)))
    if not rows:
        return None
    changed: NDArray[np.uint8] | None = None
    for row in rows:
        glyphs = _glyphs(dark, row)
        if glyphs:
            changed = grey.copy() if changed is None else changed
            _write(changed, grey, row, glyphs)
    return None if changed is None else Image.fromarray(changed)


def _sides(dark: Marks) -> list[Side]:
    """Upright strokes that reach from one line across to another."""
    across = runs(dark, LEAST_LINE)
    padded = np.zeros((dark.shape[1], dark.shape[0] + 2), np.int8)
    padded[:, 1:-1] = dark.T
    steps = np.diff(padded, axis=1)
    column, start = np.nonzero(steps == 1)
    end = np.nonzero(steps == -1)[1]
    fits = (end - start >= LOWEST) & (end - start <= HIGHEST)
    column, start, end = column[fits], start[fits], end[fits] - 1
    kept = _near(across, start, column) & _near(across, end, column)
    return list(zip(column[kept].tolist(), start[kept].tolist(), end[kept].tolist(), strict=True))


def _near(marks: Marks, row: NDArray[np.int_], column: NDArray[np.int_]) -> Marks:
    """For each of the places whether there is a mark less than NEAR from it."""
    found = np.zeros(len(row), bool)
    last, rightmost = marks.shape[0] - 1, marks.shape[1] - 1
    for down in range(1 - NEAR, NEAR):
        for across in range(1 - NEAR, NEAR):
            found |= marks[np.clip(row + down, 0, last), np.clip(column + across, 0, rightmost)]
    return found


def _rows(sides: list[Side]) -> Iterator[list[Side]]:
    """Sides of boxes of one height, from left to right, that stand close to each other; thick ones are several."""
    levels: dict[int, list[Side]] = {}
    for side in sorted(sides):
        levels.setdefault(side[1], []).append(side)
    taken: set[Side] = set()
    for first in sorted(sides, key=lambda side: (side[1] // (2 * NEAR), side[0])):
        row: list[Side] = []
        following: Side | None = None if first in taken else first
        while following is not None:
            row.append(following)
            taken.add(following)
            following = _following(levels, following, taken)
        if len(row) > LEAST:
            yield row


def _following(levels: dict[int, list[Side]], last: Side, taken: set[Side]) -> Side | None:
    """The next side to the right, of those that begin and end where the last one does. `levels`: by where they begin, in order."""
    column, top, bottom = last
    furthest = column + int(WIDEST * (bottom - top))
    nearest: Side | None = None
    for level in range(top - NEAR, top + NEAR + 1):
        beside = levels.get(level, ())
        for at in range(bisect(beside, (column + 1,)), len(beside)):
            side = beside[at]
            if side[0] > furthest or (nearest is not None and side > nearest):
                break
            if abs(side[2] - bottom) <= NEAR and side not in taken:
                nearest = side
                break
    return nearest


def _glyphs(dark: Marks, row: list[Side]) -> list[tuple[int, int]]:
    """Columns where each character begins and ends; [] where the boxes hold words."""
    found, single = [], 0
    for (one, top, bottom), (other, _, _) in pairwise(row):
        inside = dark[top + NEAR:bottom - NEAR + 1, one + NEAR:other - NEAR + 1]
        columns = np.nonzero(inside.any(axis=0))[0]
        if not len(columns):
            continue
        if inside.mean() > INK:
            return []
        width, height = int(np.ptp(columns)), int(np.ptp(np.nonzero(inside.any(axis=1))[0]))
        single += width <= WIDE * height and width < FULL * (other - one)
        found.append((one + NEAR + int(columns[0]), one + NEAR + int(columns[-1]) + 1))
    return found if single >= LEAST and single >= ONE * len(found) else []


def _write(changed: NDArray[np.uint8], grey: NDArray[np.uint8], row: list[Side], glyphs: list[tuple[int, int]]) -> None:
    top, bottom = row[0][1], max(side[2] for side in row)
    margin = max(1, (bottom - top) // 16)
    x = row[0][0] + NEAR
    changed[max(0, top - 1):bottom + 2, max(0, row[0][0] - 1):row[-1][0] + 2] = 255
    for begin, end in glyphs:
        piece = grey[top + NEAR:bottom - NEAR + 1, max(0, begin - 1):end + 1]
        width = max(0, min(piece.shape[1], changed.shape[1] - x))
        changed[top + NEAR:bottom - NEAR + 1, x:x + width] = piece[:, :width]
        x += piece.shape[1] + 2 * margin - 1
