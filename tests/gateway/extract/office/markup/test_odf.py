from __future__ import annotations

import base64

import pytest

from gateway.extract.base import Child, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.office.markup import odf
from gateway.extract.office.markup.odf import ODF, markup
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Table, Text
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import package

NS = 'xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:script="s" xmlns:xlink="x" xmlns:draw="d"'


def odt(body: str, more: dict[str, str | bytes] | None = None) -> bytes:
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": "<manifest/>",
                    "content.xml": f"<office:document-content {NS}>{body}</office:document-content>", **(more or {})}, deflated=False)


def test_text_and_tables() -> None:
    body = "<text:p>客戶</text:p><table:table table:name='名單'><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell></table:table-row></table:table>"
    found = take_apart(ODF, odt(body), "a.odt")
    assert Text("客戶", "body") in found and Table("table 名單", (("A",),)) in found and codes(found) == set()


def test_basic_modules_with_their_doctype() -> None:
    code = '<!DOCTYPE script:module PUBLIC "-//x" "module.dtd"><script:module xmlns:script="s" script:name="M">Sub Main\nShell("x")\nEnd Sub</script:module>'
    assert content(take_apart(ODF, odt("", {"Basic/Standard/M.xml": code})))["M"].startswith(b"Sub Main")
    assert content(take_apart(ODF, odt("", {"Scripts/python/x.py": "import os"})))["x.py"] == b"import os"


@pytest.mark.parametrize(("body", "code"), [
    ('<script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:x"/>', "ODF-EVENT"),
    ('<script:event-listener script:macro-name="application:Template.Correspondence.Main2"/>', "ODF-EVENT"),
    ('<script:event-listener script:macro-name="document:Template.Correspondence.Main"/>', "ODF-EVENT"),
    ('<text:dde-connection-decl office:dde-application="cmd" office:dde-topic="x"/>', "DOC-DDE"),
    ('<table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;/c x&quot;;&quot;y&quot;)"/>', "DOC-DDE"),
    ('<draw:object xlink:href="http://h.example/x.ods"/>', "DOC-REMOTE-OLE"), ('<draw:image xlink:href="file://h.example/a.png"/>', "DOC-EXTERNAL-SHARE"),
    ('<text:section-source xlink:href="http://h.example/x.odt"/>', "DOC-REMOTE-SUBDOCUMENT"),
])
def test_active_parts(body: str, code: str) -> None:
    assert code in codes(take_apart(ODF, odt(body)))


@pytest.mark.parametrize("called", [
    'script:macro-name="application:Template.Correspondence.Main"',
    'xlink:href="vnd.sun.star.script:Template.Correspondence.Main?language=Basic&amp;location=application"',
])
def test_letters_made_with_the_wizard(called: str) -> None:
    event = f'<script:event-listener script:language="ooo:StarBasic" script:event-name="office:new" {called}/>'
    assert not codes(take_apart(ODF, odt(event)))


def test_ordinary_links_and_pictures() -> None:
    body = '<text:a xlink:href="https://www.example.com">x</text:a><draw:image xlink:href="Pictures/a.png"/><draw:object xlink:href="./Object 1"/>'
    assert codes(take_apart(ODF, odt(body + '<presentation:event-listener xmlns:presentation="p" presentation:action="next-page"/>'))) == {"DOC-LINK"}


def test_encryption_entities_and_objects() -> None:
    assert "ENCRYPTED" in codes(take_apart(ODF, odt("", {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})))
    assert "MALFORMED" in codes(list(markup(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "body")))
    assert content(take_apart(ODF, odt("", {"Object 1": b"\xd0\xcf\x11\xe0x"})))["Object 1"].startswith(b"\xd0\xcf")


@pytest.mark.parametrize(("body", "code"), [
    ("<text:a xlink:href='http://h.example/'>x</text:a>" * 12, "COUNT"), ("<text:a xlink:href='http://h.example/'>x</text:a>" * 10, ""),
    ("<text:p><text:s text:c='1000001'/></text:p>", "RATIO"), ("<text:p><text:s text:c='80'/></text:p>", ""),
    ("<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell></table:table-row>", "RATIO"),
    ("<table:table-row table:number-rows-repeated='1048576'><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>", ""),
    ("<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>", ""),
])
def test_more_links_and_copies_than_any_document_has(monkeypatch: pytest.MonkeyPatch, body: str, code: str) -> None:
    monkeypatch.setattr(odf, "LOADS", 10)
    assert codes(take_apart(ODF, odt(body), "a.odt")) - {"DOC-LINK"} == {code} - {""}


