"""What the cells of a column may hold or are marked for, under the heading of the column ([ECMA-376] 18.3.1.18 and 18.3.1.33).

A list of choices and the values of a conditional format are texts in formulas: numbers of people may stand there that no cell has.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from lxml import etree

OPENED = re.compile(rb"<(?:dataValidation |conditionalFormatting )")
"""What has them begins so."""
RULE = re.compile(rb'<(dataValidation|conditionalFormatting) (?=[^<>]{0,2000}?sqref="([A-Z]{1,3})([0-9]{1,7}))[^<>]{0,4000}>'
                  rb"(.{0,20000}?)</\1>", re.S)
"""Column and first row of the cells, and the formulas."""
FORMULA = re.compile(rb"<formula[12]?>([^<]{1,8192})</formula")
LITERAL = re.compile('"((?:[^"]|""){1,4000})"')
NUMBER = re.compile("[0-9].?[0-9].?[0-9].?[0-9].?[0-9].?[0-9]")
MOST = 20_000
ABOVE = 5
"""Rows above the first one in which the heading stands."""
CELL_END = re.compile(rb"</c>|/>")
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)


def choices(beside: bytes, cells: bytes, shared: Callable[[], list[str]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Columns of them. `beside` and `cells`: a worksheet without its cells, and these; `shared`: the strings of the workbook."""
    columns: dict[bytes, dict[str, None]] = {}
    headings: dict[bytes, str] = {}
    for rule in RULE.finditer(beside) if OPENED.search(beside) else ():
        found = [value for formula in FORMULA.finditer(rule[4]) for value in _values(formula[1], rule[1] == b"dataValidation")]
        if found and sum(map(len, columns.values())) < MOST:
            columns.setdefault(rule[2], {}).update(dict.fromkeys(found))
            if rule[2] not in headings:
                headings[rule[2]] = _heading(cells, rule[2], int(rule[3]), shared)
    for letter, values in columns.items():
        if headings[letter]:
            yield ((headings[letter],), *((value,) for value in values))


def _values(formula: bytes, listed: bool) -> list[str]:
    literals = LITERAL.findall(html.unescape(formula.decode("utf-8", "replace")))
    parts = (part.strip() for text in literals for part in (text.split(",") if listed else [text]))
    return [part for part in parts if NUMBER.search(part)]


def _heading(cells: bytes, letter: bytes, first: int, shared: Callable[[], list[str]]) -> str:
    """What stands in the column above the cells, or in the first of them."""
    for row in range(first, max(0, first - ABOVE - 1), -1):
        begin = cells.find(b'<c r="%s%d"' % (letter, row))
        end = CELL_END.search(cells, begin) if begin >= 0 else None
        if end is None:
            continue
        cell = etree.fromstring(cells[begin:end.end()], PARSER)
        said = "".join(cell.itertext()).strip() if cell is not None else ""
        if cell is not None and cell.get("t") == "s" and said.isdecimal() and len(said) < 8:
            strings = shared()
            said = strings[int(said)] if int(said) < len(strings) else ""
        if said and not NUMBER.search(said):
            return said
    return ""
