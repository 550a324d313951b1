from __future__ import annotations

import pytest

from gateway.extract.base import Child
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.code import addins
from gateway.extract.office.markup.ooxml import OOXML
from tests.builders.archives import codes, take_apart
from tests.builders.documents import compound, docx, relations

WE = 'xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11"'
CODE = b"function Workbook_Open() { Shell('calc'); }"


@pytest.mark.parametrize(("store", "held"), [
    ("FileSystem", True), ("Registry", True), ("SPCatalog", True), ("OMEX", False), ("EXCatalog", False), ("", False),
])
def test_web_extensions_by_their_store(store: str, held: bool) -> None:
    part = f'<we:webextension {WE}><we:reference id="a" store="x" storeType="{store}"/></we:webextension>'
    found = codes(take_apart(OOXML, docx(more={"word/webextensions/webextension1.xml": part}), "a.docx"))
    assert ("DOC-WEB-EXTENSION" in found) == held


def test_the_page_of_an_online_video_is_read_as_a_page() -> None:
    body = ('<w:p><wp15:webVideoPr xmlns:wp15="urn:x" embeddedHtml="&lt;script&gt;run()&lt;/script&gt;"/></w:p>',
            '<w:p><wp15:webVideoPr xmlns:wp15="urn:x" embeddedHtml=""/></w:p>')
    pages = [[c for c in take_apart(OOXML, docx(b), "a.docx") if isinstance(c, Child)] for b in body]
    assert [c.data for c in pages[0]] == [b"<script>run()</script>"] and pages[1] == []
    assert [o.code for o in pages[0][0].observations] == ["DOC-REMOTE-FRAME"]
    frame = addins.player({"embeddedHtml": '<iframe src="https://www.youtube.com/embed/x"></iframe>'})
    assert frame is not None and frame.observations == ()


@pytest.mark.parametrize(("formula", "held"), [
    ("RUNADDON(&quot;C:\\x\\a.exe&quot;)", True), ("runaddonwargs ( &quot;cmd&quot;, &quot;/c x&quot; )", True), ("RUNADDON(&quot;Make Wall&quot;)", False),
    ("OPENTEXTWIN()", False), ("RUNADDON(&quot;OrgC11 /event=1&quot;)", False), ("RUNADDON(&quot;x //h.example/a&quot;)", True),
])
def test_cells_of_drawings_that_run_programs(formula: str, held: bool) -> None:
    data = f'<PageContents><Cell N="EventDblClick" F="{formula}"/></PageContents>'.encode()
    assert bool(list(addins.visio(data))) == held


@pytest.mark.parametrize(("element", "code"), [
    ("<Cell N='Address' V='\\\\h.example\\s\\a'/>", "DOC-LINK-SHARE"), ('<Cell X=">" V="\\\\h.example\\s\\a" N="Address"/>', "DOC-LINK-SHARE"),
    ("<Address F='Inh'>\\\\h.example\\s\\a</Address>", "DOC-LINK-SHARE"), ('<Cell N="&#65;ddress" V="\\\\h.example\\s\\a"/>', "DOC-LINK-SHARE"),
    ('<Cell F="RUN&#65;DDON(&quot;cmd /c x&quot;)"/>', "DOC-RUN-PROGRAM"), ("<EventItem Action='1' Target='C:\\x\\a.exe'/>", "DOC-RUN-PROGRAM"),
    ('<Cell N="Address" V="https://www.example.com/"/>', ""), ('<Cell N="Value" V="\\\\h.example\\s\\a"/>', ""),
])
def test_cells_of_drawings_however_their_attributes_stand(element: str, code: str) -> None:
    assert codes(addins.visio(f"<PageContents>{element}</PageContents>".encode())) == ({code} if code else set())


@pytest.mark.parametrize(("attribute", "held"), [
    ('onLoad="http://h/t.dotm!x"', True), ('onAction="\\\\h\\s\\a.dotm!x"', True), ('getLabel="https://h/a!x"', True), ('onLoad="Module1.go"', False),
    ('xmlns:x="http://h/"', False),
])
def test_ribbons_that_call_macros_elsewhere(attribute: str, held: bool) -> None:
    part = f'<customUI xmlns="urn:u"><ribbon><toggleButton id="a" {attribute}/></ribbon></customUI>'
    assert ("DOC-REMOTE-MACRO" in codes(take_apart(OOXML, docx(more={"customUI/customUI.xml": part}), "a.docx"))) == held


