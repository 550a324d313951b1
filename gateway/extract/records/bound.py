"""Values that logs show apart from the statement they are bound to: `values (?, ?)` and what stands for each of its marks.

MyBatis, Hibernate, EclipseLink, Spring, Entity Framework, SQLAlchemy, Django, TypeORM and PostgreSQL write them, each in its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract import nesting
from gateway.extract.base import Problem, Yield
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

MARKS = (b"arameters: ", b"inding parameter", b"Parameters=[", b"bind => [", b"parameter value [", b"generated in ",
         b"cached since ", b" args=", b"PARAMETERS: [")
"""In every log that has such values."""
LONGEST = 8_000
"""Characters of a line, and of a statement, that are read."""
LINES = 80                               # of one statement
MOST_RECORDS = nesting.RECORDS           # of one file; beyond, it counts as too big to judge
MOST_TABLES = 1_000                      # kinds of statements; rows of others are left to the labels beside them
STATEMENT = re.compile(
    r"(?<!\w)(?:insert(?:\s+into\s|\s*$)|update\s+\S+\s+set(?!\w)|update\s*$|select(?:\s|$)|delete\s+from\s|merge\s+into\s)", re.I)
PLACE = r"\?\d*|\$\d{1,3}|[@:]\w{1,60}|%s|%\(\w{1,60}\)s"
COMPARED = re.compile(rf"(?:([\w.\[\]\"`]{{1,128}})\s{{0,4}}(?:=|<>|!=|[<>]=?|like)\s{{0,4}})?({PLACE})", re.I)
"""A place for a value, and the column that is compared with it or set to it."""
FILLED = re.compile(r"insert\s+into\s+[^\s(]{1,128}\s*\(([^()]{1,4000})\)\s*(?:output\s[^()]{1,200})?"
                    r"values\s*\(((?:[^()]|\([^()]{0,60}\)){1,4000}+)\)", re.I)
CALL = re.compile(r"\([^()]{0,60}\)")
INDEXED = re.compile(r"inding parameter (?:\((\d{1,3}):\w+\) <-|\[(\d{1,3})\] as \[\w+\] -) \[(.*)\]"
                     r"|column index (\d{1,3}), parameter value \[(.*?)\], value class")
NAMED = re.compile(r"([@$]\w{1,60}) ?= ?'((?:[^']|'')*+)'")
TYPED = re.compile(r"\([A-Z]\w{1,30}\)(?:, |\s*$)|(?:^|(?<=, ))null(?:, |$)")
LISTED = re.compile(r"(?:\[(?:generated in|cached since) [^\]]{1,40}\] |args=|PARAMETERS: )([(\[].*)")
LITERAL = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"|([\w.+\-]{1,60})")
ROWS = re.compile(r"\(([^()]*+)\)")


def logged(data: bytes) -> bool:
    """Whether it may have such values."""
    return any(mark in data for mark in MARKS)


class _Log:
    """The statement that was shown last, and what was bound to it so far."""

    def __init__(self) -> None:
        self.statement: list[str] = []
        self.named: tuple[int, dict[str, str]] = (0, {})  # names of the statement's places, and of how many lines it had then
        self.waiting: dict[str, str] = {}
        self.tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self.count = 0

    def line(self, line: str) -> None:
        if not self._values(line):
            begun = STATEMENT.search(line)
            if begun is not None and not (self.statement and self._goes_on(line, begun.start())):
                if "1" in self.waiting:
                    self._end()
                self.statement, self.named = [line[begun.start():]], (0, {})
            elif self.statement and len(self.statement) < LINES:
                self.statement.append(line)

    def _goes_on(self, line: str, at: int) -> bool:
        """Whether what looks like the beginning of a statement is a query inside one."""
        return not line[:at].strip() and self.statement[-1].rstrip()[-1:] in ("(", ",")

    def _values(self, line: str) -> bool:
        """Takes what a line binds; whether it does."""
        indexed = INDEXED.search(line) if "parameter" in line else None
        if indexed is not None:
            place = indexed[1] or indexed[2] or indexed[4]
            if place in self.waiting:
                self._end()
            self.waiting[place] = indexed[3] if indexed[3] is not None else indexed[5] or ""
            return True
        if "arameters: $" in line or "Parameters=[" in line:
            self._end()
            if "Parameters=[" in line:
                self.statement = []
            self.waiting = {key.removeprefix("$"): value for key, value in NAMED.findall(line)}
            return bool(self.waiting)
        _, mark, values = line.partition("Parameters: ")
        listed = LISTED.search(line)
        if listed is not None and listed.start():
            self._shown(line[:listed.start()])
        rows = [LITERAL.findall(row) for row in ROWS.findall(listed[1]) or [listed[1]]] if listed is not None else []
        written = [["".join(found) for found in row] for row in rows]
        if mark and not written:
            written = [TYPED.split(values)[:-1]]
        elif "bind => [" in line:
            written = [line.partition("bind => [")[2].rstrip().removesuffix("]").split(", ")]
        for row in written:
            self._end()
            self.waiting = {str(i): value for i, value in enumerate(row, 1)}
        return bool(written)

    def _shown(self, line: str) -> None:
        """A statement in the line of its values."""
        begun = STATEMENT.search(line)
        if begun is not None:
            self._end()
            self.statement, self.named = [line[begun.start():]], (0, {})

    def _end(self) -> None:
        if self.waiting and self.statement:
            if self.named[0] != len(self.statement):      # thousands of rows may be bound to one statement
                self.named = len(self.statement), _names("\n".join(self.statement)[:LONGEST])
            names = self.named[1]
            row = {names[place]: value for place, value in self.waiting.items() if place in names}
            if row and (tuple(row) in self.tables or len(self.tables) < MOST_TABLES):
                self.tables.setdefault(tuple(row), []).append(tuple(row.values()))
                self.count += 1
        self.waiting = {}


def _names(statement: str) -> dict[str, str]:
    """By its place, or its number among those that are written alike, the column that each value is for."""
    filled = FILLED.search(statement)
    if filled is not None:
        values = (value.strip() for value in CALL.sub("", filled[2]).split(","))
        pairs = [(column, value) for column, value in zip(filled[1].split(","), values, strict=False) if COMPARED.fullmatch(value)]
    else:
        pairs = [(found[1] or "", found[2]) for found in COMPARED.finditer(statement)]
    names: dict[str, str] = {}
    for number, (column, place) in enumerate(pairs, 1):
        key = str(number) if place[0] in "?%" else place.lstrip("$:") if place[0] in "$:" else place
        if column.strip():
            names.setdefault(key, column.rpartition(".")[2].strip(' `"[]\n\t'))
    return names


def rows(text: str) -> Iterator[Yield]:
    """A table for each kind of statement: its columns, then what was bound to them."""
    log = _Log()
    for line in text.splitlines():
        log.line(line[:LONGEST])
        if log.count >= MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
            break
    log._end()
    for names, found in log.tables.items():
        yield Table("bound", (names, *found))
