"""What the scripts of a page do when it is opened."""

from __future__ import annotations

import base64

import pytest

from gateway.extract.base import Child
from gateway.extract.page.code import active
from gateway.extract.page.html import parse
from gateway.model.content import Observation, Text

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(range(256))
B64 = base64.b64encode(PROGRAM).decode()
WORDS = "<p>" + "There is something to read here. " * 40
OFFERS = "<script>l.href=URL.createObjectURL(new Blob([new Uint8Array(u)]))</script>"
WRITER = "<script>a.href=URL.createObjectURL(new Blob([x]));a.click()</script>"


def acts(source: str) -> dict[str, str]:
    return {i.code: i.detail for i in active(parse(source), source) if isinstance(i, Observation)}


def pieces(text: str, size: int = 40) -> list[str]:
    return [text[n:n + size] for n in range(0, len(text), size)]


@pytest.mark.parametrize("source", [
    f"<input type=hidden value='{B64}'>", f"<meta name=x content='{B64}'>", f"<title>Document</title><textarea>{B64}</textarea>",
    "".join(f"<option value='{p}'>" for p in pieces(B64)), "".join(f"<i class={p}></i>" for p in pieces(PROGRAM.hex(), 16)),
    "<table>" + "".join(f"<tr><td>{p}</td></tr>" for p in pieces(B64)) + "</table>",
    "<style>" + "".join(f".a{n}{{font-family:\"{p}\"}}" for n, p in enumerate(pieces(PROGRAM.hex(), 64))) + "</style>",
    "<p>" + "".join(f"&#{ord(c)};" for c in B64) + "</p>",
    "<script>x=`" + "\n".join(":".join(pieces(p, 4)) for p in pieces(PROGRAM.hex(), 32)) + "`</script>",
])
def test_files_in_all_places_of_a_page_that_writes_one(source):
    page = source + WRITER
    assert [i.data[:64] for i in active(parse(page), page) if isinstance(i, Child)] == [PROGRAM[:64]]
    assert not [i for i in active(parse(source), source) if isinstance(i, Child)] or "<script" in source


def test_forms_hidden_in_code():
    form = "<form action=https://h.example/p><input type=password name=p></form>"
    for coded in (f"atob('{base64.b64encode(form.encode()).decode()}')", "unescape('" + "".join(f"%{ord(c):02x}" for c in form) + "')"):
        assert "HTML-HIDDEN-FORM" in acts(f"<script>document.write({coded})</script>")
    assert "HTML-HIDDEN-FORM" not in acts(f"<script>document.write('{form}')</script>{form}")


@pytest.mark.parametrize(("markup", "asked"), [
    ("<input name=p type=password>", True), ("<INPUT id=a TYPE = 'Password'>", True), ("<input type=text><p>type=password", False),
    ("<b type=password>", False), ("<input " * 60 + "type=password>", True), ("type=password " * 3000, False)])
def test_fields_for_passwords(markup, asked):
    assert ("HTML-PASSWORD" in acts(markup)) is asked


def test_declarations_that_give_elements_handlers():
    assert acts("<!DOCTYPE svg [<!ATTLIST svg onload CDATA \"go()\">]><svg/>")["HTML-ENTITY"] == "markup"
    assert acts("<!DOCTYPE svg [<!ATTLIST a href CDATA #FIXED 'javascript:go()'>]><svg/>")["HTML-ENTITY"] == "markup"
    assert "HTML-ENTITY" not in acts("<!DOCTYPE svg [<!ATTLIST svg xmlns:a CDATA #FIXED 'http://www.w3.org/2000/svg'>]><svg/>")


XSL = "<d><xsl:stylesheet id='s' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>{}</xsl:stylesheet></d>"


@pytest.mark.parametrize(("source", "told"), [
    ("<?xml-stylesheet type='text/xsl' href='#s'?>" + XSL.format("<xsl:element name='{concat(\"scr\",\"ipt\")}'/>"), True),
    ("<?xml-stylesheet type='text/xsl' href='#s'?>" + XSL.format("<xsl:text disable-output-escaping='yes'>x</xsl:text>"), True),
    ("<?xml-stylesheet type='text/xsl' href='#s'?>" + XSL.format("<table><xsl:value-of select='a'/></table>"), False),
    ("<?xml-stylesheet type='text/xsl' href='kousei.xsl'?><DOC>x</DOC>", False),
    ("<?xml-stylesheet type='text/xsl' href='https://h.invalid/a.xsl'?><svg/>", True),
    ("<?xml-stylesheet type='text/css' href='a.css'?><svg/>", False)])
def test_style_sheets_that_make_another_document(source, told):
    assert (acts(source).get("HTML-ENTITY") == "sheet") is told


def test_entities_that_bring_markup():
    assert acts("<!DOCTYPE html [<!ENTITY p '<script>x</script>'>]><html>&p;")["HTML-ENTITY"] == "markup"
    assert acts("<!DOCTYPE book [<!ENTITY c SYSTEM 'c.xml'>]><book>&c;</book>")["HTML-ENTITY"] == ""


