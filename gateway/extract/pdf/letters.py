"""What PDFium tells of the letters and drawn lines of a page, for layout.py to put together."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterable
from itertools import chain, islice

import pypdfium2
import pypdfium2.raw as raw

from gateway.extract.pdf.columns import Letter, begun
from gateway.extract.pdf.layout import NONE, Rules, in_pieces, in_rows

MOST = 12_000
"""Letters of a page that are looked at; a page of small type has 8,000."""
MOST_RULES = 4_000
MOST_TURNED = 24
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
ADJOINING, FEW_ADJOINING = re.compile(r"[0-9] [A-Z]{0,2}[0-9]{5}"), 3
"""Two numbers with a blank between, which may be one in groups or two columns; and how many of them matter."""
NUMBER = re.compile("[0-9]{7}")
DIGITS = 12
"""Digits of a page with numbers of three people."""
PAIRS, STRIDE = 32, 7919
"""Letters of a page that are looked at for whether they were drawn in their order; at no distance that lines could have too."""

TOKEN, DIGIT, MOST_TOKENS = re.compile(r"\S{9,}"), re.compile("[0-9]"), 300
"""What may be a number and the next column, and how many of them are looked at."""
HYPHEN = "\ufffe"
"""PDFium's sign for one that a line ends with."""


def _told(name: str, result: type, *arguments: type) -> Callable[..., int]:
    """A function of PDFium that is called for each letter, without looking at the kind of each pointer again."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    return ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_int, *arguments)(address or 0)


_shown_by = _told("FPDFText_GetTextObject", ctypes.c_void_p)
_loose_box = _told("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_void_p)
_origin = _told("FPDFText_GetCharOrigin", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


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


def _glued(content: str, textpage: pypdfium2.PdfTextPage) -> bool:
    """Whether a word with digits was shown in parts: what columns hold that touch."""
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
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    at_x, at_y, around = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    before, degrees, size, turn, upright, letters = None, 0, 0.0, 0.0, None, list[Letter]()
    for index, character in enumerate(_characters(textpage)):
        if character < " " or character == HYPHEN or (
                character.isspace() and raw.FPDFText_IsGenerated(textpage.raw, index) == 1):
            continue
        if not _loose_box(handle, index, around):
            continue
        if (shown := _shown_by(handle, index)) != before:
            before, upright = shown, None
            angle = raw.FPDFText_GetCharAngle(textpage.raw, index)
            degrees = round(math.degrees(angle)) % 360 if angle > 0 else 0
            size, turn = abs(raw.FPDFText_GetFontSize(textpage.raw, index)), math.radians(degrees)
            letters = []
            found.setdefault(degrees, []).append(letters)
        left, right, top, bottom = box.left, box.right, box.top, box.bottom
        width, height = right - left, abs(top - bottom)
        if degrees or upright != (top, bottom):           # letters of one height that were shown at once stand on one line
            if not _origin(handle, index, at_x, at_y):
                continue
            upright = top, bottom
        base = -y.value
        if degrees:
            left = x.value * math.cos(turn) - y.value * math.sin(turn)
            base = -(x.value * math.sin(turn) + y.value * math.cos(turn))
        wide = height if degrees in (90, 270) else width
        tall = min(max(width, height), 200.0) if size < 2 else size * _scale(size, width, height, degrees)
        letters.append((base, left, left + max(wide, 0.1), tall, character))
    return found


def _characters(textpage: pypdfium2.PdfTextPage) -> str:
    """The characters of a page by their number, as far as they are looked at."""
    count, content = textpage.count_chars(), str(textpage.get_text_range())
    if len(content) == count:
        return content[:MOST]
    return "".join(chr(raw.FPDFText_GetUnicode(textpage.raw, index)) for index in range(min(count, MOST)))


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
