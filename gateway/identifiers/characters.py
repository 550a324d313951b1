"""A text as an array of its characters: where a pattern can begin, asked of all places at once.

A pattern that is tried in every place costs 20 to 40 ns a character, a look at one or two of its first characters in an
array less than 1 ns. `matches` then gives what `finditer` gives, from these places alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

import numpy as np

LEAST = 1000
"""Characters of a text from which on arrays are worth their start."""
MARGIN = 12
"""Zeros before and after the characters: a look ahead or back needs no test for the ends."""
DIGIT, LETTER, UPPER, SEPARATOR, IDEOGRAPH, NUMERAL, FORMAT, PLACE = (1 << bit for bit in range(8))
SEPARATORS = " -._/·"
IDEOGRAPHS = "\u3400-\u9fff々〆ヶ\uac00-\ud7a3"
NUMERALS = "零〇○一壹壱弌二貳贰弐兩三參叁叄参四肆五伍六陸陆七柒漆八捌九玖〡〢〣〤〥〦〧〨〩영공일이삼사오육륙칠팔구"
PLACES = "@路街道巷丁区區市시군縣郡州省府都県段弄구읍면동"
"""What every mail address has, and every street that contact.ADDRESS knows but for those of America."""
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
"""Marks that strike through, ring or box what stands before them; accents are the same ones."""
FORMATS = ("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
           "\ufe00-\ufe0f\ufeff\u20e3\U000e0000-\U000e007f")
_LAST = 0xE0080
PIECE = 1 << 18
"""Characters of a text that are looked at together, and the rest of the last line of them."""
KEPT = 1 << 21
"""Characters of a text whose pieces are kept: what one look found out of them, the next need not find again."""


def _table() -> np.ndarray:
    """The kinds of each character; the last entry stands for all characters behind it."""
    table = np.zeros(_LAST + 1, np.uint8)
    for kind, spelled in (
            (DIGIT, "0-9"), (LETTER, "A-Za-z"), (UPPER, "A-Z"), (IDEOGRAPH, IDEOGRAPHS), (NUMERAL, NUMERALS),
            (FORMAT, FORMATS + MARKS), (PLACE, PLACES)):
        for first, last, single in re.findall("(.)-(.)|(.)", spelled):
            table[ord(first or single):ord(last or single) + 1] |= kind
    table[[ord(c) for c in SEPARATORS]] |= SEPARATOR
    return table


_BASIC_PLANE = "".join(map(chr, range(0x10000)))


def table(pattern: str) -> np.ndarray:
    """Of each character of the basic plane whether it is one of a set like `[a-z]`. Looked for in runs: one look at each of
    65,536 characters takes 60 ms of every start."""
    found = np.zeros(len(_BASIC_PLANE), bool)
    for run in re.finditer(f"{pattern}++", _BASIC_PLANE):
        found[run.start():run.end()] = True
    return found


_DIGITS = -1
SPARSE = 4
"""Of a text, the part that is looked at by itself: less than a fourth."""
_TABLE = _table()
_ASCII, _BASIC = _TABLE[:256].tobytes(), _TABLE[:0x10000]


class Characters:
    """Code points and kinds of a text, with a margin before and after; in octets where it is ASCII, else in two or four of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._begin()
        if text.isascii():
            octets = text.encode()
            self.codes, self.kinds = _framed(octets, np.uint8), _framed(octets.translate(_ASCII), np.uint8)
            return
        raw = text.encode("utf-16-le", "surrogatepass")
        if len(raw) == 2 * len(text):
            self.codes = _framed(raw, np.uint16)
            self.kinds = _BASIC.take(self.codes)
        else:
            self.codes = _framed(text.encode("utf-32-le", "surrogatepass"), np.uint32)
            self.kinds = _TABLE.take(self.codes, mode="clip")

    def _begin(self) -> None:
        self._known: dict[int, tuple[np.ndarray, ...]] | None = None               # of a piece: masks of kinds, and _DIGITS
        self._pieces: list[tuple[int, Characters]] | None = None
        self._alike: Characters | None = None             # a text with characters of the same kinds

    def of(self, text: str) -> Characters:
        """The same for another text, which may be no other."""
        return self if text is self.text else Characters(text)

    def replaced(self, codes: np.ndarray) -> tuple[str, Characters]:
        """The text with other code points in the place of some that are of no kind, as they are themselves."""
        found = object.__new__(Characters)
        found._begin()
        found.text = decoded(codes[MARGIN:-MARGIN])
        found.codes, found.kinds, found._alike = codes, self.kinds, self
        return found.text, found

    @property
    def inner(self) -> np.ndarray:
        """The code points without the margins."""
        return self.codes[MARGIN:-MARGIN]

    def are(self, kinds: int) -> np.ndarray:
        """For each character whether it is of one of these kinds. Not to be written to."""
        if self._known is None:
            return np.asarray((self.kinds & kinds) != 0)
        known = self._known.get(kinds)
        if known is None:
            known = self._known[kinds] = ((self.kinds & kinds) != 0,)
        return known[0]

    def digits(self) -> tuple[np.ndarray, np.ndarray]:
        """Where digits begin and where they end, margin included. Not to be written to."""
        known = self._known.get(_DIGITS) if self._known is not None else None
        if known is None:
            digit = self.are(DIGIT).copy()
            digit[:MARGIN] = digit[-MARGIN:] = False
            edges = np.flatnonzero(digit[1:] != digit[:-1]) + 1
            known = edges[0::2], edges[1::2]
            if self._known is not None:
                self._known[_DIGITS] = known
        return known[0], known[1]

    def among(self, some: str) -> np.ndarray:
        """For each character whether it is one of a few."""
        found = self.codes == ord(some[0])
        for character in some[1:]:
            found |= self.codes == ord(character)
        return np.asarray(found)

    def places(self, found: np.ndarray) -> np.ndarray:
        """Offsets in the text."""
        return np.flatnonzero(found[MARGIN:-MARGIN])

    def pieces(self) -> Iterator[tuple[int, Characters]]:
        """The text in pieces of whole lines, each with what stands around it as its margin, and where it begins.

        What is made of a piece on the way is small: it stays in the processor's cache and in memory that is had already.
        """
        if self._pieces is None and len(self.text) <= KEPT:
            self._pieces = list(self._cut())
            for (_, piece), (_, other) in zip(self._pieces, () if self._alike is None else self._alike.pieces(), strict=False):
                piece._known = other._known
        yield from self._cut() if self._pieces is None else self._pieces

    def _cut(self) -> Iterator[tuple[int, Characters]]:
        begin, size = 0, len(self.text)
        while begin < size:
            end = self.text.find("\n", begin + PIECE) + 1 or size
            piece = object.__new__(Characters)
            piece._begin()
            piece.text, piece._known = self.text[begin:end], {}
            piece.codes, piece.kinds = self.codes[begin:end + 2 * MARGIN], self.kinds[begin:end + 2 * MARGIN]
            yield begin, piece
            begin = end

    def around(self, spans: np.ndarray, reach: int) -> tuple[Characters, np.ndarray] | None:
        """What stands in spans (begin and end, in order) and so far around them, margins between; and for each of its characters,
        margins included, where it stands in the text: -1 for a margin. None where this is no small part of the text."""
        begin, end = np.maximum(spans[:, 0] - reach, 0), np.minimum(spans[:, 1] + reach, len(self.text))
        first = np.flatnonzero(np.concatenate((begin[:1] >= 0, begin[1:] > end[:-1])))
        begin, end = begin[first], end[np.append(first[1:], len(spans)) - 1]
        size = end - begin
        if int(size.sum()) * SPARSE > len(self.text):
            return None
        at = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        where = np.full(len(at) + MARGIN * (len(size) + 1), -1)
        where[at + np.repeat(np.cumsum(size + MARGIN) - size, size)] = at + np.repeat(begin, size)
        found = object.__new__(Characters)
        found._begin()
        found._known = {}
        found.codes, found.kinds = self.codes.take(where + MARGIN), self.kinds.take(where + MARGIN)
        found.text = decoded(found.inner)
        return found, where

    def gathered(self, look: Callable[[Characters], np.ndarray]) -> np.ndarray:
        """The offsets that `look` finds in each piece."""
        found = [look(piece) + begin for begin, piece in self.pieces()]
        return np.concatenate(found) if found else np.empty(0, np.int64)


