"""RTF taken into tokens, in one linear pass ([MS-RTF 1.9.1], and what Word really accepts); and what its words are."""

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

CHARSETS = {0: "cp1252", 77: "mac-roman", 78: "cp932", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
            161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
            238: "cp1250"}
PAGES = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "cp950", 1250: "cp1250", 1251: "cp1251", 1252: "cp1252", 1253: "cp1253",
         1254: "cp1254", 1255: "cp1255", 1256: "cp1256", 1257: "cp1257", 1258: "cp1258", 874: "cp874", 65001: "utf-8",
         10001: "cp932",
         437: "cp437", 850: "cp850"}
SILENT = frozenset({b"fonttbl", b"colortbl", b"stylesheet", b"pict", b"datastore", b"themedata", b"colorschememapping",
                    b"latentstyles",
                    b"listtable", b"listoverridetable", b"rsidtbl", b"generator", b"xmlnstbl", b"fldtype", b"blipuid", b"bliptag",
                    b"panose", b"falt", b"filetbl", b"revtbl", b"wgrffmtfilter", b"mmathPr", b"pnseclvl", b"nonshppict",
                    b"objalias",
                    b"shpinst_", b"pgdsctbl", b"listpicture", b"upr_", b"levelnumbers", b"leveltext", b"sn"})
"""Code pages of fonts, by their charset and by number; destinations whose text is not shown."""

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
