"""Text hidden in text: base64, base32, ASCII85, hex and dumps of it, character references, percent and backslash escapes, lists of
codes in a body or a file. Outbound mail only.

What decodes to text or to a known container becomes a child and is walked like any attachment (so layers unwrap one by
one); what decodes to noise (keys, certificates, hashes) is nothing.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import string
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import LimitReached
from gateway.extract.charset import naturalness, readings
from gateway.extract.text import codewords, grouped
from gateway.extract.text.codings import ungrouped
from gateway.extract.text.escapes import PIECE, undone
from gateway.extract.text.noise import shortened, thinned
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

LEAST = 32
"""Encoded characters below which a block is not looked at: no table of customers fits."""
MOST_BLOCKS = 200
"""Blocks that are texts of their own; those behind them are one together, for each coding."""
LONG, SAMPLE = 1 << 16, 1 << 13
"""Characters of a block from which on its beginning is asked first, and of that beginning."""
LARGE = 1 << 17
"""Characters of a text whose beginning tells whether a coding in it that was drawn by lot may stand for something."""
LINE = rb"[ \t>]*\r?\n[ \t>]*"
_DIGITS = rb"(?:(?:[,:\-]?" + LINE + rb"|[ :,\-]{1,2}|h[ ,]{1,2})?+(?:0x|\\x)?+[0-9A-Fa-f]{2})"
HEX = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{64}(?:(?:" + LINE + rb")?+[0-9A-Fa-f]{64}|" + _DIGITS + rb")*+|"
                 rb"(?:0x|\\x)?[0-9A-Fa-f]{2}" + _DIGITS + rb"{31,}+)")
"""Long lines in steps of 64 digits: a fifth of the time. It ends where it ends: to ask what follows would begin it again from
each of its words."""
BASE32 = re.compile(
    rb"(?<![0-9A-Za-z])(?:[A-Z2-7]{8,}+(?![0-9A-Za-z])(?:" + LINE + rb"| (?=[A-Z2-7]))?+)++(?:[A-Z2-7]{2,7}(?=={1,6}|\s|$))?={0,6}")
SMALL32 = re.compile(rb"(?<![0-9A-Za-z])[a-z2-7]{40,}+(?:" + LINE + rb"[a-z2-7]{2,}+)*+={0,6}")
"""The same in small letters, as addresses of services and tools for terminals have it: in long lines only, words are short."""
LITERALS = rb"[\"'][ \t]{0,4}[+.&,\\_]{0,2}[ \t]*\r?\n[ \t]*(?:[+.&][ \t]{0,4})?[\"']"
"""What programs have between the literals of one string, a literal a line."""
WRITTEN = rb"(?:[ \t>]*\r?\n[ \t>]*|" + LITERALS + rb"|(?:\\r)?\\n(?:\",?\s{0,40}\")?)"
"""A line's end, also as the strings of JSON and of programs write it, a string a line (notebooks)."""
BASE64 = re.compile(
    rb"(?<![0-9A-Za-z+/])(?![0-9A-Z]{1,20}-----)"
    rb"(?:[0-9A-Za-z+/_\-]{16,}+(?:" + WRITTEN + rb")?+)++(?:(?!-----)[0-9A-Za-z+/_\-]*+)?+={0,2}")
"""The lines that begin and end it in armour (RFC 7468) are none of it."""
PERCENT = re.compile(rb"(?:[0-9A-Za-z_.~+\-&=]{0,64}+%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})){2,}+[0-9A-Za-z_.~+\-%&=]*")
REFERENCES = re.compile(rb"(?:[^&\n]{0,16}+&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});){8,}+[^&\n]*")
DUMPED = re.compile(
    rb"^[ \t>]{0,8}[0-9A-Fa-f]{4,16}:?[ \t]{1,4}((?:[0-9A-Fa-f]{4} ){0,15}[0-9A-Fa-f]{2,4}(?=[ ]{2,42}[ -~]{1,16}\r?$|\r?$)|"
    rb"(?:[0-9A-Fa-f]{2}(?:[ \t\-]{1,2}|(?=\r?$))){4,17}|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){0,2}(?=[ ]{2,60}\|))", re.M)
"""A line of a hex dump (hexdump -C, xxd, od): offset, octets, and what they spell."""
DUMPED_LINES = 3
ASCII85 = re.compile(rb"<~([!-uz\s]{32,}+)~>")
ESCAPES = re.compile(
    rb"(?:[ -\[\]-~\r\n]{0,64}+\\(?:u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{1,6}\})|U[0-9A-Fa-f]{8}|[0-9A-Fa-f]{4,6}(?= )|"
    rb"0[0-9A-Fa-f]{5})){8,}+[ -\[\]-~]*")
