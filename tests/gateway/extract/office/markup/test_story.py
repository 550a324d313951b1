from __future__ import annotations

import pytest

from gateway.extract.base import Problem
from gateway.extract.office.markup import story
from gateway.extract.office.markup.story import Story
from gateway.extract.office.markup.xml import parse
from gateway.model.content import Observation, Table, Text
from tests.builders.documents import W, field_runs
from tests.builders.growth import linear


def read(body: str, root: str = "w:document", name: str = "document.xml") -> list[object]:
    made = Story()
    parse(f"<{root} {W}>{body}</{root}>".encode(), made)
    made.finish()
    return list(made.items(name))


def test_paragraphs_tabs_breaks_and_text_boxes() -> None:
    body = ("<w:p><w:r><w:t>客戶</w:t><w:tab/><w:t>王小明</w:t></w:r></w:p>"
            "<w:p><w:r><w:txbxContent><w:p><w:r><w:t>方塊</w:t></w:r></w:p></w:txbxContent></w:r></w:p>")
    assert read(body) == [Text("客戶\t王小明\n方塊", "body")]


def test_tables_stay_tables_nested_ones_too() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    inner = "<w:tbl><w:tr>" + cell.format("x") + "</w:tr></w:tbl>"
    found = read("<w:tbl><w:tr>" + cell.format("A123456789") + cell.format("0912345678") + "</w:tr><w:tr><w:tc>" + inner + "</w:tc>" + cell.format("2")
                 + "</w:tr></w:tbl>")
    rows = [t.rows for t in found if isinstance(t, Table)]
    assert (("A123456789", "0912345678"), ("", "2")) in rows and (("x",),) in rows


def test_hidden_text_within_a_line_is_woven_in_once() -> None:
    def line(count: int) -> str:
        return "<w:p>" + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r><w:r><w:t>b</w:t></w:r>" * count + "</w:p>"
    assert {t.content for t in read(line(3)) if isinstance(t, Text) and t.hidden} == {"a\na\na\nababab"}
    assert linear(read, line, 10_000)


def test_hidden_and_deleted_text_is_marked() -> None:
    body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>秘密</w:t></w:r><w:r><w:t>公開</w:t></w:r><w:del><w:r><w:delText>舊</w:delText></w:r></w:del></w:p>"
    texts = {t.hidden: t.content for t in read(body) if isinstance(t, Text)}
    assert texts == {False: "公開", True: "秘密\n舊\n秘密公開"}


def test_deleted_text_in_pieces_is_told_whole_too() -> None:
    body = "<w:p><w:del><w:r><w:delText>帳</w:delText></w:r></w:del><w:del><w:r><w:delText>號 123</w:delText></w:r></w:del></w:p>"
    assert [t.content for t in read(body) if isinstance(t, Text)] == ["帳\n號 123\n帳號 123"]


def test_fields_over_runs_nested_and_unfinished() -> None:
    dde = Observation("DOC-DDE", "DDEAUTO cmd x")
    assert dde in read(field_runs("DD", "EAU", "TO cmd x"))
    nested = ('<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText> </w:instrText></w:r>' + field_runs("QUOTE 68 68 69")
              + '<w:r><w:instrText> cmd y</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>')
    assert any(o.code == "DOC-DDE" for o in read(nested) if isinstance(o, Observation))
    assert dde in read('<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO cmd x</w:instrText></w:r></w:p>')
    assert read("<w:p><w:r><w:t>the field DDEAUTO cmd.exe is bad</w:t></w:r></w:p>") == [Text("the field DDEAUTO cmd.exe is bad", "body")]


def test_slides_actions_and_sources() -> None:
    found = read('<p><r><t>標題</t></r></p><hlinkClick action="ppaction://program"/>', "sld", "slide12.xml")
    assert Text("標題", "slide 12") in found
    assert any(o.code == "DOC-RUN-PROGRAM" for o in found if isinstance(o, Observation))
    assert read("<p><r><t>x</t></r></p>", "w:ftr")[0] == Text("x", "footer")


