"""DKIM verification (RFC 6376, RFC 8301, RFC 8463).

The cell hashed the body in the ways that the signatures ask for; here the header is hashed, the key looked up, and the
signature checked, so a large body costs nothing again. Canonicalisation and tag lists are dkimpy's, RSA and Ed25519 those
of `cryptography`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

from gateway.auth.resolver import TemporaryFailure, TextLookup
from gateway.model.transaction import AuthResult

MOST_SIGNATURES = 8                      # checked per message: forwarders add one each, and every one costs a look-up
LONGEST_FIELD = 16 << 10                 # octets of one DKIM-Signature field
SHORTEST_RSA = 1024                      # bits, RFC 8301 section 3.2
ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_DOMAIN = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")
_VALUE = re.compile(rb"([;\s]b\s*+=)(?:\s*+[A-Za-z0-9+/=])*+(?:\r?\n\Z)?")
"""dkimpy's RE_BTAG, in one pass: that one takes the third power of the blanks behind a b."""

PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey
Field = tuple[bytes, bytes]              # name and raw value with its folding and line end, as dkimpy wants them


class Unusable(Exception):
    """A signature or key that can never verify: permerror, with the reason."""


@dataclass(frozen=True, slots=True)
class Signature:
    field: Field
    algorithm: bytes
    signature: bytes
    body_hash: str
    domain: str
    selector: str
    header_canon: CanonicalizationPolicy
    body_key: str                        # key of Summary.body_hashes
    signed: tuple[bytes, ...]            # lower-case names, in order
    partial: bool                        # l= may leave a part of the body unsigned

    @property
    def whole_key(self) -> str:
        """Key of the hash of the whole body: the same as the signed one where l= leaves nothing out."""
        return self.body_key.rpartition("/")[0] + "/-"


def header_fields(block: bytes) -> list[Field]:
    """The fields of a raw header block; lines without a colon are passed over."""
    return list(_header_fields(block))


@lru_cache(maxsize=4)                    # of one mail DKIM, ARC and the history ask
def _header_fields(block: bytes) -> tuple[Field, ...]:
    found: list[tuple[bytes, list[bytes]]] = []
    for line in block.splitlines(keepends=True):
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.rstrip(b" \t"), [value]))
    return tuple((name, b"".join(values)) for name, values in found)


def read(field: Field, now: datetime) -> Signature:
    """The signature that a field states. Raises Unusable."""
    tags = tags_of(field, (b"v", b"a", b"b", b"bh", b"d", b"h", b"s"))
    if tags[b"v"] != b"1":
        raise Unusable("unknown signature version")
    return signature_of(field, tags, _domain(tags), now)


def tags_of(field: Field, wanted: tuple[bytes, ...]) -> dict[bytes, bytes]:
    """The tag list of a field that has these tags at least. Raises Unusable."""
    if len(field[1]) > LONGEST_FIELD:
        raise Unusable("signature field too long")
    try:
        tags: dict[bytes, bytes] = parse_tag_value(re.sub(rb"\r?\n(?=[ \t])", b"", field[1]).strip())
    except InvalidTagValueList as wrong:
        raise Unusable("syntax error in signature") from wrong
    missing = [t.decode() for t in wanted if not tags.get(t)]
    if missing:
        raise Unusable(f"no {missing[0]}= in signature")
    if tags[b"a"] not in ALGORITHMS:
        raise Unusable("algorithm not allowed")
    return tags


def signature_of(field: Field, tags: Mapping[bytes, bytes], domain: str, now: datetime) -> Signature:
    """A signature over header and body; ARC's message signature has the same form. Raises Unusable."""
    names = tuple(n.strip().lower() for n in tags[b"h"].split(b":"))
    if b"from" not in names:
        raise Unusable("From is not signed")
    _check_times(tags, now)
    return Signature(field, tags[b"a"], octets_of(tags[b"b"]), re.sub(r"\s", "", tags[b"bh"].decode("ascii", "replace")),
                     domain, name_of(tags[b"s"]), *_canon(tags), names, b"l" in tags)


def _check_times(tags: Mapping[bytes, bytes], now: datetime) -> None:
    for tag in (b"t", b"x"):
        if tag in tags and not re.fullmatch(rb"[0-9]{1,12}", tags[tag]):
            raise Unusable(f"syntax error in {tag.decode()}=")
    if b"x" in tags and int(tags[b"x"]) < now.timestamp():
        raise Unusable("signature expired")
    if b"x" in tags and b"t" in tags and int(tags[b"x"]) < int(tags[b"t"]):
        raise Unusable("x= lies before t=")


def _domain(tags: Mapping[bytes, bytes]) -> str:
    domain = name_of(tags[b"d"])
    agent = tags.get(b"i", b"@" + tags[b"d"]).decode("utf-8", "replace").rpartition("@")[2].lower()
    if agent != domain and not agent.endswith("." + domain):
        raise Unusable("i= is not of the domain d=")
    return domain


def name_of(value: bytes) -> str:
    """A domain or selector. Raises Unusable."""
    if not _DOMAIN.fullmatch(value):
        raise Unusable("syntax error in domain or selector")
    return value.decode("ascii").lower()


