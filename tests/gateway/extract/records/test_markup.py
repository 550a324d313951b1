"""Rows and pages in XML documents of other programs."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.extract.base import Context, Node
from gateway.extract.records import markup
from gateway.extract.records.structured import STRUCTURED
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits


def page(xml: str) -> list[tuple[tuple[str, ...], ...]]:
    return [t.rows for t in markup.page(etree.fromstring(xml), xml.encode()) if isinstance(t, Table)]


def tables(xml: str) -> list[tuple[tuple[str, ...], ...]]:
    return [t.rows for t in markup.tables(etree.fromstring(xml)) if isinstance(t, Table)]


ROWS = (("姓名", "護照號碼"), ("王大明", "312345678"), ("李小華", "398765432"))


def test_words_of_an_xps_page_stand_in_rows_whatever_their_order() -> None:
    glyphs = "".join(
        f'<Canvas RenderTransform="1,0,0,1,{20 + 200 * column},40">'
        + "".join(f'<Glyphs OriginX="0" OriginY="{24 * row}" FontRenderingEmSize="12" UnicodeString="{ROWS[row][column]}"/>'
                  for row in range(3)) + "</Canvas>" for column in (1, 0))
    assert page(f"<FixedPage>{glyphs}</FixedPage>") == [ROWS]


def test_letters_that_stand_one_by_one_are_words() -> None:
    glyphs = "".join(f'<Glyphs OriginX="{30 + 6 * i}" OriginY="40" FontRenderingEmSize="11" UnicodeString="{c}"/>'
                     for i, c in enumerate("A123456789"))
    assert page(f"<FixedPage>{glyphs}</FixedPage>") == [(("A123456789",),)]


def test_objects_of_an_ofd_page_begin_at_their_boundary() -> None:
    text = "".join(f'<TextObject Boundary="{10 + 50 * column} {20 + 7 * row} 40 5" Size="4"><TextCode X="0" Y="4">{value}</TextCode>'
                   "</TextObject>" for row, values in enumerate(ROWS) for column, value in enumerate(values))
    assert page(f"<Page>{text}</Page>") == [ROWS]


@pytest.mark.parametrize("broken", ['OriginX="a" OriginY="1"', 'OriginX="1"', 'OriginX="1e99" OriginY="1"', 'OriginX="" OriginY=""'])
def test_words_at_no_place_are_left_out(broken: str) -> None:
    assert page(f'<FixedPage><Glyphs {broken} UnicodeString="x"/></FixedPage>') == []


def test_documents_without_places_are_not_looked_at() -> None:
    assert page('<svg><text x="1" y="2">a</text></svg>') == []


def test_cells_that_are_elements() -> None:
    cell = "<CELL><P><CHAR>{}</CHAR></P></CELL>".format
    rows = "".join("<ROW>" + "".join(map(cell, row)) + "</ROW>" for row in ROWS)
    assert tables(f"<HWPML><TABLE>{rows}</TABLE></HWPML>") == [ROWS]


@pytest.mark.parametrize("xml", [
    "<a><r><c>1</c><c>2</c></r><r><c>3</c><c>4</c></r></a>",                 # leaves: records
    "<a><r><c><b/></c><d><b/></d></r><r><c><b/></c><d><b/></d></r></a>",     # children of several names
    "<a><r><c><b/></c></r><r><c><b/></c></r></a>",                           # one column
    "<a><r><c><b/></c><c><b/></c></r></a>"])                                 # one row
def test_what_is_no_table(xml: str) -> None:
    assert tables(xml) == []


def test_large_documents_cost_no_more_than_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "ROWS", 5)
    rows = "<r><c><b>1</b></c><c><b>2</b></c></r>" * 4
    assert len(tables(f"<x><a>{rows}</a><a>{rows}</a><a>{rows}</a></x>")) == 1


def test_tables_in_tables_are_read_so_often_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "PIECES", 20)
    inner = "<b>x</b>"
    for _ in range(30):
        inner = f"<t><r><c>{inner}</c><c><b>1</b></c></r><r><c><b>2</b></c><c><b>3</b></c></r></t>"
    assert 1 <= len(tables(inner)) < 5


def test_cells_that_say_where_they_are() -> None:
    cells = "".join(f'<Cell Row="{row}" Col="{column}">{value}</Cell>' for row, values in enumerate(ROWS) for column, value in enumerate(values))
    found = list(markup.sheets(etree.fromstring(f"<Sheet><Cells>{cells}</Cells></Sheet>")))
    assert [t.rows for t in found if isinstance(t, Table)] == [ROWS]
    wild = '<Cells><Cell Row="0" Col="99999999">x</Cell><Cell Row="-1" Col="0">y</Cell></Cells>'
    assert list(markup.sheets(etree.fromstring(wild))) == []


def test_columns_that_are_captioned_elsewhere() -> None:
    for captions in ('<column id="c1" caption="姓名"/><column id="c2" caption="護照號碼"/>',
                     '<f fieldname="c1"><x/></f><f fieldname="c1" displayLabel="?" label="姓名"/><f label="護照號碼" fieldname="c2"/>',
                     '<s:A name="c1" r:name="姓名"/><s:A name="c2" r:name="護照號碼"/>'):
        data = (f'<d xmlns:s="urn:s" xmlns:r="urn:r"><m>{captions}</m><row><c1>王小明</c1><c2>351234567</c2></row>'
                '<row><c1>李大華</c1><c2>361234567</c2></row></d>').encode()
        assert markup.captions(etree.fromstring(data), data)["c2"] == "護照號碼", captions
        node = Node(Artifact(1, 0, ArtifactKind.PART), data, "text/xml")
        tables = [y for y in STRUCTURED.extract(node, Context(Limits(), outbound=True)) if isinstance(y, Table)]
        assert any(table.rows[0] == ("姓名", "護照號碼") for table in tables)
    data = b'<d><p id="7" kind="x"/></d>'
    assert markup.captions(etree.fromstring(data), data) == {}


def test_cells_that_are_words_under_a_heading_of_another_name() -> None:
    rows = "".join(f"<row>{''.join(f'<cell>{cell}</cell>' for cell in row)}</row>" for row in ROWS[1:])
    head = "".join(f"<col>{cell}</col>" for cell in ROWS[0])
    assert tables(f"<table><header>{head}</header>{rows}</table>") == [ROWS]
    assert tables("<list><item><name>a</name><no>1</no></item><item><name>b</name><no>2</no></item></list>") == []
    assert tables("<list><item>a</item><item>b</item></list>") == []
