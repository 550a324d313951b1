"""Scripts and embedded files of Korean documents."""

from __future__ import annotations

import zlib

import pytest

from gateway.extract.base import Child, Problem
from gateway.extract.ole import OLE
from gateway.model.deadline import Limits
from tests.builders.archives import codes, take_apart
from tests.builders.documents import compound

HEADER = b"HWP Document File".ljust(256, b"\0")


def raw(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def test_scripts_and_embedded_files_are_inflated():
    script = "new ActiveXObject('WScript.Shell')".encode("utf-16-le")
    data = compound({"FileHeader": HEADER, "Scripts/DefaultJScript": raw(script), "BinData/BIN0001.OLE": raw(b"\x08\0\0\0MZ" + bytes(100)),
                     "BinData/BIN0002.png": b"\x89PNG\r\n\x1a\n" + bytes(100)})
    found = take_apart(OLE, data, "a.hwp")
    assert {script, b"\x08\0\0\0MZ" + bytes(100)} <= {c.data for c in found if isinstance(c, Child)}


def test_a_bomb_is_an_incident():
    data = compound({"FileHeader": HEADER, "BinData/BIN0001.bmp": raw(bytes(30 << 20))})
    assert [p.code.value for p in take_apart(OLE, data, "a.hwp", limits=Limits(ratio_floor=1 << 20)) if isinstance(p, Problem)] == ["RATIO"]


def test_plain_scripts_go_on_too() -> None:
    source = b"\x0a\0\0\0function OnDocument_Open() {}"
    found = take_apart(OLE, compound({"FileHeader": HEADER, "Scripts/DefaultJScript": source, "BinData/BIN0001.dat": b"\xff" * 30}), "a.hwp")
    assert [c.data for c in found if isinstance(c, Child)] == [source]


@pytest.mark.parametrize(("flags", "locked"), [(1, False), (3, True), (0x11, True), (0x101, True), (5, False), (9, False)])
def test_enciphered_documents_are_said(flags: int, locked: bool) -> None:
    header = b"HWP Document File".ljust(32, b"\0") + bytes((0, 3, 0, 5)) + flags.to_bytes(4, "little") + bytes(216)
    found = take_apart(OLE, compound({"FileHeader": header, "BodyText/Section0": b"\xff" * 90}), "a.hwp")
    assert ("ENCRYPTED" in codes(found)) == locked
