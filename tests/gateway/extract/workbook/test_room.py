"""Two cells may be a gigabyte, and a million rows no flood at all."""

from __future__ import annotations

import random
import struct
import time

import pytest

from gateway.extract.base import Context, Problem
from gateway.extract.workbook import room as sheet_room
from gateway.extract.workbook.room import CELLS, compound, markup, opendocument, package, places
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.documents import biff
from tests.builders.documents import compound as compound_file
from tests.builders.documents import package as parts


def sheet(*cells: str) -> bytes:
    return b"<worksheet>" + b"".join(f'<c r="{c}"><v>1</v></c>'.encode() for c in cells) + b"</worksheet>"


def ods(rows: str) -> bytes:
    return f"<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet>".encode()


def record12(kind: int, body: bytes) -> bytes:
    return bytes((kind, len(body))) + body


@pytest.mark.parametrize(("content", "cells"), [
    (sheet("A1", "Z99999"), 0), (sheet("A1", "AC7"), 0), (sheet("AAC7"), 4935), (sheet("A1", "BK5000"), 315_000), (sheet("BJ2000"), 0), (sheet(), 0), (sheet("A1").replace(b'"', b"'"), 1),
    (sheet("A1", "XFD1048576").replace(b"r=", b"r ="), CELLS + 1), (sheet("A1", "XFD1048576"), CELLS + 1), (sheet("A1", "B400000"), 800_000),
    (sheet(*(f"B{n}" for n in range(1, 60_000)), "B600000"), 1_200_000), (sheet("A1", "B600000"), CELLS + 1),
])
def test_room_of_a_sheet(content: bytes, cells: int) -> None:
    assert markup(content) == cells


