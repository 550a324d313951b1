"""Chance or customer data: the share of one column's tokens that pass the check digit decides.

Random numbers pass one time in ten or eleven; a column of customers passes every time. A label is needed only where a type
has no check digit, or where a group is too small to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, pairwise
from math import comb
from typing import NamedTuple

from gateway.detect.data.numbers.tokens import Token
from gateway.identifiers import payment, sieves
from gateway.identifiers.registry import SHAPES, TYPES, IdentifierType
from gateway.identifiers.sieves import Columns

CHANCE = 1.05e-4
"""A group without label counts where random values would look as good less often than this."""
CHANCE_BESIDE_PERSON = 1.2e-3
"""The same where names, birth dates, phones or addresses stand in the rows and every value passes."""
RATE = 0.5
RATE_LABELLED = 0.3
RATE_APART = 0.9
PLACED = 1500
"""Sightings of one group that are kept."""
PLACED_OF_MANY = 64
"""The same where there are more values than that: people are then counted by values (persons.BULK), evidence shows a few."""
KNOWN = 3
"""Values of a type accepted elsewhere in the message, from which on small groups of it are taken too."""
ONE_WRITING = {"LD6P": "LD7", "LLD6P": "LD7", "LLD7": "LD7"}
TAIWANESE = {"LD9": "tw.national_id", "LLD8": "tw.resident_id"}
"""Shapes of Taiwanese numbers, new and old, which one list mixes."""
KNOWS_TWO = 2
"""Values of a type accepted elsewhere, each of which makes another one ten times as likely; no more than so many count."""
IN_COMPANY = 0.05
"""Odds of a type that few values in a column of other people's numbers may be of."""
NEGATIVE = frozenset({"serial", "phone", "company", "email"})
NEARBY = frozenset({"phone", "email"})
"""Labels that stand near identifiers of the same person; they speak against numbers that may be telephone numbers only."""
AS_PHONES = frozenset({"D10", "D11", "D12", "D13"})
NEGATIVE_CHANCE = 1e-6


@lru_cache(maxsize=4096)
def tail(n: int, p: int, chance: float) -> float:
    """Probability of at least p passes among n random values."""
    if n > 60:                                            # beyond doubt either way; keeps the sum short
        n, p = 60, min(60, round(p * 60 / n))
    return sum(comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(p, n + 1))


class Seen(NamedTuple):
    """One sighting of a value. Made by the thousand: a tuple is quicker to make than a frozen dataclass."""

    value: str
    grid: int
    row: int
    artifact: int
    place: int                           # in the original text
    source: str


Accepted = dict[str, list[Seen] | None]
"""The values of a type; of some where they were seen, in the order of the message."""
SETTLED = 10_000
"""Values of a group from which on it is judged before the others."""
SINGLE = 300_000
"""Numbers of one message that are looked at one by one: in groups, or near a label that does not speak for their whole column."""
LOOKED = 16
"""Tokens of a group whose rows are looked at for a person: more need no such support."""


@dataclass(slots=True)
class Group:
    """All tokens of one shape in one column (or under one label, or free in one text)."""

    shape: str
    label: frozenset[str]
    artifact: int = 0
    place: object = None                 # the column, or what else tokens of several shapes may share
    apart: bool = False                  # what fails here says nothing of other groups: a serial that is as long as three numbers
    pieces: bool = False                 # put together from cells: what else the message has makes such a number no likelier
    grouped: bool = True                 # every token was written in groups
    looked: int = 0                      # tokens whose rows were looked at
    beside_person: int = 0               # those of them with a person's data in their row
    values: dict[str, None] = field(default_factory=dict)             # distinct, in the order of the message
    seen: list[Seen] = field(default_factory=list)
    many: list[tuple[list[str], Callable[[int], Seen]]] = field(default_factory=list)
    settled: list[_Case] | None = None   # what it was tried as, once there is nothing to come

    def add(self, token: Token, seen: Seen) -> None:
        self.grouped = self.grouped and token.grouped
        self.values[token.value] = None
        self.seen.append(seen)

    def add_many(self, values: list[str], seen: Callable[[int], Seen], grouped: bool = False) -> None:
        """Tokens that are all written in groups or without; `seen` tells of the one with an index, for those that are accepted."""
        self.grouped = self.grouped and grouped
        if self.values:
            self.values.update(dict.fromkeys(values))
        else:
            self.values = dict.fromkeys(values)
        self.many.append((values, seen))

    def look(self, beside_person: bool) -> None:
        self.looked += 1
        self.beside_person += beside_person

    def sightings(self, wanted: Mapping[str, str]) -> Iterator[Seen]:
        for one in self.seen:
            if one.value in wanted:
                yield one
        for values, seen in self.many:
            for i, value in enumerate(values):
                if value in wanted:
                    yield seen(i)


