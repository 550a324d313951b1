"""Certificates and keys in files, made once a test run: good ones, and what people put there by mistake."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def private(kind: str = "rsa", number: int = 0):
    """Always the same one."""
    return _private(kind, number)


@cache
def _private(kind: str, number: int):
    match kind:
        case "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "small":
            return rsa.generate_private_key(public_exponent=65537, key_size=1024)
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def pem(kind: str = "rsa", number: int = 0, password: str = "") -> bytes:
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return private(kind, number).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


@cache
def certificate(name: str = "mx.bank.example", kind: str = "ec", number: int = 0) -> bytes:
    """Signed by itself, valid from 2020 to 2040."""
    key = private(kind, number)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
             .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
             .not_valid_after(datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC))
             .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
             .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True))
    return built.sign(key, SHA256()).public_bytes(Encoding.PEM)


def files(folder: Path, **contents: bytes) -> dict[str, Path]:
    """Each content in a file of that name, mode 0600."""
    made = {}
    for name, content in contents.items():
        made[name] = folder / name
        made[name].write_bytes(content)
        made[name].chmod(0o600)
    return made
