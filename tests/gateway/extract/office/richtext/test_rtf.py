from __future__ import annotations

import pytest

from gateway.extract.base import Child
from gateway.extract.office.richtext.rtf import RTF, _Reader
from gateway.model.content import Table, Text
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import compound, ole1, ole_native
from tests.builders.growth import linear


def read(body: str) -> list[object]:
    return list(take_apart(RTF, body.encode("latin-1"), "a.rtf"))


def with_object(data: bytes, extra: str = "", shape: str = "{}") -> str:
    return "{\\rtf1{\\object\\objemb" + extra + "{\\*\\objdata " + shape.format(data.hex()) + "}}}"


PACKAGE = ole1("Package", ole_native("run.js", b"WScript.Echo(1)")[4:])


def spread(text: str, every: int, with_what: str) -> str:
    return with_what.join(text[n:n + every] for n in range(0, len(text), every))


@pytest.mark.parametrize("hidden", [
    PACKAGE.hex(), PACKAGE.hex().upper(), spread(PACKAGE.hex(), 3, "\r\n\t "), spread(PACKAGE.hex(), 40, "{\\*\\junk}"), spread(PACKAGE.hex(), 7, "\\par "),
    spread(PACKAGE.hex(), 9, "{\\*\\xyz zz}"), spread(PACKAGE.hex(), 16, "\x0b"), "{\\*\\a}" + PACKAGE.hex(), "\\bin0 " + PACKAGE.hex(), "z" + PACKAGE.hex(),
    "0" + PACKAGE.hex(),
])
def test_hex_however_hidden(hidden: str) -> None:
    found = read("{\\rt{\\object\\objemb{\\*\\objdata " + hidden + "}}}")
    assert content(found).get("run.js") == b"WScript.Echo(1)"


def test_binary_data() -> None:
    body = b"{\\rtf1{\\object{\\*\\objdata\\bin%d " % len(PACKAGE) + PACKAGE + b"}}}"
    assert content(list(take_apart(RTF, body))).get("run.js") == b"WScript.Echo(1)"


def test_classes_links_and_updates() -> None:
    assert "OLE-EQUATION" in codes(read(with_object(ole1("eQuAtion.3", b"\x1c\0" + bytes(30)))))
    assert "OLE-LINK" in codes(read(with_object(ole1("OLE2Link", compound({"x": b"y"})))))
    assert "RTF-UPDATE" in codes(read(with_object(PACKAGE, "\\objupdate")))
    assert "RTF-LINK" in codes(read("{\\rtf1{\\object\\objautlink{\\*\\objdata 01}}}"))
    assert codes(read(with_object(ole1("Excel.Sheet.8", compound({"Workbook": b""}))))) == {"RTF-OBJECT"}


def test_compound_file_in_an_object_goes_on() -> None:
    inner = compound({"Workbook": b"x"})
    assert content(read(with_object(ole1("Excel.Sheet.8", inner))))["embedded object"].startswith(b"\xd0\xcf")


@pytest.mark.parametrize("body", [
    "{\\rtf1{\\*\\template http://h.example/t}x}", "{\\rtf1{\\*\\template \\u104?\\u116?\\u116?\\u112?\\u58?\\u47?\\u47?h.example/}x}",
    "{\\rtf1{\\*\\template \\u-65432?\\u-65420?\\u-65420?\\u-65424? x}x}", "{\\rtf1{\\*\\template \\'68\\'74\\'74\\'70://h.example/t}x}",
    "{\\rtf1{\\*\\template \\\\\\\\h.example\\\\t.dotm}x}",
])
def test_remote_templates(body: str) -> None:
    assert "DOC-REMOTE-TEMPLATE" in codes(read(body))


def test_local_template_is_ordinary() -> None:
    assert codes(read("{\\rtf1{\\*\\template C:\\\\Users\\\\a\\\\Normal.dotm}x}")) == set()
    assert codes(read("{\\rtf1{\\*\\template file:///C:/Users\\\\a\\\\Normal.dotm}x}")) == set()


