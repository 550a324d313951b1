"""Fields of a registered row that agree close together and yet stand in different records of a text: a list in which each name
has the number of the next customer beside it. No two fields of one customer stand together there.

A text is cut into records in several ways: lines, blocks, items with what is indented below them, objects. Where a record has
one field of one customer and another field of another one, and neither has a second one there, these records do not lend
each other their fields. A record over several lines has fields of one customer only, a wrapped list has whole records too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

Marks = Mapping[int, tuple[int, ...]]
"""Column -> where the field was found, in characters of the text."""
Records = Mapping[int, frozenset[int]]
"""Record -> the columns found in it."""

LINES = re.compile(r"\n")
BLOCKS = re.compile(r"\n(?=[^\S\n]{0,80}\n|BEGIN:)")
ITEMS = re.compile(r"\n(?=[^\s\]})])")
OBJECTS = re.compile(r"[}\])]\s{0,40},?\s{0,40}(?=[{\[(])|/>|</[^<>]{1,60}>(?=\s{0,40}</)")
FIELD = re.compile(r"[ \t]*\"?([^\W\d][^\n:=]{0,30}?)\"?[ ]?[:=]")
WAYS = (LINES, BLOCKS, ITEMS, OBJECTS)
BESIDE = 2
"""Records up and down of one that holds a whole customer: the text is wrapped, or its records are of different forms."""
AROUND = 8
"""Records up and down of one that mixes customers which belong to the same list."""
LEAST = 3
"""Rows whose records have keys of customers of whom the text says nothing else, from which on these say that it is a list."""


def apart(text: str, found: Mapping[int, Marks], alone: Mapping[int, Marks]) -> set[int]:
    """The rows whose fields stand in different records of a list; `alone` are rows of which one field was found."""
    refused: set[int] = set()
    for starts in _ways(text):
        records = {row: _records(marks, starts) for row, marks in found.items()}
        refused |= _apart(records, [_records(marks, starts) for marks in alone.values()])
    return refused


def _ways(text: str) -> Iterator[Sequence[int]]:
    """Where the records of each way begin, of those ways that the text has."""
    for way in WAYS:
        starts = [match.end() for match in way.finditer(text)]
        if starts:
            yield starts
    if starts := _labelled(text):
        yield starts


def _labelled(text: str) -> list[int]:
    """Where the first label of a text comes again of which each line is a labelled field: `name: …`, `account: …`."""
    begins = [0, *(match.end() for match in LINES.finditer(text))]
    labels = [(begin, found[1] if (found := FIELD.match(text, begin)) else "") for begin in begins if text[begin:begin + 1].strip()]
    if len(labels) < 2 or not all(label for _, label in labels):
        return []
    return [begin for begin, label in labels[1:] if label == labels[0][1]]


def _records(marks: Marks, starts: Sequence[int]) -> Records:
    records: dict[int, set[int]] = {}
    for column, places in marks.items():
        for place in places:
            records.setdefault(bisect_right(starts, place), set()).add(column)
    return {record: frozenset(columns) for record, columns in records.items()}


def _apart(found: Mapping[int, Records], alone: Iterable[Records]) -> set[int]:
    crossing = {row: records for row, records in found.items() if all(len(columns) < 2 for columns in records.values())}
    if not crossing:
        return set()
    own = {record + by for row, records in found.items() if row not in crossing
           for record, columns in records.items() if len(columns) > 1 for by in range(-BESIDE, BESIDE + 1)}
    mixed = _mixed(crossing.values(), own)
    others: dict[int, frozenset[int]] = {}
    for record, columns in (item for records in alone for item in records.items() if item[0] not in own):
        others[record] = others.get(record, columns) | columns
    strangers = [{record for record, columns in records.items() if record in others and columns.isdisjoint(others[record])}
                 for records in crossing.values()]
    if sum(map(bool, strangers)) >= LEAST:
        mixed = mixed.union(*strangers)
    near = {record + by for record in mixed for by in range(-AROUND, AROUND + 1)}
    return {row for row, records in crossing.items() if not near.isdisjoint(records) and own.isdisjoint(records)}


def _mixed(crossing: Iterable[Records], own: set[int]) -> set[int]:
    """The records that have different fields of two customers."""
    brought: dict[int, list[frozenset[int]]] = {}
    for records in crossing:
        for record, columns in records.items():
            if record not in own:
                brought.setdefault(record, []).append(columns)
    return {record for record, customers in brought.items()
            if any(customers[0].isdisjoint(columns) for columns in customers[1:])}
