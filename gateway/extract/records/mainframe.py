"""Files of IBM mainframes: text in EBCDIC, records of one length that nothing parts.

Digits, capitals and blanks have the same octets in all its code pages (CDRA, invariant characters), the eastern ones among them
(930, 935, 937, 939), whose ideographs stand between SO and SI: what numbers there are is read, ideographs are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

CODEC = "cp037"
SAMPLE = 8192
LEAST = 60
BLANK, DIGITS = 0x40, bytes(range(0xF0, 0xFA))
TEXT = bytes([BLANK, 0x15, 0x25, 0x0D, 0x4B, 0x4D, 0x5D, 0x60, 0x61, 0x6B, 0x6D, 0x7A, 0x7C, *range(0x81, 0x8A), *range(0x91, 0x9A),
              *range(0xA2, 0xAA), *range(0xC1, 0xCA), *range(0xD1, 0xDA), *range(0xE2, 0xEA), *DIGITS])
"""Blanks, line ends, the commonest marks, letters and digits."""
SHIFTED = re.compile(rb"\x0e[^\x0f]{0,4000}+\x0f?")
"""Ideographs, two octets each, between SO and SI."""
MOSTLY = 0.9
GLUED = re.compile("[0-9A-Z]{16}")
LONGEST, RECORDS = 1000, 5
"""Octets of a record, and records, of a file that is cut into such."""
ALIKE = 0.85
"""Of a record's octets, as many are of one kind (digit, blank, other) in the next."""
SAME, DIGITS_ONLY = 0.12, 0.985
"""Of a record of digits, more than this are the same in the next (chance has one in ten); digits of such a file."""
PIECE = 1 << 18
"""Characters that are cut into records at once."""
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
UNBROKEN = 200
"""Characters of a file that may be records without line ends."""


def unbroken(text: str, data: bytes = b"", charset: str = "") -> str:
    """A line a record of a text that has no line ends and repeats itself, else ''. `data` and `charset` are what it was read from:
    where an ideograph takes two octets, records are of one length in octets only.
    """
    text = text.strip()
    if len(text) < UNBROKEN or "\n" in text or GLUED.search(text, 0, SAMPLE) is None:
        return ""
    if data and not text.isascii() and charset.replace("_", "-").lower() not in WIDE:
        lines = records(data.decode("latin-1").rstrip("\x1a"))
        return lines.encode("latin-1").decode(charset, "replace") if "\n" in lines else ""
    lines = records(text)
    return lines if lines is not text else ""


def text_of(data: bytes) -> str:
    """The text of a file in EBCDIC, a record a line, '' for any other."""
    head = SHIFTED.sub(b"\x40", data[:SAMPLE])
    other = len(head.translate(None, TEXT))
    digits = len(head) - len(head.translate(None, DIGITS))
    if len(head) < LEAST or other > len(head) * (1 - MOSTLY) or digits * 20 < len(head) or head.isascii():
        return ""
    plain = SHIFTED.sub(lambda m: b"\x40" * len(m[0]), data)
    text = plain.decode(CODEC, "replace").replace("\x85", "\n").replace("\r", "\n")
    return text if "\n" in text else records(text)


def records(text: str) -> str:
    """A text without line ends that repeats itself in records of one length, a line each; else as it is."""
    if "\n" in text:
        return text
    codes = np.frombuffer(text[:SAMPLE].encode("utf-16-le", "replace"), np.uint16)
    kinds = np.where((codes >= 48) & (codes < 58), 1, np.where(codes == 32, 2, 0))
    best, length = ALIKE, 0
    step = 0.005
    if (kinds == 1).mean() > DIGITS_ONLY:                 # counters and noughts stand in the same places
        best, kinds, step = SAME, codes, 0.1
    for size in range(12, min(LONGEST, len(kinds) // RECORDS) + 1):
        alike = float((kinds[size:] == kinds[:-size]).mean())
        if alike > best + step and (kinds is not codes or len(text) % size == 0):
            best, length = alike, size
    if not length:
        return text
    return "\n".join(_lines(text, length))


def _lines(text: str, length: int) -> Iterator[str]:
    """The text with a line end behind each record but the last, in pieces of so many records that arrays of them stay small."""
    step = max(1, PIECE // length) * length
    for at in range(0, len(text), step):
        piece = text[at:at + step]
        whole = len(piece) - len(piece) % length
        records = np.frombuffer(piece[:whole].encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, length)
        ended = np.full((len(records), length + 1), ord("\n"), np.uint32)
        ended[:, :-1] = records
        yield ended.tobytes().decode("utf-32-le", "surrogatepass")[:None if piece[whole:] else -1] + piece[whole:]
