"""Formula tokens of BIFF8 and BIFF12, rendered as a readable postfix line: strings, function names, little else.

[MS-XLS] 2.5.198, [MS-XLSB] 2.5.97. The reader stops at what it does not know and falls back to strings that stand there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.office import targets
from gateway.model.content import Observation

FUNCTIONS = {
    1: "IF", 17: "RUN?", 53: "GOTO", 54: "HALT", 55: "RETURN", 56: "GET.DOCUMENT?", 31: "MID", 32: "LEN", 74: "NOW", 79: "ABSREF",
    84: "ERROR", 88: "SET.NAME", 89: "CALLER", 90: "DEREF", 91: "WINDOWS", 95: "SELECTION", 108: "SET.VALUE", 110: "EXEC",
    111: "CHAR", 121: "CODE", 123: "DIRECTORY", 132: "FOPEN", 133: "FCLOSE", 134: "FSIZE", 135: "FREADLN", 136: "FREAD",
    137: "FWRITELN", 138: "FWRITE", 148: "INDIRECT", 149: "REGISTER", 150: "CALL", 166: "FILES", 175: "INITIATE",
    176: "REQUEST", 177: "POKE", 178: "EXECUTE", 185: "GET.CELL", 186: "GET.WORKSPACE", 188: "GET.DOCUMENT", 255: "USER",
    336: "CONCATENATE", 359: "HYPERLINK",
}
"""Ftab ([MS-XLS] 2.5.198.17): those that matter in macro sheets."""

COMMANDS = {
    1: "OPEN", 3: "CLOSE.ALL", 5: "SAVE.AS", 6: "FILE.DELETE", 17: "RUN", 96: "FORMULA", 97: "FORMULA.FILL", 98: "FORMULA.ARRAY",
    109: "SELECT", 118: "ALERT", 131: "SEND.KEYS", 148: "ON.TIME", 149: "WAIT", 173: "APP.MAXIMIZE", 189: "SEND.MAIL",
    291: "WORKBOOK.SELECT", 292: "WORKBOOK.ACTIVATE", 383: "WORKBOOK.HIDE",
}
"""Cetab ([MS-XLS] 2.5.198.4)."""

DANGEROUS = frozenset({"EXEC", "CALL", "REGISTER", "FORMULA", "FORMULA.FILL", "FORMULA.ARRAY", "FOPEN", "FWRITE", "FWRITELN", "RUN",
                       "RUN?", "EXECUTE", "INITIATE", "POKE", "SEND.KEYS", "SET.VALUE", "SET.NAME", "FILE.DELETE", "SAVE.AS",
                       "OPEN",
                       "SEND.MAIL", "ON.TIME", "URLDOWNLOADTOFILE"})

# token (classes folded) -> octets after it, in BIFF8 and BIFF12
SIZES = {
    0x01: (4, 4), 0x02: (4, 4), 0x1C: (1, 1), 0x1D: (1, 1), 0x1E: (2, 2), 0x1F: (8, 8), 0x20: (7, 14), 0x21: (2, 2), 0x22: (3, 3),
    0x23: (4, 4), 0x24: (4, 6), 0x25: (8, 12), 0x26: (6, 6), 0x27: (6, 6), 0x28: (6, 6), 0x29: (2, 2), 0x2A: (4, 6), 0x2B: (8, 12),
    0x2C: (4, 6), 0x2D: (8, 12), 0x39: (6, 6), 0x3A: (6, 8), 0x3B: (10, 14), 0x3C: (6, 8), 0x3D: (10, 14),
}
OPERATORS = {0x03: "+", 0x04: "-", 0x05: "*", 0x06: "/", 0x07: "^", 0x08: "&"}


CLICK = re.compile(rb"(?<=[\x22\x42\x62][\x01\x02])\x67\x01")
"""HYPERLINK with one argument or two."""
NAMED = re.compile(rb"(?<=[\x22\x42\x62][\x02-\x06])\xff\0")
"""A function that goes by its name: of an add-in, or of a newer version than the format ([MS-XLS] 2.5.198.17, 255)."""
RUNS = frozenset({"EXEC", "CALL", "REGISTER", "EXECUTE", "INITIATE", "POKE", "SEND.KEYS", "FOPEN", "FILE.DELETE"})
"""What no name of an ordinary workbook calls; GET.CELL and its like are customary there."""
NEWER = frozenset({"_xlfn.WEBSERVICE", "_xlfn._xlws.WEBSERVICE"})
"""Names of functions that ask a server."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str                            # string, number, function, external, operator
    text: str