@pytest.mark.parametrize(("body", "code"), [
    ('<text:a xlink:href="vnd.sun.star.script:a$b?language=Python"/>', "ODF-EVENT"), ('<text:a xlink:href=" .UNO:RunMacro"/>', "ODF-EVENT"),
    ('<presentation:event-listener presentation:action="execute" xlink:href="../calc.exe"/>', "DOC-RUN-PROGRAM"),
    ("<table:table-cell table:formula=\"msoxl:=cmd|'/c calc'!A0\"/>", "DOC-DDE"),
    ('<presentation:event-listener presentation:action="next-page"/>', ""), ('<text:a xlink:href="https://a.example/"/>', "DOC-LINK"),
    ('<table:table-cell table:formula="of:={1|2}![.A1]"/>', ""), ('<table:table-cell table:formula="of:=SUM([.A1:.A3])"/>', ""),
    ('<table:table-cell table:formula="of:=HYPERLINK(&quot;file:///C:/a.exe&quot;)"/>', "DOC-LINK-PROGRAM"),
    ('<table:table-cell table:formula="of:=[\'file://h.invalid/a.ods\'#$Sheet1.A1]"/>', "DOC-REMOTE-WORKBOOK"),
    ('<table:table-cell table:formula="of:=[\'a.ods\'#$Sheet1.A1]"/>', ""), ('<table:table-cell table:formula="of:=[.A1]"/>', ""),
    ('<style:background-image xmlns:style="s" xlink:href="file://h.invalid/a.png"/>', "DOC-EXTERNAL-SHARE"),
    ('<presentation:sound xlink:href="smb://h.invalid/a.wav"/>', "DOC-EXTERNAL-SHARE"), ('<presentation:sound xlink:href="../a.wav"/>', ""),
    ('<style:background-image xmlns:style="s" xlink:href="Pictures/a.png"/>', ""),
    ('<table:table-cell table:formula="of:=HYPERLINK(&quot;https://a.example/&quot;)"/>', ""),
])
def test_clicks_that_run_something(body: str, code: str) -> None:
    space = 'xmlns:text="t" xmlns:xlink="x" xmlns:presentation="p" xmlns:table="b" xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    found = {o.code for o in markup(f"<office:body {space}>{body}</office:body>".encode(), "body") if isinstance(o, Observation)}
    assert found == ({code} if code else set())


def test_files_inside_flat_documents_come_as_children() -> None:
    inner = base64.b64encode(b"MZ program").decode()
    flat = f'<office:document xmlns:office="urn:x"><office:binary-data>{inner[:5]}\n {inner[5:]}</office:binary-data></office:document>'
    assert [c.data for c in markup(flat.encode(), "body") if isinstance(c, Child)] == [b"MZ program"]


def test_basic_of_packages_without_a_manifest() -> None:
    module = '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M">Sub Main\nEnd Sub</script:module>'
    data = package({"mimetype": "application/vnd.sun.xml.writer", "Basic/Standard/M.xml": module})
    assert any(isinstance(c, Child) and c.detected_type == "text/x-vba" for c in take_apart(ODF, data, "a.sxw"))


@pytest.mark.parametrize(("before", "claimed"), [(b"", True), (b"noise" * 9, True)])
def test_packages_with_something_before_them(before: bytes, claimed: bool) -> None:
    data = before + package({"mimetype": "application/vnd.oasis.opendocument.graphics", "Scripts/beanshell/L/a.bsh": "x", "META-INF/manifest.xml": "<m/>"})
    assert ODF.claims(Node(Artifact(0, None, ArtifactKind.PART, ("a.odg",)), data, identify(data, ("a.odg",)))) == claimed
    assert not ODF.claims(Node(Artifact(0, None, ArtifactKind.PART, ("a.zip",)), package({"a.txt": "x"}), "application/zip"))


