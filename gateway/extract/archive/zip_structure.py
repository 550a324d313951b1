"""What stands in a ZIP file, by its central directories and by its local headers (PKWARE APPNOTE 6.3.10).

Nothing is unpacked here. Offsets in directories are relative to wherever the archive begins, so that a stub, a picture or
another archive may stand before it; `shift` is that distance.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LOCAL, CENTRAL, END, DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x07\x08"
END64, LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

ENCRYPTED, STREAMED, PATCHED, STRONG, UTF8, MASKED = 1, 8, 32, 64, 2048, 8192
"""General purpose flag bits (4.4.4)."""

MOST_FIELDS = 100                        # extra fields of one header; programs write up to five
MAX_ENDS = 16                            # end records looked at; honest files have one


@dataclass(frozen=True, slots=True)
class Header:
    """One entry as one of its headers tells it."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    extra: bytes
    at: int                              # where this header begins
    end: int                             # where this header ends: in a local one, where the data begin
    local: int = 0                       # central only: where the local header should be
    attributes: int = 0                  # central only: external attributes
    system: int = 0                      # central only: the system that made it (3 is Unix)
    comment: bytes = b""
    time: int = 0                        # DOS time; its high octet stands in for the checksum's in streamed ZipCrypto

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & ENCRYPTED)


@dataclass(frozen=True, slots=True)
class Directory:
    """One end record with the central directory that it points to."""

    entries: tuple[Header, ...]
    start: int                           # of the central directory
    stop: int                            # end of the end record with its comment
    shift: int
    comment: bytes
    declared: int                        # how many entries the end record promises
    truncated: bool = False              # more entries than were asked for
    slack: tuple[int, int] = (0, 0)      # octets between the directory's last entry and its end record


def local_header(data: bytes, at: int) -> Header | None:
    """The local header at `at`, or None where none fits."""
    if at < 0 or len(data) < at + 30 or data[at:at + 4] != LOCAL:
        return None
    _, _, flags, method, time, _, crc, packed, size, name, extra = _LOCAL.unpack_from(data, at)
    end = at + 30 + name + extra
    if end > len(data):
        return None
    tail = data[at + 30 + name:end]
    size, packed = _zip64(tail, (size, packed))
    return Header(data[at + 30:at + 30 + name], flags, method, crc, packed, size, tail, at, end, time=time)


def central_headers(data: bytes, at: int, stop: int) -> Iterator[Header]:
    """Entries of a central directory from `at` on, as far as they can be followed."""
    while data[at:at + 4] == CENTRAL and at + 46 <= stop:
        (_, made, _, flags, method, time, _, crc, packed, size, name, extra, comment, _, _, attributes,
         local) = _CENTRAL.unpack_from(data, at)
        names = at + 46
        end = names + name + extra + comment
        if end > stop:
            return
        tail = data[names + name:names + name + extra]
        size, packed, local = _zip64(tail, (size, packed, local))
        yield Header(data[names:names + name], flags, method, crc, packed, size, tail, at, end, local, attributes, made >> 8,
                     data[names + name + extra:end], time)
        at = end


def _zip64(extra: bytes, values: tuple[int, ...]) -> tuple[int, ...]:
    """Replaces each 0xFFFFFFFF by its 64-bit value of extra field 1 (4.5.3)."""
    if 0xFFFFFFFF not in values:
        return values
    field = extra_field(extra, 1)
    found = list(values)
    at = 0
    for index, value in enumerate(found):
        if value == 0xFFFFFFFF and at + 8 <= len(field):
            found[index] = int.from_bytes(field[at:at + 8], "little")
            at += 8
    return tuple(found)


def extra_field(extra: bytes, wanted: int) -> bytes:
    """Content of the first extra field of that number, b"" where it is missing."""
    return next(iter(extra_fields(extra, wanted)), b"")


def extra_fields(extra: bytes, wanted: int) -> list[bytes]:
    """Content of every extra field of that number: readers differ about which one counts. Raises ValueError at too many."""
    if struct.pack("<H", wanted) not in extra:
        return []
    return [content for number, content in all_fields(extra) if number == wanted]


def all_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, content) of the extra fields in order (4.5.1). Raises ValueError behind MOST_FIELDS of them."""
    at = count = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        count += 1
        if count > MOST_FIELDS:
            raise ValueError(f"more than {MOST_FIELDS} extra fields")
        yield tag, extra[at + 4:at + 4 + length]
        at += 4 + length


def directories(data: bytes, limit: int) -> list[Directory]:
    """Every central directory that some end record points to, the one unpackers use (the last) first."""
    found: list[Directory] = []
    at = data.rfind(END)
    tries = 0
    while at >= 0 and tries < MAX_ENDS:
        tries += 1
        directory = _directory(data, at, limit)
        if directory and not any(d.start == directory.start for d in found):
            found.append(directory)
        at = data.rfind(END, 0, at)
    return found


def _directory(data: bytes, at: int, limit: int) -> Directory | None:
    if len(data) < at + 22:
        return None
    _, _, _, _, declared, size, offset, length = _END.unpack_from(data, at)
    before = at
    if data[at - 20:at - 16] == LOCATOR64:
        before = data.rfind(END64, max(0, at - 20 - 4096), at)
        if before < 0:
            return None
        declared, size, offset = struct.unpack_from("<QQQ", data, before + 32)
    start = before - size
    if start < 0 or (declared and data[start:start + 4] != CENTRAL):
        start = offset                   # something stands between the directory and its end record
        if offset >= len(data) or (declared and data[start:start + 4] != CENTRAL):
            return None
    entries: list[Header] = []
    for entry in central_headers(data, start, before):
        entries.append(entry)
        if len(entries) > limit:
            return Directory(tuple(entries[:limit]), start, min(len(data), at + 22 + length), start - offset,
                             data[at + 22:at + 22 + length], declared, True)
    last = entries[-1].end if entries else start
    return Directory(tuple(entries), start, min(len(data), at + 22 + length), start - offset, data[at + 22:at + 22 + length],
                     declared, False, (last, before))


def descriptor_length(data: bytes, at: int, crc: int) -> int:
    """Length of the data descriptor at `at` whose checksum is `crc` (4.3.9; with or without signature, 32 or 64 bit)."""
    word = struct.pack("<L", crc)
    following = (LOCAL, CENTRAL, END64, b"PK\x06\x08")
    if data[at:at + 4] == DESCRIPTOR and data[at + 4:at + 8] == word:
        return 24 if data[at + 24:at + 28] in following and data[at + 16:at + 20] not in following else 16
    if data[at:at + 4] == word:
        return 20 if data[at + 20:at + 24] in following and data[at + 12:at + 16] not in following else 12
    return 0


def unpacked(claims: list[tuple[int, int, int]]) -> int:
    """Octets of all entries together, as their headers tell them: begin and end of each, and what it unpacks to. What lies over
    others is left out."""
    reached = said = 0
    for start, stop, size in sorted(claims):
        if start >= reached:
            reached, said = stop, said + size
    return said


def local_headers(data: bytes, limit: int) -> list[Header]:
    """Entries found by their local headers alone: one after another where sizes lead on, else by the next signature."""
    found: list[Header] = []
    at = data.find(LOCAL)
    while at >= 0 and len(found) < limit:
        header = local_header(data, at)
        step = at + 4
        if header:
            found.append(header)
            step = max(step, header.end + (0 if header.flags & STREAMED and not header.packed else header.packed))
        at = data.find(LOCAL, step)
    return found
