"""Transfer decoding as the decoders in use do it; where they differ, all their results (RFC 2045 section 6)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
JUNK = re.compile(rb"[^A-Za-z0-9+/=\s]")
PADDING = re.compile(rb"=+")
QP_ODD = re.compile(rb"=(?![0-9A-F]{2}|\r?\n)")
QP_SOFT = re.compile(rb"=[ \t]*\r?\n")
QP_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue"})
URLSAFE = bytes.maketrans(b"-_", b"+/")


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
    if encoding in UUENCODE and b"begin" not in raw[:1000]:
        return [Decoded(raw), Decoded(uu_lines(raw.split(b"\n")))]
    return [Decoded(raw)]


def decode_quoted(raw: bytes) -> Decoded:
    if QP_ODD.search(raw) is None:
        return Decoded(binascii.a2b_qp(raw))
    data = QP_HEX.sub(lambda m: bytes((int(m[1], 16),)), QP_SOFT.sub(b"", raw))
    clean = QP_ODD.search(QP_SOFT.sub(b"", QP_HEX.sub(b"", raw))) is None
    return Decoded(data, "" if clean else "MIME-QUOTED-PRINTABLE-ODD")


def decode_base64(raw: bytes) -> list[Decoded]:
    compact = raw.translate(None, b"\r\n")
    try:
        return [Decoded(binascii.a2b_base64(compact, strict_mode=True))]
    except binascii.Error:
        pass
    compact = compact.translate(None, b" \t")
    try:
        return [Decoded(binascii.a2b_base64(compact, strict_mode=True))]
    except binascii.Error:
        return _lenient(raw, compact)


def _lenient(raw: bytes, compact: bytes) -> list[Decoded]:
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
    character outside the alphabet; the URL alphabet; every line by itself."""
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
    lines = raw.split(b"\n")
    if any(len(line.rstrip(b"\r")) % 4 for line in lines[:-4]):
        yield b"".join(_block(NOT_BASE64.sub(b"", line)) for line in lines)


def _block(alphabet: bytes) -> bytes:
    """Decodes characters of the alphabet only; a lone last one carries no octet."""
    usable = alphabet[:len(alphabet) - 1] if len(alphabet) % 4 == 1 else alphabet
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def uu_lines(lines: Iterable[bytes]) -> bytes:
    """The classical coding, with lines whose trailing blanks were lost filled up again."""
    out = bytearray()
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if line.strip() in (b"end", b"`") or not line or not 32 <= line[0] <= 96:
            break
        count = (line[0] - 32) & 63
        wanted = (count + 2) // 3 * 4
        body = line[1:1 + wanted].ljust(wanted).replace(b"`", b" ")
        try:
            out += binascii.a2b_uu(bytes((32 + count,)) + body)
        except binascii.Error:
            break
    return bytes(out)
