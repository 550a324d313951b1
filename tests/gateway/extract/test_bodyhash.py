"""Body hashes: the same as dkimpy's canonicalisation, streamed, in every odd shape."""

from __future__ import annotations

import base64
import hashlib

import dkim.canonicalization
import pytest

from gateway.extract import bodyhash
from gateway.extract.bodyhash import body_hashes, canonical
from gateway.extract.mime.headers import Header

BODIES = [
    b"", b"\r\n", b"\r\n\r\n", b"a", b"a\r\n", b"a\r\n\r\n\r\n", b" a  b \t\r\n c\t\td\r\n", b"a \r\n \r\n\r\n", b"\r\n\r\na\r\n", b"a\rb\r\n",
    b"line one\r\n" * 50 + b"\r\n" * 50 + b"last", b" \t \r\n", b"a\n\nb\n", b"x" * 5000 + b"  \r\n",
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("relaxed", [True, False])
@pytest.mark.parametrize("piece", [7, 64, 1 << 18])
def test_same_as_an_independent_implementation(monkeypatch, body, relaxed, piece):
    monkeypatch.setattr(bodyhash, "PIECE", piece)
    policy = dkim.canonicalization.Relaxed if relaxed else dkim.canonicalization.Simple
    assert b"".join(canonical(memoryview(body), relaxed)) == policy.canonicalize_body(body)


def signature(**tags: str) -> Header:
    return Header("dkim-signature", "; ".join(f"{k}={v}" for k, v in tags.items()).encode())


def sha(data: bytes, name: str = "sha256") -> str:
    return base64.b64encode(hashlib.new(name, data).digest()).decode()


def test_one_hash_for_each_way_that_is_asked_for():
    headers = [signature(a="rsa-sha256", c="relaxed/relaxed"), signature(a="ed25519-sha256", c="relaxed/relaxed"),
               signature(a="rsa-sha1"), signature(a="rsa-sha256", c="relaxed"), signature(a="rsa-sha256", c="simple/simple", l="2")]
    assert body_hashes(headers, memoryview(b"a  b \r\n")) == {
        "sha256/relaxed/-": sha(b"a b\r\n"), "sha1/simple/-": sha(b"a  b \r\n", "sha1"), "sha256/simple/-": sha(b"a  b \r\n"),
        "sha256/simple/2": sha(b"a "),
    }


@pytest.mark.parametrize("header", [
    signature(a="rsa-md5"), signature(a="rsa-sha256", c="odd/odd"), signature(a="rsa-sha256", l="many"), Header("subject", b"a=rsa-sha256"),
])
def test_nothing_is_hashed_for_nonsense(header):
    assert body_hashes([header], memoryview(b"x")) == {}


def test_length_beyond_the_body():
    assert body_hashes([signature(a="rsa-sha256", l="1000")], memoryview(b"a\r\n")) == {
        "sha256/simple/1000": sha(b"a\r\n"), "sha256/simple/-": sha(b"a\r\n")}
    assert body_hashes([signature(a="rsa-sha256", l="0")], memoryview(b"a\r\n")) == {
        "sha256/simple/0": sha(b""), "sha256/simple/-": sha(b"a\r\n")}
