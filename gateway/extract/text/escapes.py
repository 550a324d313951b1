"""A sign and two hex digits for one octet: percent encoding (RFC 3986, 2.1), quoted-printable (RFC 2045, 6.7). Megabytes of them
without an object for each."""

from __future__ import annotations

import numpy as np

PIECE = 1 << 20
_VALUES = np.array([int(chr(c), 16) if chr(c) in "0123456789abcdefABCDEF" else -256 for c in range(256)], np.int16)


def undone(text: bytes, sign: bytes, kept: bool = True) -> bytes:
    """The octets that the sign and two hex digits stand for, in either case, or without them; the rest as it is."""
    pieces: list[bytes] = []
    at = 0
    while at < len(text):
        end = at + PIECE
        end = text.find(sign, end - 2, end) if sign in text[end - 2:end] else end
        octets = np.frombuffer(text[at:end] + b"  ", np.uint8)
        signs = np.flatnonzero(octets[:-2] == sign[0])
        values = _VALUES[octets[signs + 1]] * 16 + _VALUES[octets[signs + 2]]
        signs, values = signs[values >= 0], values[values >= 0]
        made, left = octets[:-2].copy(), np.ones(len(octets), bool)
        made[signs] = values
        left[signs + 1] = left[signs + 2] = False
        left[signs] = kept
        pieces.append(made[left[:-2]].tobytes())
        at = end
    return b"".join(pieces)
