"""Files written out as text."""

from __future__ import annotations

import base64
import binascii
import random
import time

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.text import binhex
from gateway.extract.text.inlined import INLINED, base64_runs
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.archives import Member, make_zip

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(300)


def children(data: bytes, *names: str) -> list[Child]:
    node = Node(Artifact(1, 0, ArtifactKind.PART, names), data, "text/plain")
    return [i for i in INLINED.extract(node, Context(Limits())) if isinstance(i, Child)]


def uu(data: bytes, backtick: bool = False) -> bytes:
    return b"".join(binascii.b2a_uu(data[n:n + 45], backtick=backtick) for n in range(0, len(data), 45))


@pytest.mark.parametrize("backtick", [True, False])
def test_uuencode(backtick):
    (child,) = children(b"See:\r\nbegin 644 a b.exe\r\n" + uu(PROGRAM, backtick) + b"`\r\nend\r\n")
    assert (child.data, child.names, child.label) == (PROGRAM, ("a b.exe",), "uuencode")


def test_uuencode_with_lost_trailing_blanks():
    body = b"\n".join(line.rstrip() for line in uu(PROGRAM).split(b"\n"))
    assert children(b"begin 644 x\n" + body + b"end\n")[0].data == PROGRAM


def test_uuencode_base64():
    (child,) = [c for c in children(b"begin-base64 644 x.exe\n" + base64.encodebytes(PROGRAM) + b"====\n") if c.label == "uuencode"]
    assert child.data == PROGRAM


def test_yenc():
    coded = b"".join(b"=" + bytes(((c + 42 + 64) & 255,)) if (c + 42) & 255 in b"\0\r\n=" else bytes(((c + 42) & 255,)) for c in PROGRAM)
    (child,) = children(b"=ybegin line=128 size=9 name=x.exe\r\n" + coded + b"\r\n=yend size=9\r\n")
    assert (child.data, child.names) == (PROGRAM, ("x.exe",))


def test_binhex():
    plain = b"\x05x.exe\0" + b"TEXTttxt\0\0" + len(PROGRAM).to_bytes(4, "big") + bytes(4) + b"\0\0" + PROGRAM
    plain = plain.replace(b"\x90", b"\x90\0")
    bits = "".join(f"{c:08b}" for c in plain)
    alphabet = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    coded = "".join(alphabet[int(bits[n:n + 6].ljust(6, "0"), 2)] for n in range(0, len(bits), 6))
    (child,) = children(b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + coded.encode() + b":\r\n")
    assert child.data[:200] == PROGRAM[:200] and child.names == ("x.exe",)


def test_base64_without_a_declaration_takes_the_name_of_its_part():
    (child,) = children(base64.encodebytes(PROGRAM), "x.dat")
    assert (child.data, child.names) == (PROGRAM, ("x.dat",))
    (child,) = children(base64.encodebytes(PROGRAM), "order.js.b64")
    assert child.names == ("order.js.b64", "order.js")


def test_quoted_printable_without_a_declaration():
    assert children(b"".join(b"=%02X" % c for c in PROGRAM))[0].data == PROGRAM


@pytest.mark.parametrize("text", [
    b"begin 2026 with a smile\r\nand go on\r\n", b"words " * 500, b"a" * 300 + b"\n",
    b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(b"0\x82\x01\x0a\x02" + bytes(range(250))),
    b"https://example.com/" + b"A1b2" * 20 + b"\n", b"50=3D50 is half\r\n",
])
def test_ordinary_text_holds_no_files(text):
    assert children(text) == []


def test_long_lines_are_read_once():
    assert list(base64_runs(b"A" * 2_000_000 + b"!"))


def test_base64_lines_keep_the_signs_at_their_ends():
    data = next(d for d in (PROGRAM + bytes([n, n * 7 % 256]) * 90 + b"\xfb\xef\xbe" * 40 for n in range(256))
                if any(line.endswith(b"+") for line in base64.encodebytes(d).split()))
    assert list(base64_runs(b"See:\r\n" + base64.encodebytes(data))) == [data]