"""Code points as programs and style sheets write them (CSS Syntax 3 section 4.1.1: digits, and a blank that ends them)."""
OCTETS = re.compile(rb"(?:[ -\[\]-~]{0,64}+(?:\\[nrt])?+\\(?:x[0-9A-Fa-f]{2}|[0-3][0-7]{2})){8,}+[ -\[\]-~]*")
"""Octets as C and the shells write them, among letters that stand for themselves."""
QUERY = re.compile(
    rb"(?<![0-9A-Za-z_%/+\-])(?:(?:[0-9A-Za-z_/+\-]{0,4000}+%2[BbFf])++[0-9A-Za-z_/+\-]*+|[0-9A-Za-z_/+\-]{32,}+)(?:%3[Dd]){0,2}")
"""Base64 in an address, its three signs written with percent."""
NUMBERS = re.compile(rb"(?<![0-9.])[0-9]{1,6}(?:[ ]{0,2}[,;](?:[ ]|" + LINE + rb")?+[0-9]{1,6}+(?![0-9.])){24,}+")
BITS = re.compile(rb"(?<![0-9])[01]{8}(?:(?:[ ,]|" + LINE + rb")?+[01]{8}){15,}+")
CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b\x08", b"%PDF-", b"7z\xbc\xaf", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ",
              b"\x28\xb5\x2f\xfd", b"SQLite format 3\0", b"\x89PNG\r\n", b"\xff\xd8\xff", b"{\\rtf", b"MSCF")
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
SPACE = re.compile(rb"[\s>]+")
CLAIMED = frozenset({"application/json", "application/octet-stream", "application/x-pem"})


class BlocksExtractor:
    name = "blocks"

    def claims(self, node: Node) -> bool:
        return len(node.data) >= LEAST and (node.type.startswith("text/") or node.type in CLAIMED)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound or (node.type == "application/octet-stream" and not node.data[:4096].isascii()):
            return
        data = narrowed(node.data) if node.data[:2] in WIDE_MARKS or b"\0" in node.data[:LEAST] else node.data
        for label, whole in (("words", codewords.decoded(data)), ("quoted-printable", codewords.unquoted(data))):
            if whole and worth(whole):
                yield Child(whole, ArtifactKind.TEXT, node.artifact.names, label=label)
        rest: dict[str, list[bytes]] = {}
        found, room = 0, context.allowance(len(data))
        data = shortened(data, _means)
        if len(data) > LARGE and not _means(data[:LARGE]):
            data = thinned(data)
        for label, decode, block in coded(data, node.type):
            try:
                plain = unwrapped(decode(block), context)
            except LimitReached as limit:
                yield limit.problem
                plain = limit.head
            if not plain or not worth(plain):
                continue
            found += 1
            if found <= MOST_BLOCKS or not _kind(plain):
                yield Child(plain, ArtifactKind.TEXT, label=label, detected_type=_kind(plain))
                continue
            rest.setdefault(label, []).append(plain)
            room -= len(plain)
            if room < 0:
                yield Problem(IncidentCode.SIZE, "blocks in codings that stand for too much")
                break
        for label, texts in rest.items():
            yield Child(b"\n".join(texts), ArtifactKind.TEXT, label=label, detected_type="text/plain")


def coded(data: bytes, kind: str = "") -> Iterator[tuple[str, Callable[[bytes], bytes], bytes]]:
    """Coding, what undoes it, and block; long ones only where their beginning promises something."""
    for label, pattern, decode in CODINGS:
        if not hinted(label, data):
            continue
        for block in _joined(label, pattern, data, kind):
            if len(block) <= LONG or promising(decode(block[:SAMPLE])):
                yield label, decode, block


def _means(beginning: bytes) -> bool:
    """Whether a long run that begins so may stand for something in any coding."""
    return any(promising(decode(block[:SAMPLE])) for _, decode, block in coded(beginning))


def _joined(label: str, pattern: re.Pattern[bytes], data: bytes, kind: str) -> Iterator[bytes]:
    """The blocks, each once; those that a line of a log or a dump has many of as one, a line each."""
    if label in ("percent", "dump", "references"):
        if label == "references" and kind == "text/html":
            return                                        # pages are read with them
        lines = [m[1] if pattern.groups else m[0] for m in pattern.finditer(data)]
        if label != "dump" or len(lines) >= DUMPED_LINES:
            yield b"\n".join(lines)
    else:
        data = ungrouped(data) if label == "hex" else data
        yield from dict.fromkeys(m[0] for m in pattern.finditer(data) if len(m[0]) >= LEAST)


