from __future__ import annotations

from gateway.extract.page import tables as html_tables
from gateway.extract.page.html import parse, words


def rows(page):
    return parse(page, True).rows


def test_a_cell_that_reaches_down_stands_in_each_row():
    page = ("<table><tr><th>A<th>B<th>C</tr><tr><td>1<td rowspan=2>x<td>2</tr><tr><td>3<td>4</tr><tr><td>5<td>6<td>7</tr></table>")
    assert rows(page) == [("A", "B", "C"), ("1", "x", "2"), ("3", "x", "4"), ("5", "6", "7")]


def test_a_cell_that_reaches_across_takes_its_columns():
    page = "<table><tr><td colspan='2'>title<td>C</tr><tr><td rowspan='3' colspan=\"2\">g<td>1</tr><tr><td>2</tr><tr><td>3</tr><tr><td>4<td>5<td>6</tr></table>"
    assert rows(page) == [("title", "", "C"), ("g", "", "1"), ("g", "", "2"), ("g", "", "3"), ("4", "5", "6")]


def test_tables_within_tables_have_their_own_rows():
    page = ("<table><tr><td rowspan=9>left<td><table><tr><td>1<td>2</tr><tr><td>3<td>4</tr></table></td></tr></table>"
            "<table><tr><td>5<td>6</table>")
    assert rows(page)[:2] == [("1", "2"), ("3", "4")]
    assert rows(page)[-1] == ("5", "6")


def test_bounds():
    wide = rows("<table><tr><td>a<td colspan=99999>b<td>c</table>")[0]
    assert len(wide) <= html_tables.MAX_COLUMNS + 1
    assert rows("<table><tr><td>a</tr><tr><td rowspan=0>b<td>c</tr></table>") == [("b", "c")]
    assert rows("<table>" * 60 + "<tr><td>1<td>2</tr>") == [("1", "2")]
    assert rows("<td>1<td>2</tr></td></table></table><tr><td>3<td>4</tr>") == [("3", "4")]


def test_names_of_blocks_and_texts_of_styles():
    page = parse('<div data-label="護照號碼">349586580</div><style>.a:after{content:"身分證 A123"} .b{content:"x"}</style>', True)
    assert "護照號碼: 349586580" in "".join(page.visible)
    assert "身分證 A123" in "".join(page.hidden)
    assert not parse("<style>.a:after{content:'abcdef'}</style>", False).hidden


def test_tables_that_only_word_shows():
    assert rows("<!--[if mso]><table><tr><td>1<td>2</tr></table><![endif]-->") == [("1", "2")]
    assert parse("<!--[if mso]><b>x</b><![endif]-->", False).hidden


def test_blanks_that_stay_part_columns():
    assert words(parse("<pre>a  b   c</pre> d  e", True).visible) == "a\tb\tc\nd e"
    assert words(["a&nbsp;&nbsp;b&#160;\xa0c&nbsp;d \xa0 e"]) == "a\tb\tc d e"


def test_cells_that_are_called_by_an_attribute():
    page = "<table>{}<tr><td data-label='戶名'>王<td data-label='帳號'>1</tr><tr><td data-label='戶名'>李<td data-label='帳號'>2</tr></table>"
    assert rows(page.format("") * 2) == [("戶名", "帳號"), ("王", "1"), ("李", "2")] * 2
    assert rows(page.format("<tr><th>戶名<th>帳號</tr>")) == [("戶名", "帳號"), ("王", "1"), ("李", "2")]
    assert rows("<table><tr><td data-label='戶名'>王<td>1</tr></table>") == [("王", "1")]


def test_hidden_tables_rows_and_cells():
    page = "<div style='display:none'><table><tr><th>A<th>B</tr><tr><td>1<td>2</tr></table></div><table><tr><td>3<td>4</tr></table>"
    assert rows(page) == [("A", "B"), ("1", "2"), ("3", "4")]
    for place in ("table", "tr", "td"):
        hidden = "<table><tr><th>A<th>B</tr><tr><td>1</td><td>2</td></tr></table>".replace(f"<{place}>", f"<{place} style='display:none'>")
        assert rows(hidden) == [("A", "B"), ("1", "2")]
        assert rows(hidden + "<table><tr><td>3<td>4</table>")[-1] == ("3", "4")


def test_tables_that_somebody_took_out_of_the_page():
    table = "<table><tr><td>護照號碼</td></tr><tr><td>351234567</td></tr></table>"
    assert parse(f"<p>a</p><!-- {table} -->", True).frames == [f" {table} "]
    assert not parse(f"<!-- {table} -->").frames and not parse("<!-- a < b, 351234567 -->", True).frames