def passing(kind: IdentifierType, values: Collection[str], label: frozenset[str] = frozenset(),
            columns: Columns | None = None) -> list[str]:
    """The values that are of a type; `columns` are the same ones where they are many."""
    if kind.own_label is not None and kind.name in label:
        return list(filter(kind.own_label, values))
    return list(filter(kind.check, values)) if columns is None else columns.passing(kind.name, kind.check)


@dataclass(frozen=True, slots=True)
class _Case:
    """One group tried as one family of types."""

    group: Group
    types: tuple[IdentifierType, ...]
    passed: dict[str, str]               # value -> type name
    n: int
    compared: int                        # values that the chance is computed over
    labelled: bool


def _cases(group: Group) -> list[_Case]:
    cases = []
    values = group.values
    columns = Columns(values) if len(values) >= sieves.LEAST else None
    for family in _families(group.shape):
        types = tuple(TYPES[name] for name in family)
        labelled = any(t.labels & group.label for t in types)
        types = tuple(t for t in types if not t.labelled or t.labels & group.label)
        if not types or (group.shape == "PAN" and family == ("cn.resident_id",) and not labelled):
            continue
        passed: dict[str, str] = {}
        for kind in types:
            found = passing(kind, values, group.label, columns)
            if not passed:
                passed = dict.fromkeys(found, kind.name)
            else:
                for value in found:
                    passed.setdefault(value, kind.name)
        cases.append(_Case(group, types, passed, len(values), _compared(types[0], values, columns), labelled))
    return cases


def settle(group: Group) -> None:
    """A group of many to which nothing is added any more. Where no type is possible its values are given back: serials by the
    million would be kept to the end of the message for nothing but their number."""
    if len(group.values) < SETTLED:
        return
    group.settled = _cases(group)
    if all(_accepted(case) is False for case in group.settled):
        group.settled = [replace(case, passed={}) for case in group.settled]
        group.values, group.seen, group.many = {}, [], []


def _compared(kind: IdentifierType, values: Collection[str], columns: Columns | None) -> int:
    """Values that could be of the type but for their check digit."""
    if kind.plausible is None:
        return len(values)
    if columns is not None and kind.plausible is payment.issued:
        return columns.issued()
    return sum(map(kind.plausible, values))


_WRITTEN: dict[str, tuple[str, ...]] = {"IBAN": ("iban",), "BIC": ("swift",), "USCC": ("cn.uscc",)}


@lru_cache(maxsize=64)
def _families(shape: str) -> tuple[tuple[str, ...], ...]:
    """Types of a shape that one column may mix: the two Taiwanese ones."""
    names = SHAPES.get(shape) or _WRITTEN.get(shape, ())
    if shape == "LD9":
        return (names,)
    return tuple((name,) for name in names)


STEM = {"jp.driver_licence": 11}
"""Characters that a check digit speaks for, where others follow: numbers one after the other share them, and all pass or none."""


