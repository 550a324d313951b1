"""Single-file compressors: gzip, zlib, bzip2, xz, lzma, lzip, zstd, lz4, compress (Z), lzop, uuencode.

All streams that stand one after another are unpacked; octets after the last one are a child of their own, because some
readers stop at the first end and others go on.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Iterator

from gateway.extract.archive import lzop
from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.member_names import escapes, readings
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged, LimitReached, bunzip2, inflate, unlzma, unzstd
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

ENDINGS = {
    "tgz": "tar", "tbz": "tar", "tbz2": "tar", "txz": "tar", "tlz": "tar", "tzst": "tar", "taz": "tar", "svgz": "svg", "emz": "emf",
    "wmz": "wmf", "cpgz": "cpio",
}
DROPPED = frozenset({"gz", "bz2", "bz", "xz", "lzma", "lz", "zst", "lz4", "z", "lzo", "gzip", "uue", "uu", "enc", "zz", "zlib"})
MAX_STREAMS = 1000                       # streams after one another in one file
MAX_COPIED = 1 << 30                     # octets copied to look for the next stream: each look costs what is left of the file
LONG_FIELD = 64                          # octets from which a field of a header may hold a file
LONG_NAME = 1 << 16                      # octets in which a name ends
SHOWN = 8                                # of them also shown by themselves: some readers stop after the first, some take the last


def gunzip(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    """One gzip member (RFC 1952), with its checksum compared."""
    start = _gzip_header(data)
    made, rest = inflate(budget, data[start:])
    if len(rest) < 8:
        raise Damaged("data end early", made)
    crc, size = struct.unpack_from("<LL", rest)
    if crc != zlib.crc32(made) or size != len(made) & 0xFFFFFFFF:
        raise Damaged("wrong checksum", made)
    return made, rest[8:]


def _gzip_header(data: bytes) -> int:
    """Length of the header; raises Damaged where it does not end."""
    flags = data[3] if len(data) > 10 else 0
    at = 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at:at + 2], "little")
    for bit in (8, 16):
        if flags & bit:
            at = data.find(b"\0", at) + 1
            if not at:
                raise Damaged("header")
    return at + (2 if flags & 2 else 0)


def gzip_name(data: bytes) -> bytes:
    """The original name in the header (FNAME), b"" where there is none."""
    if len(data) < 11 or not data[3] & 8:
        return b""
    at = 12 + int.from_bytes(data[10:12], "little") if data[3] & 4 else 10
    end = data.find(b"\0", at, at + LONG_NAME)
    return data[at:end][:255] if end > 0 else b""


def gzip_fields(data: bytes) -> Iterator[Child]:
    """The extra field and the comment of a header where they are long enough for a file (RFC 1952, 2.3.1)."""
    flags, at = data[3] if len(data) > 12 else 0, 10
    if flags & 4:
        at = 12 + int.from_bytes(data[10:12], "little")
        if at - 12 >= LONG_FIELD:
            yield Child(data[12:at], ArtifactKind.OBJECT, label="extra field")
    if flags & 16:
        begin = data.find(b"\0", at) + 1 if flags & 8 else at
        comment = data[begin:data.find(b"\0", begin)]
        if len(comment) >= LONG_FIELD:
            yield Child(comment, ArtifactKind.OBJECT, label="comment")


def unzlib(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    """One stream of RFC 1950, with its checksum compared."""
    made, rest = inflate(budget, data[2:])
    if len(rest) < 4 or int.from_bytes(rest[:4], "big") != zlib.adler32(made):
        raise Damaged("wrong checksum", made)
    return made, rest[4:]


def unxz(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    made, rest = unlzma(budget, data, lzma.FORMAT_XZ)
    return made, rest.lstrip(b"\0")      # stream padding (xz file format 2.2)


def unlzip(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    """One lzip member (RFC draft diaz-lzip): an LZMA stream with fixed parameters, end mark, and a 20-octet trailer."""
    if len(data) < 26:
        raise Damaged("header")
    size = 1 << (data[5] & 31)
    size -= (size >> 4) * (data[5] >> 5)
    alone = b"\x5d" + struct.pack("<LQ", size, 0xFFFFFFFFFFFFFFFF) + data[6:]
    made, rest = unlzma(budget, alone, lzma.FORMAT_ALONE)
    if len(rest) < 20 or struct.unpack_from("<L", rest)[0] != zlib.crc32(made):
        raise Damaged("wrong checksum", made)
    return made, rest[20:]


def by_libarchive(*filters: str) -> Callable[[Budget, bytes], tuple[bytes, bytes]]:
    def unpack(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
        for member in members(data, ("raw",), budget, filters=filters):
            if member.fault:
                raise Damaged(member.detail, member.data)
            return member.data, b""
        raise Damaged("empty")
    return unpack


UNPACKERS: dict[str, Callable[[Budget, bytes], tuple[bytes, bytes]]] = {
    "application/gzip": gunzip,
    "application/x-bzip2": bunzip2,
    "application/x-xz": unxz,
    "application/x-lzma": lambda budget, data: unlzma(budget, data, lzma.FORMAT_ALONE),
    "application/x-lzip": unlzip,
    "application/zstd": unzstd,
    "application/x-lz4": by_libarchive("lz4"),
    "application/x-compress": by_libarchive("compress"),
    "application/x-lzop": lzop.unpack,
    "application/x-uuencode": by_libarchive("uu"),
    "application/zlib": unzlib,
}
MAGICS = {
    "application/gzip": b"\x1f\x8b\x08", "application/x-bzip2": b"BZh", "application/x-xz": b"\xfd7zXZ\0",
    "application/x-lzip": b"LZIP", "application/zstd": b"\x28\xb5\x2f\xfd", "application/x-lzop": lzop.MAGIC,
}
"""Types whose streams may follow one another: what the next one begins with."""
WRITTEN: dict[str, Callable[[bytes], bytes]] = {"application/gzip": gzip_name, "application/x-lzop": lzop.name}
"""Types whose streams have names."""


class Compressed:
    name = "compressed"

    def claims(self, node: Node) -> bool:
        return node.type in UNPACKERS

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        budget = Budget.of(context)
        names = inner_names(node)
        if node.type == "application/gzip":
            yield from gzip_fields(node.data)
        pieces, rest, trouble = streams(node.type, node.data, budget)
        made = b"".join(piece for _, piece in pieces)
        anomalies: tuple[str, ...] = ()
        if trouble:
            yield trouble
            anomalies = ("TRUNCATED",)
        late = [name for written, _ in pieces[SHOWN:] if written for name in readings(written)]
        every = tuple(dict.fromkeys((*names, *late)))
        yield Child(made, ArtifactKind.MEMBER, every, anomalies=anomalies, observations=tuple(escapes(every)))
        for position, (written, piece) in enumerate(pieces[1:SHOWN], 2):
            own = tuple(readings(written)) if written else names
            yield Child(piece, ArtifactKind.MEMBER, own, label=f"stream {position}", observations=tuple(escapes(own)))
        if rest.strip(b"\0\r\n\t ") and not trouble:
            yield Observation("ARCHIVE-STRAY-DATA", f"{len(rest)} octets after the end")
            yield Child(rest.lstrip(b"\0"), ArtifactKind.OBJECT, label="after")


def streams(kind: str, data: bytes, budget: Budget) -> tuple[list[tuple[bytes, bytes]], bytes, Problem | None]:
    """The streams of one kind, each with the name in its header; what follows them, and what went wrong."""
    made: list[tuple[bytes, bytes]] = []
    rest = data
    copied = 0
    magic = MAGICS.get(kind)
    try:
        for _ in range(MAX_STREAMS):
            copied += len(rest)
            if copied > MAX_COPIED:
                return made, b"", Problem(IncidentCode.COUNT, f"{len(made)} streams, and more")
            name = WRITTEN[kind](rest) if kind in WRITTEN else b""
            piece, rest = UNPACKERS[kind](budget, rest)
            made.append((name, piece))
            budget.proportion(sum(len(one) for _, one in made), len(data) - len(rest))
            if not magic or not rest.startswith(magic):
                break
        else:
            return made, b"", Problem(IncidentCode.COUNT, f"more than {MAX_STREAMS} streams")
    except LimitReached as limit:
        return [*made, (b"", limit.head)], b"", limit.problem
    except Damaged as damage:
        return [*made, (b"", damage.head)], b"", Problem(IncidentCode.MALFORMED, str(damage))
    return made, rest, None


def inner_names(node: Node) -> tuple[str, ...]:
    """The name inside, and the outer ones without the compressor's ending, or all of them: a.vbs of a.vbs.lz4.lz4."""
    written = WRITTEN[node.type](node.data) if node.type in WRITTEN else b""
    found = list(readings(written)) if written else []
    if node.type == "application/x-uuencode":
        found += uu_names(node.data)
    for name in node.artifact.names:
        stem, dot, ending = name.rpartition(".")
        if dot and ending.lower() in ENDINGS:
            found.append(f"{stem}.{ENDINGS[ending.lower()]}")
        while dot and ending.lower() in DROPPED:         # libarchive undoes several at once
            found.append(stem)
            stem, dot, ending = stem.rpartition(".")
    return tuple(dict.fromkeys(found))


def uu_names(data: bytes) -> list[str]:
    """`begin 644 name` (POSIX uuencode)."""
    line = data[:data.find(b"\n")].split(b" ", 2)
    return list(readings(line[2].strip())) if len(line) == 3 else []


COMPRESSED = Compressed()
