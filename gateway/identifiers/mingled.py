"""Digits and Chinese numerals in one number: `4〇23 0〇9`, `A12三4五67八9`, a ring for a nought.

Rings also hide digits (`0912○○○678`), and numerals also begin words (`2026零售`): what may be that stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from gateway.identifiers.characters import IDEOGRAPHS

NOUGHTS = "〇○零"
"""What is written for 0 among digits."""
HIDDEN = 3
"""So many together hide digits, and two at a number's end."""
SHORTEST, REACH = 7, 48
"""Signs of the shortest number; characters around a numeral beside a digit in which its number stands."""
NUMERALS, TURNS = 3, 3
"""Other numerals of a number at the least, and changes from the one writing to the other."""
_WORD = re.compile(f"[{IDEOGRAPHS}\u3041-\u30ff]")
_HIDING = re.compile(f"[{NOUGHTS}]{{{HIDDEN}}}|[{NOUGHTS}]{{2}}\\Z")


def reader(numeral: Mapping[int, str]) -> tuple[re.Pattern[str], Callable[[str, Iterable[int]], str]]:
    """Where a numeral stands beside a digit; and what reads a text with such places: it gives the text with these numbers in
    digits, character for character. `numeral` has the digit for the code point of each numeral."""
    some = "".join(map(chr, numeral))
    beside = re.compile(f"[0-9][{some}]|[{some}][0-9]")
    run = re.compile(rf"[0-9{some}](?:[ \-]?+[0-9{some}]){{{SHORTEST - 1},}}+")

    def undone(text: str, places: Iterable[int]) -> str:
        pieces: list[str] = []
        done = copied = 0
        for at in places:
            if at < done:
                continue
            near = run.finditer(text, max(done, at - REACH), at + 2 * REACH)
            match = next((m for m in near if m.end() > at), None)
            if match is None or match.start() > at:
                continue
            begin, end = _number(text, *match.span())
            done = match.end()
            if _is_number(text[begin:end]):
                pieces += (text[copied:begin], text[begin:end].translate(numeral))
                copied = end
        return "".join((*pieces, text[copied:])) if pieces else text

    return beside, undone


def hides(run: str) -> bool:
    """Whether the numerals of a run are rings that hide digits: so many together and no other numeral."""
    signs = run.replace(" ", "").replace("-", "")
    return _HIDING.search(signs) is not None and all(sign in NOUGHTS or sign.isascii() for sign in signs)


def _number(text: str, begin: int, end: int) -> tuple[int, int]:
    """The run without the numerals at its ends that belong to words beside it."""
    if begin and _WORD.match(text, begin - 1):
        while begin < end and not text[begin].isascii():
            begin += 1
    if _WORD.match(text, end):
        while begin < end and not text[end - 1].isascii():
            end -= 1
    return begin, end


def _is_number(run: str) -> bool:
    signs = run.replace(" ", "").replace("-", "")
    digits = sum(map(str.isascii, signs))
    noughts = sum(map(signs.count, NOUGHTS))
    others = len(signs) - digits - noughts
    if len(signs) < SHORTEST or digits < 2 or _HIDING.search(signs) is not None:
        return False
    if not others:
        return 0 < noughts <= digits
    turns = sum(one.isascii() is not other.isascii() for one, other in pairwise(signs))
    return len(signs) == len(run) and others + noughts >= NUMERALS and turns >= TURNS