@pytest.mark.parametrize(("body", "flood"), [
    ("<w:fldSimple w:instr='PAGE'/>" * 6, "more than 5 elements fldSimple"), ("<w:fldSimple w:instr='PAGE'/>" * 5, ""),
    ("<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * 4, "more than 3 fields within one another"),
    ("<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * 3 + "<w:r><w:fldChar w:fldCharType='end'/></w:r>" * 3, ""),
    (field_runs("PAGE") * 9, ""), ("<w:bookmarkStart w:name='a'/>" * 20, ""),
])
def test_more_references_than_any_document_has(monkeypatch: pytest.MonkeyPatch, body: str, flood: str) -> None:
    monkeypatch.setitem(story.MOST, "fldSimple", 5)
    monkeypatch.setattr(story, "NESTED", 3)
    assert [p.detail for p in read(body) if isinstance(p, Problem)] == [flood] * bool(flood)


def test_limits_stand_above_what_real_documents_have() -> None:
    assert story.MOST["fldChar"] >= 3 * 5_000 and story.MOST["hlinkClick"] > 65_530 and story.MOST["definedName"] > 100_000


def test_sheets_of_excel_2003_and_choices() -> None:
    sheet = "<Table><Row><Cell><Data>姓名</Data></Cell><Cell><Data>A1</Data></Cell></Row><Row><Cell/><Cell><Data>2</Data></Cell></Row></Table>"
    assert [t.rows for t in read(sheet) if isinstance(t, Table)] == [(("姓名", "A1"), ("", "2"))]
    choices = '<w:dropDownList><w:listItem w:displayText="A123 陳" w:value="4711"/><w:listItem w:value="B456"/><w:listItem w:displayText="C" w:value="C"/></w:dropDownList>'
    assert [t.content for t in read(choices) if isinstance(t, Text)] == ["A123 陳 4711\nB456\nC"]
    named = '<w:sdtPr><w:alias w:val="卡號"/></w:sdtPr>'
    assert [t.content for t in read(named + choices + choices) if isinstance(t, Text)] == ["卡號" + "\nA123 陳 4711\nB456\nC" * 2]
    assert not [t for t in read(named) if isinstance(t, Text)]


def test_long_numbers_of_excel_2003_are_written_out() -> None:
    cells = "".join(f"<Cell><Data>{v}</Data></Cell>" for v in ("5.5778728960001E+13", "1.2E12", "1.5E-12", "2.5E3", "12E10"))
    table, = (t for t in read(f"<Table><Row>{cells}</Row></Table>", "Workbook") if isinstance(t, Table))
    assert table.rows == (("55778728960001", "1200000000000", "1.5E-12", "2.5E3", "12E10"),)


def test_cells_over_several_columns_and_rows_that_begin_late() -> None:
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format
    wide = cell('<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>', "a")
    body = (f"<w:tbl><w:tr>{wide}{cell('', 'b')}</w:tr><w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr>{cell('', 'c')}</w:tr>"
            f"<w:tr>{cell('<w:tcPr><w:gridSpan w:val=' + chr(34) + '99999' + chr(34) + '/></w:tcPr>', 'd')}</w:tr></w:tbl>")
    rows = next(item for item in read(body) if isinstance(item, Table)).rows
    assert rows[:2] == (("a", "", "b"), ("", "", "c"))
    assert len(rows[2]) == story.COLUMNS


def test_a_field_to_fill_in_stands_apart_from_its_label() -> None:
    body = "<w:p><w:r><w:t>Card Number</w:t></w:r><w:sdt><w:sdtContent><w:r><w:t>4539</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    assert "Card Number 4539" in [item.content for item in read(body) if isinstance(item, Text)]


def test_watermarks() -> None:
    body = '<w:p><w:r><w:pict><v:shape xmlns:v="urn:v"><v:textpath string="極機密"/></v:shape></w:pict></w:r></w:p>'
    found = [item for item in read(body, "w:hdr", "header1.xml") if isinstance(item, Text)]
    assert [(item.source, item.content.strip()) for item in found] == [("header", "極機密")]


def test_what_is_there_for_older_programs_is_not_said_twice() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>".format
    both = "<w:p><w:r><w:AlternateContent><w:Choice>{}</w:Choice><w:Fallback>{}</w:Fallback></w:AlternateContent></w:r></w:p>".format
    assert read(both(box("護照號碼"), box("護照號碼")) + both(box("312345678"), box("312345678"))) == [Text("護照號碼\n312345678", "body")]
    assert read(both(box("a"), box("b"))) == [Text("a\nb", "body")]


def test_a_cell_over_several_rows_speaks_for_each() -> None:
    row = "<w:tr><w:tc><w:tcPr><w:vMerge{}/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    body = "<w:tbl>" + row.format(' w:val="restart"', "護照號碼", "1") + row.format("", "", "2") + row.format(' w:val="restart"', "", "3") + "</w:tbl>"
    assert next(item for item in read(body) if isinstance(item, Table)).rows == (("護照號碼", "1"), ("護照號碼", "2"), ("", "3"))


@pytest.mark.parametrize(("codes", "held"), [
    (("DDE", "-PAGE", "AUTO cmd x"), True), (("-DDEAUTO cmd x",), True), (("PA", "-x", "GE"), False), (("-DDE", "PAGE"), False),
])
def test_instructions_with_tracked_deletions(codes: tuple[str, ...], held: bool) -> None:
    runs = "".join(f"<w:r><w:delInstrText>{c[1:]}</w:delInstrText></w:r>" if c[0] == "-" else f"<w:r><w:instrText>{c}</w:instrText></w:r>" for c in codes)
    for end in ('<w:r><w:fldChar w:fldCharType="end"/></w:r>', ""):
        found = read(f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}{end}</w:p>')
        assert any(isinstance(o, Observation) and o.code == "DOC-DDE" for o in found) == held


@pytest.mark.parametrize("body", ["<w:p><w:t>{}</w:t></w:p>", "<w:tbl><w:tr><w:tc><w:p><w:t>{}</w:t></w:p></w:tc></w:tr></w:tbl>",
                                  "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r></w:p>"])
def test_addresses_in_the_text_that_a_field_may_take(body: str) -> None:
    story = Story()
    parse(("<w:document xmlns:w='w'>" + body.format("http://h.example/a.rtf") + "</w:document>").encode(), story)
    story.finish()
    assert list(story.indirect.values) == ["http://h.example/a.rtf"]


@pytest.mark.parametrize(("font", "said"), [("Symbol", "A12"), ("Arial", "A12"), ("Wingdings 2", "\uf041\uf031\uf032"), ("MT Extra", "\uf041\uf031\uf032")])
def test_symbols_of_eight_bits(font: str, said: str) -> None:
    body = "".join(f'<w:r><w:sym w:font="{font}" w:char="F0{ord(c):02X}"/></w:r>' for c in "A12")
    assert read(f"<w:p>{body}</w:p>") == [Text(said, "body")]


def test_a_field_behind_hundreds_of_honest_ones() -> None:
    honest = "".join(field_runs(f'HYPERLINK &quot;https://h.example/{n}&quot;') for n in range(900))
    assert "DOC-DDE" in [one.code for one in read(honest + field_runs("DDEAUTO cmd x")) if isinstance(one, Observation)]
