"""Programs kept from being one, and data that only look a little like it."""

import struct

import pytest

from gateway.detect.veiled import veiled

STUB = b"\x0e\x1f\xba\x0e\0\xb4\t\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$"
HEAD = b"MZ" + struct.pack("<13H", 0x90, 3, 0, 4, 0, 0xFFFF, 0, 0xB8, 0, 0, 0, 0x40, 0)
PROGRAM = (HEAD.ljust(60, b"\0") + struct.pack("<L", 0x80) + STUB).ljust(0x80, b"\0") + b"PE\0\0\x4c\1" + bytes(range(256)) * 3


def enciphered(key: bytes, data: bytes = PROGRAM) -> bytes:
    return bytes(c ^ key[n % len(key)] for n, c in enumerate(data))


@pytest.mark.parametrize(("data", "how"), [
    (enciphered(b"\x35"), "program enciphered by a key"), (enciphered(b"abcd"), "program enciphered by a key"),
    (enciphered(b"secret"), "program enciphered by a key"), (enciphered(bytes(range(1, 17))), "program enciphered by a key"),
    (enciphered(bytes(range(7, 39))), "program enciphered by a key"),
    (PROGRAM[::-1], "program back to front"),
    (PROGRAM[1:], "program without its first octets"), (PROGRAM[16:], "program without its first octets"),
    (b"\0\0" + PROGRAM[2:], "program without its first octets"),
    (PROGRAM, ""), (b"", ""), (bytes(5000), ""), (b"\xff" * 5000, ""), (b"abcd" * 500, ""), (enciphered(b"k" * 40), "program enciphered by a key"),
    (b"He said: This program cannot be run in DOS mode. " * 20, ""), (b"x" * 500 + b"ZM", ""),
    (enciphered(b"abcd", PROGRAM.replace(b"PE\0\0", b"NE\0\0")), ""), (b"ABCDEFGH" * 4 + bytes(900), ""),
])
def test_how_programs_are_kept_from_being_one(data, how):
    assert veiled(data) == how
