"""Windows metafiles ([MS-EMF], [MS-WMF]): in outbound mail the words they draw, in rows by where they stand, and their bitmaps;
in any mail the record that hands Windows code to run.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.office.binary.blips import as_file
from gateway.extract.office.richtext.rtftokens import CHARSETS
from gateway.extract.pdf.columns import Letter
from gateway.extract.pdf.layout import arranged
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

RECORDS = 500_000
WORDS = 12_000
EMF_WIDE, EMF_NARROW, EMF_SMALL, EMF_COMMENT = 84, 83, 108, 70
EMF_BITMAPS = {76: 84, 77: 84, 80: 48, 81: 48, 114: 84}
"""Record -> where the offset of its bitmap stands ([MS-EMF] 2.3.1); three more numbers follow: sizes and offset of the pixels."""
WMF_TEXT, WMF_EXTENDED = 0x0521, 0x0A32
WMF_BITMAPS = {0x0F43: 28, 0x0B41: 26, 0x0940: 24}
"""Record -> octets in front of its bitmap ([MS-WMF] 2.3.1)."""
ESCAPE = re.compile(rb"\x26[\s\S]\x09\0")
"""META_ESCAPE with SETABORTPROC ([MS-WMF] 2.3.6, 2.1.1.17): Windows ran what stands behind it (CVE-2005-4560). It went by the lower
octet of the function alone."""
PLACEABLE = b"\xd7\xcd\xc6\x9a"
CLIPPED = 4
OPAQUE = 2
INNER = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""Pictures that GDI+ puts into comments."""
EMF_FONT, WMF_FONT = 82, 0x02FB
EMF_SELECT, WMF_SELECT, WMF_DELETE = 37, 0x012D, 0x01F0
WMF_OBJECTS = frozenset({0x02FA, 0x02FC, WMF_FONT, 0x00F7, 0x0142, 0x06FF, 0x01F9})
"""What takes a place in the table of objects: the first one that is free."""
OBJECTS = 2_000
WITHOUT_ROOM = 0.7
SIZE, CHARSET = 20, 0
"""Height of type and charset where no font was selected."""


class _Drawing:
    """What was drawn so far, and in which type."""

    def __init__(self) -> None:
        self.words: list[Letter] = []
        self.fonts: dict[int, tuple[int, int]] = {}      # number of the object -> height, charset
        self.taken: dict[int, int] = {}                  # of a Windows metafile: place -> kind of object
        self.size, self.charset = SIZE, CHARSET

    def select(self, number: int) -> None:
        if number in self.fonts:
            self.size, self.charset = self.fonts[number]

    def word(self, down: int, across: int, raw: bytes, widths: Sequence[int], wide: bool) -> None:
        charset = "utf-16-le" if wide else CHARSETS.get(self.charset, "") if self.charset else ""
        text = raw.decode(charset, "replace") if charset else readings(raw)[0][0] if raw else ""
        if text.strip():
            width = sum(widths) if widths else sum(1 if ord(c) > 0x2E7F else 0.5 for c in text) * self.size
            self.words.append((float(down), float(across), across + max(1.0, float(width)), float(self.size), text))


class MetafileExtractor:
    name = "metafile"

    def claims(self, node: Node) -> bool:
        return node.type in ("image/emf", "image/wmf")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        drawing, data = _Drawing(), node.data
        if node.type == "image/wmf" and runs_code(data):
            yield Observation("WMF-CODE", "SETABORTPROC")
        if not context.outbound:
            return
        try:
            yield from _emf(data, drawing) if node.type == "image/emf" else _wmf(data, drawing)
        except struct.error:
            yield Problem(IncidentCode.MALFORMED, "metafile: a record that ends early")
        if drawing.words:
            yield Text("\n".join(word[4] for word in drawing.words), "drawing")
            yield Table("drawing", tuple(arranged(drawing.words[:WORDS])))


def _size(height: int) -> int:
    """Of type, by the height of a font: negative without the room between lines, which large fonts have half of their size."""
    return -height if height < 0 else round(height * WITHOUT_ROOM) or SIZE


