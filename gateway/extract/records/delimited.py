"""Delimited text: comma, semicolon, tab, bar, in any charset of the region, quoted or not."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.text.noise import thinned
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

DELIMITERS = ",;\t|^~"
SEPARATORS = tuple(d.encode() for d in DELIMITERS)
EXTENSIONS = re.compile(r"\.(?:csv|tsv|tab|psv|dat|txt|del|prn)$", re.I)
SAMPLE_LINES = 60
LEAST_LINES = 2
MOST_ROWS = 1_500_000                    # of one file; a spreadsheet opens 1,048,576
MOST_COLUMNS = 16_384                    # of one row, as in a spreadsheet
LARGE = 4 << 20
"""Characters of a file from which on one without quotes has no table of its own: its lines tell the detectors as much."""
CELL_LIMIT = 1 << 20
"""Characters of one cell; csv's own limit of 131072 would refuse a whole file for one long remark."""


class DelimitedExtractor:
    """Yields a Table beside the Text that the text extractor yields: rows and columns tell what a number is."""

    name = "delimited"

    def claims(self, node: Node) -> bool:
        return node.type == "text/csv" or (
            node.type == "text/plain" and (b',"' in node.data or any(EXTENSIONS.search(n) for n in node.artifact.names)))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        lines = node.data.count(b"\n") + 1
        if lines > MOST_ROWS or max(map(node.data.count, SEPARATORS)) > lines * MOST_COLUMNS:
            if node.type == "text/csv":                   # else lists of numbers, JSON on one line: the text extractor reads them
                yield Problem(IncidentCode.COUNT, f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
            return
        if not context.outbound:
            return
        for text, charset in readings(thinned(node.data)):
            delimiter = sniff(text)
            if delimiter and (len(text) <= LARGE or '"' in text):
                yield Table(f"{charset} rows", tuple(rows(text, delimiter)))


def sniff(text: str) -> str:
    """The delimiter whose number a line is the same on most lines, '' where none is."""
    lines = [line for line in text[:65536].splitlines() if line.strip()][:SAMPLE_LINES]
    if len(lines) < LEAST_LINES:
        return ""
    best, chosen = 0.0, ""
    quoted = any(line.count('"') % 2 for line in lines)  # a quoted field goes on on the next line
    for delimiter in filter(text[:65536].__contains__, DELIMITERS):
        if quoted:
            lines = [delimiter.join("x" * len(row)) for row in islice(rows(text[:65536], delimiter), SAMPLE_LINES)]
        counts = Counter(_outside_quotes(line, delimiter) for line in lines)
        number, times = max(((n, t) for n, t in counts.items() if n), key=lambda x: x[1], default=(0, 0))
        if times < 0.6 * len(lines):                      # several tables in one file
            times = sum(t for n, t in counts.items() if n and t > 2)
        score = times / len(lines) + min(number, 20) / 100
        if times / len(lines) >= 0.6 and score > best:
            best, chosen = score, delimiter
    return chosen


def _outside_quotes(line: str, delimiter: str) -> int:
    if '"' not in line:
        return line.count(delimiter)
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def rows(text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    """Rows as a spreadsheet would read them; a broken quote costs its own row only."""
    csv.field_size_limit(CELL_LIMIT)
    lines = text.splitlines(keepends=True)
    made = _plain if '="' in text else tuple
    try:
        yield from map(made, csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        yield from (tuple(line.rstrip("\r\n").split(delimiter)) for line in lines if line.strip())


def _plain(row: list[str]) -> tuple[str, ...]:
    """With what formulas say that are one text: `="00123"`, by which exports keep spreadsheets from taking off zeros."""
    return tuple(cell[2:-1] if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 3 else cell for cell in row)


DELIMITED = DelimitedExtractor()
