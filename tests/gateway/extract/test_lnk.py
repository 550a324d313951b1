from __future__ import annotations

import struct

from gateway.extract.lnk import HEADER, LNK
from gateway.model.content import Observation, Text
from tests.builders.archives import codes, content, take_apart


def shortcut(arguments: str, after: bytes = b"\0\0\0\0") -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<H", len(value)) + value.encode("utf-16-le")

    return HEADER + struct.pack("<I", 0xA8) + bytes(52) + text("..\\cmd.exe") + text(arguments) + after


def test_command_line() -> None:
    assert Observation("LNK-COMMAND", "..\\cmd.exe /c rem") in take_apart(LNK, shortcut("/c rem"), "a.pdf")


def test_what_is_hidden_behind() -> None:
    found = take_apart(LNK, shortcut("x", b"\0\0\0\0" + b"MZ" + bytes(200)))
    assert "LNK-OVERLAY" in codes(found) and content(found)["behind the shortcut"].startswith(b"MZ")
    assert "LNK-OVERLAY" not in codes(take_apart(LNK, shortcut("x")))


def test_cut_shortcut_is_still_a_shortcut() -> None:
    assert "LNK-COMMAND" in codes(take_apart(LNK, shortcut("x")[:90]))


def test_floods_of_information_and_blocks() -> None:
    flags = struct.pack("<I", 2)
    head = HEADER + flags + bytes(52)
    wide = take_apart(LNK, head + struct.pack("<I", 4 << 20) + b"abcd\0" * (1 << 19), "a.lnk")
    assert sum(len(t.content) for t in wide if isinstance(t, Text)) < 1_000
    assert "LNK-OVERLAY" in codes(take_apart(LNK, shortcut("x", b"\4\0\0\0" * 1_000), "a.lnk"))
    assert "LNK-OVERLAY" not in codes(take_apart(LNK, shortcut("x", b"\x0a\0\0\0aaaaaa" * 9 + b"\0\0\0\0"), "a.lnk"))
