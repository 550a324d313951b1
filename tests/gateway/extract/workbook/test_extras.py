from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from gateway.extract.base import Problem
from gateway.extract.office.sheets.xlstext import PRINT_CODES
from gateway.extract.workbook.extras import extras
from gateway.model.content import Table, Text


def made():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_comment("A1", "身分證 V115718705")
    sheet.set_header("&C社外秘&R&P")
    sheet.insert_textbox(2, 2, "手機 0912345678")
    book.define_name("secret", '="F259151029"')
    book.set_custom_property("MSIP_Label_0d5e2a6c-1111-4222-8333-444455556666_Name", "Confidential")
    book.set_properties({"title": "機密"})
    book.close()
    return out.getvalue()


def test_everything_beside_the_cells():
    found = list(extras(made()))
    texts = {(t.source, t.content) for t in found if isinstance(t, Text)}
    assert any(s == "comment" and "身分證 V115718705" in c for s, c in texts)
    assert ("header", "社外秘") in texts
    assert any(s == "drawing" and "手機 0912345678" in c for s, c in texts)
    assert any(s == "defined name" and "F259151029" in c for s, c in texts)
    rows = {row for t in found if isinstance(t, Table) for row in t.rows}
    assert ("MSIP_Label_0d5e2a6c-1111-4222-8333-444455556666_Name", "Confidential") in rows
    assert ("title", "機密") in rows


def test_no_zip_is_a_problem():
    assert [type(y) for y in extras(b"PK\x03\x04 no")] == [Problem]


def test_entities_are_not_resolved():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("docProps/core.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x><title>&e;</title></x>')
    assert all("/" not in str(row) for t in extras(out.getvalue()) if isinstance(t, Table) for row in t.rows)


def test_formulas_validations_links_and_descriptions():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_formula(0, 0, '="A1234"&"56789"')
    sheet.write_formula(0, 1, '=IF(FALSE,"","G123456789")', None, "")
    sheet.data_validation(1, 0, 1, 0, {"validate": "any", "input_title": "x", "input_message": "B123456789"})
    sheet.data_validation(2, 0, 2, 0, {"validate": "list", "source": ["C123456789"]})
    sheet.write_url(3, 0, "https://x.example/?id=D123456789", string="link", tip="E123456789")
    sheet.insert_textbox(2, 2, "x", {"description": "F123456789"})
    book.close()
    found = "\n".join(t.content for t in extras(out.getvalue()) if isinstance(t, Text))
    for value in ("A123456789", "B123456789", "C123456789", "D123456789", "E123456789", "F123456789", "G123456789"):
        assert value in found, value


def test_what_pivot_tables_still_know():
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/pivotCache/pivotCacheRecords1.xml", f'<pivotCacheRecords xmlns="{name}"><r><s v="A1"/><x v="1"/></r></pivotCacheRecords>')
        archive.writestr("xl/pivotCache/pivotCacheDefinition1.xml", f'''<pivotCacheDefinition xmlns="{name}"><cacheFields>
            <cacheField name="身分證字號"><sharedItems/></cacheField>
            <cacheField name="姓名"><sharedItems><s v="陳"/><s v="林"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>''')
    found = [t.rows for t in extras(out.getvalue()) if isinstance(t, Table)]
    assert found == [(("姓名", "陳", "林"),), (("身分證字號", "姓名"), ("A1", "林"))]


def test_cells_of_other_workbooks_stand_in_their_columns():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", (
            '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook><sheetDataSet><sheetData>'
            '<row r="1"><cell r="B1" t="str"><v>姓名</v></cell><cell r="D1" t="str"><v>護照號碼</v></cell></row>'
            '<row r="2"><cell r="B2" t="str"><v>陳志明</v></cell><cell r="D2"><v>349586580</v></cell></row>'
            "</sheetData></sheetDataSet></externalBook></externalLink>"))
    tables = [t for t in extras(out.getvalue()) if isinstance(t, Table)]
    assert [t.rows for t in tables] == [(("", "姓名", "", "護照號碼"), ("", "陳志明", "", "349586580"))]


def test_what_rows_are_shown_for():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_column(0, 0, ["id", "A123456789"])
    sheet.autofilter("A1:A2")
    sheet.filter_column_list("A", ["B123456780"])
    sheet.add_table("D1:E3", {"columns": [{"header": "C123456789"}, {"header": "x"}]})
    sheet.conditional_format("G1:G9", {"type": "text", "criteria": "containing", "value": "D123456789"})
    book.close()
    found = "\n".join(t.content for t in extras(out.getvalue()) if isinstance(t, Text))
    for value in ("B123456780", "C123456789", "D123456789"):
        assert value in found


def test_headers_in_numbers_of_characters():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet><oddHeader>&amp;C&#27231;&#x5bc6;&amp;R&amp;P</oddHeader></worksheet>")
    assert [(t.source, t.content) for t in extras(out.getvalue())] == [("header", "機密")]


@pytest.mark.parametrize("code", ["&C&KFF0000社外秘", '&R&"-,Bold"&K01+000社外秘&10 ', "&L&14社外秘"])
def test_colours_in_headers_are_no_text(code: str) -> None:
    assert PRINT_CODES.sub(" ", code).strip() == "社外秘"


def test_arrays_in_formulas_are_tables():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet().write_formula(0, 0, '=INDEX({"姓名","證號";"王","A123456789"},2,1)', None, "王")
    book.close()
    assert (("姓名", "證號"), ("王", "A123456789")) in [t.rows for t in extras(out.getvalue()) if isinstance(t, Table)]


def test_what_is_shown_above_the_letters_of_cells():
    out = io.BytesIO()
    shown = '<si><t>王</t><rPh sb="0" eb="1"><t>A123456789</t></rPh></si><si><t>山</t><rPh sb="0" eb="1"><t>ヤマ</t></rPh></si>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst>{shown}</sst>")
    assert [t.content for t in extras(out.getvalue()) if isinstance(t, Text)] == ["A123456789"]


def test_records_behind_cells_with_a_data_type():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/richData/rdrichvalue.xml", '<rvData><rv s="0"><v>王</v><v>A123456789</v></rv><rv s="9"><v>x</v></rv></rvData>')
        archive.writestr("xl/richData/rdrichvaluestructure.xml", '<rvStructures><s t="_entity"><k n="姓名" t="s"/><k n="證號" t="s"/></s></rvStructures>')
    assert [t.rows for t in extras(out.getvalue()) if isinstance(t, Table)] == [(("姓名", "證號"), ("王", "A123456789")), (("x",),)]


def test_choices_and_marks_stand_under_the_heading_of_their_column():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Item", "SSN", "Card"])
    sheet.data_validation("B2:B9", {"validate": "list", "source": ["219-09-9999", "457-55-5462"]})
    sheet.data_validation("A2:A9", {"validate": "list", "source": ["yes", "no"]})
    sheet.conditional_format("C2:C9", {"type": "cell", "criteria": "==", "value": '"4539148803436467"'})
    sheet.conditional_format("C10:C19", {"type": "text", "criteria": "containing", "value": "4556737586899855"})
    book.close()
    tables = [t.rows for t in extras(out.getvalue()) if isinstance(t, Table) and t.source == "choices"]
    assert (("SSN",), ("219-09-9999",), ("457-55-5462",)) in tables
    assert (("Card",), ("4539148803436467",), ("4556737586899855",)) in tables
    assert len(tables) == 2
