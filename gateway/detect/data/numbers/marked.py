"""Numbers with marks of any kind between their digits: `A12-3456.789`, `5203**4412**6677 0911`, `Z449467[A]`, `E字第125135934號`.

Only worth something under a label, and only where the check digit is right: such marks also part cells, dates and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.numbers.tokens import AMOUNT, LONGEST, Token
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, UPPER, Characters, matches, table
from gateway.identifiers.registry import SHAPES, TYPES

_MARK = r"[^0-9A-Za-z\s,;:\u3041-\u9fff\uac00-\ud7a3]"
_MARKS = rf"(?: ?{_MARK}{{1,4}}(?: {_MARK})? ?| {{1,2}})"
NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:[A-Z](?:[^0-9A-Za-z\s](?=[A-Z]))?)?[A-Z](?:{_MARKS}|:|字第)?)?[0-9]{{1,17}}(?:{_MARKS}[0-9]{{1,17}}){{0,20}}+"
    rf"(?:(?:{_MARKS})?[XA](?![0-9A-Za-z]))?")
TAIWANESE = "LD9"
SHORTEST = 8
"""Characters of a number without its marks."""
REACH = 6
"""Characters between two groups of digits, or between letters and digits: four marks and a blank to either side."""
BEFORE = REACH + 2
"""Characters that two letters and marks stand before digits."""
DIGITS, LETTERED = 12, 6
"""Digits at the least of a number, and of one with letters (see SHAPES)."""
_IS_MARK = table(_MARK) | table("[ ]")
_BEFORE = _IS_MARK | table("[:字第]")


def marked(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """The numbers, whole or up to a blank, that are of a type with a check digit; not those without a mark. Of Taiwan those that
    fail as well: they tell chance where no label is near."""
    for match in matches(NUMBER, text, starts):
        written = match.group()
        whole = WHOLE.match(written)
        if whole is not None and right(whole[0]):
            continue                                      # what stands behind it is something else: 4539148803436467.0, a quantity
        ends = [len(written), *(m.start() for m in reversed(list(_ROOM.finditer(written))))]
        if len(ends) > 1 and AMOUNT.match(text, match.end()) is not None:
            del ends[0]                                   # the digits of an amount behind the number
        for end in ends:
            value = "".join(filter(str.isalnum, written[:end].replace("字第", "")))
            if end == len(value) or not SHORTEST <= len(value) <= LONGEST:
                continue
            if right(value) or shape(value) == TAIWANESE:
                yield Token(shape(value), value, match.start(), match.start() + end, True)
                break


def wrong(text: str, token: Token) -> bool:
    """Whether a number with marks fails its check: only without a label it tells anything."""
    return not text[token.start:token.end].isalnum() and not right(token.value)


_ROOM = re.compile(" ")
WHOLE = re.compile("[0-9]{12,}")


def right(value: str) -> bool:
    """Whether a check digit says that this is a number of a person."""
    return any(not TYPES[name].labelled and TYPES[name].check(value) for name in SHAPES.get(shape(value), ()))


def shape(value: str) -> str:
    letters = sum(map(str.isalpha, value[:2]))
    tail = value[-1] if value[-1] == "X" or (value[-1] == "A" and letters == 1) else ""      # else an A counts as a digit
    return f"{'L' * letters}D{len(value) - letters - len(tail)}{tail}"


def places(found: Characters) -> np.ndarray:
    """Where the numbers may begin that have a mark and as many digits as any type with a check digit: digits that only marks part,
    and the letters before them."""
    first, end = found.digits()
    if not len(first):
        return first
    chained = linked(found, first, end, _IS_MARK, REACH)
    heads = np.flatnonzero(np.concatenate(([True], ~chained)))
    tails = np.append(heads[1:], len(first)) - 1
    digits = np.concatenate(([0], np.cumsum(end - first)))
    total = digits[tails + 1] - digits[heads]
    fit = (tails > heads) & (total >= DIGITS)
    asked = np.flatnonzero(~fit & (total >= LETTERED))
    touched, apart = _lettered(found, first[heads[asked]], end[tails[asked]])
    fit[asked] = (touched & (tails > heads)[asked]) | apart
    begin = first[np.repeat(fit, tails - heads + 1)]
    word = found.are(LETTER | DIGIT)
    begin = (begin[:, None] - np.arange(BEFORE + 1)[None, :]).ravel()
    begin = begin[word[begin] & ~word[begin - 1]]         # few are left to be sorted
    return np.sort(begin[begin >= MARGIN], kind="stable") - MARGIN


def linked(found: Characters, first: np.ndarray, end: np.ndarray, between: np.ndarray, reach: int) -> np.ndarray:
    """Whether nothing but what `between` allows, and at most `reach` of it, is between digits and the next ones."""
    gap = first[1:] - end[:-1]
    near = np.flatnonzero((gap <= reach) & between.take(found.codes[first[1:] - 1], mode="clip"))
    whole = np.zeros(len(gap), bool)
    for step in range(reach):
        near = near[between.take(found.codes.take(end[near] + step, mode="clip"), mode="clip")]
        over = gap[near] <= step + 1
        whole[near[over]] = True
        near = near[~over]
        if not len(near):
            break
    return whole


def _lettered(found: Characters, first: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether a capital stands right before or behind digits, and whether one stands there behind marks."""
    upper, codes = found.are(UPPER), found.codes
    before, behind = _BEFORE.take(codes[first - 1], mode="clip"), _IS_MARK.take(codes[end], mode="clip")
    some = np.flatnonzero(before | behind)
    left, right, before, behind = first[some] - 2, end[some] + 1, before[some], behind[some]
    near = np.zeros(len(some), bool)
    for step in range(REACH):
        near |= (before & upper.take(left - step, mode="clip")) | (behind & upper.take(right + step, mode="clip"))
        before &= _BEFORE.take(codes.take(left - step, mode="clip"), mode="clip")
        behind &= _IS_MARK.take(codes.take(right + step, mode="clip"), mode="clip")
        if not (before | behind).any():
            break                                         # one mark, as the `@` of an address
    apart = np.zeros(len(first), bool)
    apart[some] = near
    return upper[first - 1] | upper[end] | apart, apart
