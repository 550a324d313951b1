"""Long texts: the plain tokens that no label speaks for, taken together by column and shape.

What stands near a label, under a heading of columns that blanks part, or behind a labelled value is left to the detector,
one by one. The rest needs no look at its surroundings, so that its cost is that of a few arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gateway.detect.data.numbers.runs import FOURS, IN_FOURS, SHAPE_NAMES, SHORT, Runs, scan
from gateway.detect.data.numbers.starts import Places, inside
from gateway.detect.data.numbers.tokens import Token, tokens
from gateway.detect.data.table.layout import SIDE, SPACED_ROWS, Grid
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, UPPER, table
from gateway.identifiers.registry import ACCOUNTS, SHAPES, TYPES
from gateway.identifiers.sieves import IBAN_LENGTH
from gateway.identifiers.terms import AGAINST, CROSSED, NONE, WINDOW, Words

MANY = 1000
"""Codes with letters in one text from which on only those behind labels are looked at one by one."""
WORTH = 1 << 20
"""Characters of a text from which on the cells under its headings are worth being found: in less, all of it is looked at."""
LEAST = 1500
"""Characters of a text from which on arrays are worth their start."""
LABEL_ONLY = frozenset({"D7", "D8", "D9", "D10", "D11", "BIC", "USCC", "LD8", "LLD7", "LLD8LL"})
"""Shapes whose types all need their label: without one nothing is kept of them (us.ssn beside a person aside)."""
SHORTENED = {"jp.my_number": (12, 2), "jp.driver_licence": (12, 2), "kr.rrn": (13, 3), "tw.nhi_card": (12, 4), "us.ssn": (9, 1)}
"""Numbers that a spreadsheet shortens when they begin with 0: their digits, and the noughts they may begin with."""
SHORT_SHAPES = frozenset({"D8", "D9", "D10", "D11", "D12"})
_LABELS = {
    name: NONE.union(*(TYPES[n].labels for n in SHAPES.get(name, ())), SHORTENED if name in SHORT_SHAPES else ())
    for name in (*SHAPE_NAMES, "BIC", "USCC")}
_LABELS[FOURS] = _LABELS["D16"]
_LABELS["D10"] |= {"jp.bank_account"}                     # behind its branch (meant.meant)
_ANY = NONE.union(*(t.labels for t in TYPES.values()))
_TAB = 9
FEW = 200
"""Tokens of one text right behind labels of accounts that are looked at one by one all the same: they may be amounts (amounts)."""
BEHIND = 120
"""Characters behind a label in which a broken number is looked for."""
_QUOTES = np.array([chr(i) in " '\"" for i in range(128)])
_BRACKET = np.array([chr(i) in "([<" for i in range(128)])
_COUNTED, _BEFORE, _UNITS = map(table, (
    "[^\\x00-\u3040\ua000-\uffff是為为はの]", "[#第]", "[元圓円원dyrebua件筆笔枚건戶户張张人家口百千万萬億亿]"))
"""What may stand behind a label, right before a number or right behind it that says of what the number is (terms, meant)."""
_REACH = 5
"""Characters between two values of a list."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tokens of one shape in one column, or free in one text."""

    shape: str
    kinds: frozenset[str]                # of the heading over them, or of the label before each
    labelled: bool                       # the kinds are a label's
    column: int                          # -1 where the lines have no cells
    values: list[str]
    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    grouped: bool = False

    def token(self, number: int) -> Token:
        return Token(self.shape, self.values[number], int(self.starts[number]), int(self.ends[number]), self.grouped)


@dataclass(frozen=True, slots=True)
class Sorted:
    batches: list[Batch]
    single: list[Token]                  # in the order of the text
    labelled: np.ndarray                 # places behind labels of types and under headings of them: begin and end, in order
    kinds: frozenset[str] = NONE         # of all labels of the text


