"""The union of readings: what any reader sees is seen; well-formed mail is read once and says nothing odd."""

from __future__ import annotations

import base64
import binascii
import time
import zlib

import pytest

from gateway.extract.base import Child, Context, Problem
from gateway.extract.mime.union import read
from gateway.model.content import Observation, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(300)
ENCODED = base64.encodebytes(PROGRAM).replace(b"\n", b"\r\n").rstrip()
HEAD = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
BODY = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"


def part(head: bytes, body: bytes = ENCODED) -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + body + b"\r\n"


def mail(*parts: bytes, type: bytes = b"multipart/mixed; boundary=b", end: bytes = b"--b--\r\n") -> bytes:
    return HEAD + b"Content-Type: " + type + b"\r\n\r\n" + BODY + b"".join(parts) + end


PLAIN = b"Content-Type: application/octet-stream; name=x.dat\r\nContent-Transfer-Encoding: base64"


def seen(blob: bytes, **limits: int):
    items = list(read(blob, Context(Limits(**limits))))
    return ([i for i in items if isinstance(i, Child)], [i.code for i in items if isinstance(i, Observation)],
            [i.code for i in items if isinstance(i, Problem)])


def test_well_formed_mail_is_read_once_and_unremarkable():
    children, codes, problems = seen(mail(part(PLAIN)))
    assert [(c.data, c.names, c.label) for c in children] == [(b"hello", (), "1"), (PROGRAM, ("x.dat",), "2")]
    assert codes == [] and problems == []


