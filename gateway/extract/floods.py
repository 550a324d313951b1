"""Pictures and streams of PDF files that cost their reader far more than they weigh: announced sizes, frames, chunks, deflate."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice

PIXEL_OCTETS = 1 << 30
"""Octets a picture unpacks to, above which its ratio counts. A white scan of A0 at 600 dpi in grey has half of that."""
BLANK_OCTETS = 64 << 20
"""The same for what is nothing but blank: a white page of A4 at 300 dpi in colour has 26 million octets, of A3 52 million."""
BLANK = 400
"""Unpacked to packed octets of what is blank. Drawings and text on white are packed 50 to 150 to 1, one colour 1000 to 1."""
BLANK_PIXELS, DENSE_PIXELS = 180_000_000, 1_500_000_000
"""Pixels of all pictures of a message that are blank (by BLANK), and of those above RATIO: twenty white pages of A4 at 300 dpi;
170 pages, which weigh 30 MB where they have text on them. Each costs a tenth of a second, whatever it weighs."""
MOVED = 128 << 20
"""Pixels in all frames of an animation, above which their ratio counts: a minute of a whole screen has five times as many."""
MOVED_RATIO = 200
"""Pixels to packed octets of an animation: recordings of a screen have 30 to 100."""
RATIO = 100
LAYERS = 4
"""Pictures of the whole canvas, of four octets a pixel, that a reader of animated WebP keeps."""
FRAMES = 20_000                          # pictures in one animation
TEXT, TEXTS = 16 << 20, 64 << 20
"""Octets that a packed text or colour profile of a PNG unpacks to, and all of them: profiles of printers have two million."""
PACKED = frozenset({b"zTXt", b"iTXt", b"iCCP"})
CHUNKS = 20_000                          # of a PNG that are no image data
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Of a JPEG (ITU T.81, B.1.1.3), those that stand among the octets of a scan left out."""
SCANS = 200
"""Of a JPEG: a progressive one has ten, and each one is drawn over the whole picture."""
PAGES = 3_000                            # of a TIFF: faxes and scanned files have a few hundred
TAGS = 200                               # of one page of a TIFF that are looked at
IMAGE = 112 << 20
"""Octets a picture in a PDF unpacks to, above which its ratio counts: a white page of A4 at 600 dpi in colour has less."""
STREAM = 32 << 20
"""The same for everything else."""
CONTENT = 2 << 20
"""The same for what a page draws, each word of which is kept by its reader: drawings are packed 10 to 1."""
PIXELS = 800_000_000
"""Of a picture in a PDF, above which their ratio to its octets counts, whatever packs them. A0 at 600 dpi has 560 million."""
TILE = 0.001
"""Square points of a step of a pattern (ISO 32000-2, 8.7.3): a page would be drawn with hundreds of millions of them."""
PIECE = 1 << 20
SAMPLE = 1 << 10                         # packed octets that tell whether the rest is worth unpacking
DEFLATE = 1032                           # octets that one octet of deflate makes at most
BOXED = frozenset({"image/jp2", "image/heic", "image/avif"})
BOXES = 64 << 10                         # octets of such a file in which its sizes stand
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of PNG's kinds of colour (PNG third edition, 11.2.1)."""
OBJECT_STREAM = re.compile(rb"/(?:Type\s{0,8}/)?(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])")
ARRAYS = re.compile(rb"\[\s{0,8}+\[\s{0,8}+\[(?:\s{0,8}+\[)*+")
DICTIONARIES = re.compile(rb"<<\s{0,8}+/[A-Za-z0-9]{1,40}+\s{0,8}+(?:<<\s{0,8}+/[A-Za-z0-9]{1,40}+\s{0,8}+)++")
"""Two patterns that begin with a letter of their own: the search then skips to it, 30 times as fast as their alternation."""
DEEP = 400
"""Arrays or dictionaries within one another. qpdf reads 500, and real documents have a dozen."""
OBJECT_STREAMS = 20_000                  # of one file that are looked at
HEAD = 2_000                             # octets of a stream's dictionary behind its type


