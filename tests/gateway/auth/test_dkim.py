"""Signatures made by dkimpy are checked by us: two implementations of RFC 6376 that must agree."""

import base64
import hashlib
from datetime import UTC, datetime

import dkim as dkimpy
import nacl.encoding
import nacl.signing
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.auth import dkim
from gateway.auth.resolver import TemporaryFailure

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
RECORD = b"v=DKIM1; k=rsa; p=" + base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
MAIL = ("From: Wang <wang@bank.example>\r\nTo: a@b.example\r\nSubject:  =?utf-8?b?5pyD6K2w?=\r\n folded\r\n"
        "Message-ID: <1@bank.example>\r\n\r\nbody  with \t blanks \r\n\r\n名單\r\n\r\n\r\n").encode()


class Names(dict):
    asked = 0

    async def text(self, name):
        self.asked += 1
        if self.get(name) == "trouble":
            raise TemporaryFailure("timeout")
        return self.get(name, [])


def names(record=RECORD):
    return Names({"s1._domainkey.bank.example": [record]})


def body_hashes(mail):
    """What the cell answers, made here with dkimpy's canonicaliser."""
    body = mail.partition(b"\r\n\r\n")[2]
    made = {}
    for name, canon in (("simple", dkimpy.canonicalization.Simple), ("relaxed", dkimpy.canonicalization.Relaxed)):
        octets = canon.canonicalize_body(body)
        made[f"sha256/{name}/-"] = base64.b64encode(hashlib.sha256(octets).digest()).decode()
        made[f"sha256/{name}/10"] = base64.b64encode(hashlib.sha256(octets[:10]).digest()).decode()
    return made


def sign(mail=MAIL, **options):
    return dkimpy.sign(mail, b"s1", b"bank.example", PEM, **options) + mail


async def check(mail, lookup=None, now=NOW):
    head = mail.partition(b"\r\n\r\n")[0] + b"\r\n"
    return await dkim.verify(head, body_hashes(mail), names() if lookup is None else lookup, now)


@pytest.mark.parametrize("canon", [(a, b) for a in (b"simple", b"relaxed") for b in (b"simple", b"relaxed")])
async def test_what_dkimpy_signed_verifies(canon):
    [result] = await check(sign(canonicalize=canon))
    assert (result.result, result.domain, result.detail) == ("pass", "bank.example", "s=s1")


async def test_ed25519_verifies():
    key = nacl.signing.SigningKey.generate()
    public = key.verify_key.encode(nacl.encoding.Base64Encoder)
    mail = dkimpy.sign(MAIL, b"s1", b"bank.example", key.encode(nacl.encoding.Base64Encoder),
                       signature_algorithm=b"ed25519-sha256") + MAIL
    [result] = await check(mail, names(b"v=DKIM1; k=ed25519; p=" + public))
    assert result.result == "pass"


@pytest.mark.parametrize(("old", "new", "why"), [
    (b"Wang <", b"Wong <", "signature did not verify"),
    ("名單".encode(), "名単".encode(), "body hash did not verify"),
])
async def test_a_changed_octet_fails(old, new, why):
    mail = sign().replace(old, new)
    [result] = await check(mail)
    assert result.result == "fail" and why in result.detail


async def test_a_header_added_in_transit_does_no_harm_and_a_signed_one_added_does():
    assert (await check(b"Received: from x\r\n" + sign()))[0].result == "pass"
    assert (await check(b"From: evil@x.example\r\n" + sign(include_headers=[b"from", b"from", b"to"])))[0].result == "fail"


@pytest.mark.parametrize(("record", "why"), [
    (b"v=DKIM1; p=", "key revoked"), (b"v=DKIM1; k=ed25519; p=AAAA", "not for this algorithm"), (b"v=DKIM1; p=???", "cannot be read"),
    (b"rubbish", "syntax error in key record"), (b"v=DKIM1; h=sha1; p=AAAA", "does not allow sha256"),
    (b"v=DKIM1; s=other; p=AAAA", "not for email"), (b"v=DKIM1; p=MFkwEwYHKoZIzj0CAQ", "cannot be read"),
])
async def test_a_bad_key_is_a_permanent_error(record, why):
    [result] = await check(sign(), names(record))
    assert result.result == "permerror" and why in result.detail


