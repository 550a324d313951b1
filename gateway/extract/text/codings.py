"""Files written out as text in codings that no mail reader undoes by itself: hex, base32, base85, xxencode, base64 in odd lines.

People are told to paste such a run into a converter; so a run counts only where what comes out is certainly a file.
"""

from __future__ import annotations

import base64
import binascii
import re
import string
import struct
from collections.abc import Callable, Iterator

from gateway.extract.bounded import counted

RUN = re.compile(rb"(?<![!-~])(?:(?:[!-~]{20,}+[ \t]*+\r?\n[ \t>]*+){2,}+[!-~]*+|[!-~]{120,}+)")
"""Lines without blanks in them, three and more, or a long one."""
INK = bytes(ord("x") if 0x21 <= octet <= 0x7e else ord(" ") for octet in range(256))
LEAST = b"x" * 20                        # stands in every run once its characters are `INK`: most CJK text has none
CODED = bytes(ord("x") if chr(octet) in "+/" or (chr(octet).isalnum() and octet < 128) else ord(" ") for octet in range(256))
TOKEN_LEAST = b"x" * 48
PARAGRAPH = re.compile(rb"\n[ \t>]*\r?\n")
USUAL = re.compile(rb"(?:^|\n)[ \t>|]*[A-Za-z0-9+/]{40}")
BLANKS = b" \t\r\n>"
DXF = re.compile(rb"\n310\r?\n(?=[0-9A-F]{20})")
HEX = re.compile(rb"(?:0x|\\x)?(?:[0-9A-Fa-f]{2})++")
BASE32 = re.compile(rb"[A-Z2-7]{16,}+=*")
BASE64_CHARACTERS = string.ascii_letters.encode() + string.digits.encode() + b"+/_-="
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]+={0,2}")
URLSAFE64 = re.compile(rb"(?=[^_-]*[_-])[A-Za-z0-9_-]+={0,2}")
"""The alphabet of addresses; the other one has a reader of its own."""
TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{120,}+={0,2}")
SAMPLE = 160
"""Coded characters that tell whether the rest is worth decoding: at least 80 octets of a file."""
MOST = 2000
"""Runs of one text that begin as a file would, and are tried; of an honest one two in a hundred do."""
TOKENS = 64                              # of one header field
WORDS = 6
"""Words of a header field that may stand before what it carries."""
URLSAFE = bytes.maketrans(b"-_", b"+/")
Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
FROM_Z85 = bytes.maketrans(Z85, B85)
XX = b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TO_UU = bytes.maketrans(XX, bytes(range(32, 96)))

FILES = (b"PK\x03\x04", b"\x7fELF", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-",
         b"{\\rt", b"MSCF\0\0\0\0",
         b"L\0\0\0\x01\x14\x02\0", b"\x1f\x8b\x08\0", b"\xfd7zXZ\0", b"ITSF\x03\0", b"\xe4\x52\x5c\x7b\x8c\xd8",
         b"\xca\xfe\xba\xbe\0",
         b"<html", b"<!DOCT", b"<script", b"X5O!P%@AP", b"\xcf\xfa\xed\xfe", b"!<arch>\n")


def certain(data: bytes) -> bool:
    """True where the beginning can be no accident: four octets of a known magic, or a program header that holds together."""
    if data.startswith(FILES):
        return True
    if data[:2] != b"MZ" or len(data) < 64:
        return False
    at = struct.unpack_from("<I", data, 60)[0]
    return data[at:at + 4] == b"PE\0\0" if at + 4 <= len(data) else 0 < at < 4096


def _b85(text: bytes) -> bytes:
    return base64.b85decode(text)


def _ascii85(text: bytes) -> bytes:
    return base64.a85decode(text.removeprefix(b"<~").partition(b"~>")[0])


def _z85(text: bytes) -> bytes:
    return base64.b85decode(text.translate(FROM_Z85))


def _base32(text: bytes) -> bytes:
    text = text.rstrip(b"=")
    return base64.b32decode(text + b"=" * (-len(text) % 8))


def _hex(text: bytes) -> bytes:
    digits = re.sub(rb"0x|\\x", b"", text)
    return binascii.unhexlify(digits[:len(digits) & ~1])


