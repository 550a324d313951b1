"""SYLK, the symbolic link format of spreadsheets (Multiplan, Excel; .slk): cells in their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.workbook.scattered import Layout
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

FIELD = re.compile(r';([A-Z])("(?:[^"]|"")*+"|(?:[^;]|;;)*+)')
MOST_CELLS = 5_000_000
MOST_COLUMNS = 16_384


class SylkExtractor:
    """Yields a Table beside the Text that the text extractor yields."""

    name = "sylk"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"ID;") and (b"\nC;" in node.data or b"\rC;" in node.data)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if node.data.count(b"C;") > MOST_CELLS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_CELLS} cells")
            return
        if not context.outbound:
            return
        for text, charset in readings(node.data, node.charset):
            found = Layout().rows(cells(text), 1)
            if found is None:
                yield Problem(IncidentCode.SIZE, "cells that stand too far apart")
                return
            yield Table(f"{charset} rows", found)


def cells(text: str) -> dict[int, dict[int, str]]:
    """By row and column. Records C give the value K of a cell; row Y and column X hold on until they are given anew."""
    found: dict[int, dict[int, str]] = {}
    row = column = 1
    for line in text.splitlines():
        if not line.startswith(("C;", "F;")):
            continue
        fields = dict(FIELD.findall(line, 1))
        row, column = _number(fields.get("Y"), row), _number(fields.get("X"), column)
        if line[0] == "C" and "K" in fields:
            found.setdefault(row, {})[min(column, MOST_COLUMNS)] = _value(fields["K"])
    return found


def _number(field: str | None, known: int) -> int:
    return int(field) if field and field.isdecimal() and len(field) < 8 else known


def _value(field: str) -> str:
    quoted = len(field) > 1 and field[0] == field[-1] == '"'
    return (field[1:-1] if quoted else field).replace(";;", ";").replace('""', '"')


SYLK = SylkExtractor()
