from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from gateway.extract.base import Context, Node, Problem
from gateway.extract.sheets import SHEETS, cell
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits


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
