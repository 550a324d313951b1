"""Which DKIM body hashes a message needs, made in the cell so that the parent only does DNS and RSA."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.extract.mime.headers import Header
from gateway.model.bodyhash import WHOLE_RELAXED, body_hash

MAX_SIGNATURES = 10
TAG = re.compile(rb"(?:^|;)\s*([a-zA-Z]\w*)\s*=\s*([^;]*)")
ALGORITHMS = {"rsa-sha256": "sha256", "rsa-sha1": "sha1", "ed25519-sha256": "sha256"}


def body_hashes(headers: Sequence[Header], body: memoryview, own: bool = True) -> dict[str, str]:
    """"sha256/relaxed/-" -> base64 of the hash: each way some signature asks for, and the one that we sign with where `own`."""
    wanted: dict[str, None] = {WHOLE_RELAXED: None} if own else {}
    signatures = [h for h in headers if h.name in ("dkim-signature", "arc-message-signature")]
    for header in signatures[:MAX_SIGNATURES]:
        key = _key(header.raw)
        if key:
            wanted[key] = None
            wanted[key.rpartition("/")[0] + "/-"] = None         # of the whole: whether l= left anything out
    return {key: body_hash(body, *key.split("/")) for key in wanted}


def _key(raw: bytes) -> str:
    tags = {k.lower(): v.strip() for k, v in TAG.findall(raw)}
    algorithm = ALGORITHMS.get(tags.get(b"a", b"").decode("ascii", "replace").lower())
    canon = tags.get(b"c", b"simple/simple").decode("ascii", "replace").lower().partition("/")[2] or "simple"
    length = tags.get(b"l", b"-").decode("ascii", "replace")
    if algorithm is None or canon not in ("simple", "relaxed") or not (length == "-" or re.fullmatch(r"[0-9]{1,15}", length)):
        return ""
    return f"{algorithm}/{canon}/{length}"
