from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.office.sheets import biff_cells
from gateway.extract.page.html import HTML
from gateway.extract.workbook.scattered import CELLS, REPEATED, Layout, fits
from gateway.extract.workbook.sylk import SYLK
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits


def test_cells_stand_in_their_columns():
    assert Layout().rows({3: {2: "c"}, 1: {1: "a", 3: "b"}}, 1) == (("a", "", "b"), ("", "c"))
    assert Layout().rows({0: {1: "a"}}) == (("", "a"),)


def test_far_cells_and_many_sheets_have_no_room():
    far = {row: {16_383: "x"} for row in range(200)}
    assert Layout().rows(far) is None
    assert not fits(REPEATED, 1) and fits(REPEATED, REPEATED)
    layout, sheet = Layout(), {row: {0: "x", 999: "y"} for row in range(1000)}
    assert [layout.rows(sheet) is None for _ in range(CELLS // 1_000_000 + 1)] == [False] * 5 + [True]


def extracted(extractor, data, kind):
    return list(extractor.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, kind), Context(Limits(), outbound=True)))


def test_a_workbook_of_corners_is_a_problem():
    corners = b"ID;P\r\n" + b"".join(b"C;Y%d;X16384;K1\r\n" % row for row in range(1, 500))
    assert [type(found) for found in extracted(SYLK, corners, "text/plain")] == [Problem]
    sheets = ((kind, body) for _ in range(2_001) for kind, body in ((0x09, b"\2\0\x10\0"), (0x02, b"\1\0\0\0\0\0\0\7\0")))
    assert [type(found) for found in biff_cells.tables(sheets)][1999:] == [Table, Problem]


@pytest.mark.parametrize("cell", ["<td rowspan=60000>" + "x" * 1900, "<td colspan=1000>x"])
def test_cells_that_reach_far_fill_no_memory(cell):
    page = "<table><tr>" + cell * 400 + "<tr><td>y<td>z" * 15_000 + "</table>"
    tables = [found for found in extracted(HTML, page.encode(), "text/html") if isinstance(found, Table)]
    assert sum(len(row) + sum(map(len, row)) for table in tables for row in table.rows) < 12 << 20
