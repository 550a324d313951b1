"""A program of Windows whose octets were all exclusive-ored with one and the same octet (ATT&CK T1027.013). Neighbouring octets,
exclusive-ored with each other, are the same under any key: one pass looks for all 255 at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

STUBS = (b"This program cannot be run in DOS mode", b"This program must be run under Win")
"""What a program says where it cannot run: Microsoft's linkers, Borland's."""
STEPS = tuple((bytes(a ^ b for a, b in pairwise(stub)), stub[0]) for stub in STUBS)
PIECE = 256 << 10                        # octets at a time: what the processor keeps near
OVERLAP = max(map(len, STUBS))


def ciphered(data: bytes) -> bool:
    """Whether the words of a program's stub stand there under one key, other than as they are."""
    octets = np.frombuffer(data, np.uint8)
    for start in range(0, len(data) - min(map(len, STUBS)) + 1, PIECE):
        piece = octets[start:start + PIECE + OVERLAP]
        steps = (piece[1:] ^ piece[:-1]).tobytes()
        if any(_under_a_key(steps, step, data, start, first) for step, first in STEPS):
            return True
    return False


def _under_a_key(steps: bytes, step: bytes, data: bytes, start: int, first: int) -> bool:
    at = steps.find(step)
    while at >= 0:
        if data[start + at] != first:
            return True
        at = steps.find(step, at + 1)
    return False
