"""QR codes that are no picture: written in block characters, coloured cells of tables, rectangles of SVG, boxes of styles.

Each is painted as a picture, which the reader of pictures then looks at (ISO/IEC 18004: 21 modules a side at the least).
"""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise

from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.charset import readings
from gateway.model.artifact import ArtifactKind

DRAWN = "drawn"
"""Label of what is painted here: a code or nothing."""
INBOUND, OUTBOUND = ("text/html", "image/svg+xml"), ("image/svg+xml",)
"""Types in whose markup codes are looked for: customers leave in drawings, lures come as tables too."""
FULL, BLANK = "█▓■⬛◼▪●#", " \u00a0\u3000░□⬜◻▫○"
QUARTERS = {"▀": 0b1100, "▄": 0b0011, "▌": 0b1010, "▐": 0b0101, "▘": 0b1000, "▝": 0b0100, "▖": 0b0010, "▗": 0b0001,
            "▙": 0b1011, "▛": 0b1110, "▜": 0b1101, "▟": 0b0111, "▚": 0b1001, "▞": 0b0110,
            **dict.fromkeys(FULL, 0b1111), **dict.fromkeys(BLANK, 0)}
"""Which quarters of a character are dark: upper left, upper right, lower left, lower right."""
SIGNS, WIDE_SIGNS = (b"######", b"&#x25", b"&#96"), (b"\xe2\x96", b"\xe2\xac")
"""How block characters stand in octets: as they are or as references, and in UTF-8."""
TOLD = re.compile("[█▓■⬛◼▪●▀▄]{5}|(?:##){3}")
ART = re.compile(f"[{''.join(map(re.escape, QUARTERS))}]+")
LEAST_LINES, LEAST_WIDE = 10, 19
MODULES = 21
MOST = 200                               # modules a side of what is painted; the largest code has 177
MOST_CODES = 6
MOST_BOXES = 40_000
QUIET = 4
PIXELS = 6                               # a module; wide enough for the reader of pictures
Rows = list[list[bool]]
Box = tuple[float, float, float, float]

CELL = re.compile(r"<t[dh](?:\s([^<>]{0,600}))?>", re.I)
SPAN = re.compile(r"colspan\s{0,4}=\s{0,4}[\"']?(\d{1,3})", re.I)
COLOUR = r"(#[0-9a-f]{3,8}|rgba?\([\d,. ]{5,30}\)|[a-z]{3,20})"
GROUND = re.compile(rf"(?:bgcolor|background(?:-color)?)\s{{0,4}}[=:]\s{{0,4}}[\"']?\s{{0,4}}{COLOUR}", re.I)
RULE = re.compile(r"\.([\w-]{1,40})\s{0,8}\{([^{}<]{1,400})\}")
FILL = re.compile(r"fill\s{0,4}[=:]\s{0,4}[\"']?\s{0,4}(#[0-9a-f]{3,6}|rgb\([\d, ]{5,20}\)|\w{3,20})", re.I)
NUMBERS = {name: re.compile(rf"(?<![\w-]){name}\s{{0,4}}[=:]\s{{0,4}}[\"']?\s{{0,4}}(-?\d{{0,6}}\.?\d{{1,6}})", re.I)
           for name in ("x", "y", "width", "height", "left", "top")}
CLASSES = re.compile(r"class\s{0,4}=\s{0,4}[\"']?([\w \t-]{1,100})", re.I)
RECT = re.compile(r"<(?:\w{1,10}:)?rect\s([^<>]{1,600})>", re.I)
PATH = re.compile(r"<(?:\w{1,10}:)?path\s([^<>]{200,400000})>", re.I)
PATH_DATA = re.compile(r"(?<!\w)d\s{0,4}=\s{0,4}[\"']([mhvlz0-9 .,\r\n-]{300,})", re.I)
LONG_PATH = re.compile(rb"\sd\s{0,4}=\s{0,4}[\"'][mhvlz0-9 .,\r\n-]{400}")
"""The smallest code has a hundred runs of dark modules; icons have curves."""
STEP = re.compile(r"([MmHhVvLlZz])|(-?\d{0,6}\.?\d{1,6})")
PLACED = re.compile(r"<\w{1,10}\s[^<>]{0,200}?style\s{0,4}=\s{0,4}[\"']"
                    r"([^<>\"']{0,300}position\s{0,4}:\s{0,4}absolute[^<>\"']{0,300})", re.I)