@pytest.mark.parametrize("mode", [b"begin 644", b"begin 0755", b"begin 100644", b"BEGIN 644"])
def test_a_short_file_with_any_mode(mode):
    (child,) = children(mode + b" a.vbs\n" + uu(b"MsgBox 1\r\n" * 5) + b"`\nend\n")
    assert (child.names, child.data) == (("a.vbs",), b"MsgBox 1\r\n" * 5)


@pytest.mark.parametrize("prefix", [b"> ", b"   ", b">> "])
def test_uuencode_quoted_or_set_in(prefix):
    text = b"begin 644 x.dat\n" + uu(PROGRAM) + b"`\nend\n"
    (child,) = children(b"".join(prefix + line + b"\n" for line in text.split(b"\n")))
    assert child.data == PROGRAM


def test_base64_in_utf16():
    assert PROGRAM in [c.data for c in children(base64.encodebytes(PROGRAM).decode().encode("utf-16-le"))]
    lines = [binascii.b2a_uu(PROGRAM[n:n + 45]).decode() for n in range(0, len(PROGRAM), 45)]
    text = f"begin 644 a.exe\n{''.join(lines)}`\nend\n"
    assert [c.names for c in children(text.encode("utf-16"))] == [("a.exe",)]


def test_yenc_is_no_text():
    node = Node(Artifact(1, 0, ArtifactKind.PART), b"=ybegin line=128 size=9 name=x\r\n\x01\x02", "application/octet-stream")
    assert INLINED.claims(node)
    assert not INLINED.claims(Node(node.artifact, bytes(99), "application/octet-stream"))


@pytest.mark.parametrize("line", [b"begin 644 x\r\n", b"> begin 644 x\r\n", b"begin-base64 644 x\nQUFB\n", b"=ybegin line=1 name=x\r\n",
                                  b"(This file must be converted with BinHex\r\n", b"(This file must be converted with BinHex\r\n:"])