async def test_a_short_key_counts_for_nothing():
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    record = b"p=" + base64.b64encode(short.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert (await check(sign(), names(record)))[0].result == "fail"          # long enough, but not the signer's
    monkey = dkim.SHORTEST_RSA
    dkim.SHORTEST_RSA = 2048
    try:
        assert "too short" in (await check(sign(), names(record)))[0].detail
    finally:
        dkim.SHORTEST_RSA = monkey


async def test_trouble_with_names_is_a_temporary_error():
    assert (await check(sign(), Names({"s1._domainkey.bank.example": "trouble"})))[0].result == "temperror"
    assert (await check(sign(), Names()))[0].detail == "s=s1 no key"


FIELD = b" v=1; a=rsa-sha256; d=bank.example; s=s1; h=from; bh=AAAA; b=AAAA"


@pytest.mark.parametrize(("old", "new", "why"), [
    (b"v=1", b"v=2", "unknown signature version"), (b"rsa-sha256", b"rsa-sha1", "algorithm not allowed"), (b"h=from", b"h=to", "From is not signed"),
    (b"s=s1", b"s=../x", "syntax error in domain"), (b"b=AAAA", b"b=?", "not base64"), (b"s=s1;", b"", "no s="),
    (b"v=1", b"v=1; x=1", "expired"), (b"v=1", b"v=1; x=abc", "syntax error in x="), (b"v=1", b"v=1; i=@other.example", "i= is not"),
    (b"v=1", b"v=1; c=odd", "unknown canonicalisation"), (b"v=1", b"v=1; l=-4", "syntax error in l="), (b"v=1", b"v=1; v=1", "syntax error"),
    (b"v=1", b"v=1; x" + b" " * 20000, "too long"),
])
async def test_a_signature_that_cannot_be_read_says_why(old, new, why):
    lookup = names()
    [result] = await dkim.verify(b"From: a\r\nDKIM-Signature:" + FIELD.replace(old, new, 1) + b"\r\n", {}, lookup, NOW)
    assert result.result == "permerror" and why in result.detail and lookup.asked == 0


async def test_many_signatures_cost_a_bounded_number_of_look_ups():
    lookup = Names()
    field = b"DKIM-Signature:" + FIELD + b"\r\n"
    results = await dkim.verify(b"From: a\r\n" + field * 50, {"sha256/simple/-": "AAAA"}, lookup, NOW)
    assert lookup.asked == dkim.MOST_SIGNATURES and "42 more" in results[-1].detail


async def test_an_unsigned_mail_has_no_result_to_speak_of():
    assert [r.result for r in await check(MAIL)] == ["none"]


@pytest.mark.parametrize(("more", "wanted"), [(b"", "pass"), (b"and what nobody signed\r\n", "policy")])
async def test_what_a_length_limit_leaves_unsigned_counts(more, wanted):
    tagged = sign(length=True) + more
    [result] = await dkim.verify(tagged.partition(b"\r\n\r\n")[0] + b"\r\n", all_lengths(tagged), names(), NOW)
    assert result.result == wanted and (wanted == "pass") == ("unsigned" not in result.detail)


def all_lengths(mail):
    body = dkimpy.canonicalization.Simple.canonicalize_body(mail.partition(b"\r\n\r\n")[2])
    relaxed = dkimpy.canonicalization.Relaxed.canonicalize_body(mail.partition(b"\r\n\r\n")[2])
    return {f"sha256/{name}/{'-' if n is None else n}": base64.b64encode(hashlib.sha256(octets[:n]).digest()).decode()
            for name, octets in (("simple", body), ("relaxed", relaxed)) for n in (*range(len(octets) + 1), None)}


@pytest.mark.parametrize("field", [
    b" v=1; b=abc+/=\r\n def==\r\n", b" v=1;b =\r\n\tabc ; d=b.example\r\n", b" b=a\r\n b\r\n", b" bh=abc; b=abc\r\n", b" n=x b b=c; s=b\r\n",
    b" v=1; b=", b" b\r\n =\r\n x \r\n"])
def test_the_signature_is_taken_out_as_dkimpy_does(field):
    assert dkim.without_value(field) == dkimpy.RE_BTAG.sub(b"\\1", field)


def test_blanks_behind_a_b_cost_one_pass():
    blanks = b" \r\n" * 300_000                           # the third power of them would take hours
    assert dkim.without_value(b"a=b; n=x b" + blanks + b";c=d") == b"a=b; n=x b" + blanks + b";c=d"


def test_header_fields_of_a_megabyte_cost_one_pass():
    """Quadratic reading of folded lines, or of the names in h=, would take minutes here."""
    folded = b"X: a\r\n" + b" b\r\n" * 250_000
    [(name, value)] = dkim.header_fields(folded)
    assert name == b"X" and len(value) == len(folded) - 2
    fields = [(b"X-%d" % n, b" y\r\n") for n in range(60_000)]
    assert dkim.selected(fields, [b"n%d" % n for n in range(4000)] * 10 + [b"x-7", b"x-7"]) == [(b"X-7", b" y\r\n")]


def test_fields_are_taken_from_the_bottom():
    fields = [(b"A", b"1"), (b"B", b"2"), (b"a", b"3")]
    assert dkim.selected(fields, [b"a", b"b", b"a", b"a", b"c"]) == [(b"a", b"3"), (b"B", b"2"), (b"A", b"1")]
