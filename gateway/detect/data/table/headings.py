"""Headings of columns: the first row of a block of rows, or names that stand above it in a way of their own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import NONE, Labels

COLUMNS, MOST_SAID = 4096, 40
"""Cells of a row of headings, and of rows whose cells are asked for what they say."""
PARTS_OF_NAMES = frozenset({"姓", "名", "姓氏", "성", "セイ", "メイ"})
"""Headings that are words of one character elsewhere."""
NAME, WHO = frozenset({"name"}), frozenset({"name", "id"})
HEADING_ROWS = 8
"""Rows at the top of a table that may be its heading (title lines stand above it)."""
ABOVE = 40
"""Lines above the first row in which the columns are named, one a line or all in one."""
ROWS_MORE = 2
"""Rows of a heading under its first one."""
LEAST_BELOW = 2
"""Cells of a last row that must name kinds: a total has one at the most."""
NOTE = re.compile(r"\([^()]{0,6}[0-9]{1,2}[^()]{0,6}\)")
"""What a heading says of its numbers: (12碼)."""
ON_A_DAY = re.compile("[0-9]年[0-9]{1,2}月[0-9]")
"""What a sentence says and no heading."""
NAMES = 400
"""Characters of a line that names all columns."""
DELIMITERS = "|;,^!&"
FIELD = re.compile(r"\W{0,4}(?:@?(?:attribute|column|field)\s+)?[\"'`\[]?([^\W\d]\w{0,40})[\"'`\]]?"
                   r"(?:\s+(?!.*[0-9]{6})[\w(), ]{1,40})?\W{0,3}", re.I)
"""A line that names one column and has no value: `@attribute id_no string`, `  ID_NO CHAR(10),`."""
OPENS = re.compile(r"\W*(?:data|begindata|begin|values|datalines|cards|table|create|from|into|infile|fields|load)(?!\w)", re.I)
"""What stands between the names and the rows, or before the names."""


def rows(text: str, labels: Labels, bare: Sequence[int] | None = None) -> list[tuple[int, list[frozenset[str]]]]:
    """Heading rows: at the top of each block of rows with cells, the first row in which two cells or all name a kind. `bare`: where
    that is known, the rows without a digit, in order.

    An empty line ends a block; other lines without cells stand inside it.
    """
    found: list[tuple[int, list[frozenset[str]]]] = []
    lines = text.split("\n")
    if text.startswith("\t") or "\n\t" in text:           # a row of empty cells parts tables of a sheet
        lines = [line if line.strip("\t") else "" for line in lines]
    row = 0
    while row < len(lines):
        tried = 0
        while row < len(lines) and tried < HEADING_ROWS and (lines[row] or not tried):
            if "\t" in lines[row]:
                tried += 1
                cells = lines[row].split("\t")
                kinds = kinds_of(cells, labels) or _only_one(cells, lines[row + 1:row + 4], labels)
                if kinds is not None and _of_a_form(cells, kinds, lines[row + 1:row + 2], labels):
                    kinds = None
                if kinds is not None:
                    first, more = row + 1, _second(lines[row + 1:row + 2], labels)
                    carried = _carried(lines[row], kinds, lines[row + 1]) if row + 1 < len(lines) else kinds
                    if carried != kinds:
                        kinds, more = carried, [labels.heading(cell.strip()) for cell in lines[row + 1].split("\t")]
                    while more is not None and row - first < ROWS_MORE - 1:
                        kinds, row = _both(kinds, more), row + 1
                        more = _second(lines[row + 1:row + 2], labels)
                    found.append((first, _said_beside(kinds, lines[first:first + SAID], labels)))
                    tried = HEADING_ROWS
            row += 1
        try:
            end = lines.index("", row)
        except ValueError:
            end = len(lines)
        if found and found[-1][0] <= row:
            found += _inner(lines, row, end, labels, bare)
        row = end + 1
    if len(found) == 1 and not any("\t" in line for line in lines[found[0][0]:]):
        return [(0, found[0][1])] if sum(map(bool, found[0][1])) >= LEAST_BELOW else found      # sorted with its heading
    return found or _elsewhere(lines, labels)


def _of_a_form(cells: Sequence[str], kinds: Sequence[frozenset[str]], below: Sequence[str], labels: Labels) -> bool:
    """Whether a row is a label and its value, and the next one another label with a value that no heading would be."""
    following = below[0].split("\t") if below else []
    if len(cells) != 2 or len(following) != 2 or not kinds[0] or kinds[1]:
        return False
    label, value = following
    return any(map(str.isdigit, value)) and not any(map(str.isdigit, label)) and bool(labels.heading(label.strip()))


def _inner(lines: Sequence[str], row: int, end: int, labels: Labels, bare: Sequence[int] | None) -> Iterator[
        tuple[int, list[frozenset[str]]]]:
    """Headings within a block: rows of labels alone, one of which stands over a number that it announces. So forms are set."""
    digit = _DIGIT.search
    rows = range(row, end - 1) if bare is None else bare[bisect_left(bare, row):bisect_left(bare, end - 1)]
    for at in rows:
        line = lines[at]
        if "\t" not in line or digit(lines[at + 1]) is None or digit(NOTE.sub("", line) if "(" in line else line) is not None:
            continue
        texts = [cell.strip() for cell in line.split("\t", COLUMNS)]
        kinds = [labels.heading(text) if text and len(text) <= SHORT_HEADING else NONE for text in texts]
        below = lines[at + 1].split("\t")
        if all(bool(kind) is bool(text) for kind, text in zip(kinds, texts, strict=True)) and any(
                not kind.isdisjoint(IDENTIFYING) and _numeral(below, column, kind) for column, kind in enumerate(kinds)):
            yield at + 1, kinds


_DIGIT = re.compile("[0-9]")


def _second(below: Sequence[str], labels: Labels) -> list[frozenset[str]] | None:
    """The kinds of the row under a heading where that is one too, in another language or with the names of programs over it."""
    if not below or "\t" not in below[0] or any(map(str.isdigit, NOTE.sub("", below[0]))):
        return None
    cells = [cell.strip() for cell in below[0].split("\t")]
    kinds = [labels.heading(cell) if len(cell) <= SHORT_HEADING else NONE for cell in cells]
    parts = any(not kind.isdisjoint(IDENTIFYING) for kind in kinds)       # of one heading: 證件 over 護照號碼
    return kinds if parts else kinds_of(cells, labels)


SAID = 3
"""Rows in which a column says of what kind the numbers beside it are."""


def _said_beside(kinds: list[frozenset[str]], below: Sequence[str], labels: Labels) -> list[frozenset[str]]:
    """The kinds, and for numbers that their heading says nothing of what the column beside them says: 123456789, SSN."""
    rows = [[cell.strip() for cell in line.split("\t", COLUMNS)] for line in below if line]
    if not rows or any(len(row) > MOST_SAID or len(row) != len(rows[0]) for row in rows):
        return kinds
    said = [labels.heading(cell) & IDENTIFYING if 2 <= len(cell) <= SHORT_HEADING and _DIGIT.search(cell) is None else NONE
            for cell in rows[0]]
    numbers = [column for column, kind in enumerate(kinds) if kind <= WHO and all(_numeral(row, column, kind) for row in rows)]
    for column, kind in enumerate(said):
        beside = [at for at in (column - 1, column + 1) if at in numbers]
        if kind and len(beside) == 1 and all(labels.heading(row[column]) == kind for row in rows[1:]):
            kinds = [kind if at == beside[0] else known for at, known in enumerate(kinds)]
    return kinds


NUMBERS = frozenset({"番号", "號碼", "号码", "번호", "no", "no.", "number"})


def _carried(upper: str, kinds: list[frozenset[str]], lower: str) -> list[frozenset[str]]:
    """The kinds of a row of headings whose cells span several columns: 番号 that stands below and beside 口座 is one of that."""
    below = [cell.strip().lower() for cell in lower.split("\t")]
    carried, over = list(kinds), NONE
    for column, (cell, kind) in enumerate(zip(upper.split("\t"), kinds, strict=False)):
        if cell.strip():
            over = kind
        elif column < len(below) and below[column] in NUMBERS:
            carried[column] = over
    return carried


def _both(first: list[frozenset[str]], second: list[frozenset[str]]) -> list[frozenset[str]]:
    """Of two rows of headings: what the lower one says, and the upper one where that says nothing."""
    width = max(len(first), len(second))
    padded = ([*kinds, *[NONE] * (width - len(kinds))] for kinds in (first, second))
    return [below or above for above, below in zip(*padded, strict=True)]


def kinds_of(cells: Sequence[str], labels: Labels) -> list[frozenset[str]] | None:
    """The kinds of a row's cells where the row looks like a heading, else None."""
    if len(cells) > COLUMNS:
        return None
    kinds = []
    named = filled = 0
    for cell in cells:
        text = cell.strip(" \\")                          # a row of LaTeX ends with two of them
        if not text:
            kinds.append(NONE)
            continue
        filled += 1
        if sum(c.isdigit() for c in text) > 4 or len(text) > 40 or ":" in text[:-1] or "=" in text or ON_A_DAY.search(text):
            return None
        kind = NAME if text in PARTS_OF_NAMES else labels.heading(text)
        named += bool(kind)
        kinds.append(kind)
    if filled == 1 and len(cells) > 2:
        return None                                       # a title
    return kinds if named and (named >= 2 or named * 2 >= filled or all(map(_OF_PROGRAM.fullmatch, filter(None, cells)))) else None


