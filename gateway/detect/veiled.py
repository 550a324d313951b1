"""Programs of Windows that no desktop starts as they are: enciphered by a key, back to front, their first octets cut off. A
script or a second file puts them right (ATT&CK T1027.013, T1140)."""

from __future__ import annotations

LONGEST_KEY = 32
ZEROS = slice(0x1C, 0x3C)
"""Octets of the header of DOS that linkers leave zero ([PE format], e_res to e_res2): enciphered, they are the key."""
FARTHEST = 0x1000
"""Where the header of Windows begins at the latest, in what linkers write."""
HEADER = b"PE\0\0"
STUB = b"This program cannot be run in DOS mode"
STUB_AT = 0x4E
"""Where linkers put that sentence."""
LEAST = 0x100


def veiled(data: bytes) -> str:
    """How a program is kept from being one, "" for all other data."""
    if len(data) < LEAST or data.startswith(b"MZ"):
        return ""
    if _reversed(data):
        return "program back to front"
    if _beheaded(data):
        return "program without its first octets"
    return "program enciphered by a key" if _key(data) else ""


def _reversed(data: bytes) -> bool:
    begin = data[:-FARTHEST:-1] if data.endswith(b"ZM") else b""
    return begin != b"" and _headed(begin)


def _beheaded(data: bytes) -> bool:
    at = data.find(STUB, 0, STUB_AT + len(STUB))
    return at >= 0 and HEADER in data[at:at + FARTHEST]


def _key(data: bytes) -> bytes:
    """The key by which the header is one, for programs enciphered by exclusive or."""
    seen = data[ZEROS]
    for size in range(1, LONGEST_KEY + 1):
        turn = -ZEROS.start % size
        key = (seen[:size] * 2)[turn:turn + size]
        if seen[size:] == seen[:-size] and data[0] ^ key[0] == 0x4D and data[1] ^ key[1 % size] == 0x5A:
            begin = bytes(a ^ key[n % size] for n, a in enumerate(data[:FARTHEST]))
            if any(key) and _headed(begin):
                return key
    return b""


def _headed(begin: bytes) -> bool:
    at = int.from_bytes(begin[0x3C:0x40], "little")
    return 0 < at < FARTHEST and begin[at:at + 4] == HEADER
