"""The parts of an office package (a ZIP): central directory first, case does not count, every part bounded.

Contradictions between central directory and local headers are judged by the archive reader, which sees the same node.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.extract.base import Problem
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

END, CENTRAL = b"PK\x05\x06", b"PK\x01\x02"
END_WITHIN = 66_000                      # octets before the end of the file in which its end record begins
UTF8 = 0x800                             # flag: the name is UTF-8
ENTRIES = 20_000                         # parts of one package; the largest real ones have a few thousand
XML_FLOOR = 4 << 20
"""Octets of an XML part above which its ratio counts, below the floor for everything else: its markup costs by the element.
A sheet of a million styled empty cells is packed 12 to 1, one of equal rows that carry their numbers 30 to 1."""
MARKUP = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
OFFICE_NAMES = re.compile(rb"content_types\]\.xml|_rels/|mimetype|META-INF/manifest", re.I)


class PartRefused(ValueError):
    """A part that cannot be read. `problem` says why."""

    def __init__(self, code: IncidentCode, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(code, detail)


@dataclass(frozen=True, slots=True)
class Entry:
    name: str                            # with forward slashes, no leading slash
    method: int
    flags: int
    packed: int
    size: int
    offset: int                          # of the local header
    crc: int                             # of what is unpacked, as the directory says


class Package:
    """Reads parts from memory. The sum of all that is read stays below the allowance of the container."""

    def __init__(self, data: bytes, limits: Limits, allowance: int) -> None:
        self.data = data
        self.limits = limits
        self.left = allowance
        self.entries: dict[str, Entry] = {}
        self.found = _central(data)
        for entry in self.found:
            self.entries.setdefault(entry.name.lower(), entry)
        self.doubled = len(self.found) > len(self.entries)    # two parts of one name: which of them is read is the reader's choice

    def __contains__(self, name: str) -> bool:
        return name.lower().lstrip("/") in self.entries

    def read(self, name: str) -> bytes:
        """Unpacked octets of a part. Raises KeyError for an unknown name, PartRefused."""
        return self.content(self.entries[name.lower().lstrip("/")])

    def content(self, entry: Entry) -> bytes:
        """The same of one of several parts of one name."""
        if entry.flags & 1:
            raise PartRefused(IncidentCode.ENCRYPTED, entry.name)
        start = self._start(entry)
        packed = self.data[start:start + entry.packed]
        if entry.method == 0:
            made = packed
        elif entry.method == 8:
            made = self._inflate(packed, entry)
        else:
            raise PartRefused(IncidentCode.UNSUPPORTED, f"method {entry.method} in {entry.name}")
        self.left -= len(made)
        return bytes(made)

    def stored(self, parts: Mapping[str, bytes]) -> bytes:
        """A package of these unpacked parts with the checksums of this one; empty where a name is there twice."""
        if self.doubled:
            return b""
        made: list[bytes] = []
        directory, at = bytearray(), 0
        for name, content in parts.items():
            raw = name.encode("utf-8", "replace")
            crc, size = self.entries[name.lower()].crc, len(content)
            fields = struct.pack("<HHHHHIIIHH", 20, UTF8, 0, 0, 0x21, crc, size, size, len(raw), 0)
            directory += b"PK\x01\x02\x14\0" + fields + struct.pack("<HHHII", 0, 0, 0, 0, at) + raw
            made += (b"PK\x03\x04" + fields + raw, content)
            at += 30 + len(raw) + size
        end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), at, 0)
        return b"".join([*made, directory, END, end])

    def _start(self, entry: Entry) -> int:
        header = self.data[entry.offset:entry.offset + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise PartRefused(IncidentCode.MALFORMED, f"no local header for {entry.name}")
        name, extra = struct.unpack_from("<HH", header, 26)
        return int(entry.offset + 30 + name + extra)

    def _inflate(self, packed: bytes, entry: Entry) -> bytes:
        room = max(0, min(self.left, max(self.limits.ratio_floor, len(packed) * self.limits.ratio)))
        machine = zlib.decompressobj(-15)
        try:
            made = machine.decompress(packed, room + 1)
        except zlib.error as error:
            raise PartRefused(IncidentCode.MALFORMED, f"packed data of {entry.name}") from error
        if len(made) > room:
            raise PartRefused(IncidentCode.RATIO, f"{entry.name} unpacks to more than {room} octets")
        if len(made) > min(XML_FLOOR, room) and len(made) > len(packed) * self.limits.ratio and MARKUP.match(made, 0, 512):
            raise PartRefused(IncidentCode.RATIO, f"{entry.name} unpacks more than {self.limits.ratio} to 1")
        return made


def is_package(data: bytes) -> bool:
    """A ZIP whose directory names what only office packages have, and leads to its first part: one that lies in pieces in blocks of
    an archive within an archive does not."""
    at = _end(data)
    if at < 0:
        return False
    size = int.from_bytes(data[at + 12:at + 16], "little")
    start = max(0, at - size)
    return OFFICE_NAMES.search(data[start:at]) is not None and _leads(data, start, int.from_bytes(data[at + 16:at + 20], "little"))


def _leads(data: bytes, start: int, said: int) -> bool:
    """Whether the first entry of a directory has its local header where it says; true for those with wide offsets (ZIP64)."""
    offset = int.from_bytes(data[start + 42:start + 46], "little")
    return 0xFFFFFFFF in (offset, said) or data[start - said + offset:start - said + offset + 4] == b"PK\x03\x04"


def _end(data: bytes) -> int:
    """The last end record that a directory stands before, -1 where there is none: its comment may hold the mark of one."""
    last = at = data.rfind(END, max(0, len(data) - END_WITHIN), max(0, len(data) - 18))
    while at >= 0:
        size, start = struct.unpack_from("<II", data, at + 12)
        if 0xFFFFFFFF in (size, start) or CENTRAL in (data[at - size:at - size + 4], data[start:start + 4]):
            return at
        at = data.rfind(END, max(0, len(data) - END_WITHIN), at)
    return last


def _central(data: bytes) -> list[Entry]:
    """Entries of the last central directory; offsets are corrected for octets in front of the archive."""
    end = _end(data)
    if end < 0:
        raise PartRefused(IncidentCode.MALFORMED, "no central directory")
    size, start = struct.unpack_from("<II", data, end + 12)
    shift = max(0, end - size - start) if start != 0xFFFFFFFF else 0
    if start == 0xFFFFFFFF or size == 0xFFFFFFFF:
        size, start, shift = _zip64(data, end)
    found: list[Entry] = []
    at = start + shift
    while data[at:at + 4] == CENTRAL and at + 46 <= len(data):
        (flags, method) = struct.unpack_from("<HH", data, at + 8)
        crc, packed, unpacked, name, extra, comment = struct.unpack_from("<IIIHHH", data, at + 16)
        offset = struct.unpack_from("<I", data, at + 42)[0]
        raw = data[at + 46:at + 46 + name]
        text = raw.decode("utf-8", "replace") if flags & UTF8 or raw.isascii() else raw.decode("cp437")
        if 0xFFFFFFFF in (packed, unpacked, offset):
            packed, unpacked, offset = _wide(data[at + 46 + name:at + 46 + name + extra], packed, unpacked, offset)
        found.append(Entry(text.replace("\\", "/").lstrip("/"), method, flags, packed, unpacked, offset + shift, crc))
        if len(found) > ENTRIES:
            raise PartRefused(IncidentCode.COUNT, f"more than {ENTRIES} parts")
        at += 46 + name + extra + comment
    return found


def _zip64(data: bytes, end: int) -> tuple[int, int, int]:
    at = data.rfind(b"PK\x06\x06", max(0, end - 200), end)
    if at < 0:
        raise PartRefused(IncidentCode.MALFORMED, "no zip64 directory")
    size, start = struct.unpack_from("<QQ", data, at + 40)
    return size, start, 0


def _wide(extra: bytes, packed: int, unpacked: int, offset: int) -> tuple[int, int, int]:
    """Sizes from the zip64 extra field, which holds only those that stand as 0xFFFFFFFF (APPNOTE 4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            values = [int.from_bytes(extra[i:i + 8], "little") for i in range(at + 4, at + 4 + size, 8)] + [0, 0, 0]
            wide = iter(values)
            unpacked = next(wide) if unpacked == 0xFFFFFFFF else unpacked
            packed = next(wide) if packed == 0xFFFFFFFF else packed
            offset = next(wide) if offset == 0xFFFFFFFF else offset
            break
        at += 4 + size
    return packed, unpacked, offset
