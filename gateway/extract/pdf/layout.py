"""The cells of a PDF page, put together from where its letters stand.

A page says where each letter is drawn and nothing else. PDFium hands the letters on in the order of drawing, a line of a cell after
the other, so that what a narrow column wraps falls apart. Here letters become pieces of lines by their base lines, pieces become
cells where a column goes on in the next line, and cells become rows: drawn lines part them where there are any, else wider steps
from line to line. The numbers of a cell are put together without a gap, as the column broke them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gateway.extract.pdf.columns import EDGE, SPACE, Letter
from gateway.extract.pdf.rows import Cell, Piece, tabulated

GAP = 0.9
"""The same for cells, where no blank is written."""
WIDE, WIDE_GAP = 0x2E80, 1.15
"""The same between two letters of East Asia, from this code point on: their blank is as wide as they are, and drawn as nothing."""
SAME_LINE = 0.35
NEXT_LINE, STEPPED_LINE, FAR_LINE = 1.75, 2.0, 3.0
"""Times the size of type from a line to the next one of its cell: usually, where wider steps part the rows, and between drawn
lines."""
WIDER = 1.13
"""Times the usual step from line to line, from which on a step parts cells."""
DOUBLE = 0.18
"""Times the size of type by which a letter is shifted at the most where it is drawn twice."""
RUNS = 400
"""Pieces of a line up to which it is looked for letters drawn twice."""
HALF = 0.5
"""Of a letter, that the next run of its line must not reach back into."""
STEPPED = 5
"""One of so many steps from line to line is wider where wider steps part the rows."""
RULED = 4
"""Drawn lines from which on they part the rows, and nothing else does between two of them."""
MOST_LINES = 12
"""Lines of a cell."""
MOST_OPEN = 500
"""Cells that may yet go on below: a table across the largest sheet has fewer in a line."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Drawn lines: (place, from, to), sorted by place."""

    across: list[tuple[float, float, float]]
    down: list[tuple[float, float, float]]


NONE = Rules([], [])
NOWHERE: frozenset[tuple[float, float]] = frozenset()


def arranged(words: list[Letter]) -> list[tuple[str, ...]]:
    """The rows of cells of words that stand somewhere: those that touch are one piece."""
    return in_rows(in_pieces(words, NONE), NONE)


def in_rows(found: list[Piece], rules: Rules) -> list[tuple[str, ...]]:
    """The rows of cells of pieces of lines."""
    return tabulated(_cells(found, rules))


def _between(rules: list[tuple[float, float, float]], low: float, high: float, at: float) -> bool:
    """Whether one of the lines lies between two places and reaches over a third."""
    start = bisect_left(rules, (low, -math.inf, -math.inf))
    for place, begin, end in rules[start:start + 200]:
        if place > high:
            break
        if begin - 1 <= at <= end + 1:
            return True
    return False


def in_pieces(letters: list[Letter], rules: Rules, begun: frozenset[tuple[float, float]] = NOWHERE) -> list[Piece]:
    """Letters of one line from left to right, parted where there is room or a drawn line. `begun`: base line and left edge of those
    that a column begins with, whatever room there is."""
    lines: list[list[list[Letter]]] = []
    for run in sorted(_runs(letters), key=lambda run: run[0][0]):
        letter = run[0]
        if lines and letter[0] - lines[-1][0][0][0] <= SAME_LINE * min(letter[3], lines[-1][0][0][3]):
            lines[-1].append(run)
        else:
            lines.append([run])
    layers = [(layer, number) for number, line in enumerate(lines) for layer in _layers(line)]
    pieces = [piece for layer, number in layers for piece in _parted(layer, rules, number, frozenset(), begun)]
    edges = _edges(pieces)
    if not any(" " in piece.text and any(piece.left + 1 < edge < piece.right - 1 for edge in edges) for piece in pieces):
        return pieces
    return [piece for layer, number in layers for piece in _parted(layer, rules, number, edges, begun)]


def _edges(pieces: list[Piece]) -> frozenset[int]:
    """Places in whole points where columns begin: pieces of several lines do that are not the first of theirs, or those of the
    first line that has more of them than any other."""
    inner = (piece for before, piece in pairwise(pieces) if before.line == piece.line and before.left < piece.left)
    found = {place for place, count in Counter(round(piece.left) for piece in inner).items() if count >= EDGE}
    fullest, most = max(Counter(piece.line for piece in pieces).items(), key=lambda line: line[1], default=(0, 0))
    return frozenset(found | {round(piece.left) for piece in pieces if piece.line == fullest} if most >= EDGE else found)


def _runs(letters: list[Letter]) -> Iterator[list[Letter]]:
    """Letters that were drawn one after the other and stand so."""
    run: list[Letter] = []
    for letter in letters:
        if run and not (abs(letter[0] - run[-1][0]) < 0.5 and letter[1] > run[-1][1] and letter[1] - run[-1][2] <= letter[3]):
            yield run
            run = []
        run.append(letter)
    if run:
        yield run


def _layers(line: list[list[Letter]]) -> list[list[Letter]]:
    """Runs side by side in one layer; what is drawn over others in one of its own, but for letters drawn twice."""
    layers: list[list[Letter]] = []
    for run in sorted(line, key=lambda run: run[0][1]):
        for layer in layers[:8]:
            if run[0][1] > layer[-1][1] + HALF * (layer[-1][2] - layer[-1][1]) * (len(run) > 1 or layer[-1][4] == run[0][4]):
                layer.extend(run)
                break
        else:
            if len(layers) < 8 and not (len(line) < RUNS and any(_twice(run, layer) for layer in layers)):
                layers.append(list(run))
    return layers


