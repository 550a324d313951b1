"""Filters of PDF streams (ISO 32000-2, 7.4) but LZW, taken off within bounds."""

from __future__ import annotations

import base64
import re
import zlib

import pikepdf


class Unknown(Exception):
    """A stream filter that hides what it holds."""


def filters(stream: pikepdf.Stream) -> list[str]:
    """Names of a stream's filters in the order they are taken off."""
    value = stream.get("/Filter")
    if value is None:
        return []
    return [str(v) for v in value][:8] if isinstance(value, pikepdf.Array) else [str(value)]


def unfilter(name: str, data: bytes, room: int) -> bytes:
    """What the octets were before this filter; OverflowError where that is more than `room`."""
    if name in ("/FlateDecode", "/Fl"):
        machine = zlib.decompressobj()
        made = machine.decompress(data, room + 1)
        if len(made) > room:
            raise OverflowError
        return made
    if name in ("/ASCIIHexDecode", "/AHx"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
        return bytes.fromhex((digits + b"0")[:(len(digits) + 1) // 2 * 2].decode("ascii"))
    if name in ("/ASCII85Decode", "/A85"):
        body = data.strip().removeprefix(b"<~").partition(b"~>")[0]
        return base64.a85decode(body, ignorechars=b" \t\n\r\v\0\f")
    if name in ("/RunLengthDecode", "/RL"):
        return _run_length(data, room)
    if name in ("/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/Crypt"):
        return data
    raise Unknown(name)


def _run_length(data: bytes, room: int) -> bytes:
    out = bytearray()
    at = 0
    while at < len(data) and data[at] != 128:
        count = data[at]
        if count < 128:
            out += data[at + 1:at + 2 + count]
            at += 2 + count
        else:
            out += data[at + 1:at + 2] * (257 - count)
            at += 2
        if len(out) > room:
            raise OverflowError
    return bytes(out)
