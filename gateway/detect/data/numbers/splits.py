"""Identifiers cut over neighbouring cells of a table: `A123 | 456 | 789`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.characters import DIGIT, MARGIN, UPPER, Characters, matches
from gateway.identifiers.registry import IDENTIFYING, SHAPES
from gateway.identifiers.terms import Labels

PIECE = re.compile(r"(?:[A-Z]{0,2}[0-9]{1,8}|[0-9]{1,7}X|[A-Z]{1,2})")
LAST = re.compile("[0-9]{9,11}[0-9X]?")
"""The longer rest of a number behind two pieces of three digits and more."""
HALVES = re.compile(r"[A-Z]\t[12389][0-9]{8}|[0-9]{6}\t[0-9]{10}(?:[0-9][0-9X])?")
"""A letter and its number (Taiwan), the place or the issuer before the rest (China, cards)."""
NEIGHBOURS = re.compile(
    r"(?:^|(?<=\t)) *(?:[A-Z]{0,2}[0-9]{0,8}X? *\t *(?:[0-9]{1,8}|[XA])|[A-Z] *\t *[12389][0-9]{8}|"
    r"[0-9]{6} *\t *[0-9]{10}(?:[0-9][0-9X])?) *(?=\t|$)", re.M)
"""Two short cells side by side, or the halves of a number: rows without them are not looked at."""
MOST_ROWS = 5000
MOST_PIECES = 20
MOST_CELLS = 1000
"""Cells of a row: in a longer one nobody cut a number in pieces."""
LEAST, LONGEST = 8, 19
LABEL = 20
"""Characters of a label at the most."""
FOUR, FOURS = 4, re.compile(r"[0-9]{4}\t[0-9]{4}")
"""Digits of a group of a card number, and how many of these it has."""
LETTERS, DIGITS = 2, 8
"""The most of them in a cell that NEIGHBOURS matches."""


def split_cells(grid: Grid) -> Iterator[tuple[Token, tuple[int, int]]]:
    """Tokens joined from runs of short cells, with the columns they came from."""
    done = -1
    for match in matches(NEIGHBOURS, grid.text, _starts(grid)):
        row = grid.row(match.end())
        if row == done:
            continue
        done = row
        if row >= MOST_ROWS:
            return
        if grid.column(row, grid.end(row)) > MOST_CELLS:
            continue
        line = grid.starts[row], grid.starts[row] + len(grid.line(row))
        cells = [c.strip() for c in grid.text[slice(*line)].split("\t")]
        places = _boxes(cells)
        cells = [cells[place] for place in places]
        column = 0
        while column < len(cells):
            end = column
            while end < len(cells) and end - column < MOST_PIECES and PIECE.fullmatch(cells[end]) and (
                    end == column or cells[end][0].isdigit() or cells[end] in ("X", "A")
                    or (end == column + 1 and cells[column].isalpha() and len(cells[end]) == 1)):
                end += 1
            if end - column == 2 and end < len(cells) and LAST.fullmatch(cells[end]) and min(map(len, cells[column:end])) >= 3:
                end += 1
            if end - column == 1 and end < len(cells) and HALVES.fullmatch(f"{cells[column]}\t{cells[end]}"):
                end += 1
            if end - column >= 2:
                boxed = end - column >= LEAST and grid.heading(row, places[column])
                for token, (first, last) in islice(_run(line, cells, column, end), 1 if boxed else None):
                    yield token, (places[first], places[last - 1] + 1)
            column = max(end, column + 1)


def labelled(grid: Grid, labels: Labels) -> Iterator[tuple[Token, tuple[int, int], frozenset[str]]]:
    """Tokens joined from cells, with their columns and the kinds that speak for them: of the heading over the first one, or of what
    stands to the left and ends with a label."""
    for token, columns in (*split_cells(grid), *wrapped_cells(grid)):
        row = grid.row(token.start)
        kinds = grid.heading(row, columns[0])
        if kinds and any(grid.heading(row, other) - kinds for other in range(columns[0] + 1, columns[1])):
            continue                                      # the next column is of something else
        if not kinds and labels.near_end(NOTE.sub("", left := left_of(grid, row, columns[0])), BEHIND):
            kinds = labels.heading(left)
        yield token, columns, kinds & IDENTIFYING


NOTE = re.compile(r"[ ]?[(【\[][^()【】\[\]]{0,16}[)】\]] ?\Z")
"""What a label says of how to write its number: `護照號碼(英數字)`."""
BEHIND = 2
"""Characters behind a label in what stands to the left of boxes: `帳號欄`, but not 護照查驗作業."""


def _boxes(cells: list[str]) -> list[int]:
    """The cells of a row without the empty ones that part groups of boxes of one character, or groups of four."""
    boxes, fours = (sum(len(cell) == size for cell in cells) for size in (1, FOUR))
    if (boxes < LEAST and fours < FOUR) or "" not in cells:
        return list(range(len(cells)))
    known = ["", *cells, ""]
    return [n for n, cell in enumerate(cells)
            if cell or not (len(known[n]) == len(known[n + 2]) == 1 or FOURS.fullmatch(f"{known[n]}\t{known[n + 2]}"))]


def left_of(grid: Grid, row: int, column: int) -> str:
    """What the nearest cell to the left of a run of boxes says; "" where that is long or has a number."""
    line = grid.starts[row]
    cells = [cell.strip() for cell in grid.text[line:line + len(grid.line(row))].split("\t")[:column]]
    said = next((cell for cell in reversed(cells) if cell), "")
    return "" if len(said) > LABEL or any(map(str.isdigit, said)) else said


def _starts(grid: Grid) -> np.ndarray | None:
    """Where cells begin that NEIGHBOURS may match; None where the text is short."""
    found = grid.characters
    if found is None:
        return None
    places, tabs, lines = found.gathered(_short), found.places(found.codes == 9), grid.lines[:MOST_ROWS + 1]
    if len(lines) > MOST_ROWS:
        places = places[places < lines[MOST_ROWS]]
    crowded = np.diff(np.searchsorted(tabs, np.append(lines, len(grid.text) + 1))) > MOST_CELLS
    crowded[MOST_ROWS:] = False
    return np.asarray(places[~crowded[np.searchsorted(lines, places, "right") - 1]]) if crowded.any() else places


def _short(found: Characters) -> np.ndarray:
    """Cells that may be capitals and few digits before one that may be few digits: by their length and what they begin with."""
    inner = found.inner
    marks = np.flatnonzero((inner == 9) | (inner == 10))
    if not len(marks):
        return marks
    begin, end = np.concatenate(([0], marks + 1)), np.append(marks, len(inner))
    length, first = end - begin, found.codes[begin + MARGIN]
    kinds = found.kinds[begin + MARGIN]
    blank = (first == 32) | ((found.codes[end + MARGIN - 1] == 32) & (length > 0))
    one = blank | (length == 0) | ((length <= LETTERS + DIGITS + 1) & ((kinds & (DIGIT | UPPER)) != 0))
    two = blank | ((length > 0) & (length <= DIGITS) & (((kinds & DIGIT) != 0) | (first == 88) | (first == 65)))
    lone = (length == 1) & ((kinds & UPPER) != 0)
    six, digit = (length == 6) & ((kinds & DIGIT) != 0), (kinds & DIGIT) != 0
    halves = (lone[:-1] & (digit & (length == 9))[1:]) | (six[:-1] & (digit & ((length == 10) | (length == 12)))[1:])
    return np.asarray(begin[:-1][((one[:-1] & two[1:]) | halves) & (inner[end[:-1]] == 9)])


def _run(line: tuple[int, int], cells: list[str], first: int, last: int) -> Iterator[tuple[Token, tuple[int, int]]]:
    """The whole run, and the run without its first or its last cell (a row number, an amount): where it begins with a letter the
    first is neither.
    """
    lettered = cells[first][:1].isalpha()
    for a, b in ((first, last), (first + 1, last), (first, last - 1)):
        if b - a < 2 or (lettered and (a > first or (b < last and len(cells[last - 1]) == 1))):
            continue
        value = "".join(cells[a:b])
        shape = _shape(value)
        if LEAST <= len(value) <= LONGEST and shape in SHAPES:
            yield Token(shape, value, *line), (a, b)


def _shape(value: str) -> str:
    letters = sum(c.isalpha() for c in value[:2])
    body = value[letters:]
    if body.endswith("X"):
        return f"{'L' * letters}D{len(body) - 1}X"
    if body.endswith("A"):                                # the check character of Hong Kong
        return "LD6A" if letters == 1 else f"{'L' * letters}D{len(body)}"
    return f"{'L' * letters}D{len(body)}"


BEGUN, GONE_ON = re.compile(r"[A-Z]{0,2}[0-9]{1,17}-?"), re.compile(r"[0-9]{1,17}[0-9X]?|X")
"""What a narrow cell has of a number, and what the row below it has."""
ROOM_BEFORE = re.compile(r"\n *\t")
"""A row whose first cell is empty."""


def wrapped_cells(grid: Grid) -> Iterator[tuple[Token, tuple[int, int]]]:
    """Tokens joined from a cell and the one below it, where the row below goes on what this one began: it has no cell that this one
    has not, and not its first. With the column they came from.
    """
    if not ROOM_BEFORE.search(grid.text):
        return
    above: list[str] = []
    for row in range(min(len(grid.starts), MOST_ROWS)):
        cells = [c.strip() for c in grid.line(row).split("\t")] if grid.tabbed(row) else []
        if above and len(cells) == len(above) and _goes_on(above, cells):
            for column, (begun, rest) in enumerate(zip(above, cells, strict=True)):
                value = begun.rstrip("-") + rest
                if rest and BEGUN.fullmatch(begun) and GONE_ON.fullmatch(rest) and _shape(value) in SHAPES:
                    yield Token(_shape(value), value, grid.starts[row - 1], grid.end(row - 1)), (column, column + 1)
        above = cells


def _goes_on(above: list[str], cells: list[str]) -> bool:
    """Whether a row has only what did not fit into the one above it."""
    first = next((i for i, cell in enumerate(above) if cell), -1)
    return first >= 0 and not cells[first] and any(cells) and all(up for up, cell in zip(above, cells, strict=True) if cell)
