"""Files of IBM mainframes: text in EBCDIC, records of one length that nothing parts.

Digits, capitals and blanks have the same octets in all its code pages (CDRA, invariant characters), the eastern ones among them
(930, 935, 937, 939), whose ideographs stand between SO and SI: what numbers there are is read, ideographs are left out.
"""

from __future__ import annotations

import re

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
LONGEST, RECORDS = 1000, 5
"""Octets of a record, and records, of a file that is cut into such."""
ALIKE = 0.85
"""Of a record's octets, as many are of one kind (digit, blank, other) in the next."""


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
    kinds = np.frombuffer(text[:SAMPLE].encode("utf-16-le", "replace"), np.uint16)
    kinds = np.where((kinds >= 48) & (kinds < 58), 1, np.where(kinds == 32, 2, 0))
    best, length = ALIKE, 0
    for size in range(12, min(LONGEST, len(kinds) // RECORDS) + 1):
        alike = float((kinds[size:] == kinds[:-size]).mean())
        if alike > best + 0.005:
            best, length = alike, size
    if not length or "\n" in text:
        return text
    return "\n".join(text[at:at + length] for at in range(0, len(text), length))
