"""Pictures and links that drawings of binary documents name."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Problem
from gateway.extract.office.binary import escher
from gateway.extract.office.binary.escher import linked
from gateway.extract.office.binary.ole import OLE
from tests.builders.archives import codes, take_apart
from tests.builders.documents import class_id, compound
from tests.builders.growth import linear

SHARE = "\\\\h.example\\s\\a.png"


def table(*properties: tuple[int, int | bytes], kind: int = 0xF00B) -> bytes:
    """A table of properties; what is no number stands behind it."""
    entries = b"".join(struct.pack("<HI", number | (0x8000 if isinstance(value, bytes) else 0), len(value) if isinstance(value, bytes) else value)
                       for number, value in properties)
    body = entries + b"".join(value for _, value in properties if isinstance(value, bytes))
    return struct.pack("<HHI", 3 | len(properties) << 4, kind, len(body)) + body


def wide(text: str) -> bytes:
    return (text + "\0").encode("utf-16-le")


@pytest.mark.parametrize(("properties", "held"), [
    (((0x105, wide(SHARE)), (0x106, 0x0A)), True), (((0x105, wide(SHARE)),), True), (((0x104, 1), (0x105, wide(SHARE)), (0x106, 0x0E)), True),
    (((0x104, 1), (0x105, wide(SHARE)), (0x106, 0)), False), (((0x105, wide("C:\\a.png")),), False), (((0x105, wide("https://h.example/a.png")),), False),
    (((0x105, wide("\\\\FS01\\pics\\a.png")),), False), (((0x187, wide(SHARE)),), True), (((0x1C6, wide(SHARE)),), True),
    (((0x381, wide(SHARE)),), False),
])
@pytest.mark.parametrize("name", ["1Table", "Workbook", "PowerPoint Document", "Escher/EscherStm", "Data"])
def test_pictures_elsewhere(properties: tuple, held: bool, name: str) -> None:
    data = compound({name: bytes(24) + table(*properties) + bytes(5000)})
    assert ("DOC-EXTERNAL-SHARE" in codes(take_apart(OLE, data, "a.doc"))) == held


def test_links_of_shapes() -> None:
    link = bytes(8) + class_id("79eac9e0-baf9-11ce-8c82-00aa004ba90b") + wide("\\\\h.example\\s\\a.exe")
    assert [found.code for found in linked(table((0x382, link), kind=0xF122))] == ["DOC-LINK-PROGRAM"]
    assert list(linked(table((0x382, wide("https://h.example/a"))))) == []


@pytest.mark.parametrize("size", [0, 1, 7, 9, 15])
def test_tables_that_end_early(size: int) -> None:
    assert list(linked(table((0x105, wide(SHARE)))[:size])) == []


def test_tables_cost_what_they_are_long() -> None:
    assert linear(lambda data: list(linked(data)), lambda n: table((0x104, 1)) * n, 4_000)


def test_tables_within_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each head is the beginning of a table of the largest number of entries."""
    data = struct.pack("<HHI", 0xFFF3, 0xF00B, 1 << 30) * 40_000
    assert [type(found) for found in linked(data)] == [Problem]
    monkeypatch.setattr(escher, "WORK", 100)
    assert [type(found) for found in linked(table((0x104, 1)) * 20)] == [Problem]
    assert list(linked(table((0x104, 1)) * 16)) == []
