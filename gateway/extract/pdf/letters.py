"""What PDFium tells of the letters and drawn lines of a page, for layout.py to put together."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as raw

from gateway.extract.pdf.columns import Letter, begun
from gateway.extract.pdf.layout import NONE, Rules, in_pieces, in_rows

MOST = 12_000
"""Letters of a page that are looked at; a page of small type has 8,000."""
MOST_RULES = 4_000
MOST_TURNED = 24
TURNED = 0.02
"""How much a line of letters that is not turned rises at the most, for its length."""
THIN = 2.5
"""Points of a drawn line, at the most."""
SHORT = 20
"""Characters of a line that may be part of a cell."""
FEW_LINES = 6
LONG = 150
"""Characters of a line that may be a whole table."""
HEADINGS, ROWS = 15, 40
"""Words of a line that may be a heading, and lines below it that are looked at."""
NOTE = re.compile(r"[(（][^()（）]{0,6}[0-9]{1,2}[^()（）]{0,6}[)）]")
"""What a heading adds in parentheses, such as the digits that its numbers have: (12碼), （16桁）."""
ADJOINING, FEW_ADJOINING = re.compile(r" (?<=[0-9] )[A-Z]{0,2}[0-9]{5}"), 3
"""Two numbers with a blank between, which may be one in groups or two columns; and how many of them matter."""
NUMBER = re.compile("[0-9]{7}")
DIGITS = 12
"""Digits of a page with numbers of three people."""
PAIRS, STRIDE = 24, 7919
"""Letters of a page that are looked at for whether they were drawn in their order; at no distance that lines could have too."""

TOKEN = re.compile(r"(?<!\S)(?!(?:[A-Z][12][0-9]{8}|0[0-9]{1,3}-?[0-9]{3,4}-?[0-9]{3,4}|[0-9]{3}-[0-9]{2}-[0-9]{4}"
                   r"|[12][0-9]{3}([-/.])[0-9]{2}\1[0-9]{2})(?!\S))\S{9,}")
"""What may be a number and the next column: no number of a person, of a telephone or date by itself."""
DIGIT, MOST_TOKENS = re.compile("[0-9]"), 300
WORD = re.compile("[^\\s\x00-\x1f\ufffe]+|[^\\S\x00-\x1f\ufffe]")
"""Letters between blanks, or a blank; PDFium ends a line with the last of the signs left out where it has a hyphen."""


def _told(name: str, result: type, *arguments: type) -> Callable[..., int]:
    """A function of PDFium that is called for each letter, without looking at the kind of each pointer again."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    return ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_int, *arguments)(address or 0)


_shown_by = _told("FPDFText_GetTextObject", ctypes.c_void_p)
_loose_box = _told("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_void_p)
_origin = _told("FPDFText_GetCharOrigin", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
X, Y, BOX = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
AT_X, AT_Y, AROUND = ctypes.byref(X), ctypes.byref(Y), ctypes.byref(BOX)
"""Where PDFium writes what it is asked for."""


class _Way(NamedTuple):
    """How far what is shown is turned, in degrees and in radians."""

    degrees: int
    turn: float


LEVEL = _Way(0, 0.0)


def wanted(content: str, textpage: pypdfium2.PdfTextPage) -> bool:
    """Whether the lines PDFium tells may not be those of the page: parts of cells, whole tables, letters turned or out of order."""
    if sum(map(content.count, "0123456789")) < DIGITS:
        return False
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) < FEW_LINES and any(len(NUMBER.findall(line)) >= FEW_ADJOINING for line in lines):
        return True                                       # rows of type so small that they came as one line
    short = sum(len(line) <= SHORT for line in lines)
    return ((3 * short >= len(lines) >= FEW_LINES) or any(len(line) > LONG for line in lines) or _uneven(lines)
            or sum(1 for _ in islice(ADJOINING.finditer(content), FEW_ADJOINING)) == FEW_ADJOINING or _disordered(textpage)
            or _glued(content, textpage))


def _uneven(lines: list[str]) -> bool:
    """Whether the lines under a heading have more or fewer words than it has: which stands in which column is not told then."""
    told = [DIGIT.search(line) is not None for line in lines]
    for number, heading in enumerate(lines[:-3]):
        if not (told[number + 1] and told[number + 2] and told[number + 3]):
            continue
        if not told[number] or ((")" in heading or "）" in heading) and DIGIT.search(NOTE.sub("", heading)) is None):
            words = len(heading.split())
            if 2 <= words <= HEADINGS:
                return any(len(line.split()) != words for line in lines[number + 1:number + 1 + ROWS])
    return False


def _disordered(textpage: pypdfium2.PdfTextPage) -> bool:
    """Whether many letters are turned, or stand to the left of the one before."""
    handle, count = ctypes.cast(textpage.raw, ctypes.c_void_p), int(textpage.count_chars())
    odd = 0
    for index in {number * STRIDE % (count - 1) for number in range(PAIRS)} if count > 1 else ():
        _origin(handle, index, AT_X, AT_Y)
        before, base = X.value, Y.value
        _origin(handle, index + 1, AT_X, AT_Y)
        odd += abs(Y.value - base) > TURNED * (X.value - before)
    return 4 * odd > min(count, PAIRS)


def _glued(content: str, textpage: pypdfium2.PdfTextPage) -> bool:
    """Whether a word with digits was shown in parts: what columns hold that touch."""
    if raw.FPDFText_CountRects(textpage.raw, 0, -1) <= content.count("\n") + 1:
        return False                                      # each line was shown at once
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p)
    tokens = islice((token for token in TOKEN.finditer(content) if DIGIT.search(token.group())), MOST_TOKENS)
    return any(_shown_by(handle, token.start()) != _shown_by(handle, token.end() - 1) for token in tokens)


