"""BinHex 4.0: names, forks and runs."""

from __future__ import annotations

import binascii

import pytest

from gateway.extract.text import binhex

HEADING = b"(This file must be converted with BinHex 4.0)\r\n\r\n"


def coded(plain: bytes) -> bytes:
    bits = "".join(f"{c:08b}" for c in plain)
    made = bytes(binhex.ALPHABET[int(bits[n:n + 6].ljust(6, "0"), 2)] for n in range(0, len(bits), 6))
    return b":" + made.ljust(-(-len(made) // 4) * 4, b"!") + b":"


def file(data: bytes, resources: bytes = b"") -> bytes:
    head = b"\x05x.exe\0TEXTttxt\0\0" + len(data).to_bytes(4, "big") + len(resources).to_bytes(4, "big") + b"\0\0"
    return (head + data + b"\0\0" + resources + b"\0\0").replace(b"\x90", b"\x90\0")


def test_both_forks():
    assert list(binhex.files(HEADING + coded(file(b"data \x90", b"resources")))) == [(("x.exe",), b"data \x90"), (("x.exe",), b"resources")]
    assert list(binhex.files(HEADING + coded(file(b"", b"resources")))) == [(("x.exe",), b"resources")]


@pytest.mark.parametrize(("packed", "plain"), [
    (b"ab\x90\x05c", b"abbbbbc"), (b"\x90\0", b"\x90"), (b"\x90\0\x90\x03", b"\x90\x90\x90"), (b"a\x90\x90b", b"a" * 144 + b"b"), (b"\x90\x05a", b"a"),
    (b"a\x90", b"a\x90"), (b"", b""),
])
def test_runs(packed, plain):
    assert binhex.unrun(packed) == plain


def test_quoted_as_answers_have_it():
    data = coded(file(b"data" * 40))
    quoted = b"> " + HEADING + b"".join(b"> " + data[n:n + 64] + b"\r\n" for n in range(0, len(data), 64))
    assert list(binhex.files(quoted)) == [(("x.exe",), b"data" * 40)]


def test_runs_without_end():
    with pytest.raises(binhex.TooLarge):
        binhex.unrun(b"a" + b"\x90\xff" * 100_000)
    assert len(binhex.unrun(b"a" + b"\x90\xff" * 30_000)) == 1 + 254 * 30_000        # a blank picture


@pytest.mark.parametrize("data", [HEADING, HEADING + b":", HEADING + b"::", HEADING + b":!!", HEADING + b"no colon", b""])
def test_nothing(data):
    assert not list(binhex.files(data))


def test_without_its_heading_by_the_checksum_of_its_header():
    head = b"\x05x.exe\0TEXTttxt\0\0" + (4).to_bytes(4, "big") + bytes(4)
    whole = coded(head + binascii.crc_hqx(head, 0).to_bytes(2, "big") + b"data\0\0")
    assert list(binhex.files(b"\r\n" + whole)) == [(("x.exe",), b"data")]
    assert not binhex.bare(coded(head + b"\0\0data")) and not binhex.bare(b":words: and more words")