@pytest.mark.parametrize("seed", range(30))
def test_arrays_read_places_as_patterns_do(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(sheet_room, "AT_ONCE", rng.choice((9, 100, 1 << 18)))
    monkeypatch.setattr(sheet_room, "FEW", 0)
    places = ("A1", "Z99999", "AA1", "b100000", "XFD1048576", "AC7", "Q400000", "7", "1048576", "AAAA5", "")
    content = sheet(*(rng.choice(places) for _ in range(rng.randrange(20)))) + b"<row r=\"%d\"" % rng.randrange(10 ** rng.randrange(1, 7))
    written, rows = sheet_room.COLUMN.findall(content), [int(n) for n in sheet_room.ROW.findall(content)]
    columns = max(map(sheet_room._column, written), default=0)
    far = columns > 26 or max(rows, default=0) > 99_999
    assert sheet_room._plainly(content) == ((columns, max(rows), len(written)) if far else (0, 0, 0))


@pytest.mark.parametrize("seed", range(20))
def test_sheets_that_are_not_counted_are_small(seed: int) -> None:
    rng = random.Random(seed)
    cells = [f"{''.join(rng.choice('ABcZ') for _ in range(rng.randrange(1, 4)))}{rng.randrange(1, 10 ** rng.randrange(1, 7))}" for _ in range(8)]
    content = sheet(*cells)
    columns = max(map(sheet_room._column, sheet_room.COLUMN.findall(content)))
    rows = max(map(int, sheet_room.ROW.findall(content)))
    if columns * rows > sheet_room.FEW and (columns > 26 or rows > 99_999):
        assert markup(content) >= columns * rows or markup(content) == CELLS + 1


@pytest.mark.parametrize("content", [b"<c r='A1'/>", b'<c r ="A1"/>', b'<c\nr\n="A1"/>', b"text = x", b'<c r="A12345678"/><c r="AA1"/>'])
def test_places_as_no_program_writes_them_are_left_to_the_patterns(content: bytes) -> None:
    assert sheet_room._plainly(content) is None


CELL = "<table:table-cell{}><text:p>1</text:p></table:table-cell>"


@pytest.mark.parametrize(("rows", "cells"), [
    (f"<table:table-row>{CELL}</table:table-row>".format(""), 0),
    (f"<table:table-row table:number-rows-repeated='3'>{CELL}</table:table-row>".format(" table:number-columns-repeated='5'"), 15),
    ("<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>", 0),
    (f"<table:table-row table:number-rows-repeated='1048576'>{CELL}</table:table-row>".format(""), 1_048_576),
    (f"<table:table-row table:number-rows-repeated='1048576'>{CELL}{CELL}</table:table-row>".format("", ""), CELLS + 1),
    ("<text:p><text:s text:c='999999999'/></text:p>", CELLS + 1), ("<text:p><text:s text:c='9'/></text:p>", 0),
])
def test_room_of_an_opendocument_sheet(rows: str, cells: int) -> None:
    assert opendocument(ods(rows)) == cells


def test_room_of_binary_sheets() -> None:
    kinds: set[int] = set()
    plain = record12(0, struct.pack("<I", 1)) + record12(2, struct.pack("<I", 3) + bytes(4))
    assert places(plain, kinds) == 8
    assert not kinds
    assert places(plain + record12(17, bytes(8)), kinds) == 10                   # the cell right of it
    assert kinds == {17}
    near, far = struct.pack("<HHHd", 1, 1, 0, 1.0), struct.pack("<HHHd", 65_535, 255, 0, 1.0)
    book = biff((0x809, bytes(8)), (0x203, near), (0x0A, b""))
    assert compound(compound_file({"Workbook": book})) is None
    flood = compound(compound_file({"Workbook": biff((0x809, bytes(8)), (0x203, near), (0x203, far), (0x0A, b""))}))
    assert flood == Problem(IncidentCode.SIZE, f"more than {CELLS} cells")
    assert compound(b"\xd0\xcf\x11\xe0 no compound file") == Problem(IncidentCode.MALFORMED, "workbook: too short")


def test_room_of_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_room, "NAMES", 3)
    context = Context(Limits(), True)
    book = "<workbook>" + "<definedName name='a'/>" * 3 + "</workbook>"
    assert package(parts({"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet("A1")}), context) is None
    names = package(parts({"xl/workbook.xml": book.replace("</workbook>", "<definedName name='b'/></workbook>")}), context)
    assert names is not None and names.code is IncidentCode.COUNT
    cells = package(parts({"xl/worksheets/odd name.xml": sheet("A1", "XFD1048576")}), context)
    assert cells is not None and cells.code is IncidentCode.SIZE
    bomb = package(parts({"xl/sharedStrings.xml": "<sst>" + "<si/>" * 1_000_000 + "</sst>"}), context)
    assert bomb is not None and bomb.code is IncidentCode.RATIO
    assert package(b"PK\3\4 nothing", context) == Problem(IncidentCode.MALFORMED, "no central directory")


def test_more_sheets_than_anybody_turns() -> None:
    for number, held in ((2_001, True), (2_000, False)):
        stream = biff((0x809, bytes(8)), *[(0x85, bytes(8) + b"\1\0M")] * number)
        assert (compound(compound_file({"Workbook": stream})) is not None) == held


@pytest.mark.parametrize("unit", [b"<table:table-row ", b"<table:table-row><table:table-cell ", b"<text:s ", b"<table:table-row number-rows-repeated='2'"])
def test_elements_that_nothing_ends_are_read_once(unit: bytes) -> None:
    """So many cost a thousand times as much where each of them is searched to its greatest length."""
    began = time.process_time()
    assert opendocument(b"columns-repeated" + unit * (4_000_000 // len(unit))) == 0
    assert time.process_time() - began < 2


def test_sectors_in_circles_are_not_followed() -> None:
    """The reader of cells follows them until its memory ends, and the process with it."""
    data = bytearray(compound_file({"Workbook": biff((0x809, bytes(8)), (0x0A, bytes(9_000)))}))
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    assert compound(bytes(data)) is None
    first = next(at for at in range(table, table + 512, 4) if int.from_bytes(data[at:at + 4], "little") < 100)
    data[first:first + 4] = ((first - table) // 4).to_bytes(4, "little")
    assert compound(bytes(data)) in (Problem(IncidentCode.MALFORMED, "workbook: sectors that lead back to themselves"), Problem(IncidentCode.MALFORMED, "workbook: OleFileError"))


def test_rows_without_cells_take_no_room() -> None:
    last = b'<row r="1048576" ht="12.8"></row></worksheet>'
    assert markup(sheet("A1", "H9").replace(b"</worksheet>", last)) == 0
    placeless = b'<row r="1048576"><c><v>1</v></c></row></worksheet>'
    assert markup(sheet("A1", "H9").replace(b"</worksheet>", placeless)) == CELLS + 1


@pytest.mark.parametrize(("cell", "found"), [
    ('<table:table-cell table:number-columns-repeated="9"/>', 0), ('<table:table-cell table:number-columns-repeated="9"></table:table-cell>', 0),
    ('<table:table-cell table:number-columns-repeated="9" office:value="3"/>', CELLS + 1),
    ('<table:table-cell table:number-columns-repeated="9"><text:p>x</text:p></table:table-cell>', CELLS + 1)])
def test_rows_of_empty_cells_to_the_end_of_a_sheet(cell: str, found: int) -> None:
    assert opendocument(ods(f'<table:table-row table:number-rows-repeated="983039">{cell}</table:table-row>')) == found


def test_results_of_formulas_and_empty_cells_of_old_workbooks_have_no_place() -> None:
    words = struct.pack("<HBB", 3, 0, 0x61) + b"\xff\xff"
    book = biff((0x809, bytes(16)), (0x06, struct.pack("<HH", 1, 1) + bytes(18)), (0x207, words), (0x201, struct.pack("<HHH", 65_000, 200, 0)), (0x0A, b""))
    assert list(sheet_room._sheets(book))[-1] == 4
