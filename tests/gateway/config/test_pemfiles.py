"""Keys and certificates that a configuration names: good ones pass, each mistake is said in one clause."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.pemfiles import LARGEST, authority_problem, certificate_problem, key_problem, signing_key
from tests.builders.certificates import certificate, files, pem

KEYS = {
    "rsa": (pem("rsa"), ""), "ed25519": (pem("ed25519"), ""), "small": (pem("small"), "1024 bits is too short"),
    "ec": (pem("ec"), "only RSA and Ed25519"), "locked": (pem("rsa", password="x"), "protected by a password"),
    "junk": (b"junk", "is no private key in PEM"), "empty": (b"", "is no private key in PEM"),
    "certificate": (certificate(), "is no private key in PEM"), "huge": (b"x" * (LARGEST + 1), "far too long"),
}


@pytest.mark.parametrize("name", KEYS)
def test_signing_keys(tmp_path: Path, name: str) -> None:
    content, wrong = KEYS[name]
    path = files(tmp_path, key=content)["key"]
    assert wrong in key_problem(path) and bool(key_problem(path)) is bool(wrong) and "\n" not in key_problem(path)
    if not wrong:
        assert signing_key(path)


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    assert key_problem(tmp_path / "none") == "does not exist"
    assert key_problem(tmp_path) == "Is a directory"


GOOD = (certificate(), pem("ec"))
PAIRS = {
    "good": (*GOOD, "", ""),
    "chain": (certificate() + certificate("ca.example", "ec", 1), pem("ec"), "", ""),
    "key of another": (certificate(), pem("ec", 1), "tls_key", "is not the key of"),
    "kind of another": (certificate(), pem("rsa"), "tls_key", "is not the key of"),
    "junk certificate": (b"junk", pem("ec"), "tls_cert", "has no CERTIFICATE in PEM"),
    "junk key": (certificate(), b"junk", "tls_key", "has no PRIVATE KEY in PEM"),
    "swapped": (pem("ec"), certificate(), "tls_cert", "has no CERTIFICATE in PEM"),
    "empty": (b"", b"", "tls_cert", "has no CERTIFICATE"),
    "torn certificate": (certificate()[:200] + b"\n-----END CERTIFICATE-----\n", pem("ec"), "tls_cert", "cannot be used for TLS"),
    "torn key": (certificate(), pem("ec")[:80] + b"\n-----END PRIVATE KEY-----\n", "tls_key", "cannot be used for TLS"),
    "locked key": (certificate(), pem("ec", password="x"), "tls_key", "protected by a password"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_certificates(tmp_path: Path, name: str) -> None:
    made, key, wanted, text = PAIRS[name]
    paths = files(tmp_path, cert=made, key=key)
    at, wrong = certificate_problem(paths["cert"], paths["key"])
    assert at == wanted and text in wrong and bool(wrong) is bool(text) and "\n" not in wrong


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    paths = files(tmp_path, cert=GOOD[0], key=GOOD[1])
    assert certificate_problem(tmp_path / "none", paths["key"]) == ("tls_cert", "No such file or directory")
    assert certificate_problem(paths["cert"], tmp_path) == ("tls_key", "Is a directory")


def test_certificates_of_an_authority(tmp_path: Path) -> None:
    paths = files(tmp_path, cert=GOOD[0], key=GOOD[1])
    assert authority_problem(paths["cert"]) == ""
    assert authority_problem(paths["key"]) == "holds no certificate in PEM"
    assert authority_problem(tmp_path / "none") == "does not exist"
    (tmp_path / "long").write_bytes(b"x" * (LARGEST + 1))
    assert authority_problem(tmp_path / "long") == "is far too long for a PEM file"
