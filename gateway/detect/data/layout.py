"""Where a value stands: its line, its column, the heading over it, the label before it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from gateway.identifiers.normalise import View, view
from gateway.identifiers.terms import NONE, WINDOW, Labels
from gateway.model.content import Table, Text

DELIMITERS = "|;,^~"
FIELD_MARKS = str.maketrans({1: "\t", 7: "\t", 28: "\t", 29: "\t", 30: "\n", 31: "\t"})
"""Control characters that programs put between fields and records (ASCII's own separators; Hive's ^A)."""
FIELD_MARK = re.compile("[\x01\x07\x1c-\x1f]")
SPACED_ROWS = 400
SPACED = re.compile(r"^[^\n\t0-9 ]{1,40} [^\n\t0-9]{1,80}$(?=\n\s{0,8}[^\n]{0,200}?[0-9]{4})", re.M)
"""A line without digits over one with them."""
HEADING_ROWS = 8
"""Rows at the top of a table that may be its heading (title lines stand above it)."""


@dataclass(slots=True)
class Grid:
    """A text as lines of tab-separated cells; a text without columns has one cell a line."""

    id: int                              # one number a text or table of the message
    source: str
    view: View
    text: str
    starts: list[int]
    table: bool                          # cells came as cells
    headings: list[tuple[int, list[frozenset[str]]]] = field(default_factory=list)   # first row they hold for, kinds
    spaced: list[tuple[int, list[frozenset[str]]]] = field(default_factory=list)     # headings of columns that blanks part

    def row(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def line(self, row: int) -> str:
        end = self.starts[row + 1] - 1 if row + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[row]:end]

    def column(self, row: int, offset: int) -> int:
        return self.text.count("\t", self.starts[row], offset)

    def heading(self, row: int, column: int) -> frozenset[str]:
        """Kinds of the column's heading, from the nearest heading row above."""
        i = bisect_right(self.headings, row, key=lambda h: h[0]) - 1
        if i < 0:
            return NONE
        kinds = self.headings[i][1]
        return kinds[column] if column < len(kinds) else NONE


