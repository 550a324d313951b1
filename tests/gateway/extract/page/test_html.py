"""What a reader sees, what is hidden, what scripts do."""

from __future__ import annotations

import base64

import pytest

from gateway.extract import charset
from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.page.html import HTML, expanded, parse, words
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.deadline import Limits


def extract(source: str | bytes, outbound: bool = False, charset: str = "") -> list:
    data = source if isinstance(source, bytes) else source.encode()
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "text/html", charset)
    return list(HTML.extract(node, Context(Limits(), outbound=outbound)))


def visible(source: str) -> str:
    return next(i.content for i in extract(source) if isinstance(i, Text))


def codes(source: str) -> set[str]:
    return {i.code for i in extract(source) if isinstance(i, Observation)}


@pytest.mark.parametrize(("source", "text"), [
    ("<p>one<p>two", "one\ntwo"), ("a<b>b</b>c", "abc"), ("密<span></span>碼", "密碼"), ("&lt;x&gt; &#22577;", "<x> 報"),
    ("<style>p{}</style>x<script>var y</script>", "x"), ("a < b and c", "a < b and c"), ("x<!-- y -->z", "xz"), ("<title>t</title>u", "t\nu"),
])
def test_visible_text(source, text):
    assert visible(source) == text


@pytest.mark.parametrize("source", [
    "<div style='display:none'>secret</div>seen", "<span style=\"font-size:0\">secret</span>seen", "<!--secret-->seen",
    "<div style='visibility: hidden'><div>inner</div>secret</div>seen",
])
def test_hidden_text_is_told_apart(source):
    hidden = [i for i in extract(source) if isinstance(i, Text) and i.hidden]
    assert "secret" in hidden[0].content
    assert visible(source) == "seen"


def test_charset_from_the_part_then_from_meta():
    assert next(i.content for i in extract("<p>報價單".encode("cp950"), charset="big5") if isinstance(i, Text)) == "報價單"
    assert next(i.content for i in extract(b"<meta charset=shift_jis>" + "見積書".encode("cp932")) if isinstance(i, Text)) == "見積書"


def test_tables_are_rows_outbound():
    tables = [i for i in extract("<table><tr><td>王小明<td>0912</tr><tr><td>a</td><td>b</td></tr></table>", True) if isinstance(i, Table)]
    assert tables[0].rows == (("王小明", "0912"), ("a", "b"))


def test_attributes_are_searched_outbound():
    assert "secret" in next(i.content for i in extract("<img alt='secret'>", True) if isinstance(i, Text) and i.hidden)


def test_smuggling_marks():
    assert {"HTML-SCRIPT", "HTML-WRITES-FILE", "HTML-AUTOSTART", "HTML-DECODES"} <= codes(
        "<script>var b=new Blob([atob(x)]);a.href=URL.createObjectURL(b);a.download='x';a.click()</script>")
    assert codes("<a href=https://example.com/>x</a>") == {"HTML-LINK"}


def test_files_in_literals_are_children():
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(100)
    items = extract(f"<script>var x='{base64.b64encode(program).decode()}'</script>")
    assert any(isinstance(i, Child) and i.data == program for i in items)


def test_links_with_entities():
    assert [i.detail for i in extract("<a href='https://e.example/?a=1&amp;b=2'>x</a>") if isinstance(i, Observation)] == [
        "a https://e.example/?a=1&b=2"]


@pytest.mark.parametrize("source", ["<" * 100_000, "<a " * 50_000, "<!--" * 50_000, "<script>" * 20_000, "<div style='" * 20_000, "<![CDATA[" * 100_000])
def test_hostile_markup_is_linear(source):
    parse(source)


def test_words():
    assert words(["a  b", "\n \n", "c&nbsp;d"]) == "a b\nc d"


def test_script_with_a_prefix_for_its_namespace():
    source = '<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script>alert(1)</x:script></x:svg>'
    assert parse(source).scripts == ["alert(1)"]
    assert parse("<x:description>a</x:description>").scripts == []


@pytest.mark.parametrize(("source", "code"), [
    ("<svg xmlns='http://www.w3.org/2000/svg'><a><animate attributeName='href' values='javascript:alert(1)'/></a></svg>", "HTML-SCRIPT"),
    ("<svg><a><set attributeName='href' to='java&#115;cript:alert(1)'/></a></svg>", "HTML-SCRIPT"),
    ("<a href='java\tscript:%61lert(1)'>x</a>", "HTML-SCRIPT"), ("<script>document.write(unescape(x))</script>", "HTML-WRITES-PAGE"),
    ("<!DOCTYPE svg [<!ENTITY x '&#60;script>1&#60;/script>'>]><svg>&x;</svg>", "HTML-ENTITY"),
    ("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///x'>]><svg>&x;</svg>", "HTML-ENTITY"),
    ("<?xml-stylesheet type='text/xsl' href='data:text/xml,x'?><svg/>", "HTML-ENTITY"),
    ("<script>var a=[" + "1000," * 200 + "1]</script>", "HTML-MOSTLY-NUMBERS"), ("<script>" + "[]+![]" * 400 + "</script>", "HTML-OBSCURED"),
])
def test_what_pages_do_in_odd_places(source, code):
    assert code in codes(source)


