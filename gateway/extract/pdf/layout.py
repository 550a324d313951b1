"""The cells of a PDF page, put together from where its letters stand.

A page says where each letter is drawn and nothing else. PDFium hands the letters on in the order of drawing, a line of a cell after
the other, so that what a narrow column wraps falls apart. Here letters become pieces of lines by their base lines, pieces become
cells where a column goes on in the next line, and cells become rows: drawn lines part them where there are any, else wider steps
from line to line. The numbers of a cell are put together without a gap, as the column broke them.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import pypdfium2
import pypdfium2.raw as raw

from gateway.extract.pdf.rows import Cell, Piece, tabulated

MOST = 12_000
"""Letters of a page that are looked at; a page of small type has 8,000."""
MOST_RULES = 4_000
SPACE = 0.18
"""Times the size of type: room from which on letters are words of their own."""
GAP = 0.9
"""The same for cells, where no blank is written."""
WIDE, WIDE_GAP = 0x2E80, 1.15
"""The same between two letters of East Asia, from this code point on: their blank is as wide as they are, and drawn as nothing."""
EDGE = 3
"""Lines in which something begins at the same place, from which on that is where a column begins."""
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
MOST_TURNED = 24
THIN = 2.5
"""Points of a drawn line, at the most."""
MOST_LINES = 12
"""Lines of a cell."""


SHORT = 20
"""Characters of a line that may be part of a cell."""
FEW_LINES = 6
LONG = 150
"""Characters of a line that may be a whole table."""
HEADINGS, ROWS = 15, 40
"""Words of a line that may be a heading, and lines below it that are looked at."""
NOTE = re.compile(r"[(（][^()（）]{0,6}[0-9]{1,2}[^()（）]{0,6}[)）]")
"""What a heading adds in parentheses, such as the digits that its numbers have: (12碼), （16桁）."""
ADJOINING, FEW_ADJOINING = re.compile(r"[0-9] [A-Z]{0,2}[0-9]{5}"), 3
"""Two numbers with a blank between, which may be one in groups or two columns; and how many of them matter."""
DIGITS = 12
"""Digits of a page with numbers of three people."""
PAIRS, STRIDE = 32, 7919
"""Letters of a page that are looked at for whether they were drawn in their order; at no distance that lines could have too."""


def wanted(content: str, textpage: pypdfium2.PdfTextPage) -> bool:
    """Whether the lines PDFium tells may not be those of the page: parts of cells, whole tables, letters turned or out of order."""
    if sum(map(content.count, "0123456789")) < DIGITS:
        return False
    lines = [line for line in content.splitlines() if line.strip()]
    short = sum(len(line) <= SHORT for line in lines)
    return ((3 * short >= len(lines) >= FEW_LINES) or any(len(line) > LONG for line in lines) or _uneven(lines)
            or sum(1 for _ in islice(ADJOINING.finditer(content), FEW_ADJOINING)) == FEW_ADJOINING or _disordered(textpage))


def _uneven(lines: list[str]) -> bool:
    """Whether the lines under a heading have more or fewer words than it has: which stands in which column is not told then."""
    for heading, *below in zip(lines, lines[1:], lines[2:], lines[3:], strict=False):
        words = len(heading.split())
        noted = ")" in heading or "）" in heading
        bare = not any(map(str.isdigit, NOTE.sub("", heading) if noted else heading))
        if 2 <= words <= HEADINGS and bare and all(any(map(str.isdigit, line)) for line in below):
            return any(len(line.split()) != words for line in lines[lines.index(heading) + 1:][:ROWS])
    return False


def _disordered(textpage: pypdfium2.PdfTextPage) -> bool:
    handle, count = textpage.raw, int(textpage.count_chars())
    x, y, after = ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
    odd = 0
    for index in {number * STRIDE % (count - 1) for number in range(PAIRS)} if count > 1 else ():
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        raw.FPDFText_GetCharOrigin(handle, index + 1, after, y)
        turned = raw.FPDFText_GetCharAngle(handle, index) > 0.02
        odd += bool(turned or raw.FPDFText_IsGenerated(handle, index) == 1 or after.value < x.value)
    return 4 * odd > min(count, PAIRS)


@dataclass(frozen=True, slots=True)
class Rules:
    """Drawn lines: (place, from, to), sorted by place."""

    across: list[tuple[float, float, float]]
    down: list[tuple[float, float, float]]


def rows(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> list[tuple[str, ...]]:
    """The rows of cells of a page from above to below, whichever way its letters are turned."""
    found: list[tuple[str, ...]] = []
    turned = _letters(textpage)
    for angle, letters in sorted(turned.items()):
        rules = _rules(page) if angle == 0 else Rules([], [])
        pieces = _pieces(letters, rules)
        if found and len(pieces) <= MOST_TURNED:          # headings that stand upright over their columns
            sign = -1 if angle < 180 else 1
            found.insert(0, tuple(p.text for p in sorted(pieces, key=lambda p: sign * p.base)))
        else:
            found += tabulated(_cells(pieces, rules))
    return found


Letter = tuple[float, float, float, float, str]
"""Base line, left, right, size, character; a blank has its character too."""


def arranged(words: list[Letter]) -> list[tuple[str, ...]]:
    """The rows of cells of words that stand somewhere: those that touch are one piece."""
    none = Rules([], [])
    return tabulated(_cells(_pieces(words, none), none))


def _letters(textpage: pypdfium2.PdfTextPage) -> dict[int, list[Letter]]:
    """By the degrees they are turned."""
    handle = textpage.raw
    found: dict[int, list[Letter]] = {}
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    at = (ctypes.byref(x), ctypes.byref(y), ctypes.byref(box))
    for index in range(min(textpage.count_chars(), MOST)):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code < 32 or raw.FPDFText_IsGenerated(handle, index) == 1 or not raw.FPDFText_GetCharOrigin(handle, index, at[0], at[1]):
            continue
        if not raw.FPDFText_GetLooseCharBox(handle, index, at[2]):
            continue
        angle = raw.FPDFText_GetCharAngle(handle, index)
        degrees = round(math.degrees(angle)) % 360 if angle > 0 else 0
        size = abs(raw.FPDFText_GetFontSize(handle, index))
        width, height = box.right - box.left, abs(box.top - box.bottom)
        turn = math.radians(degrees)
        along = x.value * math.cos(turn) - y.value * math.sin(turn)
        base = -(x.value * math.sin(turn) + y.value * math.cos(turn))
        wide = height if degrees in (90, 270) else width
        size = min(max(width, height), 200.0) if size < 2 else size * _scale(size, width, height, degrees)
        left = box.left if degrees == 0 else along
        found.setdefault(degrees, []).append((base, left, left + max(wide, 0.1), size, chr(code)))
    return found


def _scale(size: float, width: float, height: float, degrees: int) -> float:
    """1 unless the page is drawn in another scale than the size of the font says."""
    tall = width if degrees in (90, 270) else height
    return tall / size if tall and not 0.6 < tall / size < 2.2 else 1.0


def _rules(page: pypdfium2.PdfPage) -> Rules:
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)):
        if count >= MOST_RULES:
            break
        left, bottom, right, top = item.get_bounds()
        wide, high = right - left, top - bottom
        if high <= THIN < wide:
            across.append((-(top + bottom) / 2, left, right))
        elif wide <= THIN < high:
            down.append(((left + right) / 2, -top, -bottom))
        elif wide > 4 * THIN and high > 2 * THIN:
            across += [(-top, left, right), (-bottom, left, right)]
            down += [(left, -top, -bottom), (right, -top, -bottom)]
    return Rules(sorted(across), sorted(down))


def _between(rules: list[tuple[float, float, float]], low: float, high: float, at: float) -> bool:
    """Whether one of the lines lies between two places and reaches over a third."""
    start = bisect_left(rules, (low, -math.inf, -math.inf))
    for place, begin, end in rules[start:start + 200]:
        if place > high:
            break
        if begin - 1 <= at <= end + 1:
            return True
    return False


def _pieces(letters: list[Letter], rules: Rules) -> list[Piece]:
    """Letters of one line from left to right, parted where there is room or a drawn line."""
    lines: list[list[list[Letter]]] = []
    for run in sorted(_runs(letters), key=lambda run: run[0][0]):
        letter = run[0]
        if lines and letter[0] - lines[-1][0][0][0] <= SAME_LINE * min(letter[3], lines[-1][0][0][3]):
            lines[-1].append(run)
        else:
            lines.append([run])
    layers = [(layer, number) for number, line in enumerate(lines) for layer in _layers(line)]
    pieces = [piece for layer, number in layers for piece in _parted(layer, rules, number, frozenset())]
    edges = _edges(pieces)
    if not any(" " in piece.text and any(piece.left + 1 < edge < piece.right - 1 for edge in edges) for piece in pieces):
        return pieces
    return [piece for layer, number in layers for piece in _parted(layer, rules, number, edges)]


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


def _parted(line: list[Letter], rules: Rules, number: int, edges: frozenset[int]) -> Iterator[Piece]:
    text, first, blanks = "", line[0], 0
    end, base = first[1], first[0]
    before: Letter | None = None
    for letter in line:
        size = letter[3]
        if letter[4].isspace():
            blanks += 1
            continue
        if before and letter[4] == before[4] and abs(letter[1] - before[1]) < DOUBLE * size:
            continue
        room = letter[1] - end
        gap = WIDE_GAP if before and ord(before[4][-1]) >= WIDE <= ord(letter[4][0]) else GAP
        apart = room > gap * size * (2 if blanks == 1 else 1) or blanks > 2
        apart = apart or ((blanks > 0 or room > SPACE * size) and round(letter[1]) in edges)
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
        open_cells = [c for c in open_cells if piece.base - c.last.base <= FAR_LINE * max(piece.size, c.last.size)]
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
