"""Files in calendar and contact properties."""

from __future__ import annotations

import base64

import pytest

from gateway.extract import nesting
from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.mail.ics import ICS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(100)
B64 = base64.b64encode(PROGRAM).decode()


def children(text: str, type: str = "text/calendar") -> list[Child]:
    node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(), type)
    return [i for i in ICS.extract(node, Context(Limits())) if isinstance(i, Child)]


def folded(line: str) -> str:
    return "\r\n ".join(line[n:n + 60] for n in range(0, len(line), 60)) + "\r\n"


def test_folded_attachment_with_its_name():
    (child,) = children("BEGIN:VCALENDAR\r\n" + folded(f"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.exe:{B64}") + "END:VCALENDAR\r\n")
    assert (child.data, child.names, child.label) == (PROGRAM, ("a.exe",), "attach")


@pytest.mark.parametrize("parameters", ["VALUE=BINARY", "VALUE=BINARY;ENCODNG=BASE64", 'VALUE="BINARY";ENCODING=8BIT'])
def test_a_binary_value_is_base64_whatever_else_is_said(parameters):
    (child,) = children(f"BEGIN:VCALENDAR\r\nATTACH;{parameters};FILENAME=run.cmd:QGVjaG8gb2ZmDQo=\r\nEND:VCALENDAR\r\n")
    assert (child.data, child.names) == (b"@echo off\r\n", ("run.cmd",))


def test_photo_and_data_uri():
    assert children(f"PHOTO;ENCODING=b;TYPE=PNG:{B64}\r\n", "text/vcard")[0].data == PROGRAM
    assert children(f"ATTACH:data:application/octet-stream;base64,{B64}\r\n")[0].data == PROGRAM


def test_ordinary_properties_hold_nothing():
    assert children("SUMMARY:Review\r\nATTACH:https://example.com/a.pdf\r\nDESCRIPTION;LANGUAGE=zh-TW:報價\r\n") == []


def test_hostile_properties_are_linear():
    children("A" + ";x" * 50_000 + ":y\r\n")
    children('A;"' * 20_000)


def test_more_events_than_any_calendar_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "CARDS", 10)
    for number, held in ((11, True), (10, False)):
        data = "".join(f"BEGIN:VCARD\r\nFN:{n}\r\nEND:VCARD\r\n" for n in range(number)).encode()
        found = list(ICS.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, "text/vcard"), Context(Limits())))
        assert any(isinstance(i, Problem) for i in found) == held


def codes(text: str) -> list[str]:
    node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(), "text/calendar")
    return [i.code for i in ICS.extract(node, Context(Limits())) if isinstance(i, Observation)]


@pytest.mark.parametrize(("text", "code"), [
    ("ATTACH:file://h.example/s/a.exe\r\n", "DOC-LINK-PROGRAM"),
    ("BEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH;FMTTYPE=application/binary:file:///c:/windows/calc.exe\r\nEND:VALARM\r\n", "DOC-LINK-PROGRAM"),
    ("BEGIN:VALARM\r\nACTION:AUDIO\r\nATTACH;VALUE=URI:\\\\h.example\\s\\a.wav\r\nEND:VALARM\r\n", "DOC-EXTERNAL-SHARE"),
    ("BEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:ftp://h.example/update.exe\r\nEND:VALARM\r\n", "DOC-LINK-PROGRAM"),
    ("BEGIN:VALARM\r\nEND:VALARM\r\nATTACH:file://fileserver/dept/a.pdf\r\n", "DOC-LINK"),
])
def test_files_that_are_elsewhere(text, code):
    assert codes(text) == [code]


@pytest.mark.parametrize("value", [";VALUE=URI:Chord", ":https://e.example/a.pdf", ":CID:part3@h", ";FMTTYPE=audio/basic:Basso"])
def test_sounds_and_pages_are_nothing(value):
    assert codes(f"BEGIN:VALARM\r\nATTACH{value}\r\nEND:VALARM\r\n") == []


@pytest.mark.parametrize(("text", "detail"), [
    ("ATTACH:search-ms:query=a&crumb=location:x\r\n", "a search-ms:query=a&crumb=location:x"),
    ("URL:ms-msdt:/id x\r\n", "a ms-msdt:/id x"),
])
def test_addresses_of_other_schemes_are_links(text, detail):
    node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(), "text/calendar")
    assert list(ICS.extract(node, Context(Limits()))) == [Observation("HTML-LINK", detail)]


@pytest.mark.parametrize("target", [
    "file://203.0.113.7/share/a.exe", "www.h.example\\..\\..\\a.cpl", "file:///c:/users/public/a.cpl"])
def test_cards_that_point_to_programs(target):
    assert codes(f"URL:{target}\r\n") == ["DOC-LINK-PROGRAM"]


