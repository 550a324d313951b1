"""A text as an array of its characters: where a pattern can begin, asked of all places at once.

A pattern that is tried in every place costs 20 to 40 ns a character, a look at one or two of its first characters in an
array less than 1 ns. `matches` then gives what `finditer` gives, from these places alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import numpy as np

LEAST = 1000
"""Characters of a text from which on arrays are worth their start."""
MARGIN = 12
"""Zeros before and after the characters: a look ahead or back needs no test for the ends."""
DIGIT, LETTER, UPPER, SEPARATOR, IDEOGRAPH, NUMERAL, FORMAT = (1 << bit for bit in range(7))
SEPARATORS = " -._/·"
IDEOGRAPHS = "\u3400-\u9fff々〆ヶ"
NUMERALS = "零〇○一壹壱弌二貳贰弐兩三參叁叄参四肆五伍六陸陆七柒漆八捌九玖"
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
"""Marks that strike through, ring or box what stands before them; accents are the same ones."""
FORMATS = ("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
           "\ufe00-\ufe0f\ufeff\u20e3\U000e0000-\U000e007f")
_LAST = 0xE0080


def _table() -> np.ndarray:
    """The kinds of each character; the last entry stands for all characters behind it."""
    table = np.zeros(_LAST + 1, np.uint8)
    for kind, spelled in (
            (DIGIT, "0-9"), (LETTER, "A-Za-z"), (UPPER, "A-Z"), (IDEOGRAPH, IDEOGRAPHS), (NUMERAL, NUMERALS),
            (FORMAT, FORMATS + MARKS)):
        for first, last, single in re.findall("(.)-(.)|(.)", spelled):
            table[ord(first or single):ord(last or single) + 1] |= kind
    table[[ord(c) for c in SEPARATORS]] |= SEPARATOR
    return table


_TABLE = _table()
_ASCII = _TABLE[:256].tobytes()


class Characters:
    """Code points and kinds of a text, with a margin before and after."""

    def __init__(self, text: str) -> None:
        self.text = text
        if text.isascii():
            octets = text.encode()
            self.codes, self.kinds = _framed(octets, np.uint8), _framed(octets.translate(_ASCII), np.uint8)
        else:
            self.codes = _framed(text.encode("utf-32-le", "surrogatepass"), np.uint32)
            self.kinds = _TABLE.take(self.codes, mode="clip")

    def of(self, text: str) -> Characters:
        """The same for another text, which may be no other."""
        return self if text is self.text else Characters(text)

    def replaced(self, codes: np.ndarray) -> tuple[str, Characters]:
        """The text with other code points in the place of some that are of no kind, as they are themselves."""
        found = object.__new__(Characters)
        raw = codes[MARGIN:-MARGIN].tobytes()
        found.text = raw.decode("ascii") if codes.itemsize == 1 else raw.decode("utf-32-le", "surrogatepass")
        found.codes, found.kinds = codes, self.kinds
        return found.text, found

    @property
    def inner(self) -> np.ndarray:
        """The code points without the margins."""
        return self.codes[MARGIN:-MARGIN]

    def are(self, kinds: int) -> np.ndarray:
        """For each character whether it is of one of these kinds."""
        return np.asarray((self.kinds & kinds) != 0)

    def among(self, some: str) -> np.ndarray:
        """For each character whether it is one of a few ASCII ones."""
        found = self.codes == ord(some[0])
        for character in some[1:]:
            found |= self.codes == ord(character)
        return np.asarray(found)

    def places(self, found: np.ndarray) -> np.ndarray:
        """Offsets in the text."""
        return np.flatnonzero(found[MARGIN:-MARGIN])


def _framed(raw: bytes, kind: type[np.unsignedinteger]) -> np.ndarray:
    codes = np.zeros(len(raw) // np.dtype(kind).itemsize + 2 * MARGIN, kind)
    codes[MARGIN:-MARGIN] = np.frombuffer(raw, kind)
    return codes


def ahead(found: np.ndarray, by: int) -> np.ndarray:
    """For each character what was found so many characters behind it; before it where `by` is negative."""
    moved = np.zeros_like(found)
    if by > 0:
        moved[:-by] = found[by:]
    else:
        moved[-by:] = found[:by]
    return moved


def _one_by_one(places: np.ndarray) -> Iterator[int]:
    """The numbers of an array, a few at a time made Python's: who asks for the first match needs no more."""
    for at in range(0, len(places), 256):
        yield from places[at:at + 256].tolist()


def of(text: str) -> Characters | None:
    """None for texts so short that patterns are quicker by themselves."""
    return Characters(text) if len(text) >= LEAST else None


def matches(pattern: re.Pattern[str], text: str, starts: np.ndarray | None, begin: int = 0,
            end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives from `begin` to `end`, where no match begins but at `starts`, in order; None is anywhere."""
    if starts is None:
        yield from pattern.finditer(text, begin, end)
        return
    if begin or end < len(text):
        starts = starts[np.searchsorted(starts, begin):np.searchsorted(starts, end)]
    done = 0
    for start in _one_by_one(starts):
        if start >= done:
            match = pattern.match(text, start, end)
            if match is not None:
                yield match
                done = match.end()
