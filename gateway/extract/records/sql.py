"""Rows in statements and dumps of databases: INSERT, COPY, SELECT of literals, VALUES with names behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gateway.extract import nesting
from gateway.extract.base import Problem, Yield
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

MOST_RECORDS = nesting.RECORDS           # of one file; beyond, it counts as too big to judge
MOST_TABLES = 1_000                      # of one file; rows of others are put together without names
COLUMNS = 16_384                         # of one row, as in a spreadsheet
INSERT = re.compile(
    r"(?:insert\s+(?:(?:all\s+|first\s+)?into\s+)?|(?<=\))\s{1,40}into\s+)([^\s(]{1,128})\s*+"
    r"(\([^()]{1,4096}\)\s*+)?values\s*+", re.I)
"""One statement, or the next table of one that fills several (INSERT ALL)."""
GOES_ON = re.compile(r"\s*+,?\s*+\(")
"""Another row behind the one before."""
CREATE = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?([^\s(]{1,128})\s*+\(((?:[^()]|\([^()]{0,200}\)){1,8000}+)\)", re.I)
BRACKETED = re.compile(r"\([^()]{0,200}\)")
CLAUSES = frozenset({"primary", "unique", "key", "index", "constraint", "foreign", "check", "fulltext"})
MOST_CREATED = 1_000
SELECTED = re.compile(
    r"into\s+[^\s(]{1,128}\s*+\(([^()]{1,4096})\)\s*+(?=select\s)|\(\s*+(values)\s*+(?=\()"
    r"|(?<!\w)(?=select\s++[NnEe]?'(?:[^']|''){0,400}'\s++as\s)", re.I)
"""Rows as a query gives them: INSERT INTO t (a, b) SELECT .. UNION ALL SELECT ..; (VALUES (..), (..)) AS v (a, b);
SELECT 'x' AS a, 'y' AS b UNION ALL SELECT ..."""
SELECT = re.compile(r"\s*+(?:union\s+(?:all\s+)?)?select\s++", re.I)
OPENED = re.compile(r"(?:\s*+\)\s*+,)?\s*+\(")
NAMED_BEHIND = re.compile(r"\s*+\)\s*+\)\s*+(?:as\s+)?\w{1,60}\s*+\(([^()]{1,4096})\)", re.I)
COPY = re.compile(r"^copy\s+[^\s(]{1,128}\s*+\(([^()]{1,4096})\)\s*+from\s+stdin[^\n]*\n", re.I | re.M)
QUOTED = re.compile(r"[NnEe]?'((?:[^'\\]|''|\\.)*+)(?:'|\\?\Z)|([^,()'\s][^,()']*)|(\))", re.S)
LITERAL = re.compile(
    r"\s*+(?:[NnEe]?'((?:[^']|'')*+)'|([0-9.+-]{1,40}|null))"
    r"(?:\s++as\s++[\"`\[]?(\w{1,60})[\"`\]]?|\s++\"?\w{1,60}\"?(?=\s*+,))?\s*+(,)?", re.I)


def statements(text: str) -> Iterator[Yield]:
    if max(text.lower().count("values"), text.count("),")) >= MOST_RECORDS:
        yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
        return
    yield from inserted(text)
    yield from copied(text)
    yield from selected(text)


def inserted(text: str) -> Iterator[Yield]:
    """INSERT statements as tables, those of one table and the same columns as one; column names where a statement gives them."""
    tables: dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]] = {}
    created = {found[1].lower(): _columns(found[2]) for found in islice(CREATE.finditer(text), MOST_CREATED)}
    match = INSERT.search(text)
    while match:
        named = match[2].rstrip()[1:-1].split(",") if match[2] else created.get(match[1].lower(), ())
        columns = tuple(c.strip(' `"[]') for c in named)
        place = (match[1], columns) if len(tables) < MOST_TABLES or (match[1], columns) in tables else ("", ())
        rows = tables.setdefault(place, [columns] if columns and place[0] else [])
        at = _values(text, match.end(), rows)
        if len(rows) >= MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
            break
        match = INSERT.search(text, at)
    for rows in tables.values():
        if rows:
            yield Table("insert", tuple(rows))


def _columns(definition: str) -> tuple[str, ...]:
    """The names of the columns of a CREATE TABLE statement: the first word between commas that no parentheses hold."""
    names = [piece.split(None, 1)[0].strip('`"[]') for piece in BRACKETED.sub("", definition).split(",") if piece.strip()]
    return tuple(name for name in names if name.lower() not in CLAUSES)


def _values(text: str, at: int, rows: list[tuple[str, ...]]) -> int:
    """Adds the rows of one statement; gives where it ends."""
    current: list[str] = []
    while at < len(text) and len(rows) < MOST_RECORDS:
        c = text[at]
        if c == ";":
            break
        if c in "(, \r\n\t":
            at += 1
            continue
        found = QUOTED.match(text, at)
        if found is None or (c in "iI" and INSERT.match(text, at)):
            break
        at = found.end()
        if found[3]:
            rows.append(tuple(current))
            current = []
            if GOES_ON.match(text, at) is None or (text[at:at + 1].isspace() and INSERT.match(text, at)):
                break
        else:
            current.append(found[1].replace("''", "'") if found[1] is not None else found[2].strip())
    return at


def selected(text: str) -> Iterator[Yield]:
    """Rows of literals that a query gives, with their names before or behind them."""
    match = SELECTED.search(text)
    while match:
        rows: list[tuple[str, ...]] = []
        at = match.end()
        if match[2]:
            while len(rows) < MOST_RECORDS and (opened := OPENED.match(text, at)):
                row, _, at = _literals(text, opened.end())
                rows.append(row)
            behind = NAMED_BEHIND.match(text, at)
            names = behind[1] if behind else ""
        else:
            names = match[1] or ""
            while len(rows) < MOST_RECORDS and (select := SELECT.match(text, at)):
                row, said, at = _literals(text, select.end())
                names = names or said
                rows.append(row)
        rows = [row for row in rows if row]
        if rows and names:
            yield Table("select", (tuple(c.strip(' `"[]\n') for c in names.split(",")), *rows))
        match = SELECTED.search(text, max(at, match.end()))


def _literals(text: str, at: int) -> tuple[tuple[str, ...], str, int]:
    """Literals with commas between from a place on, the names that each has behind it, and where they end."""
    found: list[str] = []
    names: list[str] = []
    while len(found) < COLUMNS and (match := LITERAL.match(text, at)):
        found.append(match[1].replace("''", "'") if match[1] is not None else match[2])
        names.append(match[3] or "")
        at = match.end()
        if match[4] != ",":
            break
    return tuple(found), ",".join(names) if any(names) else "", at


def copied(text: str) -> Iterator[Yield]:
    """COPY statements of PostgreSQL dumps: the columns, then a line a row up to `\\.`."""
    match = COPY.search(text)
    while match:
        end = text.find("\n\\.", match.end())
        lines = text[match.end():end if end >= 0 else len(text)].split("\n", MOST_RECORDS)[:MOST_RECORDS]
        rows = [tuple(c.strip(' "') for c in match[1].split(","))]
        yield Table("copy", (*rows, *(tuple(line.split("\t")) for line in lines if line)))
        match = COPY.search(text, end) if end >= 0 else None