def test_fields() -> None:
    assert "DOC-DDE" in codes(read('{\\rtf1{\\field{\\*\\fldinst {DDE}{AUTO cmd "/c rem"}}{\\fldrslt x}}}'))
    assert "DOC-REMOTE-INCLUDETEXT" in codes(read('{\\rtf1{\\field{\\*\\fldinst INCLUDETEXT "http://h.example/x"}{\\fldrslt x}}}'))
    assert codes(read("{\\rtf1{\\field{\\*\\fldinst PAGE}{\\fldrslt 3}} DDEAUTO cmd}")) == set()


@pytest.mark.parametrize(("body", "wanted"), [
    ("{\\rtf1\\ansi\\ansicpg950 \\'ab\\'c8\\'a4\\'e1}", "客戶"), ("{\\rtf1\\ansi\\ansicpg932 \\'90\\'bf\\'8b\\'81}", "請求"),
    ("{\\rtf1\\ansi\\ansicpg936 \\'b7\\'a2\\'c6\\'b1}", "发票"),
    ("{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset136 PMingLiU;}}\\f1 \\'ab\\'c8\\'a4\\'e1\\f0 x}", "客戶x"),
    ("{\\rtf1\\uc1 \\u23458?\\u25142?}", "客戶"), ("{\\rtf1\\uc2 \\u23458\\'ab\\'c8\\u25142 ??}", "客戶"), ("{\\rtf1\\u-10179?\\u-8704?}", "😀"),
    ("{\\rtf1 A\\tab B\\par C}", "A\tB\nC"),
])
def test_text_in_all_code_pages(body: str, wanted: str) -> None:
    assert [t.content for t in read(body) if isinstance(t, Text)] == [wanted]


def test_rows_hidden_text_and_headers() -> None:
    found = read("{\\rtf1 head\\par\\trowd A123456789\\cell 0912\\cell\\row{\\v secret}{\\header top}{\\info{\\title T}}end}")
    assert Table("table", (("A123456789", "0912"),)) in found
    assert any(isinstance(t, Text) and t.hidden and t.content == "secret" for t in found)
    assert any(isinstance(t, Text) and t.source == "header" for t in found)


def test_deep_groups_and_ends_missing() -> None:
    assert read("{\\rtf1" + "{" * 100_000 + "x") is not None
    assert codes(read("{\\rtf1{\\object{\\*\\objdata 0105")) <= {"RTF-OBJECT-ODD"}


def read_whole(body: str) -> list[object]:
    return take_apart(RTF, b"{\\rtf1" + body.encode() + b"}", "a.rtf")


def test_font_tables_that_overflow_and_old_drawing_properties() -> None:
    storm = b"{\\rtf1{\\fonttbl" + b"".join(b"{\\f%d A;}" % n for n in range(30_500)) + b"}}"
    assert "COUNT" in codes(take_apart(RTF, storm, "a.rtf"))
    assert "RTF-OBJECT-ODD" in codes(read_whole("{\\shp{\\sp{\\sn pFragments}{\\sv 1;1;ff}}}"))
    assert "RTF-OBJECT-ODD" in codes(read_whole("{\\shp{\\sp{\\sn{\\*\\junk 1} pFragments}{\\sv 1;1;ff}}}"))
    assert "RTF-OBJECT-ODD" not in codes(read_whole("{\\b pFragments\\cell }{Array of {\\b \\\\sn} pFragments}"))
    assert "COUNT" not in codes(read_whole("{\\fonttbl{\\f0 A;}{\\f1 B;}}"))


@pytest.mark.parametrize(("count", "levels", "odd"), [(25, 1, True), (9, 25, True), (9, 9, False), (1, 1, False), (0, 0, False)])
def test_lists_that_overflow(count: int, levels: int, odd: bool) -> None:
    one = f"{{\\listoverride\\listid1\\listoverridecount{count}" + "{\\lfolevel}" * levels + "\\ls1}"
    made = "{\\*\\listoverridetable" + one * 3 + "}"
    assert ("RTF-OBJECT-ODD" in codes(read_whole(made))) == odd


def test_links_to_programs() -> None:
    assert "DOC-LINK-PROGRAM" in codes(read_whole('{\\field{\\*\\fldinst HYPERLINK "file:///\\\\\\\\\\\\\\\\h.example\\\\\\\\s\\\\\\\\a.exe"}}'))


