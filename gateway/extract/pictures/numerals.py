"""Numbers that a picture writes in ideographs (一九二〇). Their nought is read as a letter or a digit mostly."""

from __future__ import annotations

import re

from gateway.identifiers import tw

RUN = re.compile("[〇○零一二三四五六七八九ニ三0OＯoD\u30fc\u2014]{7,19}")
NUMERALS = "〇一二三四五六七八九"
DIGITS = str.maketrans(NUMERALS + "○零ニ0OＯoD\u30fc\u2014", "0123456789" + "002" + "00000" + "11")
LETTERED = 10
"""Signs of a Taiwanese identity number, the first of which may be one of these letters."""
MOST_OTHER = 0.5
"""Share of a run that may be other signs than numerals: noughts, and strokes that are a one."""


FORMAL = "零壹貳參肆伍陸柒捌玖"
TO_DIGIT = str.maketrans(FORMAL + "弌壱弐贰叁参叄陆", "0123456789" "11223336")
"""The numerals of cheques, and other forms of them."""
CHEQUE = re.compile(rf"(?<![0-9A-Za-z])([A-Z])((?=(?:.?[{FORMAL}]){{6}})[\u3400-\u9fff]{{9}})(?![\u3400-\u9fff])")
"""A Taiwanese identity number in those."""


def read(text: str) -> str:
    """The text with such numbers in digits."""
    return CHEQUE.sub(_formal, RUN.sub(_digits, text))


def _formal(match: re.Match[str]) -> str:
    """The number, one misread numeral of it told by the check digit."""
    value = match[1] + match[2].translate(TO_DIGIT)
    unread = [sign for sign in value[1:] if not sign.isdecimal()]
    may_be = [value.replace(unread[0], digit) for digit in "0123456789"] if len(unread) == 1 else [value]
    return next((number for number in may_be if tw.national_id(number) or tw.resident_id(number)), match[0])


def _digits(match: re.Match[str]) -> str:
    run = match[0]
    if not _numeral(run):
        return run
    letter = run[0] if len(run) == LETTERED and run[0] in "OD" else ""
    return letter + run[len(letter):].translate(DIGITS)


def _numeral(run: str) -> bool:
    return sum(sign not in NUMERALS for sign in run) <= MOST_OTHER * len(run) and any(sign in NUMERALS[2:] for sign in run)
