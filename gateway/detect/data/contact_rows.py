"""The rows of a text in which a contact record may stand: found with arrays, and no further than they are asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from gateway.detect.data.layout import Grid
from gateway.identifiers.characters import IDEOGRAPH, LETTER, MARGIN, UPPER, Characters, ahead

NEAR = 4
"""Lines in which the name of a record stands: that of its number, and those above it."""
MINIMUM_ROWS = 5
"""Texts with fewer such rows are not read for contact records: the threshold is far above."""
NAMEISH = re.compile(r"[\u3400-\u9fff々〆ヶ\uac00-\ud7a3]|[A-Z]{2,12},? [A-Z][a-z'’\-]|[A-Z][a-z'’\-]{1,20} (?:[A-Z]\.? )?[A-Z]")
"""What every name has that contact.person_name knows."""
PHONISH = re.compile(r"(?<![0-9\-])(?!(?:19|20)[0-9]{2}[-.][01]?[0-9][-.])[0-9][0-9 ()\-.]{6,16}[0-9](?![0-9])|@|"
                     r"[路街道巷区區市시군]|丁目| (?:Street|St|Road|Rd|Ave|Way)")
REACH = 16
"""Characters between the first and the last digit of PHONISH."""
_BETWEEN = np.array([chr(i) in " ()-." for i in range(64)])
"""What PHONISH has between its digits, and other characters with the same last bits: whether it matches is then asked."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring rows of a text."""

    text: str
    characters: Characters | None        # None for a short text
    first: int                           # row
    near: Sequence[bool]                 # False for rows that have no name, nor have those above
    certain: Sequence[bool]              # True where there is something of a name without a further look

    @classmethod
    def of(cls, grid: Grid, begin: int, piece: Characters) -> Stretch:
        """The rows of a piece of the text."""
        first = grid.row(begin)
        lines = grid.lines[first:grid.row(begin + len(piece.text) - 1) + 1] - begin
        above = np.maximum(np.arange(len(lines)) - NEAR + 1, 0)
        near, certain = (_any_since(places, lines, above) for places in (_names(piece), piece.places(piece.are(IDEOGRAPH))))
        if NAMEISH.search(grid.text, grid.starts[max(0, first - NEAR + 1)], begin):
            near[:NEAR - 1] = True                        # in the rows above these, of another piece
        return cls(piece.text, piece, first, near.tolist(), certain.tolist())

    def named(self, grid: Grid, row: int) -> bool:
        """Whether there may be a name in a row or in those above."""
        at = row - self.first
        return self.near[at] and (
            self.certain[at] or NAMEISH.search(grid.text, grid.starts[max(0, row - NEAR + 1)], grid.end(row)) is not None)


def _any_since(places: np.ndarray, lines: np.ndarray, above: np.ndarray) -> np.ndarray:
    """For each line whether one of the places is in it or in those from another one on."""
    before = np.append(np.searchsorted(places, lines), len(places))
    return np.asarray(before[1:] > before[above])


def rows(grid: Grid) -> Iterator[tuple[int, str, Stretch]]:
    """Rows, and their lines, that may hold a phone number, a mail address or a street; none where they are few.

    Not all that are far from names.
    """
    found = _rows(grid)
    least = list(islice(found, MINIMUM_ROWS))
    return chain(least, found) if len(least) == MINIMUM_ROWS else iter(())


def _rows(grid: Grid) -> Iterator[tuple[int, str, Stretch]]:
    text, starts, count = grid.text, [*grid.starts, len(grid.text) + 1], 0
    end = 0                                               # of the last row that has one
    if grid.characters is None:
        short = Stretch(text, None, 0, [True] * len(grid.starts), [False] * len(grid.starts))
        for match in PHONISH.finditer(text):
            if match.start() >= end:
                row = bisect_right(starts, match.start()) - 1
                end = starts[row + 1]
                yield row, text[starts[row]:end - 1], short
        return
    for begin, piece in grid.characters.pieces():
        stretch = Stretch.of(grid, begin, piece)
        named = True in stretch.near
        for place in _phones(piece).tolist() if named or count < MINIMUM_ROWS else ():
            at = place + begin
            if at >= end and PHONISH.match(text, at) is not None:
                row = bisect_right(starts, at) - 1
                end = starts[row + 1]
                yield row, text[starts[row]:end - 1], stretch
                count += 1
                if not named and count >= MINIMUM_ROWS:
                    break


def _names(found: Characters) -> np.ndarray:
    """Where there is something of what NAMEISH matches: an ideograph; a blank between a word or capitals and a capital."""
    upper = found.are(UPPER)
    small = (found.are(LETTER) & ~upper) | found.among("'’-")
    words = (found.codes == 32) & ahead(upper, 1)
    capitals = upper & ahead(upper, -1)
    surnames = (ahead(capitals, -1) | (ahead(found.codes == 44, -1) & ahead(capitals, -2))) & ahead(small, 2)
    return found.places(found.are(IDEOGRAPH) | (words & (ahead(small, -1) | surnames)))


def _phones(found: Characters) -> np.ndarray:
    """Where PHONISH can match."""
    first, end = found.digits()
    between = _BETWEEN[found.codes[end[:-1]] & 63] & _BETWEEN[found.codes[first[1:] - 1] & 63]
    apart = np.append(~between | (first[1:] - end[:-1] > REACH), True)        # something else stands before the next digits
    last = np.flatnonzero(apart)
    reach = end[last[np.searchsorted(last, np.arange(len(first)))]] if len(first) else end
    numbers = first[(reach - first >= 8) & (found.codes[first - 1] != 45)] - MARGIN
    marks = found.among("@路街道巷丁区區市시군" if found.codes.itemsize > 1 else "@")
    marks |= found.among(" ") & ahead(found.among("SRAW"), 1)
    return np.sort(np.concatenate((numbers, found.places(marks))), kind="stable")    # two lists in order