def base64_of(text: bytes) -> bytes:
    """Either alphabet, padding filled up; a lone last character carries no octet."""
    kept = text.translate(URLSAFE).replace(b"=", b"")
    kept = kept[:len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


CODINGS: tuple[tuple[str, re.Pattern[bytes] | None, Callable[[bytes], bytes], int], ...] = (
    # what it is called, what all its characters are like, how it is undone, characters of a whole group
    ("hex", HEX, _hex, 2), ("base32", BASE32, _base32, 8), ("base64", URLSAFE64, base64_of, 4), ("base85", None, _b85, 5),
    ("ascii85", None, _ascii85, 5), ("z85", None, _z85, 5),
)


def _beginnings() -> frozenset[bytes]:
    """The first two characters that a file has in any of these codings: sixteen bits and more of it are known."""
    heads = [magic.ljust(20, fill) for magic in (*FILES, b"MZ") for fill in (b"\0", b"\xff")]
    written = [text for head in heads for text in (
        head.hex().encode(), head.hex().upper().encode(), base64.b32encode(head), base64.b64encode(head),
        base64.urlsafe_b64encode(head), base64.a85encode(head), base64.b85encode(head),
        base64.b85encode(head).translate(bytes.maketrans(B85, Z85)))]
    return frozenset(text[:2] for text in (*written, b"0x", b"\\x", b"<~"))


BEGINNINGS = _beginnings()


def has_token(data: bytes) -> bool:
    """Whether 48 characters of base64 stand together anywhere. A table and one search: a pattern takes thirty times as long."""
    return TOKEN_LEAST in data.translate(CODED)


def runs(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(coding, file) of every run of lines that certainly is one."""
    if LEAST not in data.translate(INK):
        return
    data = ungrouped(data)
    likely = (match for match in RUN.finditer(data) if match[0][:2] in BEGINNINGS or match[0][:8].lstrip(b">")[:2] in BEGINNINGS)
    for match in counted(likely, MOST, "runs that begin as files in a coding would"):
        for how, pattern, undo, group in CODINGS:
            blanks = BLANKS if pattern else BLANKS[:-1]              # base85 has a `>` of its own
            head = match[0][:2 * SAMPLE].translate(None, blanks)[:SAMPLE // group * group]
            if (pattern is None or pattern.fullmatch(head)) and certain(_tried(undo, head)):
                yield how, _whole(undo, match[0], blanks)
                break


def ungrouped(data: bytes) -> bytes:
    """Without the group codes between the lines of binary chunks of drawings (AutoCAD's DXF: code 310)."""
    return DXF.sub(b"\n", data) if b"\n310" in data else data


def _whole(undo: Callable[[bytes], bytes], run: bytes, blanks: bytes) -> bytes:
    """What a run stands for, with its last line or without: words that end it may stand there (`xbtoa End`)."""
    return _tried(undo, run.translate(None, blanks)) or _tried(undo, run.rpartition(b"\n")[0].translate(None, blanks))


def _tried(undo: Callable[[bytes], bytes], text: bytes) -> bytes:
    try:
        return undo(text)
    except (ValueError, struct.error, OverflowError):
        return b""


def paragraphs(data: bytes) -> Iterator[bytes]:
    """Paragraphs that are nothing but base64 without their blanks. Lines of the usual length have a reader of their own."""
    for block in PARAGRAPH.split(data):
        compact = block.translate(None, BLANKS)
        if len(compact) < SAMPLE or compact.translate(None, BASE64_CHARACTERS) or USUAL.search(block):
            continue
        if BASE64.fullmatch(compact) and certain(base64_of(compact[:SAMPLE])):
            yield base64_of(compact)


def tokens(value: bytes) -> Iterator[bytes]:
    """Files in one header field: base64 with folds in it, whatever few words stand before it."""
    words = value.split()
    for skipped in range(min(WORDS, len(words))):
        found = [t for t in TOKEN.findall(b"".join(words[skipped:]))[:TOKENS] if certain(base64_of(t[:SAMPLE]))]
        if found:
            yield from map(base64_of, found)
            return


def xx_lines(lines: Iterator[bytes]) -> bytes:
    """xxencode: uuencode with another alphabet. b"" where the first line's length is not that of its data."""
    out = bytearray()
    for raw in lines:
        line = raw.strip()
        if line in (b"end", b"+", b"") or line.translate(None, XX):
            break
        count = XX.index(line[:1])
        if count > 45 or abs(len(line) - 1 - (count + 2) // 3 * 4) > 3:
            break
        body = line[1:].translate(TO_UU).ljust((count + 2) // 3 * 4)
        out += binascii.a2b_uu(bytes((32 + count,)) + body)
    return bytes(out)
