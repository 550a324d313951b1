from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.workbook.lotus import LOTUS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def first(charset="ascii", name="Name"):
    label = b"'" + name.encode(charset) + b"\0"
    return (record(0, b"\x06\x04") + record(0x0F, struct.pack("<BHH", 255, 0, 0) + label) + record(0x0F, struct.pack("<BHH", 255, 1, 0) + b"'SSN\0")
            + record(0x0D, struct.pack("<BHHh", 0, 0, 1, 7)) + record(0x0E, struct.pack("<BHHd", 0, 1, 1, 123456789.0))
            + record(0x10, struct.pack("<BHHd", 0, 2, 1, 0.5) + bytes(9)) + record(1, b"") + b"rest")


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.wk1",)), data, "application/octet-stream")
    return list(LOTUS.extract(node, Context(Limits(), outbound=outbound))) if LOTUS.claims(node) else None


def test_texts_and_numbers_stand_in_their_columns():
    assert read(first()) == [Table("sheet 1", (("Name", "SSN"), ("7", "123456789", "0.5")))]
    assert read(first(), outbound=False) == []
    assert read(b"\0\0\x02\0\xff\xff") is None


@pytest.mark.parametrize(("charset", "name"), [("cp932", "髙橋タロウ様のご住所"), ("cp950", "客戶姓名及地址")])
def test_charsets_of_the_region(charset, name):
    assert read(first(charset, name))[0].rows[0][0] == name


def test_later_versions_have_several_sheets():
    data = record(0, struct.pack("<HH", 0x1000, 4) + bytes(22)) + record(0x16, struct.pack("<HBB", 2, 1, 3) + b"'A123456789\0") + record(
        0x18, struct.pack("<HBBh", 0, 0, 0, 14)) + record(1, b"")
    assert read(data) == [Table("sheet 1", (("7",),)), Table("sheet 2", (("", "", "", "A123456789"),))]


def test_damaged_files_and_cells_far_apart():
    assert read(first()[:30]) == [Table("sheet 1", (("Name",),))]
    far = record(0, b"\x06\x04") + b"".join(record(0x0D, struct.pack("<BHHh", 0, 256, row, 1)) for row in range(60_000))
    assert [type(item) for item in read(far)] == [Problem]