SHADOW = re.compile(rf"(-?\d{{1,5}})px\s{{1,4}}(-?\d{{1,5}})px(?:\s{{1,4}}0(?:px)?){{0,2}}\s{{1,4}}{COLOUR}", re.I)
NAMED = {"black": 0, "navy": 20, "darkblue": 20, "midnightblue": 30, "maroon": 40, "darkgreen": 60, "darkred": 40, "indigo": 40,
         "purple": 60, "darkslategray": 70, "green": 80, "blue": 30, "red": 76, "brown": 80}
THREE = re.compile(r"\d{1,3}")
DARK = 110
"""Brightness below which a module is dark."""


class ModulesExtractor:
    name = "modules"

    def claims(self, node: Node) -> bool:
        return node.type in ("text/plain", "text/html", "image/svg+xml")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        signs = SIGNS[1:] if context.outbound else SIGNS  # logs have rows of those
        art = any(sign in node.data for sign in (signs if node.data.isascii() else signs + WIDE_SIGNS))
        boxes = node.type in (OUTBOUND if context.outbound else INBOUND) and _may_draw(node.data)
        if not (art or boxes):
            return
        source = next(iter(readings(node.data, node.charset)))[0]
        text = TAG.sub("", html.unescape(BREAK.sub("\n", source))) if art and node.type != "text/plain" else source
        codes = chain(written(text) if art else (), drawn(source) if boxes else ())
        for rows in islice(filter(_plausible, codes), MOST_CODES):
            yield Child(painted(rows), ArtifactKind.IMAGE, (), label=DRAWN, detected_type="image/bmp")


def _may_draw(data: bytes) -> bool:
    """Whether there are as many cells or boxes as a code needs. Most pages are told by counting."""
    low = data.lower()
    if low.count(b"<td") >= MODULES * 8 and low.count(b"<tr") >= MODULES:
        return True
    if low.count(b"<rect") >= MODULES * 3 or low.count(b"absolute") >= MODULES * 3:
        return True
    return (b"<path" in low and LONG_PATH.search(low) is not None) or (b"box-shadow" in low and low.count(b"px ") >= MODULES * 6)


def _plausible(rows: Rows) -> bool:
    """Whether dark and light are as even as in a code."""
    dark, every = sum(map(sum, rows)), sum(map(len, rows))
    return every < dark * 5 < every * 4


BREAK = re.compile(r"<(?:br|/p|/div|/tr|/pre)[^<>]{0,60}>\r?\n?", re.I)
TAG = re.compile(r"<[^<>]{0,2000}>")


def written(text: str) -> Iterator[Rows]:
    """Codes in block characters. A character is twice as high as wide, unless each stands for a module."""
    if TOLD.search(text) is None:
        return
    run: list[str] = []
    for line in (*text.splitlines(), ""):
        body = line.rstrip("\r\n")
        if len(body.strip()) >= 7 and ART.fullmatch(body):
            run.append(body)
            continue
        if not body.strip() and run and line:
            run.append("")                               # a margin of blanks that somebody cut
            continue
        yield from _block(run)
        run = []


