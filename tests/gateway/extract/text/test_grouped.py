from __future__ import annotations

import base64
import textwrap
import time

import pytest

from gateway.extract.text import grouped
from tests.gateway.extract.text.test_blocks import PLAIN, children

TEXT = PLAIN.decode()


@pytest.mark.parametrize("encode", [
    lambda p: " ".join(textwrap.wrap(base64.b64encode(p).decode(), 4)), lambda p: " ".join(textwrap.wrap(base64.b64encode(p).decode(), 8)),
    lambda p: "\n".join(textwrap.wrap(" ".join(textwrap.wrap(base64.b64encode(p).decode(), 10)), 66)), lambda p: base64.b32hexencode(p).decode(),
    lambda p: " ".join(textwrap.wrap(base64.b32encode(p).decode(), 8)), lambda p: base64.b85encode(p).decode(), lambda p: base64.a85encode(p).decode(),
    lambda p: "\n".join(textwrap.wrap(base64.b85encode(p).decode(), 64)), lambda p: " ".join(map(str, p)), lambda p: " ".join(f"{x:03o}" for x in p),
    lambda p: f"DATA = b'{base64.b85encode(p).decode()}'", lambda p: p.hex("-"), lambda p: p.hex(" ", 4), lambda p: " ".join(f"{x:02X}h" for x in p)])
def test_octets(encode):
    assert PLAIN in children(b"config:\n" + encode(PLAIN).encode() + b"\n\nbye")


@pytest.mark.parametrize("encode", [
    lambda s: "+".join(f"chr({ord(c)})" for c in s), lambda s: " & ".join(f"ChrW(&H{ord(c):X})" for c in s), lambda s: " ".join(f"U+{ord(c):04X}" for c in s),
    lambda s: "".join(f"\\x{{{ord(c):x}}}" for c in s), lambda s: "".join(f"\\{ord(c):06x}" for c in s), lambda s: " ".join(str(ord(c)) for c in s),
    lambda s: ",".join(f"char(0x{ord(c):x})" for c in s)])
def test_codes_of_characters(encode):
    assert any(c.endswith(PLAIN.rstrip()) or PLAIN in c for c in children(b"config:\n" + encode(TEXT).encode() + b"\n\nbye"))


@pytest.mark.parametrize("text", [
    "this that with from have been said " * 20, "12 345 6 78 910 11 " * 30, "U+0041 is A, U+0042 is B", "https://example.com/a?b=c&d=e#f;g=(h)" * 9,
    "ABCDEFGHIJKLMNOP0123456789" * 9, "chr(7) rings", "!#$%&()*+-;<=>?@^_`{|}~" * 20, "2026-11-23 " * 40])
def test_what_says_nothing(text):
    assert children(text.encode()) == []


@pytest.mark.parametrize("data", [b"abcd " * 60000, b"12 " * 100000, b"U+41 " * 60000, b"x!" * 150000, b"ABCD0123" * 40000, b"chr(65)+" * 30000 + b"?", b"1 2\n" * 60000,
    b"1234567890\r\n" * 60000 + b"1234567890", b"1234 5678 9012 3456\r\n" * 40000 + b"12345678"])
def test_linear(data):
    started = time.process_time()
    for label, pattern, undo in grouped.CODINGS:
        if grouped.hinted(label, data):
            for match in pattern.finditer(data):
                undo(match[0])
    assert time.process_time() - started < 3


def test_tables_and_base64_are_no_base85_at_a_glance() -> None:
    table = b"10023,PART-556,17,2026-01-02,PALLET-9,OPEN-HALL-3\n" * 50
    assert not grouped.hinted("base85", table + base64.encodebytes(bytes(range(256)) * 9))
    assert grouped.hinted("base85", base64.b85encode(b"A123456789 Amy Chen 0912345678 Taipei City"))
