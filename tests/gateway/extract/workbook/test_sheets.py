from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from gateway.extract.base import Context, Node, Problem
from gateway.extract.workbook.sheets import SHEETS, cell, written
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits
from tests.builders.documents import biff, compound


def node(data):
    return Node(Artifact(1, 0, ArtifactKind.PART, ("a.xlsx",)), data, "application/vnd.openxmlformats")


def book(fill):
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(made)
    made.close()
    return out.getvalue()


def read(data, outbound=True):
    return list(SHEETS.extract(node(data), Context(Limits(), outbound=outbound)))


def test_cells_of_visible_and_hidden_sheets():
    def fill(made):
        made.add_worksheet("名單").write_row(0, 0, ["姓名", "號碼"])
        hidden = made.add_worksheet("secret")
        hidden.write_row(0, 0, ["林美玲", 123456789012])
        hidden.hide()

    data = book(fill)
    assert SHEETS.claims(node(data))
    found = {y.source: y for y in read(data) if isinstance(y, Table)}
    assert found["sheet 名單"].rows == (("姓名", "號碼"),)
    assert found["sheet secret"].rows == (("林美玲", "123456789012"),)
    assert found["sheet secret"].hidden
    assert read(data, outbound=False) == []


@pytest.mark.parametrize(("value", "text"), [
    (123456789012.0, "123456789012"), (1.23e17, "123000000000000000"), (0.5, "0.5"), (25001799188.0, "25001799188"), (7, "7"), ("001", "001"), (None, ""),
    (True, "TRUE"), (date(1984, 7, 21), "1984-07-21"), (datetime(1984, 7, 21), "1984-07-21"), (datetime(1984, 7, 21, 9, 5), "1984-07-21 09:05:00")])
def test_cells_as_people_read_them(value, text):
    assert cell(value) == text


def test_many_cells_at_once_are_what_each_of_them_is():
    rng = random.Random(7)
    plain = [0.0, 7.0, -3.0, 0.1 + 0.2, 1234.5, 1e15, -0.05, rng.random() * 1e6, 25001799188.0]
    odd = [-0.0, 1e16, 1.23e17, 1e20, 1.5e-7, float("inf"), float("nan"), True, False, None, 7, date(1984, 7, 21), time(9, 5),
           datetime(1984, 7, 21), datetime(1984, 7, 21, 9, 5), timedelta(hours=3), timedelta(days=2, hours=3)]
    for kinds in (plain, odd, [*plain, *odd], *([*plain, one] for one in odd)):
        values = [rng.choice(kinds) for _ in range(200)]
        assert written(values) == [cell(value) for value in values]
    assert written([]) == []


def test_texts_and_numbers_stay_in_their_rows():
    def fill(made):
        sheet = made.add_worksheet()
        for row in range(2500):
            sheet.write_row(row, 0, [f"A{row}", row, row + 0.25] if row % 3 else [row, "B", True])

    table = next(y for y in read(book(fill)) if isinstance(y, Table))
    assert table.rows == tuple((f"A{n}", str(n), f"{n}.25") if n % 3 else (str(n), "B", "TRUE") for n in range(2500))


def test_a_noughts_octet_in_a_text_is_left_out():
    def fill(made):
        made.add_worksheet().write_row(0, 0, ["A1_x0000_23", 5, "x"])

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(fill))) as made, zipfile.ZipFile(out, "w") as changed:
        for name in made.namelist():
            changed.writestr(name, made.read(name).replace(b"_x005F_x0000_", b"_x0000_"))
    table = next(y for y in read(out.getvalue()) if isinstance(y, Table))
    assert table.rows == (("A123", "5", "x"),)


def test_of_two_parts_of_one_name_the_reader_of_workbooks_takes_its_own():
    def part(number):
        return book(lambda made: made.add_worksheet("a").write(0, 0, number))

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(part(111))) as one, zipfile.ZipFile(io.BytesIO(part(222))) as two, zipfile.ZipFile(out, "w") as made:
        for name in one.namelist():
            made.writestr(name, one.read(name))
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("xl/worksheets/sheet1.xml", two.read("xl/worksheets/sheet1.xml"))
    tables = [y for y in read(out.getvalue()) if isinstance(y, Table)]
    assert tables[0].rows == (("222",),)


def test_a_wrong_checksum_is_a_problem():
    data = bytearray(book(lambda made: made.add_worksheet().write(0, 0, 5)))
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")))
    data[at + 16] ^= 255
    assert any(isinstance(y, Problem) for y in read(bytes(data)))


def test_a_broken_workbook_is_a_problem():
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    assert [type(y) for y in read(broken.getvalue())][:1] == [Problem]


