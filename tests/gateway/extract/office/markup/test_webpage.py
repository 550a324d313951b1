"""Documents saved as pages by Word."""

from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node
from gateway.extract.office.markup.webpage import ISLAND, MARK, OFFICE_PAGE
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.archives import codes, take_apart
from tests.builders.growth import linear

PAGE = ('<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=ProgId content=Word.Document>'
        "<!--[if gte mso 9]><xml>{}</xml><![endif]--></head><body>{}</body></html>")


def field(code: str) -> str:
    return (f"<!--[if supportFields]><span style='mso-element:field-begin'></span> {code} <span style='mso-element:field-separator'>"
            "</span><![endif]-->shown<!--[if supportFields]><span style='mso-element:field-end'></span><![endif]-->")


def read(island: str = "", body: str = "", name: str = "a.doc") -> set[str]:
    return codes(list(take_apart(OFFICE_PAGE, PAGE.format(island, body).encode(), name, kind="text/html")))


@pytest.mark.parametrize(("code", "found"), [
    ('DDEAUTO c:\\\\cmd.exe &quot;/c rem&quot;', "DOC-DDE"), ("<b>DDE</b><i>AUTO</i> cmd x", "DOC-DDE"),
    ('INCLUDETEXT "\\\\\\\\h.invalid\\\\s\\\\a.docx"', "DOC-REMOTE-INCLUDETEXT"), ('INCLUDEPICTURE "\\\\\\\\h.invalid\\\\a.png"', "DOC-EXTERNAL-SHARE"),
    ("PAGE", ""), ('TOC \\o "1-3" \\h', ""), ('HYPERLINK "#top"', ""), ('INCLUDEPICTURE "cid:image001.png" \\* MERGEFORMATINET', ""),
    ("DATE \\@ yyyy", ""),
])
def test_fields_in_comments_for_word(code: str, found: str) -> None:
    assert read(body=field(code)) == ({found} if found else set())


@pytest.mark.parametrize(("island", "found"), [
    ('<w:WordDocument><w:AttachedTemplate HRef="\\\\h.invalid\\a.dotm"/></w:WordDocument>', "DOC-REMOTE-TEMPLATE"),
    ('<w:MailMerge><w:DataSource HRef="http://h.invalid/a.odc"/></w:MailMerge>', "DOC-REMOTE-DATASOURCE"),
    ('<x:WorksheetSource HRef="file://h.invalid/s/a.htm"/>', "DOC-REMOTE-SUBDOCUMENT"),
    ('<x:WorksheetSource HRef="a.files/sheet001.htm"/>', ""), ('<o:File HRef="image001.png"/>', ""),
    ('<w:AttachedTemplate HRef="C:\\Users\\a\\Templates\\Normal.dotm"/>', ""),
])
def test_what_is_fetched_beside_the_page(island: str, found: str) -> None:
    assert read(island) == ({found} if found else set())


@pytest.mark.parametrize(("body", "found"), [
    ('<v:imagedata src="\\\\h.invalid\\a.png"/>', "DOC-EXTERNAL-SHARE"), ('<img src=file://h.invalid/a.png>', "DOC-EXTERNAL-SHARE"),
    ('<img src="file:///C:/a.png">', ""), ('<img src="a.files/image001.png">', ""), ('<img src="https://h.example/a.png">', ""),
])
def test_pictures_on_shares(body: str, found: str) -> None:
    assert read(body=body) == ({found} if found else set())
    assert read(body=body, name="a.htm") == set()         # a browser opens it


@pytest.mark.parametrize("page", [
    '<img src="&#92;&#92;h.example\\s\\a.png">', "<img src='&#x5c&#x005C;h.example/s/a.png'>", "<p>" + "x" * (5 << 20) + '<img src="\\\\h.example\\s\\a.png">',
])
def test_pictures_that_are_spelled_otherwise_or_come_late(page: str) -> None:
    for data in (page.encode(), page.encode("utf-16")):
        assert codes(take_apart(OFFICE_PAGE, data, "a.doc", kind="text/html")) == {"DOC-EXTERNAL-SHARE"}


