"""Long texts and tables in pieces of whole lines: what is made of one piece is given back before the next, so that the memory
of a look does not grow with what is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from gateway.model.content import Table, Text

PIECE = 1 << 21
"""Characters of a piece; a record that is cut in two loses its name at the most, a thousand pages on."""
CELLS = 200_000
"""Cells of a piece of a table: some two million characters."""
ENDS = ("\n", "\r", " ", "\t", ",", ";", "\0")
"""Where a piece may end, the best first: a line of megabytes ends nowhere else."""
NEAR = 1 << 16
"""Characters in which such a place is looked for."""
NUMBER = re.compile(r"[A-Za-z]{0,2}[0-9]{6,19}(?:[A-Za-z]{1,2}|\([0-9A]\))?")


@dataclass(frozen=True, slots=True)
class Window:
    """A piece, and what stands before it."""

    content: Text | Table
    lines: int = 0
    characters: int = 0


def of_text(text: Text) -> Iterator[Window]:
    content = text.content
    if len(content) <= PIECE:
        yield Window(text)
        return
    begin = lines = 0
    while begin < len(content):
        end = _end(content, begin)
        piece = content[begin:end]
        yield Window(replace(text, content=piece), lines, begin)
        begin, lines = end, lines + piece.count("\n")


def _end(content: str, begin: int) -> int:
    """Where the piece that begins there ends."""
    end = begin + PIECE
    if end >= len(content):
        return len(content)
    return next((at + 1 for mark in ENDS if (at := content.rfind(mark, max(begin, end - NEAR), end)) >= 0), end)


def of_table(table: Table) -> Iterator[Window]:
    rows = table.rows
    if sum(map(len, rows)) <= CELLS:
        yield Window(table)
        return
    first = done = characters = 0
    for row, cells in enumerate(accumulate(map(len, rows)), 1):
        if cells - done >= CELLS or row == len(rows):
            yield Window(replace(table, rows=rows[first:row]), first, characters)
            characters += sum(len(cell) + 1 for cells_of in rows[first:row] for cell in cells_of)
            first, done = row, cells


def continues(before: Table, table: Table) -> bool:
    """Whether a table goes on with the one before it, whose heading speaks for it then: as many columns, and in one of them numbers
    of the same look. Documents part their tables where a page or a chapter ends."""
    if not before.rows or not table.rows or len(before.rows[-1]) != len(table.rows[0]) or len(before.rows) < 2:
        return False
    pairs = zip(before.rows[-1], table.rows[0], strict=True)
    return any(NUMBER.fullmatch(one) is not None and _look(one) == _look(other) for one, other in pairs)


def _look(cell: str) -> str:
    return "".join("9" if c.isdigit() else "A" if c.isalpha() else c for c in cell)
