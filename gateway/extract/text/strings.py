"""Files of no known type in outbound mail: text that control characters or a rare coding hide, and the strings inside binaries.

Pictures and sounds too: comments, EXIF, XMP, tags, and what stands behind their end.

Columns files of data programs (Parquet, Avro, ORC, HDF5, Arrow, DuckDB, SPSS, Stata) and scanned books with their text (DjVu)
pack what they say and have no reader here: UNSUPPORTED, beside the strings that stand in them, but only where customer data is
looked for, for they are inert.
"""

from __future__ import annotations

import io
import math
import plistlib
import re
import zlib
from collections.abc import Iterator
from tokenize import TokenError

import numpy as np
from numpy.lib import format as npy

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.charset import four_octets, naturalness, readings
from gateway.extract.records import binary as binary_records
from gateway.extract.records import mainframe, pickled
from gateway.extract.records.structured import records
from gateway.extract.workbook.scattered import CELLS
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

PACKED = {b"AT&TFORM": "DjVu", b"$FL2": "SPSS", b"$FL3": "SPSS", b"<stata_dta>": "Stata",
          b"PAR1": "Parquet", b"Obj\x01": "Avro", b"ORC": "ORC", b"\x89HDF": "HDF5", b"ARROW1": "Arrow", b"FEA1": "Feather"}
ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""Heads of zlib streams with a window of 32 KiB (RFC 1950 section 2.2)."""
WIDE = ("utf-16-le", "utf-16-be")
NATURAL = 0.6
"""How natural a text must look (see charset.naturalness) to be one in UTF-16 without a mark."""
COLOURS = re.compile(rb"\x1b\[[0-9;]{0,20}[A-Za-z]")
"""What a terminal takes for colours and places (ECMA-48, 8.3)."""
SEPARATORS = b"\x01\x07\x1c\x1d\x1e\x1f"
CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r\x1a\x1b" + SEPARATORS)
LINES = bytes.maketrans(CONTROLS + b"\x1b", b"\n" * (len(CONTROLS) + 1))
SPOILT = 8
"""One octet in so many may be a control character."""
STRING = re.compile(rb"[ -~\t]{8,}")
NAMED = re.compile(rb"(?<![ -~])([A-Za-z][A-Za-z_]{1,40}[0-9]?)[^ -~]{1,12}\Z")
"""The name before a run of what can be printed, as formats of key and value have it."""
BEFORE, GAP = 64, 12                     # octets in which it stands, and between them at the most
UNPRINTED = bytes(c for c in range(256) if not 32 <= c <= 126)
WIDENED = bytes(48 if c == 0 else 112 if 32 <= c <= 126 or c == 9 else 120 for c in range(256))
"""Octets by what they are in wide strings: nought, printable (p), other (x)."""
WIDE_STRING = re.compile(rb"(?:[ -~\t]\0){8,}+")
WIDEST_STRING = re.compile(rb"(?:[ -~\t]\0\0\0|[^\0][\x01-\xd7]\0\0){2,}+")
"""As arrays of numpy have them."""
RECORDS = re.compile(rb"[\x80-\xbf\xd9\xdc-\xdf]|.{3}\0[\1-\x13][^\0]{1,200}\0", re.S)
SHORTEST = 6
NUMBERED = re.compile(rb"[0-9][^\n]{0,3}[0-9]")
DBF_VERSIONS = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5))
DBF_HEAD, DBF_FIELD, DBF_END = 32, 32, 0x0D
MEDIA_ENDS = 1 << 18
"""Octets at the beginning and at the end of a picture, sound or film in which its words stand."""
PNG_TEXT = 1 << 20
MOST_ROWS = 500_000


class StringsExtractor:
    name = "strings"

    def claims(self, node: Node) -> bool:
        return node.type == "application/octet-stream" or node.type.startswith(("image/", "audio/", "video/", "font/"))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        data = node.data
        if node.type != "application/octet-stream":
            yield from printable(data if len(data) <= 2 * MEDIA_ENDS else data[:MEDIA_ENDS] + b"\n" + data[-MEDIA_ENDS:])
            if node.type == "image/png":
                yield from _png_texts(data, context)
            return
        packed = next((name for magic, name in PACKED.items() if data.startswith(magic)), "DuckDB" if data[8:12] == b"DUCK" else "")
        if packed:
            yield Problem(IncidentCode.UNSUPPORTED, f"no reader for {packed}")
            yield from binary(data)
        elif data[:2] in ZLIB:
            yield from _zlib(data, context)
        elif dbf_like(data):
            yield from _dbf(data)
        elif pickled.pickle_like(data):
            yield from _pickle(data)
        elif data.startswith(b"\x93NUMPY"):
            yield from _array(data)
        elif data.startswith(b"bplist00"):
            yield from _property_list(data)
        elif text := mainframe.text_of(data):
            yield Text(text, "body", mainframe.CODEC)
        elif b"\x1b[" in data and b"\0" not in data:
            yield Child(COLOURS.sub(b"", data).replace(b"\x1b", b""), ArtifactKind.TEXT, node.artifact.names, label="terminal")
        elif len(data) - len(data.translate(None, CONTROLS)) == 0:
            found = readings(data, node.charset)
            yield from (Text(text, "body", charset) for text, charset in found)
            if found[0][1] != "utf-8":                    # a wrong charset takes letters for parts of characters
                yield from binary(data)
        else:
            yield from _wide(node) or _spoilt(data) or binary(data)


def _png_texts(data: bytes, context: Context) -> Iterator[Yield]:
    """Compressed texts of a PNG (zTXt, iTXt; PNG specification 11.3.4): keyword, flags, deflated text."""
    at = 8
    while 0 <= at < len(data) - 12:
        size = int.from_bytes(data[at:at + 4], "big")
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        start = body.find(b"\0") + 2 if kind == b"zTXt" else body.find(b"x", body.find(b"\0") + 3)
        if kind in (b"zTXt", b"iTXt") and start > 1:
            try:
                made = zlib.decompressobj().decompress(body[start:], max(1, min(PNG_TEXT, context.allowance(size))))
            except zlib.error:
                made = b""
            if made:
                yield Text(made.decode("utf-8", "replace"), "strings", hidden=True)
        at += 12 + size


def _zlib(data: bytes, context: Context) -> Iterator[Yield]:
    """The stream unpacked, where it is one."""
    most = max(1, context.allowance(len(data)))
    unpacker = zlib.decompressobj()
    try:
        made = unpacker.decompress(data, most)
    except zlib.error:
        yield from printable(data)
        return
    if unpacker.unconsumed_tail:
        yield Problem(IncidentCode.RATIO, f"zlib stream of more than {most} octets")
    yield Child(made, ArtifactKind.MEMBER, label="zlib")


def _pickle(data: bytes) -> Iterator[Yield]:
    """The records of a pickle; the strings of one that cannot be read."""
    try:
        value = pickled.content(data)
    except pickled.NoPickle:
        yield from printable(data)
        return
    yield from records([value])


def _array(data: bytes) -> Iterator[Yield]:
    """The rows of an array of numpy with numbers or texts; the strings of another."""
    source = io.BytesIO(data)
    try:
        read = npy.read_array_header_1_0 if npy.read_magic(source)[0] == 1 else npy.read_array_header_2_0
        shape, by_column, kind = read(source)
        made = np.frombuffer(data, kind, math.prod(shape), source.tell()).reshape(shape, order="F" if by_column else "C")
    except (ValueError, EOFError, OverflowError, TypeError, SyntaxError, MemoryError, RecursionError, TokenError):
        yield from printable(data)
        return
    names = made.dtype.names or ()
    if made.size * max(1, len(names)) > CELLS:
        yield Problem(IncidentCode.COUNT, f"array of {made.size} values")
        return
    rows = made.reshape(-1, 1 if names or made.ndim < 2 else made.shape[-1]) if made.size else made.reshape(0, 1)
    listed = [row[0] if names else row for row in rows.tolist()]
    cells = [tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row) for row in listed]
    yield Table("records", (tuple(names), *cells) if names else tuple(cells))


def _property_list(data: bytes) -> Iterator[Yield]:
    """The records of a binary property list of Apple; the strings of one that cannot be read."""
    try:
        value = plistlib.loads(data, fmt=plistlib.FMT_BINARY)
    except (plistlib.InvalidFileException, RecursionError, ValueError, OverflowError):
        yield from printable(data)
        return
    yield from records([value])


def _wide(node: Node) -> list[Yield]:
    """The text where the octets are one in UTF-16 or UTF-32 without a mark, mostly of Chinese or Japanese: read as what it is."""
    wide = four_octets(node.data)
    for name in (wide,) if wide else WIDE:
        try:
            text = node.data[:len(node.data) & ~1].decode(name)
        except UnicodeDecodeError:
            continue
        if not text.isascii() and naturalness(text) > NATURAL:
            return [Child(text.encode(), ArtifactKind.TEXT, node.artifact.names, label=name)]
    return []


def _spoilt(data: bytes) -> list[Yield]:
    """The text that control characters for a printer or terminal are strewn over, where there is language in it."""
    clean = data.translate(LINES)
    if clean.isascii() or (len(data) - len(data.translate(None, CONTROLS + b"\x1b"))) * SPOILT > len(data):
        return []
    text, charset = readings(clean)[0]
    return [Text(text, "body", charset)] if "\ufffd" not in text and naturalness(text) > NATURAL else []


def binary(data: bytes) -> Iterator[Yield]:
    """The records of a format that describes itself, else the strings."""
    yield from list(described(data)) or printable(data)


def described(data: bytes) -> Iterator[Yield]:
    """The records of a format that describes itself."""
    try:
        yield from records(binary_records.content(data) if RECORDS.match(data) else [])
    except binary_records.NoRecords:
        return


def _cut(run: bytes, before: bytes) -> bytes:
    """A run without what follows the string that it begins with, where two octets before it say how long that is (Java), or one
    between the keys of two fields does (protocol buffers: kind 2, or 0 for the next, in the lowest bits)."""
    if len(before) >= 2 and before[-1] + 1 == len(run) and before[-2] & 7 == 2 and run[-1] & 7 in (0, 2):
        return run[:-1]
    length = int.from_bytes(before[-2:], "big") if len(before) >= 2 else 0
    return run[:length] if SHORTEST <= length < len(run) else run


def _widened(pattern: re.Pattern[bytes], data: bytes) -> bool:
    """False where the pattern of wide strings cannot match: a look that costs a tenth of it."""
    kinds = data.translate(WIDENED)
    if pattern is WIDE_STRING:
        return b"p0" * 8 in kinds
    kinds = kinds.replace(b"p", b"x")
    return any(pair in kinds for pair in (b"x000x000", b"x000xx00", b"xx00x000", b"xx00xx00"))


def _name(data: bytes, begin: int) -> bytes:
    """What a run that begins there is called, with a colon behind it."""
    last = data[max(0, begin - GAP - 2):begin].rstrip(UNPRINTED)[-2:]
    found = NAMED.search(data[max(0, begin - BEFORE):begin]) if last and not last.isdigit() else None
    return found[1] + b": " if found else b""


def printable(data: bytes) -> Iterator[Yield]:
    """Printable runs with numbers in them, as `strings` shows them, a line each."""
    for pattern, charset in ((STRING, "ascii"), (WIDE_STRING, "utf-16-le"), (WIDEST_STRING, "utf-32-le")):
        lines = bytearray()                               # one buffer: a file of short runs has millions of them
        for found in pattern.finditer(data) if pattern is STRING or _widened(pattern, data) else ():
            begin, run = found.start(), found[0]
            if NUMBERED.search(run if pattern is STRING else run.replace(b"\0", b"")) is None:
                continue
            cut = _cut(run, data[max(0, begin - 2):begin])
            if cut is not run and NUMBERED.search(cut.replace(b"\0", b"")) is None:
                continue
            lines += _name(data, begin) + cut if pattern is STRING else cut.decode(charset, "replace").encode()
            lines += b"\n"
        if lines:
            yield Text(lines[:-1].decode(), "strings", charset, hidden=True)


def dbf_like(data: bytes) -> bool:
    """dBase and its kin: version, plausible date, header that ends where it says (dBase .DBF file structure)."""
    if len(data) < DBF_HEAD + DBF_FIELD or data[0] not in DBF_VERSIONS or not (1 <= data[2] <= 12 and 1 <= data[3] <= 31):
        return False
    head = int.from_bytes(data[8:10], "little")
    return DBF_HEAD + DBF_FIELD < head <= len(data) and DBF_END in data[DBF_HEAD:head][::DBF_FIELD] + data[head - 1:head]


def _dbf(data: bytes) -> Iterator[Yield]:
    """Fixed records; deleted ones too, which are only marked."""
    head, size = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    names, widths = [], []
    at = DBF_HEAD
    while at + DBF_FIELD <= head and data[at] != DBF_END:
        names.append(data[at:at + 11].partition(b"\0")[0])
        widths.append(data[at + 16])
        at += DBF_FIELD
    if not names or size != 1 + sum(widths):
        yield Problem(IncidentCode.MALFORMED, "dBase file: fields and record size differ")
        return
    count = (len(data) - head) // size
    if count > MOST_ROWS or count * len(names) > CELLS:
        yield Problem(IncidentCode.COUNT, f"dBase file of {count} records with {len(names)} fields")
        return
    charset = readings(b" ".join(names) + data[head:head + 20000].replace(b"\0", b" "))[0][1]
    rows = [tuple(name.decode(charset, "replace") for name in names)]
    for start in range(head, len(data) - size + 1, size):
        row, place = [], start + 1
        for width in widths:
            row.append(data[place:place + width].decode(charset, "replace").strip(" \0"))
            place += width
        rows.append(tuple(row))
    yield Table("records", tuple(rows))


STRINGS = StringsExtractor()
