"""Tables that are written out in formulas and queries: array constants of spreadsheets ({"a","b";"c","d"}, [MS-XLSX] and ECMA-376
18.17.2.1) and lists of rows in the language of Power Query (#table({"h1","h2"},{{"a","b"},{"c","d"}}))."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator

ENTERED = re.compile(r'Binary\.FromText\(\s*"([0-9A-Za-z+/=\s]{8,})"[^"]{0,200}?Compression\.Deflate')
"""A table that was typed into Power Query ("enter data"): rows as JSON, deflated, in base64."""
ENTERED_LIMIT = 8 << 20
"""Octets that such a table is unpacked to; what the blocks in a text unpack to is bounded where they are read."""
Rows = tuple[tuple[str, ...], ...]
PIECE = re.compile(r'#?"((?:[^"]|"")*+)"|([+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?)|([{};])|[,\s]+|(.)', re.S)
TYPED = re.compile(r'type\s+table\s*\[([^\[\]]{0,8192})\]')
TYPED_NAME = re.compile(r'(?:#"([^"]{1,200})"|([^\s,=]{1,200}))\s*=')
"""Headings with what their columns hold: #table(type table [a = text, #"b c" = text], ..)."""
BEGUN = re.compile(r'\{\s*(?:\{\s*)?(?:"|[0-9]{6})')
"""A brace before a text or a long number."""
MOST_CELLS = 200_000
LEAST = 2
"""Cells of a row: a list of single values is told as text."""


def tables(text: str) -> Iterator[Rows]:
    """Rows that follow each other, with the headings before or behind them; at most MOST_CELLS cells."""
    typed = TYPED.search(text)
    names = tuple(a or b for a, b in TYPED_NAME.findall(typed[1])) if typed else ()
    if names:
        yield from ((names, *rows) for rows in _entered(text) if all(len(row) == len(names) for row in rows))
    if BEGUN.search(text) is None:
        return
    for rows in _rows(text):
        if names and len(names) == len(rows[0]):
            yield (names, *rows)
        elif len(rows) > 1 and _numbers(rows[0]) and not _numbers(rows[-1]):
            yield (rows[-1], *rows[:-1])
        else:
            yield tuple(rows)


def _entered(text: str) -> Iterator[Rows]:
    found = ENTERED.search(text)
    if found is None:
        return
    try:
        data = zlib.decompressobj(-15).decompress(base64.b64decode(found[1]), ENTERED_LIMIT)
        rows = json.loads(data)
    except (ValueError, zlib.error, RecursionError):
        return                                            # the readers of blocks and of JSON say what is wrong
    if isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        yield tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows[:MOST_CELLS])


def _numbers(row: tuple[str, ...]) -> bool:
    return any(map(str.isdigit, "".join(row)))


def _rows(text: str) -> Iterator[list[tuple[str, ...]]]:
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    depth = 0
    for count, piece in enumerate(PIECE.finditer(text, text.find("{"))):
        said, number, mark, other = piece.groups()
        if depth and (said is not None or number):
            row.append(said.replace('""', '"') if said is not None else number)
        elif mark or other:
            depth += (mark == "{") - (mark == "}" and depth > 0)
            if len(row) >= LEAST:
                rows.append(tuple(row))
            row = []
            if other and other not in "()" and not depth and rows:
                yield rows
                rows = []
        if count > MOST_CELLS * 2:
            break
    if rows:
        yield rows
