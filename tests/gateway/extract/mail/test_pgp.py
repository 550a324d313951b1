"""OpenPGP: what is not enciphered is taken out, what is enciphered is said to be."""

from __future__ import annotations

import base64
import bz2
import random
import zlib

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.mail.pgp import PGP, plausible, sealed
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(300)
SESSION_KEY = b"\x84\x0c\x03" + bytes(11)


def packet(tag: int, body: bytes) -> bytes:
    return bytes((0xC0 | tag, 0xFF)) + len(body).to_bytes(4, "big") + body


def literal(data: bytes = PROGRAM, name: bytes = b"a.exe") -> bytes:
    return packet(11, b"b" + bytes((len(name),)) + name + bytes(4) + data)


def deflated(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


def armoured(data: bytes) -> bytes:
    return (b"words before\r\n-----BEGIN PGP MESSAGE-----\r\nVersion: x\r\nComment: y\r\n\r\n" + base64.encodebytes(data) +
            b"=abcd\r\n-----END PGP MESSAGE-----\r\n").removeprefix(b"words before\r\n")


def extract(data: bytes, *names: str) -> list:
    node = Node(Artifact(1, 0, ArtifactKind.PART, names), data, identify(data))
    return list(PGP.extract(node, Context(Limits()))) if PGP.claims(node) else []


def files(found: list) -> list[tuple[tuple[str, ...], bytes]]:
    return [(i.names, i.data) for i in found if isinstance(i, Child)]


ONE_PASS = b"\x90\x0d\x03" + bytes(12)
SIGNED = ONE_PASS + literal() + packet(2, b"\x04" + bytes(40))


@pytest.mark.parametrize("data", [
    literal(), SIGNED, packet(8, b"\x01" + deflated(SIGNED)), packet(8, b"\x02" + zlib.compress(SIGNED)), packet(8, b"\x03" + bz2.compress(SIGNED)),
    packet(8, b"\x01" + deflated(packet(8, b"\x00" + literal()))), b"\xa3\x01" + deflated(SIGNED),
    b"\xcb\xe9" + (b"b\x05a.exe" + bytes(4) + PROGRAM)[:512].ljust(512, b"\0") + b"\x01\0", packet(10, b"PGP") + literal(),
])
@pytest.mark.parametrize("form", [bytes, armoured])
def test_what_is_not_enciphered_is_taken_out(data, form):
    ((names, content),) = files(extract(form(data)))
    assert names == ("a.exe",) and content.startswith(PROGRAM)


def test_names_without_their_ending():
    assert files(extract(literal(name=b""), "a.js.gpg", "b")) == [(("a.js",), PROGRAM)]


def test_enciphered_message_is_said():
    for data in (SESSION_KEY + packet(18, b"\x01" + bytes(99)), b"", b"words"):
        found = extract(armoured(data))
        assert Observation("PGP-ENCRYPTED") in found and Problem(IncidentCode.ENCRYPTED, "OpenPGP message") in found


def test_packed_data_that_end_early_are_told():
    found = extract(packet(8, b"\x01" + deflated(literal(bytes(range(256)) * 40))[:-200]))
    assert files(found) and any(isinstance(i, Problem) and i.code is IncidentCode.MALFORMED for i in found)


def test_packets_in_packets_end():
    data = literal()
    for _ in range(30):
        data = packet(8, b"\x00" + data)
    found = extract(armoured(data))
    assert files(found) == [] and any(isinstance(i, Problem) for i in found)


def test_a_bomb_is_told():
    data = literal(bytes(1 << 20) * 60)
    assert any(isinstance(i, Problem) for i in extract(packet(8, b"\x01" + deflated(data))))


@pytest.mark.parametrize("data", [SESSION_KEY + packet(18, bytes(99)), b"\xff\xd8\xff", b"\x80" * 40, bytes(40), b"PK\3\4", b"", b"\xa3"])
def test_what_is_no_message(data):
    assert not plausible(data)


def test_noise_is_nothing():
    made = random.Random(7)
    for first in (b"\xa3\x01", b"\xa3\x02", b"\xc8\xff\0\0\1\0\x01", b"\xcb\x20b\x30", b"\x90\x0d\x03", b"\xac\x40b\x00"):
        for _ in range(40):
            assert [i for i in extract(first + made.randbytes(400)) if isinstance(i, Problem)] == []


@pytest.mark.parametrize("first", [SESSION_KEY, packet(3, b"\x04\x09\x03\x08" + bytes(9)), SESSION_KEY + packet(3, b"\x04\x09\x03\x08" + bytes(9))])
@pytest.mark.parametrize("last", [packet(18, b"\x01" + bytes(90)), packet(9, bytes(90)), packet(20, b"\x01" + bytes(90))])
def test_enciphered_files_are_said(first, last):
    assert sealed(first + last)
    assert sealed(SESSION_KEY * 250 + last)
    assert [i.code for i in extract(first + last, "a.pdf.gpg")] == ["PGP-ENCRYPTED", IncidentCode.ENCRYPTED]


@pytest.mark.parametrize("data", [
    SESSION_KEY + packet(2, b"\x04" + bytes(40)), packet(1, b"\x09" + bytes(20)) + packet(18, b"\x01" + bytes(90)), SESSION_KEY + packet(18, b"\x07" + bytes(90)),
    SIGNED, packet(2, b"\x04" + bytes(40)), b"\x84" + bytes(60), SESSION_KEY, b"", SESSION_KEY * 100,
])
def test_what_is_no_enciphered_file(data):
    assert not sealed(data)


@pytest.mark.parametrize("data", [packet(9, b"\xa5" * 60), b"\xc9\x3c" + b"\xa5" * 60, b"\xa5\0\x3c" + b"\xa5" * 60])
def test_enciphered_data_without_a_key_fill_their_file(data):
    """The tag alone is what one in fifty files of random octets begins with (RFC 9580, 5.7: no version behind it)."""
    assert sealed(data) and not sealed(data + b"\xa5") and not sealed(data[:-1]) and not sealed(b"\xa7" + data)


@pytest.mark.parametrize("data", [
    b"AES\x02\0\0\x1bCREATED_BY\0" + bytes(90), bytes.fromhex("c0b9072e4f93f146a015792ca1d9e821") + bytes(90), b"Salted__" + bytes(90),
    b"age-encryption.org/v1\n-> scrypt x 18\n", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n",
])
def test_files_that_other_tools_enciphered(data):
    assert [i.code for i in extract(data, "a.docx.aes")] == [IncidentCode.ENCRYPTED]


@pytest.mark.parametrize("data", [b"AES is a cipher.", b"Salted almonds, 5 kg", b"age-encryption.org is a site"])
def test_words_about_ciphers_are_words(data):
    assert extract(data) == []


def among_words(*blocks: bytes) -> bytes:
    return b"Hello Bob,\r\n\r\n" + b"\r\nand\r\n".join(blocks) + b"\r\nRegards\r\n"


def test_messages_among_words():
    found = extract(among_words(armoured(literal(b"text", b"a.txt")), armoured(SIGNED)))
    assert files(found) == [(("a.txt",), b"text"), (("a.exe",), PROGRAM)]


def test_an_enciphered_message_among_words_is_said():
    closed = armoured(SESSION_KEY + packet(18, b"\x01" + bytes(range(200))))
    assert [i.code for i in extract(among_words(closed)) if isinstance(i, Problem)] == [IncidentCode.ENCRYPTED]


@pytest.mark.parametrize("words", [
    b"It begins with\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n...\r\n-----END PGP MESSAGE-----\r\n", b"-----BEGIN PGP MESSAGE----- is how it begins",
    b"> " + armoured(SESSION_KEY + packet(18, b"\x01" + bytes(range(200)))).replace(b"\n", b"\n> "),
])
def test_words_about_messages_are_words(words):
    assert extract(b"Hello,\r\n" + words) == []


def test_more_messages_than_any_mail_has():
    assert IncidentCode.COUNT in {i.code for i in extract(among_words(*[armoured(literal())] * 101)) if isinstance(i, Problem)}


def test_a_message_in_a_page():
    for before, end in ((b"<html><body><pre>\r\n", b"\n"), (b"<html><body><p>", b"<br>\r\n")):
        data = before + armoured(literal()).replace(b"\n", end) + b"</pre></body></html>"
        assert files(extract(data)) == [(("a.exe",), PROGRAM)]


def part_lengths(body: bytes) -> bytes:
    return b"\xcb\xe9" + body[:512] + b"\xff" + (len(body) - 512).to_bytes(4, "big") + body[512:]


LETTERS = b"@echo off\r\necho 1\r\n" * 60


@pytest.mark.parametrize("data", [part_lengths(b"b\x05a.bat" + bytes(4) + LETTERS), packet(11, b"t\x05a.bat" + bytes(4) + LETTERS)])
def test_a_file_of_letters_that_is_only_stored(data):
    assert identify(data) == "text/plain"
    assert files(extract(data, "a.bat.gpg")) == [(("a.bat", "a.bat"), LETTERS)] or files(extract(data))[0][1] == LETTERS


@pytest.mark.parametrize("text", ["瓦斯費帳單".encode("big5") * 40, "您好，附件請查收。".encode("big5") * 40,
                                  "Ëéb".encode("cp1252") + b" words" * 200])
def test_words_in_old_charsets_are_no_packets(text):
    assert not extract(text, "a.txt")


@pytest.mark.parametrize("kind", [b"SIGNATURE", b"PUBLIC KEY BLOCK"])
def test_armour_goes_by_its_packets(kind):
    armour = armoured(packet(2, b"\x04" + bytes(40)) + literal()).replace(b"MESSAGE", kind)
    assert [data for _, data in files(extract(armour))] == [PROGRAM]
    assert not extract(armoured(packet(2, b"\x04" + bytes(40))).replace(b"MESSAGE", kind))
    assert not extract(armoured(packet(6, b"\x04" + bytes(260)) + packet(13, b"A <a@h.example>")).replace(b"MESSAGE", kind))
