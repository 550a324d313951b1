"""Cells of a page as rows of a table: which stand beside one another, under which heading, and what their lines say together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

ROOM_LEFT = 1.3
"""Times the size of type: room behind a line from which on the column did not break it."""
LEAST_COLUMNS, MOST_COLUMNS = 3, 500
BREAKS = ("-", "/", "@", ".", "_", ",", "‐", "－")
LABEL = re.compile("[^0-9:：]{1,20}[:：]")


@dataclass(slots=True)
class Piece:
    """A part of a line without wide gaps; `base` grows downwards, all in points."""

    left: float
    right: float
    base: float
    size: float
    text: str
    line: int


@dataclass(slots=True)
class Cell:
    lines: list[Piece]

    @property
    def first(self) -> Piece:
        return self.lines[0]

    @property
    def last(self) -> Piece:
        return self.lines[-1]

    def apart(self, other: Cell) -> float:
        """Points between the columns of two cells, less than none where they overlap."""
        mine, theirs = (min(p.left for p in self.lines), max(p.right for p in self.lines)), (
            min(p.left for p in other.lines), max(p.right for p in other.lines))
        return max(mine[0], theirs[0]) - min(mine[1], theirs[1])


def tabulated(cells: list[Cell]) -> list[tuple[str, ...]]:
    """Rows from above to below. Where one has fewer cells than the fullest one before it, empty ones stand in for the others."""
    found: list[tuple[str, ...]] = []
    fullest: list[Cell] = []
    for row in _rows(cells):
        if MOST_COLUMNS >= len(row) > len(fullest) >= LEAST_COLUMNS and (fewer := _gathered(row, fullest)) is not None:
            found.append(fewer)
            continue
        if len(row) >= len(fullest):
            fullest = row
        found.append(_aligned(row, fullest))
    return found


def _gathered(row: list[Cell], fullest: list[Cell]) -> tuple[str, ...] | None:
    """A row with more cells than columns, where each of these is in one column only and none is empty: words of one cell that
    stand far apart."""
    made: list[list[str]] = [[] for _ in fullest]
    for cell in row:
        over = [n for n, column in enumerate(fullest) if column.apart(cell) < 0]
        if len(over) != 1:
            return None
        made[over[0]].append(_joined(cell))
    return tuple(" ".join(texts) for texts in made) if all(made) else None


def _aligned(row: list[Cell], fullest: list[Cell]) -> tuple[str, ...]:
    """The texts of a row under those of the fullest one; as they are where two would share a column."""
    texts = [_joined(cell) for cell in row]
    if not 1 < len(row) < len(fullest) <= MOST_COLUMNS:
        return tuple(texts)
    places = [min(range(len(fullest)), key=lambda n, c=cell: fullest[n].apart(c)) for cell in row]  # type: ignore[misc]
    if len(set(places)) < len(places):
        return tuple(texts)
    made = [""] * len(fullest)
    for place, text in zip(places, texts, strict=True):
        made[place] = text
    return tuple(made)


def _rows(cells: list[Cell]) -> list[list[Cell]]:
    """Cells beside one another are a row: their heights overlap by half of the lower one."""
    found: list[list[Cell]] = []
    row: list[Cell] = []
    top = bottom = 0.0
    for cell in sorted(cells, key=lambda c: (c.first.base + c.last.base, c.first.left)):
        low, high = cell.last.base, cell.first.base - cell.first.size
        overlap = min(bottom, low) - max(top, high)
        if row and overlap >= 0.5 * min(bottom - top, low - high):
            row.append(cell)
            top, bottom = min(top, high), max(bottom, low)
        else:
            if row:
                found.append(sorted(row, key=lambda c: c.first.left))
            row, top, bottom = [cell], high, low
    if row:
        found.append(sorted(row, key=lambda c: c.first.left))
    return found


def _joined(cell: Cell) -> str:
    """The lines of a cell: a gap between two words of Latin letters, before a label and where a line ended early; none within
    what the column broke."""
    widest = max(line.right - line.left for line in cell.lines)
    text = cell.lines[0].text
    for above, below in pairwise(cell.lines):
        ended = widest - (above.right - above.left) > ROOM_LEFT * above.size and not (
            above.text.endswith(BREAKS) or below.text.startswith(BREAKS))
        ended |= LABEL.match(below.text) is not None or (text[-1:].islower() and below.text[:1].isdigit())
        words = _word(text.split()[-1]) and _word(below.text.split()[0])
        text += (" " if ended or words else "") + below.text
    return text


def _word(token: str) -> bool:
    """Letters of Latin script alone, as neither numbers nor addresses are."""
    return token.isascii() and token.strip(".,()").isalpha()
