"""Addresses in the XML of documents by elements that nobody knows."""

from __future__ import annotations

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.office.markup import fetched
from gateway.extract.office.markup.fetched import cells, elsewhere, forms, of_part
from gateway.extract.office.markup.flat import OFFICE_XML
from gateway.extract.office.markup.ooxml import OOXML
from gateway.model.content import Observation
from tests.builders.archives import codes, take_apart
from tests.builders.documents import docx
from tests.builders.growth import linear

SHARE = "\\\\h.example\\s\\a.xml"


@pytest.mark.parametrize("part", [
    '<x:Odd y:source="{}"/>', "<x:Path>{}</x:Path>", '<z b="1" c = \'{}\'/>', "<z>\n  {}\n</z>", '<?pi href="{}"?>',
])
@pytest.mark.parametrize("address", [SHARE, "file://198.51.100.7/s/a.xml", "&#92;&#x5c;h.example@80\\s\\a.xml", "smb://h.example/s/a.xml"])
def test_shares_by_unknown_elements(part: str, address: str) -> None:
    found = list(elsewhere(part.format(address).encode()))
    assert len(found) == 1 and found[0].code == "DOC-EXTERNAL-SHARE"
    assert list(elsewhere(part.format(address).encode(), found)) == []


@pytest.mark.parametrize("part", [
    '<a:x ref="&#0000000092;&#x0000005c;h.example\\s\\a.xml"/>', "<a:x><![CDATA[" + SHARE + "]]></a:x>", "<a:x><!-- c -->" + SHARE + "</a:x>",
    '<a:x pad="' + "x" * 3000 + '" ref="' + SHARE + '"/>', '<a:x ref="' + " " * 3000 + SHARE + '"/>', '<a:x p=">" ref="' + SHARE + '"/>',
    '<a:x q="\\\\"/>' * 5000 + '<a:x ref="' + SHARE + '"/>',
])
def test_shares_that_much_stands_before_or_a_rare_spelling_hides(part: str) -> None:
    assert [found.detail for found in elsewhere(part.encode())] == [SHARE]
    assert [found.detail for found in elsewhere(part.encode("utf-16"))] == [SHARE]


def test_more_addresses_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetched, "MOST", 20)
    with pytest.raises(LimitReached, match="more than 20 addresses in one part"):
        list(elsewhere(b'<a:x q="\\\\"/>' * 21))
    assert list(elsewhere(b'<a:x q="\\\\"/>' * 20)) == []


@pytest.mark.parametrize("begin, end", [("<!--<sheetData>-->", "<!--</sheetData>-->"), ("<?a <sheetData>?>", "<?a </sheetData>?>"),
                                        ("<sheetData></sheetData>", "<sheetData></sheetData>"), ("<v><![CDATA[<sheetData>]]></v>", "<sheetData></sheetData>")])
def test_what_only_looks_like_cells_hides_nothing(begin: str, end: str) -> None:
    part = f'<worksheet>{begin}<x:y ref="{SHARE}"/>{end}</worksheet>'
    assert codes(of_part("xl/worksheets/sheet1.xml", part.encode(), True)) == {"DOC-EXTERNAL-SHARE"}


@pytest.mark.parametrize("part", [
    '<w:t>see "' + SHARE + '" for all</w:t>', '<w:t>path = "' + SHARE + '"</w:t>',
    "<w:t>" + SHARE + "</w:t>", '<pic:cNvPr id="1" name="' + SHARE + '" descr="x"/>', '<x15ac:absPath url="' + SHARE + '"/>',
    '<text:a xlink:href="' + SHARE + '">x</text:a>', '<wp:docPr id="1" descr="' + SHARE + '"/>', '<Data ss:Type="String">' + SHARE + "</Data>",
    "<f>'" + SHARE + "'!A1</f>", '<Relationship Target="' + SHARE + '"/>', '<x:o source="\\\\fs01\\dept\\a.xml"/>', '<x:o source="\\\\10.1.2.3\\s\\a"/>',
    '<Glyphs UnicodeString="' + SHARE + '"/>', '<table:table-cell office:string-value="' + SHARE + '"/>', '<filter val="' + SHARE + '"/>',
    '<dataValidation prompt="' + SHARE + '"/>', '<p:tag name="path" val="' + SHARE + '"/>', "<ofd:TextCode>" + SHARE + "</ofd:TextCode>",
    '<Cell N="Value" V="' + SHARE + '"/>', "<oddFooter>" + SHARE + "</oddFooter>",
    '<x:o source="file:///C:/a.xml"/>', '<x:o note="see ' + SHARE + '"/>', SHARE, "</a>" + SHARE,
])
def test_what_people_read_and_programs_note(part: str) -> None:
    assert list(elsewhere(part.encode())) == []


