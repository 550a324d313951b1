"""Who really sent it, on real processes with a real name server: XCLIENT tells whose address is judged."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime

import pytest

from gateway.auth.sign import dkim_signature
from tests.builders.sealed import head, key_zone, relaxed_hash, signing_key
from tests.builders.zones import NameServer
from tests.e2e.harness import Gateway, gateway

ZONE = {
    "partner.example": [("TXT", "v=spf1 ip4:192.0.2.1 -all")], "_dmarc.partner.example": [("TXT", "v=DMARC1; p=reject")],
    "bank.example": [("TXT", "v=spf1 ip4:203.0.113.5 -all")], "_dmarc.bank.example": [("TXT", "v=DMARC1; p=reject")],
    **key_zone("partner.example"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    with NameServer(ZONE) as names:
        extra = f'[auth]\nnameservers = ["127.0.0.1:{names.port}"]\n'
        with gateway(tmp_path_factory.mktemp("auth"), extra=extra, inbound_extra='trust = ["127.0.0.0/8"]') as running:
            yield running


def letter(author: str, subject: str) -> bytes:
    return f"From: {author}\r\nTo: ann@bank.example\r\nSubject: {subject}\r\n\r\nbody of {subject}\r\n".encode()


def send(house: Gateway, client: str, sender: str, mail: bytes) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", house.inbound, timeout=60, local_hostname="client.example") as smtp:
        smtp.ehlo()
        assert smtp.docmd("XCLIENT", f"ADDR={client} HELO=mx.partner.example")[0] == 220
        smtp.ehlo()
        smtp.mail(sender)
        smtp.rcpt("ann@bank.example")
        return smtp.data(mail)


def delivered(house: Gateway, subject: str) -> bytes | None:
    assert house.mailbox
    return next((m.header for m in house.mailbox.received if f"Subject: {subject}\r\n".encode() in m.content), None)


def test_what_was_found_stands_in_the_header(house: Gateway) -> None:
    mail = b"Authentication-Results: mx.bank.example; dmarc=fail\r\n" + letter("Wang <wang@partner.example>", "honest")
    signed = dkim_signature(head(mail), relaxed_hash(mail), signing_key("partner.example"), datetime(2026, 11, 21, tzinfo=UTC)) + mail
    assert send(house, "192.0.2.1", "wang@partner.example", signed)[0] == 250
    header = delivered(house, "honest")
    assert header is not None and header.count(b"Authentication-Results: mx.bank.example") == 1
    for word in (b"spf=pass", b"smtp.mailfrom=partner.example", b"dkim=pass", b"dmarc=pass", b"header.from=partner.example"):
        assert word in header


def test_a_strangers_failure_is_only_said(house: Gateway) -> None:
    assert send(house, "198.51.100.7", "wang@partner.example", letter("Wang <wang@partner.example>", "forwarded"))[0] == 250
    header = delivered(house, "forwarded")
    assert header is not None and b"spf=fail" in header and b"dmarc=fail" in header


@pytest.mark.parametrize(("client", "author", "subject", "kept"), [
    ("198.51.100.7", "CEO <ceo@bank.example>", "forged", True), ("203.0.113.5", "HR <hr@bank.example>", "ours", False),
    ("198.51.100.7", "CEO <ceo@bаnk.example>", "look-alike", True),
    ("192.0.2.1", "a@partner.example\r\nFrom: b@other.example", "two", True),
    ("192.0.2.1", "\"ceo@bank.example\" <wang@partner.example>", "shown", True),
])
def test_who_pretends_to_be_somebody_is_kept(house: Gateway, client: str, author: str, subject: str, kept: bool) -> None:
    sender = "hr@bank.example" if client == "203.0.113.5" else "wang@partner.example"
    assert send(house, client, sender, letter(author, subject))[0] == 250
    assert (delivered(house, subject) is None) == kept
    assert bool(house.held(reason="block-spoofed-senders", subject=subject)) == kept
