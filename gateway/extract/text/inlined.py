"""Files written out as text: uuencode, yEnc, BinHex, base64 runs, quoted-printable without a declaration.

Mail readers find such runs in bodies by themselves; so do we, in every text node and in both directions. All patterns
look at lines, once.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.identify import identify
from gateway.extract.looks import written
from gateway.extract.mime.decode import uu_lines
from gateway.extract.text import binhex, codings
from gateway.extract.text.noise import shortened
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

UU_BEGIN = re.compile(rb"^([ \t>|]{0,8})begin(?:-base64)?[ \t]+(?:[0-7]{3,6}[ \t]+)?([^\r\n]{1,255})", re.M | re.I)
YENC_BEGIN = re.compile(rb"^=ybegin [^\r\n]{0,200}?(?:name=([^\r\n]{0,255}))?\r?$", re.M)
YENC_END = re.compile(rb"=y(?:end|begin) ")
LONG_TOKEN = re.compile(rb"[A-Za-z0-9+/]{48}")
BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{2,}={0,2}")
BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ENDS = BASE64_LETTERS + b"="             # what a last line of one character has
NO_BASE64 = bytes(c for c in range(256) if c not in BASE64_LETTERS)
BASE64_TOKEN = re.compile(rb"[A-Za-z0-9+/]{120,}={0,2}")
MODE = re.compile(rb"[ \t>|]{0,8}begin(?:-base64)?[ \t]+[0-7]{3,6}[ \t]", re.I)
QP_OCTET = re.compile(rb"=[0-9A-Fa-f]{2}")
LEAST_FILE = 60                          # octets of a file in one or two lines
LEAST_TEXT = 16                          # signs of base64 that are a file where its name says so
SHORT = 1000                             # octets of a text that is one run by being nothing else
MAX_RUNS = 64
"""Files of one text in a coding that names them."""
MOST_BEGINS = 100_000
"""Words `begin` in one text: a program of so many would have three million lines."""
MOST_RUNS = 4000
"""Runs of base64 in one text: a bundle of certificates has 150, most come to nothing."""
WRITTEN = frozenset({
    "application/mac-binhex40", "application/x-pem", "application/json", "application/pgp-signature", "message/delivery-status",
})
"""Types that are text by another name."""
CODED = frozenset({"b64", "base64", "mim", "mime", "uu", "uue", "txt", "asc", "enc"})
"""Endings that unpackers and `certutil -decode` put behind the name of a file, or take off."""
NAMED = frozenset({"uuencode", "yenc", "binhex"})
NOISE = frozenset({
    "application/octet-stream", "application/asn1", "application/x-empty", "application/pkcs7-signature",
    "application/x-enciphered",
})
File = tuple[tuple[str, ...], bytes]


class InlinedExtractor:
    name = "inlined"

    def claims(self, node: Node) -> bool:
        if node.type == "application/octet-stream":
            return b"=ybegin " in node.data              # the one form that is no text
        return node.type.startswith("text/") or node.type in WRITTEN

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = lined(unwidened(node.data))
        if data.count(b"begin") > MOST_BEGINS:
            yield Problem(IncidentCode.COUNT, "more lines that begin a file than any mail has")
        elif b"begin" in data or b"BEGIN " in data:
            yield from _each(_uu(data), "uuencode")
        if b"=ybegin" in data:
            yield from _each(_yenc(data), "yenc")
        if b"BinHex" in data or binhex.bare(data):
            yield from _unhexed(data)
        said = _said(node.artifact.names, data)
        if said is not None:
            yield Observation("INLINED-FILE", f"base64 {identify(said.data, said.names)}")
            yield said
        elif codings.has_token(data):
            names = written_out(node.artifact.names)
            data = shortened(data, _means)
            yield from _each(((names if len(p) * 3 > len(data) * 2 else (), p) for p in base64_runs(data)), "base64")
        if node.type != "text/html":
            yield from _each(((node.artifact.names, p) for _, p in codings.runs(data)), "coded")
            yield from _each((((), p) for p in codings.paragraphs(data)), "paragraph")
        if QP_OCTET.search(data[:400]) and len(QP_OCTET.findall(data[:3000])) * 9 > len(data[:3000]):
            yield from _each([(node.artifact.names, binascii.a2b_qp(data))], "quoted-printable")


def written_out(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a text, and those of the file that it is in another writing: order.js of order.js.b64."""
    parts = (name.rpartition(".") for name in names)
    return tuple(dict.fromkeys((*names, *(stem for stem, _, ending in parts if ending.lower() in CODED and "." in stem))))


