"""Records with one cell a line, the headings first: what is left of a table whose cells were blocks of a page.

    Name            each line is a cell, so that four lines are a row, and the first four the headings
    Passport No.
    Opened
    Balance
    Mary Chan
    349586580
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gateway.detect.data.table.headings import NOTE
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

MOST_COLUMNS = 15
SEARCHED = 400
"""Lines from the top among which the headings are looked for."""
LEAST_RECORDS = 2
_LINE = re.compile("[^\n]+")
_VALUE = re.compile(r"[A-Za-z]{0,4}(?: ?[0-9A-Za-z()\-]){6,30}")
_MARKS = " *-+•\t"
"""What markup puts before a cell that is an item of a list."""
_DIGITS = re.compile("[0-9]")
Span = tuple[int, int]


ASCIIDOC = "|==="
_FENCED = re.compile(r"^\|={3,}[ \t]*\n(.*?)^\|={3,}[ \t]*$", re.M | re.S)
_CELL = re.compile(r"^\|[^|\n]*\n+(?=\|[^|=\n]*$)", re.M)
"""A line of one cell, and what ends it, before another such line."""


def fenced(text: str) -> str:
    """The same text, character for character, with the cells of an AsciiDoc table a row in a line where it has one cell a line."""
    return _FENCED.sub(_in_rows, text) if "|" in text and ASCIIDOC in text else text


def _in_rows(fence: re.Match[str]) -> str:
    heading, _, body = fence[1].lstrip("\n").partition("\n")
    width = heading.count("|")
    cells = [line for line in body.split("\n") if line]
    if not 2 <= width <= MOST_COLUMNS or any(line[0] != "|" or line.count("|") > 1 for line in cells) or len(cells) % width:
        return fence[0]
    number = -1

    def ended(cell: re.Match[str]) -> str:
        nonlocal number
        number += 1
        line = cell[0].rstrip("\n")
        return cell[0] if number % width == width - 1 else line + " " * (len(cell[0]) - len(line))

    begin = fence.start(1) + fence[1].index(body) - fence.start()
    return fence[0][:begin] + _CELL.sub(ended, body) + fence[0][begin + len(body):]


def rows(text: str, labels: Labels) -> str:
    """The same text, character for character, with the cells of such records side by side."""
    found = _found(text, labels)
    if found is None:
        return text
    first, width, count, lines = found
    pieces: list[str] = []
    done = 0
    for i in range(first, first + width * count):
        if (i - first) % width == width - 1:
            continue
        end, following = lines[i][1], lines[i + 1][0]
        pieces += (text[done:end], "\t", " " * (following - end - 1))
        done = following
    return "".join((*pieces, text[done:]))


def _found(text: str, labels: Labels) -> tuple[int, int, int, list[Span]] | None:
    """First line, width, number of records with the headings, and all lines that are not empty."""
    top = [_heading(text, span) for span in islice(_lines(text), SEARCHED)]
    for i, cell in enumerate(top):
        kinds = labels.heading(cell) if cell else frozenset()
        if kinds.isdisjoint(IDENTIFYING):
            continue
        lines = list(_lines(text))
        best = max(_fits(text, lines, top, i, labels), default=None)
        if best is not None:
            return best[1], best[2], best[0], lines
    return None


def _lines(text: str) -> Iterator[Span]:
    return (m.span() for m in _LINE.finditer(text) if not m.group().isspace())


def _heading(text: str, span: Span) -> str:
    """A line that may be a heading, else ''."""
    line = text[span[0]:min(span[1], span[0] + 41)].strip(_MARKS)
    if len(line) > 40 or "\t" in line or ":" in line:
        return ""
    noted = _DIGITS.search(line) is not None
    return "" if noted and ("(" not in line or _DIGITS.search(NOTE.sub("", line))) else line


def _fits(text: str, lines: list[Span], top: list[str], named: int, labels: Labels) -> Iterator[tuple[int, int, int]]:
    """Number of rows, first line and width of what a block of headings around line `named` may be the first row of."""
    first = named
    while first >= 0 and named - first < MOST_COLUMNS and top[first]:
        width = max(2, named - first + 1)
        while width <= MOST_COLUMNS and first + width <= len(top) and all(top[first:first + width]):
            count = 1
            while first + (count + 1) * width <= len(lines) and _VALUE.fullmatch(_cell(text, lines[named + count * width])):
                count += 1
            if count > LEAST_RECORDS and sum(bool(labels.heading(cell)) for cell in top[first:first + width]) >= 2:
                yield count, first, width
            width += 1
        first -= 1


def _cell(text: str, span: Span) -> str:
    cell = text[span[0]:min(span[1], span[0] + 41)].strip(_MARKS)
    return cell if sum(map(str.isdigit, cell)) >= 6 else ""
