"""How people part the digits of numbers into groups, so that several numbers in one run are told from one another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from gateway.identifiers import cn, kr, payment

Sizes = tuple[int, ...]
Span = tuple[int, int]
CUSTOMARY: tuple[Sizes, ...] = ((4, 4, 4, 4), (6, 8, 4), (4, 6, 5), (4, 4, 4))
"""Groupings that people write; looked for inside longer runs of groups."""


def long_card(digits: str) -> bool:
    """Nineteen digits that are no card of sixteen and what stands on its back."""
    return payment.card(digits) or not payment.card(digits[:16])


PROVEN: dict[Sizes, Callable[[str], bool]] = {
    (4, 4, 4, 4, 3): long_card,
    (4, 4, 4, 3): payment.card, (4, 4, 4, 2): payment.card, (6, 4, 4, 4): cn.plausible_id, (6, 7): kr.plausible_rrn}
"""Those that other numbers have too, and what their digits must be: cards of 15 and 14 digits look like twelve and a code behind
them, those of 19 like sixteen and one; a place, a year, a day and the rest; a birth date and the rest."""
BORN = [6, 8]
"""The place and the day that begin a Chinese number; no other with underlines has a group of more than six."""
LETTERED: tuple[Sizes, ...] = ((3, 3, 3), (2, 3, 4), (2, 4, 3), (3, 6), (4, 5), (5, 4))
"""Groupings of the nine digits of Taiwan behind their letter: `A123 456 789`."""
SECOND = "1289"
"""What their first digit is."""
_EVERY = (*PROVEN, *CUSTOMARY)
BEGINNINGS = frozenset(window[:3] for window in _EVERY)
"""The sizes with which one of them begins."""
FIRST = frozenset(window[0] for window in _EVERY)
"""The sizes of their first groups."""
_BEGUN = {size: tuple(window for window in _EVERY if window[0] == size) for size, *_ in _EVERY}


def customary(text: str, groups: list[Span], sizes: list[int], first: int, digits: str) -> int:
    """How many groups of a text from one on are one number; 0 where no grouping fits. `digits`: those from there on.

    One number has the same mark between all of its groups; the last group of what hyphens or dots hold together is no first one.
    """
    left = len(sizes) - first
    for window in _BEGUN.get(sizes[first], ()):
        count = len(window)
        if count <= left and sizes[first + 1] == window[1] and tuple(sizes[first:first + count]) == window:
            marks = [text[groups[i][1]:groups[i + 1][0]] for i in range(max(0, first - 1), first + count - 1)]
            before = marks.pop(0) if first else ""
            held = before.strip(" ") and not marks[0].strip(" ")
            proof = PROVEN.get(window)
            if not held and len(set(marks)) == 1 and (proof is None or proof(digits[:sum(window)])):
                return count
    return 0


def held(marks: set[str], sizes: list[int]) -> bool:
    """Whether the groups are of one number: one kind of mark between them, or more between single digits (1 2 3 - 4 5 - 6 7)."""
    return max(sizes) == 1 or (len(marks) == 1 and (marks != {"_"} or max(sizes) <= 6 or sizes[:2] == BORN))


def lettered(sizes: list[int], digits: str) -> int:
    """The same of a run behind a letter."""
    if digits[0] in SECOND:
        return next((len(window) for window in LETTERED if tuple(sizes[:len(window)]) == window), 0)
    return 0


def between(groups: list[Span], days: list[Span]) -> Iterator[list[Span]]:
    """The groups before, between and behind dates."""
    begin = 0
    for first, last in [*days, (groups[-1][1], groups[-1][1])]:
        yield groups[begin:bisect_right(groups, first, key=lambda group: group[1])]
        begin = bisect_left(groups, last, key=lambda group: group[0])
