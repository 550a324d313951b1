"""Text that a program read in a wrong charset and saved again: å§“å, 濮撳悕, �m�W as letters. What it was is read beside it.

Octets of UTF-8 or of a charset of East Asia that were taken for letters of the West, or for ideographs of another charset, are
these octets again when the text is written in that charset.
"""

from __future__ import annotations

import re

from gateway.extract.charset import EASTERN, MULTIBYTE, naturalness, readings

SAMPLE = 1500
LEAST = 8
"""Strange characters of a text at the least."""
STRANGE = re.compile("[\x80-\ufffd]{2,}")
WESTERN = ("cp1252", "mac_roman", "cp437")
HIGH = re.compile("[\u0080-\u00ff\u0152-\u0192\u02c6-\u02dc\u0391-\u03c9\u2013-\u2265\u2310-\u25a0\ufb01\ufb02\ufffd]")
"""What octets above 127 are in charsets of the West, and what stands for those that are nothing."""
POINTS = "，。、：；"
USUAL = 50
"""Of so many strange characters one is such a mark: a text as it should be."""
FEW, ASKED = 12, 300
"""Of so many characters one is strange: languages of the West have fewer accents, and fewer side by side; strange ones asked."""
WHOLE, BETTER, LIKELY = 0.4, 1.5, 0.95
LEAST_LIKELY = 0.75
"""Of what comes out as UTF-8, as much is whole; elsewhere it looks so much more like language than what looks like none."""
_LOW = bytes(range(0x80))
_DRAWN = re.compile("[\u2500-\u257f\uff61-\uff9f]")
"""Boxes and half-width kana: rare, and no sign of anything."""
_C1 = {chr(code): bytes([code]) for code in range(0x80, 0xa0)} | {"\ufffd": b"\xff"}


def restored(text: str) -> str:
    """The text as it was before, '' where it is as it should be or nothing better comes out."""
    if text.isascii():
        return ""
    head = text[:SAMPLE]
    strange = "".join(STRANGE.findall(head))
    if len(strange) < LEAST or sum(map(strange.count, POINTS)) * USUAL > len(strange):
        return ""
    if len(HIGH.findall(strange)) * 4 > len(strange) * 3:
        return _western(text, head) if len(strange) * FEW > len(head) else ""
    return _eastern(text, strange[:ASKED]) if EASTERN.search(strange) is not None else ""


def _western(text: str, head: str) -> str:
    for name in WESTERN:
        said = _read(_octets(head, name))
        if EASTERN.search(said) is not None and naturalness(said.replace("\ufffd", "")) > LEAST_LIKELY:
            return _read(_octets(text, name))
    return ""


def _octets(text: str, name: str) -> bytes:
    """The octets that a charset of the West reads so; b'' where it has not all of the characters."""
    try:
        return text.encode(name)
    except UnicodeEncodeError:
        if name != "cp1252":
            return b""
    octets = b"".join(_C1.get(c) or c.encode("cp1252", "replace") for c in text)     # what is free there is a control
    return octets if octets.count(b"?") - text.count("?") <= len(text) // 50 else b""


def _read(octets: bytes) -> str:
    """What the octets say: UTF-8 where most of them are that, though some were lost."""
    said = octets.decode("utf-8", "ignore")
    if _whole(said, octets):
        return octets.decode("utf-8", "replace")
    return readings(octets)[0][0] if octets else ""


def _whole(said: str, octets: bytes) -> bool:
    """Whether most of the octets above 127 are in what was read of them."""
    return len(said.encode().translate(None, _LOW)) > WHOLE * len(octets.translate(None, _LOW)) and not said.isascii()


def _eastern(text: str, strange: str) -> str:
    """UTF-8 taken for another charset; one of these charsets for another, where the text looks like no language."""
    for name in MULTIBYTE:
        octets = strange.encode(name, "ignore")
        said = octets.decode("utf-8", "ignore")
        if len(octets) >= 2 * LEAST and _whole(said, octets) and EASTERN.search(said) is not None:
            return _recoded(text, name, "utf-8")
    strange = _DRAWN.sub("", strange)
    known = naturalness(strange) if len(strange) >= LEAST else LIKELY
    best, found = max(known * BETTER, LEAST_LIKELY), ("", "")
    for name in MULTIBYTE if known < LIKELY else ():
        octets = strange.encode(name, "replace")
        for other in MULTIBYTE:
            said = octets.decode(other, "replace") if other != name else ""
            if said and (score := naturalness(said)) > best:
                best, found = score, (name, other)
    return _recoded(text, *found) if found[0] else ""


def _recoded(text: str, name: str, other: str) -> str:
    return text.replace("\ufffd", "?").encode(name, "replace").decode(other, "replace")
