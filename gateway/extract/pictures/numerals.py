"""Numbers that a picture writes in ideographs (一九二〇). Their nought is read as a letter or a digit mostly."""

from __future__ import annotations

import re

RUN = re.compile("[〇○零一二三四五六七八九ニ三0OＯoD\u30fc\u2014]{7,19}")
NUMERALS = "〇一二三四五六七八九"
DIGITS = str.maketrans(NUMERALS + "○零ニ0OＯoD\u30fc\u2014", "0123456789" + "002" + "00000" + "11")
LETTERED = 10
"""Signs of a Taiwanese identity number, the first of which may be one of these letters."""
MOST_OTHER = 0.5
"""Share of a run that may be other signs than numerals: noughts, and strokes that are a one."""


def read(text: str) -> str:
    """The text with such numbers in digits."""
    return RUN.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    run = match[0]
    if not _numeral(run):
        return run
    letter = run[0] if len(run) == LETTERED and run[0] in "OD" else ""
    return letter + run[len(letter):].translate(DIGITS)


def _numeral(run: str) -> bool:
    return sum(sign not in NUMERALS for sign in run) <= MOST_OTHER * len(run) and any(sign in NUMERALS[2:] for sign in run)
