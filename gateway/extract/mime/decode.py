"""Transfer decoding as the decoders in use do it; where they differ, all their results (RFC 2045 section 6)."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pybase64

from gateway.extract.text import codings
from gateway.extract.text.escapes import undone

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
JUNK = re.compile(rb"[^A-Za-z0-9+/=\s]")
PADDING = re.compile(rb"=+")
FULL_LINE = re.compile(rb"(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{40})")
QP_ODD = re.compile(rb"=(?![0-9A-F]{2}|\r?\n)")
QP_SOFT = re.compile(rb"=[ \t]*\r?\n")
QP_HEX = re.compile(rb"=[0-9A-Fa-f]{2}")
UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"})
UU_BEGUN = re.compile(rb"(?:^|\n)begin [^\r\n]{1,300}\r?\n")
OUTSIDE = bytes(c for c in range(256) if NOT_BASE64.match(bytes((c,))))
LOOKED_AT = 1600
"""Octets in which as many characters of base64 stand as tell a file: one character in ten, and a line of words in front."""
MOST_PADDED = 100_000
"""Signs of padding in one part: even lines padded one by one are six megabytes."""
MOST_INFLATED = 16 << 20
URLSAFE = bytes.maketrans(b"-_", b"+/")
UU_MASKED = bytes(((c - 32) & 63) + 32 for c in range(256))
"""What decoders that look at six bits only make of any octet: the macro DEC of uudecode, which mail readers copied."""
UU_OUTSIDE = bytes(c for c in range(256) if not 32 <= c <= 96)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One result. `code` says what was odd, "" where the encoding was clean."""

    data: bytes
    code: str = ""


def decode(raw: bytes, encoding: str) -> list[Decoded]:
    """Every distinct result, the most complete first; at least one."""
    if encoding == "base64":
        return decode_base64(raw)
    if encoding == "quoted-printable":
        return [decode_quoted(raw)]
    if encoding in UUENCODE:
        begun = UU_BEGUN.search(raw, 0, 1000)            # its name there is one, that of the part another
        lines = uu_lines(raw[begun.end() if begun else 0:].split(b"\n"))
        return [Decoded(lines), Decoded(raw)] if begun or len(lines) * 2 > len(raw) else [Decoded(raw), Decoded(lines)]
    return [Decoded(raw)]


def uncoded(data: bytes, coding: str) -> list[Decoded]:
    """What a Content-Encoding of HTTP hides (RFC 9110 section 8.4.1); gzip is a type of its own. At most 16 MiB of it."""
    if "deflate" not in coding:
        return []
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            made = zlib.decompressobj(window).decompress(data, MOST_INFLATED)
        except zlib.error:
            continue
        if made:
            return [Decoded(made)]
    return []


def by_look(raw: bytes) -> bytes:
    """Base64 that nobody declared, with whatever stands between its characters; b"" where it is certainly no file."""
    kept = raw[:LOOKED_AT].translate(None, OUTSIDE)[:codings.SAMPLE]
    if len(kept) < codings.SAMPLE or not codings.certain(codings.base64_of(kept)):
        return b""
    return codings.base64_of(raw.translate(None, OUTSIDE))


def decode_quoted(raw: bytes) -> Decoded:
    if QP_ODD.search(raw) is None:
        return Decoded(binascii.a2b_qp(raw))
    data = undone(QP_SOFT.sub(b"", raw), b"=")
    clean = QP_ODD.search(QP_SOFT.sub(b"", undone(raw, b"=", kept=False))) is None
    return Decoded(data, "" if clean else "MIME-QUOTED-PRINTABLE-ODD")


def decode_base64(raw: bytes) -> list[Decoded]:
    data = _whole_lines(raw)
    if data is not None:
        return [Decoded(data)]
    compact = raw.translate(None, b"\r\n \t")
    try:
        return [Decoded(pybase64.b64decode(compact, validate=True))]
    except binascii.Error:
        return _lenient(raw, compact)


