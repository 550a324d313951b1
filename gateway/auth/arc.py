"""ARC (RFC 8617): what earlier hosts saw of a message before they changed it, and whether we believe them.

Anybody can seal a chain about anything. So a chain that holds is a pass only where its last sealers are ones we trust, and
only their word counts: that of the first host from which on every sealer is trusted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dkim.canonicalization import Relaxed

from gateway.auth import dkim
from gateway.auth.dkim import Field, Unusable
from gateway.auth.resolver import TemporaryFailure, TextLookup
from gateway.model.address import normalise_domain
from gateway.model.transaction import AuthResult

MOST_SETS = 50                           # RFC 8617 section 4.2.1
NAMES = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")

_INSTANCE = re.compile(rb"\s*i\s*=\s*([0-9]{1,3})\s*;")
_COMMENT = re.compile(rb"\((?:[^()\\]|\\.)*\)")
_DMARC = re.compile(rb"\s*dmarc\s*=\s*pass(?![a-z])[^;]*?\sheader\.from\s*=\s*\"?([A-Za-z0-9._-]{1,253})")


@dataclass(frozen=True, slots=True)
class Set:
    """One host's three fields."""

    results: Field
    message: Field
    seal: Field
    tags: Mapping[bytes, bytes]          # of the seal
    domain: str                          # of the sealer


@dataclass(frozen=True, slots=True)
class Chain:
    """The result, and the author domain for which a trusted sealer saw DMARC pass ("" for none)."""

    result: AuthResult
    author: str = ""


async def verify(headers: bytes, body_hashes: Mapping[str, str], lookup: TextLookup, now: datetime,
                 trusted: Iterable[str]) -> Chain:
    fields = dkim.header_fields(headers)
    if not any(f[0].lower() in NAMES for f in fields):
        return Chain(AuthResult("arc", "none"))
    sealer = ""
    try:
        sets = collect(fields)
        sealer = sets[-1].domain
        await _message(sets[-1], fields, body_hashes, lookup, now)
        await _seals(sets, lookup)
    except Unusable as wrong:
        return Chain(AuthResult("arc", "fail", sealer, str(wrong)))
    except TemporaryFailure:
        return Chain(AuthResult("arc", "temperror", sealer, "key look-up failed"))
    return _believed(sets, frozenset(normalise_domain(d) for d in trusted))


def collect(fields: Sequence[Field]) -> list[Set]:
    """The sets in order, complete and without gaps. Raises Unusable."""
    found: dict[tuple[int, bytes], Field] = {}
    for field in fields:
        name = field[0].lower()
        if name not in NAMES:
            continue
        number = _number(name, field)
        if (number, name) in found:
            raise Unusable("a set has a field twice")
        found[number, name] = field
    last = max(number for number, _ in found)
    if not 1 <= last <= MOST_SETS or len(found) != last * len(NAMES):
        raise Unusable("sets are not complete")
    return [_set(*(found[number, name] for name in NAMES), first=number == 1) for number in range(1, last + 1)]


def _number(name: bytes, field: Field) -> int:
    if len(field[1]) > dkim.LONGEST_FIELD:
        raise Unusable("field too long")
    if name == NAMES[0]:
        match = _INSTANCE.match(field[1])
        digits = match[1] if match else b""
    else:
        digits = dkim.tags_of(field, (b"i", b"a", b"b", b"d", b"s"))[b"i"]
    if not re.fullmatch(rb"[1-9][0-9]{0,2}", digits):
        raise Unusable("no instance number")
    return int(digits)


def _set(results: Field, message: Field, seal: Field, first: bool) -> Set:
    tags = dkim.tags_of(seal, (b"i", b"a", b"b", b"cv", b"d", b"s"))
    if b"h" in tags:
        raise Unusable("h= in a seal")
    if tags[b"cv"] != (b"none" if first else b"pass"):
        raise Unusable("a sealer saw the chain broken")
    return Set(results, message, seal, tags, dkim.name_of(tags[b"d"]))


async def _message(last: Set, fields: list[Field], body_hashes: Mapping[str, str], lookup: TextLookup, now: datetime) -> None:
    """The newest signature over the message (section 5.2, step 4). Raises Unusable, TemporaryFailure."""
    tags = dkim.tags_of(last.message, (b"i", b"a", b"b", b"bh", b"d", b"h", b"s"))
    signature = dkim.signature_of(last.message, tags, dkim.name_of(tags[b"d"]), now)
    if b"arc-seal" in signature.signed:
        raise Unusable("a message signature over seals")
    if body_hashes.get(signature.body_key) != signature.body_hash:
        raise Unusable("body hash did not verify")
    if body_hashes.get(signature.whole_key) != signature.body_hash:
        raise Unusable("l= leaves a part unsigned")
    key = await dkim.key_of(signature.selector, signature.domain, signature.algorithm, lookup)
    if not dkim.holds(signature.signature, key, dkim.header_digest(signature, fields)):
        raise Unusable("message signature did not verify")


async def _seals(sets: Sequence[Set], lookup: TextLookup) -> None:
    """Every seal, over all fields of the sets up to its own (section 5.1.1). Raises Unusable, TemporaryFailure."""
    before = hashlib.sha256()
    for one in sets:
        for field in (one.results, one.message):
            before.update(canonical(field))
        own = before.copy()
        own.update(canonical((one.seal[0], dkim.without_value(one.seal[1]))).rstrip(b"\r\n"))
        before.update(canonical(one.seal))
        key = await dkim.key_of(dkim.name_of(one.tags[b"s"]), one.domain, one.tags[b"a"], lookup)
        if not dkim.holds(dkim.octets_of(one.tags[b"b"]), key, own.digest()):
            raise Unusable(f"seal {one.tags[b'i'].decode()} did not verify")


def canonical(field: Field) -> bytes:
    [(name, value)] = Relaxed.canonicalize_headers([field])
    return bytes(name + b":" + value)


def _believed(sets: Sequence[Set], trusted: frozenset[str]) -> Chain:
    """The word of the first sealer from which on all are trusted: a stranger between could have changed anything."""
    last = sets[-1].domain
    if normalise_domain(last) not in trusted:
        return Chain(AuthResult("arc", "policy", last, f"i={len(sets)} holds, but the sealer is not trusted"))
    first = len(sets) - 1
    while first > 0 and normalise_domain(sets[first - 1].domain) in trusted:
        first -= 1
    author = _author(sets[first].results)
    return Chain(AuthResult("arc", "pass", last, f"i={len(sets)}" + (" dmarc=pass there" if author else "")), author)


def _author(results: Field) -> str:
    """The author domain for which the host says dmarc=pass."""
    value = results[1].replace(b"\r\n", b"")
    for _ in range(3):                   # comments in comments
        value = _COMMENT.sub(b" ", value)
    for part in value.split(b";")[2:]:
        match = _DMARC.match(part.lower())
        if match:
            return normalise_domain(match[1].decode("ascii"))
    return ""
