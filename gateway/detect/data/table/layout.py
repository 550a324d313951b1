"""Where a value stands: its line, its column, the heading over it, the label before it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from gateway.detect.data.table import headed, headings, stacked
from gateway.detect.data.table.delimited import RULE, tabulated
from gateway.identifiers.characters import MARGIN, Characters, matches
from gateway.identifiers.normalise import View, turned, view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import CROSSED, NONE, WINDOW, Labels, Words, words
from gateway.model.content import Table, Text

SPACED_ROWS = 400
_SAID = r"(?:[^\n\t0-9(%s]|\((?:[^()\n\t0-9]{0,6}[0-9]{1,2}[^()\n\t0-9]{0,6}\))?+)"
"""A character of a heading, or what it says of its numbers: (12碼)."""
SPACED = re.compile(
    rf"^[ 0+\-]{{0,120}}+{_SAID % ' '}{{1,40}} {_SAID % ''}{{1,200}}$"
    rf"(?=\n(?:[ {re.escape(RULE)}]{{3,240}}\n)?(?:\s{{0,4}}(?:[※*#]|[註注备備][記记:])[^\n0-9]{{1,60}}\n){{0,3}}"
    r"\s{0,8}[^\n]{0,200}?[0-9]{4})", re.M)
"""A line without digits over one with them, a rule between or none, or notes. Files for printers begin lines with a control
character (ASA: 0, 1, -, +)."""
SPACED_LONGEST, SPACED_BELOW = 253, 460
"""Characters of such a line, and behind it up to the digits, at the most."""
NOTES = 2
"""Numbers of a line of headings, which are notes in parentheses."""
SPACED_ROW = 1000
"""Characters of a row under such a line, at the most: what is longer is no row of columns."""


@dataclass(slots=True)
class Grid:
    """A text as lines of tab-separated cells; a text without columns has one cell a line."""

    id: int                              # one number a text or table of the message
    source: str
    view: View
    text: str
    starts: list[int]
    table: bool                          # cells came as cells
    characters: Characters | None = None                  # None for a short text
    headings: list[tuple[int, list[frozenset[str]]]] = field(default_factory=list)   # first row they hold for, kinds
    spaced: list[tuple[int, list[frozenset[str]]]] = field(default_factory=list)     # headings of columns that blanks part
    placed: dict[int, dict[int, frozenset[str]]] = field(default_factory=dict)       # of these: place on paper (ends < 0) -> kinds
    under: dict[int, frozenset[str]] | None = None                                   # offsets of values -> kinds of the line above
    titled: frozenset[str] = NONE                                                    # what its name says of a list
    title: tuple[int, int] = (-1, -1)                                                # of meant: a line, and the title above it
    _lines: np.ndarray | None = None
    _words: Words | None = None
    _tabs: Sequence[int] | None = None

    @property
    def words(self) -> Words:
        """The words of the table of terms, looked for once."""
        if self._words is None:
            self._words = words(self.characters or Characters(self.text))
        return self._words

    @property
    def lines(self) -> np.ndarray:
        """Where the lines begin, as `starts`."""
        if self._lines is None:
            self._lines = np.array(self.starts)
        return self._lines

    def row(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def end(self, row: int) -> int:
        return self.starts[row + 1] - 1 if row + 1 < len(self.starts) else len(self.text)

    def line(self, row: int, most: int | None = None) -> str:
        """The line, or its first `most` characters: whoever asks for each value of a line of megabytes must not have it copied."""
        start, end = self.starts[row], self.end(row)
        return self.text[start:end if most is None else min(end, start + most)]

    @property
    def tabs(self) -> Sequence[int]:
        """Where the tabs stand, looked for once: a long line is asked about for each of its values."""
        if self._tabs is None:
            found = self.characters
            self._tabs = ([m.start() for m in _TAB.finditer(self.text)] if found is None
                          else found.places(found.codes == 9).tolist())
        return self._tabs

    def column(self, row: int, offset: int) -> int:
        return bisect_left(self.tabs, offset) - bisect_left(self.tabs, self.starts[row]) if self.tabs else 0

    def beside(self, row: int, column: int, most: int) -> str:
        """The cells of the column, at most so many rows up and down, a line each: the record of a table that runs downwards."""
        lines = range(max(0, row - most), min(len(self.starts), row + most + 1))
        return "\n".join(cells[column] for line in lines if len(cells := self.line(line).split("\t", column + 1)) > column)

    def tabbed(self, row: int) -> bool:
        """True where the row has cells."""
        return bool(self.tabs) and self.column(row, self.end(row)) > 0

    def heading(self, row: int, column: int) -> frozenset[str]:
        """Kinds of the column's heading, from the nearest heading row above."""
        i = bisect_right(self.headings, row, key=lambda h: h[0]) - 1
        if i < 0:
            return NONE
        kinds = self.headings[i][1]
        return kinds[column] if column < len(kinds) else NONE