HIDDEN = {
    "duplicate encoding, base64 last": mail(part(PLAIN.replace(b"base64", b"7bit") + b"\r\nContent-Transfer-Encoding: base64")),
    "duplicate encoding, base64 first": mail(part(PLAIN + b"\r\nContent-Transfer-Encoding: 7bit")),
    "unknown encoding then base64": mail(part(PLAIN.replace(b"base64", b"x-what") + b"\r\nContent-Transfer-Encoding: base64")),
    "commented token": mail(part(PLAIN.replace(b": base64", b": (c) base64"))),
    "comment in token": mail(part(PLAIN.replace(b"base64", b"ba(x)se64"))),
    "quoted token": mail(part(PLAIN.replace(b": base64", b': "base64"'))),
    "token with NUL": mail(part(PLAIN.replace(b"base64", b"base64\0"))),
    "encoded-word token": mail(part(PLAIN.replace(b": base64", b": =?us-ascii?Q?base64?="))),
    "folded token": mail(part(PLAIN.replace(b": base64", b":\r\n base64"))),
    "two boundaries, last real": mail(part(PLAIN), type=b"multipart/mixed; boundary=z; boundary=b"),
    "two boundaries, first real": mail(part(PLAIN), type=b"multipart/mixed; boundary=b; boundary=z"),
    "commented boundary": mail(part(PLAIN), type=b"multipart/mixed; boundary(c)=b; boundary=z"),
    "boundary in continuations": mail(part(PLAIN), type=b"multipart/mixed; boundary*0=b; boundary*1=\"\""),
    "extended boundary": mail(part(PLAIN), type=b"multipart/mixed; boundary*=us-ascii''%62"),
    "two types": mail(part(PLAIN), type=b"text/plain\r\nContent-Type: multipart/mixed; boundary=b"),
    "no boundary at all": mail(part(PLAIN), type=b"multipart/mixed"),
    "wrong boundary": mail(part(PLAIN), type=b"multipart/mixed; boundary=zzz"),
    "text declared": mail(part(PLAIN), type=b"text/plain"),
    "no close": mail(part(PLAIN), end=b""),
    "after close": mail(b"--b--\r\n", part(PLAIN)),
    "in the epilogue under another boundary": mail(end=b"--b--\r\n--c\r\n" + PLAIN + b"\r\n\r\n" + ENCODED + b"\r\n--c--\r\n"),
    "in the preamble": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--c\r\n" + PLAIN + b"\r\n\r\n" + ENCODED
    + b"\r\n--c--\r\n" + BODY + b"--b--\r\n",
    "encoded multipart": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(BODY + part(PLAIN) + b"--b--\r\n"),
    "bare CR line ends": mail(part(PLAIN)).replace(b"\r\n", b"\r"),
    "bare LF line ends": mail(part(PLAIN)).replace(b"\r\n", b"\n"),
    "byte order mark": b"\xef\xbb\xbf" + mail(part(PLAIN)),
    "mailbox line": b"From x Sat Nov 21 2026\r\n" + mail(part(PLAIN)),
    "NUL in the type": mail(part(PLAIN), type=b"multi\0part/mixed; boundary=b"),
    "blank before the colon": mail(part(PLAIN.replace(b"Encoding:", b"Encoding :"))),
    "junk line in the header": mail(part(b"this is no field\r\n" + PLAIN)),
    "blank fold": mail(part(PLAIN.replace(b"\r\n", b"\r\n \r\n"))),
    "header without an empty line": mail(b"--b\r\n" + PLAIN + b"\r\n" + ENCODED + b"\r\n"),
    "dots in base64": mail(part(PLAIN, ENCODED.replace(b"\r\n", b".\r\n"))),
    "padded segments": mail(part(PLAIN, b"\r\n".join(base64.b64encode(PROGRAM[n:n + 40]) for n in range(0, len(PROGRAM), 40)))),
    "one octet first": mail(part(PLAIN, base64.b64encode(PROGRAM[:1]) + b"\r\n" + base64.b64encode(PROGRAM[1:]))),
    "no padding": mail(part(PLAIN, ENCODED.rstrip(b"="))),
    "URL alphabet": mail(part(PLAIN, base64.urlsafe_b64encode(PROGRAM))),
    "upper-case field names": mail(part(PLAIN.upper().replace(b"BASE64", b"BASE64"))),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_program_is_seen(name):
    children, _, _ = seen(HIDDEN[name])
    assert any(c.data.startswith(PROGRAM[:200]) for c in children), [c.data[:20] for c in children]


@pytest.mark.parametrize(("name", "code"), [
    ("duplicate encoding, base64 last", "MIME-ENCODINGS-CONTRADICT"), ("two boundaries, last real", "MIME-BOUNDARIES-CONTRADICT"),
    ("two types", "MIME-TYPES-CONTRADICT"), ("commented token", "MIME-ENCODING-TOKEN"), ("no close", "MIME-NO-CLOSE"),
    ("after close", "MIME-PARTS-AFTER-CLOSE"), ("encoded multipart", "MIME-ENCODED-MULTIPART"), ("dots in base64", "MIME-BASE64-JUNK"),
    ("one octet first", "MIME-DECODERS-CONTRADICT"),
])
def test_what_readers_disagree_about_is_said(name, code):
    assert code in seen(HIDDEN[name])[1]


BENIGN = {
    "preamble": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nThis is a multi-part message in MIME format.\r\n"
    + BODY + b"--b--\r\n",
    "list footer": mail(end=b"--b--\r\n\r\n____\r\nlist footer\r\n"),
    "signature dashes": HEAD + b"Content-Type: text/plain\r\n\r\n-- \r\nBob\r\n--b is no boundary\r\n",
    "no MIME-Version": b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + BODY + b"--b--\r\n",
    "raw 8-bit name": mail(part(b'Content-Disposition: attachment; filename="' + "報價單.txt".encode("cp950") + b'"', b"text")),
    "same type twice": mail(part(b"Content-Type: text/plain\r\nContent-Type: text/plain", b"text")),
    "unquoted boundary with equals signs": mail(type=b"multipart/mixed; boundary=b").replace(b"=b\r\n", b"=--=_b\r\n").replace(
        b"--b", b"----=_b"),
    "quoted mail header": HEAD + b"Content-Type: text/plain\r\n\r\nSee this:\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n",
    "delivery report": mail(part(b"Content-Type: text/rfc822-headers", b"From: a@b\r\nContent-Type: multipart/mixed; boundary=q\r\n")),
}


CLEAR = (b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
         b"hello\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n")
TWICE = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def test_encodings_that_say_the_same_do_not_contradict():
    children, codes, _ = seen(HEAD + TWICE + b"Call me tomorrow.\r\n")
    assert "MIME-ENCODINGS-CONTRADICT" not in codes and len(children) == 1 and "MIME-REPEATED-FIELD" in codes
    assert "MIME-ENCODINGS-CONTRADICT" in seen(HEAD + TWICE + b"Call =6de tomorrow.\r\n")[1]


def test_an_encoding_of_a_multipart_whose_parts_stand_in_clear():
    children, codes, _ = seen(CLEAR % base64.b64encode(b"%PDF-1.4\n" + bytes(300)))
    assert [c.data[:5] for c in children] == [b"hello", b"%PDF-"]
    assert "MIME-ENCODED-MULTIPART" in codes and not [c for c in codes if c.endswith("CONTRADICT")]


HOSTILE = ("-CONTRADICT", "-BOTH-USED", "MIME-PARTIAL", "MIME-EXTERNAL-BODY")


@pytest.mark.parametrize("name", BENIGN)
def test_customary_mail_is_not_hostile(name):
    children, codes, problems = seen(BENIGN[name])
    assert children and problems == []
    assert [c for c in codes if c.endswith(HOSTILE)] == []


@pytest.mark.parametrize(("type", "code"), [
    (b"message/partial; id=a; number=1; total=2", "MIME-PARTIAL"),
    (b"text/plain\r\nContent-Type: message/partial; id=a; number=1; total=2", "MIME-PARTIAL"),
    (b"message/external-body; access-type=URL", "MIME-EXTERNAL-BODY"),
    (b"text/plain\r\nContent-Type: message/external-body; access-type=URL", "MIME-EXTERNAL-BODY"),
    (b"application/pdf\r\nX-Mozilla-External-Attachment-URL: http://h.example/a.exe", "MIME-EXTERNAL-BODY"),
    (b"application/pdf\r\nX-Mozilla-External-Attachment-URL: file://h.example/s/a.exe", "MIME-EXTERNAL-BODY"),
])
def test_content_that_is_elsewhere(type, code):
    assert code in seen(mail(part(b"Content-Type: " + type, b"x")))[1]


def test_limits_are_problems():
    assert seen(mail(*[part(b"Content-Type: text/plain", b"%d" % n) for n in range(20)]), parts=10)[2] == [IncidentCode.COUNT]
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%03d\r\n\r\n--b%03d\r\n" % (n, n) for n in range(100))
    assert IncidentCode.DEPTH in seen(HEAD + deep)[2]


@pytest.mark.parametrize("charset", [b"b\0ig5", b"zlib_codec", b"punycode", b"undefined", b"\xff"])
def test_no_charset_of_the_sender_reaches_a_codec(charset):
    assert seen(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\nX\0: y\r\n\r\nwords")[0]


def test_no_child_is_the_message_itself():
    blob = b"no field at all\r\nContent-Type: text/plain\r\nmore"
    assert all(c.data != blob for c in seen(blob)[0])


def test_nested_multiparts_have_numbered_labels():
    inner = b"Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\none\r\n--c\r\n\r\ntwo\r\n--c--"
    children, codes, _ = seen(mail(b"--b\r\n" + inner + b"\r\n"))
    assert [c.label for c in children] == ["1", "2.1", "2.2"]
    assert codes == []


def test_digest_parts_are_messages():
    blob = HEAD + b"Content-Type: multipart/digest; boundary=c\r\n\r\n--c\r\n\r\nFrom: a@b\r\nSubject: x\r\n\r\nhi\r\n--c--\r\n"
    assert [c.declared_type for c in seen(blob)[0]] == ["message/rfc822"]


def test_a_field_beyond_all_measure_is_a_problem():
    blob = mail(part(PLAIN), type=b"multipart/mixed; " + b"a*0=b; " * 20_000 + b"boundary=b")
    began = time.process_time()
    found = list(read(blob, Context(Limits())))
    assert time.process_time() - began < 2
    assert IncidentCode.SIZE in {i.code for i in found if isinstance(i, Problem)}
    assert not [i for i in read(mail(part(PLAIN)), Context(Limits())) if isinstance(i, Problem)]


DEFLATED = {"zlib": zlib.compress(PROGRAM), "raw": zlib.compress(PROGRAM)[2:-4]}


@pytest.mark.parametrize("how", DEFLATED)
def test_content_encoding_is_undone(how):
    body = base64.encodebytes(DEFLATED[how]).replace(b"\n", b"\r\n").rstrip()
    children, _, _ = seen(mail(part(PLAIN + b"\r\nContent-Encoding: deflate", body)))
    assert PROGRAM in [c.data for c in children]


def test_files_in_the_header_of_a_part():
    folded = ENCODED.replace(b"\r\n", b"\r\n ")
    children, _, _ = seen(mail(part(b"Content-Type: text/plain\r\nX-Data: " + folded, b"hi")))
    assert [c.data for c in children if c.label == "header"] == [PROGRAM]
    children, _, _ = seen(mail(part(b"Content-Type: text/plain\r\nX-Sig: " + base64.b64encode(bytes(range(7, 250)) * 4), b"hi")))
    assert not [c for c in children if c.label == "header"]


@pytest.mark.parametrize("place", ["preamble", "epilogue"])
def test_raw_octets_around_the_parts(place):
    blob = mail(end=b"--b--\r\n" + PROGRAM) if place == "epilogue" else mail().replace(b"--b\r\n", PROGRAM + b"\r\n--b\r\n", 1)
    children, codes, _ = seen(blob)
    assert f"MIME-{place.upper()}-CONTENT" in codes and any(c.data.startswith(PROGRAM[:100]) and not c.detected_type for c in children)


def test_a_name_without_parameter():
    children, _, _ = seen(mail(part(b"Content-Disposition: a.exe", b"hi")))
    assert ("a.exe",) in [c.names for c in children]


@pytest.mark.parametrize("blob", [
    HEAD + b"Content-Type: text/plain\r\n\r\n" + b"\nContent-Type: text/plain\n\nx\n" * 300,
    HEAD + b"Content-Type: multipart/mixed; " + b"".join(b"boundary=b%d; " % n for n in range(30)) + b"\r\n\r\n--b1\r\n\r\nx\r\n--b1--\r\n",
    HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(300)),
])
def test_more_places_than_any_mail_has(blob):
    _, _, problems = seen(blob)
    assert set(problems) & {IncidentCode.COUNT, IncidentCode.DEPTH}


def test_a_storm_of_padding_is_told():
    _, codes, _ = seen(HEAD + b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QQ==." * 60_000)
    assert "MIME-BASE64-STORM" in codes


@pytest.mark.parametrize("data", [b"a,b\r\n=1+1,2\r\n", b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"])
def test_a_uuencoded_part_has_its_own_name_too(data):
    coded = b"begin 644 x\r\n" + binascii.b2a_uu(data[:45]) + (binascii.b2a_uu(data[45:]) if data[45:] else b"") + b"`\r\nend\r\n"
    children, codes, _ = seen(mail(part(b"Content-Type: application/octet-stream; name=a.csv\r\nContent-Transfer-Encoding: x-uuencode", coded)))
    assert ("a.csv",) in [c.names for c in children if c.data == data]
    assert "MIME-DECODERS-CONTRADICT" not in codes


def test_what_people_say_of_a_part_is_text():
    def said(description: bytes) -> list[str]:
        blob = mail(part(b"Content-Type: text/plain\r\nContent-Description: " + description, b"ok"))
        return [i.content for i in read(blob, Context(Limits())) if isinstance(i, Text)]

    assert said(b"A123456789\r\n B123456780") == ["A123456789 B123456780"]
    assert said(b"=?utf-8?b?6Lqr5YiG6K2J?=") == ["身分證"]
    assert said(b"image001.png") == []
