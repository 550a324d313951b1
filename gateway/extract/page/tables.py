"""Rows of the tables of a page: cells that reach over several rows or columns count in each (HTML 4.9.12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

NAMES = frozenset({"td", "th", "tr", "table"})
MAX_ROWS = 20_000
MAX_COLUMNS = 1000
"""Columns of one row; also the most that one cell spans (HTML 4.9.11)."""
DEEPEST = 50
"""Tables within tables whose rows are kept apart."""
PIECES = 8000
"""Of the text of a cell that are put together: tables for layout have the whole page in one."""
CELL = 2000
"""Characters of a cell that are kept."""
ROOM = 8 << 20
"""Characters and cells of all rows: a cell that reaches over rows stands in each of them. The page's text has them all once."""
SPAN = re.compile(r"(?<![\w-])(row|col)span\s*=\s*[\"']?\s*([0-9]{1,5})", re.I)
CALLED = re.compile(r"(?<![\w-])data-(?:label|title|th|name|header|caption)\s*=\s*[\"']([^\"'<>]{1,60})[\"']", re.I)
"""What a row made of blocks, or a cell of a table without headings, is called: pages show it before the value on narrow screens."""
CELL_TAG = re.compile("</t[dh]>", re.I)
Row = list[str]


@dataclass(slots=True)
class _Level:
    """One table of those that stand within one another."""

    row: Row | None = None
    cells: int = 0                       # that the row has itself
    text: list[str] = field(default_factory=list)                          # the page's visible or hidden text: where the cell is
    at: int = -1                         # where the open cell's text begins in that, -1 outside cells
    spans: tuple[int, int] = (1, 1)      # rows and columns of the open cell
    reaching: dict[int, tuple[int, str]] = field(default_factory=dict)     # column -> rows to come, text
    called: Row | None = field(default_factory=list)                       # what the cells of its first row are called


@dataclass(slots=True)
class Tables:
    """Fed with the tags of tables as they come; `words` makes text of what was read since a cell began."""

    words: Callable[[list[str]], str]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    room: int = ROOM                     # that is left
    _levels: list[_Level] = field(default_factory=lambda: [_Level()])

    def tag(self, name: str, closing: bool, attributes: str, text: list[str]) -> None:
        if self.room < 0:
            return
        level = self._levels[-1]
        if name == "table" and not closing:
            if len(self._levels) < DEEPEST:
                self._levels.append(_Level())
            return
        if level.at >= 0 and level.row is not None:
            self._put(level, self.words(level.text[level.at:level.at + PIECES])[:CELL])
        level.at = -1
        if name == "table":
            self._end(level)
            if len(self._levels) > 1:
                self._levels.pop()
        elif name == "tr":
            self._end(level)
            level.row = None if closing else []
        elif not closing:
            level.text, level.at = text, len(text)
            level.spans = _spans(attributes) if "span" in attributes or "SPAN" in attributes else (1, 1)
            if level.called is not None and "data-" in attributes and (said := CALLED.search(attributes)):
                level.called.append(said[1])

    def _put(self, level: _Level, text: str) -> None:
        row = level.row
        assert row is not None
        _carry(level, row)
        down, across = level.spans
        for i in range(min(across, MAX_COLUMNS - len(row))):
            if down > 1:
                level.reaching[len(row)] = (down - 1, "" if i else text)
            row.append("" if i else text)
        level.cells += 1

    def _end(self, level: _Level) -> None:
        """Rows of two cells and more are kept: tables for layout have shorter ones."""
        row, cells = level.row, level.cells
        level.row, level.cells = None, 0
        if row is None:
            return
        _carry(level, row)
        self.room -= len(row) + sum(map(len, row))
        if cells and len(row) > 1 and (cells > 1 or any(row[1:])) and len(self.rows) < MAX_ROWS:
            if level.called is not None and len(level.called) == len(row):
                self.rows.append(tuple(level.called))
            self.rows.append(tuple(row))
        level.called = None


def _carry(level: _Level, row: Row) -> None:
    """Cells that reach down from rows above, where this row has come to their columns."""
    while len(row) in level.reaching:
        column = len(row)
        more, text = level.reaching.pop(column)
        row.append(text)
        if more > 1:
            level.reaching[column] = (more - 1, text)


def _spans(attributes: str) -> tuple[int, int]:
    found = {kind.lower(): int(number) for kind, number in SPAN.findall(attributes)}
    return max(1, found.get("row", 1)), min(max(1, found.get("col", 1)), MAX_COLUMNS)
