"""Text that begins as a picture does: viewers show nothing of it, interpreters skip the line (ATT&CK T1036.008)."""

from __future__ import annotations

READ = 4096
"""Octets that are looked at."""
LEAST = 12
CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r\x0c\x1b")
FEW, SHARE = 3, 64
"""Text has next to no control characters; compressed pictures have one octet of nine."""
FRAME_MARKS = frozenset(range(0xC0, 0xFF)) - {0xC8}
"""What follows 0xFF in front of a segment (ISO/IEC 10918-1, table B.1)."""


def pretended(kind: str, data: bytes) -> bool:
    """Whether octets with the magic of such a picture are none, by what has to stand behind it, but text."""
    test = TESTS.get(kind)
    return test is not None and not test(data) and _text(data[8:READ])


def _text(body: bytes) -> bool:
    controls = len(body) - len(body.translate(None, CONTROLS))
    return len(body) >= LEAST and (controls <= FEW or controls * SHARE <= len(body))


def _gif(data: bytes) -> bool:
    """Neither side has eight thousand points, and a block begins behind the colours (GIF89a, 18 to 20)."""
    if len(data) < 14:
        return False
    colours = 6 << (data[10] & 7) if data[10] & 0x80 else 0
    return data[7] < 32 and data[9] < 32 and data[13 + colours:14 + colours] in (b"!", b",", b";")


def _png(data: bytes) -> bool:
    """The header comes first (PNG 5.6)."""
    return data[12:16] in (b"IHDR", b"CgBI")


def _jpeg(data: bytes) -> bool:
    """One segment ends where the next one begins."""
    end = 4 + int.from_bytes(data[4:6], "big") if len(data) > 6 and data[3] in FRAME_MARKS else 0
    return end >= 6 and data[end:end + 1] == b"\xff"


def _webp(data: bytes) -> bool:
    return data[12:15] == b"VP8"


def _otf(data: bytes) -> bool:
    """The number of its tables is small."""
    return data[4:5] == b"\0"


def _ogg(data: bytes) -> bool:
    """Version 0 (RFC 3533, 6)."""
    return data[4:5] == b"\0"


TESTS = {"audio/ogg": _ogg, "image/gif": _gif, "image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp,
         "font/otf": _otf}