def _chance(case: _Case) -> float:
    stem = STEM.get(case.types[0].name)
    if stem is None:
        return tail(case.compared, len(case.passed), _odds(case))
    return tail(len({v[:stem] for v in case.group.values}), _passed(case), _odds(case))


def _passed(case: _Case) -> int:
    """Values that passed, those with one stem as one."""
    stem = STEM.get(case.types[0].name)
    return len(case.passed) if stem is None else len({v[:stem] for v in case.passed})


def _among(case: _Case) -> float:
    """The chance once more, among values that look right but for the check digit: serials that begin with a place and a date."""
    among = case.types[0].among
    assert among is not None
    return tail(max(sum(map(among, case.group.values)), len(case.passed)), len(case.passed), 1 / 11)


def _odds(case: _Case) -> float:
    odds = max(t.chance for t in case.types)
    if case.group.shape == "LLD8":
        odds = 0.1                                        # two letters and eight digits are also a Taiwanese invoice number
    if case.group.shape.endswith("P"):
        odds /= 8                                         # the parentheses are half the proof
    return odds / 3 if case.group.grouped and not case.types[0].labelled else odds


def _accepted(case: _Case) -> bool | None:
    """True, False, or None: too few to tell."""
    p = len(case.passed)
    if not p:
        return False
    rate = p / case.n
    if case.labelled:
        return rate >= RATE_LABELLED
    if rate < (RATE_APART if case.group.apart else RATE):
        return False
    chance = _chance(case)
    against = case.group.label & NEGATIVE
    if against and (against - NEARBY or case.group.shape in AS_PHONES):
        return rate >= 0.9 and chance <= (CHANCE if p == case.n and _beside(case) else NEGATIVE_CHANCE)
    if not case.group.label.isdisjoint(TYPES):            # it is called something else
        return True if rate >= 0.9 and chance <= CHANCE / 10 else None if p == case.n else False
    if chance <= CHANCE and (p == case.n or case.types[0].among is None or _among(case) <= CHANCE):
        return True
    if p == case.n and _beside(case) and chance <= CHANCE_BESIDE_PERSON:
        return True
    return None


def judge(groups: Iterable[Group]) -> dict[str, Accepted]:
    """The values accepted, by name of type. Once for each group: of those that are settled nothing may be left afterwards."""
    accepted: dict[str, Accepted] = {}
    doubtful: dict[tuple[str, str], list[_Case]] = {}
    refused: dict[tuple[str, str], int] = {}              # type and shape -> values
    companies: dict[object, int] = {}                     # columns -> values of people, none in doubt
    for group in groups:
        best: _Case | None = None
        open_cases: list[_Case] = []
        tried, group.settled = group.settled, None        # cases know their group: kept, they would keep each other and the text
        for case in _cases(group) if tried is None else tried:
            answer = _accepted(case)
            key = _kind(case)
            if answer:
                if best is None or _rank(case) > _rank(best):
                    best = case
            elif answer is None:
                open_cases.append(case)
            elif not group.apart and group.label.isdisjoint(NEGATIVE):
                refused[key] = refused.get(key, 0) + case.compared
        if best is not None:
            _take(best, accepted)
            if len(best.passed) == best.n:
                companies[group.place] = companies.get(group.place, 0) + best.n
        else:
            for case in open_cases:
                doubtful.setdefault(_kind(case), []).append(case)
    for key, cases in doubtful.items():
        for case in [case for case in cases if _in_company(case, companies)]:
            cases.remove(case)
            _take(case, accepted)
        for pieces in (False, True):
            those = [case for case in cases if case.group.pieces is pieces]
            known = 0 if pieces else max((len(accepted.get(kind.name, ())) for case in those for kind in case.types), default=0)
            if those and _together(those, refused.get(key, 0), known):
                for case in those:
                    _take(case, accepted)
    _take_back_beginnings(accepted)
    _take_back_former(accepted)
    return accepted