def rows(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, filled: Iterable[Letter] = ()) -> list[tuple[str, ...]]:
    """The rows of cells of a page from above to below, whichever way its letters are turned. `filled`: letters of its fields."""
    found: list[tuple[str, ...]] = []
    turned = _letters(textpage)
    if filled:
        turned.setdefault(0, []).append(list(filled))
    for angle, shown in sorted(turned.items()):
        rules = _rules(page) if angle == 0 else NONE
        parts = in_pieces(list(chain.from_iterable(shown)), rules, begun(shown))
        if found and len(parts) <= MOST_TURNED:          # headings that stand upright over their columns
            sign = -1 if angle < 180 else 1
            found.insert(0, tuple(p.text for p in sorted(parts, key=lambda p: sign * p.base)))
        else:
            found += in_rows(parts, rules)
    return found


def _letters(textpage: pypdfium2.PdfTextPage) -> dict[int, list[list[Letter]]]:
    """By the degrees they are turned, and by what was shown at once: size and turn are the same for all of that."""
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p)
    found: dict[int, list[list[Letter]]] = {}
    before, way, size, letters = None, LEVEL, 0.0, list[Letter]()
    characters = _characters(textpage)
    for word in WORD.finditer(characters):
        if (blank := word.group().isspace()) and raw.FPDFText_IsGenerated(textpage.raw, word.start()) == 1:
            continue
        for begin, end, shown in _shown(handle, word.start(), word.end()):
            if shown != before:
                before = shown
                angle = raw.FPDFText_GetCharAngle(textpage.raw, begin)
                degrees = round(math.degrees(angle)) % 360 if angle > 0 else 0
                way, size = _Way(degrees, math.radians(degrees)), abs(raw.FPDFText_GetFontSize(textpage.raw, begin))
                letters = []
                found.setdefault(degrees, []).append(letters)
            level = not way.degrees and not blank and end - begin > 1
            if not (level and _whole(handle, begin, end, size, characters, letters)):
                letters += _single(handle, begin, end, way, size, characters)
    return found


def _shown(handle: ctypes.c_void_p, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Where the parts of a word begin and end that were shown at once, and by what."""
    last = _shown_by(handle, end - 1)
    while (shown := _shown_by(handle, begin)) != last:
        same, other = begin, end - 1
        while other - same > 1:
            middle = (same + other) // 2
            if _shown_by(handle, middle) == shown:
                same = middle
            else:
                other = middle
        yield begin, other, shown
        begin = other
    yield begin, end, last


def _whole(handle: ctypes.c_void_p, begin: int, end: int, size: float, characters: str, letters: list[Letter]) -> bool:
    """Whether what was shown at once stands on one line: PDFium puts a blank where it has room in it. Its last letter is told by
    itself, for what is drawn over its end."""
    if not (_loose_box(handle, begin, AROUND) and _origin(handle, begin, AT_X, AT_Y)):
        return False
    left, top, bottom = BOX.left, BOX.top, BOX.bottom
    if not _loose_box(handle, end - 1, AROUND) or (BOX.top, BOX.bottom) != (top, bottom) or BOX.left <= left:
        return False
    tall = _tall(size, BOX.right - BOX.left, abs(top - bottom), 0)
    letters.append((-Y.value, left, BOX.left, tall, characters[begin:end - 1]))
    letters.append((-Y.value, BOX.left, max(BOX.right, BOX.left + 0.1), tall, characters[end - 1]))
    return True


def _single(handle: ctypes.c_void_p, begin: int, end: int, way: _Way, size: float, characters: str) -> Iterator[Letter]:
    """Letter by letter."""
    for index in range(begin, end):
        if not (_loose_box(handle, index, AROUND) and _origin(handle, index, AT_X, AT_Y)):
            continue
        left, base = BOX.left, -Y.value
        width, height = BOX.right - left, abs(BOX.top - BOX.bottom)
        if way.degrees:
            left = X.value * math.cos(way.turn) - Y.value * math.sin(way.turn)
            base = -(X.value * math.sin(way.turn) + Y.value * math.cos(way.turn))
        wide = height if way.degrees in (90, 270) else width
        yield base, left, left + max(wide, 0.1), _tall(size, width, height, way.degrees), characters[index]


def _characters(textpage: pypdfium2.PdfTextPage) -> str:
    """The characters of a page by their number, as far as they are looked at."""
    count, content = textpage.count_chars(), str(textpage.get_text_range())
    if len(content) == count:
        return content[:MOST]
    return "".join(chr(raw.FPDFText_GetUnicode(textpage.raw, index)) for index in range(min(count, MOST)))


def _tall(size: float, width: float, height: float, degrees: int) -> float:
    return min(max(width, height), 200.0) if size < 2 else size * _scale(size, width, height, degrees)


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