def picture(kind: str, data: bytes) -> tuple[str, str]:
    """("RATIO" or "COUNT", what is too much), or ("", "")."""
    if kind == "image/png" and data[12:16] == b"IHDR" and len(data) >= 33:
        width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
        if _heavy(width, height, len(data), depth * CHANNELS.get(colour, 3) / 8):
            return "RATIO", f"{width} by {height} pixels"
        if data.count(b"tEXt") + data.count(b"zTXt") + data.count(b"iTXt") + data.count(b"fdAT") > CHUNKS:
            return "COUNT", f"more than {CHUNKS} chunks"
        if frames_of_png(data) > max(MOVED, MOVED_RATIO * len(data)):
            return "RATIO", "more pixels in all frames than its octets can tell"
        if texts_of_png(data) > TEXTS:
            return "RATIO", "texts or profiles that unpack to more than any has"
    if kind == "image/gif" and data[:3] == b"GIF" and len(data) >= 10:
        frames, pixels = moved(data)
        if frames > FRAMES:
            return "COUNT", f"more than {FRAMES} frames"
        if pixels > MOVED and pixels > MOVED_RATIO * len(data):
            return "RATIO", f"{pixels} pixels in {frames} frames"
    if kind == "image/jpeg":
        width, height = jpeg_size(data)
        if _heavy(width, height, len(data)):
            return "RATIO", f"{width} by {height} pixels"
        if data.count(b"\xff\xda") > SCANS and jpeg_crowded(data):
            return "COUNT", f"more than {SCANS} scans"
    if kind == "image/webp" and _heavy(*webp_size(data), len(data), 4 * LAYERS if webp_moves(data) else 3):
        return "RATIO", "more pixels than its octets can tell"
    if kind in BOXED and _heavy(*boxed_size(data), len(data)):
        return "RATIO", "more pixels than its octets can tell"
    if kind == "image/tiff":
        pages = tiff_pages(data)
        if len(pages) > PAGES:
            return "COUNT", f"more than {PAGES} pages, or one that leads back to itself"
        if any(_heavy(width, height, len(data), octets) for width, height, octets in pages):
            return "RATIO", "more pixels than its octets can tell"
    if kind == "image/bmp" and data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack_from("<HH" if _is_core(data) else "<ii", data, 18)
        if _heavy(abs(width), abs(height), len(data)):
            return "RATIO", f"{abs(width)} by {abs(height)} pixels"
    return "", ""


def pixels(kind: str, data: bytes) -> tuple[int, int]:
    """What a picture adds to BLANK_PIXELS and to DENSE_PIXELS, by its header."""
    width, height, octets_each = announced(kind, data) if kind.startswith("image/") else (0, 0, 0.0)
    made = width * height * octets_each
    return width * height * (made > BLANK * len(data)), width * height * (made > RATIO * len(data))


def announced(kind: str, data: bytes) -> tuple[int, int, float]:
    """Width, height and octets a pixel of the first frame; zeros where they are not known."""
    if kind == "image/png" and data[12:16] == b"IHDR" and len(data) >= 33:
        width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
        return width, height, depth * CHANNELS.get(colour, 3) / 8
    if kind == "image/gif" and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"), 1
    if kind == "image/jpeg":
        return *jpeg_size(data), 3
    if kind == "image/webp":
        return *webp_size(data), 3
    if kind == "image/tiff":
        return next(iter(tiff_pages(data, 1)), (0, 0, 0.0))
    if kind == "image/bmp" and len(data) >= 30:
        width, height, _, bits = struct.unpack_from("<HHHH" if _is_core(data) else "<iiHH", data, 18)
        return abs(width), abs(height), bits / 8
    if kind in BOXED:
        return *boxed_size(data), 3
    if kind == "image/vnd.adobe.photoshop" and len(data) >= 26:
        height, width = struct.unpack_from(">II", data, 14)
        return width, height, 3
    return 0, 0, 0


def _is_core(data: bytes) -> bool:
    """Whether a bitmap has a BITMAPCOREHEADER, as OS/2 and old programs write it: numbers of two octets."""
    return data[14:18] == b"\x0c\0\0\0"


