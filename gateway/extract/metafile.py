"""Windows metafiles ([MS-EMF], [MS-WMF]): the words they draw, in rows by where they stand, and their bitmaps. Outbound only."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.office.blips import as_file
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

RECORDS = 500_000
EMF_WIDE, EMF_NARROW, EMF_SMALL, EMF_COMMENT = 84, 83, 108, 70
EMF_BITMAPS = {76: 84, 77: 84, 80: 48, 81: 48, 114: 84}
"""Record -> where the offset of its bitmap stands ([MS-EMF] 2.3.1); three more numbers follow: sizes and offset of the pixels."""
WMF_TEXT, WMF_EXTENDED = 0x0521, 0x0A32
WMF_BITMAPS = {0x0F43: 28, 0x0B41: 26, 0x0940: 24}
"""Record -> octets in front of its bitmap ([MS-WMF] 2.3.1)."""
PLACEABLE = b"\xd7\xcd\xc6\x9a"
CLIPPED = 4
OPAQUE = 2
INNER = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""Pictures that GDI+ puts into comments."""
SAME_LINE = 0.6
"""Times the usual step from line to line."""

Word = tuple[int, int, str]
"""Down, across, text."""


class MetafileExtractor:
    name = "metafile"

    def claims(self, node: Node) -> bool:
        return node.type in ("image/emf", "image/wmf")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        words: list[Word] = []
        data = node.data
        try:
            yield from _emf(data, words) if node.type == "image/emf" else _wmf(data, words)
        except struct.error:
            yield Problem(IncidentCode.MALFORMED, "metafile: a record that ends early")
        if words:
            yield Text("\n".join(text for _, _, text in words), "drawing")
            yield Table("drawing", tuple(_rows(words)))


def _emf(data: bytes, words: list[Word]) -> Iterator[Yield]:
    at = 0
    for _ in range(RECORDS):
        if at + 8 > len(data):
            return
        kind, size = struct.unpack_from("<II", data, at)
        record = data[at:at + size]
        if size < 8:
            return
        if kind in (EMF_WIDE, EMF_NARROW) and size >= 60:
            across, down, count, offset = struct.unpack_from("<iiII", record, 36)
            wide = kind == EMF_WIDE
            _word(words, down, across, record[offset:offset + count * (1 + wide)], wide)
        elif kind == EMF_SMALL and size >= 36:
            across, down, count, options = struct.unpack_from("<iiII", record, 8)
            start = 36 if options & 0x100 else 52
            _word(words, down, across, record[start:start + count * (1 if options & 0x200 else 2)], not options & 0x200)
        elif kind in EMF_BITMAPS and size >= EMF_BITMAPS[kind] + 16:
            offset, head, pixels, length = struct.unpack_from("<IIII", record, EMF_BITMAPS[kind])
            yield from _bitmap(record[offset:offset + head] + record[pixels:pixels + length])
        elif kind == EMF_COMMENT:
            for start in (record.find(inner) for inner in INNER):
                if start >= 0:
                    yield Child(record[start:], ArtifactKind.IMAGE, label="picture")
        at += size


def _wmf(data: bytes, words: list[Word]) -> Iterator[Yield]:
    at = 22 if data.startswith(PLACEABLE) else 0
    at += 18
    for _ in range(RECORDS):
        if at + 6 > len(data):
            return
        size, kind = struct.unpack_from("<IH", data, at)
        record = data[at:at + 2 * size]
        if size < 3:
            return
        if kind == WMF_TEXT and size > 4:
            count = struct.unpack_from("<H", record, 6)[0]
            end = 8 + count + count % 2
            down, across = struct.unpack_from("<hh", record, end)
            _word(words, down, across, record[8:8 + count], False)
        elif kind == WMF_EXTENDED and size > 6:
            down, across, count, options = struct.unpack_from("<hhHH", record, 6)
            start = 22 if options & (CLIPPED | OPAQUE) else 14
            _word(words, down, across, record[start:start + count], False)
        elif kind in WMF_BITMAPS:
            yield from _bitmap(record[WMF_BITMAPS[kind]:])
        at += 2 * size


def _word(words: list[Word], down: int, across: int, raw: bytes, wide: bool) -> None:
    text = raw.decode("utf-16-le", "replace") if wide else readings(raw)[0][0] if raw else ""
    if text.strip():
        words.append((down, across, text))


def _bitmap(bitmap: bytes) -> Iterator[Child]:
    made = as_file(bitmap)
    if made:
        yield Child(made, ArtifactKind.IMAGE, label="picture")


def _rows(words: list[Word]) -> Iterator[tuple[str, ...]]:
    """Words of about one height are a row."""
    heights = sorted({down for down, _, _ in words})
    steps = sorted(b - a for a, b in zip(heights, heights[1:], strict=False))
    near = SAME_LINE * steps[len(steps) // 2] if steps else 0.0
    row: list[Word] = []
    for word in sorted(words):
        if row and word[0] - row[0][0] > near:
            yield tuple(text for _, _, text in sorted(row, key=lambda w: w[1]))
            row = []
        row.append(word)
    yield tuple(text for _, _, text in sorted(row, key=lambda w: w[1]))


METAFILE = MetafileExtractor()