def read(code: bytes, wide: bool) -> Iterator[Token]:
    """Tokens of one formula; `wide` for BIFF12."""
    at = 0
    while at < len(code):
        token = code[at]
        at += 1
        if token in OPERATORS:
            yield Token("operator", OPERATORS[token])
        elif 0x03 <= token <= 0x16:
            continue
        elif token == 0x17:
            text, at = _string(code, at, wide)
            yield Token("string", text)
        elif token == 0x19:
            at = _attribute(code, at)
        elif token == 0x18:
            at += 5
        else:
            folded = token if token < 0x40 else (token & 0x1F) | 0x20
            if folded not in SIZES:
                return
            size = SIZES[folded][wide]
            body = code[at:at + size]
            at += size
            yield from _valued(folded, body)


def _valued(token: int, body: bytes) -> Iterator[Token]:
    if token == 0x21 and len(body) == 2:
        yield Token("function", FUNCTIONS.get(struct.unpack("<H", body)[0], ""))
    elif token == 0x22 and len(body) == 3:
        number = struct.unpack_from("<H", body, 1)[0]
        table = COMMANDS if number & 0x8000 else FUNCTIONS
        yield Token("function", table.get(number & 0x7FFF, f"F{number & 0x7FFF}"))
    elif token == 0x1E and len(body) == 2:
        yield Token("number", str(struct.unpack("<H", body)[0]))
    elif token == 0x39:
        yield Token("external", "external name")


def _string(code: bytes, at: int, wide: bool) -> tuple[str, int]:
    if wide:
        count = int.from_bytes(code[at:at + 2], "little")
        return code[at + 2:at + 2 + 2 * count].decode("utf-16-le", "replace"), at + 2 + 2 * count
    if at + 2 > len(code):
        return "", len(code)
    count, flags = code[at], code[at + 1]
    if flags & 1:
        return code[at + 2:at + 2 + 2 * count].decode("utf-16-le", "replace"), at + 2 + 2 * count
    return code[at + 2:at + 2 + count].decode("latin-1"), at + 2 + count


def _attribute(code: bytes, at: int) -> int:
    """PtgAttr: three octets, and a jump table for CHOOSE."""
    if at + 3 > len(code):
        return len(code)
    if code[at] & 0x04:
        return at + 3 + 2 * (int.from_bytes(code[at + 1:at + 3], "little") + 1)
    return at + 3


def render(code: bytes, wide: bool) -> str:
    """One readable line; CHAR() of plain numbers joined by & is folded into a string."""
    return " ".join(_folded(code, wide))


def texts(code: bytes, wide: bool) -> list[str]:
    """The texts of a formula; those of a list of choices are parted by an octet of zero, here by a line's end."""
    return [text[1:-1].replace("\0", "\n") for text in _folded(code, wide) if text[:1] == '"'] if 0x17 in code else []


def called(code: bytes) -> bool:
    """Whether formulas here may lead outside."""
    return CLICK.search(code) is not None or NAMED.search(code) is not None


def clicks(code: bytes, wide: bool) -> Iterator[Observation]:
    """Programs, and schemes that run something, behind a HYPERLINK; shares that other functions are given, such as IMAGE."""
    kind = "hyperlink" if CLICK.search(code) else "image" if NAMED.search(code) else ""
    for text in _folded(code, wide) if kind else ():
        found = targets.judge(kind, text[1:-1]) if text[:1] == '"' else None
        if found is not None and found.code not in ("DOC-LINK", "DOC-EXTERNAL-MEDIA"):
            yield found


def _folded(code: bytes, wide: bool) -> list[str]:
    out: list[str] = []
    for token in read(code, wide):
        if token.kind == "string":
            out.append('"' + token.text + '"')
        elif token.kind == "function" and token.text == "CHAR" and out and out[-1].isdigit() and int(out[-1]) < 256:
            out[-1] = '"' + chr(int(out[-1])) + '"'
        elif token.text == "&" and len(out) >= 2 and out[-1][:1] == '"' and out[-2][:1] == '"':
            last = out.pop()
            out[-1] = out[-1][:-1] + last[1:]
        elif token.kind == "function":
            out.append(token.text + "()")
        elif token.kind != "operator":
            out.append(token.text)
    return out


def functions(line: str) -> list[str]:
    """Dangerous function names in a rendered line."""
    return [word[:-2] for word in line.split() if word.endswith("()") and word[:-2] in DANGEROUS]