def _heavy(width: int, height: int, packed: int, octets_each: float = 3) -> bool:
    octets = width * height * octets_each
    return (octets > PIXEL_OCTETS and octets > RATIO * packed) or (octets > BLANK_OCTETS and octets > BLANK * packed)


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height by the first frame header (ITU T.81, B.2.2); (0, 0) where none is found."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if data[at + 1] == 0xFF:
            at += 1
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2:at + 4], "big"))
    return 0, 0


def jpeg_crowded(data: bytes) -> bool:
    """True for more scans or segments than any picture has; what stands behind its end is another file (a film, mostly)."""
    at = scans = 0
    for _ in range(CHUNKS):
        found = MARKER.search(data, at)
        if found is None or found[0] == b"\xff\xd9":
            return False
        at = found.end()
        if found[0] not in (b"\xff\xd8", b"\xff\x01"):
            at += max(2, int.from_bytes(data[at:at + 2], "big"))
        scans += found[0] == b"\xff\xda"
        if scans > SCANS:
            return True
    return True


def boxed_size(data: bytes) -> tuple[int, int]:
    """Width and height of the largest picture that boxes announce: of a JPEG 2000 (ISO 15444-1, I.5.3.1 and A.5.1), or of those
    that a HEIF or AVIF file is put together from (ISO 23008-12, 6.5.3); (0, 0) where none is found."""
    found = [(0, 0)]
    for mark, skip, turned in ((b"ihdr", 4, True), (b"\xff\x4f\xff\x51", 8, False), (b"ispe", 8, False)):
        at = data.find(mark, 0, BOXES)
        while 0 <= at <= len(data) - skip - 8 and len(found) < TAGS:
            first, second = struct.unpack_from(">II", data, at + skip)
            found.append((second, first) if turned else (first, second))
            at = data.find(mark, at + 4, BOXES)
    return max(found, key=lambda size: size[0] * size[1])


def webp_moves(data: bytes) -> bool:
    """Whether it has frames (RFC 9649, 2.7.1.1)."""
    return data[12:16] == b"VP8X" and len(data) >= 30 and bool(data[20] & 2)


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of the canvas (RFC 9649, 2.7 and 3.4; RFC 6386, 9.1); (0, 0) where there is none."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return 0, 0


def tiff_pages(data: bytes, most: int = PAGES + 1) -> list[tuple[int, int, float]]:
    """Width, height and octets a pixel of each page (TIFF 6.0, section 2), PAGES and one at most: a chain of pages in circles
    has more than any other."""
    order = "<" if data[:2] == b"II" else ">"
    found: list[tuple[int, int, float]] = []
    try:
        at = struct.unpack_from(order + "L", data, 4)[0]
        while at and len(found) < most:
            count = struct.unpack_from(order + "H", data, at)[0]
            tags = {256: 0, 257: 0, 258: 1, 277: 1}
            for entry in range(at + 2, at + 2 + 12 * min(count, TAGS), 12):
                tag, kind, values = struct.unpack_from(order + "HHL", data, entry)
                if tag in tags and (values == 1 or tag != 258):
                    tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "L"), data, entry + 8)[0]
                elif tag == 258:
                    tags[258] = 8
            found.append((tags[256], tags[257], tags[258] * tags[277] / 8))
            at = struct.unpack_from(order + "L", data, at + 2 + 12 * count)[0]
    except struct.error:
        return found
    return found


def moved(data: bytes) -> tuple[int, int]:
    """Frames of a GIF, and pixels of its screen and of all of them (GIF89a, 18 to 24), as far as the file goes on as one."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0) if len(data) > 12 else len(data)
    frames, pixels = 0, int.from_bytes(data[6:8], "little") * int.from_bytes(data[8:10], "little")
    while at < len(data) and frames <= FRAMES:
        if data[at] == 0x2C and at + 10 <= len(data):
            width, height, flags = struct.unpack_from("<HHB", data, at + 5)
            frames, pixels = frames + 1, pixels + width * height
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        elif data[at] == 0x21:
            at += 2
        else:
            break
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return frames, pixels


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of what the chunks of a PNG hold (5.3)."""
    at = 8
    while at + 12 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        yield name, at + 8, at + 8 + size
        at += 12 + size


