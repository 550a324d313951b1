"""Binary drawings of Visio: packed streams, macros in pieces, pointers that lead nowhere or in circles."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.binary.visio import streams, unpacked
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import STARTS_AND_RUNS, compound, vba_streams

ROOM = 1 << 20
VISIO = "00021a14-0000-0000-c000-000000000046"
PACKED, LIST, PIECE, SHEET = 0x02, 0x50, 0x1F, 0x15


def packed(content: bytes) -> bytes:
    """All of it as it is: eight octets to a flag."""
    content = struct.pack("<I", len(content)) + content
    return b"".join(b"\xff" + content[at:at + 8] for at in range(0, len(content), 8))


def pointer(kind: int, offset: int, length: int, form: int, old: bool) -> bytes:
    if old:
        return struct.pack("<HHIII", kind, form, 0, offset, length)
    return struct.pack("<IIIIH", kind, 0, offset, length, form)


def listed(pointers: list[bytes], old: bool, at: int = 10) -> bytes:
    if old:
        return bytes(at) + struct.pack("<H", len(pointers)) + b"".join(pointers)
    return struct.pack("<III", 4, len(pointers), 0) + b"".join(pointers)


def drawing(parts: list[tuple[int, bytes]], old: bool = False) -> bytes:
    """A stream VisioDocument with the parts (type, content) in a list below its trailer."""
    data = bytearray(b"Visio (TM) Drawing\r\n\0".ljust(26, b"\0") + bytes((5 if old else 11,)) + bytes(40))

    def put(kind: int, body: bytes, form: int) -> bytes:
        at = len(data)
        data.extend(body)
        return pointer(kind, at, len(body), form, old)

    leaves = [put(kind, packed(body), 0x40 | PACKED) for kind, body in parts]
    inner = put(0x0D, packed(listed(leaves, old)), LIST | PACKED)
    trailer = put(0x14, packed(listed([inner], old, 130)), LIST | PACKED)
    data[36:36 + len(trailer)] = trailer
    return bytes(data)


def pieces(data: bytes, size: int = 1024) -> list[tuple[int, bytes]]:
    return [(PIECE, data[at:at + size]) for at in range(0, len(data), size)]


def document(parts: list[tuple[int, bytes]], old: bool = False) -> bytes:
    return compound({"VisioDocument": drawing(parts, old), "VisioInformation": bytes(28)}, root=VISIO)


def test_what_is_copied_may_still_be_written() -> None:
    assert unpacked(b"\x01a" + struct.pack("<BB", 0xEE, 0xF0 | 6), ROOM) == b"a" * 10      # step 2: from place 0, nine times
    assert unpacked(b"\0\x00\x00", ROOM) == bytes(3)                                        # before the begin lies nought
    assert unpacked(b"\x01", ROOM) == b"" and unpacked(b"\x00\x01", ROOM) == b""


@pytest.mark.parametrize("old", [False, True])
def test_streams_of_either_version(old: bool) -> None:
    found = [s for s in streams(drawing([(SHEET, b"first"), (SHEET, b"second")], old), ROOM) if isinstance(s, bytes)]
    assert {b"first", b"second"} <= set(found)


def test_pieces_of_one_object_are_read_together() -> None:
    found = list(streams(drawing([(PIECE, b"one "), (PIECE, b"object"), (SHEET, b"x"), (PIECE, b"other")]), ROOM))
    assert {b"one object", b"other", b"x"} <= set(found)


@pytest.mark.parametrize("old", [False, True])
def test_macros_in_pieces(old: bool) -> None:
    project = compound({f"VBA/{name}": data for name, data in vba_streams({"Module1": STARTS_AND_RUNS}).items()})
    found = take_apart(OLE, document(pieces(project), old), "a.vsd")
    assert content(found)["VisioDocument"].startswith(project)
    assert "OLE-CONTROL" not in codes(found) and not any(isinstance(p, Problem) for p in found)


def test_an_object_behind_its_head_is_taken_out() -> None:
    inner = compound({"\x01Ole10Native": b"x"})
    assert content(take_apart(OLE, document([(PIECE, b"head of it" + inner + bytes(90))]), "a.vsd"))["VisioDocument"] == inner


def test_an_ordinary_drawing_is_silent() -> None:
    assert codes(take_apart(OLE, document([(SHEET, "會議室平面圖".encode("utf-16-le"))]), "a.vsd")) == set()


def test_words_of_packed_streams_outbound() -> None:
    data = document([(SHEET, "王大明 A123456789".encode("utf-16-le"))])
    found = OLE.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, "application/x-ole-storage"), Context(Limits(), outbound=True))
    assert any(isinstance(t, Text) and "A123456789" in t.content for t in found)


def test_more_than_there_is_room_for() -> None:
    data = drawing([(SHEET, bytes(3000)), (SHEET, bytes(3000))])
    assert [p.code for p in streams(data, 5000) if isinstance(p, Problem)] == [IncidentCode.RATIO]
    assert not [p for p in streams(data, 7000) if isinstance(p, Problem)]


def test_pieces_without_end_take_no_more_room_than_there_is() -> None:
    data = bytearray(drawing([]))
    body = packed(bytes(1000))
    at = len(data)
    data += body
    repeated = pointer(PIECE, at, len(body), 0x42, False)
    trailer = listed([repeated] * 15_000, False)
    at = len(data)
    data += trailer
    data[36:54] = pointer(0x14, at, len(trailer), LIST, False)
    assert [p.code for p in streams(bytes(data), 1 << 20) if isinstance(p, Problem)] == [IncidentCode.RATIO]


def test_streams_that_share_their_octets_are_no_drawing() -> None:
    data = bytearray(drawing([]))
    at, body = len(data), packed(bytes(1000))
    data += body
    trailer = listed([pointer(SHEET, at, len(body) - n, 0x42, False) for n in range(400)], False)
    at = len(data)
    data += trailer
    data[36:54] = pointer(0x14, at, len(trailer), LIST, False)
    assert [p.code for p in streams(bytes(data), 1 << 30) if isinstance(p, Problem)] == [IncidentCode.RATIO]


def test_lists_that_lead_back_to_themselves_end() -> None:
    data = bytearray(drawing([]))
    at = len(data)
    own = pointer(0x14, at, 12 + 18, LIST, False)
    data += listed([own], False)
    data[36:54] = own
    assert len(list(streams(bytes(data), ROOM))) == 2


@pytest.mark.parametrize("data", [b"", b"Visio (TM) Drawing\r\n\0", bytes(40)])
def test_no_drawing(data: bytes) -> None:
    assert [p.code for p in streams(data, ROOM) if isinstance(p, Problem)] == [IncidentCode.MALFORMED]