@pytest.mark.parametrize(("part", "held"), [
    ('<accel:item xlink:href="vnd.sun.star.script:S.M.x?language=Basic&amp;location=document"/>', True), ('<accel:item xlink:href=".uno:Save"/>', False),
    ('<form:button xlink:href="macro:///S.M.x()"/>', True), ('<form:button xlink:href="#page2"/>', False),
])
def test_keys_and_buttons_that_start_scripts(part: str, held: bool) -> None:
    more = {"Configurations2/accelerator/current.xml": f'<a:list xmlns:a="a" xmlns:accel="c" xmlns:form="f" xmlns:xlink="x">{part}</a:list>'}
    assert ("ODF-EVENT" in codes(take_apart(ODF, odt("", more), "a.odt"))) == held


@pytest.mark.parametrize(("library", "code"), [
    ('library:link="true" xlink:href="file://h.example/s/L"', "DOC-REMOTE-MACRO"), ('library:passwordprotected="true"', "VBA-UNREAD"),
    ('library:link="false" library:passwordprotected="false"', ""),
])
def test_libraries_elsewhere_or_locked(library: str, code: str) -> None:
    more = {"Basic/script-lc.xml": f'<library:library xmlns:library="l" xmlns:xlink="x" library:name="L" {library}/>'}
    assert codes(take_apart(ODF, odt("", more), "a.odt")) == ({code} if code else set())


@pytest.mark.parametrize(("line", "held"), [
    ('CREATE ALIAS X FOR "java.lang.Runtime.exec"', True), ('CALL "java.lang.System.setProperty"(\'a\',\'b\')', True),
    ("SET WRITE_DELAY 60\nSCRIPT 'C:\\a.bat'", True), ('SET TABLE T SOURCE "../../a.bat"', True), ('SET TABLE T SOURCE "t.csv"', False),
    ("INSERT INTO T VALUES('SCRIPT C:/a.bat')", False),
    ('CREATE ALIAS ABS FOR "java.lang.Math.abs"', False), ('CREATE ALIAS RTRIM FOR "org.hsqldb.Library.rtrim"', False),
    ('INSERT INTO "CALLS" VALUES(1)', False),
])
def test_methods_that_a_database_calls(line: str, held: bool) -> None:
    assert ("ODF-EVENT" in codes(take_apart(ODF, odt("", {"database/script": f"CREATE SCHEMA PUBLIC\n{line}\n"}), "a.odb"))) == held


def test_settings_of_a_flat_document_are_no_part_of_its_first_cell() -> None:
    flat = (f'<office:document {NS}><office:settings><config:config-item xmlns:config="c">12632256</config:config-item></office:settings>'
            "<office:body><table:table table:name=\"S\"><table:table-row><table:table-cell><text:p>A1</text:p></table:table-cell>"
            "</table:table-row></table:table></office:body></office:document>")
    tables = [part for part in markup(flat.encode(), "body") if isinstance(part, Table)]
    assert [table.rows for table in tables] == [(("A1",),)]


def test_pages_of_a_book_that_are_no_xml_are_pages() -> None:
    page = b"<!DOCTYPE html>\n<html><head><link rel=a href=b></head><body>x<br></body></html>"
    found = list(odf.markup(page, "body"))
    assert [(y.data, y.declared_type) for y in found if isinstance(y, Child)] == [(page, "text/html")]
    assert not [y for y in found if isinstance(y, Problem)]


@pytest.mark.parametrize(("element", "code"), [
    ('<t:named-expression t:expression="of:=DDE(&quot;cmd&quot;;&quot;/c rem&quot;)"/>', "DOC-DDE"),
    ('<t:content-validation t:condition="of:is-true-formula(WEBSERVICE(&quot;http://h.example/&quot;)=1)"/>', "DOC-DDE"),
    ('<t:named-expression t:expression="of:=SUM([.A1:.A2])"/>', ""), ('<s:map s:condition="cell-content()=3"/>', ""),
])
def test_formulas_beside_cells(element: str, code: str) -> None:
    found = codes(markup(f'<d xmlns:t="t" xmlns:s="s">{element}</d>'.encode(), "body"))
    assert ("DOC-DDE" in found) == bool(code) and (code or not {c for c in found if c.startswith("FORMULA")})


