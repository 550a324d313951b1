"""Files in scripts as lists of numbers: in any base, one octet or several to a number."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator
from itertools import chain, islice

import numpy as np

from gateway.extract.bounded import counted
from gateway.extract.text.codings import certain

LIST = re.compile(r"(?<!\d)(?:[-+]?(?:0x[0-9a-f]{1,16}+|0o[0-7]{1,22}+|0b[01]{1,64}+|\d{1,20}+)n?"
                  r"(?:[ \t\r\n]{0,8}+[,;:|_-]|[ \t\r\n])[ \t\r\n]{0,8}+){48,}+[-+]?(?:0[xob][0-9a-f]{1,64}|\d{1,20})?", re.I)
WIDE = re.compile(r"(?<!\d)(?:-?(?:0x[0-9a-f]{5,16}+|\d{8,20}+)n?\s{0,8}+,\s{0,8}+){15,47}+(?:0x[0-9a-f]{1,16}|\d{1,20})", re.I)
"""Fewer numbers of four or eight octets each."""
NUMBER = re.compile(r"(-?)(0x[0-9a-f]{1,16}|0o[0-7]{1,22}|0b[01]{1,64}|\d{1,20})", re.I)
LETTER = re.compile(r"[A-Za-z]|\d{19}")
SHORT = re.compile(r"\d+")
"""All numbers of a list without letters, signs and such as have more than 63 bits."""
MINUS = re.compile(r"[,;:|_ ]\s{0,8}-")
SHORTEST = 96
"""Characters of the shortest list."""
PART = np.isin(np.arange(256), list(b"0123456789abcdefxonABCDEFXON+-,;:|_? \t\n\r\v\f\x1c\x1d\x1e\x1f"))
"""Characters of lists; a question mark stands for all that are not ASCII."""
MOST_NUMBERS = 1 << 20
"""Numbers of one list that are put together: its kind shows long before."""
MOST_LISTS = 2000
"""Lists of one script that are read; pages of charts have some hundred."""
MOST_CHARACTERS = 6 << 20
"""Characters of whole numbers in one page."""
FORMS = (("H", 0, 1 << 16), ("I", 0, 1 << 32), ("i", -(1 << 31), 1 << 31))


def lists(script: str) -> Iterator[array[int]]:
    """Each list of at least 48 whole numbers, or of 15 large ones. Raises LimitReached where there are more than MOST_LISTS."""
    for match in counted(chain(_found(LIST, script), _found(WIDE, script)), MOST_LISTS, "lists of numbers in a script"):
        signs = MINUS.search(script, match.start(), match.end()) is not None     # otherwise a dash stands between numbers
        if match.end() - match.start() > MOST_CHARACTERS:
            continue                                     # told by its size, and by that alone
        if not signs and LETTER.search(script, match.start(), match.end()) is None:
            plain = islice(SHORT.finditer(script, match.start(), match.end()), MOST_NUMBERS)
            yield array("q", (int(number[0]) for number in plain))
            continue
        found = islice(NUMBER.finditer(script, match.start(), match.end()), MOST_NUMBERS)
        yield array("q", (_signed(int(number[1] * signs + number[2], _base(number[2]))) for number in found))


def _found(pattern: re.Pattern[str], script: str) -> Iterator[re.Match[str]]:
    """All matches of LIST or WIDE, looked for in stretches of what lists consist of only: either takes seconds for megabytes."""
    octets = np.frombuffer(b"".join((b".", script.encode("ascii", "replace"), b".")), np.uint8)       # one for each character
    within = PART[octets]
    edges = np.flatnonzero(within[1:] != within[:-1])
    begins, ends = edges[::2], edges[1::2]
    long = ends - begins >= SHORTEST
    for begin, end in zip(begins[long].tolist(), ends[long].tolist(), strict=True):
        yield from pattern.finditer(script, begin, end)


def _signed(number: int) -> int:
    """The same 64 bits as a signed number."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _base(text: str) -> int:
    return {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower(), 10)


def size(script: str) -> int:
    """Characters of all lists."""
    return sum(len(match[0]) for match in _found(LIST, script))


def files(numbers: array[int]) -> Iterator[bytes]:
    """What the numbers may stand for."""
    low, high = min(numbers), max(numbers)
    if low >= -128 and high < 256:
        yield bytes(n & 255 for n in numbers)
    else:
        form = next((f for f, least, most in FORMS if least <= low and high < most), "q")
        packed = (struct.pack(f"{order}{len(numbers)}{form}", *numbers) for order in "<>")
        yield from (p for p in packed if certain(p))
