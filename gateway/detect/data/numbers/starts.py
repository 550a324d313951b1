"""Where in a long text the patterns of `tokens` can match: places found with arrays, for patterns that are tried nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gateway.detect.data.numbers import broken, disguised, marked, tokens
from gateway.detect.data.numbers.glued import FOLLOWED, LONGEST, SIZES
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.characters import DIGIT, IDEOGRAPH, LETTER, MARGIN, UPPER, Characters

_ODD_MARK = np.array([chr(i) in ",|*~+=:;" for i in range(128)])
"""Other characters may have the same last bits: what matches the pattern is asked then."""
Places = np.ndarray | None
"""Offsets in order; None where the text is short: anywhere."""


@dataclass(frozen=True, slots=True)
class Starts:
    """One list a pattern."""

    ibans: Places = None
    bics: Places = None
    wrapped: Places = None
    odd: Places = None
    spelled: Places = None
    upright: Places = None
    taiwanese: Places = None             # of glued.py
    chinese: Places = None
    repeated: Places = None
    apart: Places = None
    places: Places = None                # of marked.py
    disguises: Places = None             # of disguised.py
    broken: Places = None

    @classmethod
    def of(cls, grid: Grid, spans: np.ndarray | None = None) -> Starts:
        """`spans`: where labels speak for what begins there (begin and end, in order); None is everywhere."""
        found, plain = grid.characters, grid.view.characters
        if found is None or plain is None:
            return cls()
        known = {look.__name__: found.gathered(look) for look in (ibans, bics, taiwanese, chinese, repeated)}
        known |= _spoken((apart,) if grid.table else (apart, wrapped), found, spans)
        known |= _spoken((odd, spelled, marked.places, disguised.disguises), plain, spans)
        if not grid.table:
            known["broken"] = _spoken((broken.places,), found, spans)["places"]
        return cls(upright=upright(grid.lines), wrapped=known.pop("wrapped", _NOWHERE), **known)

    def odd_ones(self, grid: Grid, spans: np.ndarray) -> Iterator[Token]:
        """Numbers that are written in a way that only a label makes numbers of, where they begin in one of the spans
        (begin and end, in order)."""
        text, plain = grid.text, grid.view.text
        for places, look, where in (
                (self.wrapped, tokens.wrapped, text), (self.odd, tokens.oddly_grouped, plain),
                (self.spelled, tokens.spelled, plain), (self.upright, tokens.upright, plain), (self.apart, tokens.apart, text)):
            near = _within(places, spans)
            if look is tokens.wrapped and grid.table:
                continue                                  # the rows of a table do not go on
            if near is None or len(near):
                found = look(where, near)
                yield from _in_one_cell(grid, found) if look is tokens.oddly_grouped and grid.headings else found

    def marked_ones(self, grid: Grid, spans: np.ndarray) -> Iterator[Token]:
        """Numbers with marks between their digits, in the same places; only of types with a check digit."""
        near = _within(self.places, spans)
        if near is None or len(near):
            yield from marked.marked(grid.view.text, near)
        near = _within(self.disguises, spans)
        if near is None or len(near):
            yield from disguised.disguised(grid.view.text, near)
        near = _within(self.broken, spans)
        if not grid.table and (near is None or len(near)):
            yield from broken.broken(grid.text, near)

    def ibans_apart(self, grid: Grid, spans: np.ndarray) -> Iterator[Token]:
        """IBANs one character a place, in the same places."""
        near = _within(self.spelled, spans)
        if near is None or len(near):
            yield from broken.spelled_ibans(grid.view.text, near)


_NOWHERE = np.zeros(0, np.int64)


AROUND = 128
"""Characters around a span that tell what begins in it: more than twelve digits with six marks between any two."""


Look = Callable[[Characters], np.ndarray]


def _spoken(looks: Iterable[Look], found: Characters, spans: np.ndarray | None) -> dict[str, np.ndarray]:
    """What each look finds, at least in the spans."""
    near = found.around(spans, AROUND) if spans is not None and len(spans) else None
    if near is None:
        pieces = [piece for piece in found.pieces() if _touched(*piece, spans)]
        return {look.__name__: np.concatenate([_NOWHERE, *(look(piece) + begin for begin, piece in pieces)]) for look in looks}
    some, where = near
    places = {look.__name__: where[look(some) + MARGIN] for look in looks}
    return {name: at[at >= 0] for name, at in places.items()}


def _touched(begin: int, piece: Characters, spans: np.ndarray | None) -> bool:
    """Whether one of the spans has a part in the piece that begins there."""
    if spans is None:
        return True
    last = int(np.searchsorted(spans[:, 0], begin + len(piece.text))) - 1 if len(spans) else -1
    return last >= 0 and bool(spans[last, 1] > begin)


def inside(places: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """For each place whether it is inside one of the spans (begin and end, in order)."""
    if not len(spans):
        return np.zeros(len(places), bool)
    at = np.maximum(np.searchsorted(spans[:, 0], places, "right") - 1, 0)
    return np.asarray((places >= spans[at, 0]) & (places < spans[at, 1]))


def _within(places: Places, spans: np.ndarray) -> Places:
    return None if places is None else places[inside(places, spans)]


def _in_one_cell(grid: Grid, found: Iterable[Token]) -> Iterator[Token]:
    """Those that no end of a cell parts: under headings the next cell is of something else."""
    return (token for token in found if "\t" not in grid.text[token.start:token.end])


def ibans(found: Characters) -> np.ndarray:
    """Two capitals and two digits; two letters that begin a word."""
    first, end = found.digits()
    upper, letter, word = found.are(UPPER), found.are(LETTER), found.are(LETTER | DIGIT)
    two = first[end - first >= 2] - 1
    begins = letter[two] & letter[two - 1] & ~word[two - 2]
    return np.asarray(two[(upper[two] & upper[two - 1]) | begins] - 1 - MARGIN)


def bics(found: Characters) -> np.ndarray:
    """Six capitals that no letter or digit precedes."""
    kinds, upper = found.kinds, found.are(UPPER)
    two = np.flatnonzero(upper[MARGIN:-MARGIN] & upper[MARGIN + 1:1 - MARGIN]) + MARGIN
    two = two[(kinds[two - 1] & (LETTER | DIGIT)) == 0]
    rest = kinds[two + 2] & kinds[two + 3] & kinds[two + 4] & kinds[two + 5] & UPPER
    return np.asarray(two[rest != 0] - MARGIN)


_SET_IN = np.array([chr(i) in " >|" for i in range(128)])


def wrapped(found: Characters) -> np.ndarray:
    """Digits that go on in the next line, and the letters right before them."""
    digit, codes = found.are(DIGIT), found.codes
    first, end = found.digits()
    end = end + (codes[end] == 45)
    broken = (codes[end] == 10) | ((codes[end] == 13) & (codes[end + 1] == 10))
    begin, at = first[broken] - MARGIN, end[broken]
    at = at + 1 + (codes[at] == 13)
    for _ in range(4):                                    # set in, or quoted
        at += _SET_IN[np.minimum(found.codes[np.minimum(at, len(digit) - 1)], 127)]
    begin = begin[digit[np.minimum(at, len(digit) - 1)]]
    return np.asarray(np.maximum(np.stack((begin - 2, begin - 1, begin), axis=1).ravel(), 0))


def odd(found: Characters) -> np.ndarray:
    """One to six digits, a mark and one to six digits."""
    first, end = found.digits()
    if len(first) < 2:
        return first[:0]
    length = end - first
    few = length <= 6
    marked = few[:-1] & (length[1:] <= 6) & (first[1:] - end[:-1] == 1) & _ODD_MARK[found.codes[end[:-1]] & 127]
    return np.asarray(first[:-1][marked] - MARGIN)


def spelled(found: Characters) -> np.ndarray:
    """A digit or capital by itself, and a digit by itself up to four places on; two capitals so."""
    first, end = found.digits()
    digits = _alone(found, first[end - first == 1])
    if not len(digits):
        return digits
    capitals = _alone(found, np.flatnonzero(found.are(UPPER)[MARGIN:-MARGIN]) + MARGIN)
    near = _before_digit(found, capitals)
    second = np.zeros(len(found.kinds), bool)
    second[capitals[near]] = True
    near |= second[capitals + 2] | second[capitals + 3] | second[capitals + 4]
    begin = np.concatenate((digits[_before_digit(found, digits)], capitals[near]))
    begin = begin[(found.kinds[begin + 1] & IDEOGRAPH) == 0]
    return np.sort(begin, kind="stable") - MARGIN


def _alone(found: Characters, places: np.ndarray) -> np.ndarray:
    """Those with no letter or digit at either side."""
    return np.asarray(places[((found.kinds[places - 1] | found.kinds[places + 1]) & (LETTER | DIGIT)) == 0])


def _before_digit(found: Characters, places: np.ndarray) -> np.ndarray:
    """Whether a digit by itself stands two to four places behind each."""
    kinds = [found.kinds[places + step] for step in range(1, 6)]
    near = np.zeros(len(places), bool)
    for before, here, behind in zip(kinds, kinds[1:], kinds[2:], strict=False):
        near |= ((here & DIGIT) != 0) & (((before | behind) & (LETTER | DIGIT)) == 0)
    return near


def apart(found: Characters) -> np.ndarray:
    """A capital, a blank, hyphen or line's end and seven to nine digits; one place before it, where a second capital may stand."""
    first, end = found.digits()
    some = first[(end - first >= 7) & (end - first <= 9)]
    mark = found.codes[some - 1]
    some = some[((mark == 32) | (mark == 45) | (mark == 10)) & found.are(UPPER)[some - 2]] - 2 - MARGIN
    return np.asarray(np.maximum(np.stack((some - 1, some), axis=1).ravel(), 0))


