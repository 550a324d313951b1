"""Whether a text can hold an identifier at all. Most that people write cannot, and costs no more than this look."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from gateway.detect.base import Allowance
from gateway.identifiers.characters import LEAST
from gateway.identifiers.normalise import NUMERAL

_BEYOND = 0x20000
"""No digit of any script, and no letter that ends a number, has this code or a higher one."""
_SCRIPTS = "".join(chr(code) for code in range(0x80, _BEYOND) if unicodedata.digit(chr(code), None) is not None)
"""What is a digit in any script (Unicode, Numeric_Type Decimal and Digit)."""
_DIGITS = (
    "0-9OolI|\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229\u3280-\u3289\U0001f100-\U0001f10a" + _SCRIPTS
    + "".join(map(chr, NUMERAL)))
_WORDS = "0-9A-Za-z\u3400-\u9fff"
NUMBER = re.compile(f"(?:[{_DIGITS}][^{_WORDS}]{{0,6}}){{6}}")
"""Six digits of any script with little between them: without such a place there is no identifier."""
APART, LINKS = 7, 5
"""From one of these digits to the next, at the most; and from the first to the last of them."""
PIECE, OVERLAP = 1 << 17, 64
"""Characters looked at together; NUMBER is shorter than the overlap."""
_OTHER, _DIGIT, _WORD = range(3)


def _table() -> np.ndarray:
    """What each character below _BEYOND is to NUMBER, and at the end what all others are."""
    table = np.full(_BEYOND + 1, _OTHER, np.uint8)
    for kind, spelled in ((_WORD, _WORDS), (_DIGIT, _DIGITS)):
        for first, last, single in re.findall("(.)-(.)|(.)", spelled):
            table[ord(first or single):ord(last or single) + 1] = kind
    return table


_TABLE = _table()
_ASCII = _TABLE[:256].tobytes()


def number(text: str) -> bool:
    """Whether NUMBER matches anywhere."""
    ascii_ = text.isascii()
    begin, size = 0, LEAST                                # many have a number at once
    while begin < len(text):
        end = begin + size + OVERLAP
        if ascii_:
            kinds = np.frombuffer(text[begin:end].encode().translate(_ASCII), np.uint8)
        else:
            kinds = _TABLE.take(_codes(text[begin:end]), mode="clip")
        if any(NUMBER.match(text, at + begin) is not None for at in _likely(kinds).tolist()):
            return True
        begin, size = begin + size, PIECE
    return False


def _codes(text: str) -> np.ndarray:
    """The characters as numbers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    if len(raw) == 2 * len(text):
        return np.frombuffer(raw, np.uint16)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _likely(kinds: np.ndarray) -> np.ndarray:
    """Where six digits begin, each no further from the next than NUMBER has it and with no word between them."""
    places = np.flatnonzero(kinds == _DIGIT)
    apart = np.diff(places)
    linked = (apart <= APART) & (kinds[places[:-1] + 1] != _WORD)
    if len(linked) < LINKS:
        return places[:0]
    all_linked = linked[:len(linked) - LINKS + 1]
    for i in range(1, LINKS):
        all_linked = all_linked & linked[i:len(linked) - LINKS + 1 + i]
    first = np.flatnonzero(all_linked)
    if not len(first):
        return first
    words = np.cumsum(kinds == _WORD, dtype=np.int32)
    begin, end = places[first], places[first + LINKS]
    return np.asarray(begin[words[begin] == words[end]])


LONG = 1 << 20
"""Characters of a text from which on its groups of digits are counted."""
JOINED = 2_500_000
"""Groups that follow one another at a sign, in all long texts of a message. A log of 25 MB has a million; each
of them may be a part of many numbers, and costs as much as a line of other text."""
_KINDS = bytes(57 if chr(c) in "0123456789" else 45 if chr(c) in " -._/" else 120 for c in range(256))


class Groups:
    """The groups of digits of a message, counted once its long texts together may have too many."""

    def __init__(self) -> None:
        self.allowance, self.characters = Allowance(JOINED), 0

    def spend(self, text: str) -> None:
        """Raises as Allowance does."""
        self.characters += len(text) if len(text) > LONG else 0
        if len(text) > LONG and self.characters > 2 * JOINED:         # a group has a digit and a sign
            self.allowance.spend(joined(text))


def joined(text: str) -> int:
    """Groups of digits that one sign parts from the next, dates of a log left out."""
    kinds = text.encode("ascii", "replace").translate(_KINDS)
    return kinds.count(b"9-9") - 2 * kinds.count(b"9999-99-99")
