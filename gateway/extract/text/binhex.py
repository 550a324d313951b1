"""BinHex 4.0 (RFC 1741): six bits a character, run-length coded, a name and two forks."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

BEGIN = re.compile(rb"^[ \t>|]{0,8}\(This file must be converted with BinHex[^\r\n]{0,40}\)", re.M)
ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
AS_BASE64 = bytes.maketrans(ALPHABET, BASE64)
OUTSIDE = bytes(c for c in range(256) if c not in ALPHABET)
GAP = 400                                # octets between the heading and the colon that opens the data
HEADER = 200                             # characters in which the longest name stands, and what belongs to it
RUN = 0x90
GROWTH, ROOM = 20, 8 << 20
"""What runs may make of so many octets beyond the room for any file: pictures and programs of that time shrank by a third."""

File = tuple[tuple[str, ...], bytes]


class TooLarge(ValueError):
    """Runs that make more than any file has."""


def files(data: bytes) -> Iterator[File]:
    """Name and content of each fork that is there, behind its heading or of a text that is nothing but one. Raises TooLarge."""
    if bare(data):
        yield from forks(data, data.find(b":"))
    for match in BEGIN.finditer(data):
        start = data.find(b":", match.end(), match.end() + GAP)
        if start >= 0:
            yield from forks(data, start)


def bare(data: bytes) -> bool:
    """Whether a text begins with the data, as the transfer encoding of this name leaves it: by the checksum of its header."""
    begin = data[:HEADER].lstrip()
    if begin[:1] != b":" or begin[1:61].partition(b":")[0].translate(None, ALPHABET):
        return False
    coded = begin[1:].partition(b":")[0].translate(AS_BASE64, OUTSIDE)
    plain = unrun(binascii.a2b_base64(coded[:len(coded) // 4 * 4]))
    size = 1 + plain[0] + 19 if plain else 0
    return 0 < size <= len(plain) - 2 and binascii.crc_hqx(plain[:size], 0) == int.from_bytes(plain[size:size + 2], "big")


def forks(data: bytes, start: int = 0) -> Iterator[File]:
    """Of the data between the colon at `start` and the next one, or the end."""
    end = data.find(b":", start + 1)
    coded = data[start + 1:end if end > 0 else len(data)].translate(AS_BASE64, OUTSIDE)
    coded = coded[:len(coded) // 4 * 4]
    yield from _file(unrun(binascii.a2b_base64(coded)))


def unrun(packed: bytes) -> bytes:
    """A mark and a number stand for so many of the octet before them; a mark and nought for the mark itself."""
    out = bytearray()
    most = max(ROOM, GROWTH * len(packed))
    at = 0
    while (mark := packed.find(RUN, at)) >= 0:
        out += packed[at:mark]
        count = packed[mark + 1] if mark + 1 < len(packed) else 0
        if count and out:
            out += bytes((out[-1],)) * (count - 1)
        elif not count:
            out.append(RUN)
        if len(out) > most:
            raise TooLarge("runs without end")
        at = mark + 2
    return bytes(out + packed[at:])


def _file(plain: bytes) -> Iterator[File]:
    """Header, its checksum, data fork, its checksum, resource fork."""
    if len(plain) < 22:
        return
    size = plain[0]
    name = plain[1:1 + size].decode("mac_roman")
    at = 1 + size + 1 + 4 + 4 + 2                       # version, type, creator, flags
    data, resources = (int.from_bytes(plain[n:n + 4], "big") for n in (at, at + 4))
    begin = at + 10
    if data or not resources:
        yield (name,), plain[begin:begin + data]
    fork = plain[begin + data + 2:begin + data + 2 + resources]
    if fork:
        yield (name,), fork
