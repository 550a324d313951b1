"""Structured MIME fields by every reading: parameters, transfer encodings, file names (RFC 2045, 2183, 2231).

A strict pattern decides first; only what it refuses is read leniently, and says so by a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count, takewhile
from urllib.parse import unquote, unquote_to_bytes

from gateway.extract.charset import decode_named, readings
from gateway.extract.mime.headers import decoded

STRICT = re.compile(
    rb"[!#$%&'*+.^_`{|}~0-9A-Za-z/-]+(?:[ \t]*;[ \t]*[!#$%&'*+.^_`{|}~0-9A-Za-z-]+=(?:\"[^\"\\\r\n]*\"|[^\s;\",()\\]*))*+[ \t]*;?")
PAIR = re.compile(rb";[ \t]*([^=;\s]+)=(?:\"([^\"]*)\"|([^\s;\"]*))")
TORN = re.compile(rb"\?[Bb]\?([A-Za-z0-9+/]{0,4096})\?=[ \t\r\n]*=\?")
"""Base64 of a word before another one."""
SLOPPY_NAME = re.compile(rb"(?i)(?:^|[;\s(\"])(file)?name(\*?)\s*[=:]\s*\"?([^\";\r\n]{1,1024})")
BARE_NAME = re.compile(r"[\w.-]{1,200}\.[a-z0-9]{2,12}")
LONGEST = 64 << 10
"""Octets of one structured field that are read; no program writes more than a few hundred."""
ENCODINGS = (
    "quoted-printable", "base64", "8bit", "7bit", "binary", "x-uuencode", "uuencode", "x-uue", "uue", "x-uu", "x-yencode", "binhex",
    "mac-binhex40")
IDENTITY = frozenset({"7bit", "8bit", "binary", ""})

Parameter = tuple[str, bytes]


def parameters(raw: bytes) -> tuple[str, list[Parameter], bool]:
    """The value before the first semicolon, lower-case; the parameters in order; True where it was well formed."""
    raw = raw[:LONGEST]
    if STRICT.fullmatch(raw):
        main, _, rest = raw.partition(b";")
        pairs = [(m[1].decode("ascii", "replace").lower(), m[2] if m[2] is not None else m[3]) for m in PAIR.finditer(b";" + rest)]
        return main.strip().decode("ascii", "replace").lower(), pairs, len({k for k, _ in pairs}) == len(pairs)
    if raw.startswith(b"=?"):
        raw = decoded(raw).encode()[:LONGEST]            # readers that decode words before they look for parameters
    segments = list(_segments(raw))
    main = _word(segments[0]) if segments else ""
    found: dict[Parameter, None] = {}
    for segment in (*segments[1:], *raw.split(b";")[1:]):    # the latter: a reader that knows no quotes and no comments
        pair = _pair(segment)
        if pair is not None:
            found[pair] = None
            if b'"' in pair[1].strip(b'"'):
                found[(pair[0], pair[1].replace(b'"', b""))] = None    # one that joins quoted and bare pieces
                found[(pair[0], pair[1].partition(b'"')[0])] = None    # one that stops at the closing quote
            if b"\\" in segment and not segment.isascii():
                found[(pair[0], segment.partition(b"=")[2].strip(b" \t\r\n\""))] = None    # Shift_JIS and Big5 end letters so
            short = re.split(rb"[\s,]", pair[1], maxsplit=1)[0]
            if short and b'"' not in segment:
                found[(pair[0], short)] = None               # one that ends an unquoted value at a blank or comma
    return main, list(found), False


def _word(raw: bytes) -> str:
    return raw.replace(b"\0", b"").strip(b" \t\r\n\"'").decode("ascii", "replace").lower()


def _pair(segment: bytes) -> Parameter | None:
    name, equals, value = segment.partition(b"=")
    if not equals:
        return None
    value = value.strip(b" \t\r\n")
    if value[:1] == b'"':
        value = value[1:-1] if value[-1:] == b'"' and len(value) > 1 else value[1:]
        value = re.sub(rb"\\(.)", rb"\1", value)
    return _word(re.sub(rb"\([^()]*\)", b"", name)), value


def _segments(raw: bytes) -> Iterator[bytes]:
    """Split at semicolons outside quotes, with comments taken out (RFC 822 section 3.3). One pass."""
    out = bytearray()
    quoted = False
    depth = 0
    at = 0
    while at < len(raw):
        c = raw[at:at + 1]
        if c == b"\\" and (quoted or depth):
            if not depth:
                out += raw[at:at + 2]
            at += 2
            continue
        if c == b'"' and not depth:
            quoted = not quoted
        if not quoted and c == b"(":
            depth += 1
        elif not quoted and c == b")" and depth:
            depth -= 1
        elif not depth:
            if c == b";" and not quoted:
                yield bytes(out)
                out.clear()
            else:
                out += c
        at += 1
    yield bytes(out)


def encodings(raw: bytes) -> tuple[list[str], bool]:
    """Every transfer encoding some reader could see in the field; True where it is exactly one known token."""
    token = raw.strip().lower()
    if token.decode("ascii", "replace") in ENCODINGS:
        return [token.decode()], True
    whole = decoded(raw[:LONGEST].replace(b"\0", b"")).lower()
    bare = re.sub(r"\([^()]*\)", "", whole)
    squeezed = re.sub(r"[^a-z0-9-]", "", bare)
    found = [e for e in ENCODINGS if e in bare or e in whole]
    if not found:
        found = [e for e in ENCODINGS if squeezed.startswith(e)]
    found = [e for e in found if not any(e != other and e in other for other in found)]    # "uue" in "x-uuencode"
    return found or ["unknown"], False


NAME_KEYS = ("filename", "name")


def file_names(params: Iterable[Parameter]) -> list[str]:
    """All candidate names of one field, the one a modern client shows first (RFC 2231 before plain)."""
    pairs = list(params)
    extended: list[str] = []
    plain: list[str] = []
    for key in NAME_KEYS:
        pieces: list[tuple[int, bool, bytes]] = []
        for name, value in pairs:
            base, star, rest = name.partition("*")
            if base != key:
                continue
            if not star:
                plain += _plain_names(value)
            elif not rest:
                extended.append(_extended([(0, True, value)]))
            elif (index := rest.rstrip("*")).isdecimal():
                pieces.append((int(index[:6]), rest.endswith("*"), value))
        if pieces:
            extended += map(_extended, _orders(pieces))
            if len(pieces) > 1 and min(pieces, key=lambda p: p[0])[1]:       # joined first, decoded then
                extended.append(_extended([(0, True, b"".join(v for _, _, v in sorted(pieces, key=lambda p: p[0])))]))
            extended.append("".join(decoded(v) for _, _, v in sorted(pieces, key=lambda p: p[0])))
    found = [*extended, *plain]
    found += [decoded(n) for n in found if "=?" in n]        # words within words: some readers decode until nothing is left
    found += [unquote(n) for n in found if "%" in n]
    return [n for n in dict.fromkeys(found) if n]


def _orders(pieces: list[tuple[int, bool, bytes]]) -> Iterator[list[tuple[int, bool, bytes]]]:
    """By number; as they stand; the first or the last of equal numbers only; up to the first number that is missing."""
    ordered = sorted(pieces, key=lambda p: p[0])
    yield ordered
    yield pieces
    if [p[0] for p in ordered] != list(range(len(ordered))):
        first = {p[0]: p for p in reversed(ordered)}
        last = {p[0]: p for p in ordered}
        yield [first[n] for n in sorted(first)]
        yield [last[n] for n in sorted(last)]
        begin = ordered[0][0]
        yield [first[n] for n in takewhile(first.__contains__, count(begin))]


def _extended(pieces: list[tuple[int, bool, bytes]]) -> str:
    """charset'language'percent-encoded, in one or more pieces; every piece may be encoded or not."""
    charset = ""
    first = pieces[0][2]
    if pieces[0][1] and first.count(b"'") >= 2:
        label, _, rest = first.partition(b"'")
        charset = label.decode("ascii", "replace")
        pieces = [(pieces[0][0], True, rest.partition(b"'")[2]), *pieces[1:]]
    octets = b"".join(unquote_to_bytes(v) if encoded else v for _, encoded, v in pieces)
    text = decode_named(octets, charset) if charset else decoded(octets)
    if charset.lower().replace("_", "-") in ("utf-16", "utf16", "utf-16be") and octets[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return octets.decode("utf-16-be" if octets[:1] == b"\0" else "utf-16-le", "replace")
    return decoded(text) if "=?" in text else text


def _plain_names(value: bytes) -> list[str]:
    """What readers make of a plain value: encoded words, raw octets in any charset, percent signs taken as encoding."""
    if value.isascii() and b"=?" not in value and b"%" not in value and b"\x1b" not in value:
        return [value.decode("ascii")]
    found = [decoded(value)] if b"=?" in value else [text for text, _ in readings(value)]
    if any(len(word) % 4 for word in TORN.findall(value)):
        found.append(decoded(value, apart=True))
    if b"%" in value:
        found.append(decode_named(unquote_to_bytes(value), "utf-8"))
    return found


def sloppy_names(raw: bytes) -> list[str]:
    """Names that only a pattern finds in a field that follows no grammar."""
    return [n for m in SLOPPY_NAME.finditer(raw[:65536]) for n in _plain_names(m[3].strip())]
