"""Connections of workbooks, and Power Query."""

from __future__ import annotations

import base64
import struct

import pytest

from gateway.extract.office.markup.ooxml import OOXML
from gateway.extract.office.sheets import connections
from gateway.extract.office.sheets.connections import connection, kept_elsewhere, query
from tests.builders.archives import codes, take_apart
from tests.builders.documents import docx, package

MASHUP = "Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Query1"
ABROAD = '"\\\\h.example\\s\\a.xlsx"'


def book(source: str, refreshed: bool, charset: str = "utf-16") -> bytes:
    inner = package({"Config/Package.xml": "<Package/>", "Formulas/Section1.m": f"section Section1; shared Query1 = {source};"})
    blob = base64.b64encode(struct.pack("<II", 0, len(inner)) + inner + bytes(8)).decode()
    mashup = f'<?xml version="1.0" encoding="{charset}"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">{blob}</DataMashup>'
    connections = f'<connections><connection id="1" refreshOnLoad="{int(refreshed)}"><dbPr connection="{MASHUP}"/></connection></connections>'
    return docx(more={"customXml/item1.xml": mashup.encode(charset), "xl/connections.xml": connections})


@pytest.mark.parametrize(("source", "refreshed", "code"), [
    (f"Excel.Workbook(File.Contents({ABROAD}))", False, "DOC-REMOTE-DATASOURCE"), ('Folder.Files("\\\\h.exa" & "mple\\s")', False, "DOC-REMOTE-DATASOURCE"),
    ('Folder.Files("\\\\fs01\\reports")', True, ""), ('Odbc.DataSource("driver={x};dbq=\\\\h.example\\s\\a.xlsx")', False, "DOC-REMOTE-DATASOURCE"), ('R.Execute("system(1)")', False, "DOC-RUN-PROGRAM"), ('Python.Execute ("1")', False, "DOC-RUN-PROGRAM"),
    ('Csv.Document(Web.Contents("https://h.example/a.csv"))', True, "DOC-REMOTE-QUERY"), ('Csv.Document(Web.Contents("https://h.example/a.csv"))', False, ""),
    ('OData.Feed("https://h.example/o")', True, "DOC-REMOTE-QUERY"), ('SharePoint.Files("https://bank.sharepoint.com/sites/x")', True, ""),
    ('Web.Contents("https://bank.sharepoint.com/x")', True, ""), ('Sql.Database("sql01", "Sales")', True, ""), ('Table.AddColumn(t, "https://h.example/")', True, ""),
    ('Excel.CurrentWorkbook(){[Name="Table1"]}[Content]', True, ""),
])
def test_queries(source: str, refreshed: bool, code: str) -> None:
    expected = {code} if code else set()
    assert codes(query(source, refreshed)) == expected
    for charset in ("utf-16", "utf-8"):
        assert codes(take_apart(OOXML, book(source, refreshed, charset), "a.xlsx")) & {"DOC-REMOTE-DATASOURCE", "DOC-RUN-PROGRAM", "DOC-REMOTE-QUERY"} == expected


@pytest.mark.parametrize(("text", "refreshed", "held"), [
    ("Provider=SQLOLEDB;Integrated Security=SSPI;Data Source=db.h.example", True, True), ("DRIVER=SQL Server;SERVER=tcp:198.51.100.7,1433;Trusted_Connection=Yes", True, True),
    ("Provider=SQLOLEDB;Integrated Security=SSPI;Data Source=db.h.example", False, False), ("Provider=SQLOLEDB;Integrated Security=SSPI;Data Source=SQL01", True, False),
    ("Provider=SQLOLEDB;User ID=r;Data Source=db.h.example", True, False), ("Provider=SQLOLEDB;Integrated Security=SSPI;Data Source=10.0.0.5", True, False),
    ("DBQ=\\\\h.example\\a.mdb", False, True), ("DBQ=\\\\FS01\\a.mdb", False, False), ("Data Source=http://h.example/olap", False, True),
])
def test_databases(text: str, refreshed: bool, held: bool) -> None:
    assert [o.code for o in connection("dbPr", {"connection": text}, refreshed)] == ["DOC-REMOTE-DATASOURCE"] * held


@pytest.mark.parametrize(("address", "held"), [("\\\\h.example\\a.odc", True), ("\\\\FS01\\a.odc", False), ("https://h.example/a.odc", False)])
def test_files_of_connections(address: str, held: bool) -> None:
    assert bool(kept_elsewhere({"odcFile": address})) == held


@pytest.mark.parametrize("blob", ["AAAA", "not base64 at all!", base64.b64encode(bytes(20)).decode(), base64.b64encode(struct.pack("<II", 0, 99) + b"PK").decode()])
def test_queries_that_cannot_be_read(blob: str) -> None:
    part = f"<DataMashup>{blob}{' ' * 20}</DataMashup>"
    assert codes(take_apart(OOXML, docx(more={"customXml/item1.xml": part}), "a.xlsx")) == set()


@pytest.mark.parametrize(("source", "code"), [
    ('Web.Contents(Excel.CurrentWorkbook(){[Name="u"]}[Content]{0}[Column1])', "DOC-REMOTE-QUERY"),
    ('File.Contents(Text.FromBinary(Binary.FromText("' + base64.b64encode(b"\\\\h.example\\s\\a.xlsx").decode() + '")))', "DOC-REMOTE-DATASOURCE"),
    ('Text.FromBinary(Binary.FromText("' + base64.b64encode(b"a word of ours, quoted").decode() + '"))', ""),
    ('Web.Contents("https://bank.sharepoint.com/x", [Query=[a="https://h.example/"]])', "DOC-REMOTE-QUERY"),
])
def test_addresses_that_queries_put_together(source: str, code: str) -> None:
    assert codes(query(source, True)) == ({code} if code else set())


@pytest.mark.parametrize(("source", "held"), [(f"File.Contents({ABROAD})", True), ('File.Contents("C:\\a.csv")', False)])
def test_queries_of_excel_2010(source: str, held: bool) -> None:
    inner = base64.b64encode(package({"Config/Package.xml": "<Package/>", "Formulas/Section1.m": f"section Section1; shared Q = {source};"})).decode()
    part = f'<connections><connection><dbPr connection="Provider=Microsoft.Mashup.OleDb.1;Extended Properties=&quot;{inner}&quot;"/></connection></connections>'
    assert ("DOC-REMOTE-DATASOURCE" in codes(take_apart(OOXML, docx(more={"xl/connections.xml": part}), "a.xlsx"))) == held


def test_queries_behind_more_than_any_text_has() -> None:
    found = take_apart(OOXML, book(f"1 /* {' ' * (5 << 20)} */ + File.Contents({ABROAD})", False), "a.xlsx")
    assert "RATIO" in codes(found)


def test_more_queries_than_any_book_has(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {}
    for number in range(4):
        inner = package({"Formulas/Section1.m": f"section Section1; shared Q = {number};"})
        blob = base64.b64encode(struct.pack("<II", 0, len(inner)) + inner + bytes(8)).decode()
        parts[f"customXml/item{number}.xml"] = f"<DataMashup>{blob}</DataMashup>"
    assert "COUNT" not in codes(take_apart(OOXML, docx(more=parts), "a.xlsx"))
    monkeypatch.setattr(connections, "QUERIES", 2)
    assert "COUNT" in codes(take_apart(OOXML, docx(more=parts), "a.xlsx"))