def from_text(id: int, text: Text, labels: Labels, above: Grid | None = None) -> Grid:
    """Lines with the same number of delimiters one after the other become rows of cells. `above`: what goes on here."""
    content = text.content
    seen = view(stacked.fenced(content.replace("\r\n", "\n").replace("\r", "\n") if "\r" in content else content))
    plain, found = tabulated(seen)
    if "\t" not in plain:
        plain = stacked.rows(headed.rows(plain, labels) if above is None else plain, labels)
        found = found and found.of(plain)
    return _grid(id, text.source, seen, plain, found, False, labels, above)


def from_table(id: int, table: Table, labels: Labels, above: Grid | None = None) -> Grid:
    rows = ("\t".join(_flat(c) for c in row) for row in table.rows)
    seen = view(turned("\n".join(rows)))
    return _grid(id, table.source, seen, seen.text, seen.characters, True, labels, above)


def _flat(cell: str) -> str:
    return cell.translate(_GAPS) if ("\n" in cell or "\t" in cell or "\r" in cell) else cell


_GAPS = str.maketrans("\n\t\r", "   ")


def _grid(id: int, source: str, seen: View, text: str, found: Characters | None, table: bool, labels: Labels,
          above: Grid | None) -> Grid:
    breaks = [m.end() for m in _BREAK.finditer(text)] if found is None else (found.places(found.codes == 10) + 1).tolist()
    grid = Grid(id, source, seen, text, [0, *breaks], table, found)
    if "\t" in text:
        grid.headings = headings.rows(text, labels, _bare(grid))
        if above is not None and above.headings and not (grid.headings and grid.headings[0][0] == 1):
            grid.headings.insert(0, (0, above.headings[-1][1]))
    if not table:
        grid.spaced = _spaced(grid, labels)
    return grid


def _bare(grid: Grid) -> list[int] | None:
    """The rows without a digit, but for those that brackets hold."""
    if grid.characters is None:
        return None
    ends = np.append(grid.lines, len(grid.text) + 1)
    digits, brackets = grid.characters.gathered(_digit), grid.characters.places(grid.characters.codes == 40)
    none = np.diff(np.searchsorted(digits, ends)) == 0
    if len(brackets):
        none |= np.diff(np.searchsorted(brackets, ends)) > 0
    return np.flatnonzero(none).tolist()


def _digit(found: Characters) -> np.ndarray:
    return np.asarray(found.digits()[0] - MARGIN)


_BREAK = re.compile("\n")
_TAB = re.compile("\t")


