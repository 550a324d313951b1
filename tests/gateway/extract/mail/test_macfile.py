"""MacBinary and AppleSingle."""

from __future__ import annotations

import binascii
import struct

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.mail.macfile import MAC_FILE, SINGLE
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits

SCRIPT = b"var x = 1;\r\n"


def macbinary(data: bytes = SCRIPT, name: bytes = b"a.js", version: int = 2) -> bytes:
    head = bytearray(128)
    head[1:2 + len(name)] = bytes((len(name),)) + name
    head[65:73] = b"TEXTttxt"
    head[83:87] = len(data).to_bytes(4, "big")
    if version > 1:
        head[122] = head[123] = 129
        head[124:126] = binascii.crc_hqx(bytes(head[:124]), 0).to_bytes(2, "big")
    return bytes(head) + data + bytes(-len(data) % 128)


def single(*entries: tuple[int, bytes], count: int = 0) -> bytes:
    head = SINGLE + b"\0\2\0\0" + bytes(16) + (count or len(entries)).to_bytes(2, "big")
    at, table, bodies = len(head) + 12 * len(entries), b"", b""
    for kind, body in entries:
        table += struct.pack(">III", kind, at + len(bodies), len(body))
        bodies += body
    return head + table + bodies


def extract(data: bytes) -> list:
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, identify(data))
    return list(MAC_FILE.extract(node, Context(Limits()))) if MAC_FILE.claims(node) else []


@pytest.mark.parametrize("data", [macbinary(), macbinary(version=1), single((3, b"a.js"), (9, bytes(32)), (1, SCRIPT)), single((1, SCRIPT), (3, b"a.js"))])
def test_file_and_its_name(data):
    assert [(i.names, i.data) for i in extract(data) if isinstance(i, Child)] == [(("a.js",), SCRIPT)]


def test_more_entries_than_any_program_writes():
    assert any(isinstance(i, Problem) for i in extract(single((1, SCRIPT), count=9000)))


@pytest.mark.parametrize("data", [
    bytes(300), bytes(range(256)) * 2, b"\0\4a.js" + bytes(range(200, 256)) * 9, single((9, bytes(32))), macbinary()[:100], b"",
])
def test_what_is_none(data):
    assert [i for i in extract(data) if isinstance(i, Child)] == []
