"""Signs what leaves or was changed by us: DKIM (RFC 6376, RFC 8463) and ARC sets (RFC 8617). Keys are PEM files.

The body's hash is made in the cell ("sha256/relaxed/-" of Summary.body_hashes), so signing costs the header alone.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from dkim.canonicalization import Relaxed

from gateway.auth import dkim
from gateway.auth.arc import MOST_SETS, canonical, collect
from gateway.auth.dkim import Field
from gateway.config.pemfiles import SigningPrivateKey, signing_key

SIGNED = (
    b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"content-transfer-encoding", b"content-id", b"content-description", b"list-id",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-post", b"auto-submitted",
)
"""Fields that are signed where they stand (RFC 6376 section 5.4.1)."""
SEALED_AGAIN = (b"from", b"to", b"cc", b"subject", b"reply-to", b"content-type", b"mime-version", b"content-transfer-encoding")
"""Named once more than they stand, so that none can be added."""
SEALED_WHERE_SET = (b"sender", b"date", b"message-id")
"""The same where they stand: an honest server behind us may add them where they are missing."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    domain: str                          # d=, A-labels
    selector: str
    private: SigningPrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.private, rsa.RSAPrivateKey) else "ed25519-sha256"

    def sign(self, digest: bytes) -> str:
        if isinstance(self.private, rsa.RSAPrivateKey):
            made = self.private.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
        else:
            made = self.private.sign(digest)
        return base64.b64encode(made).decode("ascii")


def read_key(domain: str, selector: str, path: Path) -> SigningKey:
    """A PEM private key without password: RSA of 2048 bits or more, or Ed25519. Raises OSError, ValueError."""
    return SigningKey(domain, selector, signing_key(path))


def dkim_signature(block: bytes, body_hash: str, key: SigningKey, now: datetime) -> bytes:
    """The DKIM-Signature field for a header block, to be put on top of it. `body_hash` is relaxed SHA-256, base64."""
    fields = dkim.header_fields(block)
    names, stamp = _names(fields), int(now.timestamp())
    head = (f"v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n\td={key.domain}; s={key.selector}; t={stamp};\r\n\t"
            f"{_listed(names)};\r\n\tbh={body_hash};\r\n\tb=")
    return _finished("DKIM-Signature", head, _signed(fields, names), key)


def arc_set(block: bytes, body_hash: str, key: SigningKey, now: datetime, results: str, status: str) -> bytes:
    """The three fields of our own set, to be put on top of a message that we changed.

    `results` is an Authentication-Results value, its authserv-id first; `status` is what we found of the chain so far:
    none, pass or fail. A chain that is not in order is sealed as failed (section 5.1.2). Raises Unusable for a broken one
    that is not said to have failed, for one that somebody sealed as failed already (section 5.1 step 2: it gets no further
    set), and for a full one.
    """
    fields = dkim.header_fields(block)
    before = [] if status in ("none", "fail") else collect(fields)
    number, failed = (len(before) + 1, False) if status != "fail" else _highest(fields)
    if failed or number > MOST_SETS:
        raise dkim.Unusable("the chain is sealed as failed already" if failed else "the chain is full")
    results_field = f"ARC-Authentication-Results: i={number}; {results}\r\n".encode("ascii", "replace")
    names, stamp = _names(fields, b"dkim-signature"), int(now.timestamp())
    head = (f"i={number}; a={key.algorithm}; c=relaxed/relaxed;\r\n\td={key.domain}; s={key.selector}; t={stamp};\r\n\t"
            f"{_listed(names)};\r\n\tbh={body_hash};\r\n\tb=")
    message_field = _finished("ARC-Message-Signature", head, _signed(fields, names), key)
    head = f"i={number}; a={key.algorithm}; t={stamp}; cv={status};\r\n\td={key.domain}; s={key.selector};\r\n\tb="
    own = dkim.header_fields(results_field + message_field)
    sealed = [f for one in before for f in (one.results, one.message, one.seal)] + own
    seal_field = _finished("ARC-Seal", head, b"".join(canonical(f) for f in sealed), key)
    return seal_field + message_field + results_field


def _highest(fields: Sequence[Field]) -> tuple[int, bool]:
    """The next instance of a broken chain, as far as it can be read, and whether its newest seal says cv=fail."""
    found = [(0, False)]
    for name, value in fields:
        if name.lower() == b"arc-seal":
            try:
                tags = dkim.tags_of((name, value), (b"i", b"a"))
            except dkim.Unusable:
                continue
            digits = tags[b"i"]
            if digits.isdigit() and len(digits) < 4:
                found.append((int(digits), tags.get(b"cv") == b"fail"))
    number, failed = max(found)
    return number + 1, failed


def _names(fields: Sequence[Field], *more: bytes) -> list[bytes]:
    standing = [f[0].lower() for f in fields]
    names = [name for name in (*SIGNED, *more) for _ in range(standing.count(name))]
    return [*names, *SEALED_AGAIN, *(name for name in SEALED_WHERE_SET if name in standing)]


def _listed(names: Sequence[bytes]) -> str:
    text = "h=" + ":".join(n.decode("ascii") for n in names)
    return "\r\n\t ".join(textwrap.wrap(text.replace(":", ": "), 72, break_on_hyphens=False)).replace(": ", ":")


def _signed(fields: Sequence[Field], names: Sequence[bytes]) -> bytes:
    return b"".join(name + b":" + value for name, value in Relaxed.canonicalize_headers(dkim.selected(fields, names)))


def _finished(name: str, head: str, signed: bytes, key: SigningKey) -> bytes:
    """The field with its signature over `signed` and itself (RFC 6376 section 3.7)."""
    own = canonical((name.encode("ascii"), f" {head}\r\n".encode("ascii"))).rstrip(b"\r\n")
    made = key.sign(hashlib.sha256(signed + own).digest())
    return f"{name}: {head}".encode("ascii") + "\r\n\t ".join(textwrap.wrap(made, 72)).encode("ascii") + b"\r\n"
