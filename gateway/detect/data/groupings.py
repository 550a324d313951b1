"""How people part the digits of numbers into groups, so that several numbers in one run are told from one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.identifiers import cn, kr, payment

Sizes = tuple[int, ...]
CUSTOMARY: tuple[Sizes, ...] = ((4, 4, 4, 4, 3), (4, 4, 4, 4), (6, 8, 4), (4, 6, 5), (4, 4, 4))
"""Groupings that people write; looked for inside longer runs of groups."""
PROVEN: dict[Sizes, Callable[[str], bool]] = {
    (4, 4, 4, 3): payment.card, (4, 4, 4, 2): payment.card, (6, 4, 4, 4): cn.plausible_id, (6, 7): kr.plausible_rrn}
"""Those that other numbers have too, and what their digits must be: cards of 15 and 14 digits look like twelve and a code behind
them; a place, a year, a day and the rest; a birth date and the rest."""
LETTERED: tuple[Sizes, ...] = ((3, 3, 3), (2, 3, 4), (2, 4, 3), (3, 6), (4, 5), (5, 4))
"""Groupings of the nine digits of Taiwan behind their letter: `A123 456 789`."""
SECOND = "1289"
"""What their first digit is."""
_EVERY = (*PROVEN, *CUSTOMARY)
BEGINNINGS = frozenset(window[:3] for window in _EVERY)
"""The sizes with which one of them begins."""
_BEGUN = {size: tuple(window for window in _EVERY if window[0] == size) for size, *_ in _EVERY}


def customary(sizes: list[int], first: int, digits: str, marks: Sequence[str] = ()) -> int:
    """How many groups from one on are one number; 0 where no grouping fits. `digits`: those from there on. `marks`: what
    stands behind each group; one number has the same between all of its groups, and a telephone before it another."""
    if marks and 0 < first < len(marks) and marks[first - 1].strip(" ") and not marks[first].strip(" "):
        return 0                                          # the last group of what hyphens or dots hold together
    for window in _BEGUN.get(sizes[first], ()):
        if tuple(sizes[first:first + len(window)]) == window and len(set(marks[first:first + len(window) - 1])) <= 1:
            proof = PROVEN.get(window)
            if proof is None or proof(digits[:sum(window)]):
                return len(window)
    return 0


def lettered(sizes: list[int], digits: str) -> int:
    """The same of a run behind a letter."""
    if digits[0] in SECOND:
        return next((len(window) for window in LETTERED if tuple(sizes[:len(window)]) == window), 0)
    return 0
