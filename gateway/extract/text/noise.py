"""Long runs of coded text that stand for nothing: megabytes of hex digits, base64 or plain digits that are neither text nor a
file. Those who undo a coding ask how a run begins; so none of them need work through the middle of what begins like noise.

What looks for people and numbers need not read the middle of any coding (uuencode, base85): it has the numbers in there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

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


PIECE = 1 << 16
"""Octets that are asked at a time whether they were drawn by lot."""
PAIRS = 1000
"""Pairs of characters that are there then: base32 has 1024, uuencode 4096. Texts and tables have fewer, or are skewed."""
FREQUENT, SKEWED = 4, 0.12
"""How many times the mean a pair is frequent, and the share of such pairs from which on something is no coding: prose has 0.6."""
KINDS = bytes(ord("9") if chr(c) in "0123456789" else ord("-") if chr(c) in " -./" else ord("x") for c in range(256))
NUMBERS = (b"9999999", b"9999-99", b"999-999", b"99-9999")
"""How numbers look by the kinds of their characters, however they are grouped."""
BESIDE = 80                              # octets of its line on both sides of a number that are kept


def thinned(data: bytes) -> bytes:
    """The octets without the middle of all long stretches of a coding; numbers in there are kept, with what stands beside them."""
    if len(data) < LEAST:
        return data
    pieces: list[bytes] = []
    done = 0
    for begin, end in _stretches(data):
        first, last = begin + KEPT, end - KEPT
        if last - first < KEPT:
            continue
        pieces += (data[done:first], b"\n", *_numbers(data[first:last]))
        done = last
    return b"".join((*pieces, data[done:])) if pieces else data


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of what consists of pieces that were drawn by lot."""
    begin = -1
    for at in range(0, len(data), PIECE):
        if _drawn(data[at:at + PIECE]):
            begin = at if begin < 0 else begin
        elif begin >= 0:
            yield begin, at
            begin = -1
    if begin >= 0:
        yield begin, len(data)


def _drawn(piece: bytes) -> bool:
    """True where any character follows any other, none much more often than the others."""
    if len(piece) < PIECE // 2 or int(np.bincount(np.frombuffer(piece[:SAMPLE], np.uint8)).max()) > OFTEN * SAMPLE:
        return False
    if not piece.isascii():
        return False
    octets = np.frombuffer(piece, np.uint8).astype(np.uint16)
    counts = np.bincount(octets[:-1] << 7 | octets[1:], minlength=1 << 14)
    different = int(np.count_nonzero(counts))
    return different >= PAIRS and int(counts[counts * different > FREQUENT * len(piece)].sum()) < SKEWED * len(piece)


SAMPLE, OFTEN = 1 << 12, 0.08
"""Octets, and the share that one of them may have there: texts, tables, digits and hex have one that is more frequent."""


def _numbers(data: bytes) -> Iterator[bytes]:
    """What a coding has by chance, or somebody put into it, a line each."""
    kinds = data.translate(KINDS)
    done = 0
    for at in sorted(at for number in NUMBERS for at in _places(kinds, number)):
        if at < done:
            continue
        begin = max(done, data.rfind(b"\n", at - BESIDE, at) + 1 or at - BESIDE)
        end = data.find(b"\n", at, at + BESIDE)
        done = end if end >= 0 else at + BESIDE
        yield data[begin:done] + b"\n"


def _places(kinds: bytes, number: bytes) -> Iterator[int]:
    at = kinds.find(number)
    while at >= 0:
        yield at
        at = kinds.find(number, at + len(number))
