"""Korean word processor files ([HWP 5.0 format], Hancom): scripts and embedded files are deflated streams of their own storages."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office.binary.compound import Storage
from gateway.extract.office.code import scripted
from gateway.extract.office.hangul import hwpscript
from gateway.extract.office.targets import Place, judge, place, unescaped
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

SCRIPTS, VERSION = "scripts", "jscriptversion"
STORAGES = frozenset({SCRIPTS, "bindata", "bodytext", "viewtext"})
TEXTS = frozenset({"bodytext", "viewtext"})
DISTRIBUTED = 0x1C | 256 << 20
"""Header of the record before what was enciphered for distribution: tag, level 0, size (HWP 5.0, 4.1 and 4.2.12)."""
LEVEL = 0x3FF << 10
LINK = re.compile(rb"klh%[\s\S]{5}")
"""A control for a link: its id (%hlk), properties, then a command in UTF-16 with its length (HWP 5.0, 4.3.10.15)."""
LINKS = 50_000
OPTIONS, LINKED = "docoptions", "_linkdoc"
"""Where the path of the document stands that is read with this one: UTF-16, ended by a nought (HWP 5.0, 3.2.8)."""

DOCUMENT = "docinfo"
INFORMATION = 16 << 20                   # octets of DocInfo: fonts, shapes and styles, a few thousand at the most
PACKED = 0x1                             # flag of the file header: streams are deflated
BIN_DATA = 0x12
"""A record of DocInfo on a picture or object: its lowest four bits say 0 for one that is linked, and two paths follow
(HWP 5.0, 4.2.3)."""
PARA_HEADER, PARA_TEXT, LIST_HEADER, TABLE = 0x42, 0x43, 0x48, 0x4D
CELL_AT, CELL = 8, 30
"""Where the list of a cell names its column and row, and how long it is at the least (HWP 5.0, table 80)."""
PARAGRAPHS = 1_000_000
CONTROL = re.compile("[\x01-\x09\x0b\x0c\x0e-\x17][\\s\\S]{7}|[\x00-\x09\x0b\x0c\x0e-\x1f]")
"""Controls of eight units, single ones (HWP 5.0, table 6)."""
LOCKED = 0x2 | 0x10 | 0x100 | 0x400
"""Flags of the file header: password, rights management, certificate, both (Hangul Document File Formats 5.0, 3.2.1)."""


def header(data: bytes) -> Iterator[Yield]:
    """A document whose streams are enciphered says so in front."""
    if data.startswith(b"HWP Document File") and int.from_bytes(data[36:40], "little") & LOCKED:
        yield Problem(IncidentCode.ENCRYPTED, "Hangul document")


def extract(storage: Storage, room: int) -> Iterator[Yield]:
    """Streams that inflate; plain scripts as they are; others their reader has already. Of texts their words and links."""
    for name in storage.streams:
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        packed = distributed(storage.read(name))
        try:
            data = machine.decompress(packed, room + 1)
        except zlib.error:
            if storage.name.lower() != SCRIPTS:
                continue
            data = packed
        if not data and storage.name.lower() == SCRIPTS:
            data = packed                # plain text may pass for the begin of something packed
        if len(data) > room:
            yield Problem(IncidentCode.RATIO, f"stream of more than {room} octets")
            return
        room -= len(data)
        if storage.name.lower() in TEXTS:
            yield from links(data)
            text = "\n".join(paragraphs(data))
            if text.strip():
                yield Text(text, f"section {name}")
                yield from tables(data)
        elif data:
            yield Child(data, ArtifactKind.OBJECT, (name,))
            if storage.name.lower() == SCRIPTS and name.lower() != VERSION and (code := hwpscript.code(data)):
                yield scripted.script(name, code.encode("utf-8", "replace"))


def paragraphs(data: bytes) -> Iterator[str]:
    """The text of each paragraph (HWP 5.0, 4.3.3): characters below 32 are breaks, or controls of eight units."""
    for tag, body in records(data):
        if tag == PARA_TEXT:
            yield CONTROL.sub("\t", body.decode("utf-16-le", "replace")).rstrip("\r")


def tables(data: bytes) -> Iterator[Table]:
    """The cells of each table by the places they name (HWP 5.0, 4.3.9.1): what column a number stands in says what it is."""
    cells: dict[tuple[int, int], list[str]] = {}
    cell: list[str] | None = None
    left = 0                                              # paragraphs of the cell that are still to come
    for tag, body in records(data):
        if tag == TABLE:
            yield from _rows(cells)
            cells, cell = {}, None
        elif tag == LIST_HEADER:
            column, row = struct.unpack_from("<HH", body, CELL_AT) if len(body) >= CELL else (0, 0)
            left = int.from_bytes(body[:2], "little")
            cell = cells.setdefault((row, column), []) if len(body) >= CELL else None
        elif tag == PARA_HEADER:
            left, cell = (left - 1, cell) if left > 0 else (0, None)
        elif tag == PARA_TEXT and cell is not None:
            cell.append(CONTROL.sub(" ", body.decode("utf-16-le", "replace")).rstrip("\r"))
    yield from _rows(cells)


def _rows(cells: dict[tuple[int, int], list[str]]) -> Iterator[Table]:
    rows: dict[int, list[str]] = {}
    for (row, _), said in sorted(cells.items()):
        rows.setdefault(row, []).append(" ".join(said).strip())
    if len(rows) > 1:
        yield Table("table", tuple(map(tuple, rows.values())))


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content (HWP 5.0, 4.1); a size of 0xFFF stands for the four octets behind it."""
    at = 0
    for _ in range(PARAGRAPHS):
        if at + 4 > len(data):
            return
        head = struct.unpack_from("<L", data, at)[0]
        at, size = at + 4, head >> 20
        if size == 0xFFF and at + 4 <= len(data):
            at, size = at + 4, struct.unpack_from("<L", data, at)[0]
        yield head & 0x3FF, data[at:at + size]
        at += size


