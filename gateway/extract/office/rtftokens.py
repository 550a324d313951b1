"""RTF taken into tokens, in one linear pass ([MS-RTF 1.9.1], and what Word really accepts)."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(
    rb"\\([A-Za-z]{1,64})(-?\d{1,10})?[ ]?"            # 1 2: control word
    rb"|\\'([0-9A-Fa-f]{2})"                            # 3: one octet
    rb"|\\([^A-Za-z])"                                  # 4: control symbol
    rb"|([{}])"                                         # 5: group
    rb"|([^\\{}\r\n]+)"                                 # 6: text
    rb"|[\r\n]+|\\", re.S)

OPEN, CLOSE, WORD, SYMBOL, OCTET, TEXT, BINARY = range(7)


def tokens(data: bytes) -> Iterator[tuple[int, bytes, int | None]]:
    """(kind, content, parameter). `\\binN` swallows N octets, whatever they are."""
    at = 0
    match = TOKEN.match
    while at < len(data):
        found = match(data, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        which = found.lastindex
        if which is None:
            continue
        if which <= 2:
            word = found.group(1)
            number = int(found.group(2)) if found.group(2) else None
            if word == b"bin":
                size = max(0, number or 0)
                yield BINARY, data[at:at + size], size
                at += size
            else:
                yield WORD, word, number
        elif which == 3:
            yield OCTET, found.group(3), None
        elif which == 4:
            yield SYMBOL, found.group(4), None
        elif which == 5:
            yield (OPEN if found.group(5) == b"{" else CLOSE), b"", None
        else:
            yield TEXT, found.group(6), None