def _take_back_former(accepted: dict[str, Accepted]) -> None:
    """Of Chinese numbers of people whose new one stands beside it, the former one of fifteen digits goes."""
    numbers = accepted.get("cn.resident_id", {})
    former = [value for value in numbers if len(value) == 15]
    if former:
        now = {value[:6] + value[8:17] for value in numbers if len(value) == 18}
        for value in now.intersection(former):
            del numbers[value]


def _take_back_beginnings(accepted: dict[str, Accepted]) -> None:
    """Of accounts that were found whole in one reading and up to a blank in another only the whole ones stay."""
    accounts = accepted.get("tw.bank_account")
    if accounts is None or not 1 < len(accounts) <= SETTLED:
        return
    for one, next_one in pairwise(sorted(accounts)):
        if len(one) >= LONG_BEGINNING and next_one.startswith(one):
            del accounts[one]


LONG_BEGINNING = 10
"""Digits that no two accounts have in common at their beginning."""


def _in_company(case: _Case, companies: Mapping[object, int]) -> bool:
    """A few numbers of one country in a column of people's numbers of another, all of them right."""
    return (case.group.place is not None and len(case.passed) == case.n <= companies.get(case.group.place, 0)
            and _odds(case) <= IN_COMPANY)


def _kind(case: _Case) -> tuple[str, str]:
    """What small groups are put together by: the type, and the shape but for how a check character is written."""
    if case.group.shape in TAIWANESE and case.types[0].name in TAIWANESE.values():
        return "tw.national_id", "LD9"                    # of one person it is the one or the other
    return case.types[0].name, ONE_WRITING.get(case.group.shape, case.group.shape)


def _together(cases: list[_Case], refused: int, known: int) -> bool:
    """Whether groups too small to tell count as one: beyond chance together, or more of what was found elsewhere."""
    passed = {v for c in cases for v in c.passed}
    values = {v for c in cases for v in c.group.values}
    n = len(values) + refused            # a value that stands in two places is one value
    if known >= KNOWN and (not refused or (refused <= known and len(passed) == len(values))):
        return True
    if len(passed) < RATE * n:
        return False
    if len(passed) == n:
        limit = (CHANCE_BESIDE_PERSON if all(map(_beside, cases)) else CHANCE) * 10 ** min(known, KNOWS_TWO)
        return bool(_chance_of_all(cases) <= limit)
    odds_of_all = 1 / 11 if cases[0].types[0].among else max(_odds(c) for c in cases)
    return tail(n, len(passed), odds_of_all) <= CHANCE


def _chance_of_all(cases: list[_Case]) -> float:
    """The probability that every value of several groups passes; one that several of them have counts once."""
    chance, counted = 1.0, set[str]()
    for case in cases:
        stems = {v[:STEM.get(case.types[0].name)] for v in case.passed} - counted
        counted |= stems
        chance *= _odds(case) ** len(stems)
    return chance


def _beside(case: _Case) -> bool:
    """Names, birth dates, phones or addresses stand in half of the rows or more."""
    return case.group.looked > 0 and case.group.beside_person * 2 >= case.group.looked


def _rank(case: _Case) -> tuple[bool, float, float]:
    return case.labelled, len(case.passed) / case.n, -_chance(case)


def _take(case: _Case, accepted: dict[str, Accepted]) -> None:
    passed = case.passed
    many = len(passed) >= PLACED
    if many:                                              # so many need no place each
        names = dict.fromkeys(passed.values())
        for name in names:
            values = passed if len(names) == 1 else [value for value, kind in passed.items() if kind == name]
            known = accepted.get(name)
            accepted[name] = known | dict.fromkeys([v for v in values if v not in known]) if known else dict.fromkeys(values)
    for seen in islice(case.group.sightings(passed), PLACED_OF_MANY if many else PLACED):
        found = accepted.setdefault(passed[seen.value], {})
        sightings = found.get(seen.value)
        if sightings is None:
            found[seen.value] = [seen]
        else:
            sightings.append(seen)
