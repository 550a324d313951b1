"""Records in binary formats that describe themselves: CBOR (RFC 8949), MessagePack, BSON. Plain values only, nothing runs."""

from __future__ import annotations

import struct
from typing import Any

DEEPEST = 64
MOST_VALUES = 3_000_000


class NoRecords(ValueError):
    """The octets are none of these formats, or broken. One line."""


def content(data: bytes) -> list[Any]:
    """The lists and objects, one after the other, of octets that are nothing else. Raises NoRecords."""
    for read in (_bson, _cbor, _msgpack):
        try:
            values = _all(data, read)
        except (IndexError, struct.error, UnicodeDecodeError, NoRecords, TypeError):
            continue
        if values and all(isinstance(value, (dict, list)) and value for value in values):
            return values
    raise NoRecords("neither CBOR nor MessagePack nor BSON")


class _Input:
    """The octets and how far they are read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.count = data, 0, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise NoRecords("ends within a value")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def step(self, depth: int) -> None:
        self.count += 1
        if depth > DEEPEST or self.count > MOST_VALUES:
            raise NoRecords("too deep or too many values")


def _all(data: bytes, read: Any) -> list[Any]:
    source, values = _Input(data), []
    while source.at < len(data):
        values.append(read(source, 0))
    return values


def _cbor(source: _Input, depth: int) -> Any:
    source.step(depth)
    head = source.number(1)
    major, small = head >> 5, head & 31
    if major == 7:
        return _cbor_simple(source, small)
    if small == 31:
        return _endless(source, major, depth)
    if small > 27:
        raise NoRecords("reserved length")
    length = small if small < 24 else source.number(1 << small - 24)
    if major in (0, 1):
        return length if major == 0 else -1 - length
    if major == 2:
        return source.take(length).decode("utf-8", "replace")
    if major == 3:
        return source.take(length).decode("utf-8")
    if major == 6:
        return _cbor(source, depth + 1)
    if length > len(source.data):
        raise NoRecords("more values than octets")
    return _filled(source, _cbor, major == 5, length, depth)


def _cbor_simple(source: _Input, small: int) -> Any:
    if small in (20, 21, 22, 23):
        return (False, True, None, None)[small - 20]
    if small in (25, 26, 27):
        return struct.unpack({25: ">e", 26: ">f", 27: ">d"}[small], source.take(1 << small - 24))[0]
    raise NoRecords("unknown simple value")


def _endless(source: _Input, major: int, depth: int) -> Any:
    """Lists, objects and strings that end with a break."""
    if major not in (2, 3, 4, 5):
        raise NoRecords("no such length")
    items = []
    while source.data[source.at] != 0xFF:
        items.append(_cbor(source, depth + 1))
    source.at += 1
    if major == 5:
        return {_key(k): v for k, v in zip(items[::2], items[1::2], strict=False)}
    return items if major == 4 else "".join(map(_key, items))


def _key(value: Any) -> str:
    """What names a value. A list or an object there is none: written out, each within the other doubles."""
    if isinstance(value, (dict, list)):
        raise NoRecords("a list or an object for a name")
    return str(value)


def _filled(source: _Input, read: Any, pairs: bool, length: int, depth: int) -> Any:
    if not pairs:
        return [read(source, depth + 1) for _ in range(length)]
    found = {}
    for _ in range(length):
        key = read(source, depth + 1)
        found[_key(key)] = read(source, depth + 1)
    return found


SCALARS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
HELD = {0xDC: (False, 2), 0xDD: (False, 4), 0xDE: (True, 2), 0xDF: (True, 4)}
EXTENSIONS = {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}


def _msgpack(source: _Input, depth: int) -> Any:
    source.step(depth)
    head = source.number(1)
    if head < 0x80 or head >= 0xE0:
        return head if head < 0x80 else head - 256
    if head < 0xA0:
        return _filled(source, _msgpack, head < 0x90, head & 15, depth)
    if head < 0xC0:
        return source.take(head & 31).decode("utf-8")
    if head in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[head]
    if head in SCALARS:
        return struct.unpack(SCALARS[head], source.take(struct.calcsize(SCALARS[head])))[0]
    if head in SIZED:
        octets = source.take(source.number(SIZED[head]))
        return octets.decode("utf-8") if head >= 0xD9 else octets.decode("utf-8", "replace")
    if head in EXTENSIONS:
        return source.take(EXTENSIONS[head]).hex()
    if head not in HELD:
        raise NoRecords("unknown head")
    pairs, size = HELD[head]
    length = source.number(size)
    if length > len(source.data):
        raise NoRecords("more values than octets")
    return _filled(source, _msgpack, pairs, length, depth)


STRING, DOCUMENT, ARRAY, BINARY, PATTERN, EMPTY = 2, 3, 4, 5, 11, (6, 10, 127, 255)
FIXED = {1: "<d", 9: "<q", 16: "<i", 17: "<Q", 18: "<q"}
OCTETS = {7: 12, 8: 1, 19: 16}
"""Kinds of values by their number, and how long those are that have one length (bsonspec.org, 1.1)."""


def _bson(source: _Input, depth: int) -> Any:
    """A document of MongoDB: its length, then kind, name and value of each field, and a nought."""
    source.step(depth)
    begin = source.at
    end = begin + int.from_bytes(source.take(4), "little")
    if not begin + 5 <= end <= len(source.data):
        raise NoRecords("no such length")
    found: dict[str, Any] = {}
    while (kind := source.number(1)) != 0:
        name = _named(source)
        found[name] = _field(source, kind, depth)
    if source.at != end:
        raise NoRecords("ends elsewhere")
    return found


def _named(source: _Input) -> str:
    end = source.data.find(b"\0", source.at)
    name = source.take(end - source.at) if end >= 0 else b""
    source.take(1)
    return name.decode("utf-8")


def _field(source: _Input, kind: int, depth: int) -> Any:
    source.step(depth)
    if kind in (STRING, 13, 14):
        return source.take(int.from_bytes(source.take(4), "little")).decode("utf-8").rstrip("\0")
    if kind in (DOCUMENT, ARRAY):
        inner = _bson(source, depth + 1)
        return list(inner.values()) if kind == ARRAY else inner
    if kind in FIXED:
        return struct.unpack(FIXED[kind], source.take(struct.calcsize(FIXED[kind])))[0]
    if kind in OCTETS:
        return source.take(OCTETS[kind]).hex()
    if kind == BINARY:
        return source.take(int.from_bytes(source.take(4), "little") + 1)[1:].decode("utf-8", "replace")
    if kind == PATTERN:
        return _named(source) + _named(source)
    if kind in EMPTY:
        return None
    raise NoRecords("unknown kind")
