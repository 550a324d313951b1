from __future__ import annotations

import base64
import io
import zipfile

from gateway.extract.base import Child, Context, Node
from gateway.extract.office.words import OFFICE_WORDS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.documents import docx


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/zip")
    assert OFFICE_WORDS.claims(node)
    return [item.content for item in OFFICE_WORDS.extract(node, Context(Limits(), outbound)) if isinstance(item, Text)]


def test_field_codes_and_descriptions():
    body = ('<w:p><w:r><w:instrText> QUOTE A123456789 </w:instrText></w:r><w:r><wp:docPr xmlns:wp="x" descr="陳小明 B123456789"/></w:r>'
            '<w:fldSimple w:instr="QUOTE C123456789"/></w:p>')
    assert read(docx(body)) == ["陳小明 B123456789\nQUOTE C123456789\n QUOTE A123456789 "]
    assert read(docx(body), outbound=False) == []


def test_cards_of_hong_kong_have_six_digits():
    assert read(docx('<w:hyperlink w:tooltip="HO Ka Lok K123456(A)" w:val="1234567"/>')) == [
        "HO Ka Lok K123456(A)  1234567\nHO Ka Lok K123456(A)"]


def test_long_numbers_in_whatever_attribute():
    for part, said in {"xl/slicerCaches/slicerCache1.xml": "<i n='A123456789'/>", "xl/ctrlProps/ctrlProp1.xml": "<item val='王小明 A123456789'/>",
                       "ppt/presentation.xml": "<s name='王小明 A123456789' id='{11111111-2222}'/>", "word/settings.xml": "<w:docVar w:val='A123456789'/>",
                       "word/document.xml": "<w:listItem w:value='A123456789' w:displayText='王小明'/>"}.items():
        assert "A123456789" in "".join(read(package(**{part: f"<x>{said}</x>"}))), part
    places = "<a:off x='12345678' y='12345678901'/><w:p w:rsidR='00123456'/><a:ext cx='1234567890' uri='{12345678}'/><v:x time='1234567'/><a:lvl marL='342900' indent='-342900'/>"
    for part, said in {"word/document.xml": places, "xl/worksheets/sheet1.xml": "<c v='A123456789'/>", "ppt/theme/theme1.xml": "<a n='A123456789'/>"}.items():
        assert read(package(**{part: f"<x>{said} 1234567890</x>"})) == [], part


def test_nothing_of_documents_without_them():
    assert read(docx()) == []
    assert read(docx()[:-40]) == []                       # not our fault to tell


def package(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"xl/workbook.xml": "<workbook/>", **parts}.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_data_that_came_along() -> None:
    queries = "<connection><dbPr command=\"SELECT * FROM C WHERE ID='A123456789'\"/></connection>"
    assert read(package(**{"customXml/item1.xml": "<r><c a='陳小明' b='B123456789'/><c a='K123456(A)'/><d e='12345'/></r>"})) == [
        "陳小明  B123456789\nK123456(A)"]
    node = Node(Artifact(1, 0, ArtifactKind.PART), package(**{"customXml/item1.xml": "<r><c n='證號'>B123456789</c></r>"}), "application/zip")
    child, = OFFICE_WORDS.extract(node, Context(Limits(), True))
    assert isinstance(child, Child) and child.detected_type == "text/xml" and b"B123456789" in child.data
    assert read(package(**{"xl/connections.xml": queries.replace("'", "&apos;")})) == ["SELECT * FROM C WHERE ID='A123456789'"]
    sheet = "<worksheet><sheetData><c r='A1' x='9999999'/></sheetData><scenarios><inputCells r='A1' val='C123456789'/></scenarios></worksheet>"
    assert read(package(**{"xl/worksheets/sheet1.xml": sheet})) == ["A1  C123456789"]


def test_fields_and_forms_of_open_documents() -> None:
    content = ('<office:document><text:user-field-decl office:string-value="D123456789" text:name="證號"/>'
               '<form:text form:title="身分證" form:current-value="E123456789"/><table:cell office:value="1234567890"/></office:document>')
    assert read(package(**{"content.xml": content})) == ["證號: D123456789\nD123456789  證號\n身分證  E123456789"]


def test_tables_of_power_query() -> None:
    inner = package(**{"Formulas/Section1.m": "A123456789"})
    blob = base64.b64encode(bytes(4) + len(inner).to_bytes(4, "little") + inner + bytes(12)).decode()
    part = f'<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">{blob}</DataMashup>'
    node = Node(Artifact(1, 0, ArtifactKind.PART), package(**{"customXml/item1.xml": part.encode("utf-16")}), "application/zip")
    child, = (y for y in OFFICE_WORDS.extract(node, Context(Limits(), True)) if isinstance(y, Child))
    assert child.data == inner
    assert not [y for y in OFFICE_WORDS.extract(node, Context(Limits(), True)) if isinstance(y, Text)]


def test_fields_that_a_user_named_stand_behind_their_names() -> None:
    fields = '<text:user-field-decl office:value-type="string" office:string-value="A123456789" text:name="證號_1"/><text:variable-set text:name="x" office:value="5"/>'
    assert read(package(**{"content.xml": f"<x>{fields}</x>"}))[0].splitlines()[:2] == ["證號: A123456789", "x: 5"]


def test_lists_in_sheets_keep_their_headings() -> None:
    items = "".join(f"<item val='{said}'/>".replace("'", '"') for said in ("戶名 帳號", "王小明 12345678901", "x &amp; y"))
    assert read(package(**{"xl/ctrlProps/ctrlProp1.xml": f"<x><itemLst>{items}</itemLst></x>"})) == ["戶名 帳號\n王小明 12345678901\nx & y"]


def test_data_of_shapes_stand_behind_what_they_are_called() -> None:
    rows = "".join(f"<Row N='Row_{n}'><Cell N='Value' V='{value}' U='STR'/><Cell N='Label' V='{label}'/></Row>" for n, (label, value) in enumerate((
        ("姓名", "王小明"), ("護照號碼", "312345678"))))
    shape = f"<Shape><Cell N='PinX' V='1'/><Section N='Property'>{rows}</Section></Shape>"
    assert read(package(**{"visio/pages/page1.xml": shape}))[0].splitlines()[:2] == ["姓名: 王小明", "護照號碼: 312345678"]