def sort(grid: Grid, under: Collection[int] = ()) -> Sorted:
    """The tokens of a grid. `under`: where values begin that the line above speaks for."""
    text = grid.text
    runs = scan(text, grid.characters)
    spans = [*runs.spans, *runs.short]
    if not len(runs.start) and not spans:
        return Sorted([], [], _behind(grid, grid.words), grid.words.all())
    places = np.concatenate((runs.start, np.array([s for s, _ in spans], np.int64)))
    found = grid.words.before(text, np.sort(places, kind="stable"))       # lists in order
    kinds = found.all() | grid.titled
    live = np.array([name not in LABEL_ONLY or bool(_LABELS[name] & kinds) for name in SHAPE_NAMES])
    runs = runs.only(live[runs.shape])
    asked = spans if any(_LABELS[name] & kinds for name in SHORT) else runs.spans
    grouped = [t for s, e in asked for t in tokens(text, s, e)]
    grouped = [t for t in grouped if t.shape not in LABEL_ONLY or t.shape == "D9" or _LABELS[t.shape] & kinds]
    labels = _behind(grid, found)
    if not len(runs.start):
        return Sorted([], grouped, labels, kinds)
    placed = _Places(grid, runs, found, under)
    single = placed.single(spans)
    plain = [_token(text, s, e, SHAPE_NAMES[k]) for s, e, k in zip(
        runs.start[single].tolist(), runs.end[single].tolist(), runs.shape[single].tolist(), strict=True)]
    batches = list(_batches(grid, runs, placed, ~single))
    return Sorted(batches, sorted([*plain, *grouped], key=lambda t: t.start), labels, kinds)


def _token(text: str, start: int, end: int, shape: str) -> Token:
    if shape == FOURS:
        return Token("D16", text[start:end].replace(text[start + 4], ""), start, end, True)
    return Token(shape, text[start:end].upper(), start, end)


def _all(text: str) -> np.ndarray:
    return np.array([[0, len(text)]])


def _behind(grid: Grid, found: Words) -> np.ndarray:
    """The places behind labels and under headings, joined where they touch; the whole text where blanks part columns."""
    if grid.spaced or (grid.headings and len(grid.text) < WORTH):
        return _all(grid.text)
    strong = np.array([bool(kinds & _ANY) for kinds in found.sets] + [False])
    ends = found.ends[strong[found.kinds]]
    spans = np.stack((ends, ends + BEHIND), axis=1)
    if grid.headings:
        spans = np.concatenate((spans, *_cells(grid)))
        spans = spans[np.argsort(spans[:, 0], kind="stable")]
    if not len(spans):
        return spans
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.flatnonzero(np.concatenate(([True], spans[1:, 0] > reach[:-1])))
    return np.stack((spans[first, 0], reach[np.append(first[1:], len(spans)) - 1]), axis=1)


def _cells(grid: Grid) -> Iterator[np.ndarray]:
    """Begin and end of the cells under each heading that names a type."""
    tabs, lines = np.array(grid.tabs, np.int64), np.append(grid.lines, len(grid.text) + 1)
    before = np.searchsorted(tabs, lines)                 # for each line the tabs before it
    for number, (first, kinds) in enumerate(grid.headings):
        last = grid.headings[number + 1][0] if number + 1 < len(grid.headings) else len(grid.starts)
        for column in [c for c, kind in enumerate(kinds) if kind & _ANY]:
            rows = np.arange(first, last)
            rows = rows[before[rows + 1] - before[rows] >= column]
            at = before[rows] + column
            begin = tabs[at - 1] + 1 if column else lines[rows]
            end = np.where(at < before[rows + 1], tabs[np.minimum(at, len(tabs) - 1)], lines[rows + 1] - 1)
            yield np.stack((begin, end), axis=1)


