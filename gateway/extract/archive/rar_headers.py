"""Block headers of RAR 4 and RAR 5 archives (rarlab.com/technote.htm; the RAR 4 form by its own technote.txt).

Both give `Entry` values; `rebuilt` writes an unencrypted archive of some of them, under plain names, for libarchive.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.extract.archive.member_names import readings
from gateway.extract.text.codings import certain

SERVICES = (b"CMT", b"STM")
"""Service blocks with content of the sender's: archive comment, alternate data stream. Others (recovery record, quick open) hold
what the program made; a file in them is told by how it begins."""
KINDS5 = frozenset({1, 2, 3, 4, 5})
PLAIN4 = frozenset({0x72, 0x73, 0x78, 0x79, 0x7B})
"""Blocks of RAR 4 that carry nothing of the sender's: marks, recovery record, signature. What any other carries is looked at."""

RAR4, RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"


@dataclass(frozen=True, slots=True)
class Lock:
    """How an entry (or all headers) is encrypted. RAR 4 has only a salt."""

    salt: bytes
    count: int = 0                       # RAR 5: PBKDF2 rounds are 2^count
    vector: bytes = b""
    check: bytes = b""                   # RAR 5: 8 octets that prove the password, b"" where there are none
    tweaked: bool = False                # RAR 5: checksums depend on the password


@dataclass(frozen=True, slots=True)
class Entry:
    names: tuple[str, ...]
    packed: bytes
    size: int
    crc: int | None
    method: int                          # RAR 4: 0x30 to 0x35; RAR 5: the whole compression field
    version: int = 0                     # RAR 4: needed to unpack
    directory: bool = False
    before: bool = False                 # continues from another volume
    after: bool = False                  # continues in another volume
    solid: bool = False
    flags: int = 0
    lock: Lock | None = None
    link: str = ""
    cut: bool = False                    # fewer octets there than promised

    @property
    def split(self) -> bool:
        return self.before or self.after

    @property
    def stored(self) -> bool:
        return self.method == 0x30 if self.version else self.method >> 7 & 7 == 0


@dataclass(frozen=True, slots=True)
class Locked:
    """Yielded in place of entries: the headers themselves are encrypted."""

    lock: Lock


BLOCKS = 20_000
"""Blocks of one archive: a hundred volumes of members, comments, owners and recovery records."""
HEADER = 2 << 20
"""Octets of one block's header (RAR 5 technote: "must not exceed 2 MB")."""
NAME = 1 << 13
"""Octets of a name: RAR writes 2,048 characters."""
RECORDS = 100
"""Extra records of one header; six kinds are defined."""


COMMENT = 64
"""Octets of the archive header of RAR 4 (13 by itself) from which what follows its fields is looked at."""


class TooMany(ValueError):
    """More blocks or records than any archive has, or a longer name. One line."""


def is_volume(data: bytes) -> bool:
    """Whether an archive says in its first header that it goes on in others, or hides that header."""
    if not data.startswith(RAR5):
        return data.startswith(RAR4) and len(data) > 11 and bool(data[10] & 1)
    try:
        _, at = vint(data, len(RAR5) + 4)
        kind, at = vint(data, at)
        flags, at = vint(data, at)
        _, at = vint(data, at) if flags & 1 else (0, at)
        return kind == 4 or (kind == 1 and bool(vint(data, at)[0] & 1))
    except ValueError:
        return False


