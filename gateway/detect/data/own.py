"""The firm's own data in a mail: rows of registered tables (two fields of one row together) and registered documents.

Two fields make a record where the table says that chance does not make them agree; else a third, or many such rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gateway.detect.data import crossing
from gateway.detect.data.asked import AROUND, BETWEEN, DOWN, PIECE, addresses, ask, grams, windows
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.date import BORN, readings
from gateway.model.content import Table
from gateway.model.finding import Finding, Severity
from gateway.reference import Reference, edm_chance, values, variants

if TYPE_CHECKING:
    from gateway.reference.edm import Index
    from gateway.reference.fingerprint import Common

MOST_GRAMS = 4000
"""Windows that are cut into n-grams; a mail with as many customers is held long before."""
PAGES = "cells of the pages"
"""The table of a PDF. Where no line of it has two cells, they are whole lists, whose lines are read as text."""
LOOKED = 200
"""Rows of a text whose fields are looked up once more, to see whether they stand in one record; all where one of these does not."""
PLACES = 8
"""Places of one row where they are."""


@dataclass(slots=True)
class Met:
    """What a message says of a table: rows of which a key stands in it, birth dates. So many times chance may add another field."""

    rows: dict[int, set[int]] = field(default_factory=dict)          # column of a key -> rows
    dates: set[str] = field(default_factory=set)

    def by_chance(self, table: Index, columns: frozenset[int]) -> float:
        """Records expected that agree in these columns: whose key stands there rightly, with another's fields around it;
        for birth dates, of which a table says nothing by themselves, all rows may have the name beside one."""
        pair = table.both(values.PAIR) if values.PAIR in self.rows else ()
        ways = [len(rows) * table.agree(columns - {column}) for column, rows in self.rows.items() if column in columns]
        if columns.issuperset(pair) and pair:
            ways.append(len(self.dates) * table.chance(columns))
        return edm_chance.NEAR * min(ways, default=0.0)


@dataclass(frozen=True, slots=True)
class _Place:
    value: int                           # 32 bits of its hash
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Values of one row of the table that stand close together."""

    columns: frozenset[int]
    values: frozenset[int]
    start: int                           # the last of them
    end: int


