"""Forms with a box for each character: what stands in neighbouring boxes is moved together and the boxes are taken away, so that it
is read as one number and not as a row of bars.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gateway.extract.pictures.legible import runs

Marks = NDArray[np.bool_]
DARKER = 0.72
"""Grey of ink, in that of most of the picture; boxes of forms are printed in colours that a scanner is to leave out."""
PALER, UPRIGHT = 0.9, 0.8
"""The same of the outermost side of boxes, and the part of its height at the least at which there is ink."""
LEANING = 0.2
"""The same part of a side that leans, so near it that no character is: within 2 * NEAR."""
LEAST_LINE = 22
"""Pixels of the lower and upper edges of boxes at the least."""
LOWEST, HIGHEST = 18, 120
"""Height of boxes, in pixels."""
GAP = 5
"""Pixels between the dots or dashes of a side at the most."""
NEAR = 3
"""Pixels by which edges may miss each other."""
EDGE = 3 * NEAR
"""Pixels from the upper and lower edge of a box in which these are left where it leans."""
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
Glyph = tuple[int, int, int]
"""Columns where a character begins and ends, and where its box begins: rows of a scanned page rise or fall."""


def joined(picture: Image.Image) -> Image.Image | None:
    """A grey picture, dark on light, with the contents of boxes side by side moved together; None where there are no such boxes."""
    grey = np.asarray(picture)
    ground = float(np.median(grey[::2, ::2]))
    dark, pale = grey < DARKER * ground, grey < PALER * ground
    across = runs(pale, LEAST_LINE)
    found = _filled(dark, pale, _sides(pale, across)) or _filled(dark, pale, _sides(_closed(pale), across))
    if not found:
        return None
    changed = grey.copy()
    for row, glyphs in found:
        _write(changed, grey, row, glyphs)
    return Image.fromarray(changed)


def _filled(dark: Marks, pale: Marks, sides: list[Side]) -> list[tuple[list[Side], list[Glyph]]]:
    """The rows of boxes that hold characters."""
    rows = _whole(_rows(sides))
    for row in rows:
        _close(pale, row)
    return [(row, glyphs) for row in rows if (glyphs := _glyphs(dark, pale, row))]


def _closed(marks: Marks) -> Marks:
    """With room of at most GAP pixels between two marks of a column filled: dotted and dashed lines part boxes of forms."""
    room = ~marks
    wide = room.copy()
    for below in range(1, GAP + 1):
        wide[:-below] &= room[below:]
    kept = wide.copy()
    for above in range(1, GAP + 1):
        kept[above:] |= wide[:-above]
    return ~kept


def _sides(dark: Marks, across: Marks) -> list[Side]:
    """Upright strokes that reach from one line across to another, or through several of a table, each piece between two of these.
    `across`: such lines."""
    column, start, end = _uprights(dark)
    tall = end - start > HIGHEST
    through = np.zeros((dark.shape[1], dark.shape[0] + 1), np.int8)
    through[column[tall], start[tall]], through[column[tall], end[tall]] = 1, -1
    lines = _uprights((np.cumsum(through, axis=1)[:, :-1] > 0).T & ~across) if tall.any() else (column[:0], start[:0], end[:0])
    column, start, end = (np.concatenate(both) for both in zip((column, start, end), lines, strict=True))
    fits = (end - start >= LOWEST) & (end - start <= HIGHEST)
    column, start, end = column[fits], start[fits], end[fits] - 1
    kept = _near(across, start, column) & _near(across, end, column)
    return list(zip(column[kept].tolist(), start[kept].tolist(), end[kept].tolist(), strict=True))


def _uprights(dark: Marks) -> tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.int_]]:
    """Runs of marks from top to bottom: column, where each begins and where it has ended."""
    padded = np.zeros((dark.shape[1], dark.shape[0] + 2), np.int8)
    padded[:, 1:-1] = dark.T
    steps = np.diff(padded, axis=1)
    column, start = np.nonzero(steps == 1)
    return column, start, np.nonzero(steps == -1)[1]


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
    for first in sorted(sides):
        row: list[Side] = []
        following: Side | None = None if first in taken else first
        while following is not None:
            row.append(following)
            taken.add(following)
            following = _following(levels, following, taken)
        if len(row) > LEAST:
            yield row


def _whole(rows: Iterable[list[Side]]) -> list[list[Side]]:
    """The rows, those that reach into each other as one: a stroke beside a side leads one past the next sides."""
    whole: list[list[Side]] = []
    at: dict[int, int] = {}                               # by where the last side of a row begins
    for row in sorted(rows):
        begin, top, bottom = row[0]
        before = next((at[level] for level in range(top - 2 * NEAR, top + 2 * NEAR + 1) if level in at), len(whole))
        last = whole[before][-1] if before < len(whole) else (-1, 0, 0)
        if begin <= last[0] and abs(bottom - last[2]) <= 2 * NEAR:
            whole[before] = sorted([*whole[before], *row])
        else:
            before = len(whole)
            whole.append(row)
        at[whole[before][-1][1]] = before
    return whole


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


def _close(marks: Marks, row: list[Side]) -> None:
    """Adds the outer side of the first and the last box, where it is paler: between boxes there are two lines."""
    wide = round(float(np.median([other[0] - one[0] for one, other in pairwise(row) if other[0] - one[0] > LEAST_LINE] or [0])))
    for at, beyond in ((len(row), wide), (0, -wide)):
        column, top, bottom = row[min(at, len(row) - 1)]
        left = max(0, column + beyond - NEAR)
        window = marks[top:bottom + 1, left:max(0, column + beyond + NEAR + 1)]
        if wide and window.shape[1] and float(window.mean(axis=0).max()) >= UPRIGHT:
            row.insert(at, (left + int(window.mean(axis=0).argmax()), top, bottom))


def _glyphs(dark: Marks, pale: Marks, row: list[Side]) -> list[Glyph]:
    """The characters; [] where the boxes hold words."""
    found, single = [], 0
    for (one, top, bottom), (other, _, _) in pairwise(row):
        if other - one <= 2 * NEAR:
            continue                                      # two lines between two boxes, or a thick one
        within = slice(top + NEAR, bottom - NEAR + 1), slice(one + NEAR, other - NEAR + 1)
        inside = _inked(dark[within], pale[within])
        columns = np.nonzero(inside.any(axis=0))[0]
        if not len(columns):
            continue
        if inside.mean() > INK:
            return []
        width, height = int(np.ptp(columns)), int(np.ptp(np.nonzero(inside.any(axis=1))[0]))
        single += width <= WIDE * height and width < FULL * (other - one)
        found.append((one + NEAR + int(columns[0]), one + NEAR + int(columns[-1]) + 1, top))
    return found if single >= LEAST and single >= ONE * len(found) else []


def _inked(dark: Marks, pale: Marks) -> Marks:
    """The ink in a box, without its sides where they lean or are thick."""
    ink = dark.copy()
    for marks, axis in ((ink, 0), (ink.T, 1)):
        line = pale.mean(axis=axis) >= LEANING
        for begin, ends in ((marks, line), (marks[:, ::-1], line[::-1])):
            at = np.nonzero(ends[:2 * NEAR])[0]
            begin[:, :at[-1] + NEAR if len(at) else 0] = False
    return ink


def _write(changed: NDArray[np.uint8], grey: NDArray[np.uint8], row: list[Side], glyphs: list[Glyph]) -> None:
    high = max(bottom - top for _, top, bottom in row)
    wide = [other[0] - one[0] for one, other in pairwise(row) if other[0] - one[0] > 2 * NEAR]
    margin = max(1, min(high, round(float(np.median(wide)))) // 16)
    for (one, top, bottom), (other, _, _) in pairwise(row):
        changed[max(0, top - NEAR):bottom + NEAR, max(0, one - NEAR):other + NEAR + 1] = 255
    x, level = row[0][0] + NEAR, row[0][1] + NEAR
    for begin, end, top in glyphs:
        piece = _without_line(grey[top + NEAR:top + high - NEAR + 1, max(0, begin - 1):end + 1])
        width, height = max(0, min(piece.shape[1], changed.shape[1] - x)), max(0, min(piece.shape[0], changed.shape[0] - level))
        changed[level:level + height, x:x + width] = piece[:height, :width]
        x += piece.shape[1] + 2 * margin - 1


def _without_line(piece: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A character without what is left of the edges of a box that leans: ink near the upper or lower end with room before it."""
    kept = piece.copy()
    inked = (piece < PALER * float(piece.max(initial=0))).any(axis=1)
    for rows, ink in ((kept, inked), (kept[::-1], inked[::-1])):
        marks = np.nonzero(ink[:EDGE])[0]
        if len(marks) and not ink[marks[-1] + 1:marks[-1] + 2].all():
            rows[:marks[-1] + 1] = piece.max()
    return kept