def _twice(run: list[Letter], layer: list[Letter]) -> bool:
    """Whether a run only repeats what a layer has in its place."""
    there = [letter for letter in layer if run[0][1] - letter[3] < letter[1] < run[-1][2]]
    return all(any(letter[4] == other[4] and abs(letter[1] - other[1]) < DOUBLE * letter[3] for other in there)
               for letter in run[:40])


def _parted(line: list[Letter], rules: Rules, number: int, edges: frozenset[int],
            begun: frozenset[tuple[float, float]]) -> Iterator[Piece]:
    text, first, blanks = "", line[0], 0
    end, base = first[1], first[0]
    before: Letter | None = None
    for letter in line:
        size = letter[3]
        if letter[4].isspace():
            blanks += 1
            continue
        begins = letter[:2] in begun
        if before and not begins and letter[4] == before[4] and abs(letter[1] - before[1]) < DOUBLE * size:
            continue
        room = letter[1] - end
        gap = WIDE_GAP if before and ord(before[4][-1]) >= WIDE <= ord(letter[4][0]) else GAP
        apart = room > gap * size * (2 if blanks == 1 else 1) or blanks > 2
        apart = apart or begins or ((blanks > 0 or room > SPACE * size) and round(letter[1]) in edges)
        if text and (apart or (room > 0 and rules.down and _between(rules.down, end - 1, letter[1] + 1, base - size / 3))):
            yield Piece(first[1], end, base, first[3], text, number)
            text, first = "", letter
        elif text and (blanks or room > SPACE * size):
            text += " "
        elif not text:
            first = letter
        end = max(end, letter[2]) if text else letter[2]
        text += letter[4]
        base, before, blanks = letter[0], letter, 0
    if text:
        yield Piece(first[1], end, base, first[3], text, number)


def _cells(pieces: list[Piece], rules: Rules) -> list[Cell]:
    """Pieces below one another in a column become one cell where nothing parts them."""
    steps, stepped = _steps(pieces)
    beside = Counter(piece.line for piece in pieces)
    cells: list[Cell] = []
    open_cells: list[Cell] = []
    for piece in sorted(pieces, key=lambda p: (p.base, p.left)):
        near = (c for c in open_cells[-MOST_OPEN:] if piece.base - c.last.base <= FAR_LINE * max(piece.size, c.last.size))
        open_cells = list(near)
        above = [c for c in open_cells if c.last.base < piece.base - 0.5 and _under(c.last, piece)]
        cell = max(above, key=lambda c: c.last.base) if above else None
        usual = steps.get(round(piece.left / 4), steps[-1])
        closer = (cell is not None and (piece.base - cell.last.base) * WIDER < usual
                  and beside[cell.last.line] < beside[piece.line])        # a heading of two lines over rows of one
        begins = not stepped and cell is not None and not closer and beside[piece.line] >= max(2, beside[cell.first.line])
        farthest = STEPPED_LINE if cell is not None and (piece.base - cell.last.base) * WIDER < steps[-2] else NEXT_LINE
        if cell and len(cell.lines) < MOST_LINES and not _parts(cell.last, piece, usual, rules, begins, farthest):
            cell.lines.append(piece)
        else:
            cell = Cell([piece])
            cells.append(cell)
            open_cells.append(cell)
    return cells


def _under(above: Piece, below: Piece) -> bool:
    """Whether both share a column: their edges or their middles stand over one another."""
    overlap = min(above.right, below.right) - max(above.left, below.left)
    if overlap < 0.5 * min(above.right - above.left, below.right - below.left):
        return False
    near = 0.6 * max(above.size, below.size)
    return (abs(above.left - below.left) < near or abs(above.right - below.right) < near
            or abs(above.left + above.right - below.left - below.right) < 2 * near)


def _parts(above: Piece, below: Piece, usual: float, rules: Rules, begins: bool, farthest: float) -> bool:
    """Whether a new cell begins. `begins`: the line has as many cells as the one where the row above began."""
    step = below.base - above.base
    if abs(above.size - below.size) > 0.2 * above.size:
        return True
    middle = max(above.left, below.left) + 1
    if len(rules.across) >= RULED:
        top, bottom = above.base - 0.3 * above.size, below.base - 0.3 * below.size
        if _between(rules.across, top, bottom, middle):
            return True
        if _between(rules.across, above.base - 20 * above.size, top, middle) and _between(
                rules.across, bottom, below.base + 20 * below.size, middle):
            return False
    return begins or step > WIDER * max(usual, below.size) or step > farthest * max(above.size, below.size)


def _steps(pieces: list[Piece]) -> tuple[dict[int, float], bool]:
    """The small step from a piece to the one below it by column, that of the page at -1, a large one at -2; and whether
    wider steps part the rows."""
    columns: dict[int, list[Piece]] = {}
    for piece in pieces:
        columns.setdefault(round(piece.left / 4), []).append(piece)
    found: dict[int, float] = {}
    every: list[float] = []
    wider = 0
    for key, column in columns.items():
        column.sort(key=lambda p: p.base)
        steps = sorted(step for a, b in pairwise(column) if 0.8 * b.size < (step := b.base - a.base) < 4 * b.size)
        if len(steps) >= 3 and steps[0] < NEXT_LINE * column[0].size:
            found[key] = steps[len(steps) // 10]
        if steps:
            wider += sum(step > WIDER * steps[0] for step in steps)
        every += steps
    every.sort()
    found[-1] = every[len(every) // 10] if every else 0.0
    found[-2] = every[3 * len(every) // 4] if every else 0.0
    return found, wider * STEPPED >= len(every)
