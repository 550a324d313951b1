"""Canonical bodies: the same as dkimpy's, streamed, in every odd shape."""

from __future__ import annotations

import base64
import hashlib

import dkim.canonicalization
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import bodyhash
from gateway.model.bodyhash import body_hash, canonical

BODIES = [
    b"", b"\r\n", b"\r\n\r\n", b"a", b"a\r\n", b"a\r\n\r\n\r\n", b" a  b \t\r\n c\t\td\r\n", b"a \r\n \r\n\r\n", b"\r\n\r\na\r\n", b"a\rb\r\n",
    b"line one\r\n" * 50 + b"\r\n" * 50 + b"last", b" \t \r\n", b"a\n\nb\n", b"x" * 5000 + b"  \r\n",
    b" \t\r\n\t\r\n", b"a \t b\t\t \r\n \t c", b"\t\r\n", b"x" * 300 + b" " * 300 + b"\r\n", b"\r\r\n\n\r\n\r\n", b"x\n\r\n\r\n", b"a \r\n\t\r\n",
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("relaxed", [True, False])
@pytest.mark.parametrize("piece", [7, 64, 1 << 18])
def test_same_as_an_independent_implementation(monkeypatch, body, relaxed, piece):
    monkeypatch.setattr(bodyhash, "PIECE", piece)
    policy = dkim.canonicalization.Relaxed if relaxed else dkim.canonicalization.Simple
    assert b"".join(canonical(memoryview(body), relaxed)) == policy.canonicalize_body(body)


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b".", b"\xa4\xa4", b" " * 100, b"\r", b"\n"]), max_size=40).map(lambda parts: b"".join(parts) + b"\r\n"), st.booleans())
def test_same_for_whatever_a_body_is_made_of(body: bytes, relaxed: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodyhash, "PIECE", 3)
        small = b"".join(canonical(memoryview(body), relaxed))
    policy = dkim.canonicalization.Relaxed if relaxed else dkim.canonicalization.Simple
    assert b"".join(canonical(memoryview(body), relaxed)) == small == policy.canonicalize_body(body)


def test_hashes() -> None:
    body = memoryview(b"a  b \r\nc\r\n\r\n")
    for canon, text in (("relaxed", b"a b\r\nc\r\n"), ("simple", b"a  b \r\nc\r\n")):
        assert body_hash(body, "sha256", canon) == base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert body_hash(body, "sha256", canon, "3") == base64.b64encode(hashlib.sha256(text[:3]).digest()).decode()
