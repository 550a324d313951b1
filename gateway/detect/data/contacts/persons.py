"""Who is who: distinct persons over the rows of the whole message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from operator import attrgetter

from gateway.detect.data.contacts.contact_rows import NEAR
from gateway.detect.data.judge import Accepted
from gateway.identifiers.registry import TYPES


class _Sets:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self.parent: dict[tuple[str, str], tuple[str, str]] = {}

    def find(self, item: tuple[str, str]) -> tuple[str, str]:
        parent = self.parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, a: tuple[str, str], b: tuple[str, str]) -> None:
        self.parent[self.find(a)] = self.find(b)

    def count(self) -> int:
        return len({self.find(i) for i in self.parent})


NATIONAL = frozenset({"tw.national_id", "tw.resident_id", "cn.resident_id", "hk.id", "jp.my_number", "kr.rrn", "us.ssn"})
"""Numbers that a country gives a person: those of different countries on different lines belong to different people."""
COUNTRIES = 3
"""Countries whose numbers nobody has."""
BULK = 1000
"""Values of one type from which on a message is bulk: people are then no longer told apart by row, the count is a lower bound."""
COLUMNS = 3
"""Values of one row, from which on they may be those of as many people."""
MANY = 200
"""Rows from which on names no longer tell records apart: the thresholds are far below."""


def persons(accepted: Mapping[str, Accepted], named: Callable[[int, int], str] = lambda grid, row: "",
            apart: Callable[[int, int, list[int]], bool] = lambda grid, row, places: False) -> int:
    """Distinct people with a strong identifier.

    Values of different types in one row belong to one person, as do those of a record written line by line (different
    types on neighbouring lines). Several values of one type in one row are several people, and so are as many national
    numbers of one type, however what stands beside them ties them together. `named` tells the name of a person in a row
    of a grid: two names, two records; `apart` whether each of the values that stand in these places of a row has one of its own.
    """
    strong = {name: values for name, values in accepted.items() if TYPES[name].strong}
    most = max(map(len, strong.values()), default=0)
    if len(strong) == 1 or most >= BULK:
        return most
    sets = _Sets()
    rows: dict[tuple[int, int], dict[str, list[str]]] = {}
    places: dict[tuple[int, int], list[int]] = {}
    for name, values in strong.items():
        for value in values:
            sets.find((name, value))
        for seen in sorted(chain.from_iterable(filter(None, values.values())), key=attrgetter("place")):
            found = rows.setdefault((seen.grid, seen.row), {}).setdefault(name, [])
            if seen.value not in found:
                found.append(seen.value)
                places.setdefault((seen.grid, seen.row), []).append(seen.place)
    for key, types in rows.items():
        abroad = len({name[:2] for name in types if name in NATIONAL}) >= COUNTRIES
        if len(types) > 1 and not abroad and not (len(rows) < MANY and apart(*key, sorted(places[key]))):
            _join_row(types, sets)
    _join_columns(rows, sets)
    _join_records(rows, sets, named if len(rows) < MANY else lambda grid, row: "")
    return max(sets.count(), *(len(values) for name, values in strong.items() if name in NATIONAL), 0)


def _join_row(types: Mapping[str, list[str]], sets: _Sets) -> None:
    most = max(len(v) for v in types.values())
    columns = [[(name, v) for v in values] for name, values in types.items() if len(values) == most]
    for first, *others in zip(*columns, strict=True):
        for other in others:
            sets.join(first, other)
    for name, values in types.items():                    # one account beside two cards: to the first
        if len(values) < most:
            for value in values:
                sets.join((name, value), columns[0][0])


def _join_columns(rows: Mapping[tuple[int, int], Mapping[str, list[str]]], sets: _Sets) -> None:
    """Rows of one type each and as many values, a few lines apart at most: the records of such a table are its columns."""
    last, before = (-1, -NEAR - 1), ("", [""])
    for key in sorted(rows):
        name, values = next(iter(rows[key].items()))
        many = len(rows[key]) == 1 and len(values) >= COLUMNS
        if many and key[0] == last[0] and key[1] - last[1] <= NEAR and len(values) == len(before[1]) and not (
                name == before[0] or {name, before[0]} <= NATIONAL):
            for value, above in zip(values, before[1], strict=True):
                sets.join((name, value), (before[0], above))
        if many:
            last, before = key, (name, values)


def _join_records(rows: Mapping[tuple[int, int], Mapping[str, list[str]]], sets: _Sets, named: Callable[[int, int], str]) -> None:
    """Line-by-line records: single values of types not yet seen in the record, a few lines apart at most."""
    record: dict[str, str] = {}
    who = ""
    last = (-1, -NEAR - 1)
    for key in sorted(rows):
        types = rows[key]
        single = len(types) == 1 and all(len(v) == 1 for v in types.values())
        name, values = next(iter(types.items()))
        near = key[0] == last[0] and key[1] - last[1] <= NEAR
        if not single or not near or name in record or (name in NATIONAL and not NATIONAL.isdisjoint(record)):
            record, who = {}, ""
        if single:
            here = named(*key)
            if here and who and here != who:
                record = {}
            who = here or who
            if record:
                sets.join((name, values[0]), next(iter(record.items())))
            record[name] = values[0]
        last = key