def test_many_beginnings_are_read_in_linear_time(line):
    begun = time.process_time()
    children(line * (1_000_000 // len(line)))
    assert time.process_time() - begun < 3


def test_a_short_text_that_is_nothing_but_base64():
    words = b"PRINTABLE-AND-MORE-THAN-THIRTY-TWO-OCTETS-OF-IT"
    assert [c.data for c in children(base64.encodebytes(words))] == [words]
    assert children(b"see " + base64.encodebytes(words)) == [] and children(base64.encodebytes(bytes(range(60)))) == []


NOISE = base64.encodebytes(random.Random(5).randbytes(114))


@pytest.mark.parametrize("before", [NOISE, b"key: " + NOISE, NOISE[:100] + b"=\n"])
@pytest.mark.parametrize("size", [0, 20_000])
def test_a_file_directly_behind_other_base64(before, size):
    program = PROGRAM + random.Random(3).randbytes(size)
    assert program in [c.data for c in children(b"words\n" + before + base64.encodebytes(program))]


@pytest.mark.parametrize("start", range(4, 60))
def test_a_file_that_begins_on_the_line_before_is_read_once(start):
    """A calendar's attachment: its first line has the property's name, those behind it are folded."""
    package = make_zip(Member(b"[Content_Types].xml", NOISE), Member(b"word/document.xml", NOISE * 3), Member(b"a.txt", NOISE))
    coded = base64.b64encode(package)
    lines = [coded[:start], *(coded[at:at + 60] for at in range(start, len(coded), 60))]
    found = children(b'X-FILENAME="a.docx":' + b"\r\n ".join(lines) + b"\r\nEND:VEVENT\r\n")
    assert {c.data for c in found} == {package}


def test_a_file_behind_a_file_that_begins_on_the_line_before():
    found = children(b"a: " + base64.b64encode(b"GIF89a")[:8] + b"\n" + base64.encodebytes(PROGRAM))
    assert PROGRAM in [c.data for c in found]


def test_words_behind_the_padding_of_other_base64():
    words = b"PRINTABLE AND MORE THAN THIRTY-TWO OCTETS OF IT. " * 3
    assert words in [c.data for c in children(b"hi\n" + NOISE[:100] + b"=\n" + base64.encodebytes(words))]
    assert children(b"hi\n" + NOISE * 30) == [] and children(b"hi\n" + NOISE[:100] + b"=\n" + NOISE) == []


@pytest.mark.parametrize("kind", ["message/delivery-status", "application/pgp-signature"])
def test_reports_and_signatures_are_text_too(kind):
    assert INLINED.claims(Node(Artifact(1, 0, ArtifactKind.PART), b"Action: failed", kind))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("before", [b"", b"See this:\n", b"file: "])
def test_files_of_many_lines_are_read_like_those_of_few(end, before):
    program = PROGRAM + random.Random(3).randbytes(30_000)
    coded = base64.encodebytes(program).replace(b"\n", end)
    assert program in [c.data for c in children(before + coded + b"-- kind regards")]
    broken = coded[:9000] + b"-- cut --" + end + coded[9000:]
    assert program not in [c.data for c in children(broken)]


def problems(data: bytes) -> list[str]:
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "text/plain")
    return [i.code.value for i in INLINED.extract(node, Context(Limits())) if isinstance(i, Problem)]


def test_runs_of_binhex_without_end_are_told():
    coded = base64.b64encode(b"A" + b"\x90\xff" * 200_000).translate(bytes.maketrans(binhex.BASE64, binhex.ALPHABET), b"=")
    assert problems(b"(This file must be converted with BinHex 4.0)\n:" + coded + b":\n") == ["RATIO"]


def test_more_beginnings_than_any_mail_has():
    assert problems(b"begin 644 a\n" * 100_001) == ["COUNT"] and problems(b"begin := 1;\n" * 10_000) == []


@pytest.mark.parametrize("text", [
    b"\xef\xbb\xbfbegin 644 a.exe\n" + uu(PROGRAM) + b"`\nend\n",
    (b"See:\nbegin 644 a.exe\n" + uu(PROGRAM) + b"`\nend\n").replace(b"\n", b"\r"),
])
def test_uuencode_behind_a_mark_and_in_lines_of_a_mac(text):
    assert [(c.data, c.names) for c in children(text)] == [(PROGRAM, ("a.exe",))]


@pytest.mark.parametrize("made", [b"@echo off\r\necho 1\r\n", bytes(70_000) + b"\1CD001", b"\x89\xd3" * 40])
def test_a_file_that_its_name_says_is_base64_whatever_it_is_made_of(made):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("order.cmd.b64",)), base64.encodebytes(made), "text/plain")
    children = [i for i in INLINED.extract(node, Context(Limits())) if isinstance(i, Child)]
    assert [(c.names, c.data) for c in children] == [(("order.cmd.b64", "order.cmd"), made)]


@pytest.mark.parametrize(("name", "text"), [
    ("order.cmd.txt", b"QGVjaG8gb2ZmDQplY2hvIDENCg=="), ("key.b64", b"QGVjaG8gb2ZmDQplY2hvIDENCg=="),
    ("order.txt.b64", b"these are words about base64, and nothing is coded"), ("order.txt.b64", b"QGVj"),
])
def test_what_is_no_file_by_its_name(name, text):
    node = Node(Artifact(1, 0, ArtifactKind.PART, (name,)), text, "text/plain")
    assert not [i for i in INLINED.extract(node, Context(Limits())) if isinstance(i, Child)]


def test_files_of_one_long_line_hide_none_behind_them() -> None:
    """Pictures in the base64 of a line of JSON, and a program as the hundredth of them."""
    noise = random.Random(1)
    decoys = b'","'.join(base64.b64encode(noise.randbytes(120)) for _ in range(100))
    line = b'{"a":["' + decoys + b'","' + base64.b64encode(PROGRAM) + b'"]}\n'
    assert [child.data for child in children(line)] == [PROGRAM]