class _Places:
    """Row, line and column of every plain token."""

    def __init__(self, grid: Grid, runs: Runs, found: Words, under: Collection[int]) -> None:
        self.grid, self.runs, self.words, self.under = grid, runs, found, under
        self.label = np.full(len(runs.start), -1)         # number of the kinds of the label right before
        self.lines = grid.lines
        self.row = np.searchsorted(self.lines, runs.start, "right") - 1
        self.begin = self.lines[self.row]
        tabs = np.flatnonzero(runs.codes == _TAB) - MARGIN
        before = np.searchsorted(tabs, runs.start)
        first = np.searchsorted(tabs, self.lines)         # for each line the tabs before it
        self.column = before - first[self.row]
        self.cells = np.diff(np.append(first, len(tabs)))[self.row] > 0
        self.cell = np.where(self.column > 0, tabs[np.maximum(before - 1, 0)] + 1 if len(tabs) else 0, self.begin)
        self.left = np.where(self.column > 1, tabs[np.maximum(before - 2, 0)] + 1 if len(tabs) else 0, self.begin)
        at = np.minimum(first[self.row], max(0, len(tabs) - 1))
        self.first_tab = tabs[at] if len(tabs) else self.begin
        self.blocks = np.searchsorted(np.array([first for first, _ in grid.headings], np.int64), self.row, "right") - 1

    def single(self, spans: list[tuple[int, int]]) -> np.ndarray:
        """Tokens that must be looked at one by one."""
        grid, start = self.grid, self.runs.start
        low = np.where((self.column == 1) & (not grid.headings), self.begin, self.cell)
        ends = self.words.ends
        labelled = _any_between(ends, np.maximum(low, start - WINDOW), start)
        found = np.zeros(len(start), bool)
        if grid.spaced:
            heads = np.array([first for first, _ in grid.spaced])
            at = np.searchsorted(heads, self.row, "right") - 1
            found |= (at >= 0) & (self.row - heads[np.maximum(at, 0)] <= SPACED_ROWS)
        found |= (self.column > 0) & _any_between(ends, self.left, self.cell)            # a form: names and values side by side
        if not grid.headings:
            above = self.lines[np.maximum(self.row - 1, 0)]
            found |= (start == self.begin) & (self.row > 0) & _any_between(ends, above, self.begin)
            near = (self.column > 1) & (start - self.begin <= SIDE)
            found |= near & _any_between(ends, self.begin, np.minimum(self.first_tab, start))     # a heading at the side
        follows = self.runs.codes[self.runs.end + MARGIN]
        bracket = _BRACKET[np.minimum(np.where(follows == 32, self.runs.codes[self.runs.end + MARGIN + 1], follows), 127)]
        if bracket.any():
            found |= bracket & _any_between(ends, self.runs.end, self.runs.end + WINDOW)
        if self.under:
            spoken = np.sort(np.fromiter(self.under, np.int64), kind="stable")     # np.isin would load modules in the lockdown
            found |= spoken[np.minimum(np.searchsorted(spoken, start), len(spoken) - 1)] == start
        alone, listed = self._in_lists(found | labelled, spans)
        if len(ends):
            word = np.maximum(np.searchsorted(ends, start, "right") - 1, 0)
            ours = np.flatnonzero(labelled & alone & ~self._qualified())
            ours = ours[~(_of(_COUNTED, self.runs.codes[ends[word[ours]] + MARGIN]) | self._crossed(ours, word[ours]))]
            kinds = self.words.kinds[word[ours]]
            account = np.array([not kind.isdisjoint(ACCOUNTS) for kind in self.words.sets])[kinds]
            kept = ~account | (np.count_nonzero(account) > FEW)
            self.label[ours[kept]] = kinds[kept]
        return listed & (self.label < 0)

    def _qualified(self) -> np.ndarray:
        """Whether what stands around a token may say that it is an amount, or the number of an issue, and no value of its label."""
        codes, first, behind = self.runs.codes, self.runs.start + MARGIN - 1, self.runs.end + MARGIN
        first, behind = first - (codes[first] == 32), behind + (codes[behind] == 32)
        return _of(_BEFORE, codes[first]) | _of(_UNITS, codes[behind])

    def _crossed(self, tokens: np.ndarray, word: np.ndarray) -> np.ndarray:
        """Whether these tokens have another number between them and their label, which says nothing of a second one."""
        against = np.array([kinds <= AGAINST for kinds in self.words.sets])[self.words.kinds[word]]
        if not against.any():
            return np.asarray(against)
        codes = self.runs.codes
        digits = np.cumsum((codes >= 48) & (codes < 58), dtype=np.int32)
        between = digits[self.runs.start[tokens] + MARGIN - 1] - digits[self.words.ends[word] + MARGIN - 1]
        before = self.runs.start[tokens] + MARGIN - 1
        for _ in range(2):
            before = before - _QUOTES[np.minimum(codes[before], 127)]
        mark = codes[before]
        other = ((mark == 58) | (mark == 61)) & (between > 0)             # as terms._OTHER
        return np.asarray(against & ((between >= CROSSED) | other))

    def _in_lists(self, found: np.ndarray, spans: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        """Tokens with no other one close by; and those found or closely behind such a one: a list of values after one label."""
        starts = np.concatenate((self.runs.start, np.array([s for s, _ in spans], np.int64)))
        ends = np.concatenate((self.runs.end, np.array([e for _, e in spans], np.int64)))
        marked = np.concatenate((found, np.ones(len(spans), bool)))
        order = np.argsort(starts, kind="stable")
        apart = np.concatenate(([True], starts[order][1:] - ends[order][:-1] > _REACH))
        number = np.cumsum(apart)
        position = np.where(marked[order], np.arange(len(order)), -1)
        latest = np.maximum.accumulate(position)
        first = np.flatnonzero(apart)[number - 1]
        result = np.empty(len(order), bool)
        result[order] = latest >= first
        sizes = np.bincount(number)[number]
        lonely = np.empty(len(order), bool)
        lonely[order] = sizes == 1
        return lonely[:len(found)], result[:len(found)]


def _of(marks: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """For each code whether it is one of the marks."""
    return marks.take(codes, mode="clip")


def _any_between(ends: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether a word ends behind `low` and not behind `high`."""
    last = np.searchsorted(ends, high, "right")           # of those up to `high`
    return np.asarray(np.concatenate(([-1], ends))[last] > low)


def _batches(grid: Grid, runs: Runs, places: _Places, kept: np.ndarray) -> Iterator[Batch]:
    column = np.where(places.cells, places.column, -1)[kept]
    shape, block = runs.shape[kept].astype(np.int64), places.blocks[kept]
    start, end, row = runs.start[kept], runs.end[kept], places.row[kept]
    label = places.label[kept]
    place = np.where(label >= 0, 0, (block + 1) * 4096 + np.minimum(column + 1, 4095))
    key = (place * 64 + shape) * (len(places.words.sets) + 1) + label + 1
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    for piece in np.split(order, cuts) if len(order) else ():
        at = int(piece[0])
        labelled = int(label[at]) >= 0
        headed = grid.headings and column[at] >= 0
        kinds = places.words.sets[int(label[at])] if labelled else grid.heading(int(row[at]), int(column[at])) if headed else NONE
        name = SHAPE_NAMES[int(shape[at])]
        fours = name == FOURS
        values = _written(runs.codes, start[piece], IN_FOURS if fours else np.arange(int(end[at] - start[at])))
        yield Batch("D16" if fours else name, kinds, labelled, int(column[at]), values, row[piece], start[piece], end[piece], fours)


def _written(codes: np.ndarray, start: np.ndarray, places: np.ndarray) -> list[str]:
    """Tokens whose letters and digits stand at the same places, in capitals."""
    lines = np.full((len(start), len(places) + 1), 10, np.uint8)
    whole = sliding_window_view(codes, int(places[-1]) + 1)[start + MARGIN]       # octets side by side: quicker than one by one
    lines[:, :-1] = whole[:, places] if whole.shape[1] > len(places) else whole
    return lines.tobytes().upper().decode("ascii").split("\n")[:-1]


def ibans(grid: Grid, places: Places, labelled: np.ndarray) -> tuple[list[Batch], Places]:
    """Of many: IBAN in one piece that begin at some of these places, which no label is near; and the places that are left."""
    found = grid.characters
    if found is None or places is None or len(places) <= MANY:
        return [], places
    codes, at = found.codes, places + MARGIN
    country = np.clip(codes[at].astype(np.int64) - 65, 0, 25) * 26 + np.clip(codes[at + 1].astype(np.int64) - 65, 0, 25)
    length = IBAN_LENGTH[country]
    end = np.minimum(at + length, len(codes) - 1)
    whole = np.concatenate(([0], np.cumsum((found.kinds & (DIGIT | UPPER)) != 0, dtype=np.int32)))
    word = LETTER | DIGIT
    right = (length > 0) & (whole[end] - whole[at] == length) & ((found.kinds[at - 1] & word) == 0)
    right &= ((found.kinds[end] & word) == 0) & ~inside(places, labelled)
    batches = []
    for size in np.flatnonzero(np.bincount(length[right], minlength=1)).tolist():
        start = places[right & (length == size)]
        rows = np.searchsorted(grid.lines, start, "right") - 1
        batches.append(Batch("IBAN", NONE, False, -1, _written(codes, start, np.arange(size)), rows, start, start + size))
    return batches, places[~right & (length > 0) & ((found.kinds[at - 1] & word) == 0)]
