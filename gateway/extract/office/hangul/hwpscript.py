"""Scripts of Hangul documents (HWP, HWPX, HWPML): Hangul writes a skeleton into every document, which is no code."""

from __future__ import annotations

import re
import struct

END = 0xFFFFFFFF                         # in place of the length of a fifth piece (HWP 5.0, 3.2.6)
PIECES = 8
TAIL = 1 << 18                           # octets in which a directory is looked for
_REMARK = r"//[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/"
_VALUE = (r"XHwpDocuments|Documents\.Active_XHwpDocument|"
          r"Document\.XHwp\w{1,60}\.ItemFromName\s{0,9}\(\s{0,9}\"[^\"\\/\r\n]{0,200}\"\s{0,9}\)")
SKELETON = re.compile(rf"(?:[\s;\0\ufeff]|{_REMARK}|var\s{{1,9}}\w{{1,80}}\s{{0,9}}=\s{{0,9}}(?:{_VALUE})\s{{0,9}};|"
                      rf"function\s{{1,9}}\w{{1,80}}\s{{0,9}}\(\s{{0,9}}\)\s{{0,9}}\{{(?:[\s;]|{_REMARK})*+\}})*+")
"""Names for the document and its fields of a form, and events in which nothing is done."""
NAMES = frozenset({"scripts/headerscripts", "scripts/headerscripts.js", "scripts/sourcescripts", "scripts/sourcescripts.js"})
"""Where an HWPX keeps both halves of its script."""


def is_hwpx(data: bytes) -> bool:
    """Whether a ZIP says in front that it is one (KS X 6101), or in its directory where it packed what it says."""
    if data[30:38] != b"mimetype":
        return False
    return b"application/hwp+zip" in data[38:128] or b"Contents/content.hpf" in data[-TAIL:]


def code(data: bytes) -> str:
    """The script, as text; "" where nothing is in it but the skeleton."""
    text = decoded(data)
    return "" if SKELETON.fullmatch(text) else text


def decoded(data: bytes) -> str:
    """UTF-16 in pieces with their lengths in front (a stream of HWP 5.0), UTF-16 alone (a part of HWPX), or UTF-8."""
    for width, charset in ((2, "utf-16-le"), (1, "utf-8")):
        found = _pieces(data, width)
        if found:
            return "\n".join(piece.decode(charset, "replace") for piece in found)
    if data[:2] == b"\xfe\xff":
        return data[2:].decode("utf-16-be", "replace")
    if data[:2] == b"\xff\xfe" or data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")


def _pieces(data: bytes, width: int) -> list[bytes]:
    """Header, source, what runs before and behind it; [] where the lengths do not fit."""
    found: list[bytes] = []
    at = 0
    while at + 4 <= len(data) and len(found) < PIECES:
        size = struct.unpack_from("<L", data, at)[0]
        at += 4
        if size == END:
            return found
        if at + size * width > len(data):
            return []
        found.append(data[at:at + size * width])
        at += size * width
    return found if at == len(data) else []