@pytest.mark.parametrize(("element", "code"), [
    ('<x:instance src="https://h.example/a.xml"/>', "DOC-REMOTE-QUERY"), ('<x:instance/>', ""), ('<x:instance src="#a"/>', ""),
    ('<x:submission action="https://h.example/a"/>', ""), ('<m:menuitem m:id="vnd.sun.star.script:a.py$x?language=Python"/>', "ODF-EVENT"),
    ('<m:menuitem m:id=".uno:Open"/>', ""), ('<x:data-mapping href="https://h.example/a.csv"/>', "DOC-REMOTE-DATASOURCE"), ('<x:data-mapping href="file:///home/a.csv"/>', ""), ('<x:java-classpath>https://h.example/a.jar</x:java-classpath>', "DOC-REMOTE-MACRO"),
    ('<x:data-source-setting-value>file://h.example/s/a.jar</x:data-source-setting-value>', "DOC-REMOTE-MACRO"),
    ('<x:data-source-setting-value>file:///C:/java/a.jar</x:data-source-setting-value>', ""), ('<x:data-source-setting-value>true</x:data-source-setting-value>', ""),
])
def test_forms_menus_and_drivers(element: str, code: str) -> None:
    assert codes(markup(f'<d xmlns:x="x" xmlns:m="m">{element}</d>'.encode(), "body")) == ({code} if code else set())


@pytest.mark.parametrize(("element", "count"), [('<t:script s:language="JavaScript">go()</t:script>', 1), ('<o:script s:language="ooo:Basic"><m>x</m></o:script>', 1),
                                                ('<o:script s:language="ooo:Basic"><o:source-code>x</o:source-code></o:script>', 1), ("<o:scripts/>", 0),
                                                ('<o:script s:language="ooo:Basic"> </o:script>', 0)])
def test_scripts_in_the_text(element: str, count: int) -> None:
    found = list(markup(f'<d xmlns:t="t" xmlns:s="s" xmlns:o="o">{element}</d>'.encode(), "body"))
    assert len([y for y in found if isinstance(y, Child) and y.kind is ArtifactKind.MACRO]) == count


def test_lists_that_a_cell_may_be_filled_with() -> None:
    condition = 'of:cell-content-is-in-list(&quot;A123456789&quot;;&quot;B123456789&quot;)'
    found = take_apart(ODF, odt(f"<table:content-validation table:condition='{condition}'/>"), "a.ods")
    assert Text("A123456789\nB123456789", "body") in found


@pytest.mark.parametrize(("element", "code"), [
    ('<text:a xlink:href="file://h.example/s/a.exe"/>', "DOC-LINK-PROGRAM"),
    ('<table:table-cell table:formula="of:=DDE(&quot;a&quot;;&quot;b&quot;;&quot;c&quot;)"/>', "DOC-DDE"),
    ('<table:table-cell table:formula="of:=' + "'file:///c:/a.ods'#A1+" * 30 + "'file://h.example/s/a.ods'#A1\"/>", "DOC-REMOTE-WORKBOOK"),
])
def test_behind_many_honest_links(element: str, code: str) -> None:
    links = "".join(f'<text:a xlink:href="https://h.example/{n}"/>' for n in range(600))
    found = take_apart(ODF, odt(links + element), "a.odt")
    assert code in codes(found) and not [p for p in found if isinstance(p, Problem)]


def test_headers_and_footers_are_told_apart_as_well() -> None:
    style = (f"<office:document-styles {NS} xmlns:style='st'><style:master-page><style:header><style:region-left><text:p>極機密<text:tab/>1</text:p>"
             "</style:region-left></style:header><style:footer-first><text:p>尾</text:p></style:footer-first></style:master-page>"
             "<text:p>本文<text:tab/>x</text:p></office:document-styles>")
    assert list(markup(style.encode(), "body")) == [Text("極機密\t1\n尾\n本文 x", "body"), Text("極機密\t1\n尾", "header")]
