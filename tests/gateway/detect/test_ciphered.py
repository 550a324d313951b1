"""Programs whose octets were all exclusive-ored with one octet."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope
from gateway.detect.ciphered import PIECE, ciphered
from gateway.detect.executable import ExecutableDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.transaction import Direction

STUB = b"MZ" + bytes(60) + b"This program cannot be run in DOS mode.\r\r\n$"
OLD = b"MZ" + bytes(60) + b"This program must be run under Win32\r\n"


def under(key: int, plain: bytes) -> bytes:
    return bytes(octet ^ key for octet in plain)


@pytest.mark.parametrize("key", [1, 0x20, 0x5a, 0xff])
@pytest.mark.parametrize("stub", [STUB, OLD])
@pytest.mark.parametrize("before", [0, 1, PIECE - 80, PIECE - 63, PIECE - 1, 2 * PIECE + 7])
def test_found_wherever_it_lies(key, stub, before):
    assert ciphered(bytes(before) + under(key, stub) + b"rest")


@pytest.mark.parametrize("data", [b"", b"T", STUB, STUB * 3, bytes(300_000), under(7, b"This program cannot be")])
def test_words_as_they_are_and_pieces_of_them(data):
    assert not ciphered(data)


def test_plain_words_before_a_program_under_one_octet():
    assert ciphered(STUB + under(0x41, STUB))


@pytest.mark.parametrize("type, told", [("image/jpeg", ["EXECUTABLE-CIPHERED"]), ("message/rfc822", [])])
def test_finding_names_the_node_that_holds_it(type, told):
    sample = Sample(Artifact(1, 0, ArtifactKind.PART, ("a.jpg",), detected_type=type), under(9, STUB))
    assert [f.code for f in ExecutableDetector(Scope(Direction.INBOUND, "", (), ())).look(sample)] == told
