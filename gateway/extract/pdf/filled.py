"""Fields of a form that are filled and bring no look of their own: viewers draw their values themselves (ISO 32000-2, 12.7.4.3).

Programs that fill forms often write the value only. What a field holds is told by the words beside it on the page, not by its name.
"""

from __future__ import annotations

from itertools import islice

import pikepdf

from gateway.extract.pdf.columns import Letter
from gateway.extract.pdf.layout import WIDE

FIELDS = 2_000
"""Annotations of a page that are looked at."""
PARENTS = 8
LONGEST = 200
"""Characters of a value; longer ones are prose, and told with the strings of the file."""
SIZES = (6.0, 12.0)
"""Points of the type a value is drawn in: as high as its field allows."""
FALL, HALF = 0.25, 0.5
"""Of the height of a field, what is below the base line of its value; of the size of type, how wide a Latin letter is."""
COMB = 1 << 24
"""Flag of a field: its characters stand in as many boxes as it may have (table 231)."""
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError)


def letters(document: pikepdf.Pdf, number: int) -> list[Letter]:
    """The letters of such values of a page as they would be drawn, for layout.py; none where the page cannot be read."""
    try:
        return of_annotations(document.pages[number].obj.get("/Annots")) if "/AcroForm" in document.Root else []
    except ERRORS:
        return []


def of_annotations(annotations: object) -> list[Letter]:
    found: list[Letter] = []
    for item in islice(annotations, FIELDS) if isinstance(annotations, pikepdf.Array) else ():
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == pikepdf.Name.Widget and "/AP" not in item:
            value, box = _inherited(item, "/V"), item.get("/Rect")
            if isinstance(value, pikepdf.String) and isinstance(box, pikepdf.Array) and len(box) == 4:
                found += _drawn(str(value).strip(), [float(side) for side in box], item)
    return found


def _inherited(field: pikepdf.Dictionary, key: str) -> object:
    node: object = field
    for _ in range(PARENTS):
        if not isinstance(node, pikepdf.Dictionary) or key in node:
            break
        node = node.get("/Parent")
    return node.get(key) if isinstance(node, pikepdf.Dictionary) else None


def _drawn(value: str, box: list[float], field: pikepdf.Dictionary) -> list[Letter]:
    left, right = sorted((box[0], box[2]))
    bottom, top = sorted((box[1], box[3]))
    if len(value) > LONGEST:
        return []
    size = min(max((top - bottom) * 0.7, SIZES[0]), SIZES[1])
    base = -(bottom + FALL * (top - bottom))
    flags, most = _inherited(field, "/Ff"), _inherited(field, "/MaxLen")
    comb = isinstance(flags, int) and flags & COMB and isinstance(most, int) and most > 0
    found, at = list[Letter](), left
    for character in value:
        wide = (right - left) / most if comb and isinstance(most, int) else size if ord(character) >= WIDE else size * HALF
        found.append((base, at, at + wide, size, character))
        at += wide
    return found
