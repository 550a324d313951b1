"""Second readings of outbound text: what soft line breaks cut, and what programs put together from pieces."""

from __future__ import annotations

import re

SOFT = re.compile(r"(?<!^--) \r?\n(?:>{1,9} ?)?", re.M)
"""A soft break of format=flowed with DelSp=yes (RFC 3676, 4.2): the blank is none of the text. `-- ` begins a signature."""
JOINED = re.compile(r"(?<=[0-9A-Za-z])([\"'`])\s{0,8}(?:\+|\.{1,2}|\|\||&|<>)\s{0,8}[NnfFrRuUbB]?\1(?=[0-9A-Za-z])")
"""Two literals that a program puts together: `"A123" + "456789"`, `'A123' || '456789'`."""
LEAST = 3


def readings(text: str) -> list[str]:
    """The text as it reads without its soft breaks and with its literals in one, where it has several."""
    found = []
    if text.count(" \n") + text.count(" \r\n") >= LEAST:
        found.append(SOFT.sub("", text))
    joined = concatenated(text)
    return [*found, joined] if joined else found


def concatenated(text: str) -> str:
    """The text with literals that are put together in one; '' where there are few."""
    made, times = JOINED.subn("", text) if any(map(text.__contains__, OPERATORS)) else ("", 0)
    return made if times >= LEAST else ""


OPERATORS = tuple(f"{quote}{room}{sign}" for quote in "\"'`" for room in ("", " ", "\n") for sign in ("+", ".", "|", "&", "<"))
