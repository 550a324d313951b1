"""Pictures and streams of PDF files that cost their reader far more than they weigh: announced sizes, frames, chunks, deflate."""

from __future__ import annotations

import re
import struct
import zlib
from itertools import islice

PIXEL_OCTETS = 1 << 30
"""Octets a picture unpacks to, above which its ratio counts. A white scan of A0 at 600 dpi in grey has half of that."""
BLANK_OCTETS = 64 << 20
"""The same for what is nothing but blank: a white page of A4 at 300 dpi in colour has 26 million octets, of A3 52 million."""
BLANK = 400
"""Unpacked to packed octets of what is blank. Drawings and text on white are packed 50 to 150 to 1, one colour 1000 to 1."""
MOVED = 128 << 20
"""Pixels in all frames of an animation, above which their ratio counts: a minute of a whole screen has five times as many."""
MOVED_RATIO = 200
"""Pixels to packed octets of an animation: recordings of a screen have 30 to 100."""
RATIO = 100
FRAMES = 20_000                          # pictures in one animation
CHUNKS = 20_000                          # of a PNG that are no image data
IMAGE = 112 << 20
"""Octets a picture in a PDF unpacks to, above which its ratio counts: a white page of A4 at 600 dpi in colour has less."""
STREAM = 32 << 20
"""The same for everything else."""
PIECE = 1 << 20
SAMPLE = 1 << 10                         # packed octets that tell whether the rest is worth unpacking
DEFLATE = 1032                           # octets that one octet of deflate makes at most
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
    if kind == "image/gif" and data[:3] == b"GIF" and len(data) >= 10:
        frames, pixels = moved(data)
        if frames > FRAMES:
            return "COUNT", f"more than {FRAMES} frames"
        if pixels > MOVED and pixels > MOVED_RATIO * len(data):
            return "RATIO", f"{pixels} pixels in {frames} frames"
    if kind == "image/bmp" and data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack_from("<ii", data, 18)
        if _heavy(abs(width), abs(height), len(data)):
            return "RATIO", f"{abs(width)} by {abs(height)} pixels"
    return "", ""


def _heavy(width: int, height: int, packed: int, octets_each: float = 3) -> bool:
    octets = width * height * octets_each
    return (octets > PIXEL_OCTETS and octets > RATIO * packed) or (octets > BLANK_OCTETS and octets > BLANK * packed)


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


def deep(data: bytes) -> bool:
    """True where DEEP arrays or dictionaries begin within one another."""
    return any(match[0].count(b"[") >= DEEP for match in ARRAYS.finditer(data)) or any(
        match[0].count(b"<<") >= DEEP for match in DICTIONARIES.finditer(data))


def crowded(data: bytes) -> bool:
    """True where OBJECT_STREAMS object streams begin, or words that say so: each holds a hundred objects."""
    return data.count(b"Stm") + data.count(b"#") > OBJECT_STREAMS and (
        next(islice(OBJECT_STREAM.finditer(data), OBJECT_STREAMS, None), None) is not None)


def object_streams(data: bytes) -> bool:
    """True where an object stream, reached from anywhere or not, unpacks to more than STREAM octets and RATIO to 1."""
    end, made = 0, 0
    for match in islice(OBJECT_STREAM.finditer(data), OBJECT_STREAMS):
        begin = data.find(b"stream", match.end(), match.end() + HEAD) + 6
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