def test_packed_scripts_are_read():
    source = "<script>eval(function(p,a,c,k,e,d){return p}('0(1)',10,2,'alert|document'.split('|')))</script>"
    (text,) = (i.content for i in active(parse(source), source) if isinstance(i, Text))
    assert text.endswith("\nalert(document)")


def test_much_of_a_small_page():
    literal = "".join(chr(97 + n * 7 % 26) for n in range(400))
    assert "HTML-MOSTLY-LITERAL" in acts(f"<script>a='{literal}';{'go(a);' * 100}</script>")
    assert "HTML-MOSTLY-LITERAL" not in acts(f"<script>a='{literal}';{'go(a);' * 300}</script>")


@pytest.mark.parametrize("source", [
    "<i a='" * 200_000 + WRITER, "<i a=b " * 200_000 + WRITER, "<script" * 200_000 + WRITER, "<style" * 200_000 + WRITER, "<noscript" * 200_000,
    "<a" * 400_000 + OFFERS, "<a on " * 200_000 + OFFERS, "<!ATTLIST a " * 100_000, "<!ATTLIST " + "a " * 400_000,
    "<?xml-stylesheet href='#'" * 40_000, "<?xml-stylesheet href='#'>" + "<xsl:element name='a" * 60_000, "ab, " * 150_000 + OFFERS,
    "ab cdef " * 80_000 + OFFERS, "-webkit-text-security:" * 60_000, "<p>" + "\uac00" * 400_000 + OFFERS,
    " a=" * 400_000 + WRITER, "<script>" + "location =" * 200_000 + "</script>",
])
def test_hostile_pages_are_linear(source):
    list(active(parse(source), source))


@pytest.mark.parametrize("script", [
    "for(i=0;i<s.length;i++)u[i]=s.charCodeAt(i)", "v=new DataView(b);v.setUint32(0,1);v.setUint32(4,2)", "u=new Uint8Array(9);u[0]=77"])
def test_octets_made_by_a_page_with_nothing_to_read(script):
    script += ";l.href=URL.createObjectURL(new Blob([u]))"
    assert "HTML-MAKES-OCTETS" in acts(f"<title>Document</title><pre>{'QUJD' * 90} 1 2 3</pre><script>{script}</script>")
    assert "HTML-MAKES-OCTETS" not in acts(f"{WORDS}<script>{script}</script>")
    assert "HTML-MAKES-OCTETS" not in acts(f"<script>{script};{'(function(a){return a})();' * 40}</script>")


def test_what_is_drawn_by_hand_waits_for_its_button():
    drawn = "d=c.toDataURL();u=new Uint8Array(atob(d).length);b.onclick=()=>saveAs(new Blob([u]),'sign.png')"
    assert acts(f"<p>Sign here</p><script>{drawn}</script>")["HTML-MAKES-OCTETS"] == "drawing"


READ = "<p>" + "Please find the monthly statement of your account here. " * 20


@pytest.mark.parametrize("stored", [
    "".join(f"<i title='{'Zk9' * 12}{n}'></i>" for n in range(40)), "".join(f"<i>{'Zk9' * 8}{n}</i>" for n in range(60)),
    "<!--" + "Qx7" * 600 + "-->", f"<script>{''.join(f'A.push({chr(39)}{chr(97 + n % 16) * 20}{chr(39)});' for n in range(80))}</script>",
    "<p hidden>" + " ".join(f"{n:02x}" for n in range(256)) * 3, "<script>t='" + "".join(chr(0xac00 + n) for n in range(256)) * 2 + "'</script>"])
def test_octets_stored_in_pieces(stored):
    assert "HTML-MOSTLY-PIECES" in acts(f"{READ}{stored}{OFFERS}")
    assert "HTML-MOSTLY-PIECES" not in acts(f"{READ}{stored}<script>show(u)</script>")


@pytest.mark.parametrize(("around", "unasked"), [
    ("", True), ("<body onload='go()'>", True), ("<script>document.addEventListener('click', go)</script>", True),
    ("<button id=b>Save</button>", False), ("<a onclick='go()'>Save</a>", False),
    ("<script>b.addEventListener('click', go)</script>", False), ("<script>$('#b').click(function(){go()})</script>", False)])
def test_octets_made_before_anything_is_pressed(around, unasked):
    assert ("HTML-MAKES-AT-ONCE" in acts(f"{READ}{around}{OFFERS}")) is unasked


@pytest.mark.parametrize("stored", [
    "<p>" + "私どもの銀行をご利用いただきありがとうございます。今月の取引明細をお送りします。" * 30, "<p>" + "月 帳單 明細 " * 100,
    "".join(f"<tr id=row-of-table-{n} class='first-of-type last-of-type'><td>{n}</td></tr>" for n in range(60)),
    "".join(f"<a href='https://shop.example/an/address/without/blanks/{n}'>x</a>" for n in range(60))])
def test_words_and_tables_are_no_pieces(stored):
    assert "HTML-MOSTLY-PIECES" not in acts(f"{READ}{stored}{OFFERS}")


def test_a_byte_order_mark_is_no_file():
    assert "HTML-MAKES-OCTETS" not in acts("<script>new Blob([new Uint8Array([0xEF,0xBB,0xBF]),csv])</script>")
