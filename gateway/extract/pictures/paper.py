"""What the pages of a PDF file show beside their text: scans and outlines are drawn, pictures on other pages taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image

from gateway.extract.base import Problem
from gateway.extract.pictures import grey, lettering
from gateway.model.finding import IncidentCode

LARGE = 2600
"""Long side in pixels of pages that are drawn."""
SCAN_DPI = 170
MOST_PAGES = 8
IN_ALL = 100
"""Pages of all files of a message that are drawn: of more with words, the reading would have no time."""
SHAPES, STROKES = 250_000, 12_000_000
"""Lines and areas of a page that is drawn, and points (72 to the inch) that they reach over together: a plan of a plant on A0 has
100,000 of 20 points."""
LARGER, EVENLY = 1.3, 1.1
"""Times that drawing a page makes its pictures larger, from which on they are taken as they are; how many times as much in one
direction as in the other at the most."""
MOST_APART, BETWEEN = 8, 3.0
"""Pictures and pieces of text of such a page at the most; points (72 to the inch) between pictures that are no pieces of one."""
EDGE = 2
"""Pixels of the edges of a picture that was made to fit its place."""
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Pages turn clockwise, PIL the other way."""
PAGE_TEXT = 20
"""Characters of a page's own text below which it is a scan."""
FEW_LETTERS = 400
"""Characters of a page up to which what a picture on it shows is not among them."""
OUTLINES, MOST_DRAWN = 120, 4
"""Shapes of a page with few letters from which on its words may be among them, and how many such pages are drawn."""
MOST_IMAGES, LARGE_PART = 50, 8
"""Pictures of such a page, and what part of it they fill at least."""
SHOT_PART = 32
"""What part of a page full of text a screen at least fills that is shown on it."""
WHOLE = 0.5
"""Share of a page that the pieces of one scan fill together; on pages full of text, the scan whose text that is."""
NUMBER = re.compile(r"[0-9]{6}")
LISTED = 3
"""Numbers of a page from which on it is a list."""
MOST_SHOTS = 4
"""Pictures on pages full of text that are read: a handbook has dozens, which show what its text explains."""
MOST_LOOKS = 40
"""Pictures on such pages that are looked at for letters."""
LEAST_CODE, MOST_CODE = 72, 1200
"""Sides in pixels of pictures that may be square codes."""
UNMAPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uefff\ufffd\uffff]")
"""What a letter is told as whose meaning the file does not say: its number in the font, or one for private use below
those of symbols."""
UNREADABLE, HEADINGS = 8, 24
"""One of so many letters of a page that cannot be read: formulas have fewer such, and bullets. Where the page lists numbers, the
few may be what says which."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a page. `code`: it may be a square code only."""

    picture: Image.Image
    source: str
    code: bool = False


@dataclass(slots=True)
class _Left:
    """How many of each kind are still taken from this file."""

    scans: int = MOST_PAGES
    drawn: int = MOST_DRAWN
    shots: int = MOST_SHOTS
    looks: int = MOST_LOOKS


