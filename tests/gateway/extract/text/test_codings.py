"""Files written out as text in codings that readers do not undo by themselves."""

from __future__ import annotations

import base64

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.text import codings
from tests.builders.hostile_mail import PROGRAM


def wrapped(text: bytes, width: int = 72, sep: bytes = b"\r\n") -> bytes:
    return sep.join(text[at:at + width] for at in range(0, len(text), width))


Z85 = base64.b85encode(PROGRAM).translate(bytes.maketrans(codings.B85, codings.Z85))


@pytest.mark.parametrize("text, how", [
    (PROGRAM.hex().encode(), "hex"), (PROGRAM.hex().upper().encode(), "hex"), (base64.b32encode(PROGRAM), "base32"),
    (base64.urlsafe_b64encode(PROGRAM), "base64"), (base64.b85encode(PROGRAM), "base85"),
    (base64.a85encode(PROGRAM, adobe=True), "ascii85"), (Z85, "z85"),
])
@pytest.mark.parametrize("width", [64, 4000])
def test_runs_that_are_files(text: bytes, how: str, width: int) -> None:
    found = list(codings.runs(b"Please convert:\r\n\r\n" + wrapped(text, width) + b"\r\n\r\nThanks\r\n"))
    assert [(h, d[:len(PROGRAM)]) for h, d in found] == [(how, PROGRAM)]


@pytest.mark.parametrize("text", [
    b"https://www.example.com/a/very/long/address/with/many/steps?and=parameters&more=of&them=1234567890abcdef1234567890abcdef\r\n" * 5,
    b"0123456789abcdef" * 40, b"A" * 4000, b"-" * 400, b"=" * 400, b"!" * 4000, wrapped(base64.b32encode(bytes(range(256)) * 3)),
])
def test_other_long_lines_are_nothing(text: bytes) -> None:
    assert not list(codings.runs(text)) and not list(codings.paragraphs(text)) and not list(codings.tokens(text))


@pytest.mark.parametrize("sep", [b" ", b"\r\n", b"\r\n> "])
def test_paragraphs_of_short_pieces(sep: bytes) -> None:
    assert list(codings.paragraphs(b"Hi,\r\n\r\n" + wrapped(base64.b64encode(PROGRAM), 20, sep) + b"\r\n\r\nbye")) == [PROGRAM]


def test_words_are_no_paragraph() -> None:
    assert not list(codings.paragraphs(b"words and words without any sign between them " * 20))


@pytest.mark.parametrize("before", [b"", b"x ", b"some words before "])
def test_header_fields(before: bytes) -> None:
    assert list(codings.tokens(before + wrapped(base64.b64encode(PROGRAM), 70, b"\r\n "))) == [PROGRAM]


def test_noise_is_not_certain() -> None:
    assert not codings.certain(b"MZ and other words of a text that is long enough to be looked at, by chance it begins so")
    assert codings.certain(PROGRAM) and codings.certain(b"PK\x03\x04....") and not codings.certain(b"")


def test_xxencode() -> None:
    lines = []
    for at in range(0, len(PROGRAM), 45):
        piece = PROGRAM[at:at + 45]
        full = piece + bytes(-len(piece) % 3)
        groups = (int.from_bytes(full[n:n + 3], "big") for n in range(0, len(full), 3))
        lines.append(bytes((codings.XX[len(piece)],)) + b"".join(bytes(codings.XX[g >> s & 63] for s in (18, 12, 6, 0)) for g in groups))
    assert codings.xx_lines(iter([*lines, b"+", b"end"])) == PROGRAM
    assert codings.xx_lines(iter([b"hello", b"world"])) == b""


def test_words_behind_the_last_line_of_a_run() -> None:
    lines = base64.a85encode(PROGRAM, wrapcol=70)
    lines = lines if len(lines.rpartition(b"\n")[2]) >= 20 else lines.rpartition(b"\n")[0]
    found = dict(codings.runs(b"xbtoa Begin\n" + lines + b"\nxbtoa End N 90 5a\n"))
    assert found["ascii85"][:60] == PROGRAM[:60]


def test_binary_chunks_of_drawings() -> None:
    chunks = b"310\r\n" + wrapped(PROGRAM.hex().upper().encode(), 254).replace(b"\r\n", b"\r\n310\r\n")
    assert list(codings.runs(b"  0\r\nMATERIAL\r\n" + chunks + b"\r\n  0\r\nEOF\r\n")) == [("hex", PROGRAM)]


def test_long_lines_hide_no_run_behind_them() -> None:
    """Addresses of letters to many, hashes: sixty-four of them had the next run not looked at."""
    decoys = "\n\n".join(f"https://news.example/{'x' * 120}{n}" for n in range(3000))
    assert [how for how, _ in codings.runs(f"{decoys}\n\n{PROGRAM.hex()}\n".encode())] == ["hex"]


def test_too_many_runs_that_begin_as_files_are_told() -> None:
    with pytest.raises(LimitReached, match="runs that begin"):
        list(codings.runs(b"\n\n".join([b"4d5a" + b"0" * 200] * (codings.MOST + 1))))


@pytest.mark.parametrize("magic", [*codings.FILES, b"MZ"])
def test_every_file_begins_as_its_coding_has_it(magic: bytes) -> None:
    data = magic + bytes(range(200))
    for encode in (bytes.hex, base64.b32encode, base64.urlsafe_b64encode, base64.b85encode, base64.a85encode):
        written = encode(data)
        assert (written if isinstance(written, bytes) else written.encode())[:2] in codings.BEGINNINGS
