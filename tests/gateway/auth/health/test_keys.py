"""DKIM keys in DNS: strength, flags, revocation, and whether they are the ones that we sign with."""

from __future__ import annotations

import pytest

from gateway.auth.health.base import GOOD, NOTE, RED, Subject
from gateway.auth.health.keys import COMMON, examine, record
from tests.builders.certificates import private
from tests.builders.zones import Names

RSA, SMALL, ED = (private(kind).public_key() for kind in ("rsa", "small", "ed25519"))
OTHER = private("rsa", 1).public_key()

CASES = [
    (record(RSA), None, GOOD, "RSA key of 2048 bits", ""),
    (record(ED), None, GOOD, "ed25519 key", ""),
    (record(SMALL), None, NOTE, "RSA key of 1024 bits", "make a key of 2048 bits under a new selector"),
    (record(RSA).replace("k=rsa", "k=rsa; t=y"), None, NOTE, "it only tests", 'remove "t=y"'),
    (record(RSA).replace("k=rsa", "t=s : y"), None, NOTE, "it only tests", 'remove "t=y"'),
    ("v=DKIM1; p=", None, NOTE, "revoked", ""),
    ("v=DKIM1; p=", RSA, RED, "revoked", "publish the key"),
    ("v=DKIM1; k=dsa; p=AA", None, RED, "nobody knows", "use rsa or ed25519"),
    ("v=DKIM1; p=!!!", None, RED, "key cannot be read", "public half"),
    ("v=DKIM1; h=sha1; " + record(RSA)[9:], None, RED, "does not allow sha256", "public half"),
    ("v=DKIM1; s=tlsrpt; " + record(RSA)[9:], None, RED, "not for email", "public half"),
    (record(RSA), RSA, GOOD, "the key that we sign with", ""),
    (record(OTHER), RSA, RED, "another key than the one we sign with", f'publish TXT "{record(RSA)}"'),
    ("", RSA, RED, "there is no key at s1._domainkey.d.example", record(RSA)),
]


@pytest.mark.parametrize(("text", "ours", "status", "detail", "mend"), CASES, ids=range(len(CASES)))
async def test_keys(text: str, ours, status: str, detail: str, mend: str) -> None:
    zone = {"s1._domainkey.d.example": [("TXT", text)]} if text else {}
    lines = await examine(Subject("d.example", Names(zone), None), ["s1"], {"s1": ours} if ours else {})  # type: ignore[arg-type]
    assert any(line.status == status and detail in line.detail and mend in line.mend for line in lines), lines


async def test_two_keys_at_one_selector() -> None:
    zone = {"s1._domainkey.d.example": [("TXT", record(RSA)), ("TXT", record(OTHER))]}
    (line,) = await examine(Subject("d.example", Names(zone), None), ["s1"], {})  # type: ignore[arg-type]
    assert (line.status, line.mend) == (RED, "keep one")


async def test_common_selectors_are_tried_where_none_is_named() -> None:
    names = Names({"selector2._domainkey.d.example": [("TXT", record(RSA))]})
    (line,) = await examine(Subject("d.example", names, None), [], {})  # type: ignore[arg-type]
    assert (line.what, line.status) == ("selector2", GOOD) and len(names.asked) == len(COMMON)
    (line,) = await examine(Subject("e.example", names, None), [], {})  # type: ignore[arg-type]
    assert line.status == NOTE and "--selector" in line.mend
