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
    while at < len(data):
        for found in TOKEN.finditer(data, at):
            which = found.lastindex
            if which is None:
                continue
            if which <= 2:
                word = found.group(1)
                if word == b"bin":
                    break
                yield WORD, word, int(found.group(2)) if which == 2 else None
            elif which == 3:
                yield OCTET, found.group(3), None
            elif which == 4:
                yield SYMBOL, found.group(4), None
            elif which == 5:
                yield (OPEN if found.group(5) == b"{" else CLOSE), b"", None
            else:
                yield TEXT, found.group(6), None
        else:
            return
        size = max(0, int(found.group(2) or 0))
        yield BINARY, data[found.end():found.end() + size], size
        at = found.end() + size