def test_connections_within_a_longer_value() -> None:
    part = b'<c connection="Provider=ACE;Data Source=' + SHARE.encode() + b';Mode=Read"/>'
    assert list(elsewhere(part)) == [Observation("DOC-REMOTE-DATASOURCE", SHARE)]


def test_texts_only_where_they_are_asked_for() -> None:
    assert list(elsewhere(b"<p>" + SHARE.encode() + b"</p>", texts=False)) == []
    assert codes(elsewhere(b'<m schema="' + SHARE.encode() + b'"/>', texts=False)) == {"DOC-EXTERNAL-SHARE"}


@pytest.mark.parametrize(("part", "held"), [
    ("<c:xsnLocation>http://h.example/a.xsn</c:xsnLocation>", True), ("<xsnLocation></xsnLocation>", False),
    ('<sl:schema sl:manifestLocation="http://h.example/m.xml"/>', True), ('<b:Sources SelectedStyle="\\APA.XSL"/>', False),
    ('<b:Sources SelectedStyle="' + SHARE + '"/>', True), ("<xsnLocation>panel.xsn</xsnLocation>", False),
    ("<xsnLocation>https://h.example/a.xsn</xsnLocation><cached>True</cached><openByDefault>False</openByDefault>", False),
    ("<xsnLocation>https://h.example/a.xsn</xsnLocation><cached>True</cached><openByDefault>True</openByDefault>", True),
    ("<xsnLocation>" + SHARE + "</xsnLocation><openByDefault>False</openByDefault>", True),
])
def test_forms_and_packs(part: str, held: bool) -> None:
    assert codes(forms(part.encode())) == ({"DOC-REMOTE-TEMPLATE"} if held else set())
    found = codes(take_apart(OOXML, docx(more={"customXml/item1.xml": '<?xml version="1.0"?><x xmlns:c="c" xmlns:sl="s" xmlns:b="b">' + part + "</x>"}), "a.docx"))
    assert ("DOC-REMOTE-TEMPLATE" in found) == held


def test_data_and_properties_of_a_package_are_not_fetched() -> None:
    for name in ("customXml/item1.xml", "docProps/app.xml"):
        assert "DOC-EXTERNAL-SHARE" not in codes(take_apart(OOXML, docx(more={name: f"<p><Path>{SHARE}</Path></p>"}), "a.docx"))
    assert "DOC-EXTERNAL-SHARE" in codes(take_apart(OOXML, docx(more={"word/odd.xml": f"<p><Path>{SHARE}</Path></p>"}), "a.docx"))


@pytest.mark.parametrize("instruction", ["mso-solutionextension URI='u' manifestPath", "mso-infoPathSolution PIVersion='1' href"])
def test_instructions_of_word_and_infopath(instruction: str) -> None:
    data = f'<?xml version="1.0"?><?{instruction}="http://h.example/m.xml"?><?mso-application progid="Word.Document"?><x/>'.encode()
    assert "DOC-REMOTE-TEMPLATE" in codes(take_apart(OFFICE_XML, data, "a.xml"))


def test_time_grows_with_the_part() -> None:
    for piece in (b'<z b="\\\\x\\y">', b"\\\\h", b"<z>\\\\a.b\\c<"):
        assert linear(lambda data: list(elsewhere(data)), lambda n, piece=piece: b"<" + piece * n, 20_000)


def test_cells_of_a_sheet_are_left_to_their_readers() -> None:
    sheet = '<worksheet><sheetData><row odd="' + SHARE + '"/></sheetData>{}</worksheet>'
    assert list(of_part("xl/worksheets/sheet1.xml", sheet.format("").encode())) == []
    assert codes(of_part("xl/worksheets/sheet1.xml", sheet.format('<o source="' + SHARE + '"/>').encode())) == {"DOC-EXTERNAL-SHARE"}


def test_quiet_parts_name_shares_but_have_no_forms() -> None:
    assert codes(of_part("xl/styles.xml", b'<styleSheet><x:odd source="' + SHARE.encode() + b'"/></styleSheet>', quiet=True)) == {"DOC-EXTERNAL-SHARE"}
    form = b"<xsnLocation>http://h.example/a.xsn</xsnLocation>"
    assert codes(of_part("word/a.xml", form)) == {"DOC-REMOTE-TEMPLATE"} and not codes(of_part("word/a.xml", form, quiet=True))


@pytest.mark.parametrize(("data", "place"), [
    (b"<a/>", (0, 0)), (b"<a><sheetData><c/></sheetData></a>", (3, 18)), (b"<sheetData><c/>", (0, 0)), (b"</sheetData>", (0, 0))])
def test_where_the_cells_of_a_sheet_stand(data: bytes, place: tuple[int, int]) -> None:
    assert cells(data) == place