@pytest.mark.parametrize(("line", "found"), [
    ("PHOTO;VALUE=uri:file:////203.0.113.7/s/a.png", ["DOC-EXTERNAL-SHARE"]), ("item1.LOGO:\\\\203.0.113.7\\s\\a.png", ["DOC-EXTERNAL-SHARE"]),
    ("PHOTO;VALUE=uri:https://h.example/a.png", []), ("PHOTO;VALUE=uri:file:///Users/a/a.png", []), ("PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgAB", []),
    ("LOGO;ENCODING=b://8AAAAAAAAA", [])])
def test_pictures_of_a_card_on_a_share(line, found):
    assert [code for code in codes(f"{line}\r\n") if code != "ICS-FILE"] == found


@pytest.mark.parametrize("target", ["https://h.example/a.exe", "www.example.com", "example.com/cgi/a.pl"])
def test_addresses_of_the_web_in_cards(target):
    assert codes(f"URL;TYPE=WORK:{target}\r\n") == []


def test_quoted_printable_without_folds():
    coded = "=\r\n".join("".join(f"={c:02X}" for c in PROGRAM[at:at + 20]) for at in range(0, len(PROGRAM), 20))
    (child,) = children(f"VERSION:1.0\r\nATTACH;ENCODING=QUOTED-PRINTABLE:{coded}\r\nSUMMARY:x\r\n")
    assert child.data == PROGRAM


def test_padding_of_base64_is_no_soft_line_break():
    (child,) = children(f"PHOTO;ENCODING=BASE64:{B64.rstrip('=')}=\r\nSUMMARY:x\r\n")
    assert child.data.startswith(PROGRAM[:30])


def test_the_portraits_of_an_address_book():
    book = "".join(f"BEGIN:VCARD\r\nPHOTO;ENCODING=BASE64:{B64}\r\nEND:VCARD\r\n" for _ in range(900))
    assert len(children(book)) == 900


def test_descriptions_that_are_pages() -> None:
    (page,) = children("BEGIN:VEVENT\r\nX-ALT-DESC;FMTTYPE=text/html:<p>Rooms\\, floors\\n<a href=\"file://h/a.lnk\">x</a>\r\nEND:VEVENT\r\n")
    assert (page.detected_type, page.data) == ("text/html", b'<p>Rooms, floors\n<a href="file://h/a.lnk">x</a>')
    assert children("ATTACH;FMTTYPE=text/html:https://example.com/a.html\r\n") == []
    outbound = Context(Limits(), outbound=True)              # its words stand in the calendar already
    node = Node(Artifact(1, 0, ArtifactKind.PART), b"X-ALT-DESC;FMTTYPE=text/html:<p>x\r\n", "text/calendar")
    assert list(ICS.extract(node, outbound)) == []


@pytest.mark.parametrize("line", [f"SOUND;WAVE;BASE64:{B64}", f"LOGO;BASE64;TYPE=PNG:{B64}", f'KEY;ENCODING="BASE64":{B64}', f"PHOTO;base64:{B64}"])
def test_encodings_by_their_name_alone(line: str) -> None:
    assert [c.data for c in children(line + "\r\n", "text/vcard")] == [PROGRAM]
    assert children("NOTE;LANGUAGE=b;X=BASE64ED:QUJDREVGR0g=\r\n", "text/vcard") == []


@pytest.mark.parametrize("wide", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_calendars_in_wide_letters(wide):
    text = "BEGIN:VCALENDAR\r\nSUMMARY:會議\r\n" + folded(f"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=報.exe:{B64}") + "END:VCALENDAR\r\n"
    node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(wide), "text/calendar")
    (child,) = (i for i in ICS.extract(node, Context(Limits())) if isinstance(i, Child))
    assert (child.data, child.names) == (PROGRAM, ("報.exe",))


@pytest.mark.parametrize(("line", "code"), [
    ("AALARM:20261120T085500Z;;;file:///\\\\h.example\\s\\ring.wav", "DOC-EXTERNAL-SHARE"),
    ("PALARM:20261120T085500Z;;;C:\\Windows\\System32\\calc.exe", "DOC-LINK-PROGRAM"),
    ("AALARM;TYPE=WAVE;VALUE=URL:20261120T085500Z;;;\\\\h.example\\s\\a.wav", "DOC-EXTERNAL-SHARE"),
    ("AALARM:20261120T085500Z", ""), ("AALARM;TYPE=PCM:20261120T085500Z;PT5M;2;CID:sound", ""), ("DALARM:20261120T085500Z;;;Call Mei", ""),
])
def test_alarms_of_the_older_calendar(line: str, code: str) -> None:
    node = Node(Artifact(1, 0, ArtifactKind.PART), f"BEGIN:VCALENDAR\r\nVERSION:1.0\r\n{line}\r\nEND:VCALENDAR\r\n".encode(), "text/calendar")
    assert [i.code for i in ICS.extract(node, Context(Limits())) if isinstance(i, Observation)] == ([code] if code else [])
