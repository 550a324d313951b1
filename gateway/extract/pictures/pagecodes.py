"""What may be a QR code on the pages of a PDF file of inbound mail: pictures that are about square, scans, and what is drawn of
many small squares. A page that has none of them costs its list of objects only.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image, UnidentifiedImageError

from gateway.extract.pictures import paper

MOST_PAGES = 20
"""Pages that are looked at: letters that ask their reader to scan a code are short."""
MOST_PICTURES, MOST_SCANS, MOST_DRAWN = 6, 3, 3
"""Of a file: pictures, among them such as fill most of a page, and pages that are drawn."""
LEAST_SIDE, LEAST_SHOWN = 21, 28.0
"""Pixels of the smallest code, and points (72 to the inch) of the smallest that telephones are held to: a centimetre."""
MOST_PIXELS = 40_000_000
LONG_SIDE, LONG_SCAN, LARGEST_PHOTO = 500, 1000, 1 << 18
"""Pixels down to which photos are reduced, and octets of the largest beside text: what is put there to be scanned has a tenth."""
LONGER = 2
"""Times as high as wide, or as wide as high: banners hold no code. Pages have 1.4."""
SHAPES = 4_000
"""Lines and areas of a page that are looked at. A code that holds a link has some hundred."""
SQUARES, LARGEST_SQUARE = 30, 14.0
"""Squares of one size, and their side in points: boxes of forms to be ticked are fewer."""
SEGMENTS = 200
"""Lines of one shape from which on it may be a whole code."""
SCALE = 2.0
"""Pixels of a drawn page for a point: a code of a centimetre has two for each of its squares."""


def pictures(data: bytes) -> Iterator[Image.Image]:
    """Grey ones. A file that is no PDF gives none: its own reader says what is wrong with it."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    left = {"pictures": MOST_PICTURES, "scans": MOST_SCANS, "drawn": MOST_DRAWN}
    try:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            found = _more_than_words(page)
            yield from _placed(page, found, left)
            if left["drawn"] and _modules(page, found) and not paper.crowded(page):
                left["drawn"] -= 1
                yield page.render(scale=min(SCALE, paper.LARGE / max(page.get_size())), grayscale=True).to_pil().convert("L")
    except pypdfium2.PdfiumError:
        return                                            # its own reader says that
    finally:
        document.close()


def _more_than_words(page: pypdfium2.PdfPage) -> list[tuple[int, Any]]:
    """Kind and handle of each object of a page but its words. Asked of the library itself: a list of thousands of words costs ten
    times as much as objects of Python."""
    handles = (raw.FPDFPage_GetObject(page.raw, at) for at in range(raw.FPDFPage_CountObjects(page.raw)))
    found = ((raw.FPDFPageObj_GetType(handle), handle) for handle in handles)
    return [one for one in found if one[0] != raw.FPDF_PAGEOBJ_TEXT]


def _of_kind(page: pypdfium2.PdfPage, found: list[tuple[int, Any]], kind: int) -> Iterator[pypdfium2.PdfObject]:
    """The objects of a kind, those of forms on the page too."""
    if any(each == raw.FPDF_PAGEOBJ_FORM for each, _ in found):
        return page.get_objects(filter=[kind], max_depth=3)
    return (pypdfium2.PdfObject(handle, page=page, pdf=page.pdf) for each, handle in found if each == kind)


def _placed(page: pypdfium2.PdfPage, found: list[tuple[int, Any]], left: dict[str, int]) -> Iterator[Image.Image]:
    """Pictures of a page."""
    width, height = page.get_size()
    for item in islice(_of_kind(page, found, raw.FPDF_PAGEOBJ_IMAGE), paper.MOST_IMAGES):
        start, bottom, end, top = (float(side) for side in item.get_bounds())
        shorter, longer = sorted(item.get_px_size())
        square = shorter >= LEAST_SIDE and longer <= LONGER * shorter and shorter * longer <= MOST_PIXELS
        if not square or min(end - start, top - bottom) < LEAST_SHOWN or not left["pictures"]:
            continue
        kind = "scans" if (end - start) * (top - bottom) > paper.WHOLE * width * height else "pictures"
        if left[kind] and (kind == "scans" or not _large(item)):
            left[kind] -= 1
            yield _grey(item, LONG_SCAN if kind == "scans" else LONG_SIDE)


def _large(item: pypdfium2.PdfImage) -> bool:
    return _photo(item) and raw.FPDFImageObj_GetImageDataRaw(item, None, 0) > LARGEST_PHOTO


def _photo(item: pypdfium2.PdfImage) -> bool:
    return bool(item.get_filters(skip_simple=True) == ["DCTDecode"])


def _grey(item: pypdfium2.PdfImage, side: int) -> Image.Image:
    """A photo is read no finer than its use asks, and without its colours: a third of the cost of the whole."""
    if _photo(item):
        try:
            photo = Image.open(io.BytesIO(bytes(item.get_data(decode_simple=True))))
            photo.draft("L", (side, side))
            return photo.convert("L")
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            pass                                          # a sloppy one: the reader of pages may know better
    return item.get_bitmap().to_pil().convert("L")


def _modules(page: pypdfium2.PdfPage, found: list[tuple[int, Any]]) -> bool:
    """Whether a code may be drawn on it: one shape of many lines that is about square, or many squares of one size."""
    squares: Counter[int] = Counter()
    for shape in islice(_of_kind(page, found, raw.FPDF_PAGEOBJ_PATH), SHAPES):
        start, bottom, end, top = (float(side) for side in shape.get_bounds())
        wide, high = end - start, top - bottom
        if not 0 < wide <= LONGER * high <= LONGER * LONGER * wide:
            continue
        if high <= LARGEST_SQUARE:
            squares[round(10 * high)] += abs(wide - high) * 10 < high
        elif high >= LEAST_SHOWN and raw.FPDFPath_CountSegments(shape.raw) >= SEGMENTS:
            return True
    return max(squares.values(), default=0) >= SQUARES
