"""Signed and sealed mail, and the keys that name servers have of the signers."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dkim.canonicalization import Relaxed, Simple

from gateway.auth.sign import SigningKey

MAIL = b"From: Wang <wang@bank.example>\r\nTo: dev@lists.example\r\nSubject: Hello\r\n\r\nbody  text\r\n\r\n"


@cache
def private(kind: str = "rsa", number: int = 0):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()


def signing_key(domain: str, kind: str = "rsa", selector: str = "s1") -> SigningKey:
    return SigningKey(domain, selector, private(kind))


def pem(kind: str = "rsa") -> bytes:
    return private(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def record(kind: str = "rsa") -> bytes:
    public = private(kind).public_key()
    octets = (public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if kind == "rsa"
              else public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    return f"v=DKIM1; k={kind}; p=".encode() + base64.b64encode(octets)


def key_zone(*domains: str, kind: str = "rsa", selector: str = "s1") -> dict[str, list[tuple[str, object]]]:
    return {f"{selector}._domainkey.{d}": [("TXT", record(kind))] for d in domains}


def body_hashes(mail: bytes) -> dict[str, str]:
    """What the cell answers, made here with dkimpy's canonicaliser."""
    body = mail.partition(b"\r\n\r\n")[2]
    return {f"sha256/{name}/-": base64.b64encode(hashlib.sha256(canon.canonicalize_body(body)).digest()).decode()
            for name, canon in (("simple", Simple), ("relaxed", Relaxed))}


def head(mail: bytes) -> bytes:
    return mail.partition(b"\r\n\r\n")[0] + b"\r\n"


def relaxed_hash(mail: bytes) -> str:
    return body_hashes(mail)["sha256/relaxed/-"]