def _said(names: tuple[str, ...], data: bytes) -> Child | None:
    """The file that a text is by its name and by every sign in it (unpackers open order.js.b64), whatever it is made of."""
    stems = tuple(name.rpartition(".")[0] for name in names if name.lower().endswith((".b64", ".base64")))
    if not any("." in stem for stem in stems):
        return None
    compact = data.translate(None, b" \t\r\n")
    kept = compact.rstrip(b"=")
    if len(kept) < LEAST_TEXT or len(compact) - len(kept) > 2 or kept.translate(None, BASE64_LETTERS):
        return None
    return Child(from_base64(kept), ArtifactKind.OBJECT, written_out(names), label="base64")


def _unhexed(data: bytes) -> Iterator[Yield]:
    try:
        yield from _each(binhex.files(data), "binhex")
    except binhex.TooLarge as storm:
        yield Problem(IncidentCode.RATIO, f"BinHex: {storm}")


def unwidened(data: bytes) -> bytes:
    """UTF-16 of Latin letters as octets: the coded forms are all of them."""
    head = data[:400]
    if head.count(0) * 5 <= len(head) * 2:
        return data
    return data.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")


def lined(data: bytes) -> bytes:
    """Without a byte order mark; lines that end in CR alone, as a Mac wrote them, end in LF."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data and data.count(b"\r") > 2 * data.count(b"\n"):
        return data.replace(b"\r", b"\n")
    return data


def _each(found: Iterable[File], how: str) -> Iterator[Yield]:
    """Children of what was decoded; of base64 and quoted-printable only what came out as something."""
    for number, (names, payload) in enumerate(found, 1):
        if number > (MAX_RUNS if how in NAMED else MOST_RUNS):
            yield Problem(IncidentCode.COUNT, f"more files written as {how} than any mail has")
            return
        kind = identify(payload, names)
        if how in ("base64", "quoted-printable") and not _something(payload, kind):
            continue
        yield Observation("INLINED-FILE", f"{how} {kind}")
        yield Child(payload, ArtifactKind.OBJECT, names, label=how, detected_type=kind)


def _something(payload: bytes, kind: str) -> bool:
    return kind not in NOISE and (kind != "text/plain" or _worth_reading(payload))


def _means(beginning: bytes) -> bool:
    """Whether a long run that begins so may be a file in any coding."""
    found = chain(base64_runs(beginning), (p for _, p in codings.runs(beginning)), codings.paragraphs(beginning))
    return any(_something(payload, identify(payload)) for payload in found)


def _worth_reading(payload: bytes) -> bool:
    """Text that came out of base64: words or another layer, not noise that happens to have no control characters."""
    if LONG_TOKEN.match(payload):
        return True
    if written(payload):
        return True
    head = payload[:2000].replace(b"\0", b"")
    return len(head) >= 32 and sum(c in b" \n\r\t,.;" for c in head) * 40 > len(head) and sum(c > 126 for c in head) * 3 < len(head)


def _uu(data: bytes) -> Iterator[File]:
    for match in UU_BEGIN.finditer(data):
        name = match[2].strip().decode("utf-8", "replace")
        lines = _lines(data, match.end(), match[1])
        payload = _uu_base64(lines) if b"-base64" in match[0].lower() else uu_lines(lines)
        other = codings.xx_lines(_lines(data, match.end(), match[1]))
        if codings.certain(other) or (len(other) > len(payload) and not codings.certain(payload)):
            payload = other
        if payload and (codings.certain(payload) or MODE.match(match[0])):
            yield (name,), payload


def _lines(data: bytes, at: int, prefix: bytes) -> Iterator[bytes]:
    """The lines behind an offset, without what quotes them or sets them in; read only as far as somebody asks."""
    at = data.find(b"\n", at) + 1
    first = True
    while 0 < at < len(data):
        end = data.find(b"\n", at)
        line = data[at:end if end >= 0 else len(data)].removeprefix(prefix)
        if not first or line.strip():
            first = False
            yield line
        at = end + 1


def _uu_base64(lines: Iterable[bytes]) -> bytes:
    kept: list[bytes] = []
    for line in lines:
        if line.strip() == b"====" or line.startswith(b"begin"):
            break
        kept.append(line)
    return from_base64(b"".join(kept))


def _yenc(data: bytes) -> Iterator[File]:
    """yEnc 1.3: each octet plus 42; `=` escapes with another 64."""
    for match in YENC_BEGIN.finditer(data):
        ends = YENC_END.search(data, match.end())
        body = data[match.end():ends.start() if ends else len(data)].lstrip(b"\r\n")
        body = re.sub(rb"^=ypart[^\n]*\n", b"", body).translate(None, b"\r\n")
        plain = re.sub(rb"=(.)", lambda m: bytes(((m[1][0] - 64) & 255,)), body, flags=re.S)
        name = (match[1] or b"").strip().decode("utf-8", "replace")
        yield (name,) if name else (), plain.translate(YENC_TABLE)


YENC_TABLE = bytes((c - 42) & 255 for c in range(256))


def base64_runs(data: bytes) -> Iterator[bytes]:
    """Runs of base64: three or more lines, one line of 120 characters and more, or all of a short text. One pass over the lines."""
    compact = data.translate(None, b" \t\r\n>") if len(data) < SHORT else b""
    if compact and BASE64_LINE.fullmatch(compact):
        yield from _and_behind_noise(compact, data)
        return
    run: list[bytes] = []
    tail = before = b""                                          # of the line before the run: `key: TVqQ`
    for line in chain(_in_blocks(data), (b"",)):
        if len(line) > LONG_BLOCK and BLOCK.fullmatch(line):
            tail = before if not run else tail
            run += (line, b"", b"")                              # three lines and more
            continue
        text = line.strip(b" \t\r\n>|")
        whole = BASE64_LINE.fullmatch(text) is not None         # a sign of addition at its end is its own
        if not whole:
            text = text.strip(b" \t\"',;+")
        least = 2 if run else 40
        if (run and len(text) == 1 and text in ENDS) or (len(text) >= least and (whole or BASE64_LINE.fullmatch(text))):
            tail = before if not run else tail
            run.append(text)
            continue
        if run and (len(run) >= 3 or len(run[0]) >= 120 or _short_file(run)):
            yield from _with_tail(tail, run)
        run = []
        before = text[len(text.rstrip(BASE64_LETTERS)):]
        if len(text) >= 120:
            yield from (from_base64(m[0]) for m in BASE64_TOKEN.finditer(text))


def _with_tail(tail: bytes, run: list[bytes]) -> Iterator[bytes]:
    """A run, and the run with what stands of it on the line before; a file that begins there is not read from its middle."""
    lines = b"".join(run)
    begun = bool(tail) and codings.certain(from_base64((tail + lines[:codings.SAMPLE])[:codings.SAMPLE]))
    if not begun or codings.certain(from_base64(lines[:codings.SAMPLE])):
        yield from _and_behind_noise(lines, b"\n".join(run))
    if tail:
        yield from_base64(tail + lines)


PADDED = re.compile(rb"={1,2}[\r\n]+")


def _and_behind_noise(run: bytes, lines: bytes) -> Iterator[bytes]:
    """What a run stands for; and files that begin at a later line of it: behind a key or a signature, or behind the padding of
    another one."""
    whole = from_base64(run)
    yield whole
    if codings.certain(whole):
        return
    if PADDED.search(lines[:-2]):
        yield from (from_base64(piece) for piece in PADDED.split(lines) if len(piece) >= 40)
    at = lines.find(b"\n") + 1
    while at > 0:
        if codings.certain(from_base64(lines[at:at + codings.SAMPLE])):
            yield from_base64(lines[at:])
            return
        at = lines.find(b"\n", at) + 1


LONG_BLOCK = 1 << 12
BLOCK = re.compile(rb"(?:[A-Za-z0-9+/]{40,}+={0,2}\r?\n)++")


def _in_blocks(data: bytes) -> Iterator[bytes]:
    """The lines of a text; many together where they are nothing but base64."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        block = BLOCK.match(data, at) if end - at > 40 else None
        if block is not None and block.end() - at > LONG_BLOCK:
            end = block.end()
        yield data[at:end]
        at = end


def _short_file(run: list[bytes]) -> bool:
    """Two lines, or a short one, count where what comes out can be no accident."""
    payload = from_base64(b"".join(run))
    return len(payload) >= LEAST_FILE and (written(payload) or codings.certain(payload))


def from_base64(text: bytes) -> bytes:
    kept = text.translate(None, NO_BASE64)
    kept = kept[:len(kept) - 1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


INLINED = InlinedExtractor()