def _only_one(cells: Sequence[str], below: Sequence[str], labels: Labels) -> list[frozenset[str]] | None:
    """The kinds of a row of words of which one names a type of identifier and stands over a number of that length, else None."""
    texts = [cell.strip() for cell in cells]
    if sum(map(bool, texts)) < 2 or any(len(t) > SHORT_HEADING or any(map(str.isdigit, NOTE.sub("", t))) for t in texts):
        return None
    kinds = [labels.heading(text) for text in texts]
    for column, kind in enumerate(kinds):
        if not kind.isdisjoint(IDENTIFYING) and any(_numeral(row.split("\t"), column, kind) for row in below):
            return kinds
    return None


def _numeral(cells: Sequence[str], column: int, kind: frozenset[str]) -> bool:
    """Whether the cell is a number; under a heading that names people too, a number behind one of them."""
    if column >= len(cells):
        return False
    cell = cells[column].strip()
    return _NUMERAL.fullmatch(cell) is not None or (kind > NAME and _NUMERAL.fullmatch(_LAST.split(cell)[-1]) is not None)


SHORT_HEADING = 24
_NUMERAL = re.compile(r"[A-Za-z]{0,2}[ \-]?[0-9](?:[ \-]?[0-9]){5,18}(?:[A-Z]{1,2}|\([0-9A]\))?")
_LAST = re.compile("[ /]")
_OF_PROGRAM = re.compile("[A-Za-z_][0-9A-Za-z_]{0,39}")
"""A name of a column as databases have it."""


def _elsewhere(lines: list[str], labels: Labels) -> list[tuple[int, list[frozenset[str]]]]:
    """Names above the first row, parted in another way than the cells: `^ a ^ b ^`, `(A, B)`, one a line."""
    first = next((i for i, line in enumerate(lines[:ABOVE * 4]) if line.count("\t") and line.strip()), 0)
    cells = lines[first].split("\t") if first else []
    if len(cells) < 2 or not first:
        return []
    ended = len(lines[first].rstrip().split("\t"))        # a mark may end each row
    above = lines[max(0, first - ABOVE):first]
    for line in reversed(above):
        for delimiter in DELIMITERS if len(line) <= NAMES else "":
            names = line.strip(" ()[]{}\\#/*-'\"").split(delimiter) if delimiter in line else []
            if len(names) in (len(cells), ended) and (kinds := kinds_of(names, labels)) is not None:
                return [(first, kinds)]
    named = [found[1] for line in above if not OPENS.match(line) and len(line) <= 80 and (found := FIELD.fullmatch(line.rstrip()))]
    kinds = kinds_of(named[-len(cells):], labels) if len(named) >= len(cells) else None
    return [(first, kinds)] if kinds is not None else []
