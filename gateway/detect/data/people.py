"""Who is who: distinct persons over the rows of the whole message, and contact records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.detect.data.judge import Seen
from gateway.detect.data.layout import Grid
from gateway.identifiers import contact, date
from gateway.identifiers.registry import TYPES

NEAR = 4
"""Lines between two identifiers of one person written below one another."""


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


def persons(accepted: Mapping[str, Mapping[str, list[Seen]]]) -> int:
    """Distinct people with a strong identifier.

    Values of different types in one row belong to one person, as do those of a record written line by line (different
    types on neighbouring lines). Several values of one type in one row are several people.
    """
    sets = _Sets()
    rows: dict[tuple[int, int], dict[str, list[str]]] = {}
    for name, values in accepted.items():
        if not TYPES[name].strong:
            continue
        for value, sightings in values.items():
            sets.find((name, value))
            for seen in sightings:
                found = rows.setdefault((seen.grid, seen.row), {}).setdefault(name, [])
                if value not in found:
                    found.append(value)
    for types in rows.values():
        _join_row(types, sets)
    _join_records(rows, sets)
    return sets.count()


def _join_row(types: Mapping[str, list[str]], sets: _Sets) -> None:
    if len(types) < 2:
        return
    most = max(len(v) for v in types.values())
    columns = [[(name, v) for v in values] for name, values in types.items() if len(values) == most]
    for first, *others in zip(*columns, strict=True):
        for other in others:
            sets.join(first, other)
    for name, values in types.items():                    # one account beside two cards: to the first
        if len(values) < most:
            for value in values:
                sets.join((name, value), columns[0][0])


def _join_records(rows: Mapping[tuple[int, int], Mapping[str, list[str]]], sets: _Sets) -> None:
    """Line-by-line records: single values of types not yet seen in the record, a few lines apart at most."""
    record: dict[str, str] = {}
    last = (-1, -NEAR - 1)
    for key in sorted(rows):
        types = rows[key]
        single = len(types) == 1 and all(len(v) == 1 for v in types.values())
        name, values = next(iter(types.items()))
        if not single or key[0] != last[0] or key[1] - last[1] > NEAR or name in record:
            record = {}
        if single:
            if record:
                sets.join((name, values[0]), next(iter(record.items())))
            record[name] = values[0]
        last = key


@dataclass(slots=True)
class Contacts:
    """Contact records and what they are made of, distinct over the message."""

    records: set[tuple[str, str]] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)   # grid -> artifact, records

    def add(self, kind: str, value: str) -> None:
        if value:
            self.values.setdefault(kind, set()).add(value)


MOST_RECORDS = 2000
"""Contact records that are counted; the count is then a lower bound, forty times the threshold."""
DETAILED = 1000
"""Rows of a text whose addresses and birth dates are counted too."""
MINIMUM_ROWS = 5
"""Texts with fewer lines are not read for contact records: the threshold is far above."""


def read_contacts(grid: Grid, contacts: Contacts) -> int:
    """Adds the grid's contact records, a name with phone, e-mail or address; how many rows had one."""
    if len(grid.starts) < MINIMUM_ROWS or not NAMEISH.search(grid.text):
        return 0
    records = 0
    seen: set[str] = set()
    for row in _rows(grid):
        if len(contacts.records) >= MOST_RECORDS:
            break
        line = grid.line(row)
        if len(line) < 6 or len(line) > 4000 or line in seen:
            continue
        seen.add(line)
        if not NAMEISH.search(line):
            continue
        number, mail = contact.phone(line), contact.email(line)
        place = not (number or mail) and contact.address(line)
        if not (number or mail or place):
            continue
        name = _name(grid, row, line)
        if not name:
            continue
        records += 1
        contacts.records.add((name, number or mail or line[-24:]))
        contacts.add("name", name)
        contacts.add("phone", number)
        contacts.add("email", mail)
        if records <= DETAILED:
            contacts.add("address", line[-24:] if place or contact.address(line) else "")
            contacts.add("birthdate", date.parse(line))
    return records


NAMEISH = re.compile(r"[\u3400-\u9fff々〆ヶ]|[A-Z][a-z'’\-]{1,20} (?:[A-Z]\.? )?[A-Z]")
"""What every name has that contact.person_name knows."""
PHONISH = re.compile(r"(?<![0-9\-])(?!(?:19|20)[0-9]{2}[-.][01]?[0-9][-.])[0-9][0-9 ()\-.]{6,16}[0-9](?![0-9])|@|"
                     r"[路街道巷]|丁目| (?:Street|St|Road|Rd|Ave|Way)")


def _rows(grid: Grid) -> list[int]:
    """Rows that may hold a phone number, a mail address or a street."""
    starts = grid.starts
    found: list[int] = []
    row = -1
    end = -1
    for match in PHONISH.finditer(grid.text):
        at = match.start()
        if at >= end:
            row = grid.row(at)
            end = starts[row + 1] if row + 1 < len(starts) else len(grid.text) + 1
            found.append(row)
    return found if len(found) >= MINIMUM_ROWS else []


_LABELLED = re.compile(r"(?:姓名|戶名|户名|氏名|お名前|名前|(?<![A-Za-z])[Nn]ame|Cardholder|聯絡人|联系人)"
                       r"[ ]?[:=\t ][ ]?([^\t,、;|:\n]{2,40})")
_SPLIT = re.compile(r"[\t,、;|/()<>\"]+|: |:| {2,}")


_FIRST = re.compile(
    r"\s*(?:[0-9]{1,4}[.)、]?\s*)?"
    r"(?:([\u3400-\u9fff]{1,4} [\u3400-\u9fff\u3041-\u30fa]{1,5}(?= [0-9(+])|[\u3400-\u9fff]{2,4}(?= ))"
    r"|([A-Z][^\t\n0-9(+]{3,38}[a-z.]) (?=[0-9(+]))")
"""A name that blanks part from the rest of its line."""


def _name(grid: Grid, row: int, line: str) -> str:
    cells = line.split("\t") if "\t" in line else None
    if cells and grid.headings:
        for column, cell in enumerate(cells):
            kinds = grid.heading(row, column)
            if "name" in kinds and "company" not in kinds and contact.person_name(cell, headed=True):
                return cell.strip()
            if "company" in kinds and cell.strip():
                return ""
    found = _LABELLED.search(line)
    if found and contact.person_name(found[1], headed=True):
        return found[1].strip()
    if contact.company(line):
        return ""
    pieces: Iterable[str] = cells if cells and len(cells) > 1 else _SPLIT.split(line)
    for piece in list(pieces)[:12]:
        if contact.person_name(piece):
            return piece.strip()
        first = _FIRST.match(piece)
        if first is not None and contact.person_name(first[1] or first[2]):
            return str(first[1] or first[2])
    return ""
