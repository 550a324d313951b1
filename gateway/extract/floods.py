"""Pictures and streams of PDF files that cost their reader far more than they weigh: announced sizes, frames, chunks, deflate."""

from __future__ import annotations

import struct
import zlib

PIXEL_OCTETS = 1 << 30
"""Octets a picture unpacks to, above which its ratio counts. A white scan of A0 at 600 dpi in grey has half of that."""
RATIO = 100
FRAMES = 20_000                          # pictures in one animation
CHUNKS = 20_000                          # of a PNG that are no image data
IMAGE = 112 << 20
"""Octets a picture in a PDF unpacks to, above which its ratio counts: a white page of A4 at 600 dpi in colour has less."""
STREAM = 32 << 20
"""The same for everything else."""
PIECE = 1 << 20


def picture(kind: str, data: bytes) -> tuple[str, str]:
    """("RATIO" or "COUNT", what is too much), or ("", "")."""
    if kind == "image/png" and data[12:16] == b"IHDR" and len(data) >= 33:
        width, height = struct.unpack_from(">II", data, 16)
        if _heavy(width, height, len(data)):
            return "RATIO", f"{width} by {height} pixels"
        if data.count(b"tEXt") + data.count(b"zTXt") + data.count(b"iTXt") + data.count(b"fdAT") > CHUNKS:
            return "COUNT", f"more than {CHUNKS} chunks"
    if kind == "image/gif" and data[:3] == b"GIF" and len(data) >= 10:
        width, height = struct.unpack_from("<HH", data, 6)
        frames = data.count(b"\x00,") + data.count(b"\x00!\xf9")
        if frames > 2 * FRAMES and frames * 40 > len(data):
            return "COUNT", f"more than {FRAMES} frames"
        if _heavy(width, height * max(1, data.count(b"\x21\xf9\x04")), len(data) * 4):
            return "RATIO", f"{width} by {height} pixels in many frames"
    if kind == "image/bmp" and data[:2] == b"BM" and len(data) >= 26:
        width, height = struct.unpack_from("<ii", data, 18)
        if _heavy(abs(width), abs(height), len(data)):
            return "RATIO", f"{abs(width)} by {abs(height)} pixels"
    return "", ""


def _heavy(width: int, height: int, packed: int) -> bool:
    octets = width * height * 3
    return octets > PIXEL_OCTETS and octets > RATIO * packed


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
