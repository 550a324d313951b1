"""Which ways of hashing a body its signatures ask for."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.extract.bodyhash import body_hashes
from gateway.extract.mime.headers import Header


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
    assert list(body_hashes([header], memoryview(b"x"))) == ["sha256/relaxed/-"]


def test_length_beyond_the_body():
    assert body_hashes([signature(a="rsa-sha256", l="1000")], memoryview(b"a\r\n")) == {
        "sha256/relaxed/-": sha(b"a\r\n"), "sha256/simple/1000": sha(b"a\r\n"), "sha256/simple/-": sha(b"a\r\n")}
    assert body_hashes([signature(a="rsa-sha256", l="0")], memoryview(b"a\r\n")) == {
        "sha256/relaxed/-": sha(b"a\r\n"), "sha256/simple/0": sha(b""), "sha256/simple/-": sha(b"a\r\n")}
