"""Disc and disk images made on the spot."""

from __future__ import annotations

import io
import struct

import pycdlib

DATA = b"MZ\x90\0 program"


def iso_of(**options):
    image = pycdlib.PyCdlib()
    image.new(**options)
    image.add_directory("/D", **({"joliet_path": "/資料"} if "joliet" in options else {}), **({"rr_name": "dir"} if "rock_ridge" in options else {}),
                        **({"udf_path": "/資料"} if "udf" in options else {}))
    image.add_fp(io.BytesIO(DATA), len(DATA), "/D/A.EXE;1", **({"joliet_path": "/資料/請求書.exe"} if "joliet" in options else {}),
                 **({"rr_name": "invoice.exe"} if "rock_ridge" in options else {}), **({"udf_path": "/資料/請求書.exe"} if "udf" in options else {}))
    stream = io.BytesIO()
    image.write_fp(stream)
    image.close()
    return stream.getvalue()


def fat_of(files, clusters=100):
    """A FAT12 volume with these files (8.3 name, long name, content) in its root directory; b"\\xe5..." names are deleted."""
    boot = bytearray(512)
    boot[:3] = b"\xeb\x3c\x90"
    struct.pack_into("<HBHBHHBH", boot, 11, 512, 1, 1, 1, 64, 1 + 1 + 4 + clusters, 0xF8, 1)
    boot[510:] = b"\x55\xaa"
    table = [0xFF8, 0xFFF]
    root, body = bytearray(), bytearray()
    for short, long, data in files:
        first = len(table)
        count = max(1, (len(data) + 511) // 512)
        table += [*range(first + 1, first + count), 0xFFF]
        body += data.ljust(count * 512, b"\0")
        if long:
            units = (long + "\0").encode("utf-16-le").ljust(52, b"\xff")
            for order in (2, 1):
                piece = units[(order - 1) * 26:order * 26]
                root += bytes([order | (0x40 if order == 2 else 0)]) + piece[:10] + b"\x0f\0\0" + piece[10:22] + b"\0\0" + piece[22:26]
        root += short.ljust(11) + b"\x20" + bytes(14) + struct.pack("<HL", first, len(data))
    fat = bytearray()
    table += [0] * (len(table) % 2)
    for low, high in zip(table[::2], table[1::2], strict=True):
        fat += struct.pack("<L", low | high << 12)[:3]
    return bytes(boot + fat.ljust(512, b"\0") + root.ljust(64 * 32, b"\0") + body.ljust(clusters * 512, b"\0"))