def _spaced(grid: Grid, labels: Labels) -> list[tuple[int, list[frozenset[str]]]]:
    """Lines of two or more words that all name kinds, as text taken from a PDF or a picture has them."""
    found = []
    for match in matches(SPACED, grid.text, _spaced_starts(grid)):
        whole = match.group() if match.group().isascii() or "  " not in match.group() else _SPREAD.sub(_together, match.group())
        line = whole.lstrip(" 0+-").rstrip()
        over = _over(grid, match.start(), whole) if "  " in line and not headings.NUMBERS.isdisjoint(line.lower().split()) else {}
        if over:
            line = "  ".join(over.values())
        cells = re.split(r" {2,}", line) if "  " in line else list(_headings(line.split(), labels))
        named = [labels.heading(cell) for cell in cells] if 2 <= len(cells) <= 15 and line[-1] != ";" else []      # no statement
        apart = "  " in line and any(not kind.isdisjoint(IDENTIFYING) for kind in named)
        if apart or (sum(map(bool, named)) >= 2 and not labels.one_word(line)):
            kinds = named if apart else headings.kinds_of(cells, labels)
            if kinds is not None and sum(map(bool, kinds)) >= (1 if apart else 2):
                row = grid.row(match.start())
                found.append((row + 1, kinds))
                grid.placed[row + 1] = {
                    place: labels.heading(over.get(cell.start(), cell.group())) for pattern in (_WORD, _CELL)
                    for cell in pattern.finditer(whole, len(whole) - len(whole.lstrip(" 0+-")))
                    for place in (paper(whole[:cell.start()]), -paper(whole[:cell.end()]))}
    return found


def _together(spread: re.Match[str]) -> str:
    """A heading whose characters are spread over its column, from where it begins: `護  照  號  碼`."""
    return spread[0].replace(" ", "").ljust(len(spread[0]))


def _over(grid: Grid, begin: int, line: str) -> dict[int, str]:
    """By where each begins, the headings of a line some of which say `number` alone, these with what stands over them; {} for any
    other line."""
    cells = list(_CELL.finditer(line, len(line) - len(line.lstrip(" 0+-"))))
    row = grid.row(begin)
    if not row or not any(cell.group().lower() in headings.NUMBERS for cell in cells):
        return {}
    upper = grid.line(row - 1, SPACED_LONGEST)
    if any(map(str.isdigit, upper)):
        return {}
    above = {paper(upper[:cell.start()]): cell.group() for cell in _CELL.finditer(upper)}
    return {cell.start(): f"{above.get(paper(line[:cell.start()]), '')} {cell.group()}".strip() for cell in cells}


def _headings(words: list[str], labels: Labels) -> Iterator[str]:
    """The words of a line, those that are one heading together as one: `Date of Birth`, `Passport No.`."""
    first = 0
    while first < len(words):
        together = (n for n in range(min(LONGEST_HEADING, len(words) - first), 1, -1)
                    if labels.one_word(" ".join(words[first:first + n])))
        size = next(together, 1) if len(words) <= MOST_WORDS else 1
        yield " ".join(words[first:first + size])
        first += size


LONGEST_HEADING, MOST_WORDS = 4, 30
_ROOM = re.compile(" {2,}")
_WORD_END = re.compile(r"\S*")
_WORD, _CELL = re.compile(r"\S+"), re.compile(r"\S+(?: \S+)*+")
"""One blank may stand inside a heading or between two: what begins where a value does speaks for it, the longer the better."""


def paper(text: str) -> int:
    """Columns of a line printer: ideographs and full-width forms take two (Unicode TR 11, W and F)."""
    return len(text) + sum(_WIDE.fullmatch(c) is not None for c in text)


_SPREAD = re.compile("(?<![\u3041-\u9fff])[\u3041-\u9fff]( {2,4})[\u3041-\u9fff](?:\\1[\u3041-\u9fff]){0,12}+(?![\u3041-\u9fff])")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]")