def upright(lines: np.ndarray) -> np.ndarray:
    """Lines of one character, another one below; the last character of a line with two of them below."""
    one = np.diff(lines) == 2
    several = np.asarray(one[:-1] & one[1:])
    behind = lines[1:-2][several[1:] & ~one[:-2]] - 2
    return np.sort(np.concatenate((lines[:-2][several], behind[behind >= 0])), kind="stable")


def taiwanese(found: Characters) -> np.ndarray:
    """A capital and nine digits, a letter or digit before or behind them."""
    first, end = found.digits()
    nine = first[end - first >= 9]
    nine = nine[found.are(UPPER)[nine - 1]]
    word = found.are(LETTER | DIGIT)
    return np.asarray(nine[word[nine - 2] | word[nine + 9]] - 1 - MARGIN)


GLUED = 10_000
"""Digits of a run in which numbers that nothing parts are looked for in each place."""


def chinese(found: Characters) -> np.ndarray:
    """The year of a birth date, the rest of a number behind it and one digit more."""
    first, end = found.digits()
    long = (end - first >= 11) & (end - first <= GLUED)
    long[long] = _known(found, first[long])
    first, count = first[long], end[long] - first[long] - 10
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    century, year = found.codes[at], found.codes[at + 1]
    digit = found.are(DIGIT)
    return np.asarray(at[((century == 49) | (century == 50)) & ((year == 48) | (year == 57)) & digit[at + 12]] - MARGIN)


