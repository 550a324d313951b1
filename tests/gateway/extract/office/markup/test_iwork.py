"""Parts of iWork documents: literals and copies of Snappy, strings among the fields of protobuf."""

from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.office.markup.iwork import IWORK, Broken, strings, unpacked
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits


def block(size: int, body: bytes) -> bytes:
    stream = bytes([size]) + body
    return b"\0" + len(stream).to_bytes(3, "little") + stream


def field(text: str) -> bytes:
    raw = text.encode()
    return b"\x1a" + bytes([len(raw)]) + raw


def read(data: bytes, outbound: bool = True) -> list[object]:
    node = Node(Artifact(1, 0, ArtifactKind.MEMBER, ("Index/Document.iwa",)), data, "application/octet-stream")
    assert IWORK.claims(node)
    return list(IWORK.extract(node, Context(Limits(), outbound=outbound)))


def test_literals_and_copies() -> None:
    near = bytes([(3 << 2) | 0]) + b"abcd" + bytes([(1 << 2) | 1, 4])                     # five octets from four back
    far = bytes([(2 << 2) | 2]) + (9).to_bytes(2, "little")
    assert unpacked(block(9, near) + block(4, bytes([3 << 2]) + b"wxyz"), 100) == b"abcdabcdawxyz"
    assert unpacked(block(12, near + far), 100) == b"abcdabcdaabc"
    assert unpacked(block(70, bytes([60 << 2, 69]) + b"x" * 70), 100) == b"x" * 70
    for broken in (b"\x01\0\0\0", block(9, bytes([1, 9])), block(99, near)):
        with pytest.raises(Broken):
            unpacked(broken, 50)


def test_strings_among_other_fields() -> None:
    inner = b"\x08\x96\x01" + field("王大明 A123456789") + b"\x2a\x03\x00\x01\x02" + field("second")
    message = b"\x12" + bytes([len(inner)]) + inner
    assert list(strings(message)) == ["王大明 A123456789", "second"]


def test_a_part() -> None:
    body = field("王大明 A123456789")
    data = block(len(body), bytes([(len(body) - 1) << 2]) + body)
    assert read(data) == [Text("王大明 A123456789", "body")]
    assert read(data, outbound=False) == []
    assert isinstance(read(b"\0\x05\0\0\xff\xff\xff\xff\xff")[0], Problem)


@pytest.mark.parametrize(("link", "code"), [
    (b"smb://h.example/s/a.key", ["DOC-LINK-SHARE"]), (b"file:///Users/x/a.command", ["DOC-LINK-PROGRAM"]), (b"https://h.example/", []),
    (b"file:///Users/x/a.pages", []),
])
def test_links_to_shares_and_programs(link: bytes, code: list[str]) -> None:
    found = read(block(len(link), bytes([(len(link) - 1) << 2]) + link), outbound=False)
    assert [o.code for o in found] == code
