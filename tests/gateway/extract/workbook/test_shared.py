"""Texts that many cells show are counted before they are written out."""

from __future__ import annotations

import pytest

from gateway.extract.base import Context, Problem
from gateway.extract.workbook import shared
from gateway.extract.workbook.room import opendocument, package
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.documents import package as parts

LONG = "x" * 30_000


def book(rows: int, texts: list[str], shown: int = 0, cell: str = '<c r="A{0}" t="s"><v>{1}</v></c>', end: str = "si") -> bytes:
    cells = "".join(f'<row r="{n}">{cell.format(n, shown)}</row>' for n in range(1, rows + 1))
    items = "".join(f"<{end}><t>{text}</t></{end}>" for text in texts)
    prefix = "x:" if end.startswith("x:") else ""
    return parts({
        "[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>",
        "xl/sharedStrings.xml": f"<{prefix}sst>{items}</{prefix}sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>"})


@pytest.mark.parametrize("file", [
    book(5_000, [LONG]), book(5_000, ["a", LONG], 1), book(5_000, [LONG], end="x:si"),
    book(5_000, [LONG], cell="<c r='A{0}' t = 's'>\n<v>{1}</v></c>")])
def test_one_long_text_in_many_cells_is_no_workbook(file: bytes) -> None:
    found = package(file, Context(Limits()))
    assert isinstance(found, Problem) and found.code is IncidentCode.SIZE and "shared" in found.detail


@pytest.mark.parametrize("file", [book(5_000, [LONG, "a"], 1), book(5_000, ["Taipei", "Tainan"]), book(2_000, [LONG]), book(50, [])])
def test_a_long_text_that_few_cells_show_is_one(file: bytes) -> None:
    assert package(file, Context(Limits())) is None


def test_binary_workbooks_are_counted_as_well() -> None:
    def record(kind: int, body: bytes) -> bytes:
        size = len(body)
        return bytes((kind, size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14)) + body

    counted = shared.Shared()
    counted.add("xl/sharedStrings.bin", record(shared.ITEM, b"\0" * 60_000), False)
    cells = b"\x81\x01\0" + record(shared.CELL_SHARED, bytes(12)) * 5_000
    counted.add("xl/worksheets/sheet1.bin", cells, True)
    assert counted.too_many(lambda name: cells)
    assert not counted.too_many(lambda name: cells[:3_000])


def test_a_long_text_repeated_by_opendocument_is_too_much() -> None:
    def content(cells: int, text: str) -> bytes:
        return (f'<office:spreadsheet><table:table-row><table:table-cell table:number-columns-repeated="{cells}"><text:p>{text}</text:p>'
                "</table:table-cell></table:table-row></office:spreadsheet>").encode()

    assert opendocument(content(16_000, LONG)) > 5_000_000
    assert opendocument(content(1_000, LONG)) == 1_000
