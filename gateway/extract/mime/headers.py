"""Header blocks and their fields, as leniently as the most lenient reader (RFC 5322, 2045, 2047, 2231)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from gateway.extract.charset import decode_named, guess

MAX_FIELDS = 10_000
ENCODED_WORD = re.compile(rb"=\?([^?\r\n]{0,60})\?([BbQq])\?([^?\r\n]{0,4096})(?:\?=|\??$)")
"""Also one whose end is missing: lenient readers take the rest of the field. Readers decode charsets that nobody knows too."""
BETWEEN_WORDS = re.compile(rb"(\?=)[ \t\r\n]+(=\?)")


@dataclass(frozen=True, slots=True)
class Header:
    """One field: `name` lower-case, `raw` its unfolded value as octets without outer blanks."""

    name: str
    raw: bytes

    @property
    def value(self) -> str:
        return guess(self.raw)[0]


def split(data: bytes) -> tuple[bytes, int]:
    """The header block and the offset of the body: after the first empty line by CRLF or LF; all header without one."""
    if data[:2] == b"\r\n":
        return b"", 2
    if data[:1] == b"\n":
        return b"", 1
    crlf = data.find(b"\r\n\r\n")
    lf = data.find(b"\n\n", 0, crlf + 1 if crlf >= 0 else len(data))
    if crlf < 0 and lf < 0:
        return data, len(data)
    if lf < 0 or 0 <= crlf < lf:
        return data[:crlf + 2], crlf + 4
    return data[:lf + 1], lf + 2


FIELD = re.compile(rb"^([!-9;-~]{1,998})[ \t]*:(.*)$", re.S)


def parse_headers(head: bytes) -> list[Header]:
    """All fields in order. Lines that are no field are dropped here; `stray_lines` counts them."""
    fields: list[Header] = []
    current: list[bytes] = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and current:
            current.append(line)
            continue
        if current and line and _open(current) and FIELD.match(line) is None:
            current.append(line)                         # a value that somebody broke within its quotes
            continue
        _flush(current, fields)
        current = [line]
        if len(fields) >= MAX_FIELDS:
            break
    _flush(current, fields)
    return fields


def _open(lines: list[bytes]) -> bool:
    """Whether a field ends within quotes."""
    return sum(line.count(b'"') for line in lines) % 2 == 1


def _flush(lines: list[bytes], fields: list[Header]) -> None:
    match = FIELD.match(b"".join(lines)) if lines else None
    if match:
        fields.append(Header(match[1].decode("ascii").lower(), match[2].strip(b" \t\r\n")))


def word_octets(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"Bb":
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
        clean = clean[:len(clean) - 1] if len(clean) % 4 == 1 else clean
        try:
            return base64.b64decode(clean + b"=" * (-len(clean) % 4))
        except binascii.Error:
            return text
    return binascii.a2b_qp(text, header=True)


def decoded(raw: bytes | str, apart: bool = False) -> str:
    """A field's text with its encoded words decoded. Words of one charset are joined first: characters are cut in practice.

    `apart`: each word by itself, as other readers do it.
    """
    octets = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    if b"=?" not in octets:
        return guess(octets)[0]
    octets = BETWEEN_WORDS.sub(rb"\1\2", octets)
    out: list[str] = []
    pending: list[tuple[bytes, bytes]] = []              # encoding and text of words that belong together
    pending_charset, last = "", 0
    for match in ENCODED_WORD.finditer(octets):
        charset = match[1].decode("latin-1").partition("*")[0].lower()
        gap = octets[last:match.start()]
        if pending and (apart or gap or charset != pending_charset):
            out.append(decode_named(_octets(pending), pending_charset))
            pending.clear()
        out.append(guess(gap)[0])
        pending.append((match[2], match[3]))
        pending_charset, last = charset, match.end()
    if pending:
        out.append(decode_named(_octets(pending), pending_charset))
    out.append(guess(octets[last:])[0])
    return "".join(out)


def _octets(words: list[tuple[bytes, bytes]]) -> bytes:
    """What adjacent words say. Base64 that a word breaks off within a group goes on in the next one, as some readers join it."""
    made: list[bytes] = []
    torn: list[bytes] = []
    for encoding, text in words:
        if encoding in b"Bb":
            torn.append(text)
            if sum(map(len, torn)) % 4 == 0 or text.endswith(b"="):
                made.append(word_octets(b"B", b"".join(torn)))
                torn.clear()
            continue
        made += [word_octets(b"B", b"".join(torn)), word_octets(encoding, text)]
        torn.clear()
    return b"".join((*made, word_octets(b"B", b"".join(torn))))
