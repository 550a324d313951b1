"""Numbers that a line's end parts where no wrapped number breaks: between paragraphs, before a hyphen, within groups; IBANs
with a mark behind each character.

Only worth something under a label, and only where the check digit is right: such places also part rows and items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.numbers.marked import linked, right, shape
from gateway.detect.data.numbers.tokens import LONGEST, Token
from gateway.identifiers import payment
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, Characters, matches

_BEGIN = r"(?<![0-9A-Za-z])(?:[A-Z]{1,2}(?:[ \-]|"
_END = r"[ \-=\\]?\r?\n(?:[ >|]{0,4}\r?\n)?[ >|]{0,4}-?"
NUMBER = re.compile(
    rf"{_BEGIN}{_END})?)?[0-9]{{1,17}}(?:(?:[ \-]|{_END})[0-9]{{1,17}}){{1,20}}+(?:[ \-]?X(?![0-9A-Za-z]))?")
SHORTEST = 8
REACH = 16
"""Characters between two groups at the most."""
_IN_GAP = np.array([chr(i) in " \r\n>|-=\\" for i in range(128)])
SPELLED_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]([^0-9A-Za-z\n]{1,3}|\n)[A-Z]\1[0-9]\1[0-9](?:\1[0-9A-Z]){11,30}(?![0-9A-Za-z])")


def broken(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """The numbers, whole or as many of their groups as are one of a type with a check digit."""
    for match in matches(NUMBER, text, starts):
        written = match[0]
        lines = ("".join(filter(str.isalnum, line)) for line in written.split("\n"))
        if "\n" not in written or any(len(line) >= SHORTEST and right(line) for line in lines):
            continue                                      # a line with a number of its own does not go on
        for end in (len(written), *(m.start() for m in reversed(list(_BETWEEN.finditer(written))))):
            value = "".join(filter(str.isalnum, written[:end]))
            if SHORTEST <= len(value) <= LONGEST and "\n" in written[:end] and right(value):
                yield Token(shape(value), value, match.start(), match.start() + end, True)
                break


_BETWEEN = re.compile("(?<=[0-9])[^0-9X]+")


def spelled_ibans(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """International account numbers one character a place."""
    for match in matches(SPELLED_IBAN, text, starts):
        value = "".join(filter(str.isalnum, match[0]))
        value = value[:payment.IBAN_LENGTHS.get(value[:2], 0)]
        if payment.iban(value):
            step = 1 + len(match[1])
            yield Token("IBAN", value, match.start(), match.start() + step * len(value) - step + 1, True)


def places(found: Characters) -> np.ndarray:
    """Where `broken` may begin: digits that blanks and line ends part from more of them, and the letters before them."""
    first, end = found.digits()
    chained = linked(found, first, end, _IN_GAP, REACH) if len(first) else np.zeros(0, bool)
    if not chained.any():
        return first[:0]
    lines, at = np.flatnonzero(found.codes == 10), np.flatnonzero(chained)
    odd = np.zeros(len(chained), bool)                    # a line ends between them
    odd[at] = np.searchsorted(lines, first[at + 1]) > np.searchsorted(lines, end[at])
    if not odd.any():
        return first[:0]
    heads = np.flatnonzero(np.concatenate(([True], ~chained)))
    tails = np.append(heads[1:], len(first))
    counted = np.concatenate(([0], np.cumsum(odd, dtype=np.int64), [0]))
    several = (tails - heads > 1) & (counted[np.maximum(tails - 1, 0)] > counted[heads])
    begin = first[np.repeat(several, tails - heads)]
    word = found.are(LETTER | DIGIT)
    begin = (begin[:, None] - np.arange(REACH + 3)[None, :]).ravel()
    begin = begin[word[begin] & ~word[begin - 1]]
    return np.sort(begin[begin >= MARGIN], kind="stable") - MARGIN