def decoded(codes: np.ndarray) -> str:
    """The text that these code points are."""
    if codes.itemsize == 1:
        return codes.tobytes().decode("ascii")
    if codes.itemsize == 2 and not ((codes & 0xF800) == 0xD800).any():       # halves that met by chance would be a pair
        return codes.tobytes().decode("utf-16-le")
    return codes.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")


def _framed(raw: bytes, kind: type[np.unsignedinteger]) -> np.ndarray:
    codes = np.empty(len(raw) // np.dtype(kind).itemsize + 2 * MARGIN, kind)
    codes[:MARGIN] = codes[-MARGIN:] = 0
    codes[MARGIN:-MARGIN] = np.frombuffer(raw, kind)
    return codes


def ahead(found: np.ndarray, by: int) -> np.ndarray:
    """For each character what was found so many characters behind it; before it where `by` is negative."""
    moved = np.empty_like(found)
    if by > 0:
        moved[:-by], moved[-by:] = found[by:], 0
    else:
        moved[-by:], moved[:-by] = found[:by], 0
    return moved


def _one_by_one(places: np.ndarray) -> Iterator[int]:
    """The numbers of an array, a few at a time made Python's: who asks for the first match needs no more."""
    for at in range(0, len(places), 256):
        yield from places[at:at + 256].tolist()


def of(text: str) -> Characters | None:
    """None for texts so short that patterns are quicker by themselves."""
    return Characters(text) if len(text) >= LEAST else None


def says(text: str, word: str) -> bool:
    """`word in text`, its characters looked for first: for a word that few texts have that costs a twentieth."""
    return all(map(text.__contains__, word)) and word in text


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
