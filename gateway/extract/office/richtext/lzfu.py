"""Compressed RTF of MAPI ([MS-OXRTFCP])."""

from __future__ import annotations

import struct

DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    b"SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
LIMIT = 64 << 20


def decompress(data: bytes) -> bytes:
    """RTF text. Raises ValueError for a wrong header; a truncated body gives what there is."""
    if len(data) < 16:
        raise ValueError("too short")
    _, raw_size, kind, _ = struct.unpack_from("<IIII", data)
    if kind == 0x414C454D:               # MELA: stored
        return data[16:16 + raw_size]
    if kind != 0x75465A4C:               # LZFu
        raise ValueError("signature")
    window = bytearray(DICTIONARY.ljust(4096, b"\0"))
    write = len(DICTIONARY)
    out = bytearray()
    at = 16
    limit = min(raw_size, LIMIT)
    while at < len(data) and len(out) < limit:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not flags >> bit & 1:
                out.append(data[at])
                window[write] = data[at]
                write = (write + 1) & 4095
                at += 1
                continue
            token = int.from_bytes(data[at:at + 2], "big")
            at += 2
            offset = token >> 4
            if offset == write:
                return bytes(out)
            for index in range((token & 15) + 2):
                octet = window[(offset + index) & 4095]
                out.append(octet)
                window[write] = octet
                write = (write + 1) & 4095
    return bytes(out)
