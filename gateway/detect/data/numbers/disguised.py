"""Digits written with letters that look like them: `44OIO3I96BOII3I937`, `A12B4S6789`. O, o, l and I are read everywhere.

Only worth something under a label. Those that fail are given as well: so many codes of letters and digits pass by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.numbers.marked import right, shape
from gateway.detect.data.numbers.tokens import LONGEST, Token
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, Characters, matches
from gateway.identifiers.registry import SHAPES

LETTERS = str.maketrans("OoIlSsBZzGbgq", "0011558226699")
TAKEN = "SsBZzGbgq"
"""Those of them that nothing else reads as digits."""
NUMBER = re.compile(r"(?<![0-9A-Za-z])(?=[A-Z]{0,2}[0-9OoIlSsBZzGbgq]{8})[A-Z]{0,2}[0-9OoIlSsBZzGbgq]{7,18}X?(?![0-9A-Za-z])")
SHORTEST = 8
LEAST = 4
"""One in so many is a digit all the same."""
_LIKE = np.array([i in LETTERS for i in range(128)])


def disguised(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """The numbers that have such a letter, and what looks like one."""
    for match in matches(NUMBER, text, starts):
        written = match[0]
        few = sum(map(str.isdigit, written)) * LEAST < len(written)
        if few or len(written) > LONGEST or not any(map(written[1:].__contains__, TAKEN)):
            continue
        values = [written[:kept] + written[kept:].translate(LETTERS) for kept in range(3) if written[:kept].isupper() or not kept]
        value = next(filter(right, values), values[0])
        if shape(value) in SHAPES:
            yield Token(shape(value), value, *match.span(), True)


def disguises(found: Characters) -> np.ndarray:
    """Where the words begin that have a letter like a digit beside a digit, not as their first, where many numbers have one, and
    no other letter where a number has none."""
    codes, (first, end) = found.codes, found.digits()
    before = first[_like(codes[first - 1])] - 1
    at = np.concatenate((before[found.kinds[before - 1] & (LETTER | DIGIT) != 0], end[_like(codes[end])]))
    if not len(at):
        return at
    word = found.are(LETTER | DIGIT)
    begins = np.flatnonzero(word[1:] & ~word[:-1]) + 1
    words = begins[np.searchsorted(begins, at, "right") - 1]
    for step in range(2, SHORTEST):
        behind = codes.take(words + step, mode="clip")
        words = words[_like(behind) | ((behind >= 48) & (behind < 58))]
    words = np.sort(words[words >= MARGIN])
    return np.asarray(words[np.concatenate(([True], words[1:] != words[:-1]))[:len(words)]] - MARGIN)


def _like(codes: np.ndarray) -> np.ndarray:
    return np.asarray(_LIKE[codes & 127] & (codes < 128))