def _whole_lines(raw: bytes) -> bytes | None:
    """What stands there in nothing but the alphabet and line ends, padded at its end; None where there is anything else.

    The decoder drops what is not of the alphabet; then its result is shorter than the octets that are no line ends make it.
    """
    written = len(raw) - raw.count(b"\n") - raw.count(b"\r")
    padding = raw[-8:].rstrip(b"\r\n")[-2:].count(b"=")
    try:
        data = pybase64.b64decode(raw)
    except binascii.Error:
        return None
    return data if written % 4 == 0 and len(data) == written // 4 * 3 - padding else None


def _lenient(raw: bytes, compact: bytes) -> list[Decoded]:
    if compact.count(b"=") > MOST_PADDED:
        return [Decoded(_block(compact.translate(None, OUTSIDE)), "MIME-BASE64-STORM")]
    code = _oddity(compact)
    found: dict[bytes, None] = {}
    if len(QP_HEX.findall(raw[:3000])) * 9 > len(raw[:3000]):
        found[decode_quoted(raw).data] = None          # declared base64, written quoted-printable
    for data in _variants(raw, compact):
        if data:
            found[data] = None
    return [Decoded(data, code) for data in found] or [Decoded(b"", code)]


def _oddity(compact: bytes) -> str:
    """Why strict decoding refused it. Missing padding at the very end is common and harmless."""
    if JUNK.search(compact):
        return "MIME-BASE64-JUNK"
    if b"=" in compact.rstrip(b"="):
        return "MIME-BASE64-PADDING"
    return ""


def _variants(raw: bytes, compact: bytes) -> Iterator[bytes]:
    """Most complete reading first: padded segments joined; then padding ignored; first segment only; up to the first
    character outside the alphabet; the URL alphabet; without the words in front; every line by itself."""
    kept = re.sub(rb"[^A-Za-z0-9+/=]+", b"", compact)
    segments = [s for s in PADDING.split(kept) if s]
    yield b"".join(_block(s) for s in segments)
    if len(segments) > 1:
        yield _block(b"".join(segments))
        yield _block(segments[0])
    junk = JUNK.search(compact)
    if junk:
        yield _block(NOT_BASE64.sub(b"", compact[:junk.start()]))
        if b"-" in compact or b"_" in compact:
            yield _block(NOT_BASE64.sub(b"", compact.translate(URLSAFE)))
    yield from (_block(NOT_BASE64.sub(b"", behind)) for behind in _behind_words(raw))
    lines = raw.split(b"\n")
    if any(len(line.rstrip(b"\r")) % 4 for line in lines[:-4]):
        yield b"".join(_block(NOT_BASE64.sub(b"", line)) for line in lines)


def _behind_words(raw: bytes) -> Iterator[bytes]:
    """What follows words that some program wrote in front: `data:...;base64,` in a line, header lines, a greeting."""
    data = FULL_LINE.search(raw)
    if data is not None and raw[:data.start(1)].strip():
        yield raw[data.start(1):]
    at = 0
    while 0 <= at < LOOKED_AT:
        end = raw.find(b"\n", at)
        line = raw[at:end].strip() if end >= 0 else b""
        if line and not JUNK.search(line) and len(line.split()) == 1:
            break
        at = end + 1 if end >= 0 else -1
    if 0 < at < LOOKED_AT:
        yield raw[at:]


def _block(alphabet: bytes) -> bytes:
    """Decodes characters of the alphabet only; a lone last one carries no octet."""
    usable = alphabet[:len(alphabet) - 1] if len(alphabet) % 4 == 1 else alphabet
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def uu_lines(lines: Iterable[bytes]) -> bytes:
    """The classical coding, with lines whose trailing blanks were lost filled up again. What is outside the alphabet is noise in
    lines that are too long, else six bits like all others."""
    out = bytearray()
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if line.strip() in (b"end", b"`") or not line or not 32 <= line[0] <= 96:
            break
        count = (line[0] - 32) & 63
        wanted = (count + 2) // 3 * 4
        coded = line[1:].translate(None, UU_OUTSIDE) if len(line) > wanted + 1 else line[1:]
        out += binascii.a2b_uu(bytes((32 + count,)) + coded[:wanted].ljust(wanted).translate(UU_MASKED))
    return bytes(out)
