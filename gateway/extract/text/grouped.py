"""Codings whose signs stand in groups, or one by one: base64 in fours, codes of characters with blanks between, `chr(65)+chr(66)`,
`U+0041`; and codings without marks at their ends: base32 in the other alphabet, base85, ASCII85."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

LINE = rb"[ \t>]*\r?\n[ \t>]*"
SIZES = (4, 5, 8, 10)
_GROUP = rb"(?:[0-9A-Za-z+/]{%d}(?: |" + LINE + rb")){%d,}+(?:[0-9A-Za-z+/]{0,%d}={0,2}(?![!-~]))?+"
GROUPED64 = re.compile(rb"(?<![!-~])(?:" + b"|".join(_GROUP % (size, 96 // size, size) for size in SIZES) + rb")")
"""Groups of one size: words have many. Enough of them match whatever follows: else each one would be asked as the first."""
BASE32HEX = re.compile(rb"(?<![0-9A-Za-z])[0-9A-V]{40,}+(?:" + LINE + rb"[0-9A-V]{2,}+)*+={0,6}")
"""RFC 4648, 7."""
SPACED = re.compile(rb"(?<![0-9.,\-])[0-9]{1,6}(?:(?: |" + LINE + rb")[0-9]{1,6}+(?![0-9.,])){31,}+")
OCTAL = re.compile(rb"(?:[0-3][0-7]{2} )++[0-3][0-7]{2}")
CALLS = re.compile(
    rb"(?:(?:(?:(?:uni|n)?chr[wb]?\$?|n?char|charcode)\( ?(?:0x[0-9A-F]{1,6}|&H[0-9A-F]{1,6}|[0-9]{1,7})|"
    rb"(?:U\+|\\x\{)[0-9A-F]{1,6})[^0-9A-Za-z\\]{0,8}){8,}+", re.I)
CALL = re.compile(rb"(?:\(|&H|0x|U\+|\\x\{)[ ]?(0x|&H)?([0-9A-F]{1,7})(?![0-9A-F])", re.I)
RUN85 = re.compile(rb"(?<![!-~])[!-~]{40,}+(?:\r?\n[!-~]{8,}+)*+(?:\r?\n[!-~]+)?+(?![!-~])")
LITERAL = re.compile(rb"[bB]?([\"'])(.+)\1[,;)]?")
"""As a program has it."""
B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
A85 = bytes(range(0x21, 0x76)) + b"z"
SIGNS = b"!#$%&()*;<=>?@^`"
"""Signs of both that addresses, names and base64 have few of."""
SHARE = 12
"""Of so many characters one at the least is such a sign."""
LEAST_SIGNS = -(-40 // SHARE)
"""What the shortest run has of them: plain tables and base64 have fewer in all."""
SPACE = b" \t\r\n>"
Coding = tuple[str, re.Pattern[bytes], Callable[[bytes], bytes]]


def _grouped64(block: bytes) -> bytes:
    """b'' for digits alone: numbers in groups."""
    kept = block.translate(None, SPACE + b"=")
    if kept.isdigit():
        return b""
    try:
        return base64.b64decode(kept[:len(kept) - (len(kept) % 4 == 1)] + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _base32hex(block: bytes) -> bytes:
    kept = block.translate(None, SPACE + b"=")
    try:
        return base64.b32hexdecode(kept + b"=" * (-len(kept) % 8))
    except binascii.Error:
        return b""


def _spaced(block: bytes) -> bytes:
    """Octal where it can be that, else octets or code points."""
    words = block.translate(None, b">").split()
    if OCTAL.fullmatch(b" ".join(words)):
        return bytes(int(word, 8) for word in words)
    return _points(list(map(int, words)))


def _points(values: list[int]) -> bytes:
    if max(values) > 255:
        return "".join(chr(value) if value < 0x110000 else "\ufffd" for value in values).encode("utf-8", "replace")
    return bytes(values)


def _calls(block: bytes) -> bytes:
    """Code points in decimal in brackets, in hex behind its signs. Those of Latin-1 are characters, not octets."""
    return "".join(map(_character, CALL.finditer(block))).encode("utf-8", "replace")


def _character(call: re.Match[bytes]) -> str:
    hexadecimal = call[1] is not None or not call[0].startswith(b"(")
    value = int(call[2], 16) if hexadecimal else int(call[2]) if call[2].isdigit() else 0xfffd
    return chr(value) if value < 0x110000 else "\ufffd"


def _base85(block: bytes) -> bytes:
    """RFC 1924's alphabet as git and Python have it, else Adobe's; b'' for a run with too few of their signs."""
    if len(block.translate(None, SIGNS)) * SHARE > len(block) * (SHARE - 1):
        return b""
    kept = block.translate(None, b"\r\n")
    literal = LITERAL.fullmatch(kept)
    kept = literal[2] if literal is not None else kept
    for among, undo in ((B85, base64.b85decode), (A85, base64.a85decode)):
        if not kept.translate(None, among):
            try:
                return undo(kept)
            except (ValueError, OverflowError):
                continue
    return b""


CODINGS: tuple[Coding, ...] = (
    ("grouped base64", GROUPED64, _grouped64), ("base32hex", BASE32HEX, _base32hex), ("spaced numbers", SPACED, _spaced),
    ("calls", CALLS, _calls), ("base85", RUN85, _base85),
)
_BASE64 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"
_SIZES = bytes(120 if c in _BASE64 else 32 if c in b" \n" else 46 for c in range(256))
_GROUPS = tuple((b"x" * size + b" ") * (96 // size) for size in SIZES)
_HEX32 = bytes(120 if c in b"0123456789ABCDEFGHIJKLMNOPQRSTUV" else 46 for c in range(256))
_INK = bytes(120 if 0x21 <= c <= 0x7e else 46 for c in range(256))


def hinted(label: str, data: bytes) -> bool:
    """False where a coding cannot be there: a look that costs a hundredth of the pattern's."""
    if label == "grouped base64":
        sizes = data.translate(_SIZES, b"\r>")
        return any(run in sizes for run in _GROUPS)
    if label == "base32hex":
        return b"x" * 40 in data.translate(_HEX32)
    if label == "spaced numbers":
        return b" " * 31 in data.translate(_BLANKS, b"0123456789\r>")
    if label == "calls":
        likely = (signs for mark, signs in _CALLS if data.count(mark) >= 8)
        return any(sign in data and data.count(sign) >= 8 for signs in likely for sign in signs)
    return len(data) - len(data.translate(None, SIGNS)) >= LEAST_SIGNS and b"x" * 40 in data.translate(_INK)


_CALLS = ((b"(", (b"hr(", b"HR(", b"hrW(", b"har(", b"HAR(", b"ode(")), (b"+", (b"U+", b"u+")), (b"{", (b"\\x{",)))
"""What such codes begin with, behind a sign that most texts have few of."""
_BLANKS = bytes.maketrans(b"\n", b" ")
