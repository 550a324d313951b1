"""Compiled code by its first octets."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.compiled import compiled
from gateway.extract.identify import identify, needs_reader

TERSE = b"VZ" + struct.pack("<HBBHI", 0x8664, 3, 11, 0x1B8, 0x240) + bytes(40)


@pytest.mark.parametrize("data", [
    TERSE, b"Joy!peffpwpc\0\0\0\1" + bytes(40), b"FOR1\0\0\1\0BEAMAtU8" + bytes(40), b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f" + bytes(40),
    bytes.fromhex("a3484bbe986c4aa9994c530a86d6487d") + b"AU3!EA06" + bytes(40), b"Cr24\3\0\0\0" + bytes(40), b"PANDA\0\0\0" + bytes(40),
    b"\xcb\r\r\n" + bytes(12) + b"\xe3" + bytes(9), struct.pack("<HHIIIHH", 0x8664, 1, 0x5F000000, 0, 0, 0, 4) + b".text\0\0\0" + bytes(60),
    b"\x0b\x01\x64\0" + bytes(40), b"RITE0300" + bytes(40), b"\xde\xc0\x17\x0b" + bytes(40),
    struct.pack("<IIII", 4, 60, 56, 50) + b'{"files":{"main.js":{"size":9,"offset":"0"}}}'.ljust(50) + b"require(1)",
])
def test_compiled_code(data):
    assert compiled(data) and identify(data) == "application/x-bytecode" and not needs_reader("application/x-bytecode")


@pytest.mark.parametrize("data", [
    b"VZ is short for something\r\n" * 3, TERSE[:5] + b"\x03" + TERSE[6:], b"Cr24 words", b'\4\0\0\0{"files":1}      {"files":', b"RITE of spring", b"PANDA and others", b"FORM\0\0\1\0BEAN" + bytes(40),
    b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0" + b"\xff" * 8 + bytes(40),
    b"d\x86 words" + bytes(40), b"",
])
def test_what_only_begins_like_it(data):
    assert not compiled(data)
