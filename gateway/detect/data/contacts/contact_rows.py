"""The rows of a text in which a contact record may stand: found with arrays, and no further than they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.characters import DIGIT, IDEOGRAPH, LETTER, MARGIN, PLACE, UPPER, Characters

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
SHORTEST_PHONE, LONGEST_PHONE = 9, 11
"""Digits of contact.PHONE where it has no marks, without a country's code at the most."""
FEWEST = 8
"""Digits of one that begins with 0, in its first three groups."""
MARKS = 2
"""Characters between its digits, at the most."""
_BETWEEN = np.array([chr(i) in " ()-." for i in range(64)])
"""What PHONISH has between its digits, and other characters with the same last bits: whether it matches is then asked."""


_SURE = np.zeros(0x10000, bool)
_SURE[[ord(c) for c in "@路街道巷区區市시군"]] = True
"""Of characters.PLACES what PHONISH matches by itself."""
_WAYS = np.array([chr(i) in "SRAW" for i in range(128)])


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
        first, lines = _lines(grid, begin, piece)
        above = np.maximum(np.arange(len(lines)) - NEAR + 1, 0)
        certain = _any_since(piece.places(piece.are(IDEOGRAPH)), lines, above)
        near = certain | _any_since(_names(piece), lines, above)
        if NAMEISH.search(grid.text, grid.starts[max(0, first - NEAR + 1)], begin):
            near[:NEAR - 1] = True                        # in the rows above these, of another piece
        return cls(piece.text, piece, first, near.tolist(), certain.tolist())

    def named(self, grid: Grid, row: int) -> bool:
        """Whether there may be a name in a row or in those above."""
        at = row - self.first
        return self.near[at] and (
            self.certain[at] or NAMEISH.search(grid.text, grid.starts[max(0, row - NEAR + 1)], grid.end(row)) is not None)


Row = tuple[int, str, bool, str | None, str]
"""A row that may hold a phone number, a mail address or a street: its number, its line, whether there may be a name in it or in
those above, its phone number (None where contact.phone is to be asked), the name that it begins with ('' where it may yet have
one). Made by the thousand: a tuple is quicker to make than a dataclass."""


def _lines(grid: Grid, begin: int, piece: Characters) -> tuple[int, np.ndarray]:
    """The first row of a piece, and where its rows begin in it."""
    first = grid.row(begin)
    return first, grid.lines[first:grid.row(begin + len(piece.text) - 1) + 1] - begin


def _any_since(places: np.ndarray, lines: np.ndarray, above: np.ndarray) -> np.ndarray:
    """For each line whether one of the places is in it or in those from another one on."""
    before = np.append(np.searchsorted(places, lines), len(places))
    return np.asarray(before[1:] > before[above])


def rows(grid: Grid) -> Iterator[Row]:
    """The rows in which a contact may stand; none where they are few. Not all that are far from names."""
    if len(list(islice(_like_contacts(grid), MINIMUM_ROWS))) < MINIMUM_ROWS:
        return
    if grid.characters is None:
        short = Stretch(grid.text, None, 0, [True] * len(grid.starts), [False] * len(grid.starts))
        yield from ((row, grid.line(row), short.named(grid, row), None, "") for row in _like_contacts(grid))
        return
    for begin, piece in grid.characters.pieces():
        stretch = Stretch.of(grid, begin, piece)
        if True in stretch.near:
            yield from _rows(grid, begin, piece, stretch)


def _like_contacts(grid: Grid) -> Iterator[int]:
    """The rows in which PHONISH matches."""
    end = 0                                               # of the last row that has one
    for at in _places(grid):
        if at >= end and (grid.characters is None or PHONISH.match(grid.text, at) is not None):
            row = grid.row(at)
            end = grid.end(row) + 1
            yield row


def _places(grid: Grid) -> Iterator[int]:
    """Where PHONISH matches; in a long text where it may."""
    if grid.characters is None:
        yield from (match.start() for match in PHONISH.finditer(grid.text))
        return
    for begin, piece in grid.characters.pieces():
        yield from (_phones(piece) + begin).tolist()


def _rows(grid: Grid, begin: int, piece: Characters, stretch: Stretch) -> Iterator[Row]:
    """The rows of a piece in which PHONISH matches and there may be a number, an address or a street."""
    text = grid.text
    first, lines = _lines(grid, begin, piece)
    bounds = (np.append(lines, len(piece.text) + (piece.text[-1] != "\n")) + begin).tolist()
    phones, size = _numbers(piece)
    marks = piece.places(piece.are(PLACE))
    sure = marks[_SURE.take(piece.inner[marks], mode="clip")]
    of, marked, certain, states = (np.searchsorted(lines, places, "right") - 1 for places in (phones, marks, sure, _states(piece)))
    wanted, surely = np.zeros(len(lines), bool), np.zeros(len(lines), bool)
    wanted[of] = wanted[marked] = wanted[states] = surely[certain] = True
    rows = np.flatnonzero(wanted)
    if not len(rows):
        return
    following = np.append(np.searchsorted(of, rows), len(of))
    plain = np.where(following[:-1] < following[1:], np.append(size, 0)[following[:-1]], 0)
    places = (phones + begin).tolist()
    columns = (rows, following[:-1], following[1:], plain, surely[rows], _leading(piece, lines[rows]))
    for at, one, end, length, known, named in zip(*(column.tolist() for column in columns), strict=True):
        start = bounds[at]
        line = text[start:bounds[at + 1] - 1]
        phone = text[places[one]:places[one] + length] if length else _phone(text, places[one:end]) if one < end else ""
        if phone or known or PHONISH.search(line) is not None:
            near = stretch.certain[at] or stretch.named(grid, first + at)
            yield first + at, line, near, phone, text[start:start + named]


