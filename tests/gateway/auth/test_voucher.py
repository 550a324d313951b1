import asyncio
import base64
import hashlib
import ipaddress
import time
from datetime import UTC, datetime

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.auth.resolver import NoResolver, Resolver
from gateway.auth.sign import arc_set
from gateway.auth.voucher import DnsVoucher
from gateway.model.address import Mailbox
from gateway.model.artifact import ArtifactTree
from gateway.model.deadline import Deadline
from gateway.model.finding import Inspection
from gateway.model.transaction import Direction, Envelope, Message, Recipient, Session, Transaction
from tests.builders.sealed import head, key_zone, relaxed_hash, signing_key
from tests.builders.zones import Names, NameServer

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
ZONE = {
    "partner.example": [("TXT", "v=spf1 ip4:192.0.2.1 -all")],
    "mx.partner.example": [("TXT", "v=spf1 a -all"), ("A", "192.0.2.1")],
    "_dmarc.partner.example": [("TXT", "v=DMARC1; p=reject")],
    "s1._domainkey.partner.example": [("TXT", f"v=DKIM1; k=rsa; p={PUBLIC}")],
    "evil.example": [("TXT", "v=spf1 +all")],
}
MAIL = b"From: Partner <a@partner.example>\r\nTo: b@bank.example\r\nSubject: x\r\n\r\nbody\r\n"


class Clock:
    def now(self):
        return NOW

    def monotonic(self):
        return 0.0


class Slow(Names):
    async def text(self, name):
        await asyncio.sleep(60)

    addresses = exchanges = pointers = exists = text


def transaction(path="a@partner.example", client="192.0.2.1", direction=Direction.INBOUND, seconds=90.0):
    envelope = Envelope(Mailbox.parse(path) if path else None, (Recipient(Mailbox.parse("b@bank.example")),))
    session = Session("inbound", "127.0.0.1", client, helo="mx.partner.example")
    return Transaction("x", session, envelope, Message(-1, 1, "", NOW), direction, Deadline(seconds))


