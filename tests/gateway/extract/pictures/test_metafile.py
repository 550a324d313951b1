"""Metafiles: words by their places, bitmaps, pictures in comments; records that end early."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.pictures.metafile import METAFILE
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.deadline import Limits


def read(data: bytes, kind: str, outbound: bool = True) -> list[object]:
    node = Node(Artifact(1, 0, ArtifactKind.IMAGE), data, kind)
    assert METAFILE.claims(node)
    return list(METAFILE.extract(node, Context(Limits(), outbound=outbound)))


def dib() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "blue").save(out, "DIB")
    return out.getvalue()


def emf(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<II", kind, 8 + len(body)) + body for kind, body in ((1, bytes(80)), *records, (14, bytes(12))))


def wide(across: int, down: int, text: str) -> tuple[int, bytes]:
    raw = text.encode("utf-16-le")
    return 84, bytes(28) + struct.pack("<iiII", across, down, len(text), 76) + bytes(24) + raw


def test_words_of_an_enhanced_metafile_are_rows() -> None:
    data = emf(wide(10, 100, "姓名"), wide(90, 101, "證號"), wide(90, 140, "A123456789"), wide(10, 140, "王大明"), wide(10, 180, "x"))
    text, table = read(data, "image/emf")
    assert isinstance(text, Text) and "A123456789" in text.content
    assert isinstance(table, Table) and table.rows == (("姓名", "證號"), ("王大明", "A123456789"), ("x",))
    assert read(data, "image/emf", outbound=False) == []


def test_narrow_and_small_words() -> None:
    narrow = 83, bytes(28) + struct.pack("<iiII", 1, 2, 4, 76) + bytes(24) + b"1234"
    small = 108, struct.pack("<iiII", 1, 50, 3, 0x300) + bytes(12) + b"567"
    text, _ = read(emf(narrow, small), "image/emf")
    assert isinstance(text, Text) and text.content == "1234\n567"


def test_bitmaps_and_pictures_in_comments() -> None:
    picture, bitmap = b"\x89PNG\r\n\x1a\nrest", dib()
    stretched = 81, bytes(40) + struct.pack("<IIII", 80, 40, 120, len(bitmap) - 40) + bytes(16) + bitmap
    first, second = (part.data for part in read(emf(stretched, (70, b"....EMF+" + picture)), "image/emf") if isinstance(part, Child))
    assert Image.open(io.BytesIO(first)).convert("RGB").getpixel((2, 2)) == (0, 0, 255)
    assert second == picture


def test_a_windows_metafile_with_and_without_its_head() -> None:
    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<IH", 3 + len(body) // 2, kind) + body

    body = (b"\x01\0\x09\0" + bytes(14) + record(0x0521, struct.pack("<H", 4) + b"1234" + struct.pack("<hh", 7, 5))
            + record(0x0A32, struct.pack("<hhHH", 90, 5, 4, 0) + b"5678") + record(0x0F43, bytes(22) + dib()) + record(0, b""))
    for data in (body, b"\xd7\xcd\xc6\x9a" + bytes(18) + body):
        child, text, table = read(data, "image/wmf")
        assert isinstance(child, Child) and child.data.startswith(b"BM")
        assert isinstance(text, Text) and text.content == "1234\n5678"
        assert isinstance(table, Table) and table.rows == (("1234",), ("5678",))


def test_records_that_end_early() -> None:
    assert read(struct.pack("<II", 1, 88) + bytes(80) + struct.pack("<II", 84, 60) + bytes(20), "image/emf") == []
    short = b"\x01\0\x09\0" + bytes(14) + struct.pack("<IHH", 5, 0x0521, 200) + b"12"
    assert isinstance(read(short, "image/wmf")[0], Problem)
    assert read(struct.pack("<II", 1, 0), "image/emf") == []


def wmf(*records: tuple[int, bytes], placeable: bool = False, disk: bool = False) -> bytes:
    head = struct.pack("<4sH4hHIH", b"\xd7\xcd\xc6\x9a", 0, 0, 0, 9, 9, 96, 0, 0) if placeable else b""
    body = b"".join(struct.pack("<IH", 3 + len(data) // 2, kind) + data for kind, data in (*records, (0, b"")))
    return head + struct.pack("<HHHIHIH", 2 if disk else 1, 9, 0x300, 9 + len(body) // 2, 0, 9, 0) + body


@pytest.mark.parametrize(("placeable", "disk"), [(False, False), (False, True), (True, False)])
@pytest.mark.parametrize("kind", [0x0626, 0x0026, 0xA326])
@pytest.mark.parametrize("outbound", [False, True])
def test_code_that_windows_would_run(placeable: bool, disk: bool, kind: int, outbound: bool) -> None:
    data = wmf((0x0103, b"\x08\0"), (kind, b"\x09\0\0\0" + b"\x90" * 12), placeable=placeable, disk=disk)
    assert identify(data) == "image/wmf"
    found = read(data, "image/wmf", outbound)
    assert [part.code for part in found if isinstance(part, Observation)] == ["WMF-CODE"]


@pytest.mark.parametrize("data", [
    wmf((0x0626, b"\x0f\0\4\0abcd")),                               # a comment
    wmf((0x0626, b"\x0f\0\x0c\0" + b"\x26\x06\x09\0" * 3)),         # the octets in a comment
    wmf((0x0521, b"\4\0&\x06\x09\0" + bytes(4))),                    # and in words
    wmf(), b"\1\0\x09\0\0\3&\x06\x09\0",
])
def test_escapes_that_run_nothing(data: bytes) -> None:
    assert read(data, "image/wmf", outbound=False) == []