def _phone(text: str, places: Sequence[int]) -> str | None:
    """The first number that begins at one of these places of a row, None where what is around it counts."""
    for place in places:
        match = contact.PHONE.match(text, place)
        if match is not None:
            return contact.alone(match) or None
    return ""


def _leading(found: Characters, lines: np.ndarray) -> np.ndarray:
    """How many characters the names have that these lines begin with: a surname and one to three ideographs before a blank
    and a letter or digit, as people.LEADING has them; 0 for others."""
    codes, begin = found.codes, lines + MARGIN
    ideographs = [(codes[begin + i] >= 0x3400) & (codes[begin + i] < 0xA000) for i in range(4)]
    two = contact.SURNAMES.take(codes[begin], mode="clip") & ideographs[0] & ideographs[1]
    length = np.where(two, 2 + ideographs[2] + (ideographs[2] & ideographs[3]), 0)
    behind = begin + length
    return np.asarray(np.where((codes[behind] == 32) & ((found.kinds[behind + 1] & (LETTER | DIGIT)) != 0), length, 0))


def _names(found: Characters) -> np.ndarray:
    """Where there is something of what NAMEISH matches but ideographs: a blank between a word or capitals and a capital."""
    codes, upper = found.codes, found.are(UPPER)
    at = np.flatnonzero((codes[:-1] == 32) & upper[1:])
    at = at[(at >= MARGIN) & (at < len(codes) - MARGIN)]
    words = _small(found, at - 1)
    capitals = at[~words]
    two = upper[capitals - 2] & (upper[capitals - 1] | ((codes[capitals - 1] == 44) & upper[capitals - 3]))
    words[~words] = two & _small(found, capitals + 2)
    return np.asarray(at[words] - MARGIN)


def _small(found: Characters, at: np.ndarray) -> np.ndarray:
    """Whether there are small letters, apostrophes or hyphens, margin counted in."""
    codes = found.codes[at]
    return np.asarray(((found.kinds[at] & (LETTER | UPPER)) == LETTER) | (codes == 39) | (codes == 45) | (codes == 0x2019))


def _phones(found: Characters) -> np.ndarray:
    """Where PHONISH can match."""
    first, end = found.digits()
    between = _BETWEEN[found.codes[end[:-1]] & 63] & _BETWEEN[found.codes[first[1:] - 1] & 63]
    apart = np.append(~between | (first[1:] - end[:-1] > REACH), True)        # something else stands before the next digits
    last = np.flatnonzero(apart)
    reach = end[last[np.searchsorted(last, np.arange(len(first)))]] if len(first) else end
    numbers = first[(reach - first >= 8) & (found.codes[first - 1] != 45)] - MARGIN
    marks = found.places(found.are(PLACE))
    blank = np.flatnonzero((found.codes[MARGIN:-MARGIN] == 32) & found.are(UPPER)[MARGIN + 1:1 - MARGIN])
    ways = blank[_WAYS[found.codes[blank + MARGIN + 1]]]
    return np.sort(np.concatenate((numbers, marks, ways)), kind="stable")    # lists in order


def _numbers(found: Characters) -> tuple[np.ndarray, np.ndarray]:
    """Where contact.PHONE can match: a superset from the first digits, how many stand together, and what is before and behind.

    And the length of those that are a number of a mobile telephone without marks, 0 for others.
    """
    first, end = found.digits()
    codes, kinds, length = found.codes, found.kinds, end - first
    following = np.zeros(len(first) + 1, np.int64)        # digits that two characters part from these, at the most
    following[:-2] = np.where(first[1:] - end[:-1] <= MARKS, length[1:], 0)
    likely = np.flatnonzero(((length >= SHORTEST_PHONE) | (following[:-1] > 0)) & ((kinds[first - 1] & LETTER) == 0))
    first, end, length, following, third = first[likely], end[likely], length[likely], following[likely], following[likely + 1]
    before, one, two = codes[first - 1], codes[first], codes[first + 1]
    country = (before == 43) | ((one == 48) & (two == 48))
    home = (length <= LONGEST_PHONE) & (one == 48) & (length + following + third >= FEWEST)
    four = following == 4
    chinese = (one == 49) & ((length == 11) | ((length == 7) & four) | ((length == 3) & (four | (following == 8))))
    other = (one >= 50) & (((length == 3) & (following == 3)) | ((length == 4) & four))
    likely = country | home | chinese | other
    first, end, length, before, one, two = (some[likely] for some in (first, end, length, before, one, two))
    mobile = ((length == 10) & (one == 48) & (two == 57)) | ((length == 11) & (one == 49) & (two >= 51))
    mobile &= (before != 45) & ((kinds[end] & LETTER) == 0)
    opened = (before == 43) | (before == 40)
    if not opened.any():
        return first - MARGIN, np.where(mobile, length, 0)
    also = first[opened] - 1                              # with + or (
    also = also[(kinds[also - 1] & (LETTER | DIGIT)) == 0]
    begins = np.concatenate((first, also))
    order = np.argsort(begins, kind="stable")
    return begins[order] - MARGIN, np.concatenate((np.where(mobile, length, 0), np.zeros(len(also), np.int64)))[order]


def _states(found: Characters) -> np.ndarray:
    """Where five digits stand behind two capitals and a blank, as in addresses of America."""
    first, end = found.digits()
    upper = found.are(UPPER)
    likely = (end - first == 5) & (found.codes[first - 1] == 32) & upper[first - 2] & upper[first - 3]
    return np.asarray(first[likely] - MARGIN)