def unwrapped(plain: bytes, context: Context) -> bytes:
    """What a zlib stream packs (RFC 1950) or a bare one, within the message's allowance; UTF-16 as UTF-8."""
    if len(plain) > 6 and plain[0] == 0x78 and int.from_bytes(plain[:2], "big") % 31 == 0:
        try:
            return _all(zlib.decompressobj(), plain, context)
        except zlib.error:
            return plain
    made = _deflated(plain, context) if len(plain) >= LEAST and not plain[:64].isascii() else b""
    return made or narrowed(plain)


def narrowed(plain: bytes) -> bytes:
    """UTF-16 as UTF-8, anything else as it is: what PowerShell redirects to a file is wide, and a coding in it as well."""
    for encoding, high in (("utf-16-le", plain[1::2]), ("utf-16-be", plain[::2])):
        if len(high) * 2 == len(plain) and high.count(0) * 4 > len(high):
            try:
                return plain.decode(encoding).removeprefix("\ufeff").encode()
            except UnicodeError:
                return plain
    return plain


def _all(unpacker: zlib._Decompress, packed: bytes, context: Context) -> bytes:
    """What it makes of these octets; raises LimitReached where that is more than the message may have of them."""
    made = unpacker.decompress(packed, max(1, context.allowance(len(packed))))
    if unpacker.unconsumed_tail:
        raise LimitReached(IncidentCode.RATIO, "a block in a coding unpacks to too much", made)
    return made


def _deflated(plain: bytes, context: Context) -> bytes:
    """What a bare stream packs (RFC 1951; SAML, drawings of draw.io), b'' where it is none: one that ends where the octets end."""
    unpacker = zlib.decompressobj(-15)
    try:
        made = _all(unpacker, plain, context)
    except zlib.error:
        return b""
    return made if unpacker.eof and len(unpacker.unused_data) < 4 else b""


def _kind(plain: bytes) -> str:
    """Text is said to be text; containers are identified by the walk."""
    return "" if plain.startswith(CONTAINERS) or plain[:2] in WIDE_MARKS else "text/plain"


_ENDS = re.compile(WRITTEN)


def _base64(block: bytes) -> bytes:
    block = _ENDS.sub(b"", block) if b"\\" in block or b'"' in block or b"'" in block else block
    block = SPACE.sub(b"", block).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    block = block[: len(block) - (len(block) % 4 == 1)]
    try:
        return base64.b64decode(block + b"=" * (-len(block) % 4))
    except binascii.Error:
        return b""


def _base32(block: bytes) -> bytes:
    block = SPACE.sub(b"", block).rstrip(b"=")
    try:
        return base64.b32decode(block + b"=" * (-len(block) % 8))
    except binascii.Error:
        return b""


_NO_HEX = bytes(c for c in range(256) if c not in b"0123456789abcdefABCDEF")


def _hex(block: bytes) -> bytes:
    digits = (block.replace(b"0x", b"") if b"x" in block else block).translate(None, _NO_HEX)
    return binascii.unhexlify(digits[: len(digits) & ~1])


def _percent(block: bytes) -> bytes:
    block = block.replace(b"+", b" ")
    return unquoted(_WIDE.sub(lambda m: chr(int(m[1], 16)).encode("utf-8", "replace"), block) if b"%u" in block else block)


def unquoted(text: bytes) -> bytes:
    """The octets that percent and two hex digits stand for (RFC 3986, 2.1), the rest as it is."""
    if len(text) < PIECE:
        return unquote_to_bytes(text)
    return undone(text, b"%")


_WIDE = re.compile(rb"%u([0-9A-Fa-f]{4})")


def _query(block: bytes) -> bytes:
    return _base64(unquoted(block))


def _octets(block: bytes) -> bytes:
    """Each escape as its octet; what is between stands for itself."""
    return _OCTET.sub(lambda m: b"\n" if m[3] else bytes((int(m[1], 16) if m[1] else int(m[2], 8),)), block)


_OCTET = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([0-3][0-7]{2})|([nrt]))")


def _numbers(block: bytes) -> bytes:
    """Octets, or code points where one is larger."""
    values = [int(n) for n in re.findall(rb"[0-9]+", block)]
    if max(values) > 255:
        return "".join(map(chr, values)).encode("utf-8", "replace")
    return bytes(values)


def _bits(block: bytes) -> bytes:
    return bytes(int(n, 2) for n in re.findall(rb"[01]{8}", block))


def _references(block: bytes) -> bytes:
    """Each reference as its character; what is between stands for itself, whatever charset it is in."""
    return _REFERENCE.sub(lambda m: html.unescape(m[0].decode()).encode("utf-8", "replace"), block)