def _emf(data: bytes, drawing: _Drawing) -> Iterator[Yield]:
    at = 0
    for _ in range(RECORDS):
        if at + 8 > len(data):
            return
        kind, size = struct.unpack_from("<II", data, at)
        record = data[at:at + size]
        if size < 8:
            return
        if kind in EMF_BITMAPS and size >= EMF_BITMAPS[kind] + 16:
            offset, head, pixels, length = struct.unpack_from("<IIII", record, EMF_BITMAPS[kind])
            yield from _bitmap(record[offset:offset + head] + record[pixels:pixels + length])
        elif kind == EMF_COMMENT:
            for start in (record.find(inner) for inner in INNER):
                if start >= 0:
                    yield Child(record[start:], ArtifactKind.IMAGE, label="picture")
        else:
            _emf_words(kind, record, drawing)
        at += size


def _emf_words(kind: int, record: bytes, drawing: _Drawing) -> None:
    if kind in (EMF_WIDE, EMF_NARROW) and len(record) >= 60:
        across, down, count, offset = struct.unpack_from("<iiII", record, 36)
        widths = struct.unpack_from("<I", record, 72)[0] if len(record) >= 76 else 0
        known = 0 < widths <= len(record) - 4 * count and 0 < count <= 10_000
        steps = struct.unpack_from(f"<{count}i", record, widths) if known else ()
        drawing.word(down, across, record[offset:offset + count * (2 if kind == EMF_WIDE else 1)], steps, kind == EMF_WIDE)
    elif kind == EMF_SMALL and len(record) >= 36:
        across, down, count, options = struct.unpack_from("<iiII", record, 8)
        start = 36 if options & 0x100 else 52
        drawing.word(down, across, record[start:start + count * (1 if options & 0x200 else 2)], (), not options & 0x200)
    elif kind == EMF_FONT and len(record) >= 36:
        number, height = struct.unpack_from("<Ii", record, 8)
        drawing.fonts[number] = _size(height), record[35]
    elif kind == EMF_SELECT and len(record) >= 12:
        drawing.select(struct.unpack_from("<I", record, 8)[0])


def runs_code(data: bytes) -> bool:
    """Whether one of the records of a Windows metafile is an escape that sets a procedure."""
    at = _first(data) if ESCAPE.search(data) else len(data)
    for _ in range(RECORDS):
        if at + 8 > len(data):
            return False
        if ESCAPE.match(data, at + 4):
            return True
        size = struct.unpack_from("<I", data, at)[0]
        if size < 3:
            return False
        at += 2 * size
    return False


def _first(data: bytes) -> int:
    """Where the first record stands."""
    return (22 if data.startswith(PLACEABLE) else 0) + 18


def _wmf(data: bytes, drawing: _Drawing) -> Iterator[Yield]:
    at = _first(data)
    for _ in range(RECORDS):
        if at + 6 > len(data):
            return
        size, kind = struct.unpack_from("<IH", data, at)
        record = data[at:at + 2 * size]
        if size < 3:
            return
        if kind in WMF_BITMAPS:
            yield from _bitmap(record[WMF_BITMAPS[kind]:])
        elif kind in WMF_OBJECTS and len(drawing.taken) < OBJECTS:
            place = next(n for n in range(len(drawing.taken) + 1) if n not in drawing.taken)
            drawing.taken[place] = kind
            drawing.fonts.pop(place, None)
            if kind == WMF_FONT and size > 10:
                drawing.fonts[place] = _size(struct.unpack_from("<h", record, 6)[0]), record[19]
        else:
            _wmf_words(kind, record, drawing)
        at += 2 * size


def _wmf_words(kind: int, record: bytes, drawing: _Drawing) -> None:
    if kind == WMF_TEXT and len(record) > 8:
        count = struct.unpack_from("<H", record, 6)[0]
        down, across = struct.unpack_from("<hh", record, 8 + count + count % 2)
        drawing.word(down, across, record[8:8 + count], (), False)
    elif kind == WMF_EXTENDED and len(record) > 12:
        down, across, count, options = struct.unpack_from("<hhHH", record, 6)
        start = 22 if options & (CLIPPED | OPAQUE) else 14
        behind = start + count + count % 2
        steps = struct.unpack_from(f"<{count}h", record, behind) if len(record) >= behind + 2 * count else ()
        drawing.word(down, across, record[start:start + count], steps, False)
    elif kind == WMF_SELECT and len(record) >= 8:
        drawing.select(struct.unpack_from("<H", record, 6)[0])
    elif kind == WMF_DELETE and len(record) >= 8:
        drawing.taken.pop(struct.unpack_from("<H", record, 6)[0], None)


def _bitmap(bitmap: bytes) -> Iterator[Child]:
    made = as_file(bitmap)
    if made:
        yield Child(made, ArtifactKind.IMAGE, label="picture")


METAFILE = MetafileExtractor()
