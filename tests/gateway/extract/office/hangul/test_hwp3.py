"""Hangul documents of before 2000."""

from __future__ import annotations

import zlib

from gateway.extract.office.hangul.hwp3 import HWP3
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import compound


def document(body: bytes, locked: bytes = b"\0\0", packed: bool = True, block: bytes = b"") -> bytes:
    settings = bytes(96) + locked + bytes(26) + bytes([packed, 0]) + len(block).to_bytes(2, "little")
    if packed:
        machine = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = machine.compress(body) + machine.flush()
    return b"HWP Document File V3.00 \x1a\1\2\3\4\5" + settings + bytes(1008) + block + body


def test_objects_in_the_body() -> None:
    made = compound({"x": b"y"})
    for data in (document(bytes(90) + made), document(bytes(90) + made, packed=False), document(bytes(90) + made, block=b"block")):
        assert content(take_apart(HWP3, data, "a.hwp"))["embedded object"] == made


def test_plain_locked_damaged_and_too_large() -> None:
    assert not codes(take_apart(HWP3, document(b"text" * 90), "a.hwp"))
    assert codes(take_apart(HWP3, document(b"text", locked=b"\1\0"), "a.hwp")) == {"ENCRYPTED"}
    assert codes(take_apart(HWP3, document(b"", block=b"")[:1166] + b"\xff" * 40, "a.hwp")) == {"MALFORMED"}
    assert codes(take_apart(HWP3, document(bytes(200 << 20)), "a.hwp")) == {"RATIO"}
