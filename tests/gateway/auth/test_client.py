"""Received lines of trusted relays: whose address they say, and how little a client's own words can change that."""

from __future__ import annotations

import ipaddress

import pytest

from gateway.auth.client import behind, reverse
from gateway.model.transaction import Session
from tests.builders.zones import TIMEOUT, Names

RELAYS = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8:1::/48")]
ME = Session("inbound", "10.0.0.5", "10.0.0.5", "relay.bank.example", "relay.bank.example", tls="TLSv1.3 X")

LINES = [
    ("from mx.a.example (mail.a.example [203.0.113.7])\r\n\tby relay (Postfix) with ESMTPS id 1; date", "203.0.113.7", "mx.a.example", "mail.a.example"),
    ("from mx.a.example (unknown [IPv6:2001:db8::7]) by relay (Postfix); date", "2001:db8::7", "mx.a.example", "unknown"),
    ("from mx.a.example (mail.a.example. [203.0.113.7]) by mx.google.com with ESMTPS id x; date", "203.0.113.7", "mx.a.example", "mail.a.example"),
    ("from x ([203.0.113.7]) by relay (8.17/8.17) with SMTP; date", "203.0.113.7", "x", ""),
    ("from x (a.example [203.0.113.7] (may be forged)) by relay (8.17); date", "203.0.113.7", "x", "a.example"),
    ("from mail.a.example ([203.0.113.7] helo=mx.a.example) by relay with esmtps (TLS1.3) (Exim 4.98); date", "203.0.113.7", "mx.a.example", "mail.a.example"),
    ("from [203.0.113.7] (port=4711 helo=mx.a.example) by relay with smtp (Exim 4.98); date", "203.0.113.7", "mx.a.example", ""),
    ("from mx.a.example (203.0.113.7) by EX1.bank.example (10.0.0.9) with Microsoft SMTP Server; date", "203.0.113.7", "mx.a.example", ""),
    # a client that says another address in HELO
    ("from [198.51.100.1] (unknown [203.0.113.7]) by relay (Postfix); date", "203.0.113.7", "[198.51.100.1]", "unknown"),
    ("from mail.a.example ([203.0.113.7] helo=[198.51.100.1]) by relay (Exim); date", "203.0.113.7", "[198.51.100.1]", "mail.a.example"),
]


def field(line: str) -> bytes:
    return f"Received: {line}\r\n".encode()


@pytest.mark.parametrize(("line", "client", "helo", "name"), LINES)
def test_forms(line: str, client: str, helo: str, name: str) -> None:
    found = behind(ME, field(line) + b"From: x\r\n\r\n", RELAYS)
    assert (found.client, found.helo, found.client_name, found.tls, found.peer) == (client, helo, name, "", "10.0.0.5")


@pytest.mark.parametrize("line", [
    "by relay with SMTP; date", "from mx.a.example by relay; date", "from (x [203.0.113.7]) by relay", "(qmail 1 invoked by uid 0); date",
    "from a (b [999.1.1.1]) by relay", "from a (b [203.0.113.7)] by relay", "from " + "x" * 300 + " (b [203.0.113.7]) by relay", "",
])
def test_what_cannot_be_read_is_nobody(line: str) -> None:
    below = field("from ok (ok [192.0.2.1]) by old; date")
    assert behind(ME, field(line) + below, RELAYS).client == "unknown", "what stands further below may be the client's own"


def test_several_relays_in_a_row() -> None:
    inner = field("from edge (edge [10.1.1.1]) by core; date") + field("from mx (mx [203.0.113.7]) by edge; date") + field("from x (x [192.0.2.1]) by y")
    assert behind(ME, inner, RELAYS).client == "203.0.113.7"
    assert behind(ME, field("from edge (edge [10.1.1.1]) by core; date") * 30, RELAYS).client == "unknown"
    assert behind(ME, b"From: x\r\n\r\n", RELAYS).client == "unknown"


def test_strangers_are_not_asked_who_sent_them() -> None:
    stranger = Session("inbound", "192.0.2.9", "192.0.2.9", helo="x")
    for session, relays in ((stranger, RELAYS), (ME, []), (Session("inbound", "x", "unknown"), RELAYS)):
        assert behind(session, field(LINES[0][0]), relays) is session
    mapped = Session("inbound", "::ffff:10.0.0.5", "IPv6:::ffff:10.0.0.5")
    assert behind(mapped, field(LINES[0][0]), RELAYS).client == "203.0.113.7"


ZONE = {
    "1.2.0.192.in-addr.arpa": [("PTR", "mx.a.example")], "mx.a.example": [("A", "192.0.2.1")],
    "2.2.0.192.in-addr.arpa": [("PTR", "mx.a.example")], "3.2.0.192.in-addr.arpa": [("PTR", TIMEOUT)],
}


@pytest.mark.parametrize(("client", "result", "detail"), [
    ("192.0.2.1", "pass", "mx.a.example"), ("192.0.2.2", "fail", "mx.a.example"), ("192.0.2.3", "temperror", "look-up failed"),
    ("192.0.2.4", "permerror", "no name"), ("unknown", "temperror", "the client's address is not known"),
])
async def test_names_that_lead_back(client: str, result: str, detail: str) -> None:
    found = await reverse(Session("inbound", client, client), Names(ZONE))
    assert (found.method, found.result, found.detail) == ("iprev", result, detail)