def _block(run: list[str]) -> Iterator[Rows]:
    lines = [line for line in run if line] if len(run) > MOST else run
    wide = max(map(len, lines), default=0)
    if not LEAST_LINES <= len(lines) <= MOST or not LEAST_WIDE <= wide <= 2 * MOST:
        return
    high = 2 if wide < 1.5 * len(lines) else 1           # quarters of a square character are doubled in width only
    rows: Rows = []
    for line in lines:
        quarters = [QUARTERS[c] for c in line.ljust(wide)]
        upper = [bool(q & bit) for q in quarters for bit in (0b1000, 0b0100)]
        lower = [bool(q & bit) for q in quarters for bit in (0b0010, 0b0001)]
        rows += [upper, lower] if high == 2 else [upper, upper, lower, lower]
    yield rows
    yield [[not dark for dark in row] for row in rows]   # as terminals with a dark ground show it


def drawn(source: str) -> Iterator[Rows]:
    """Codes of coloured cells, rectangles and boxes."""
    yield from _tables(source)
    for boxes in (_rects(source), _placed(source), _shadows(source), *(_steps(d) for d in _paths(source))):
        rows = _rows(boxes)
        if rows:
            yield rows


def _tables(source: str) -> Iterator[Rows]:
    """The innermost tables with enough rows and cells."""
    lower = source.lower()
    dark: set[str] | None = None
    end = 0
    for _ in range(MOST_CODES * 10):
        end = lower.find("</table", end + 1)
        start = lower.rfind("<table", 0, end) if end > 0 else -1
        if start < 0:
            return
        if lower.count("<tr", start, end) < MODULES or lower.count("<td", start, end) < MODULES * 8:
            continue
        if dark is None:
            dark = {rule[1] for rule in islice(RULE.finditer(source), MOST) if _is_dark(rule[2])}
        rows = [_cells(source[at:to], dark) for at, to in _spans(lower, start, end)]
        if len(rows) <= MOST and all(MODULES <= len(row) <= MOST for row in rows[:MODULES]) and any(map(any, rows)):
            yield rows