def _known(found: Characters, first: np.ndarray) -> np.ndarray:
    """Whether digits that begin there may begin with a part that glued.KNOWN has, or stand behind a letter."""
    one, two = found.codes[first], found.codes[first + 1]
    seventh, eighth = found.codes[first + 6], found.codes[first + 7]
    telephone = ((one == 48) & (two == 57)) | ((one == 49) & (two >= 51))
    century = ((one == 49) & (two == 57)) | ((one == 50) & (two == 48))
    born = ((seventh == 49) & (eighth == 57)) | ((seventh == 50) & (eighth == 48))
    return np.asarray(telephone | century | born | found.are(LETTER)[first - 1])


def repeated(found: Characters) -> np.ndarray:
    """36 digits and more that are a multiple of a number's, or as many as glued.FOLLOWED has; a capital, six digits, one character
    and a capital again."""
    first, end = found.digits()
    six = first[(end - first == 6) | (end - first == 7)]
    upper, word = found.are(UPPER), found.are(LETTER | DIGIT)
    six = six[upper[six - 1] & ~word[six - 2] & upper[six + 7]]
    length = end - first
    many = np.flatnonzero(length >= min(36, *FOLLOWED))
    length = length[many]
    long = (length >= 36) & ((length > LONGEST) | np.logical_or.reduce([length % size == 0 for size in SIZES]))
    for followed in FOLLOWED:
        long |= length == followed
    return np.sort(np.concatenate((first[many[long]], six - 1)), kind="stable") - MARGIN
