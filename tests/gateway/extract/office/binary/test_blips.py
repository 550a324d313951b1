"""Pictures of binary office files: each kind of record, in PowerPoint's stream and in a workbook."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from gateway.extract.office.binary import blips


def record(kind: int, body: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(body)) + body


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), "red").save(out, "PNG")
    return out.getvalue()


def dib() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), "red").save(out, "DIB")
    return out.getvalue()


@pytest.mark.parametrize("sums", [16, 32])
def test_each_kind(sums: int) -> None:
    head = bytes(sums)
    metafile = head + bytes(34) + zlib.compress(b"metafile")
    stream = record(0xF01E, head + b"\xff" + png()) + record(0xF01F, head + b"\xff" + dib()) + record(0xF01A, metafile) + record(0xF01D, b"x")
    first, second, third = (child.data for child in blips.pictures(stream, 1 << 20))
    assert first == png()
    assert Image.open(io.BytesIO(second)).convert("RGB").getpixel((3, 3)) == (255, 0, 0)
    assert third == b"metafile"
    assert len(list(blips.pictures(stream, 10))) == 1     # no more room


def test_those_of_word() -> None:
    def picture(records: bytes, kind: int, name: bytes = b"") -> bytes:
        return struct.pack("<IHH", 68 + len(name) + len(records), 0x44, kind) + bytes(60) + name + records

    shape = struct.pack("<HHI", 0xF, 0xF004, 99) + record(0xF00A, bytes(8))
    entry = struct.pack("<HHI", 0x62, 0xF007, 36 + 60) + bytes(36)
    data = picture(shape + entry + record(0xF01E, bytes(17) + png()), 0x64) + picture(record(0xF01D, bytes(17) + b"\xff\xd8\xffx"), 0x66, b"\x02ab")
    assert [child.data for child in blips.of_word(data, 1 << 20)] == [png(), b"\xff\xd8\xffx"]
    assert list(blips.of_word(bytes(100), 1 << 20)) == list(blips.of_word(data[:40], 1 << 20)) == []


def test_the_drawing_group_of_a_workbook() -> None:
    entry = struct.pack("<HHI", 0x62, 0xF007, 36 + 4 + 60) + bytes(33) + b"\x04" + bytes(2) + b"n\0\0\0"
    group = struct.pack("<HHI", 0xF, 0xF000, 999) + struct.pack("<HHI", 0xF, 0xF001, 999) + entry + record(0xF01E, bytes(17) + png())
    half = len(group) // 2
    stream = (struct.pack("<HH", 0x809, 4) + bytes(4) + struct.pack("<HH", 0xEB, half) + group[:half]
              + struct.pack("<HH", 0x3C, len(group) - half) + group[half:] + struct.pack("<HH", 0x0A, 0))
    assert [child.data for child in blips.of_workbook(stream, 1 << 20)] == [png()]
    assert list(blips.of_workbook(struct.pack("<HH", 0x0A, 0) + stream, 1 << 20)) == []
    assert list(blips.of_workbook(b"\xeb\0\xff", 1 << 20)) == []
