"""What XML documents of other programs lay out: rows of cells that are elements (HWPML, UOF, DocBook), cells that say where they
are (Gnumeric), and words that stand somewhere on a page (XPS: ECMA-388, OFD: GB/T 33190, ALTO)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from gateway.extract.base import Yield
from gateway.extract.pdf.columns import Letter
from gateway.extract.pdf.layout import arranged
from gateway.extract.workbook.scattered import Layout
from gateway.model.content import Table

PLACED = (b"OriginX=", b"Boundary=", b"HPOS=", b"xMin=")
"""In every document whose words say where they stand."""
ACROSS, DOWN = ("OriginX", "X", "HPOS", "xMin"), ("OriginY", "Y", "VPOS", "yMin")
SHOWN = ("UnicodeString", "CONTENT")
"""Attributes that hold the words; else they are the element's text."""
SIZES = ("FontRenderingEmSize", "Size", "FONTSIZE")
SIZE = 10.0
WORDS = 12_000
LEAST_ROWS, LEAST_CELLS, MOST_CELLS = 2, 2, 200
ROWS, PIECES, CELL = 100_000, 3_000_000, 500
"""Rows of one document, pieces of text in their cells, and of one cell, that are read: tables in tables are read at each level."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where an element's own coordinates begin, their scale, and the height of type in it."""

    left: float = 0.0
    top: float = 0.0
    wide: float = 1.0
    high: float = 1.0
    size: float = SIZE


def page(root: etree._Element, data: bytes) -> Iterator[Yield]:
    """The words of a page in rows."""
    if not any(mark in data for mark in PLACED):
        return
    words: list[Letter] = []
    waiting = [(root, _Frame())]
    while waiting and len(words) < WORDS:
        element, outside = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        inside = _frame(element, outside)
        word = _word(element, inside)
        if word is not None:
            words.append(word)
        waiting += [(child, inside) for child in reversed(element)]
    if words:
        yield Table("page", tuple(arranged(words)))


def _frame(element: etree._Element, outside: _Frame) -> _Frame:
    size = _number(element, SIZES)
    size = outside.size if size is None else size
    moved = _numbers(element.get("RenderTransform", ""), ",")
    if len(moved) == 6:                                   # Canvas and Glyphs of XPS: a, b, c, d, x, y
        return _Frame(outside.left + moved[4] * outside.wide, outside.top + moved[5] * outside.high,
                      outside.wide * (moved[0] or 1.0), outside.high * (moved[3] or 1.0), size)
    box = _numbers(element.get("Boundary", ""), " ")
    if len(box) == 4:                                     # objects of OFD: left, top, width, height
        return _Frame(outside.left + box[0], outside.top + box[1], outside.wide, outside.high, size)
    return _Frame(outside.left, outside.top, outside.wide, outside.high, size)


def _word(element: etree._Element, inside: _Frame) -> Letter | None:
    across, down = _number(element, ACROSS), _number(element, DOWN)
    if across is None or down is None:
        return None
    shown = next((value for name in SHOWN if (value := element.get(name))), element.text or "").removeprefix("{}").strip()
    if not shown:
        return None
    left, size = inside.left + across * inside.wide, max(abs(inside.size * inside.high), 0.1)
    width = sum(1.0 if ord(c) > 0x2E7F else 0.5 for c in shown) * max(abs(inside.size * inside.wide), 0.1)
    return (inside.top + down * inside.high, left, left + width, size, shown)


def _number(element: etree._Element, names: tuple[str, ...]) -> float | None:
    for name in names:
        value = element.get(name)
        if value is not None:
            found = _numbers(value, " ")
            return found[0] if found else None
    return None


def _numbers(text: str, mark: str) -> list[float]:
    """Numbers that a mark parts, none where one of them is no number on any page."""
    try:
        found = [float(part) for part in text[:200].split(mark) if part.strip()]
    except ValueError:
        return []
    return found if all(abs(number) < 1e7 for number in found) else []


def sheets(root: etree._Element) -> Iterator[Yield]:
    """Cells that say in which row and column they are (Gnumeric): a table for each element that holds them."""
    layout = Layout()
    for element in root.iter():
        if not len(element) or "Row" not in element[0].attrib or "Col" not in element[0].attrib:
            continue
        cells: dict[int, dict[int, str]] = {}
        for cell in element:
            row, column = cell.get("Row") or "", cell.get("Col") or ""           # None of a comment
            if row.isdecimal() and column.isdecimal() and len(row) < 9 and len(column) < 6 and cell.text:
                cells.setdefault(int(row), {})[int(column)] = cell.text
        rows = layout.rows(cells)
        if rows:
            yield Table("sheet", rows)


def tables(root: etree._Element) -> Iterator[Yield]:
    """Elements with several children of one name, each with as many children of one name, which hold elements: rows of cells. The
    first one may be the heading, under a name of its own."""
    left, pieces = ROWS, PIECES
    for element in root.iter():
        rows: list[tuple[str, ...]] = []
        if left <= 0 or pieces <= 0:
            return
        if len(element) < LEAST_ROWS or not isinstance(element.tag, str):
            continue
        headed = element[0].tag != element[-1].tag
        for number, child in enumerate(element):
            if (number and child.tag != element[-1].tag) or not _is_row(child, headed) or len(rows) >= left:
                break
            said = [list(islice(cell.itertext(), CELL)) for cell in child]
            pieces -= sum(map(len, said))
            rows.append(tuple(" ".join("".join(texts).split()) for texts in said))
        if len(rows) == len(element) and sum(map(len, rows)) > 2 * len(rows) - 1 and len({len(row) for row in rows}) <= 2:
            left -= len(rows)
            yield Table("rows", tuple(rows))


def _is_row(element: etree._Element, headed: bool) -> bool:
    """Whether all its children have one name and hold elements themselves, or nothing but words: those are records, but where a
    row of another name is their heading."""
    if not LEAST_CELLS <= len(element) <= MOST_CELLS or not isinstance(element[0].tag, str):
        return False
    return all(cell.tag == element[0].tag and (len(cell) == 0 if headed else len(cell) > 0) for cell in element)


NAMED = frozenset({"id", "name", "key", "field", "column", "datafield", "fieldname", "binding", "code"})
CAPTIONS = frozenset({"caption", "label", "title", "header", "headertext", "displayname", "display", "alias", "text", "name"})
CAPTIONED = (b"aption=", b"abel=", b"itle=", b"eader", b"isplay", b"lias=", b":name=")
"""In every document that captions its columns."""
MOST_CAPTIONS = 2_000


def captions(root: etree._Element, data: bytes) -> dict[str, str]:
    """What a document calls its columns, by the names that its rows have for them: <column id="c1" caption="護照號碼"/>."""
    found: dict[str, str] = {}
    if not any(mark in data for mark in CAPTIONED):
        return found
    for element in islice(root.iter(), PIECES):
        if not 2 <= len(element.attrib) <= MOST_CELLS:       # ahead: for each lxml looks at all before it
            continue
        said = element.items()
        names = {(":" if "}" in key else "") + key.rpartition("}")[2].lower(): value for key, value in said}
        name = next((value for key, value in names.items() if key in NAMED), "")
        caption = next((value for key, value in names.items() if key.lstrip(":") in CAPTIONS and value != name), "")
        if name and caption and len(found) < MOST_CAPTIONS:
            found.setdefault(name, caption)
    return found