async def vouch(transaction, mail=MAIL, lookup=None, **options):
    inspection = Inspection(ArtifactTree())
    body = mail.partition(b"\r\n\r\n")[2]
    inspection.summary.body_hashes["sha256/relaxed/-"] = base64.b64encode(hashlib.sha256(body).digest()).decode()
    voucher = DnsVoucher(lookup or Names(ZONE), Clock(), ["bank.example"], **options)
    return await voucher.vouch(transaction, inspection, mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


def said(results):
    return {r.method: r.result for r in results if r.method != "iprev"}


def signed(mail=MAIL):
    return dkimpy.sign(mail, b"s1", b"partner.example", PEM, canonicalize=(b"relaxed", b"relaxed")) + mail


async def test_outbound_mail_needs_nobodys_word():
    assert await vouch(transaction(direction=Direction.OUTBOUND)) == ()


@pytest.mark.parametrize(("path", "client", "mail", "wanted"), [
    ("a@partner.example", "192.0.2.1", MAIL, {"spf": "pass", "dkim": "none", "dmarc": "pass"}),
    ("a@partner.example", "192.0.2.9", MAIL, {"spf": "fail", "dkim": "none", "dmarc": "fail"}),
    ("list@evil.example", "192.0.2.9", signed(), {"spf": "pass", "dkim": "pass", "dmarc": "pass"}),
    ("a@evil.example", "192.0.2.9", MAIL, {"spf": "pass", "dkim": "none", "dmarc": "fail"}),
    (None, "192.0.2.1", MAIL, {"spf": "pass", "dkim": "none", "dmarc": "pass"}),
    ("a@evil.example", "192.0.2.9", MAIL.replace(b"a@partner", b"ceo@bank"), {"spf": "pass", "dkim": "none", "dmarc": "policy"}),
    ("a@partner.example", "192.0.2.1", b"From: x@evil.example\r\n" + MAIL, {"spf": "pass", "dkim": "none", "dmarc": "permerror"}),
])
async def test_one_word_a_method(path, client, mail, wanted):
    assert said(await vouch(transaction(path, client), mail)) == wanted


async def test_the_author_is_what_policy_hears_of():
    results = await vouch(transaction("a@evil.example", "192.0.2.9"), MAIL.replace(b"a@partner", b"ceo@Bank"))
    assert [r.domain for r in results if r.method == "dmarc"] == ["bank.example"]


@pytest.mark.parametrize(("trusted", "wanted"), [(["lists.example"], {"arc": "pass", "dmarc": "pass"}), ([], {"arc": "policy", "dmarc": "fail"})])
async def test_a_trusted_list_is_believed_about_what_it_changed(trusted, wanted):
    mail = MAIL.replace(b"body", b"body and a footer")
    results = "lists.example; dmarc=pass header.from=partner.example"
    mail = arc_set(head(mail), relaxed_hash(mail), signing_key("lists.example"), NOW, results, "none") + mail
    zone = ZONE | key_zone("lists.example")
    found = said(await vouch(transaction("x@lists.example", "192.0.2.9"), mail, Names(zone), trusted_sealers=trusted))
    assert found == {"spf": "none", "dkim": "none", **wanted}


async def test_without_name_servers_everything_is_temporary_and_nothing_raises():
    results = await vouch(transaction(), signed(), NoResolver())
    assert said(results) == {"spf": "temperror", "dkim": "temperror", "dmarc": "temperror"}


async def test_slow_names_do_not_use_up_the_time_for_the_answer():
    started = time.perf_counter()
    results = await vouch(transaction(seconds=0.9), signed(), Slow({}))
    assert said(results) == {"spf": "temperror", "dkim": "temperror", "dmarc": "temperror"}
    assert time.perf_counter() - started < 30


async def test_a_strangers_slow_names_do_not_excuse_him():
    """His own servers answer nothing; whether he may use our name is known all the same."""
    class HisAreSlow(Names):
        async def text(self, name):
            if name.endswith("evil.example"):
                await asyncio.sleep(60)
            return await super().text(name)

    mail = MAIL.replace(b"a@partner", b"ceo@bank")
    mail = b"".join(b"DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=s%d; h=from; bh=AAAA; b=AAAA\r\n" % n for n in range(8)) + mail
    results = await vouch(transaction("a@evil.example", "192.0.2.9", seconds=0.9), mail, HisAreSlow(ZONE))
    assert [r.result for r in results if r.method == "dmarc"] == ["policy"]
    assert [r.result for r in results if r.method == "spf"] == ["temperror"]


async def test_look_ups_of_one_message_are_bounded():
    record = "v=spf1 " + " ".join(f"mx:m{n}.example" for n in range(10)) + " -all"
    zone = {"partner.example": [("TXT", record)], **{f"m{n}.example": [("MX", (k, f"h{n}-{k}.example")) for k in range(10)] for n in range(10)},
            **{f"h{n}-{k}.example": [("A", "198.51.100.1")] for n in range(10) for k in range(10)}}
    lookup = Names(zone)
    many = b"".join(b"DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s; h=from; bh=%s; b=AAAA\r\n" %
                    (n, base64.b64encode(hashlib.sha256(b"body\r\n").digest())) for n in range(200))
    results = await vouch(transaction(), many + MAIL, lookup)
    assert said(results)["spf"] == "fail" and len(lookup.asked) < 150


async def test_a_warm_cache_answers_at_once():
    with NameServer(ZONE) as server:
        resolver = Resolver(time.monotonic, [("127.0.0.1", server.port)], 2.0)
        mail = signed()
        assert said(await vouch(transaction(), mail, resolver)) == {"spf": "pass", "dkim": "pass", "dmarc": "pass"}
        asked = len(server.asked)
        for _ in range(5):
            await vouch(transaction(), mail, resolver)
        assert len(server.asked) == asked, "nothing is asked again"


async def test_the_true_client_behind_our_own_relay():
    """SPF of the relay would fail every mail; what it wrote in its Received line is the client that counts."""
    relays = [ipaddress.ip_network("10.0.0.0/8")]
    mail = b"Received: from mx.partner.example (unknown [192.0.2.1])\r\n\tby relay.bank.example (Postfix) with ESMTP id 4;\r\n\tdate\r\n" + MAIL
    assert said(await vouch(transaction(client="10.0.0.5"), mail, trusted_relays=relays))["spf"] == "pass"
    assert said(await vouch(transaction(client="10.0.0.5"), mail))["spf"] == "fail"
    assert said(await vouch(transaction(client="192.0.2.9"), mail, trusted_relays=relays))["spf"] == "fail", "only relays are believed"
    assert said(await vouch(transaction(client="10.0.0.5"), MAIL, trusted_relays=relays))["spf"] == "temperror"


async def test_the_name_of_the_client():
    zone = ZONE | {"1.2.0.192.in-addr.arpa": [("PTR", "mx.partner.example")]}
    results = await vouch(transaction(), lookup=Names(zone))
    assert [(r.result, r.domain, r.detail) for r in results if r.method == "iprev"] == [("pass", "192.0.2.1", "mx.partner.example")]
