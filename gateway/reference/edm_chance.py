"""How likely it is that fields of unrelated people agree with a row of a customer table by chance.

`of_column` is the chance that two unrelated values of one column are equal. Fields that agree together make a record where
    rows x chance(field 1) x chance(field 2) x ...  <=  LIMIT
the expected number of rows with which an unrelated person agrees in all of them (fields are taken as independent). A name with
a birth date does that in a small table; of ten million rows, one in 300 such pairs is somebody's. LIMIT lets one record
come about by chance in 10,000 mails that each name ten unrelated people.
What is more likely counts where chance does not explain how many rows of the table one message has (`explained`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import lgamma, log, prod

LIMIT = 1e-5
UNLIKELY = 1e-6
"""One message of a million unrelated ones may have as many rows by chance as are counted."""
FEW, SELDOM = 3, 1e-3
"""Fewer rows hold no message: one of a thousand may have them by chance."""
NEAR = 4
"""Names, or other fields of one kind, that stand close to a key."""
SAMPLE = 2000
"""Values of a column, of each run of rows, from which the space of its values is judged."""
DAYS = 36_525
"""Of a century: no birth dates are rarer."""
CHECK_DIGIT = 10
"""A code may have a digit that follows from the others."""


def of_column(kind: str, sample: Sequence[str], same: int, filled: int) -> float:
    """`same` pairs of the `filled` values are equal. Few values say little, and unique ones nothing: the space that their shapes
    leave them counts too, as one pair seen beforehand, and up to the point where each value that is possible is somebody's."""
    if not filled:
        return 0.0
    possible = by_shape(sample) * (CHECK_DIGIT if kind == "code" else 1)
    if kind == "birthdate":
        possible = max(possible, 1 / DAYS)
    measured = (same + 1) / (filled * (filled - 1) / 2 + 1 / possible)
    return max(measured, min(possible, 1 / filled))


def by_shape(sample: Sequence[str]) -> float:
    """The chance that two values are equal whose characters are drawn independently, place by place, among those of one length."""
    lengths: dict[int, list[str]] = {}
    for value in filter(None, sample):
        lengths.setdefault(len(value), []).append(value)
    total = sum(map(len, lengths.values()))
    return sum((len(alike) / total) ** 2 * prod(map(_place, zip(*alike, strict=True))) for alike in lengths.values())


def _place(characters: Sequence[str]) -> float:
    """The chance that two characters of a place are equal. Each one possible is taken as seen once more: samples are small."""
    seen = Counter(characters)
    possible = max(len(seen), 26 if all("A" <= c <= "Z" for c in seen) else 10)
    return (sum((n + 1) ** 2 for n in seen.values()) + possible - len(seen)) / (len(characters) + possible) ** 2


def explained(count: int, expected: float) -> bool:
    """True where `count` rows may be chance: P(X >= n) of a Poisson variable is at most expected^n / n!."""
    return expected > 0 and count * log(expected) - lgamma(count + 1) > log(UNLIKELY if count >= FEW else SELDOM)