class OwnData:
    """Counts matched rows per table, and what the message has in common with each document."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.rows: dict[str, dict[int, int]] = {t.name: {} for t in reference.tables}     # row -> artifact
        self.likely: dict[str, dict[frozenset[int], dict[int, int]]] = {t.name: {} for t in reference.tables}
        """Columns -> rows that agree in these only, which chance alone may do."""
        self.met: dict[str, Met] = {t.name: Met() for t in reference.tables}
        self.documents: dict[int, Common] = {}                        # over all pages and parts of the message
        self.where: dict[int, tuple[int, int]] = {}                   # document -> prints in, and number of, the artifact
        self.grams = 0

    def read(self, grid: Grid, artifact: int) -> None:
        if grid.source == PAGES and "\t" not in grid.text:
            return
        standard: Grid | None = None
        for table in self.reference.tables:
            if table.standard and standard is None:
                text = variants.standard(grid.text, grid.characters)
                standard = grid if text is grid.text else replace(grid, text=text)
            self._table(standard if standard is not None and table.standard else grid, table, artifact)

    def read_table(self, table: Table, artifact: int) -> None:
        """Its cells as they were registered: the view that numbers are looked for in has other letters."""
        if self.reference.documents:
            self.read_text("\n".join(map("\t".join, table.rows)), artifact)

    def read_text(self, text: str, artifact: int) -> None:
        if not self.reference.documents:
            return
        for number, common in self.reference.documents.common(text).items():
            known = self.documents.get(number)
            self.documents[number] = common if known is None else known | common
            self.where[number] = max(self.where.get(number, (0, artifact)), (len(common.prints), artifact))

    def findings(self) -> Iterator[Finding]:
        for table in self.reference.tables:
            name, rows = table.name, dict(self.rows[table.name])
            for columns, found in self.likely[name].items():
                if not edm_chance.explained(len(found), self.met[name].by_chance(table, columns)):
                    rows = found | rows
            if rows:
                yield Finding(f"EDM-{name}", "data", Severity.MEDIUM, next(iter(rows.values())), (), len(rows), rule=name)
        for number, common in self.documents.items():
            for match in self.reference.documents.judge({number: common}) if self.reference.documents else ():
                evidence = (f"{match.percent} % of the document, longest passage {match.passage} characters",)
                yield Finding(f"FINGERPRINT-{match.name}", "data", Severity.HIGH, self.where[number][1], evidence, match.percent,
                              rule=match.name)

    def _table(self, grid: Grid, table: Index, artifact: int) -> None:
        asked = ask(grid, table)
        met = self.met[table.name]
        met.dates |= asked.dates
        if not asked.hashes:
            return
        hits: dict[int, list[_Place]] = {}                            # row of the table -> where it was hit
        for hit in table.find(asked.hashes):
            met.rows.setdefault(hit.column, set()).add(hit.row)
            hits.setdefault(hit.row, []).append(_Place(asked.hashes[hit.token] >> 32, hit.column, *asked.places[hit.token]))
        found = self.rows[table.name]
        records = {row: columns for row, places in hits.items()
                   if row not in found and len(columns := self._record(grid, table, row, places)) > 1}
        for row in _apart(grid, table, hits, list(records)):
            del records[row]
        for row, columns in records.items():
            if _telling(table, columns):
                found[row] = artifact
            else:
                self.likely[table.name].setdefault(columns, {}).setdefault(row, artifact)

    def _record(self, grid: Grid, table: Index, row: int, places: list[_Place]) -> frozenset[int]:
        """The columns of this row that agree close together: those that chance explains least."""
        def rank(columns: frozenset[int]) -> tuple[bool, float]:
            return len(columns) < 2, table.chance(columns)

        groups = list(_groups(grid, table, places))
        best = min((group.columns for group in groups), key=rank)
        fields = table.fields(row)
        for group in groups:
            if _telling(table, best):
                break
            wanted = {value: column for value, column in fields.items() if value not in group.values}
            agreed = group.columns
            for column in self._confirming(grid, table, wanted, group.start, group.end) if wanted else ():
                agreed |= {column}
                best = min(best, agreed, key=rank)
                if _telling(table, best):
                    break
        return best

    def _confirming(self, grid: Grid, table: Index, wanted: Mapping[int, int], start: int, end: int) -> Iterator[int]:
        """Columns of the wanted values that stand around a key."""
        for window in windows(grid, start, end):
            for match in PIECE.finditer(window):
                for said in (values.normal(match.group()), *addresses(match.group())):
                    if (value := _hash32(table, said)) in wanted:
                        yield wanted[value]
            for born in (b for match in BORN.finditer(window) for b in readings(match)):
                if (value := _hash32(table, born)) in wanted:
                    yield wanted[value]
            if self.grams < MOST_GRAMS:
                self.grams += 1
                yield from (wanted[value] for gram in grams(window) if (value := _hash32(table, gram)) in wanted)


def _apart(grid: Grid, table: Index, hits: Mapping[int, list[_Place]], rows: Sequence[int]) -> set[int]:
    """Those of the rows whose fields stand in different records of a text. A table has rows, which say so themselves."""
    if grid.table or len(rows) < 2:
        return set()
    found = {row: _marks(grid, table, row, hits[row]) for row in rows[:LOOKED]}
    alone = {row: {place.column: (place.start,) for place in hits[row][:PLACES]} for row in hits.keys() - set(rows)}
    refused = crossing.apart(grid.text, found, alone)
    if refused and len(rows) > LOOKED:
        found |= {row: _marks(grid, table, row, hits[row]) for row in rows[LOOKED:]}
        refused = crossing.apart(grid.text, found, alone)
    return refused


def _marks(grid: Grid, table: Index, row: int, places: list[_Place]) -> crossing.Marks:
    """Where each field of the row stands, those that are no keys where they are nearest to a key."""
    marks: dict[int, list[int]] = {}
    fields = table.fields(row)
    for place in places[:PLACES]:
        *_, last = table.both(place.column)
        marks.setdefault(last, []).append(place.start)
        born = {b for match in BORN.finditer(grid.text, place.start, place.end) for b in readings(match)} \
            if place.column == values.PAIR else set()
        wanted = {value: column for value, column in fields.items() if column not in (last, *marks)} if not born else {}
        for start, piece in _pieces(grid.text, place.start, place.end):
            for said in _said(piece):
                if born and any(_hash32(table, values.pair(said, b)) == place.value for b in born):
                    marks.setdefault(table.both(place.column)[0], []).append(start)
                    born = set()
                column = wanted.pop(_hash32(table, said), None) if wanted else None
                if column is not None:
                    marks.setdefault(column, []).append(start)
            if not (born or wanted):
                break
    return {column: tuple(starts) for column, starts in marks.items()}


def _pieces(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """The pieces around a place, the nearest first."""
    begin = max(0, start - AROUND)
    found = [(m.start(), m.group()) for m in BETWEEN.finditer(text, begin, end + AROUND)]
    return sorted(found, key=lambda piece: max(piece[0] - end, start - piece[0] - len(piece[1]), 0))


def _said(piece: str) -> Iterator[str]:
    """What a piece may say of a customer, as the table compares it."""
    yield values.normal(piece)
    yield from addresses(piece)
    for match in BORN.finditer(piece):
        yield from readings(match)
    yield from grams(piece)


def _telling(table: Index, columns: frozenset[int]) -> bool:
    return len(columns) > 1 and table.chance(columns) <= edm_chance.LIMIT


def _groups(grid: Grid, table: Index, places: list[_Place]) -> Iterator[_Group]:
    """What stands together with each place: other values of the row, the last of each before it."""
    seen: dict[int, _Place] = {}
    for place in sorted(places, key=lambda p: p.start):
        seen[place.value] = place
        near = [p for p in seen.values() if p is place or _near(grid, p.start, p.end, place.start, place.end)]
        columns = frozenset(column for p in near for column in table.both(p.column))
        yield _Group(columns, frozenset(p.value for p in near), place.start, place.end)


def _hash32(table: Index, text: str) -> int:
    return table.hash(text) >> 32 if text else -1


def _near(grid: Grid, start: int, end: int, begin: int, stop: int) -> bool:
    row, other = grid.row(start), grid.row(begin)
    if grid.table or grid.tabbed(row):
        return row == other or (abs(row - other) <= DOWN and grid.column(row, start) == grid.column(other, begin))
    return max(start, begin) - min(end, stop) <= AROUND