_REFERENCE = re.compile(rb"&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});")


def _ascii85(block: bytes) -> bytes:
    try:
        return base64.a85decode(block[2:-2])
    except ValueError:
        return b""


def _escapes(block: bytes) -> bytes:
    out = _ESCAPE.sub(lambda m: chr(min(int(m[m.lastindex or 0], 16), 0x10FFFF)), block.decode("ascii", "replace"))
    return out.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})|([0-9A-Fa-f]{4,6}) |(0[0-9A-Fa-f]{5}))")


CODINGS: tuple[tuple[str, re.Pattern[bytes], Callable[[bytes], bytes]], ...] = (
    ("hex", HEX, _hex), ("base32", BASE32, _base32), ("small base32", SMALL32, lambda block: _base32(block.upper())),
    ("base64", BASE64, _base64), ("percent", PERCENT, _percent),
    ("escapes", ESCAPES, _escapes), ("references", REFERENCES, _references), ("dump", DUMPED, _hex), ("ascii85", ASCII85, _ascii85),
    ("octets", OCTETS, _octets), ("query", QUERY, _query), ("numbers", NUMBERS, _numbers), ("bits", BITS, _bits),
    *grouped.CODINGS,
)
_GROUPED = frozenset(label for label, _, _ in grouped.CODINGS)


_KINDS = bytes(104 if c in b"0123456789abcdefABCDEF" else 115 if c in b" :,-" else 46 for c in range(256))
"""Octets by what they are in a hex dump: digits h, separators s."""


_RUNS: dict[str, tuple[bytes, int]] = {
    "small base32": (b"abcdefghijklmnopqrstuvwxyz234567", 40),
    "base32": (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8), "bits": (b"01", 8),
    "base64": (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-", 16),
}
"""What a line of these codings is made of, and how much of it stands together at the least."""
_ALIKE = {label: bytes(120 if c in among else 46 for c in range(256)) for label, (among, _) in _RUNS.items()}
_SEPARATORS = bytes.maketrans(b";", b",")


def hinted(label: str, data: bytes) -> bool:
    """False where a coding cannot be there: a look that costs a hundredth of the pattern's."""
    if label == "percent":
        return data.count(b"%") >= 8
    if label == "escapes":
        return data.count(b"\\") >= 8
    if label == "references":
        return data.count(b"&#") >= 8
    if label == "ascii85":
        return b"<~" in data
    if label == "octets":
        return data.count(b"\\") >= 8
    if label == "query":
        return b"%2" in data or b"%3" in data
    if label == "numbers":
        return b"," * 24 in data.translate(_SEPARATORS, b"0123456789 \t\r\n>")
    if label in _GROUPED:
        return grouped.hinted(label, data)
    if label in _RUNS:
        return b"x" * _RUNS[label][1] in data.translate(_ALIKE[label])
    if label in ("hex", "dump"):
        kinds = data.translate(_KINDS)
        return any(run in kinds for run in (b"h" * 24, b"hhs" * 8, b"hhhhs" * 6, b"hhhhhhhhs" * 3)) or (
            data.count(b"0x") >= 16 or data.count(b"\\x") >= 16 or data.count(b"h ") >= 16)
    return True


_CONTROLS = bytes(c for c in range(32) if c not in (0, 9, 10, 13, 27))


def promising(head: bytes) -> bool:
    """Whether what begins so may be worth something: text, a container, or packed."""
    if worth(head) or head[:1] == b"\x78" or head[1::2].count(0) * 8 > len(head) or head[::2].count(0) * 8 > len(head):
        return True
    try:
        return len(zlib.decompressobj(-15).decompress(head, SAMPLE)) >= LEAST
    except zlib.error:
        return False


def hexed(text: str) -> bool:
    """Whether nothing but hex digits stands there, for something that is read in its place."""
    head = text[:SAMPLE & ~1].strip()
    return not head.strip(string.hexdigits) and worth(binascii.unhexlify(head[:len(head) & ~1]))


UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
"""Characters without a width: a text may have one behind each letter."""


def worth(plain: bytes) -> bool:
    """A container by its first octets, or text that reads like text."""
    if plain.startswith(CONTAINERS):
        return True
    if len(plain) < 16 or plain.count(0) * 8 > len(plain) * 5:
        return False
    if (len(plain) - len(plain.translate(None, _CONTROLS))) * 100 > len(plain):
        return False
    if plain.isascii():
        return True
    text, _ = readings(plain)[0]
    return "\ufffd" not in text and naturalness(UNSEEN.sub("", text)) > 0.3


BLOCKS = BlocksExtractor()
