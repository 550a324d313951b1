"""Numbers with marks of any kind between their digits: `A12-3456.789`, `5203**4412**6677 0911`, `Z449467[A]`, `E字第125135934號`.

Only worth something under a label, and only where the check digit is right: such marks also part cells, dates and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.tokens import LONGEST, Token
from gateway.identifiers.characters import LETTER, MARGIN, Characters, matches
from gateway.identifiers.registry import SHAPES, TYPES

_MARK = r"[^0-9A-Za-z\s,;:\u3041-\u9fff\uac00-\ud7a3]"
_MARKS = rf"(?: ?{_MARK}{{1,4}} ?| {{1,2}})"
NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?:[A-Z]{{1,2}}(?:{_MARKS}|:|字第)?)?[0-9]{{1,17}}(?:{_MARKS}[0-9]{{1,17}}){{0,20}}+"
    rf"(?:(?:{_MARKS})?[XA](?![0-9A-Za-z]))?")
SHORTEST = 8
"""Characters of a number without its marks."""
REACH = 4
"""Characters between two groups of digits, of which one is a mark."""


def marked(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """The numbers, whole or up to a blank, that are of a type with a check digit; not those without a mark."""
    for match in matches(NUMBER, text, starts):
        written = match.group()
        for end in (len(written), *(m.start() for m in reversed(list(_ROOM.finditer(written))))):
            value = "".join(filter(str.isalnum, written[:end].replace("字第", "")))
            if end == len(value) or not SHORTEST <= len(value) <= LONGEST:
                continue
            shape = _shape(value)
            if any(not TYPES[name].labelled and TYPES[name].check(value) for name in SHAPES.get(shape, ())):
                yield Token(shape, value, match.start(), match.start() + end, True)
                break


_ROOM = re.compile(" ")


def _shape(value: str) -> str:
    letters = sum(map(str.isalpha, value[:2]))
    tail = value[-1] if value[-1] == "X" or (value[-1] == "A" and letters == 1) else ""      # else an A counts as a digit
    return f"{'L' * letters}D{len(value) - letters - len(tail)}{tail}"


def places(found: Characters) -> np.ndarray:
    """Where digits begin that more of the number follows close by, and the places before, where its letters may stand."""
    first, end = found.digits()
    if not len(first):
        return first
    following = np.append(first[1:], first[-1] + 1000) - end
    letter = found.are(LETTER)
    more = (following > 0) & (following <= REACH)
    for step in range(1, REACH):
        more |= letter[end + step]
    for step in range(2, REACH + 2):
        more |= letter[first - step]
    begin = first[more] - MARGIN
    return np.sort(np.maximum(begin[:, None] - np.arange(REACH + 2)[None, :], 0).ravel())