def _canon(tags: Mapping[bytes, bytes]) -> tuple[CanonicalizationPolicy, str]:
    try:
        policy = CanonicalizationPolicy.from_c_value(tags.get(b"c"))
    except InvalidCanonicalizationPolicyError as wrong:
        raise Unusable("unknown canonicalisation") from wrong
    length = tags.get(b"l", b"-")
    if b"l" in tags and not re.fullmatch(rb"[0-9]{1,76}", length):
        raise Unusable("syntax error in l=")
    return policy, f"sha256/{policy.body_algorithm.name.decode()}/{length.decode()}"


def octets_of(value: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"\s", b"", value), validate=True)
    except binascii.Error as wrong:
        raise Unusable("signature is not base64") from wrong


def header_digest(signature: Signature, fields: list[Field]) -> bytes:
    """SHA-256 over the signed fields and the signature field without its b= (RFC 6376 section 3.7)."""
    policy, digest = signature.header_canon, hashlib.sha256()
    for name, value in policy.canonicalize_headers(selected(fields, signature.signed)):
        digest.update(name + b":" + value)
    [(name, value)] = policy.canonicalize_headers([(signature.field[0], without_value(signature.field[1]))])
    digest.update(name + b":" + value.rstrip())
    return digest.digest()


def without_value(field: bytes) -> bytes:
    """A signature's field with an empty b=."""
    return _VALUE.sub(b"\\1", field)


def selected(fields: Sequence[Field], names: Iterable[bytes]) -> list[Field]:
    """The fields that h= names, each name taking the next one from the bottom (section 5.4.2); a name without a field left
    stands for none. One pass over the fields, however many names a stranger lists."""
    names = list(names)
    left: dict[bytes, list[Field]] = {name: [] for name in names}
    for field in fields:
        found = left.get(field[0].lower())
        if found is not None:
            found.append(field)
    return [left[name].pop() for name in names if left[name]]


def public_key(record: bytes, algorithm: bytes) -> PublicKey:
    """The key of a DNS record (RFC 6376 section 3.6.1). Raises Unusable."""
    try:
        tags = parse_tag_value(record)
    except InvalidTagValueList as wrong:
        raise Unusable("syntax error in key record") from wrong
    kind = ALGORITHMS[algorithm]
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or tags.get(b"k", b"rsa") != kind:
        raise Unusable("key record is not for this algorithm")
    if b"h" in tags and b"sha256" not in [h.strip() for h in tags[b"h"].split(b":")]:
        raise Unusable("key record does not allow sha256")
    if b"s" in tags and not {b"*", b"email"} & {s.strip() for s in tags[b"s"].split(b":")}:
        raise Unusable("key record is not for email")
    if not tags.get(b"p"):
        raise Unusable("key revoked")
    try:
        octets = base64.b64decode(re.sub(rb"\s", b"", tags[b"p"]), validate=True)
        key = ed25519.Ed25519PublicKey.from_public_bytes(octets) if kind == b"ed25519" else load_der_public_key(octets)
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as wrong:
        raise Unusable("key cannot be read") from wrong
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SHORTEST_RSA:
        raise Unusable("key too short")
    return key


async def key_of(selector: str, domain: str, algorithm: bytes, lookup: TextLookup) -> PublicKey:
    """The published key. Raises Unusable, TemporaryFailure."""
    records = await lookup.text(f"{selector}._domainkey.{domain}")
    if len(records) != 1:
        raise Unusable("no key" if not records else "several key records")
    return public_key(records[0], algorithm)


def holds(signature: bytes, key: PublicKey, digest: bytes) -> bool:
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, digest)
        else:
            key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
    except InvalidSignature:
        return False
    return True


async def verify(headers: bytes, body_hashes: Mapping[str, str], lookup: TextLookup, now: datetime) -> list[AuthResult]:
    """One result a signature, in the order of the header; one `none` where there is no signature."""
    fields = header_fields(headers)
    found = [f for f in fields if f[0].lower() == b"dkim-signature"]
    if not found:
        return [AuthResult("dkim", "none")]
    checks = [_verify(field, fields, body_hashes, lookup, now) for field in found[:MOST_SIGNATURES]]
    results = list(await asyncio.gather(*checks))
    if len(found) > MOST_SIGNATURES:
        results.append(AuthResult("dkim", "policy", detail=f"{len(found) - MOST_SIGNATURES} more signatures not checked"))
    return results


async def _verify(field: Field, fields: list[Field], body_hashes: Mapping[str, str], lookup: TextLookup,
                  now: datetime) -> AuthResult:
    try:
        signature = read(field, now)
    except Unusable as wrong:
        return AuthResult("dkim", "permerror", detail=str(wrong))
    detail = f"s={signature.selector}"
    if body_hashes.get(signature.body_key) != signature.body_hash:
        return AuthResult("dkim", "fail", signature.domain, f"{detail} body hash did not verify")
    try:
        key = await key_of(signature.selector, signature.domain, signature.algorithm, lookup)
    except TemporaryFailure:
        return AuthResult("dkim", "temperror", signature.domain, f"{detail} key look-up failed")
    except Unusable as wrong:
        return AuthResult("dkim", "permerror", signature.domain, f"{detail} {wrong}")
    if not holds(signature.signature, key, header_digest(signature, fields)):
        return AuthResult("dkim", "fail", signature.domain, f"{detail} signature did not verify")
    if signature.partial and body_hashes.get(signature.whole_key) != signature.body_hash:
        return AuthResult("dkim", "policy", signature.domain, f"{detail} l= leaves a part unsigned")
    return AuthResult("dkim", "pass", signature.domain, detail)