def vint(data: bytes, at: int) -> tuple[int, int]:
    """RAR 5's integer: seven bits an octet, lowest first. Raises ValueError where it does not end."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        octet = data[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if not octet & 0x80:
            return value, at
    raise ValueError("vint")


def entries5(data: bytes, decrypt: Callable[[Lock, bytes, bytes], bytes | None], begin: int = 0) -> Iterator[Entry | Locked | int]:
    """Entries of a RAR 5 archive; at the end the offset behind its last block."""
    at = begin + len(RAR5)
    lock: Lock | None = None
    count = 0
    while at + 7 <= len(data):
        count += 1
        if count > BLOCKS:
            raise TooMany(f"more than {BLOCKS} blocks")
        if lock:
            block = decrypt(lock, data[at:at + 16], data[at + 16:at + 16 + (1 << 17)])
            if block is None:
                yield Locked(lock)
                return
            size, begin = vint(block, 4)
            header, at = block[begin:begin + size], at + 16 + (begin + size + 15) // 16 * 16
        else:
            size, begin = vint(data, at + 4)
            header, at = data[begin:begin + size], begin + size
        if size > HEADER:
            raise ValueError("header")
        kind, cursor = vint(header, 0)
        flags, cursor = vint(header, cursor)
        extra_size, cursor = vint(header, cursor) if flags & 1 else (0, cursor)
        data_size, cursor = vint(header, cursor) if flags & 2 else (0, cursor)
        body = data[at:at + data_size]
        at += data_size
        if kind == 4:
            lock = _lock5(header[cursor:])
        elif kind in (2, 3):
            entry, service = _file5(header, cursor, extra_size, flags, body, len(body) < data_size)
            if kind == 2 or service in SERVICES or certain(body):
                yield entry
        elif kind not in KINDS5 and body and not lock:
            if len(body) < data_size:
                raise ValueError("block")
            yield _carried(body, 0)
        elif kind == 5:
            break
    yield at


def _carried(body: bytes, version: int) -> Entry:
    """What a block of another kind carries: unpackers pass over it (RAR 5 technote, general block format)."""
    return Entry(("block",), body, len(body), None, 0x30 if version else 0, version)


def _lock5(octets: bytes) -> Lock:
    _, at = vint(octets, 0)
    flags, at = vint(octets, at)
    return Lock(octets[at + 1:at + 17], octets[at], b"", octets[at + 17:at + 25] if flags & 1 else b"")


def _file5(header: bytes, at: int, extra_size: int, block_flags: int, body: bytes, cut: bool) -> tuple[Entry, bytes]:
    """The entry, and its name as it stands: for service headers that of the service."""
    flags, at = vint(header, at)
    size, at = vint(header, at)
    _, at = vint(header, at)
    at += 4 if flags & 2 else 0
    crc = struct.unpack_from("<L", header, at)[0] if flags & 4 else None
    at += 4 if flags & 4 else 0
    method, at = vint(header, at)
    _, at = vint(header, at)
    length, at = vint(header, at)
    if length > NAME:
        raise TooMany(f"a name of more than {NAME} octets")
    name = service = header[at:at + length]
    lock, link = None, ""
    for kind, record in _records(header[len(header) - extra_size:] if extra_size else b""):
        if kind == 7 and name == b"STM":
            name = b"STM" + record           # an alternate data stream's own name (CVE-2025-8088 put a path there)
        if kind == 1:
            lock = _file_lock(record)
        elif kind == 5:
            link = _redirection(record)
    names = readings(name.removeprefix(b"STM:"), utf8=True) if name.startswith(b"STM:") else readings(name, utf8=True)
    return Entry(names, body, size, crc, method, 0, bool(flags & 1), bool(block_flags & 8), bool(block_flags & 16),
                 bool(method & 0x40), flags, lock, link, cut), service


def _records(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = count = 0
    while at < len(octets):
        count += 1
        if count > RECORDS:
            raise TooMany(f"more than {RECORDS} records of a header")
        size, begin = vint(octets, at)
        kind, body = vint(octets, begin)
        yield kind, octets[body:begin + size]
        at = begin + size


def _file_lock(record: bytes) -> Lock:
    _, at = vint(record, 0)
    flags, at = vint(record, at)
    body = record[at + 1:]
    return Lock(body[:16], record[at], body[16:32], body[32:40] if flags & 1 else b"", bool(flags & 2))


def _redirection(record: bytes) -> str:
    _, at = vint(record, 0)
    _, at = vint(record, at)
    length, at = vint(record, at)
    return record[at:at + length].decode("utf-8", "replace")


def entries4(data: bytes, decrypt: Callable[[Lock, bytes, bytes], bytes | None], begin: int = 0) -> Iterator[Entry | Locked | int]:
    """Entries of a RAR 4 archive; at the end the offset behind its last block."""
    at = begin + len(RAR4)
    encrypted = False
    count = 0
    while at + 7 <= len(data):
        count += 1
        if count > BLOCKS:
            raise TooMany(f"more than {BLOCKS} blocks")
        block = data[at:at + (1 << 16)]
        step = 0
        if encrypted:
            lock = Lock(data[at:at + 8])
            plain = decrypt(lock, b"", data[at + 8:at + 8 + (1 << 17)])
            if plain is None:
                yield Locked(lock)
                return
            block, step = plain, 8
        _, kind, flags, size = struct.unpack_from("<HBHH", block)
        if size < 7 or not 0x72 <= kind <= 0x7B:
            break
        at += step + ((size + 15) // 16 * 16 if encrypted else size)
        added = struct.unpack_from("<L", block, 7)[0] if flags & 0x8000 or kind in (0x74, 0x7A) else 0
        if kind == 0x73:
            encrypted = bool(flags & 0x80)
            if size > COMMENT:
                yield _carried(block[13:size], 20)       # before RAR 3 the comment stood in the archive's header
        elif kind == 0x74 and size >= 32:
            high = struct.unpack_from("<L", block, 32)[0] if flags & 0x100 else 0
            added |= high << 32
            yield _file4(block[:size], flags, data[at:at + added], added)
        elif kind == 0x7A and size >= 32:
            service = _file4(block[:size], flags, data[at:at + added], added)
            ours = service.names[0].encode("utf-8", "replace")[:3] in SERVICES or certain(data[at:at + added])
            if ours and not (service.lock or service.solid):
                yield service                            # comments of files are packed as one stream with each other
        elif kind not in PLAIN4 and added and not encrypted:
            yield _carried(data[at:at + added], 20)
        at += added
        if kind == 0x7B:
            break
    yield at


def _file4(block: bytes, flags: int, body: bytes, promised: int) -> Entry:
    _, size, _, crc, _, version, method, length, _ = struct.unpack_from("<LLBLLBBHL", block, 7)
    at = 40 if flags & 0x100 else 32
    raw = block[at:at + length]
    at += length
    lock = Lock(block[at:at + 8] if flags & 0x400 else b"") if flags & 4 else None
    return Entry(names4(raw, bool(flags & 0x200)), body, size, crc, method, max(version, 1), flags & 0xE0 == 0xE0, bool(flags & 1),
                 bool(flags & 2), bool(flags & 0x10), flags, lock, cut=len(body) < promised)


def names4(raw: bytes, unicode: bool) -> tuple[str, ...]:
    """The OEM name, or with the flag 0x200 also the compressed UTF-16 one behind a zero."""
    plain, zero, packed = raw.partition(b"\0")
    found = readings(plain, utf8=unicode) if not unicode or not zero else (_unpack_name(plain, packed), *readings(plain))
    return tuple(dict.fromkeys(n.replace("\\", "/") for n in found))


def _unpack_name(plain: bytes, packed: bytes) -> str:
    """RAR 4's name compression: two bits a character choose low octet, octet and high octet, both, or a run of the OEM name."""
    units: list[int] = []
    at, flags, bits = 1, 0, 0
    while at < len(packed) and len(units) < 2048:
        if not bits:
            flags, bits, at = packed[at], 8, at + 1
            if at >= len(packed):
                break
        bits -= 2
        mode = flags >> bits & 3
        if mode == 0:
            units.append(packed[at])
        elif mode == 1:
            units.append(packed[at] | packed[0] << 8)
        elif mode == 2 and at + 1 < len(packed):
            units.append(packed[at] | packed[at + 1] << 8)
            at += 1
        elif mode == 3:
            at = _run(plain, packed, at, units)
        at += 1
    return struct.pack(f"<{len(units)}H", *units).decode("utf-16-le", "replace")