@pytest.mark.parametrize(("body", "held"), [
    ("\\bin1 x" * 5_001, True), ("\\bin1 x" * 900, False), ("{" * 1_001, True), ("{\\b " * 200 + "}" * 200, False),
    ("{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}" * 20_001, True), ("{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}" * 5_000, False),
    ("{\\*\\template x}" * 101, True), ("{\\*\\htmltag <p>}" * 21_000, False), ("{\\pict 00}" * 2_000, False),
])
def test_more_groups_and_references_than_any_document_has(body: str, held: bool) -> None:
    assert ("COUNT" in codes(read("{\\rtf1 " + body + "}"))) == held


def test_cells_of_two_stories_are_read_once() -> None:
    assert linear(lambda data: _Reader(data).run(), lambda n: b"{\\rtf1 " + b"a\\cell{\\v b\\cell}" * n + b"}", 6_000)


def test_cells_of_hidden_text_do_not_end_those_beside_them() -> None:
    reader = _Reader(b"{\\rtf1 before\\par a\\cell{\\v x\\cell}b c\\cell\\row}")
    reader.run()
    assert reader.rows == [("a", "x", "b c")]


@pytest.mark.parametrize(("group", "held"), [
    ("{\\*\\mmdatasource \\\\\\\\h.example\\\\s\\\\a.mdb}", True), ("{\\*\\mmheadersource http://h.example/h.doc}", True),
    ("{\\*\\mmconnectstr Provider=x;Data Source=\\\\\\\\h.example\\\\a.accdb}", True), ("{\\*\\mmdatasource C:\\\\a.mdb}", False),
    ("{\\*\\mmconnectstr Provider=x;Data Source=C:\\\\a.accdb}", False),
])
def test_addresses_of_form_letters(group: str, held: bool) -> None:
    assert ("DOC-REMOTE-DATASOURCE" in codes(read("{\\rtf1{\\*\\mailmerge" + group + "}x}"))) == held


@pytest.mark.parametrize(("group", "code"), [
    ("{\\*\\filetbl{\\file\\fid1\\fnetwork \\\\\\\\h.example\\\\s\\\\a.rtf}}{\\subdocument1 }", "DOC-REMOTE-SUBDOCUMENT"),
    ("{\\*\\filetbl{\\file\\fid1 C:\\\\a.rtf}}{\\subdocument1 }", ""), ("{\\*\\xform https://h.example/a.xsl}", "DOC-REMOTE-TRANSFORM"),
    ("{\\*\\mmodso{\\*\\mmodsoudl Data Source=\\\\\\\\h.example\\\\a.mdb}}", "DOC-REMOTE-DATASOURCE"),
    ("{\\*\\mmconnectstrdata " + b"Data Source=\\\\h.example\\a".hex() + "}", "DOC-REMOTE-DATASOURCE"), ("{\\*\\mmdatasource \\\\\\\\FS01\\\\a.mdb}", ""),
    ("{\\object{\\*\\oleclsid \\'7bEAB22AC3-30C1-11CF-A7EB-0000C05BAE0B\\'7d}}", "OLE-BROWSER"), ("{\\object{\\*\\oleclsid \\'7b00020830-0000-0000-C000-000000000046\\'7d}}", ""),
    ("{\\*\\template \\\\\\\\SRV01\\\\a.dotx}", ""), ("{\\*\\template \\\\\\\\srv.example\\\\a.dotx}", "DOC-REMOTE-TEMPLATE"),
    ('{\\field{\\*\\fldinst SET a "http://h.example/a"}}{\\field{\\*\\fldinst INCLUDETEXT {\\field{\\*\\fldinst REF a}}}}', "DOC-REMOTE-INCLUDETEXT"),
    ("{\\*\\docvar {a}{\\\\\\\\h.example\\\\a}}{\\field{\\*\\fldinst INCLUDETEXT {\\field{\\*\\fldinst DOCVARIABLE a}}}}", "DOC-REMOTE-INCLUDETEXT"),
    ("{\\info{\\*\\hlinkbase \\\\\\\\h.example\\\\d\\\\}}", "DOC-LINK-SHARE"), ("{\\info{\\*\\hlinkbase https://h.example/}}", ""),
    ("{\\*\\userprops{\\propname _AssemblyName}\\proptype30{\\staticval *}}", "DOC-VSTO"), ("{\\*\\userprops{\\propname Client}\\proptype30{\\staticval *}}", ""),
    ("{\\field{\\*\\fldinst CONTROL Shell.Explorer.2}}", "DOC-ACTIVEX"), ("{\\field{\\*\\fldinst CONTROL Forms.TextBox.1}}", "DOC-FORM-CONTROL"),
])
def test_where_groups_lead(group: str, code: str) -> None:
    assert codes(read("{\\rtf1" + group + "x}")) == ({code} if code else set())