@pytest.mark.parametrize("more", [
    {"xl/JDEData.bin": CODE}, {"xl/x.bin": CODE, "word/_rels/document.xml.rels": relations(("JDEData", "/xl/x.bin"))},
    {"xl/x.bin": CODE, "[Content_Types].xml": '<Types><Override PartName="/xl/x.bin" ContentType="application/vnd.wps-officedocument.jsProject"/></Types>'},
])
def test_macros_of_wps_office_in_packages(more: dict[str, str | bytes]) -> None:
    found = take_apart(OOXML, docx(more=more), "a.xlsx")
    assert "VBA-PROJECT" in codes(found) and any(isinstance(c, Child) and c.detected_type == "text/x-vba" and c.data == CODE for c in found)


def test_macros_of_wps_office_in_compound_files() -> None:
    assert "VBA-PROJECT" in codes(take_apart(OLE, compound({"Workbook": b"", "JDEData": CODE}), "a.et"))
    assert "VBA-PROJECT" not in codes(take_apart(OLE, compound({"Workbook": b"", "Other": CODE}), "a.et"))


@pytest.mark.parametrize(("data", "held"), [(b"noise" * 99, True), (compound({"x": b""}), False)])
def test_a_project_that_is_none_is_not_passed_over(data: bytes, held: bool) -> None:
    part = docx(more={"word/p.bin": data}, links=(("vbaProject", "p.bin"),))
    assert ("VBA-UNREAD" in codes(take_apart(OOXML, part, "a.docm"))) == held


def test_dialog_sheets_are_macro_sheets() -> None:
    assert "XLM-DIALOG" in codes(take_apart(OOXML, docx(more={"xl/dialogsheets/sheet1.xml": "<dialogsheet xmlns='urn:x'/>"}), "a.xlsx"))


@pytest.mark.parametrize(("markup", "held"), [
    (b"<xdr:sp macro=\"'http://h/a.xlsm'!go\"/>", True), (b'<xdr:sp macro="\\\\h\\s\\[a.xlam]!go"/>', True), (b"<x:FmlaMacro>'file://h/s/a.xls'!go</x:FmlaMacro>", True),
    (b"<x:FmlaMacro>[0]!'\\\\h\\s\\a.xlam'!go</x:FmlaMacro>", True),
    (b"<xdr:sp macro='http://h/a.xlsm!go'/>", True),
    (b'<xdr:sp macro="[0]!g"/>' + b"".join(b'<xdr:sp macro="[0]!g%d"/>' % n for n in range(3000)) + b'<xdr:sp macro="http://h/a.xlsm!go"/>', True),
    (b'<xdr:sp macro="[0]!go"/>', False), (b'<xdr:sp macro=""/>', False), (b"<x:FmlaMacro>[0]!say_hello</x:FmlaMacro>", False),
])
def test_shapes_that_call_macros_elsewhere(markup: bytes, held: bool) -> None:
    assert bool(list(addins.drawn(markup))) == held
    part = b'<xdr:wsDr xmlns:xdr="u" xmlns:x="v">' + markup + b"</xdr:wsDr>"
    assert ("DOC-REMOTE-MACRO" in codes(take_apart(OOXML, docx(more={"xl/drawings/drawing1.xml": part}), "a.xlsx"))) == held


@pytest.mark.parametrize(("body", "code"), [
    ('<v:imagedata xmlns:v="v" src="file://h.example/s/a.png"/>', "DOC-EXTERNAL-SHARE"), ('<v:shape xmlns:v="v" href="file://h/s/a.exe"/>', "DOC-LINK-PROGRAM"),
    ('<v:fill xmlns:v="v" type="frame" src="\\\\h.invalid\\s\\a.png"/>', "DOC-EXTERNAL-SHARE"), ('<v:fill xmlns:v="v" color="red"/>', ""),
    ('<v:oval xmlns:v="v" href="file://h/s/a.exe"/>', "DOC-LINK-PROGRAM"),
    ('<v:shape xmlns:v="v" href="https://a.example/" style="x"/>', "DOC-LINK"), ('<v:imagedata xmlns:v="v" xmlns:r="r" r:id="rId4"/>', ""),
])
def test_drawings_that_lead_elsewhere(body: str, code: str) -> None:
    assert codes(take_apart(OOXML, docx(f"<w:p>{body}</w:p>"), "a.docx")) == ({code} if code else set())