def _run(plain: bytes, packed: bytes, at: int, units: list[int]) -> int:
    count = packed[at]
    correction = 0
    high = 0
    if count & 0x80 and at + 1 < len(packed):
        at += 1
        correction, high = packed[at], packed[0] << 8
    for _ in range((count & 0x7F) + 2):
        if len(units) < len(plain):
            units.append((plain[len(units)] + correction & 0xFF) | high)
    return at


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _block5(kind: int, flags: int, body: bytes) -> bytes:
    header = _number(kind) + _number(flags) + body
    header = _number(len(header)) + header
    return struct.pack("<L", zlib.crc32(header)) + header


def rebuilt5(entries: list[tuple[Entry, bytes]]) -> bytes:
    """A RAR 5 archive of these entries with these packed octets; members are named by their index."""
    solid = any(e.solid for e, _ in entries)
    out = bytearray(RAR5 + _block5(1, 0, _number(4 if solid else 0)))
    for index, (entry, packed) in enumerate(entries):
        name = b"%d" % index
        body = _number(len(packed)) + _number(0) + _number(entry.size) + _number(0x20) + _number(entry.method) + _number(1)
        out += _block5(2, 2, body + _number(len(name)) + name) + packed
    return bytes(out) + _block5(5, 0, _number(0))


def _block4(kind: int, flags: int, body: bytes) -> bytes:
    header = struct.pack("<BHH", kind, flags, len(body) + 7) + body
    return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header


def rebuilt4(entries: list[tuple[Entry, bytes]]) -> bytes:
    """The same as RAR 4."""
    out = bytearray(RAR4 + _block4(0x73, 8 if any(e.solid for e, _ in entries) else 0, bytes(6)))
    for index, (entry, packed) in enumerate(entries):
        name = b"%d" % index
        body = struct.pack("<LLBLLBBHL", len(packed), entry.size, 2, entry.crc or 0, 0x21 << 16, entry.version, entry.method,
                           len(name), 0x20)
        out += _block4(0x74, 0x8000 | entry.flags & 0xF0, body + name) + packed
    return bytes(out) + _block4(0x7B, 0x4000, b"")