def test_unicode_beside_what_older_readers_take() -> None:
    found = read(r"{\rtf1\ansi {\upr{B123456789}{\*\ud{\uc2\u23458\'3f\'3f A123456789}}}\par}")
    assert any(isinstance(item, Text) and "客A123456789" in item.content.replace(" ", "") for item in found)


def test_the_page_that_a_mail_was() -> None:
    data = (b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <html>}{\\*\\htmltag148 <a href=\"file:///\\\\\\\\h.example\\\\s\\\\a.rtf!x\">}\\htmlrtf \\b\\htmlrtf0 open"
            b"{\\*\\htmltag156 </a>}{\\*\\htmltag72 </html>}}")
    (page,) = [i for i in take_apart(RTF, data, "body.rtf") if isinstance(i, Child)]
    assert page.data.startswith(b'<html><a href="file:///\\\\h.example\\s\\a.rtf!x">') and page.detected_type == "text/html"
    plain = b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag84 &nbsp;}text}"
    assert not [i for i in take_apart(RTF, plain, "body.rtf") if isinstance(i, Child)]


def test_cells_of_the_page_that_a_mail_was() -> None:
    def row(*cells: str) -> str:
        return "{\\*\\htmltag148 <tr>}" + "".join(f"{{\\*\\htmltag148 <td>}}{c}{{\\*\\htmltag156 </td>}}" for c in cells) + "{\\*\\htmltag156 </tr>}"
    found = read("{\\rtf1\\fromhtml1 " + row("name", "number") + row("Lin", "1234") + "}")
    assert [t.rows for t in found if isinstance(t, Table)] == [(("name", "number"), ("Lin", "1234"))]
    own = read("{\\rtf1\\fromhtml1 \\trowd\\cellx1\\cellx2 a\\cell{\\*\\htmltag156 </td>} b\\cell{\\*\\htmltag156 </td>}\\row}")
    assert [t.rows for t in own if isinstance(t, Table)] == [(("a", "b"),)]


def test_values_of_shapes_are_lines() -> None:
    header = "{\\header{\\shp{\\*\\shpinst{\\sp{\\sn shapeType}{\\sv 136}}{\\sp{\\sn gtextUNICODE}{\\sv DRAFT}}{\\sp{\\sn wzName}{\\sv Mark1}}}}}"
    assert [t.content.split() for t in read("{\\rtf1" + header + "x}") if isinstance(t, Text) and t.source == "header"] == [["136", "DRAFT", "Mark1"]]


def test_properties_of_the_authors_own() -> None:
    own = "{\\*\\userprops{\\propname MSIP_Label_1_Name}\\proptype30{\\staticval Confidential}{\\propname Empty}{\\propname No}{\\staticval A123456789}}"
    variable = "{\\*\\docvar {K}{V 1}}"
    found = read("{\\rtf1" + own + variable + " text}")
    rows = [item.rows for item in found if isinstance(item, Table)]
    assert rows and rows[0][:3] == (("MSIP_Label_1_Name", "Confidential"), ("Empty", ""), ("No", "A123456789"))


def test_notes_that_follow_one_another_are_lines_of_their_own() -> None:
    """LibreOffice and Word end the text of a remark with its group."""
    found = read("{\\rtf1 one{\\*\\annotation{\\*\\atnref 1}a 4539927047643834}{\\*\\annotation 7Robert 4539779837451229} two\\par}")
    said = {text.source: text.content for text in found if isinstance(text, Text)}
    assert said["comment"].split("\n")[:2] == ["a 4539927047643834", "7Robert 4539779837451229"] and "one two" in said["body"]
