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
ALNUM = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
WORD64, WORD16 = ALNUM + b"+/-_", b"0123456789abcdefABCDEF"
REST64, REST16 = re.compile(rb"[0-9A-Za-z+/\-_]*+"), re.compile(rb"[0-9A-Fa-f]*+")
"""What a word goes on with: a line of megabytes is passed over in one step."""
LONGEST = 64
"""Characters of such a word; longer ones are blocks."""
FURTHER = re.compile(rb"(?:={0,2}\r?\n[0-9A-Za-z+/\-_]{%d,}+)++" % (LONGEST + 1))
LEAST = 3
MOST = 20_000
"""Words that are read, and a tenth of those that are looked at: whole files in base64 have a million."""
SAID = re.compile(rb"(?:[ -~]|[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}){8,48}")
"""ASCII and UTF-8: a label may stand before the number."""
DIGITS = re.compile(rb"[0-9]")
QUOTED = re.compile(rb"(?:=[89A-F][0-9A-F]){3}")
QUOTES = re.compile(rb"^(?:> ?){1,8}", re.M)
"""What a reply puts before each line: a word may go on there."""


def decoded(data: bytes) -> bytes:
    """The text with its encoded words as what they say, b'' where there are fewer than LEAST."""
    for core, among, rest, word in ((CORE64, WORD64, REST64, _base64), (CORE16, WORD16, REST16, _hex)):
        pieces: list[bytes] = []
        done = at = looked = 0
        if core is CORE64 and not any(begun.search(data) for begun in BEGUN64):
            continue
        while len(pieces) <= 2 * MOST and looked <= 10 * MOST and (match := core.search(data, at)) is not None:
            looked += 1
            before = data[max(0, match.start() - LONGEST - 1):match.start()]
            start = match.start() - len(before) + len(before.rstrip(among))
            going_on = rest.match(data, match.end())
            assert going_on is not None
            end = going_on.end()
            said = b""
            if end - start <= LONGEST and _free(data, start, end):
                said = word(data[start:end], match.start() - start)
            if said:
                end += len(data[end:end + 2]) - len(data[end:end + 2].lstrip(b"="))
                pieces += (data[done:start], said)
                done = end
            if end - start > LONGEST and (lines := FURTHER.match(data, end)) is not None:
                end = lines.end()                         # whole files in base64 have a million such lines
            at = end if said or end - start > LONGEST else match.start() + 1
        if len(pieces) >= 2 * LEAST:
            return b"".join((*pieces, data[done:]))
    return b""


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
    return quopri.decodestring(QUOTES.sub(b"", data) if b"\n>" in data else data)