def _spans(lower: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = lower.find("<tr", start, end)
    while at >= 0:
        after = lower.find("<tr", at + 3, end)
        yield at, after if after >= 0 else end
        at = after


def _cells(row: str, dark: set[str]) -> list[bool]:
    made: list[bool] = []
    for cell in islice(CELL.finditer(row), MOST):
        attributes = cell[1] or ""
        span = SPAN.search(attributes)
        named = CLASSES.search(attributes)
        is_dark = _is_dark(attributes) or bool(named and not dark.isdisjoint(named[1].split()))
        made += [is_dark] * min(MOST, int(span[1]) if span else 1)
    return made[:MOST]


def _is_dark(style: str) -> bool:
    found = GROUND.search(style)
    return found is not None and _brightness(found[1]) < DARK


def _brightness(colour: str) -> int:
    """0 to 255; names that are not known are bright."""
    colour = colour.lower()
    if colour[0] == "#":
        digits = colour[1:4] if len(colour) < 7 else colour[1:7:2]
        parts = [int(d, 16) * 17 for d in digits] if len(digits) == 3 else [255]
    else:
        parts = [int(n) for n in THREE.findall(colour)[:3]]
    return sum(parts) // len(parts) if parts else NAMED.get(colour, 255)


def _number(name: str, attributes: str) -> float:
    found = NUMBERS[name].search(attributes)
    return float(found[1]) if found else 0.0


def _rects(source: str) -> Iterator[Box]:
    for rect in islice(RECT.finditer(source), MOST_BOXES):
        fill = FILL.search(rect[1])
        if fill is None or _brightness(fill[1]) < DARK:
            yield _number("x", rect[1]), _number("y", rect[1]), _number("width", rect[1]), _number("height", rect[1])


def _placed(source: str) -> Iterator[Box]:
    for box in islice(PLACED.finditer(source), MOST_BOXES):
        if _is_dark(box[1]):
            yield _number("left", box[1]), _number("top", box[1]), _number("width", box[1]), _number("height", box[1])


def _shadows(source: str) -> Iterator[Box]:
    if "box-shadow" not in source:
        return
    found = [(float(s[1]), float(s[2])) for s in islice(SHADOW.finditer(source), MOST_BOXES) if _brightness(s[3]) < DARK]
    steps = sorted({x for x, _ in found})
    unit = min((b - a for a, b in pairwise(steps)), default=0.0)
    yield from ((x, y, unit, unit) for x, y in found)


def _paths(source: str) -> Iterator[str]:
    for path in islice(PATH.finditer(source), MOST_CODES):
        found = PATH_DATA.search(path[1])
        if found:
            yield found[1]


def _steps(path: str) -> Iterator[Box]:
    """Boxes of a path of straight lines along both axes: closed figures by their edges, open ones as strokes of one module."""
    x = y = 0.0
    xs: list[float] = []
    ys: list[float] = []
    command = ""
    numbers: list[float] = []
    for step in islice(STEP.finditer(path), 4 * MOST_BOXES):
        if step[1]:
            command, numbers = step[1], []
            if command in "Zz" and xs:
                yield _edges(xs, ys)
                xs, ys = [], []
            continue
        numbers.append(float(step[2]))
        if command in "Hh":
            x = numbers[0] + (x if command == "h" else 0)
        elif command in "Vv":
            y = numbers[0] + (y if command == "v" else 0)
        elif len(numbers) == 2:
            x, y = numbers[0] + (x if command in "ml" else 0), numbers[1] + (y if command in "ml" else 0)
        else:
            continue
        if command in "Mm":
            if len(xs) > 1:
                yield _edges(xs, ys)
            xs, ys = [], []
        numbers = []
        xs.append(x)
        ys.append(y)
    if len(xs) > 1:
        yield _edges(xs, ys)


def _edges(xs: list[float], ys: list[float]) -> Box:
    left, top, high = min(xs), min(ys), max(ys) - min(ys)
    return (left, top, max(xs) - left, high) if high else (left, top - .5, max(xs) - left, 1.0)


def _rows(boxes: Iterable[Box]) -> Rows:
    """Boxes on the grid that the smallest of them makes; nothing where that is no code."""
    kept = [b for b in boxes if b[2] > 0 and b[3] > 0]
    if len(kept) < MODULES * 3:
        return []
    unit = min(min(b[2], b[3]) for b in kept)
    kept = [b for b in kept if max(b[2], b[3]) <= MODULES * unit]          # the ground is no module
    left, top = min(b[0] for b in kept), min(b[1] for b in kept)
    places = [(round((x - left) / unit), round((y - top) / unit), round(w / unit), round(h / unit)) for x, y, w, h in kept]
    wide, high = max(x + w for x, _, w, _ in places), max(y + h for _, y, _, h in places)
    if not (MODULES <= wide <= MOST and MODULES <= high <= MOST):
        return []
    rows = [[False] * wide for _ in range(high)]
    for x, y, w, h in places:
        for row in rows[y:y + h]:
            row[x:x + w] = [True] * w
    return rows


def painted(rows: Rows) -> bytes:
    """A grey BMP with a margin ([MS-WMF] 2.2.2.9)."""
    wide = max(map(len, rows))
    margin = b"\xff" * (QUIET * PIXELS)
    signs = {True: b"\0" * PIXELS, False: b"\xff" * PIXELS}
    lines = [margin + b"".join(signs[d] for d in (*row, *[False] * (wide - len(row)))) + margin for row in rows]
    across = wide * PIXELS + 2 * len(margin)
    pad = bytes(-across % 4)
    blank = [b"\xff" * across + pad] * (QUIET * PIXELS)
    body = b"".join((*blank, *(line + pad for line in reversed(lines) for _ in range(PIXELS)), *blank))
    palette = b"".join(bytes((n, n, n, 0)) for n in range(256))
    size = 54 + len(palette)
    head = struct.pack("<2sIHHI", b"BM", size + len(body), 0, 0, size)
    high = len(rows) * PIXELS + 2 * len(blank)
    return head + struct.pack("<IiiHHIIiiII", 40, across, high, 1, 8, 0, len(body), 0, 0, 256, 0) + palette + body


CODES = ModulesExtractor()