def from_text(id: int, text: Text, labels: Labels) -> Grid:
    """Lines with the same number of delimiters one after the other become rows of cells."""
    seen = view(text.content.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _tabulate(seen.text)
    return _grid(id, text.source, seen, plain, False, labels)


def from_table(id: int, table: Table, labels: Labels) -> Grid:
    rows = ("\t".join(_flat(c) for c in row) for row in table.rows)
    seen = view("\n".join(rows))
    return _grid(id, table.source, seen, seen.text, True, labels)


def _flat(cell: str) -> str:
    return cell.translate(_GAPS) if ("\n" in cell or "\t" in cell or "\r" in cell) else cell


_GAPS = str.maketrans("\n\t\r", "   ")


def _grid(id: int, source: str, seen: View, text: str, table: bool, labels: Labels) -> Grid:
    lines = text.split("\n")
    starts = [0, *(length + number for number, length in enumerate(accumulate(map(len, lines[:-1])), 1))]
    grid = Grid(id, source, seen, text, starts, table)
    if "\t" in text:
        grid.headings = _headings(lines, labels)
    if not table:
        grid.spaced = _spaced(grid, labels)
    return grid


def _tabulate(text: str) -> str:
    """Delimiters of rows of equal width become tabs, one character for one."""
    if FIELD_MARK.search(text):
        text = text.translate(FIELD_MARKS)
    if not any(d in text for d in DELIMITERS):
        return text
    lines = text.split("\n")
    changed = False
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        counts = [0 if "\t" in line else line.count(delimiter) for line in lines]
        i = 0
        while i < len(lines):
            n = counts[i]
            j = i + 1
            while j < len(lines) and counts[j] == n:
                j += 1
            if n and (j - i >= 3 or (j - i == 2 and n >= 2)):
                changed = True
                for k in range(i, j):
                    lines[k] = lines[k].replace(delimiter, "\t")
            i = j
    return "\n".join(lines) if changed else text


def _headings(lines: list[str], labels: Labels) -> list[tuple[int, list[frozenset[str]]]]:
    """Heading rows: at the top of each block of rows with cells, the first row in which two cells or all name a kind.

    An empty line ends a block; other lines without cells stand inside it.
    """
    found: list[tuple[int, list[frozenset[str]]]] = []
    row = 0
    while row < len(lines):
        tried = 0
        while row < len(lines) and tried < HEADING_ROWS and (lines[row] or not tried):
            if "\t" in lines[row]:
                tried += 1
                kinds = heading_row(lines[row].split("\t"), labels)
                if kinds is not None:
                    found.append((row + 1, kinds))
                    tried = HEADING_ROWS
            row += 1
        try:
            row = lines.index("", row) + 1
        except ValueError:
            return found
    return found


def _spaced(grid: Grid, labels: Labels) -> list[tuple[int, list[frozenset[str]]]]:
    """Lines of two or more words that all name kinds, as text taken from a PDF or a picture has them."""
    found = []
    for match in SPACED.finditer(grid.text):
        line = match.group().strip()
        cells = re.split(r" {2,}", line) if "  " in line else line.split()
        if 2 <= len(cells) <= 15 and sum(bool(labels.heading(cell)) for cell in cells) >= 2:
            kinds = heading_row(cells, labels)
            if kinds is not None and sum(map(bool, kinds)) >= 2:
                found.append((grid.row(match.start()) + 1, kinds))
    return found


def spaced_label(grid: Grid, row: int, start: int) -> frozenset[str]:
    """Kinds of the heading over a value, counted from the left and from the right: names may have a blank inside."""
    i = bisect_right(grid.spaced, row, key=lambda h: h[0]) - 1
    if i < 0 or row - grid.spaced[i][0] > SPACED_ROWS:
        return NONE
    kinds = grid.spaced[i][1]
    left = len(grid.text[grid.starts[row]:start].split())
    right = len(grid.line(row)[start - grid.starts[row]:].split())
    by_left = kinds[left] if left < len(kinds) else NONE
    by_right = kinds[-right] if 0 < right <= len(kinds) else NONE
    return by_left | by_right


def heading_row(cells: Sequence[str], labels: Labels) -> list[frozenset[str]] | None:
    """The kinds of a row's cells where the row looks like a heading, else None."""
    kinds = []
    named = filled = 0
    for cell in cells:
        text = cell.strip()
        if not text:
            kinds.append(NONE)
            continue
        filled += 1
        if sum(c.isdigit() for c in text) > 4 or len(text) > 40 or ":" in text[:-1]:
            return None
        kind = labels.heading(text)
        named += bool(kind)
        kinds.append(kind)
    return kinds if named and (named >= 2 or named * 2 >= filled) else None


def label(grid: Grid, labels: Labels, row: int, column: int, start: int) -> tuple[frozenset[str], bool]:
    """Kinds that speak for the value at `start`, and whether they come from a column's heading.

    In the same cell first, then the heading, then the cells to the left, then the line above.
    """
    begin = grid.starts[row]
    low = max(begin, start - WINDOW)
    window = grid.text[low:start]
    if "\t" in window:
        cell = window.rpartition("\t")[2]
        kinds = labels.before(cell) if cell.strip() else NONE
    else:
        kinds = labels.before(window) if window else NONE
    if kinds:
        return kinds, False
    if grid.headings:
        kinds = grid.heading(row, column)
        if kinds:
            return kinds, True
    if "\t" in window and not grid.headings and column == 1:
        return labels.before(window.rpartition("\t")[0]), False
    if grid.spaced:
        kinds = spaced_label(grid, row, start)
        if kinds:
            return kinds, True
    if start == low and row and not window and not grid.headings:
        above = grid.line(row - 1)
        if len(above) <= 40 and not any(c.isdigit() for c in above):
            return labels.heading(above), False
    return NONE, False