def test_name_spaces_of_drawing_programs_are_no_entities():
    assert "HTML-ENTITY" not in codes('<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"/>')


def test_code_in_an_address_is_read_unescaped():
    (script,) = [i.content for i in extract("<a href='javascript:%61%6cert(1)'>x</a>") if isinstance(i, Text) and i.source == "script"]
    assert "alert(1)" in script


@pytest.mark.parametrize("source", [
    "<b>" * 400_500, "<a " + "b=c " * 2_100 + ">", "".join(f"<a href='http://h.example/{n}'>" for n in range(60_100)),
    "<script>" + '"x";' * 61_000 + "</script>", "<script>[" + "1," * (3_200_000) + "1]</script>",
])
def test_floods_are_incidents(source):
    problems = [i for i in extract(source) if isinstance(i, Problem)]
    assert [p.code.value for p in problems] == ["COUNT"]


@pytest.mark.parametrize(("source", "held"), [
    ("<div>" * 6_000, True), ('<div style="display:none">x</div>' * 61_000, True), ('<div style="display:none">x</div>' * 9_000, False),
    ("<iframe src=a></iframe>" * 2_600, True), ("<table>" + "<tr><td><font size=2>a<td><b>b" * 9_000, False),
    ("<svg><g id=a0><path/></g>" + "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(9)) + "</svg>", True),
    ('<svg><symbol id="a"><path/></symbol>' + '<use href="#a"/>' * 5_000 + "</svg>", False),
])
def test_more_depth_and_references_than_any_page_has(source: str, held: bool) -> None:
    found = [p for p in extract(source) if isinstance(p, Problem)]
    assert bool(found) == held


@pytest.mark.parametrize(("markup", "code"), [
    ("<a href='file://h.example/s/a.exe'>x</a>", "DOC-LINK-PROGRAM"), ("<a href='\\\\h\\s\\a.lnk'>x</a>", "DOC-LINK-PROGRAM"),
    ("<a href='file:///C:/Windows/System32/calc.exe'>x</a>", "DOC-LINK-PROGRAM"),
    ("<img src='file://203.0.113.9/s/a.png'>", "DOC-EXTERNAL-SHARE"), ("<img src='\\\\h.example@80\\s\\a.png'>", "DOC-LINK-PROGRAM"),
])
def test_what_leads_beyond_the_web(markup, code):
    assert codes(markup) == {"HTML-LINK", code}


@pytest.mark.parametrize("markup", [
    "<a href='file://fileserver/dept/report.xlsx'>x</a>", "<a href='setup.exe'>x</a>", "<a href='page_files/a.js'>x</a>",
    "<script src='file:///C:/Temp/x_files/a.js'></script>", "<img src='file://server01/sig/logo.jpg'>", "<img src='\\\\192.168.1.5\\s\\logo.png'>", "<img src='file:///C:/Users/a/logo.png'>",
    "<a href='\\\\203.0.113.9\\s\\report.pdf'>x</a>",
])
def test_shares_of_ones_own_are_links(markup):
    assert codes(markup) == {"HTML-LINK"}


def test_elements_that_styles_set_apart_do_not_touch():
    markup = "<div><span style='display:inline-block;width:9em'>藤井</span><span style='display:inline-block'>0763743551946</span></div>"
    page = next(t for t in extract(markup, True) if isinstance(t, Text))
    assert page.content.split() == ["藤井", "0763743551946"]
    assert visible("<b style='color:red'>12</b><b style='color:red'>34</b>") == "1234"


@pytest.mark.parametrize("markup", [
    "<g id='>' onload='go()'/>", '<img alt="a>b" src=x onerror="go()">', "<body title = '>' onload=go()>", "<p title=it's><a onclick=go()>x</a>",
])
def test_the_end_of_a_tag_is_no_sign_within_quotes(markup):
    assert [page.strip() for page in parse(markup).scripts] == ["go()"]


def test_quotes_left_open_cost_no_more_than_the_page():
    page = parse("<p a='" * 50_000)
    assert page.quotes < 10 << 20
    assert parse("<p a='x><script>go()</script>").scripts == ["go()"]


def test_what_could_be_another_charset_by_chance_is_played_as_it_stands():
    coded = "kb2Hk6i6yMi+xMN1us3Fvse6uZGEvYeTkbvEx8J1wrrJvcS5ksXEyMl1trjJvsTDkny9ycnFyI+EhMK2vsGCw7a2iIPJusjJg7rNtsLFwbqEwoq9tpS+uZKKho18"
    page = f"<script>if (atob('{coded}').length === 93) location = 'https://h.example/'</script>".encode()
    assert charset.readings(page)[0][1] == "utf-7"
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.html",), depth=1), page, "text/html")
    assert [i.detail for i in HTML.extract(node, Context(Limits())) if isinstance(i, Observation) and i.code == "HTML-DOOR"]


def test_elements_under_a_prefix():
    assert "HTML-TAG" in codes("<svg xmlns='http://www.w3.org/2000/svg'><h:iframe src='https://e.example/'/></svg>")


def test_filled_fields_stand_where_they_are():
    page = next(t for t in extract("<label>護照號碼</label><input name=x value='388546073'><br>", True) if isinstance(t, Text))
    assert page.content.split() == ["護照號碼", "388546073"]
    assert visible("<label>a</label><input value='b'>") == "a"         # inbound: what a reader sees is judged


def test_literal_text_of_xml_is_text():
    page = "<kml><name>王</name><description><![CDATA[護照: 351234567<br>x]]></description></kml>"
    assert "護照: 351234567\nx" in readings(page)[0]
    assert "351234567" not in visible(page)


def test_markup_of_wide_characters_is_told_inbound():
    page = "<?xml version='1.0'?><html><script>x</script>"
    for data in (page.encode("utf-16"), page.encode("utf-16-be"), page.encode("utf-16-le")):
        assert [i.content for i in extract(data) if isinstance(i, Text) and i.source == "script markup"] == [page]
        assert not [i for i in extract(data, outbound=True) if isinstance(i, Text) and i.source == "script markup"]
    assert not [i for i in extract(page) if isinstance(i, Text) and i.source == "script markup"]


def test_entities_of_plain_text_are_put_in():
    assert "location='https" in expanded("<!DOCTYPE html [<!ENTITY s 'location'>]><script>&s;='https://h.invalid'</script>")
    assert expanded("<p>&amp;&s;") == "<p>&amp;&s;"
    assert len(expanded("<!ENTITY a '" + "x" * 4000 + "'>" + "&a;" * 5000)) < 100_000


def test_signs_that_browsers_drop_in_addresses():
    (link,) = parse("<a href='sea\trch:\nquery=x'>open</a>").links
    assert link[1] == "search:query=x"


def test_an_animation_may_set_a_handler():
    page = parse("<svg><set attributeName='onmouseover' to='go()'/><set attributeName='opacity' to='1'/></svg>")
    assert page.handlers
    assert page.scripts == ["onmouseover"]


@pytest.mark.parametrize(("style", "share"), [
    ("<style>b{background:url('\\\\\\\\203.0.113.9\\\\p\\\\a.png')}</style>", "\\\\203.0.113.9\\p\\a.png"),
    (r'<td style="background:url(\\203.0.113.9\a.png)">', r"\\203.0.113.9\a.png"),
    ("<style>@import 'file://203.0.113.9/a.css';</style>", "file://203.0.113.9/a.css"),
    ("<style>b{background:url(//cdn.example/a.png);content:'\\\\2014'}</style>", None)])
def test_shares_that_styles_load_from(style, share):
    assert [address for tag, address, _ in parse(style).links] == ([share] if share else [])


def readings(source):
    return [i.content for i in extract(source, outbound=True) if isinstance(i, Text)]


def test_neighbours_that_are_alike_are_read_in_two_ways():
    row = '<div class="r"><span class="c">陳志明</span><span class="c">A123456789</span><span class="c">0912345678</span></div>'
    one, two, *_ = readings(row * 3)
    assert "陳志明A1234567890912345678" in one and "陳志明\tA123456789\t0912345678" in two
    assert len(readings("<p><b>a</b><b>b</b> and <i>c</i></p>")) == 1
    assert "\t" not in readings("<p><span>帳號</span><span>：</span></p><p>351234567</p>" * 9)[1]
    assert readings("<li><label>IBAN</label><output>DE1</output></li>") == ["IBAN DE1"]
    assert len([i for i in extract(row * 3) if isinstance(i, Text)]) == 1


def test_how_ideographs_are_read_is_no_part_of_words():
    source = "<p><ruby>旅<rp>(</rp><rt>りょ</rt><rp>)</rp></ruby><ruby>券<rt>けん</rt></ruby>番号 TK1234567</p>"
    assert readings(source) == ["旅券番号 TK1234567", "(りょ)けん"]


def test_texts_of_drawings_are_lines():
    assert readings("<svg><text x='1'>a</text><text x='2'>b</text></svg>")[0] == "a\nb"


def test_literals_that_a_script_puts_together():
    assert any("A123456789" in text for text in readings('<p>x</p><script>r.push("A12"+"3456789");r.push("B12"+"34");r.push("C"+"12")</script>'))


def doors(source: str, names: tuple[str, ...] = ("a.html",), label: str = "", outbound: bool = False) -> list[str]:
    node = Node(Artifact(1, 0, ArtifactKind.PART, names, label=label, depth=1), source.encode(), "text/html")
    return [i.detail for i in HTML.extract(node, Context(Limits(), outbound=outbound)) if isinstance(i, Observation) and i.code == "HTML-DOOR"]


@pytest.mark.parametrize("around", [
    "{}", "<!--><script>{}</script>-->", "<!-- x --!><script>{}</script>", "<noscript><p title=\"</noscript><script>{}</script>\">",
    "<style><!--</style><script>{}</script>--></style>", "<textarea></textarea><script>{}",
])
def test_scripts_are_played_wherever_browsers_find_them(around):
    script = "location=['sptth','://a.example'].map((x,i)=>i?x:[...x].reverse().join('')).join('')"
    assert doors(around.format(f"<script>{script}</script>" if around == "{}" else script)) == ["leaves for another page"]


def test_only_pages_that_are_opened_as_files_are_played():
    page = "<p>" + "There is something to read here. " * 40 + "<script>location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')</script>"
    assert doors(page) and doors(page, (), "attach")
    assert doors(page, ()) == doors(page, (), "1.2") == [] and doors(page, outbound=True) == []


def test_parts_of_pages_by_the_scheme_of_the_page():
    page = "<script src='//cdn.example/a/b.js'></script><link href='//fonts.example/x.css'><img src='//img.example/a.png'>"
    assert not [i for i in extract(page) if isinstance(i, Observation) and i.code.startswith("DOC-")]
    for other in ("<a href='//cdn.example/a/b.exe'>x</a>", "<iframe src='//cdn.example/a/b.js'></iframe>", r"<script src='\\cdn.example\a\b.js'></script>"):
        assert [i for i in extract(other) if isinstance(i, Observation) and i.code == "DOC-LINK-PROGRAM"], other


def test_titles_of_xml_are_markup():
    inside = "<rss><title xmlns:a='http://www.w3.org/1999/xhtml'><a:script src='https://h.example/a.js'/>x</title></rss>"
    assert [tag for tag, _, _ in parse("<?xml version='1.0'?>" + inside).links] == ["a:script"] and parse(inside).links == []
    assert visible("<?xml version='1.0'?><html><title>t</title><p>u</p></html>").split() == ["t", "u"]


def test_pages_saved_as_a_message_are_played():
    page = "<p>" + "There is something to read here. " * 40 + "<script>location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')</script>"
    part = Node(Artifact(2, 1, ArtifactKind.PART, (), label="1", depth=2), page.encode(), "text/html")
    context = Context(Limits())
    assert not [i for i in HTML.extract(part, context) if isinstance(i, Observation) and i.code == "HTML-DOOR"]
    context.saved.add(1)
    assert [i for i in HTML.extract(part, context) if isinstance(i, Observation) and i.code == "HTML-DOOR"]


@pytest.mark.parametrize("scheme", ["javascript:", "java&#115;cript:", "JaVaScRiPt&colon;", "&#x6a;avascript&#58;", "java&Tab;script:"])
def test_addresses_that_run_are_played_however_they_are_written(scheme):
    page = f"<a href=\"{scheme}location=['/elpmaxe.a//:sptth'].map(x=>[...x].reverse().join(''))[0]\">x</a>"
    assert doors(page) == ["leads on to an address that it hides"]
    assert doors(page.replace(scheme, "https://h.example/?q=")) == []


@pytest.mark.parametrize(("element", "links"), [
    ("<animate attributeName='href' values='https://h.example/l'/>", [("animate", "https://h.example/l")]),
    ("<set attributeName='xlink:href' to=' &#104;ttps://h.example/l'/>", [("set", "https://h.example/l")]),
    ("<animate attributeName='x' from='0' to='100'/>", []), ("<animate attributeName='fill' values='red;blue'/>", [])])
def test_links_that_an_animation_sets(element: str, links: list[tuple[str, str]]) -> None:
    page = parse(f"<svg xmlns='http://www.w3.org/2000/svg'><a><text>Open</text>{element}</a></svg>")
    assert [(tag, address) for tag, address, _ in page.links] == links


def test_a_link_behind_thousands_of_honest_ones() -> None:
    links = "".join(f"<a href='https://h.example/{n}'>x</a>" for n in range(2100))
    assert "DOC-LINK-PROGRAM" in codes(links + "<a href='file://h.example/s/a.exe'>x</a>")
    assert codes(links) == {"HTML-LINK"}
