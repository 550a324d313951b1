"""The headers of a 7z archive (7-Zip's DOC/7zFormat.txt): enough to list members, and to write a header without its AES layer."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
AES = b"\x06\xf1\x07\x01"
END, HEADER, ARCHIVE_PROPERTIES, ADDITIONAL, MAIN, FILES, PACK, UNPACK, SUBSTREAMS, SIZE, CRC, FOLDER, CODERS_SIZE = range(13)
EMPTY_STREAM, EMPTY_FILE, NAMES, ENCODED = 0x0E, 0x0F, 0x11, 0x17
MAX_ITEMS = 100_000                      # folders, streams, files: more is not an archive people mail


class Malformed(ValueError):
    """Not a 7z header."""


@dataclass(slots=True)
class Cursor:
    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Malformed("7z header ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """7-Zip's variable-length integer: leading ones of the first octet count the octets that follow."""
        first = self.byte()
        mask, value = 0x80, 0
        for position in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * position)
            value |= self.byte() << (8 * position)
            mask >>= 1
        return value

    def count(self) -> int:
        value = self.number()
        if value > MAX_ITEMS:
            raise Malformed("7z header promises too much")
        return value

    def bits(self, count: int) -> list[bool]:
        octets = self.take((count + 7) // 8)
        return [bool(octets[n // 8] & 0x80 >> n % 8) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Coder:
    method: bytes
    inputs: int = 1
    outputs: int = 1
    properties: bytes = b""


@dataclass(frozen=True, slots=True)
class Folder:
    """A chain of coders; `binds` pair an input with the output that feeds it, `packed` lists inputs fed from the file."""

    coders: tuple[Coder, ...]
    binds: tuple[tuple[int, int], ...]
    packed: tuple[int, ...]
    sizes: tuple[int, ...] = ()          # unpacked size of each output
    crc: int | None = None

    @property
    def encrypted(self) -> bool:
        return any(c.method == AES for c in self.coders)


@dataclass(slots=True)
class Streams:
    pack_at: int = 0                     # offset after the signature header
    pack_sizes: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    substreams: bytes = b""              # raw, without its leading tag
    digests: list[int | None] = field(default_factory=list)   # checksum of each file that has content


@dataclass(slots=True)
class Header:
    streams: Streams
    files: bytes = b""                   # raw, without its leading tag
    names: list[str] = field(default_factory=list)
    directories: set[int] = field(default_factory=set)


def start(data: bytes) -> tuple[int, int, int]:
    """(offset, size, checksum) of the end header, offset counted from the file's first octet."""
    if len(data) < 32 or data[:6] != SIGNATURE:
        raise Malformed("no 7z signature")
    offset, size, crc = struct.unpack_from("<QQL", data, 12)
    if 32 + offset + size > len(data):
        raise Malformed("7z archive ends early")
    return 32 + offset, size, crc


def streams_info(cursor: Cursor) -> Streams:
    found = Streams()
    while (tag := cursor.byte()) != END:
        if tag == PACK:
            found.pack_at, found.pack_sizes = _pack_info(cursor)
        elif tag == UNPACK:
            found.folders = _unpack_info(cursor)
        elif tag == SUBSTREAMS:
            begin = cursor.at
            found.digests = _substreams(cursor, found.folders)
            found.substreams = cursor.data[begin:cursor.at]
        else:
            raise Malformed("unknown 7z property")
    found.digests = found.digests or [f.crc for f in found.folders]
    return found


def _pack_info(cursor: Cursor) -> tuple[int, list[int]]:
    at, count = cursor.number(), cursor.count()
    sizes: list[int] = []
    while (tag := cursor.byte()) != END:
        if tag == SIZE:
            sizes = [cursor.number() for _ in range(count)]
        elif tag == CRC:
            digests(cursor, count)
        else:
            raise Malformed("unknown 7z property")
    return at, sizes


def digests(cursor: Cursor, count: int) -> list[int | None]:
    defined = [True] * count if cursor.byte() else cursor.bits(count)
    return [int.from_bytes(cursor.take(4), "little") if d else None for d in defined]


def _unpack_info(cursor: Cursor) -> list[Folder]:
    if cursor.byte() != FOLDER:
        raise Malformed("no 7z folders")
    count = cursor.count()
    if cursor.byte():
        raise Malformed("external 7z folders")
    folders = [_folder(cursor) for _ in range(count)]
    if cursor.byte() != CODERS_SIZE:
        raise Malformed("no 7z sizes")
    folders = [replace(f, sizes=tuple(cursor.number() for c in f.coders for _ in range(c.outputs))) for f in folders]
    while (tag := cursor.byte()) != END:
        if tag != CRC:
            raise Malformed("unknown 7z property")
        folders = [replace(f, crc=c) for f, c in zip(folders, digests(cursor, count), strict=True)]
    return folders


def _folder(cursor: Cursor) -> Folder:
    coders: list[Coder] = []
    for _ in range(_few(cursor.number())):
        flags = cursor.byte()
        method = cursor.take(flags & 15)
        inputs, outputs = (_few(cursor.number()), _few(cursor.number())) if flags & 0x10 else (1, 1)
        coders.append(Coder(method, inputs, outputs, cursor.take(cursor.number()) if flags & 0x20 else b""))
    inputs, outputs = sum(c.inputs for c in coders), sum(c.outputs for c in coders)
    if not outputs or inputs < outputs - 1:
        raise Malformed("7z coders")
    binds = tuple((cursor.number(), cursor.number()) for _ in range(outputs - 1))
    count = inputs - len(binds)
    if count == 1:
        bound = {i for i, _ in binds}
        return Folder(tuple(coders), binds, tuple(i for i in range(inputs) if i not in bound)[:1])
    return Folder(tuple(coders), binds, tuple(cursor.number() for _ in range(count)))


def _few(count: int) -> int:
    if count > 32:                       # 7-Zip's own limit for coders and their streams
        raise Malformed("7z coders")
    return count


def _substreams(cursor: Cursor, folders: list[Folder]) -> list[int | None]:
    """Reads over SubStreamsInfo; the checksums of all files, those of folders with one file standing with the folder."""
    counts = [1] * len(folders)
    tag = cursor.byte()
    if tag == 0x0D:
        counts = [cursor.count() for _ in folders]
        tag = cursor.byte()
    if tag == SIZE:
        for count in counts:
            for _ in range(count - 1):
                cursor.number()
        tag = cursor.byte()
    own: list[int | None] = []
    while tag != END:
        if tag != CRC:
            raise Malformed("unknown 7z property")
        own = digests(cursor, sum(n for n, f in zip(counts, folders, strict=True) if n != 1 or f.crc is None))
        tag = cursor.byte()
    rest = iter(own)
    pairs = [(n, f.crc) for n, f in zip(counts, folders, strict=True) for _ in range(n)]
    return [crc if n == 1 and crc is not None else next(rest, None) for n, crc in pairs]


def header(octets: bytes) -> Header:
    """A plain end header (its first octet is HEADER)."""
    cursor = Cursor(octets)
    if cursor.byte() != HEADER:
        raise Malformed("no 7z header")
    found = Header(Streams())
    while (tag := cursor.byte()) != END:
        if tag == ARCHIVE_PROPERTIES:
            while cursor.byte() != END:
                cursor.take(cursor.number())
        elif tag == ADDITIONAL:
            streams_info(cursor)
        elif tag == MAIN:
            found.streams = streams_info(cursor)
        elif tag == FILES:
            begin = cursor.at
            _files_info(cursor, found)
            found.files = cursor.data[begin:cursor.at]
        else:
            raise Malformed("unknown 7z property")
    return found


def _files_info(cursor: Cursor, found: Header) -> None:
    count = cursor.count()
    empty: list[bool] = []
    while (tag := cursor.number()) != END:
        body = Cursor(cursor.take(cursor.number()))
        if tag == NAMES and not body.byte():
            text = body.data[1:].decode("utf-16-le", "surrogatepass")
            found.names = text.split("\0")[:count]
        elif tag == EMPTY_STREAM:
            empty = body.bits(count)
        elif tag == EMPTY_FILE:
            files = iter(body.bits(sum(empty)))
            found.directories -= {n for n, e in enumerate(empty) if e and next(files, False)}
            continue
        if tag == EMPTY_STREAM:
            found.directories = {n for n, e in enumerate(empty) if e}


def number(value: int) -> bytes:
    """Writes what Cursor.number reads."""
    for extra in range(9):
        if value < 1 << (7 * (extra + 1)) or extra == 8:
            break
    first = (0xFF00 >> extra) & 0xFF
    high = value >> (8 * extra) if extra < 8 else 0
    return bytes([first | high]) + (value & ((1 << (8 * extra)) - 1)).to_bytes(extra, "little")


def write(streams: Streams, packed: list[bytes], files: bytes) -> bytes:
    """An archive of these folders and packed streams, with SubStreamsInfo and FilesInfo as they were."""
    out = bytearray([HEADER, MAIN, PACK]) + number(0) + number(len(packed)) + bytes([SIZE])
    for blob in packed:
        out += number(len(blob))
    out += bytes([END, UNPACK, FOLDER]) + number(len(streams.folders)) + b"\0"
    for folder in streams.folders:
        out += _write_folder(folder)
    out += bytes([CODERS_SIZE])
    for folder in streams.folders:
        for size in folder.sizes:
            out += number(size)
    if any(f.crc is not None for f in streams.folders):
        out += bytes([CRC, 0]) + _bits([f.crc is not None for f in streams.folders])
        for folder in streams.folders:
            out += struct.pack("<L", folder.crc) if folder.crc is not None else b""
    out += bytes([END])
    out += bytes([SUBSTREAMS]) + (streams.substreams or bytes([END]))   # libarchive insists on it
    out += bytes([END]) + (bytes([FILES]) + files if files else b"") + bytes([END])
    body = b"".join(packed)
    tail = struct.pack("<QQL", len(body), len(out), zlib.crc32(out))
    return SIGNATURE + b"\0\4" + struct.pack("<L", zlib.crc32(tail)) + tail + body + bytes(out)


def _write_folder(folder: Folder) -> bytes:
    out = bytearray(number(len(folder.coders)))
    for coder in folder.coders:
        complex_ = (coder.inputs, coder.outputs) != (1, 1)
        out += bytes([len(coder.method) | (0x10 if complex_ else 0) | (0x20 if coder.properties else 0)]) + coder.method
        out += number(coder.inputs) + number(coder.outputs) if complex_ else b""
        out += number(len(coder.properties)) + coder.properties if coder.properties else b""
    for pair in folder.binds:
        out += number(pair[0]) + number(pair[1])
    if len(folder.packed) > 1:
        for index in folder.packed:
            out += number(index)
    return bytes(out)


def _bits(flags: list[bool]) -> bytes:
    out = bytearray((len(flags) + 7) // 8)
    for index, flag in enumerate(flags):
        out[index // 8] |= 0x80 >> index % 8 if flag else 0
    return bytes(out)