@pytest.mark.parametrize(("source", "held"), [("\\\\h.example\\s\\a.xlsx", True), ("\\\\h\\s\\a.xlsx", False), ("C:\\data\\a.xlsx", False)])
def test_letters_for_many_whose_names_stand_elsewhere(source: str, held: bool) -> None:
    part = f'<w:settings xmlns:w="w"><w:mailMerge><w:connectString w:val="Provider=x;Data Source={source};"/></w:mailMerge></w:settings>'
    assert ("DOC-REMOTE-DATASOURCE" in codes(take_apart(OOXML, docx(more={"word/settings.xml": part}), "a.docx"))) == held


def test_the_default_type_of_an_extension_says_nothing_about_one_part() -> None:
    types = '<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>{}</Types>'
    own = '<Override PartName="/xl/p.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    for override, held in (("", False), (own, True)):
        part = docx(more={"[Content_Types].xml": types.format(override), "xl/p.bin": b"settings of a printer"})
        assert ("VBA-UNREAD" in codes(take_apart(OOXML, part, "a.xlsx"))) == held


@pytest.mark.parametrize(("cells", "found"), [
    ('<EventItem EventCode="2" Action="1" Target="cmd.exe" TargetArgs="/c rem"/>', "DOC-RUN-PROGRAM"),
    ('<v:EventItem Target="\\\\h.example\\s\\a.exe"/>', "DOC-RUN-PROGRAM"), ('<EventItem Target="QueueMarkerEvent" TargetArgs="/x"/>', ""),
    ('<Cell F="OPENFILE(&quot;\\\\h.example\\s\\a.vsd&quot;)"/>', "DOC-LINK-SHARE"), ('<Cell F="HYPERLINK(&quot;a.exe&quot;)"/>', "DOC-LINK-PROGRAM"),
    ('<Cell N="Address" V="\\\\h.example\\s\\a.docx"/>', "DOC-LINK-SHARE"), ('<Cell N="Value" V="\\\\h.example\\s"/>', ""),
    ("<Address>\\\\h.example\\s\\a.exe</Address>", "DOC-LINK-PROGRAM"), ('<Cell N="Address" V="https://h.example/"/>', ""),
    ('<Cell F="PLAYSOUND(&quot;\\\\h.example\\s\\a.wav&quot;,0)"/>', "DOC-EXTERNAL-SHARE"), ('<Cell F="PLAYSOUND(&quot;chord.wav&quot;,0)"/>', ""),
    ('<Cell F="RUNMACRO(&quot;M.Go&quot;,&quot;https://h.example/a.vssm&quot;)"/>', "DOC-REMOTE-TEMPLATE"), ('<Cell F="RUNMACRO(&quot;M.Go&quot;)"/>', ""),
    ('<Cell F="RUNADDON(Prop.a)"/>', "DOC-RUN-PROGRAM"), ('<Cell F="RUNADDON(&quot;Make Wall&quot;)"/>', ""), ('<Cell F="RUNADDON(&quot;c&quot;&amp;&quot;md&quot;)"/>', "DOC-RUN-PROGRAM"),
    ('<Window WindowType="Stencil" Document="https://h.example/a.vssm"/>', "DOC-REMOTE-TEMPLATE"),
    ('<Window WindowType="Stencil" Document="C:\\Visio\\BASIC_U.VSSX"/>', ""), ('<Window WindowType="Stencil" Document="\\\\FS01\\s\\a.vssx"/>', ""),
    ('<Cell F="OPENFILE(&quot;b.vsd&quot;)"/>', ""), ('<Cell F="HYPERLINK(&quot;https://h.example/&quot;)"/>', ""),
])
def test_events_of_drawings(cells: str, found: str) -> None:
    assert codes(addins.visio(cells.encode())) == ({found} if found else set())


def test_the_page_behind_many_online_videos() -> None:
    honest = '<w:p><x:webVideoPr xmlns:x="urn:x" embeddedHtml="&lt;iframe src=&quot;https://h.example/1&quot;&gt;"/></w:p>'
    found = take_apart(OOXML, docx(honest * 60 + honest.replace("&lt;iframe src=&quot;https://h.example/1&quot;&gt;", "&lt;script&gt;run()&lt;/script&gt;")), "a.docx")
    assert b"<script>run()</script>" in [c.data for c in found if isinstance(c, Child)] and "COUNT" not in codes(found)
    assert "COUNT" in codes(take_apart(OOXML, docx(honest * 1_001), "a.docx"))
