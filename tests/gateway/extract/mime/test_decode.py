"""Transfer decoding where decoders agree, and where they do not."""

from __future__ import annotations

import base64
import binascii

import pytest

from gateway.extract.mime.decode import by_look, decode, decode_base64, decode_quoted

DATA = bytes(range(256)) * 3


def first(raw: bytes) -> bytes:
    return decode_base64(raw)[0].data


def test_clean_base64_has_one_result_and_no_code():
    (result,) = decode_base64(base64.encodebytes(DATA))
    assert (result.data, result.code) == (DATA, "")


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda b: b.replace(b"\n", b".\n"), "MIME-BASE64-JUNK"),
    (lambda b: b.replace(b"A", b"A\x00"), "MIME-BASE64-JUNK"),
    (lambda b: b.replace(b"\n", b"\xe3\x80\x80\n"), "MIME-BASE64-JUNK"),
    (lambda b: b.rstrip(b"=\n"), ""),
    (lambda b: b + b"====\n", ""),
    (lambda b: b"  " + b.replace(b"\n", b" \r\n"), ""),
])
def test_most_complete_reading_comes_first(spoil, code):
    result = decode_base64(spoil(base64.encodebytes(DATA)))[0]
    assert result.data.startswith(DATA) and result.code == code


def test_padded_segments_are_joined():
    raw = base64.b64encode(DATA[:10]) + b"\r\n" + base64.b64encode(DATA[10:])
    results = decode_base64(raw)
    assert results[0].data == DATA
    assert results[0].code == "MIME-BASE64-PADDING"
    assert DATA[:10] in [r.data for r in results]      # the reader that stops at the first padding


def test_nothing_never_raises():
    for raw in (b"", b"=", b"A", b"====", b"\0", b"!!!"):
        assert decode_base64(raw)[0].data == b""


@pytest.mark.parametrize(("raw", "plain", "code"), [
    (b"a=3Db=\r\nc", b"a=bc", ""), (b"=e2=82=ac", b"\xe2\x82\xac", ""), (b"a= \r\nb", b"ab", ""), (b"a=\nb", b"ab", ""),
    (b"50=ZZ", b"50=ZZ", "MIME-QUOTED-PRINTABLE-ODD"),
])
def test_quoted_printable(raw, plain, code):
    result = decode_quoted(raw)
    assert (result.data, result.code) == (plain, code)


def test_identity():
    assert [r.data for r in decode(b"x=3D", "7bit")] == [b"x=3D"]


@pytest.mark.parametrize("front", [b"Subject: x!\r\n\r\n", b"Hello all:\r\n", b"data:a/b;base64,"])
def test_words_in_front_are_no_data(front):
    assert DATA in [r.data for r in decode_base64(front + base64.encodebytes(DATA))]


def test_uuencode_without_its_first_line():
    raw = b"".join(binascii.b2a_uu(DATA[n:n + 45]) for n in range(0, len(DATA), 45))
    assert decode(raw, "uue")[0].data == DATA
    assert decode(b"begin 644 x\r\n" + raw + b"`\nend\n", "x-uuencode")[0].data == DATA
    assert decode(b"words that are no code at all\r\nand more\r\n", "x-uu")[0].data.startswith(b"words")


@pytest.mark.parametrize("junk", [b"x", b"\0", b"~~", b"\xe3\x80\x80"])
def test_uuencode_with_noise_between_its_characters(junk):
    line = binascii.b2a_uu(DATA[:45])
    assert decode(line[:9] + junk + line[9:], "uue")[0].data == DATA[:45]
    assert decode(line[:9] + bytes((line[9] | 128,)) + line[10:], "uue")[0].data == DATA[:45]


def test_base64_that_nobody_declared():
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(range(200))
    coded = base64.b64encode(program)
    for junk in (b"\r\n", b".\r\n", b"\0", b"! "):
        assert by_look(junk.join(coded[n:n + 7] for n in range(0, len(coded), 7))).startswith(program)
    assert by_look(b"words of every day, nothing else in them. " * 90) == b"" and by_look(base64.b64encode(DATA)) == b"" == by_look(b"")
