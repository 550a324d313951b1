"""DKIM body hashes (RFC 6376 section 3.4), made in the cell so that the parent only does DNS and RSA.

Streams over the body in pieces: 25 MB cost one pass and no copy of the whole.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence

from gateway.extract.mime.headers import Header

PIECE = 256 << 10
MAX_SIGNATURES = 10
TAG = re.compile(rb"(?:^|;)\s*([a-zA-Z]\w*)\s*=\s*([^;]*)")
BLANKS = re.compile(rb"[ \t]+")
ALGORITHMS = {"rsa-sha256": "sha256", "rsa-sha1": "sha1", "ed25519-sha256": "sha256"}


def body_hashes(headers: Sequence[Header], body: memoryview) -> dict[str, str]:
    """"sha256/relaxed/-" -> base64 of the hash, one entry for each way some DKIM-Signature asks for."""
    wanted: dict[str, None] = {}
    signatures = [h for h in headers if h.name in ("dkim-signature", "arc-message-signature")]
    for header in signatures[:MAX_SIGNATURES]:
        key = _key(header.raw)
        if key:
            wanted[key] = None
            wanted[key.rpartition("/")[0] + "/-"] = None         # of the whole: whether l= left anything out
    return {key: _hash(body, *key.split("/")) for key in wanted}


def _key(raw: bytes) -> str:
    tags = {k.lower(): v.strip() for k, v in TAG.findall(raw)}
    algorithm = ALGORITHMS.get(tags.get(b"a", b"").decode("ascii", "replace").lower())
    canon = tags.get(b"c", b"simple/simple").decode("ascii", "replace").lower().partition("/")[2] or "simple"
    length = tags.get(b"l", b"-").decode("ascii", "replace")
    if algorithm is None or canon not in ("simple", "relaxed") or not (length == "-" or re.fullmatch(r"[0-9]{1,15}", length)):
        return ""
    return f"{algorithm}/{canon}/{length}"


def _hash(body: memoryview, algorithm: str, canon: str, length: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    left = -1 if length == "-" else int(length)
    for piece in canonical(body, canon == "relaxed"):
        if left >= 0:
            piece = piece[:left]
            left -= len(piece)
        digest.update(piece)
        if left == 0:
            break
    return base64.b64encode(digest.digest()).decode()


def canonical(body: memoryview, relaxed: bool) -> Iterator[bytes]:
    """The canonical body in pieces. Empty lines at the end are held back until something follows."""
    held = 0                                           # CRLFs seen and not yet given out
    any_given = False
    for piece in _lines(body):
        if relaxed and (b" " in piece or b"\t" in piece):
            piece = BLANKS.sub(b" ", piece).replace(b" \r\n", b"\r\n")
        stripped = _strip_line_ends(piece)
        if stripped:
            yield b"\r\n" * held + stripped
            any_given = True
            held = 0
        held += (len(piece) - len(stripped)) // 2
    if any_given or not relaxed:
        yield b"\r\n"


def _strip_line_ends(piece: bytes) -> bytes:
    """Without CRLFs at its end; a lone CR or LF there is content."""
    end = len(piece)
    while end >= 2 and piece[end - 2:end] == b"\r\n":
        end -= 2
    return piece[:end]


def _lines(body: memoryview) -> Iterator[bytes]:
    """Pieces that end with a line end, so that no blank run and no CRLF is cut; the last line gets its CRLF back later."""
    at, size = 0, len(body)
    rest = b""
    while at < size:
        chunk = rest + bytes(body[at:at + PIECE])
        at += PIECE
        cut = chunk.rfind(b"\r\n") + 2
        if cut < 2:
            rest = chunk
            continue
        yield chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest + b"\r\n" if not rest.endswith(b"\r\n") else rest
