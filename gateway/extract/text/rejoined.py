"""Second readings of outbound text: what soft line breaks cut, what programs put together from pieces, line ends written out."""

from __future__ import annotations

import re

SOFT = re.compile(r"(?<!^--) \r?\n(?:>{1,9} ?)?", re.M)
"""A soft break of format=flowed with DelSp=yes (RFC 3676, 4.2): the blank is none of the text. `-- ` begins a signature."""
JOINED = re.compile(r"(?<=[0-9A-Za-z])([\"'`])\s{0,8}(?:\+|\.{1,2}|\|\||&|<>)\s{0,8}[NnfFrRuUbB]?\1(?=[0-9A-Za-z])")
"""Two literals that a program puts together: `"A123" + "456789"`, `'A123' || '456789'`."""
ESCAPED = re.compile(r"\\{1,3}([nrt])")
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}
LEAST = 3


def readings(text: str) -> list[str]:
    """The text as it reads without its soft breaks and with its literals in one, where it has several."""
    found = []
    if text.count(" \n") + text.count(" \r\n") >= LEAST:
        found.append(SOFT.sub("", text))
    found += filter(None, (concatenated(text), unescaped(text)))
    return found


def unescaped(text: str) -> str:
    """The text with line ends and tabs that are written out, as in logs and literals of programs; '' where there are few."""
    if text.count("\\n") + text.count("\\t") + text.count("\\r") < LEAST:
        return ""
    return ESCAPED.sub(lambda m: _MEANT[m[1]], text)


def concatenated(text: str) -> str:
    """The text with literals that are put together in one; '' where there are few."""
    made, times = JOINED.subn("", text) if any(map(text.__contains__, OPERATORS)) else ("", 0)
    return made if times >= LEAST else ""


OPERATORS = tuple(f"{quote}{room}{sign}" for quote in "\"'`" for room in ("", " ", "\n") for sign in ("+", ".", "|", "&", "<"))
