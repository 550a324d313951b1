"""The firm's own data in a mail: rows of registered tables (two fields of one row together) and registered documents.

Two fields make a record where the table says that chance does not make them agree; else a third, or many such rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from gateway.detect.data import crossing
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.contact import EMAIL
from gateway.identifiers.date import BORN, readings
from gateway.identifiers.normalise import compact
from gateway.model.content import Table
from gateway.model.finding import Finding, Severity
from gateway.reference import Reference, edm_chance, values, variants

if TYPE_CHECKING:
    from gateway.reference.edm import Index
    from gateway.reference.fingerprint import Common

TOKEN = re.compile(r"\+?[0-9](?:[ \-().]{0,2}[0-9]){4,30}|[0-9A-Za-z]{5,32}")
CODE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,6}(?:[-_/.#]?[0-9A-Za-z]{1,12}){1,5}(?:\([0-9A-Z]\))?")
"""Codes with letters before, parted or not: KX-71900, A123-456-789, A123456(7)."""
DIGITS = re.compile(r"[0-9]{5,}")
PIECE = re.compile(r"[^\t\n,;:。、]{2,120}")
WORDS = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3々]+|[A-Za-z][A-Za-z'.\-]*")
_PART = re.compile(r" (?=([^\t\n]{6,100}))")
_TELLING = re.compile(r"[\u3400-\u9fff][^\n]{0,60}[0-9一二三四五六七八九]")
_STREET = re.compile(
    r"[路街道段巷弄村里鄰町目區区市郡縣県府都室號号][^\n]{0,30}?[0-9一二三四五六七八九]|[\u3400-\u9fff][0-9]{1,4}-[0-9]")
_PLACE = re.compile(r"[\u3400-\u9fff]{2,3}[縣市都府県省道][^\n]{2,80}[0-9](?:[号號]室|[號号樓楼室Ff])?")
"""An address among other words, which begins two or three characters before what it lies in."""
_READING = re.compile(r"\([\u3041-\u30ff .-]{1,20}\)")
"""How a name is read, behind it or behind each half of it."""
_BEHIND = re.compile(r" +(?=\+?\(?[0-9][0-9() \-]{4,})")
"""What parts an address from a number behind it. Both are an address: some end in their post code."""
CUTS = 3
AROUND = 160
"""Characters around a key in free text in which the second field is looked for (Symantec: N tokens; here characters)."""
GRAMS = range(2, 7)
DOWN = 8
"""Rows up and down a column in which the second field is looked for: tables that run downwards have few rows to a record."""
SMALL = 64
"""Rows of a table up to which birth dates are paired with names of their column too."""
MOST_TOKENS = 400_000
MOST_GRAMS = 4000
"""Windows that are cut into n-grams; a mail with as many customers is held long before."""
LEAST_CODE = 5
"""Characters of a code; shorter values are no keys of a table."""
PAIRS_A_ROW = 40
PAGES = "cells of the pages"
"""The table of a PDF. Where no line of it has two cells, they are whole lists, whose lines are read as text."""
LOOKED = 200
"""Rows of a text whose fields are looked up once more, to see whether they stand in one record; all where one of these does not."""
PLACES = 8
"""Places of one row where they are."""
BETWEEN = re.compile(r"[^\t\n,;:。、<>{}\[\]\"|]{2,120}")
"""A piece in which a field may be, more finely parted than for the look-up."""


@dataclass(slots=True)
class _Asked:
    """Tokens of one grid on their way to the index."""

    hashes: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)      # start, end in the view

    def add(self, hashed: int, start: int, end: int) -> None:
        if len(self.hashes) < MOST_TOKENS:
            self.hashes.append(hashed)
            self.places.append((start, end))


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
        self.asked = dict.fromkeys(self.rows, 0)
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
                if not edm_chance.explained(len(found), self.asked[name] * table.chance(columns)):
                    rows = found | rows
            if rows:
                yield Finding(f"EDM-{name}", "data", Severity.MEDIUM, next(iter(rows.values())), (), len(rows), rule=name)
        for number, common in self.documents.items():
            for match in self.reference.documents.judge({number: common}) if self.reference.documents else ():
                evidence = (f"{match.percent} % of the document, longest passage {match.passage} characters",)
                yield Finding(f"FINGERPRINT-{match.name}", "data", Severity.HIGH, self.where[number][1], evidence, match.percent,
                              rule=match.name)

    def _table(self, grid: Grid, table: Index, artifact: int) -> None:
        asked = _ask(grid, table)
        self.asked[table.name] += len(asked.hashes)
        if not asked.hashes:
            return
        hits: dict[int, list[_Place]] = {}                            # row of the table -> where it was hit
        for hit in table.find(asked.hashes):
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
        for window in _windows(grid, start, end):
            for match in PIECE.finditer(window):
                for said in (values.normal(match.group()), *_addresses(match.group())):
                    if (value := _hash32(table, said)) in wanted:
                        yield wanted[value]
            for born in (b for match in BORN.finditer(window) for b in readings(match)):
                if (value := _hash32(table, born)) in wanted:
                    yield wanted[value]
            if self.grams < MOST_GRAMS:
                self.grams += 1
                yield from (wanted[value] for gram in _grams(window) if (value := _hash32(table, gram)) in wanted)


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
    yield from _addresses(piece)
    for match in BORN.finditer(piece):
        yield from readings(match)
    yield from _grams(piece)


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


def _ask(grid: Grid, table: Index) -> _Asked:
    """Every token of the text that could be a key: numbers, codes, addresses, mail addresses, names with birth dates."""
    asked = _Asked()
    text = grid.text
    hashed = table.hash
    for match in TOKEN.finditer(text):
        token, (start, end) = match.group(), match.span()
        if token[0] == "+":
            asked.add(hashed(values.national("".join(filter(str.isdigit, token)))), start, end)
        plain = "".join(filter(str.isalnum, token)).upper()
        bare = plain.lstrip("0")
        asked.add(hashed(bare if plain.isdigit() else plain), start, end)
        if 10 <= len(bare) <= 15 and bare.startswith(values.COUNTRY_CODES) and plain.isdigit():
            asked.add(hashed(values.national(bare)), start, end)            # 886912345678, 0086-138…
        if len(plain) != end - start:
            runs = list(DIGITS.finditer(token))
            for part in runs:
                asked.add(hashed(part.group().lstrip("0")), start + part.start(), start + part.end())
            for before, after in pairwise((0, *(at for run in runs for at in run.span()), end - start)) if runs else ():
                rest = "".join(filter(str.isdigit, token[before:after]))
                if len(rest) >= LEAST_CODE and not token[before:after].isdigit():     # a number in groups beside one without
                    asked.add(hashed(rest.lstrip("0")), start + before, start + after)
    for match in CODE.finditer(text):
        parts = values.WORD.findall(match.group())
        for first in range(len(parts) - 1):               # `No.KX-71900` too
            plain = "".join(parts[first:]).upper()
            if len(plain) >= LEAST_CODE and any(map(str.isdigit, plain)):
                asked.add(hashed(plain), *match.span())
    for match in EMAIL.finditer(text) if "@" in text else ():
        asked.add(hashed(match.group().lower()), *match.span())
    pieces = [(m.group(), *m.span()) for m in PIECE.finditer(text)]
    for i, (piece, start, end) in enumerate(pieces):
        asked.add(hashed(values.normal(piece) if piece.isascii() else compact(piece)), start, end)      # all of it is a view
        for address in _addresses(piece):
            asked.add(hashed(address), start, end)
        for match in _PART.finditer(piece) if " " in piece else ():
            if _TELLING.search(match[1]):                 # an address behind a name, with a blank between
                asked.add(hashed(values.address_of(match[1])), start + match.start(1), end)
        for more in (1, 2):                               # addresses with a comma inside
            if i + more < len(pieces) and "\n" not in text[end:pieces[i + more][1]] and "\t" not in text[end:pieces[i + more][1]]:
                asked.add(hashed(compact("".join(p[0] for p in pieces[i:i + more + 1]))), start, pieces[i + more][2])
    for match in BORN.finditer(text):
        for born in readings(match):
            _ask_pairs(grid, table, asked, born, *match.span())
    return asked


def _addresses(piece: str) -> Iterator[str]:
    """A piece as an address, and the addresses in it among other words."""
    if not _STREET.search(piece):
        return
    for end in (len(piece), *(m.start() for m in islice(_BEHIND.finditer(piece), CUTS))):
        said = piece[:end]
        yield values.address_of(said)
        match = _PLACE.search(said)
        if match is not None and len(match[0]) < len(said):
            yield values.address_of(match[0])
            if match.start():
                yield values.address_of(match[0][1:])


def _ask_pairs(grid: Grid, table: Index, asked: _Asked, born: str, start: int, end: int) -> None:
    """The names near a birth date with it."""
    for window in _windows(grid, start, end, 60, DOWN if len(grid.starts) <= SMALL else 0):
        cells = map(compact, window.split("\t")) if grid.table else ()
        names = dict.fromkeys((*(compact(m.group()) for m in PIECE.finditer(window)),
                               *map("".join, pairwise(cells))))             # surname and given name in cells of their own
        for name in list(names)[:PAIRS_A_ROW]:
            if 2 <= len(name) <= 40 and not name.isdigit():
                asked.add(table.hash(values.pair(name, born)), start, end)
        if not grid.table:
            for gram in list(_grams(window))[:PAIRS_A_ROW * 8]:
                asked.add(table.hash(values.pair(gram, born)), start, end)


def _windows(grid: Grid, start: int, end: int, around: int = AROUND, down: int = DOWN) -> Iterator[str]:
    """The row of a table, and the column some rows up and down; in free text the characters around."""
    row = grid.row(start)
    if not (grid.table or grid.tabbed(row)):
        yield grid.text[max(0, start - around):end + around]
        return
    yield grid.line(row)
    if down and len(grid.starts) > 1:
        yield grid.beside(row, grid.column(row, start), down)


def _near(grid: Grid, start: int, end: int, begin: int, stop: int) -> bool:
    row, other = grid.row(start), grid.row(begin)
    if grid.table or grid.tabbed(row):
        return row == other or (abs(row - other) <= DOWN and grid.column(row, start) == grid.column(other, begin))
    return max(start, begin) - min(end, stop) <= AROUND


def _grams(window: str) -> Iterator[str]:
    """Runs of 2 to 6 ideographs or kana with spaces taken out, and 2 to 4 neighbouring Latin words."""
    window = _READING.sub("", window) if "(" in window else window
    joined = re.sub(r"(?<=[\u3041-\u9fff])[ \u3000\t](?=[\u3041-\u9fff])", "", window)
    latin: list[str] = []
    for match in WORDS.finditer(joined):
        word = match.group()
        if word[0] < "\u3000":
            latin.append(compact(word))
            continue
        for size in GRAMS:
            for i in range(len(word) - size + 1):
                yield word[i:i + size]
    for size in (2, 3, 4):
        for i in range(len(latin) - size + 1):
            yield "".join(latin[i:i + size])
