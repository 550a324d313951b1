"""Workbooks of Lotus 1-2-3 (.wks, .wk1, .wj2; .wk3, .wk4 of one sheet and more): texts and numbers in their cells.

Lotus Worksheet File Format: a kind and a length of two octets each, then the record. Later versions put the row first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.workbook.scattered import Layout
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

FIRST, LATER = (b"\0\0\x02\0\x04\x04", b"\0\0\x02\0\x06\x04", b"\0\0\x02\0\x05\x04"), (b"\0\0\x1a\0\0\x10", b"\0\0\x1a\0\x02\x10")
"""How files begin: the record of the version."""
INTEGER, NUMBER, LABEL, FORMULA = 0x0D, 0x0E, 0x0F, 0x10
LATER_LABEL, LATER_INTEGER = 0x16, 0x18
END = 0x01
MOST_CELLS = 5_000_000
MOST_COLUMNS = 256
Cells = dict[int, dict[int, bytes]]


class LotusExtractor:
    """Yields one Table a sheet."""

    name = "lotus"

    def claims(self, node: Node) -> bool:
        return node.data.startswith((*FIRST, *LATER))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        layout = Layout()
        for number, cells in sorted(sheets(node.data).items()):
            said = [value for row in cells.values() for value in row.values()]
            charset = readings(b"\n".join(said), node.charset)[0][1]
            rows = layout.rows({row: {column: value.decode(charset, "replace") for column, value in found.items()}
                                for row, found in cells.items()})
            if rows is None:
                yield Problem(IncidentCode.SIZE, "cells that stand too far apart")
                return
            yield Table(f"sheet {number + 1}", rows)


def sheets(data: bytes) -> dict[int, Cells]:
    """The octets of the cells by sheet, row and column."""
    found: dict[int, Cells] = {}
    later = data.startswith(LATER)
    at = count = 0
    while at + 4 <= len(data) and count < MOST_CELLS:
        kind, size = struct.unpack_from("<HH", data, at)
        cell = (_later if later else _first)(kind, data[at + 4:at + 4 + size])
        if cell is not None:
            sheet, row, column, value = cell
            found.setdefault(sheet, {}).setdefault(row, {})[min(column, MOST_COLUMNS)] = value
        at, count = at + 4 + size, count + 1
        if kind == END:
            break
    return found


def _first(kind: int, body: bytes) -> tuple[int, int, int, bytes] | None:
    """Format, column, row, value."""
    least = {INTEGER: 7, NUMBER: 13, FORMULA: 13, LABEL: 6}.get(kind, len(body) + 1)
    if len(body) < least:
        return None
    column, row = struct.unpack_from("<HH", body, 1)
    if kind == LABEL:
        return 0, row, column, body[6:].split(b"\0")[0]
    value = float(struct.unpack_from("<h", body, 5)[0] if kind == INTEGER else struct.unpack_from("<d", body, 5)[0])
    return 0, row, column, (str(int(value)) if value.is_integer() and abs(value) < 1e19 else repr(value)).encode()


def _later(kind: int, body: bytes) -> tuple[int, int, int, bytes] | None:
    """Row, sheet, column, value."""
    if len(body) < 5 or kind not in (LATER_LABEL, LATER_INTEGER):
        return None
    row, sheet, column = struct.unpack_from("<HBB", body)
    if kind == LATER_LABEL:
        return sheet, row, column, body[5:].split(b"\0")[0]
    return (sheet, row, column, str(struct.unpack_from("<h", body, 4)[0] >> 1).encode()) if len(body) >= 6 else None


LOTUS = LotusExtractor()