def test_pictures_of_forwarded_mails_are_old() -> None:
    page = PAGE.format("", field('INCLUDEPICTURE "\\\\\\\\h.example\\\\logo.png"') + field("DDEAUTO cmd x")).encode()
    node = Node(Artifact(3, 1, ArtifactKind.PART, depth=2), page, "text/html")
    assert codes(list(OFFICE_PAGE.extract(node, Context(Limits())))) == {"DOC-DDE"}
    assert codes(list(take_apart(OFFICE_PAGE, page, "a.doc", kind="text/html"))) == {"DOC-DDE", "DOC-EXTERNAL-SHARE"}


def test_only_files_of_office() -> None:
    def claimed(data: bytes, *names: str, depth: int = 1) -> bool:
        node = Node(Artifact(0, None, ArtifactKind.PART, names, depth=depth), data, "text/html")
        return OFFICE_PAGE.claims(node)

    page = PAGE.format("", "").encode()
    assert claimed(page, "a.htm") and claimed(b"<html>x</html>", "a.doc")
    assert claimed(page, depth=2) and claimed(field("PAGE").encode(), depth=2) and not claimed(b"<p>x", depth=2)
    assert claimed(PAGE.format("", "").encode("utf-16"), "a.xls")
    assert not claimed(page) and not claimed(b"<html>x</html>", "a.htm")


def test_growth() -> None:
    assert linear(lambda data: list(MARK.finditer(data)), lambda n: b"mso-element:field-begin" * n, 2_000)
    assert linear(lambda data: list(take_apart(OFFICE_PAGE, data, "a.doc", kind="text/html")), lambda n: b"<xml>\\\\a.b\\" * n, 300)
    assert linear(lambda data: list(take_apart(OFFICE_PAGE, data, "a.doc", kind="text/html")), lambda n: b"<link rel " * n, 300)
    assert linear(lambda data: list(ISLAND.finditer(data)), lambda n: b"<w:a HRef=\"" * n, 2_000)
    assert linear(lambda data: list(take_apart(OFFICE_PAGE, data, "a.doc", kind="text/html")), lambda n: field("PAGE").encode() * n, 200)


@pytest.mark.parametrize(("island", "found"), [
    ("<x:SupBook><x:Path>\\\\h.example\\s\\a.xls</x:Path></x:SupBook>", "DOC-REMOTE-WORKBOOK"),
    ("<x:SupBook><x:Path>cmd|/c rem</x:Path></x:SupBook>", "DOC-DDE"), ("<x:SupBook><x:Path>C:\\a.xls</x:Path></x:SupBook>", ""),
    ("<x:SupBook><x:Path>\\\\fs01\\s\\a.xls</x:Path></x:SupBook>", "DOC-LOCAL-WORKBOOK"),
    ("<x:QuerySource><x:Connection>ODBC;DBQ=\\\\h.example\\s\\a.mdb</x:Connection></x:QuerySource>", "DOC-REMOTE-DATASOURCE"),
    ("<x:SupBook><x:Path>cmd</x:Path><x:Dde/><x:Topic>/c rem</x:Topic></x:SupBook>", "DOC-DDE"),
    ("<xml><w:MailMerge><w:DataSource>\\\\h.example\\s\\a.mdb</w:DataSource></w:MailMerge></xml>", "DOC-EXTERNAL-SHARE"),
    ("<xml><w:DataSource>\\\\fs01\\s\\a.mdb</w:DataSource></xml>", ""), ("<p>\\\\h.example\\s\\a.mdb</p><xml></xml>", ""),
    ("<xml><o:DocumentProperties><o:HyperlinkBase>C:\\a</o:HyperlinkBase><o:Template>\\\\h.example\\a.dot</o:Template></xml>", ""),
    ("<x:QuerySource><x:Connection>ODBC;DSN=erp</x:Connection></x:QuerySource>", ""), ("<x:Path>a|b</x:Path>", ""), ("<x:PTSource><x:FileName>\\\\h.example\\a.xls</x:FileName></x:PTSource>", "DOC-REMOTE-WORKBOOK"),
])
def test_sources_in_islands(island: str, found: str) -> None:
    assert read(island) == ({found} if found else set())


def test_a_field_that_nothing_ends() -> None:
    page = "<html xmlns:w='urn:schemas-microsoft-com:office:word'><!--[if supportFields]><span style='mso-element:field-begin'></span>DDEAUTO cmd x<![endif]-->"
    assert codes(take_apart(OFFICE_PAGE, page.encode(), "a.doc", kind="text/html")) == {"DOC-DDE"}


