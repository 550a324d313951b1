"""Where columns begin that touch: a page shows text in parts, and parts of several lines begin or end at one place.

A program that draws a table shows each cell by itself, one that kerns or spaces shows parts of a word. What is shown below one
another is a column where the room before it differs from line to line, or is none beside what is too long for a group of digits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Letter = tuple[float, float, float, float, str]
"""Base line, left, right, size, and the character or those that stand together; a blank has its character too."""
EDGE = 3
"""Lines in which something begins at the same place, from which on that is where a column begins."""
SAME = 1.2
"""Points by which such places differ at the most: a letter may reach out to the left of where it is drawn."""
VARIES = 0.6
"""Points by which the room before a column differs, at the least."""
GROUP = 8
"""Characters of a group of a number, at the most: a date of birth."""
SPACE = 0.18
"""Times the size of type: room from which on letters are words of their own."""
OFTEN = 2
"""One of so many lines has the column, where it begins after a blank: words shown by themselves stand so by chance."""
MOSTLY = 0.75
"""Of the parts of a line that begin a column, where all are taken for cells."""
SINGLE = 3
"""One of so many parts may be a single letter, where cells are shown at once."""


@dataclass(slots=True)
class Part:
    """What was shown at once; `room` and `before`: points to the part before it on its line, and how many characters that has."""

    base: float
    left: float
    right: float
    size: float
    length: int
    room: float = 0.0
    before: int = 0


def begun(shown: Iterable[Sequence[Letter]]) -> frozenset[tuple[float, float]]:
    """Base line and left edge of the letters that a column begins with."""
    inner = _inner([part for letters in shown if (part := _part(letters)) is not None])
    lines = len({round(part.base) for part in inner})
    found = set[tuple[float, float]]()
    for place in (_left, _right, _middle) if lines >= EDGE else ():
        for column in _columns(sorted((place(part), number) for number, part in enumerate(inner)), inner):
            often = len({round(part.base) for part in column})
            if often >= EDGE and _apart(column):
                found.update((part.base, part.left) for part in column
                             if often * OFTEN >= lines or part.room <= SPACE * part.size)
    return frozenset(found | _alike(inner, found))


def _alike(inner: list[Part], found: set[tuple[float, float]]) -> set[tuple[float, float]]:
    """What touches in lines of as many parts as those have that are mostly columns: a heading whose words stand elsewhere, a column
    that has the same room before it in each line."""
    lines: dict[int, list[Part]] = {}
    for part in inner:
        lines.setdefault(round(part.base), []).append(part)
    whole = Counter(len(line) for line in lines.values()
                    if sum((part.base, part.left) in found for part in line) >= MOSTLY * len(line))
    return {(part.base, part.left) for line in lines.values() if whole[len(line)] >= EDGE
            for part in line if part.room <= SPACE * part.size}


def _part(letters: Sequence[Letter]) -> Part | None:
    seen = [letter for letter in letters if not letter[4].isspace()]
    return Part(seen[0][0], seen[0][1], seen[-1][2], seen[0][3], sum(len(letter[4]) for letter in seen)) if seen else None


def _inner(parts: list[Part]) -> list[Part]:
    """Those that are not the first of their line."""
    if SINGLE * sum(part.length == 1 for part in parts) > len(parts):
        parts = [part for part in parts if part.length > 1]
    parts.sort(key=lambda part: (round(part.base), part.left))
    found = []
    for before, part in pairwise(parts):
        if round(before.base) == round(part.base):
            part.room, part.before = part.left - before.right, before.length
            found.append(part)
    return found


def _left(part: Part) -> float:
    return part.left


def _right(part: Part) -> float:
    return part.right


def _middle(part: Part) -> float:
    return (part.left + part.right) / 2


def _columns(places: list[tuple[float, int]], parts: list[Part]) -> Iterator[list[Part]]:
    column: list[Part] = []
    begin = -math.inf
    for place, number in places:
        if place > begin + SAME:
            yield column
            column, begin = [], place
        column.append(parts[number])
    yield column


def _apart(column: list[Part]) -> bool:
    """Whether what begins below one another is more than groups of one number."""
    rooms = [part.room for part in column]
    return max(rooms) - min(rooms) > VARIES or max(max(part.length, part.before) for part in column) > GROUP