def pages(data: bytes, most: int = IN_ALL) -> Iterator[Shown | Problem]:
    """Of each page that shows more than it says. A file that is no PDF gives nothing: its own reader says what is wrong with it.
    `most`: pages that may still be drawn."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        left = _Left(min(MOST_PAGES, most), min(MOST_DRAWN, most))
        for number in range(len(document)):
            source, page = f"page {number + 1} picture", document[number]
            alone, few, numbers = scanned(page)
            if not alone and few and left.drawn and (_outlined(page) or _pieced(page)):
                left.drawn -= 1
            elif not alone:
                yield from _beside(page, few, not numbers, source, left)
                continue
            elif not left.scans:
                yield Problem(IncidentCode.COUNT, f"more than {MOST_PAGES} scanned pages" if most >= MOST_PAGES
                              else f"more than {IN_ALL} scanned pages in all files")
                return
            else:
                left.scans -= 1
            if crowded(page):
                yield Problem(IncidentCode.COUNT, f"page {number + 1} is drawn with more lines than any drawing has")
                return
            scale = min(SCAN_DPI / 72, LARGE / max(page.get_size()))
            for drawn in _as_they_are(page, scale) or [page.render(scale=scale).to_pil()]:
                if (picture := grey.grey(drawn)) is not None:
                    yield Shown(picture, source)
    except pypdfium2.PdfiumError as error:
        yield Problem(IncidentCode.MALFORMED, f"pdf page: {type(error).__name__}")
    finally:
        document.close()


def _as_they_are(page: pypdfium2.PdfPage, scale: float) -> list[Image.Image]:
    """The pictures that are all of a page but a few words, with the pixels they have; none of other pages, where they touch, and
    where drawing the page at that scale would not make them larger: dots of noise are pixels of their own then, and there is less
    to read."""
    count: int = raw.FPDFPage_CountObjects(page.raw)
    if count > MOST_APART or raw.FPDFPage_GetAnnotCount(page.raw):
        return []
    objects = [raw.FPDFPage_GetObject(page.raw, at) for at in range(count)]
    kinds = [raw.FPDFPageObj_GetType(each) for each in objects]
    if not set(kinds) <= {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_TEXT}:
        return []
    items = [pypdfium2.PdfImage(each, page=page, pdf=page.pdf)
             for each, kind in zip(objects, kinds, strict=True) if kind == raw.FPDF_PAGEOBJ_IMAGE]
    if not all(_enlarged(item, scale) for item in items) or any(_touch(one, other) for one, other in combinations(items, 2)):
        return []
    return [_pixels(item, TURNS.get(page.get_rotation())) for item in items]


def _enlarged(item: pypdfium2.PdfImage, scale: float) -> bool:
    """Whether drawing it at that scale makes it larger, in both directions alike."""
    across, stretched, leaning, down = item.get_matrix().get()[:4]
    wide, high = item.get_px_size()
    larger = across * scale / wide, down * scale / high
    return not (stretched or leaning) and min(larger) >= LARGER and max(larger) <= EVENLY * min(larger)


def _touch(one: pypdfium2.PdfImage, other: pypdfium2.PdfImage) -> bool:
    """Whether they lie over each other or side by side, as pieces of one picture do."""
    (start, bottom, end, top), (left, lower, right, upper) = one.get_bounds(), other.get_bounds()
    return bool(start <= right + BETWEEN and left <= end + BETWEEN and bottom <= upper + BETWEEN and lower <= top + BETWEEN)


def _pixels(item: pypdfium2.PdfImage, turn: Image.Transpose | None) -> Image.Image:
    picture = item.get_bitmap(render=True).to_pil()
    if not _seen_through(picture):
        picture = item.get_bitmap().to_pil()              # that was made to fit its place, which blurs it a little
    return picture if turn is None else picture.transpose(turn)


def _seen_through(picture: Image.Image) -> bool:
    """Whether the picture has a mask; its edges are mixed with what is beside them anyway."""
    if picture.mode != "RGBA" or min(picture.size) <= 2 * EDGE:
        return True
    inner = picture.getchannel("A").crop((EDGE, EDGE, picture.width - EDGE, picture.height - EDGE))
    return inner.getextrema()[0] != 255


def scanned(page: pypdfium2.PdfPage) -> tuple[bool, bool, bool]:
    """Whether all that a reader sees of the page is to be read from its look: it has next to no text, or its letters have no
    meaning, as those of fonts without a table of characters. Whether it has few letters, and whether it has numbers."""
    letters = page.get_textpage()        # all of the page is laid out for it
    text: str = letters.get_text_range()
    few = letters.count_chars() <= FEW_LETTERS
    short = len(text) < PAGE_TEXT and not _says_all(page, len(text) - sum(map(str.isspace, text)))
    letters.close()
    listed = sum(1 for _ in islice(NUMBER.finditer(text), LISTED)) == LISTED
    unmapped = len(UNMAPPED.findall(text)) * (HEADINGS if listed else UNREADABLE) > len(text)
    return short or unmapped, few, NUMBER.search(text) is not None


def _says_all(page: pypdfium2.PdfPage, characters: int) -> bool:
    """Whether nothing is on the page but text, each piece of which is among its characters: a number of a page, or none at all."""
    count: int = raw.FPDFPage_CountObjects(page.raw)
    if count > characters or raw.FPDFPage_GetAnnotCount(page.raw):
        return False
    objects = (raw.FPDFPage_GetObject(page.raw, at) for at in range(count))
    return all(raw.FPDFPageObj_GetType(each) == raw.FPDF_PAGEOBJ_TEXT for each in objects)


def _outlined(page: pypdfium2.PdfPage) -> bool:
    """Whether there are as many shapes as a few lines of letters have that are drawn as their outlines."""
    shapes = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    return sum(1 for _ in islice(shapes, OUTLINES)) == OUTLINES


def crowded(page: pypdfium2.PdfPage) -> bool:
    """Whether it is drawn with more lines and areas, or with longer ones, than any page is. Each costs by its length."""
    reach = 0.0
    for number, shape in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
        start, bottom, end, top = (float(side) for side in shape.get_bounds())
        reach += end - start + top - bottom
        if number > SHAPES or reach > STROKES:
            return True
    return False


def _pieced(page: pypdfium2.PdfPage) -> bool:
    """Whether most of it is filled with pictures none of which is large."""
    width, height = map(float, page.get_size())
    parts: list[float] = [_area(item) / (width * height) for item in placed(page)]
    return sum(parts) > WHOLE and max(parts) * LARGE_PART < 1


def placed(page: pypdfium2.PdfPage) -> Iterator[pypdfium2.PdfImage]:
    return islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), MOST_IMAGES)


def _area(item: pypdfium2.PdfImage) -> float:
    start, bottom, end, top = (float(side) for side in item.get_bounds())
    return (end - start) * (top - bottom)


def _beside(page: pypdfium2.PdfPage, few: bool, numberless: bool, source: str, left: _Left) -> Iterator[Shown]:
    """Pictures beside the words of a page: large ones are read, such as a scan with a stamp on it, or a screen that is shown among
    prose where it is full of letters; what may be a code is looked at for that only. `numberless`: the words are no reading of a
    scan with numbers."""
    width, height = page.get_size()
    for item in placed(page):
        part = _area(item) / (width * height)
        large = part * LARGE_PART > 1 if few else _shot(part, numberless, left)
        shorter, longer = sorted(item.get_px_size())
        code = shorter >= LEAST_CODE and longer <= min(MOST_CODE, 2 * shorter)
        if not (large or code):
            continue
        picture = grey.grey(item.get_bitmap().to_pil())
        if picture is None:
            continue
        if large and not few:
            left.looks -= 1
            large = lettering.threes(picture) >= lettering.PAGE
            left.shots -= large
        if large or code:
            yield Shown(picture, source, not large)


def _shot(part: float, numberless: bool, left: _Left) -> bool:
    """Whether a picture on a page full of text may be a screen, or a scan whose numbers its text lacks."""
    return left.shots > 0 and left.looks > 0 and part * SHOT_PART > 1 and (part < WHOLE or numberless)
