"""Long runs of coded text that stand for nothing: megabytes of hex digits, base64 or plain digits that are neither text nor a
file. Those who undo a coding ask how a run begins; so none of them need work through the middle of what begins like noise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

STEP = 1 << 15
"""Octets between the places where a run is looked for."""
LEAST = 1 << 17
"""Octets of a run from which on its middle is left out."""
KEPT = 1 << 15
"""Octets that are left of its beginning and of its end; a beginning of so many tells what the run is."""
BEFORE = 1 << 12
"""Octets before a run that may belong to what it stands for."""
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-="
RUN = re.compile(rb"(?:[A-Za-z0-9+/_\-]{40,}+={0,2}\r?\n)++[A-Za-z0-9+/_\-]*+|[A-Za-z0-9+/_\-]{131072,}+")
"""Lines of nothing else, or one line."""


def runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of every long run of coded characters, in order."""
    at = done = 0
    while at + LEAST <= len(data):
        match = RUN.match(data, data.find(b"\n", at, at + STEP) + 1 or at)
        if match is None or len(match[0]) < LEAST:
            at += STEP
            continue
        yield _beginning(data, match.start(), done), match.end()
        at = done = match.end()


def _beginning(data: bytes, at: int, least: int) -> int:
    """Where the run begins that goes on at `at`."""
    while at > least:
        piece = data[max(least, at - STEP):at]
        kept = piece.rstrip(LETTERS + b"\r\n")
        at -= len(piece) - len(kept)
        if kept:
            break
    return at


def shortened(data: bytes, means: Callable[[bytes], bool]) -> bytes:
    """The octets without the middle of each run of whose beginning, and of what stands before it, `means` says no."""
    pieces: list[bytes] = []
    done = 0
    for begin, end in runs(data):
        if means(data[max(0, begin - BEFORE):begin + KEPT]):
            continue
        first = data.rfind(b"\n", begin + KEPT // 2, begin + KEPT) + 1 or begin + KEPT
        last = data.find(b"\n", end - KEPT, end - KEPT // 2) + 1 or end - KEPT
        pieces.append(data[done:first])
        done = last
    return b"".join((*pieces, data[done:])) if pieces else data