def test_open_document_sheets_are_told_by_their_body():
    def archive(body):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            made.writestr("content.xml", f"<office:document-content><office:body><office:{body}/></office:body></office:document-content>")
        return out.getvalue()

    assert SHEETS.claims(node(archive("spreadsheet")))
    assert not SHEETS.claims(node(archive("text")))
    assert not SHEETS.claims(node(b"PK\x03\x04 content.xml"))
    assert not SHEETS.claims(node(b"\xd0\xcf\x11\xe0" + bytes(600)))


def test_octets_of_old_workbooks_that_were_widened():
    assert cell("3\x005\x000\x00") == "350"


def test_names_of_sheets_with_numbers():
    data = book(lambda made: [made.add_worksheet(name).write(0, 0, "x") for name in ("陳志明 A123456789", "Sheet2")])
    assert [t.content for t in read(data) if getattr(t, "source", "") == "sheet name"] == ["陳志明 A123456789"]


@pytest.mark.parametrize(("at", "claimed"), [(512 + 128, True), (512 + 70, False), (512 + 129, False)])
def test_a_compound_file_is_a_workbook_by_its_directory(at, claimed):
    data = bytearray(b"\xd0\xcf\x11\xe0" + bytes(2000))
    data[at:at + 10] = "Book\0".encode("utf-16-le")
    data[at + 64:at + 67] = b"\x0a\0\x02"
    assert SHEETS.claims(node(bytes(data))) == claimed
    data[at + 66] = 1                                     # a storage
    assert not SHEETS.claims(node(bytes(data)))


def test_a_workbook_stored_in_another_package_is_not_the_package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as slides:
        slides.writestr("ppt/presentation.xml", "<p/>")
        slides.writestr("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", book(lambda made: made.add_worksheet("a").write(0, 0, "x")))
    assert not SHEETS.claims(node(out.getvalue()))
    assert SHEETS.claims(node(out.getvalue()[:-30]))      # without its directory nothing can be ruled out


def test_an_opendocument_that_calamine_does_not_know_is_read_elsewhere():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as old:
        old.writestr("content.xml", "<office:document-content><office:body><office:spreadsheet/></office:body></office:document-content>")
    assert SHEETS.claims(node(out.getvalue())) and read(out.getvalue()) == []


def test_tables_side_by_side_are_tables_of_their_own():
    def fill(made):
        sheet = made.add_worksheet("a")
        for row, values in enumerate((["Item", "Qty"], ["P1", "1"], ["P2", "2"], ["P3", "3"])):
            sheet.write_row(row, 0, values)
        for row, values in enumerate((["Name", "Passport No"], ["Ann", "312345678"])):
            sheet.write_row(2 + row, 3, values)

    found = [t.rows for t in read(book(fill)) if isinstance(t, Table) and t.source == "sheet a"]
    assert found == [(("Item", "Qty"), ("P1", "1"), ("P2", "2"), ("P3", "3")), (("Name", "Passport No"), ("Ann", "312345678"))]


@pytest.mark.parametrize("second", [0, 1])
def test_an_empty_column_alone_parts_no_table(second):
    def fill(made):
        sheet = made.add_worksheet("a")
        sheet.write_row(0, 0, ["Name", "Age", "", "Passport No", "x"] if not second else ["Name", "", "Passport No", "x"])
        sheet.write_row(1, 0, ["Ann", "1", "", "312345678", "y"] if not second else ["Ann", "", "312345678", "y"])

    assert len([t for t in read(book(fill)) if isinstance(t, Table) and t.source == "sheet a"]) == 1


def test_an_encrypted_workbook_is_left_to_those_who_open_it():
    """What its records seem to say is noise: cells in far corners, more than anybody has."""
    def at(row: int, column: int) -> bytes:
        return struct.pack("<HHHd", row, column, 0, 1.5)

    bof, far = (0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)), [(0x203, at(0, 0)), (0x203, at(65_000, 250))]
    clear, locked = biff(bof, *far, (0x0A, b"")), biff(bof, (0x2F, bytes(54)), *far, (0x0A, b""))
    assert [p.code.name for p in read(compound({"Workbook": clear}))] == ["SIZE"]
    assert read(compound({"Workbook": locked})) == []


@pytest.mark.parametrize(("boxes", "tables"), [((1, 2, "", 3, 4), 1), (("1", "2", "", "3", "X"), 1), ((12, 34, "", 56, 78), 2)])
def test_empty_columns_between_boxes_part_no_tables(boxes, tables):
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["氏名", "林"])
        sheet.write_row(2, 1, boxes)

    assert sum(isinstance(item, Table) and item.source.startswith("sheet") for item in read(book(fill))) == tables
