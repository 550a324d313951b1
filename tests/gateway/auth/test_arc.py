"""Chains made by gateway.auth.sign, which dkimpy checks too, and broken in every way."""

from datetime import UTC, datetime

import pytest

from gateway.auth import arc
from gateway.auth.sign import arc_set
from tests.builders.sealed import MAIL, body_hashes, head, key_zone, relaxed_hash, signing_key
from tests.builders.zones import TIMEOUT, Names

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ZONE = key_zone("lists.example", "forward.example", "stranger.example")
RESULTS = "lists.example; spf=pass smtp.mailfrom=bank.example; dmarc=pass (p=reject) header.from=bank.example"


def seal(mail, domain="lists.example", status="none", results=RESULTS, kind="rsa"):
    return arc_set(head(mail), relaxed_hash(mail), signing_key(domain, kind), NOW, results, status) + mail


async def check(mail, trusted=("lists.example", "forward.example"), zone=ZONE):
    return await arc.verify(head(mail), body_hashes(mail), Names(zone), NOW, trusted)


ONE = seal(MAIL)
CHANGED = ONE.replace(b"body  text", b"body and a footer").replace(b"Subject: Hello", b"Subject: [dev] Hello")
TWO = seal(CHANGED, "forward.example", "pass", "forward.example; arc=pass")


async def test_mail_without_a_chain():
    assert (await check(MAIL)).result.result == "none"


@pytest.mark.parametrize(("mail", "trusted", "result", "author"), [
    (ONE, ["lists.example"], "pass", "bank.example"), (TWO, ["lists.example", "forward.example"], "pass", "bank.example"),
    (TWO, ["FORWARD.example"], "pass", ""), (TWO, ["lists.example"], "policy", ""), (ONE, [], "policy", ""),
    (seal(seal(CHANGED, "stranger.example", "pass"), "forward.example", "pass", "x; arc=pass"), ["lists.example", "forward.example"],
     "pass", ""),
    (seal(MAIL, results="lists.example; dmarc=fail header.from=bank.example"), ["lists.example"], "pass", ""),
    (seal(MAIL, results="lists.example; x=y (; dmarc=pass header.from=bank.example)"), ["lists.example"], "pass", ""),
    (seal(MAIL, results="lists.example"), ["lists.example"], "pass", ""),
])
async def test_whom_we_believe(mail, trusted, result, author):
    chain = await check(mail, trusted)
    assert (chain.result.method, chain.result.result, chain.author) == ("arc", result, author)


async def test_ed25519_seals():
    mail = seal(MAIL, kind="ed25519")
    assert (await check(mail, zone=key_zone("lists.example", kind="ed25519"))).result.result == "pass"


@pytest.mark.parametrize(("mail", "why"), [
    (CHANGED, "body hash"),
    (ONE.replace(b"Subject: Hello", b"Subject: Hullo"), "message signature"),
    (b"From: evil@x.example\r\n" + ONE, "message signature"),
    (ONE.replace(b"dmarc=pass", b"dmarc=fail"), "seal 1"),
    (TWO.replace(b"dmarc=pass", b"dmarc=fail"), "seal 1"),
    (ONE.replace(b"cv=none", b"cv=pass"), "saw the chain broken"),
    (ONE.replace(b"cv=none", b"cv=fail"), "saw the chain broken"),
    (ONE.replace(b"ARC-Seal", b"X-Seal"), "not complete"),
    (ONE.replace(b"i=1", b"i=2"), "not complete"),
    (ONE.replace(b"i=1", b"i=0"), "no instance"),
    (ONE.replace(b"i=1;", b"i=999;"), "not complete"),
    (b"ARC-Authentication-Results: i=1; x\r\n" + ONE, "twice"),
    (b"ARC-Authentication-Results: x\r\n" + ONE, "no instance"),
    (ONE.replace(b"cv=none;", b"cv=none; h=from;"), "h= in a seal"),
    (ONE.replace(b"a=rsa-sha256; c=", b"a=rsa-sha1; c="), "algorithm not allowed"),
    (ONE.replace(b"s=s1", b"s=s9"), "no key"),
    (b"ARC-Seal: i=1; " + b"x" * 20000 + b"\r\n" + ONE, "too long"),
])
async def test_broken_chains_fail(mail, why):
    chain = await check(mail)
    assert chain.result.result == "fail" and why in chain.result.detail and chain.author == ""


async def test_trouble_with_names_is_temporary():
    assert (await check(ONE, zone={"s1._domainkey.lists.example": [("TXT", TIMEOUT)]})).result.result == "temperror"


async def test_a_long_chain_is_cut_off():
    fields = b"".join(b"ARC-Seal: i=%d; a=rsa-sha256; b=AA; d=x.example; s=s; cv=pass\r\nARC-Message-Signature: i=%d; a=rsa-sha256;"
                      b" b=AA; d=x.example; s=s\r\nARC-Authentication-Results: i=%d; x\r\n" % (n, n, n) for n in range(1, 60))
    chain = await check(fields + MAIL)
    assert (chain.result.result, chain.result.detail) == ("fail", "sets are not complete")
