"""DKIM keys as verifiers see them: by the selectors that are configured or named, else by those that are common."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.auth.dkim import ALGORITHMS, PublicKey, Unusable, public_key
from gateway.auth.health.base import GOOD, NOTE, RED, Advice, Subject, tags

COMMON = ("default", "selector1", "selector2", "google", "s1", "s2", "k1", "k2", "mail", "dkim")
WANTED_RSA = 2048                        # bits (RFC 8301 section 3.2)
KINDS = {kind.decode(): algorithm for algorithm, kind in ALGORITHMS.items()}


async def examine(subject: Subject, selectors: Sequence[str], ours: Mapping[str, PublicKey]) -> list[Advice]:
    """`ours` are the public halves of the keys that we sign with, by selector. Raises TemporaryFailure."""
    asked = tuple(dict.fromkeys((*ours, *selectors)))
    names = asked or COMMON
    records = await asyncio.gather(*(subject.lookup.text(f"{name}._domainkey.{subject.domain}") for name in names))
    found = [line for name, texts in zip(names, records, strict=True) if texts or asked
             for line in judged(name, subject.domain, texts, ours.get(name))]
    if found:
        return found
    return [Advice("dkim", NOTE, "selectors", f"none of the common ones ({', '.join(COMMON[:4])} …) has a key",
                   "name yours with --selector, or sign: [[dkim]] in the configuration")]


def judged(selector: str, domain: str, texts: Sequence[bytes], ours: PublicKey | None) -> list[Advice]:
    """One selector."""
    place = f"{selector}._domainkey.{domain}"
    if not texts:
        mend = f'publish TXT "{record(ours)}"' if ours is not None else "publish it, or sign with another selector"
        return [Advice("dkim", RED, selector, f"there is no key at {place}", mend)]
    if len(texts) > 1:
        return [Advice("dkim", RED, selector, f"{len(texts)} records at {place}: verifiers may take either", "keep one")]
    found = tags(texts[0])
    kind = found.get("k", "rsa") or "rsa"
    if kind not in KINDS:
        return [Advice("dkim", RED, selector, f"k={kind[:20]} is a kind of key that nobody knows", "use rsa or ed25519")]
    if found.get("p") == "":
        return [Advice("dkim", RED if ours is not None else NOTE, selector, "the key is revoked (p= is empty)",
                       "publish the key that you sign with" if ours is not None else "")]
    try:
        key = public_key(texts[0], KINDS[kind])
    except Unusable as wrong:
        return [Advice("dkim", RED, selector, str(wrong), "publish the public half of your key as it was made")]
    return [*_strength(selector, kind, key), *_flags(selector, found), *_same(selector, key, ours)]


def _strength(selector: str, kind: str, key: PublicKey) -> list[Advice]:
    if not isinstance(key, rsa.RSAPublicKey):
        return [Advice("dkim", GOOD, selector, f"{kind} key")]
    short = key.key_size < WANTED_RSA
    return [Advice("dkim", NOTE if short else GOOD, selector, f"RSA key of {key.key_size} bits",
                   "make a key of 2048 bits under a new selector, and sign with it when it is published" if short else "")]


def _flags(selector: str, found: Mapping[str, str]) -> list[Advice]:
    flags = {flag.strip().lower() for flag in found.get("t", "").split(":")}
    if "y" in flags:
        return [Advice("dkim", NOTE, selector, "t=y: the domain says that it only tests, signatures count for nothing",
                       'remove "t=y" when mail is signed as it should be')]
    return []


def _same(selector: str, key: PublicKey, ours: PublicKey | None) -> list[Advice]:
    if ours is None:
        return []
    if _octets(key) != _octets(ours):
        return [Advice("dkim", RED, selector, "DNS has another key than the one we sign with: every signature fails",
                       f'publish TXT "{record(ours)}"')]
    return [Advice("dkim", GOOD, selector, "the key that we sign with")]


def record(key: PublicKey) -> str:
    """The TXT record of a key (RFC 6376 section 3.6.1)."""
    kind = "rsa" if isinstance(key, rsa.RSAPublicKey) else "ed25519"
    return f"v=DKIM1; k={kind}; p={base64.b64encode(_octets(key)).decode('ascii')}"


def _octets(key: PublicKey) -> bytes:
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
