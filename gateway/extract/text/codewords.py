"""Words of a list that each are one encoded value, in base64 or hex, and text in quoted-printable that nobody decoded.

A number in base64 shows itself: three digits always become one of MNO, one of DTjz, one of ten letters, and one of w to z, 0 to 5.
"""

from __future__ import annotations

import binascii
import quopri
import re

CORE64 = re.compile(rb"[MNO][DTjz][AEIMQUYcgk][w-z0-5]")
BEGUN64 = tuple(re.compile(bytes([first]) + rb"[DTjz][AEIMQUYcgk][w-z0-5]") for first in b"MNO")
"""The same as patterns that begin with a letter of their own: the search skips to it, and most texts have none."""
CORE16 = re.compile(rb"3[0-9]" * 5)
ALNUM = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
WORD64, WORD16 = ALNUM | frozenset(b"+/-_"), frozenset(b"0123456789abcdefABCDEF")
LONGEST = 64
"""Characters of such a word; longer ones are blocks."""
LEAST = 3
MOST = 20_000
SAID = re.compile(rb"[ -~]{8,48}")
DIGITS = re.compile(rb"[0-9]")
QUOTED = re.compile(rb"(?:=[89A-F][0-9A-F]){3}")


def decoded(data: bytes) -> bytes:
    """The text with its encoded words as what they say, b'' where there are fewer than LEAST."""
    pieces: list[bytes] = []
    done = times = 0
    for core, among, word in ((CORE64, WORD64, _base64), (CORE16, WORD16, _hex)):
        pieces, done, times = [], 0, 0
        if core is CORE64 and not any(begun.search(data) for begun in BEGUN64):
            continue
        for match in core.finditer(data):
            if match.start() < done or times > MOST:
                continue
            start, end = _around(data, match.start(), match.end(), among)
            said = word(data[start:end], match.start() - start) if end - start <= LONGEST and _free(data, start, end) else b""
            if said:
                end += len(data[end:end + 2]) - len(data[end:end + 2].lstrip(b"="))
                pieces += (data[done:start], said)
                done = end
                times += 1
        if times >= LEAST:
            return b"".join((*pieces, data[done:]))
    return b""


def _around(data: bytes, start: int, end: int, among: frozenset[int]) -> tuple[int, int]:
    """The word that a match stands in, or something longer than LONGEST."""
    low, high = start, end
    while low and start - low <= LONGEST and data[low - 1] in among:
        low -= 1
    while high < len(data) and high - end <= LONGEST and data[high] in among:
        high += 1
    return low, high


def _free(data: bytes, start: int, end: int) -> bool:
    return not (start and data[start - 1] in ALNUM) and not (end < len(data) and data[end] in ALNUM)


def _base64(word: bytes, core: int) -> bytes:
    if core % 4 or len(word) % 4 == 1:
        return b""
    try:
        said = binascii.a2b_base64(word.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(word) % 4))
    except binascii.Error:
        return b""
    return _value(said)


def _hex(word: bytes, core: int) -> bytes:
    return _value(binascii.unhexlify(word)) if len(word) % 2 == 0 and core % 2 == 0 else b""


def _value(said: bytes) -> bytes:
    """What reads as one value with a number in it."""
    return said if SAID.fullmatch(said) and len(DIGITS.findall(said)) >= 6 else b""


def unquoted(data: bytes) -> bytes:
    """The text where it has several words in quoted-printable (RFC 2045, 6.7), else b''."""
    if data.count(b"=E") + data.count(b"=B") < 8 or len(QUOTED.findall(data, 0, 1 << 16)) < LEAST:
        return b""
    return quopri.decodestring(data)
