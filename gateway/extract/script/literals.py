"""Files hidden in the literals of scripts and in data URIs: base64, hex, percent and character-code forms.

Nothing is executed. Neighbouring string literals are joined first (`'TVq' + 'QAA'`), as the script would do.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from gateway.extract.bounded import counted
from gateway.extract.identify import identify
from gateway.extract.script import numbers

DATA_URI = re.compile(
    r"data:([\w.+-]{1,60}/[\w.+-]{1,80})?((?:;[\w.+-]{1,40}(?:=[^;,\"'\s]{1,60})?){0,4}),([^\"'\s<>]{16,})", re.I)
QUOTE = re.compile(r"[\"'`]")
INSIDE = {
    '"': re.compile(r'[^"\\\n]*+(?:\\(?:\r\n|.)[^"\\\n]*+)*+', re.S),
    "'": re.compile(r"[^'\\\n]*+(?:\\(?:\r\n|.)[^'\\\n]*+)*+", re.S),
    "`": re.compile(r"[^`\\]*+(?:\\.[^`\\]*+)*+", re.S),
}
JOINER = re.compile(r"\s*[+,]?\s*")
ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(\r\n|.)", re.S)
BASE64 = re.compile(r"[A-Za-z0-9+/_=-]+")
BLANK = re.compile(r"\s+")
HEX = re.compile(r"(?:[0-9a-fA-F]{2})++")
PICTURES = ("data:image/", "data:font/", "data:application/font", "data:application/x-font")
HEX_RUN = re.compile(r"[0-9a-fA-F]{128,}")
PIECE = 1 << 17
MAX_GAP = 200
"""Characters between two literals that are still joined: a sign, and blanks of a line break."""

RAW = ("MZ", "PK\x03\x04", "7z\u00bc", "Rar!")
SHORTEST = 40
"""Characters below which a literal holds no program worth hiding."""
OPAQUE = 160
"""Characters of base64 from which its octets tell noise from words."""
TABLE, LEAST_TABLE = 64 << 10, 4096      # octets of a literal that are looked at for its being a table, and that one has
TABLE_SHARE = 6
"""A table of a library shrinks to less than that part; programs under a simple cipher keep a third."""
MAX_LITERALS = 20_000
MOST_LITERALS = 60_000
"""String literals of one page: a bundled library has 30,000."""
INTERESTING_NOT = frozenset({
    "application/octet-stream", "application/x-enciphered", "text/plain", "application/x-empty", "audio/mpeg",
})


def data_uris(text: str) -> Iterator[tuple[str, bytes]]:
    """(declared type, content) of each data URI (RFC 2397)."""
    for match in DATA_URI.finditer(text):
        payload = match[3]
        if ";base64" in match[2].lower():
            data = from_base64(unquote_to_bytes(payload).decode("latin-1"))
        else:
            data = unquote_to_bytes(payload)
        if data:
            yield (match[1] or "text/plain").lower(), data


def strings(script: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, content) of each string literal, in one pass: what is not closed is skipped to where it breaks off."""
    at = 0
    while (opening := QUOTE.search(script, at)) is not None:
        inside = INSIDE[opening[0]].match(script, opening.end())
        end = inside.end() if inside else len(script)
        if script[end:end + 1] == opening[0]:
            yield opening.start(), end + 1, script[opening.end():end]
            end += 1
        at = max(end, opening.end())


def literals(script: str) -> Iterator[str]:
    """String literals, those next to each other joined."""
    joined: list[str] = []
    last = -1
    for start, end, value in strings(script):
        if joined and (start - last > MAX_GAP or JOINER.fullmatch(script, last, start) is None):
            yield "".join(joined)
            joined = []
        joined.append(value)
        last = end
    if joined:
        yield "".join(joined)


def from_base64(text: str) -> bytes:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    kept = kept[:len(kept) - 1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


SHORT = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": chr(8), "f": "\f", "v": "\v",
         "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": ""}


def unescape(text: str) -> str:
    if "\\" not in text:
        return text
    made: list[str] = []
    at = 0
    while at < len(text):                                # in pieces: a list of all escapes would be large
        end = min(len(text), at + PIECE)
        while end < len(text) and end < at + 2 * PIECE and "\\" in text[end - 6:end]:
            end += 1
        made.append(ESCAPED.sub(_character, text[at:end]))
        at = end
    return "".join(made)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2], 16)) if found[1] or found[2] else SHORT.get(found[3], found[3])


def payloads(script: str, found: Iterable[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """(how it was written, content) of every literal that decodes to something with a type of its own. Raises
    LimitReached where there are more than MAX_LITERALS."""
    long = (literal for literal in (literals(script) if found is None else found) if len(literal) >= SHORTEST)
    for literal in counted(long, MAX_LITERALS, "long texts in a script"):
        yield from decoded(literal)
    # quotes may be out of step behind a pattern such as /'/
    for run in counted(HEX_RUN.findall(script), MAX_LITERALS, "runs of digits in a script"):
        yield from _typed("hex", bytes.fromhex(run[:len(run) // 2 * 2]))
    for found in numbers.lists(script):
        for data in numbers.files(found):
            yield from _typed("array", data)


def decoded(literal: str) -> Iterator[tuple[str, bytes]]:
    """(coding, content) of what one piece of text may stand for that has a type of its own."""
    text = unescape(literal)
    compact = BLANK.sub("", text)
    for form in (compact, compact[::-1]):                # what is only turned and never used is no act of its play
        if HEX.fullmatch(form):
            yield from _typed("hex", bytes.fromhex(form))
        if BASE64.fullmatch(form):
            yield from _typed("base64", from_base64(form))
    if "%" in text:
        wide = re.sub(r"%u([0-9a-fA-F]{2})([0-9a-fA-F]{2})", r"%\2%\1", text)
        yield from _typed("percent", unquote_to_bytes(wide.encode("utf-8", "surrogatepass")))
    if text is not literal and max(text, default="") < "\u0100":
        yield from _typed("escaped", text.encode("latin-1"))
    elif text.startswith(RAW) and not text[:60].isprintable():
        yield from _typed("raw", text.encode("cp1252", "replace"))


def _typed(how: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    kind = identify(data)
    if kind not in INTERESTING_NOT and (kind != "application/x-office-xml" or b"</" in data):
        yield how, data                                  # libraries write the beginnings of workbooks


def mass(found: Iterable[str]) -> int:
    """Characters of all long literals without blanks that are no address and no picture: a payload in whatever coding."""
    return sum(len(t) for t in found
               if len(t) >= SHORTEST and not any(c in t for c in " \t\n") and "://" not in t[:60] and not t.startswith(PICTURES))


def opaque(found: Iterable[str]) -> int:
    """Octets in base64 literals that decode to no known type and no text: an enciphered payload looks so. Tables of libraries,
    which are mostly blank, do not."""
    total = 0
    for literal in found:
        compact = BLANK.sub("", literal)
        if len(compact) < OPAQUE or not BASE64.fullmatch(compact):
            continue
        try:
            data = from_base64(compact)
        except binascii.Error:
            continue
        if identify(data) in ("application/octet-stream", "application/x-enciphered") and not _table(data):
            total += len(data)
    return total


def _table(data: bytes) -> bool:
    """Whether octets say little for their number, as those of no program or archive do, ciphered or not."""
    sample = data[:TABLE]
    return len(data) > LEAST_TABLE and len(zlib.compress(sample, 1)) * TABLE_SHARE < len(sample)
