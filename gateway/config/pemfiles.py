"""Private keys and certificates that a configuration names: whether each is what it should be, in one clause."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SHORTEST_RSA = 2048                      # bits of a key that we sign with ourselves (RFC 8301 section 3.2 wants 2048 of signers)
LARGEST = 1 << 20                        # octets of a PEM file that are read

CERTIFICATE_SOON = timedelta(days=14)    # what is left of a certificate from which on it should be renewed

MISMATCH = frozenset({"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"})
"""What OpenSSL calls a key that is not the certificate's: of the same kind, of another, of another with a slot of its own."""

SigningPrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def signing_key(path: Path) -> SigningPrivateKey:
    """A PEM private key without password: RSA of 2048 bits or more, or Ed25519. Raises OSError, ValueError (one clause)."""
    octets = _read(path)
    try:
        private = load_pem_private_key(octets, None)
    except TypeError:
        raise ValueError("the key is protected by a password; write it without one: openssl pkey -in FILE") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no private key in PEM; make one: openssl genrsa -out FILE 2048") from None
    if isinstance(private, rsa.RSAPrivateKey):
        if private.key_size < SHORTEST_RSA:
            raise ValueError(f"an RSA key of {private.key_size} bits is too short; 2048 are wanted")
        return private
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private
    raise ValueError("only RSA and Ed25519 keys sign mail")


def key_problem(path: Path) -> str:
    """What is wrong with a signing key; "" where nothing is, or where it may not be read by us."""
    try:
        signing_key(path)
    except FileNotFoundError:
        return "does not exist"
    except PermissionError:
        return ""                        # the gateway's user may read what we may not
    except (OSError, ValueError) as failure:
        return getattr(failure, "strerror", None) or str(failure)
    return ""


def certificate_problem(certificate: Path, key: Path) -> tuple[str, str]:
    """("tls_cert" or "tls_key", what is wrong); ("", "") where TLS can be served with them, or they may not be read by us."""
    for name, path, wanted in (("tls_cert", certificate, b"CERTIFICATE"), ("tls_key", key, b"PRIVATE KEY")):
        try:
            octets = _read(path)
        except PermissionError:
            return "", ""
        except (OSError, ValueError) as failure:
            return name, getattr(failure, "strerror", None) or str(failure)
        if b"-----BEGIN " not in octets or wanted + b"-----" not in octets:
            return name, f"has no {wanted.decode()} in PEM"
    asked: list[bool] = []

    def password() -> bytes:
        asked.append(True)
        return b"none"

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password)
    except (ssl.SSLError, ValueError, OSError) as failure:
        if asked:
            return "tls_key", "is protected by a password; write it without one: openssl pkey -in FILE"
        reason = getattr(failure, "reason", None) or ""
        if reason in MISMATCH:
            return "tls_key", f"is not the key of {certificate}"
        return _culprit(certificate), f"cannot be used for TLS ({(reason or str(failure)).replace('_', ' ').lower()})"
    return "", ""


def certificate_end(path: Path) -> datetime:
    """When the first certificate of a PEM file ends. Raises OSError, ValueError."""
    return x509.load_pem_x509_certificate(_read(path)).not_valid_after_utc


def authority_problem(path: Path) -> str:
    """What is wrong with the certificates of an authority; "" where nothing is, or where they may not be read by us."""
    try:
        _read(path)
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except FileNotFoundError:
        return "does not exist"
    except PermissionError:
        return ""                        # the gateway's user may read what we may not
    except ssl.SSLError:
        return "holds no certificate in PEM"
    except (OSError, ValueError) as failure:
        return getattr(failure, "strerror", None) or str(failure)
    return ""


def _culprit(certificate: Path) -> str:
    """Which of the two cannot be read: the certificates are tried alone."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificate)
    except (ssl.SSLError, ValueError, OSError):
        return "tls_cert"
    return "tls_key"


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(LARGEST + 1)
    if len(octets) > LARGEST:
        raise ValueError("is far too long for a PEM file")
    return octets