def frames_of_png(data: bytes) -> int:
    """Pixels of all frames of an animated PNG (PNG third edition, 11.3.6.2)."""
    if b"fcTL" not in data:
        return 0
    places = (at for name, at, end in _chunks(data) if name == b"fcTL" and at + 12 <= min(end, len(data)))
    return sum(width * height for width, height in (struct.unpack_from(">II", data, at + 4) for at in places))


def texts_of_png(data: bytes) -> int:
    """Octets that packed texts and profiles of a PNG unpack to (11.3.3); more than TEXTS where one has more than TEXT."""
    if not any(name in data for name in PACKED):
        return 0
    made = 0
    for name, at, end in _chunks(data):
        if name in PACKED:
            rest = data[at:end].partition(b"\0")[2]
            fields = rest[2:].split(b"\0", 2) if name == b"iTXt" and rest[:1] == b"\1" else []
            packed = fields[-1] if len(fields) == 3 else b"" if name == b"iTXt" else rest[1:]
            octets = unpacked(packed, TEXT)
            made += octets if octets <= TEXT else TEXTS + 1
        if made > TEXTS:
            break
    return made


def unpacked(raw: bytes, most: int) -> int:
    """Octets that a stream of deflate makes, counted to a little more than `most`."""
    machine, made, rest = zlib.decompressobj(), 0, raw
    try:
        while rest and not machine.eof and made <= most:
            made, rest = made + len(machine.decompress(rest, PIECE)), machine.unconsumed_tail
    except zlib.error:
        pass
    return made


def vast(width: int, height: int, packed: int) -> bool:
    """Whether a picture of a page announces more pixels than its octets can tell."""
    return width * height > max(PIXELS, RATIO * packed)


def deep(data: bytes) -> bool:
    """True where DEEP arrays or dictionaries begin within one another."""
    return any(match[0].count(b"[") >= DEEP for match in ARRAYS.finditer(data)) or any(
        match[0].count(b"<<") >= DEEP for match in DICTIONARIES.finditer(data))


def object_streams(data: bytes) -> list[int]:
    """Where the words end that say so of a stream, no more than one beyond OBJECT_STREAMS: each holds a hundred objects."""
    return [match.end() for match in islice(OBJECT_STREAM.finditer(data), OBJECT_STREAMS + 1)]


def bursting(data: bytes, said: Sequence[int]) -> bool:
    """True where an object stream, reached from anywhere or not, unpacks to more than STREAM octets and RATIO to 1. `said`: of
    object_streams."""
    end, made = 0, 0
    for word in said:
        begin = data.find(b"stream", word, word + HEAD) + 6
        if begin < 6 or begin < end:     # no stream, or inside the one before
            continue
        end = data.find(b"endstream", begin) % (len(data) + 1)
        raw = data[begin:end].lstrip(b"\r\n")
        made += dense(raw)
        if made > STREAM or (len(raw) > STREAM // DEFLATE and deflate(raw, 1, STREAM)):
            return True
    return False


def dense(raw: bytes) -> int:
    """Octets that a stream unpacks to where that is more than RATIO to 1 from its beginning on, 0 for all others."""
    machine = zlib.decompressobj()
    try:
        made = len(machine.decompress(raw[:SAMPLE]))
        if made <= RATIO * min(len(raw), SAMPLE):
            return 0
        rest = raw[SAMPLE:]
        while rest and not machine.eof and made <= STREAM:
            made, rest = made + len(machine.decompress(rest, PIECE)), machine.unconsumed_tail
    except zlib.error:
        return 0
    return made if made > RATIO * len(raw) else 0


def deflate(raw: bytes, layers: int, most: int) -> bool:
    """True where one to three deflate layers unpack to more than `most` octets and RATIO to 1. Nothing of it is kept but the
    beginning of inner layers."""
    for layer in range(min(layers, 3)):
        machine = zlib.decompressobj()
        size, rest, kept = 0, raw, bytearray()
        try:
            while rest and not machine.eof:
                piece = machine.decompress(rest, PIECE)
                size, rest = size + len(piece), machine.unconsumed_tail
                if layer + 1 < layers and len(kept) < 16 * PIECE:
                    kept += piece
                if size > most:
                    return size > RATIO * len(raw)
        except zlib.error:
            return False
        raw = bytes(kept)
    return False