def linked_pictures(packed: bytes, head: bytes, room: int) -> Iterator[Yield]:
    """Pictures that lie elsewhere, by the first of their paths."""
    data, most = packed, INFORMATION
    if int.from_bytes(head[36:40], "little") & PACKED:
        most = min(room, INFORMATION)
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
        except zlib.error:
            return                       # of a locked document, which says so
    if len(data) > most:
        yield Problem(IncidentCode.RATIO, f"document information of more than {most} octets")
        return
    for tag, body in records(data):
        if tag == BIN_DATA and len(body) > 4 and body[0] & 0xF == 0:
            path = body[4:4 + 2 * int.from_bytes(body[2:4], "little")].decode("utf-16-le", "replace")
            seen = judge("image", path)
            if seen is not None and seen.code != "DOC-EXTERNAL-MEDIA":
                yield seen


def distributed(data: bytes) -> bytes:
    """What stands behind the record of a document for distribution (flag 2 of the header: to be read, not changed), deciphered:
    its key lies in the record, under octets of the generator of Microsoft's C library. The data themselves where there is none."""
    if len(data) < 260 or struct.unpack_from("<L", data)[0] & ~LEVEL != DISTRIBUTED:
        return data
    record = bytearray(data[4:260])
    seed = struct.unpack_from("<L", record)[0]
    state, key, left = seed, 0, 0
    for at in range(256):
        if not left:
            state = (state * 214013 + 2531011) & 0xFFFFFFFF
            key = state >> 16 & 0xFF
            state = (state * 214013 + 2531011) & 0xFFFFFFFF
            left = (state >> 16 & 0xF) + 1
        if at >= 4:
            record[at] ^= key
        left -= 1
    start = 4 + (seed & 0xF)
    mode = modes.ECB()  # noqa: S305 - what the format prescribes; nothing is enciphered here
    cipher = Cipher(algorithms.AES(bytes(record[start:start + 16])), mode).decryptor()
    body = data[260:]
    return cipher.update(body[:len(body) // 16 * 16]) + cipher.finalize()


def links(text: bytes) -> Iterator[Observation]:
    """Links to programs, shares and schemes that run something."""
    for found in counted(LINK.finditer(text), LINKS, "links"):
        size = struct.unpack_from("<H", text, found.end())[0] if found.end() + 2 <= len(text) else 0
        command = text[found.end() + 2:found.end() + 2 + 2 * size].decode("utf-16-le", "replace")
        target = unescaped(command)
        seen = judge("hyperlink", target)
        if seen is not None and (seen.code != "DOC-LINK" or place(target) is Place.SHARE):
            yield seen


def linked(storage: Storage) -> Iterator[Observation]:
    """The document that is read with this one, where it lies elsewhere."""
    path = storage.read(LINKED, 4096).decode("utf-16-le", "replace").partition("\0")[0]
    seen = judge("subdocument", path) if place(path) in (Place.WEB, Place.SHARE, Place.SCRIPT) else None
    if seen is not None:
        yield seen
