"""The firm's own data in a mail: rows of registered tables (two fields of one row together) and registered documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.detect.data.layout import Grid
from gateway.identifiers.contact import EMAIL
from gateway.identifiers.date import DATE, canonical
from gateway.identifiers.normalise import compact
from gateway.model.finding import Finding, Severity
from gateway.reference import Reference, values
from gateway.reference.values import PAIR

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
_TELLING = re.compile(r"[\u3400-\u9fff][^\n]{0,60}[0-9]")
AROUND = 160
"""Characters around a key in free text in which the second field is looked for (Symantec: N tokens; here characters)."""
GRAMS = range(2, 7)
MOST_TOKENS = 400_000
MOST_GRAMS = 4000
"""Windows that are cut into n-grams; a mail with as many customers is held long before."""
LEAST_CODE = 5
"""Characters of a code; shorter values are no keys of a table."""
PAIRS_A_ROW = 40


@dataclass(slots=True)
class _Asked:
    """Tokens of one grid on their way to the index."""

    hashes: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)      # start, end in the view

    def add(self, hashed: int, start: int, end: int) -> None:
        if len(self.hashes) < MOST_TOKENS:
            self.hashes.append(hashed)
            self.places.append((start, end))


class OwnData:
    """Counts matched rows per table, and what the message has in common with each document."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.rows: dict[str, dict[int, int]] = {t.name: {} for t in reference.tables}     # row -> artifact
        self.documents: dict[int, Common] = {}                        # over all pages and parts of the message
        self.where: dict[int, tuple[int, int]] = {}                   # document -> prints in, and number of, the artifact
        self.grams = 0

    def read(self, grid: Grid, artifact: int) -> None:
        for table in self.reference.tables:
            self._table(grid, table, artifact)

    def read_text(self, text: str, artifact: int) -> None:
        if not self.reference.documents:
            return
        for number, common in self.reference.documents.common(text).items():
            known = self.documents.get(number)
            self.documents[number] = common if known is None else known | common
            self.where[number] = max(self.where.get(number, (0, artifact)), (len(common.prints), artifact))

    def findings(self) -> Iterator[Finding]:
        for name, rows in self.rows.items():
            if rows:
                yield Finding(f"EDM-{name}", "data", Severity.MEDIUM, next(iter(rows.values())), (), len(rows), rule=name)
        for number, common in self.documents.items():
            for match in self.reference.documents.judge({number: common}) if self.reference.documents else ():
                evidence = (f"{match.percent} % of the document, longest passage {match.passage} characters",)
                yield Finding(f"FINGERPRINT-{match.name}", "data", Severity.HIGH, self.where[number][1], evidence, match.percent,
                              rule=match.name)

    def _table(self, grid: Grid, table: Index, artifact: int) -> None:
        asked = _ask(grid, table)
        if not asked.hashes:
            return
        hits: dict[int, list[tuple[int, int, int]]] = {}              # row of the table -> column, start, end
        for hit in table.find(asked.hashes):
            hits.setdefault(hit.row, []).append((hit.column, *asked.places[hit.token]))
        found = self.rows[table.name]
        for row, places in hits.items():
            if row not in found and self._record(grid, table, row, places):
                found[row] = artifact

    def _record(self, grid: Grid, table: Index, row: int, places: list[tuple[int, int, int]]) -> bool:
        """Two fields of one row of the table close together."""
        if any(column == PAIR for column, _, _ in places):
            return True
        for i, (column, start, end) in enumerate(places):
            for other, begin, stop in places[i + 1:]:
                if other != column and begin != start and _near(grid, start, end, begin, stop):
                    return True
        wanted = table.fields(row)
        return bool(wanted) and any(self._second(grid, table, wanted, start, end) for _, start, end in places)

    def _second(self, grid: Grid, table: Index, wanted: frozenset[int], start: int, end: int) -> bool:
        window = _window(grid, start, end)
        for match in PIECE.finditer(window):
            if _hash32(table, values.normal(match.group())) in wanted:
                return True
        for match in DATE.finditer(window):
            born = canonical(match)
            if born and _hash32(table, born) in wanted:
                return True
        if self.grams >= MOST_GRAMS:
            return False
        self.grams += 1
        return any(_hash32(table, gram) in wanted for gram in _grams(window))


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
        asked.add(hashed(plain.lstrip("0") if plain.isdigit() else plain), start, end)
        if len(plain) != end - start:
            for part in DIGITS.finditer(token):
                asked.add(hashed(part.group().lstrip("0")), start + part.start(), start + part.end())
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
        asked.add(hashed(values.normal(piece)), start, end)
        for match in _PART.finditer(piece) if " " in piece else ():
            if _TELLING.search(match[1]):                 # an address behind a name, with a blank between
                asked.add(hashed(values.normal(match[1])), start + match.start(1), end)
        for more in (1, 2):                               # addresses with a comma inside
            if i + more < len(pieces) and "\n" not in text[end:pieces[i + more][1]] and "\t" not in text[end:pieces[i + more][1]]:
                asked.add(hashed(compact("".join(p[0] for p in pieces[i:i + more + 1]))), start, pieces[i + more][2])
    for match in DATE.finditer(text):
        born = canonical(match)
        if born:
            _ask_pairs(grid, table, asked, born, *match.span())
    return asked


def _ask_pairs(grid: Grid, table: Index, asked: _Asked, born: str, start: int, end: int) -> None:
    """The names near a birth date with it."""
    window = _window(grid, start, end, 60)
    names = dict.fromkeys(compact(m.group()) for m in PIECE.finditer(window))
    for name in list(names)[:PAIRS_A_ROW]:
        if 2 <= len(name) <= 40 and not name.isdigit():
            asked.add(table.hash(values.pair(name, born)), start, end)
    if not grid.table:
        for gram in list(_grams(window))[:PAIRS_A_ROW * 8]:
            asked.add(table.hash(values.pair(gram, born)), start, end)


def _window(grid: Grid, start: int, end: int, around: int = AROUND) -> str:
    """The row of a table; in free text the characters around."""
    row = grid.row(start)
    line = grid.line(row)
    if grid.table or "\t" in line:
        return line
    return grid.text[max(0, start - around):end + around]


def _near(grid: Grid, start: int, end: int, begin: int, stop: int) -> bool:
    row = grid.row(start)
    if grid.table or "\t" in grid.line(row):
        return row == grid.row(begin)
    return max(start, begin) - min(end, stop) <= AROUND


def _grams(window: str) -> Iterator[str]:
    """Runs of 2 to 6 ideographs or kana with spaces taken out, and 2 to 4 neighbouring Latin words."""
    joined = re.sub(r"(?<=[\u3041-\u9fff])[ \u3000](?=[\u3041-\u9fff])", "", window)
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
