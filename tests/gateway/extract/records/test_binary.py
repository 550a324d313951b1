from __future__ import annotations

import random
import struct

import pytest

from gateway.extract.records.binary import NoRecords, content

ROW = {"name": "陳志明", "id_no": "A123456789"}


def _head(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major << 5 | length])
    return bytes([major << 5 | 24, length]) if length < 256 else bytes([major << 5 | 25]) + struct.pack(">H", length)


def cbor(value) -> bytes:
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    return _head(0, value) if value >= 0 else _head(1, -1 - value)


def packed(value) -> bytes:
    if isinstance(value, str):
        octets = value.encode()
        return (bytes([0xA0 | len(octets)]) if len(octets) < 32 else bytes([0xD9, len(octets)])) + octets
    if isinstance(value, dict):
        return bytes([0x80 | len(value)]) + b"".join(packed(k) + packed(v) for k, v in value.items())
    if isinstance(value, list):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(packed, value))
    return bytes([value]) if 0 <= value < 128 else b"\xd3" + struct.pack(">q", value)


@pytest.mark.parametrize("value", [[ROW] * 40, [ROW, {"n": 3, "m": -7, "x": ["a" * 200]}], {"rows": [ROW]}])
@pytest.mark.parametrize("write", [cbor, packed])
def test_records(write, value):
    assert content(write(value)) == [value]
    assert content(write(value) * 2) == [value, value]


def test_other_values():
    assert content(b"\x9f\x61a\xf5\xf6\xfb" + struct.pack(">d", 1.5) + b"\xff") == [["a", True, None, 1.5]]
    assert content(b"\xbf\x61a\x42hi\xff") == [{"a": "hi"}]
    assert content(b"\x92\xc0\xd4\x01\x02") == [[None, "0102"]]


@pytest.mark.parametrize("data", [
    b"", b"A123456789", cbor([ROW])[:-1], packed([ROW])[:-1], b"\x9b" + b"\xff" * 8, b"\xdd\xff\xff\xff\xff", b"\x81" * 5000, b"\x9f" * 5000, b"\xc1",
    "報價單請查收".encode("cp950") * 20, b"\x80", random.Random(64).randbytes(64) + b"\xc1\x1c"])
def test_what_is_none(data):
    with pytest.raises(NoRecords):
        content(data)


@pytest.mark.parametrize("data", [
    b"\x81" * 60 + b"\x01" * 61, b"\xa1" * 60 + b"\x01" * 61, b"\xbf" * 60 + b"\x01" * 61, b"\x81\x91\x01\x02", b"\x5f\x81\x01\xff"])
def test_objects_that_name_values(data):
    """Sixty octets of objects for the names of objects, written out, filled the memory."""
    with pytest.raises(NoRecords):
        content(data)


def document(row: dict) -> bytes:
    body = b""
    for name, value in row.items():
        if isinstance(value, str):
            body += b"\2" + name.encode() + b"\0" + struct.pack("<I", len(value.encode()) + 1) + value.encode() + b"\0"
        elif isinstance(value, int):
            body += b"\x10" + name.encode() + b"\0" + struct.pack("<i", value)
        else:
            body += (b"\4" if isinstance(value, list) else b"\3") + name.encode() + b"\0" + document(
                dict(enumerate_as_text(value)) if isinstance(value, list) else value)
    return struct.pack("<I", len(body) + 5) + body + b"\0"


def enumerate_as_text(values: list) -> list:
    return [(str(number), value) for number, value in enumerate(values)]


def test_documents_of_mongodb():
    rows = [{**ROW, "n": n, "more": {"tags": ["a", "b"]}} for n in range(3)]
    assert content(b"".join(map(document, rows))) == rows


@pytest.mark.parametrize("data", [document(ROW)[:-1], document(ROW) + b"x", b"\xff\xff\xff\xff\2a\0", b"\5\0\0\0\0"])
def test_broken_documents_are_no_records(data):
    with pytest.raises(NoRecords):
        content(data)