def _spaced_starts(grid: Grid) -> np.ndarray | None:
    """Where lines begin that SPACED may match and that have a word of the table; None where the text is short."""
    found = grid.characters
    if found is None:
        return None
    tabs, begin = found.places(found.codes == 9), grid.lines
    end = np.append(begin[1:] - 1, len(grid.text))
    fit = (end - begin <= SPACED_LONGEST) & (end - begin > 2)
    fit &= _a_line(tabs, begin) == 0
    four = found.gathered(_four) if fit.any() else tabs[:0]              # cells are no lines of words
    if not len(four):
        return four
    ends = grid.words.touched
    if not len(ends):
        return ends
    other = found.gathered(_digits)
    controlled = found.inner.take(begin, mode="clip") == 48
    fit &= _a_line(other, begin) - controlled <= NOTES    # the control character is a digit by itself or begins one
    begin, end = begin[fit], end[fit]
    fit = np.searchsorted(four, end + SPACED_BELOW, "right") > np.searchsorted(four, end)
    begin, end = begin[fit], end[fit]
    return np.asarray(begin[np.searchsorted(ends, end, "right") > np.searchsorted(ends, begin, "right")])


def _a_line(places: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """For each line the number of these places in it."""
    return np.diff(np.append(np.searchsorted(places, begin), len(places)))


def _four(found: Characters) -> np.ndarray:
    """Where four digits or more begin."""
    first, end = found.digits()
    return np.asarray(first[end - first >= 4] - MARGIN)


def _digits(found: Characters) -> np.ndarray:
    """Where digits begin."""
    return np.asarray(found.digits()[0] - MARGIN)


def spaced_label(grid: Grid, row: int, start: int) -> frozenset[str]:
    """Kinds of the heading over a value, counted from the left and from the right: names may have a blank inside."""
    i = bisect_right(grid.spaced, row, key=lambda h: h[0]) - 1
    if i < 0 or row - grid.spaced[i][0] > SPACED_ROWS or grid.end(row) - grid.starts[row] > SPACED_ROW:
        return NONE
    head, kinds = grid.spaced[i]
    before = grid.text[grid.starts[row]:start]
    if "  " in before and len(_ROOM.split(grid.line(row).strip())) == len(kinds):         # no cell is empty
        return kinds[len(_ROOM.split(before.lstrip())) - 1]
    if "  " in before or "  " in grid.line(head - 1):     # columns as wide as on paper
        begin, placed = paper(before), grid.placed.get(head, {})
        end = -paper(grid.text[grid.starts[row]:_WORD_END.match(grid.text, start).end()])  # type: ignore[union-attr]
        exact = next((placed[at] for at in (begin, end, begin - 1, begin + 1) if at in placed), None)
        if exact is not None:
            return exact
    left = len(before.split())
    right = len(grid.line(row)[start - grid.starts[row]:].split())
    by_left = kinds[left] if left < len(kinds) else NONE
    by_right = kinds[-right] if 0 < right <= len(kinds) else NONE
    return by_left | by_right


def _reaching(grid: Grid, labels: Labels, begin: int, start: int) -> frozenset[str]:
    """Kinds of the row's first cell, which names what stands in several rows, where no other number stands before the value."""
    before = grid.text[begin:start]
    if grid.headings or len(before) > SIDE or any(map(str.isdigit, headings.NOTE.sub("", before))):
        return NONE
    first, *between = before.split("\t")[:-1]
    kinds = labels.heading(first) if all(len(cell) > 1 for cell in between) else NONE        # an `A` begins the number
    return kinds if not kinds.isdisjoint(IDENTIFYING) else NONE


def _over_another(grid: Grid, labels: Labels, row: int, start: int, before: str, kinds: frozenset[str]) -> frozenset[str]:
    """Kinds of the identifying heading over a value before which another column says what no number of a person is."""
    if not kinds.isdisjoint(IDENTIFYING) or labels.ended(before):
        return NONE
    over = spaced_label(grid, row, start)
    return NONE if over.isdisjoint(IDENTIFYING) else over


def _first_cell(grid: Grid, labels: Labels, begin: int, start: int) -> frozenset[str]:
    """Kinds of the row's first word, where the columns have the names of people over them: each of these is a record."""
    cells = grid.text[begin:min(start, begin + SIDE)].split("\t")
    first = next(filter(None, map(str.strip, cells)), "")
    return labels.heading(first) if sum(map(str.isdigit, first)) < CROSSED else NONE


def _records(grid: Grid, row: int) -> bool:
    """Whether a row and the one above are records of one table: the last cell of the one says nothing of the next."""
    above, this = (len(_PARTED.split(grid.line(at, LINE).strip())) for at in (row - 1, row))
    return above == this >= CELLS


CELLS = 3
_PARTED = re.compile("\t| {2,}")
_NAME = frozenset({"name"})
_INSIDE, _REST = re.compile(r"[A-Za-z_][0-9A-Za-z_]"), re.compile(r"\A[0-9A-Za-z_]+")
_KEYED = re.compile(r"\t[^\t0-9]*[^\W\d_][^\t0-9]*[=:] ?[\"']?\Z")
"""A key in the value's own cell: what is to the left speaks for something else."""
_BEGINS = re.compile(r"[ >]*(?:(?:is|was|are|:|=|是|為|为|は) *)?|[ >]*(?:numbers?|nos?\.?|#)[ :#.]{1,3}", re.I)
"""What a line begins with whose value has its label in the line above."""
_WHOLE = re.compile("[\u3041-\u9fff\uac00-\ud7a3]{2}")
BEYOND = 8
"""Characters by which a window is longer that would cut a word of East Asia."""
LINE = 200
"""Characters of a line that may end with the label of what the next one begins with."""
SIDE = 80
"""Characters before a value in which the row's first cell may name it."""


def label(grid: Grid, labels: Labels, row: int, column: int, start: int) -> tuple[frozenset[str], bool]:
    """Kinds that speak for the value at `start`, and whether they come from a column's heading.

    In the same cell first, then the heading, then the cells to the left, then the line above.
    """
    begin = grid.starts[row]
    low = max(begin, start - WINDOW)
    if low > begin and _WHOLE.match(grid.text, low - 1):
        low = max(begin, low - BEYOND)                    # 健保卡號 is no 卡號
    window = grid.text[low:start]
    if low > begin and _INSIDE.match(grid.text, low - 1):
        window = _REST.sub("", window)                    # nhi_card_no is no card_no
    if "\t" in window:
        cell = window.rpartition("\t")[2]
        kinds = labels.before(cell) if cell.strip() else NONE
    else:
        kinds = labels.before(window) if window else NONE
        if kinds and grid.spaced and (over := _over_another(grid, labels, row, start, window, kinds)):
            return over, True
    if kinds:
        return kinds, False
    if grid.headings and (grid.table or grid.tabbed(row)):
        kinds = grid.heading(row, column)
        if kinds == _NAME and not (turned := _first_cell(grid, labels, begin, start)).isdisjoint(IDENTIFYING):
            return turned, False
        if kinds:
            return kinds, True
    if "\t" in window and not _KEYED.search(window):
        left = window.rpartition("\t")[0].rstrip(" \t:")     # a colon may have a cell of its own
        if column == 1 and not grid.headings:
            return labels.before(left), False
        cell = left.rpartition("\t")[2].strip()              # a form: names and values side by side
        kinds = labels.heading(cell) if sum(map(str.isdigit, cell)) < CROSSED else NONE
        kinds = kinds or _reaching(grid, labels, begin, start)
        if kinds:
            return kinds, False
    if grid.spaced and not grid.tabbed(row):
        kinds = spaced_label(grid, row, start)
        if kinds:
            return kinds, True
    if low == begin and row and not grid.headings and not _records(grid, row) and _BEGINS.fullmatch(window) is not None:
        ends = grid.line(row - 1, LINE + 1).rstrip() + (" " + window.strip(" >") if window.isascii() else "")
        ended = labels.ended(ends) & IDENTIFYING if grid.end(row - 1) - grid.starts[row - 1] <= LINE else NONE
        if ended or window:
            return ended, False
        above = grid.line(row - 1).strip() or grid.line(max(0, row - 2))           # a blank line parts them at the most
        if len(above) <= 40 and sum(map(str.isdigit, above)) <= 2:
            return labels.heading(above), False
    return NONE, False