@pytest.mark.parametrize(("body", "found"), [
    ('<link rel=themeData href="\\\\h.example\\a.thmx">', "DOC-EXTERNAL-SHARE"), ('<link rel=File-List href="a_files/filelist.xml">', ""),
    ('<object classid="clsid:8856F961-340A-11D0-A96B-00C04FD705A2"></object>', "DOC-ACTIVEX"),
    ('<object classid="clsid:38481807-CA0E-42D2-BF39-B33AF135CC4D" id=ieooui></object>', ""),
    ('<object classid="clsid:8BD21D10-EC42-11CE-9E0D-00AA006002F3"></object>', "DOC-FORM-CONTROL"),
])
def test_parts_and_controls_of_pages(body: str, found: str) -> None:
    assert read(body=body) == ({found} if found else set())


@pytest.mark.parametrize(("body", "held"), [
    ('<base href="\\\\h.example\\s\\"><img src=a.png>', True), ('<style>@import url("file://h.example/s/a.css");</style>', True),
    ("<td style=\"background:url('\\\\h.example\\s\\a.png')\">", True), ('<object data="file://h.example/s/a.pdf">', True),
    ('<base href="https://h.example/">', False), ("<td style=\"background:url('https://h.example/a.png')\">", False), ('<object data="a.pdf">', False),
    ('<base href="\\\\FS01\\s\\">', False),
])
def test_bases_styles_and_objects_on_shares(body: str, held: bool) -> None:
    assert read(body=body) == ({"DOC-EXTERNAL-SHARE"} if held else set())
    node = Node(Artifact(3, 1, ArtifactKind.PART, depth=2), PAGE.format("", body).encode(), "text/html")
    styled = "url(" in body
    assert codes(list(OFFICE_PAGE.extract(node, Context(Limits())))) == ({"DOC-EXTERNAL-SHARE"} if held and not styled else set())


@pytest.mark.parametrize(("island", "found"), [
    ("<x:QuerySource><x:URLString>https://h.example/q</x:URLString></x:QuerySource>", "DOC-REMOTE-QUERY"),
    ("<x:QuerySource><x:URLString>C:\\q.htm</x:URLString></x:QuerySource>", ""),
    ("<o:CustomDocumentProperties><o:_AssemblyName0>*</o:_AssemblyName0></o:CustomDocumentProperties>", "DOC-VSTO"),
    ("<o:CustomDocumentProperties><o:Solution_x0020_URL>http://h.example/m</o:Solution_x0020_URL></o:CustomDocumentProperties>", "DOC-REMOTE-TEMPLATE"),
    ("<o:CustomDocumentProperties><o:_Assembled>x</o:_Assembled></o:CustomDocumentProperties>", ""),
])
def test_queries_and_properties(island: str, found: str) -> None:
    assert read(island) == ({found} if found else set())


@pytest.mark.parametrize(("link", "held"), [
    ('<link rel=Edit-Time-Data href="http://h.example/a.mso">', True), ("<link href='https://h.example/o.mso' rel='OLE-Object-Data'>", True),
    ('<link rel=Edit-Time-Data href="a_files/editdata.mso">', False), ('<link rel=Edit-Time-Data href="cid:editdata.mso">', False),
    ('<link rel=stylesheet href="https://www.example.com/a.css">', False), ('<link rel=File-List href="https://www.example.com/a.xml">', False),
])
def test_macros_and_objects_of_a_page(link: str, held: bool) -> None:
    assert all(("DOC-REMOTE-TEMPLATE" in read(body=link, name=name)) == held for name in ("a.doc", "a.htm"))


@pytest.mark.parametrize(("body", "name", "found"), [
    ('<frame src="http://h.example/a.htm">', "a.doc", "DOC-REMOTE-FRAME"), ("<iframe width=1 src=\\\\\\\\h.example\\\\a.htm>", "a.doc", "DOC-REMOTE-FRAME"),
    ('<frame src="book_files/sheet001.htm">', "a.xls", ""), ('<frame src="http://h.example/a.htm">', "a.html", ""),
    ('<iframe data-src="http://h.example/a.htm">', "a.doc", "")])
def test_frames(body: str, name: str, found: str) -> None:
    assert read(body=body.replace("\\\\", "\\"), name=name) & {"DOC-REMOTE-FRAME"} == ({found} if found else set())
