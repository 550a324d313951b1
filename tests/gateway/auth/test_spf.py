"""The test suite of openspf.org for RFC 7208 (tests/specimens/spf, BSD licence), and what it leaves out."""

import ipaddress
from pathlib import Path

import pytest
import yaml

from gateway.auth import spf
from gateway.auth.resolver import NoResolver
from gateway.model.transaction import Session
from tests.builders.zones import TIMEOUT, Names, NameServer

SUITE = Path(__file__).parents[2] / "specimens/spf/rfc7208-tests.yml"


def records(entries):
    """SPF stands for TXT where a name has no TXT of its own, as the suite's own driver reads it."""
    has_text = any(isinstance(e, dict) and "TXT" in e for e in entries)
    silent = TIMEOUT in entries
    for entry in entries:
        if entry == TIMEOUT:
            continue
        for kind, value in entry.items():
            if kind == "SPF":
                if has_text:
                    continue
                kind = "TXT"
            if value == "NONE":
                continue
            if kind == "TXT" and value != TIMEOUT:
                value = "".join(value).encode("utf-8") if isinstance(value, list) else value.encode("utf-8")
            yield kind, tuple(value) if kind == "MX" else value
    if silent:
        present = {k for e in entries if isinstance(e, dict) for k, v in e.items() if v != "NONE"}
        for kind in {"TXT", "A", "AAAA", "MX", "PTR"} - present:
            yield kind, TIMEOUT


def cases():
    with SUITE.open("rb") as file:
        for scenario in yaml.safe_load_all(file):
            zone = {name: list(records(entries)) for name, entries in scenario["zonedata"].items()}
            for name, case in scenario["tests"].items():
                yield pytest.param(zone, case, id=f"{scenario['description']}/{name}".replace(" ", "-"))


@pytest.mark.parametrize(("zone", "case"), list(cases()))
async def test_suite(zone, case):
    local, _, domain = (case["mailfrom"] or f"postmaster@{case['helo']}").rpartition("@")
    address = spf.client_address(case["host"])
    outcome = await spf.check(address, local, domain, case["helo"], Names(zone))
    wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
    assert outcome.result in wanted, outcome.reason


SESSION = Session("inbound", "192.0.2.1", "192.0.2.1", helo="mx.sender.example")
ZONE = {
    "sender.example": [("TXT", "v=spf1 ip4:192.0.2.0/24 -all")],
    "mx.sender.example": [("TXT", "v=spf1 a -all"), ("A", "192.0.2.1")],
    "xn--r8jz45g.example": [("TXT", "v=spf1 ip4:192.0.2.1 -all")],
    "local.example": [("TXT", "v=spf1 exists:%{l}.users.example ip4:192.0.2.1 -all")],
    "broken.example": [("TXT", TIMEOUT)],
}


@pytest.mark.parametrize(("path", "result", "domain", "identity"), [
    ("a@sender.example", "pass", "sender.example", "smtp.mailfrom"),
    (None, "pass", "mx.sender.example", "smtp.helo"),
    ("a@例え.example", "pass", "xn--r8jz45g.example", "smtp.mailfrom"),
    ("名@local.example", "pass", "local.example", "smtp.mailfrom"),
    ("a@broken.example", "temperror", "broken.example", "smtp.mailfrom"),
    ("a@nothing.example", "none", "nothing.example", "smtp.mailfrom"),
    ("postmaster", "none", "", "smtp.mailfrom"),
    ("a@[192.0.2.1]", "none", "", "smtp.mailfrom"),
])
async def test_identities(path, result, domain, identity):
    found = await spf.verify(SESSION, path, Names(ZONE))
    assert (found.method, found.result, found.domain, found.identity) == ("spf", result, domain, identity)


@pytest.mark.parametrize(("text", "wanted"), [
    ("192.0.2.1", "192.0.2.1"), ("IPv6:2001:db8::1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("[192.0.2.1]", "192.0.2.1"),
    ("fe80::1%eth0", "fe80::1"), ("[UNAVAILABLE]", "None"), ("", "None"), ("unix", "None"),
])
def test_client_address(text, wanted):
    assert str(spf.client_address(text)) == wanted


async def test_an_unknown_client_cannot_be_judged():
    found = await spf.verify(Session("inbound", "127.0.0.1", "[UNAVAILABLE]"), "a@sender.example", Names(ZONE))
    assert (found.result, found.domain) == ("temperror", "")
    assert (await spf.verify(SESSION, "a@sender.example", NoResolver())).result == "temperror"


@pytest.mark.parametrize(("zone", "reason"), [
    ({"x.example": [("TXT", "v=spf1 include:x.example -all")]}, "too many look-ups"),
    ({"x.example": [("TXT", "v=spf1 redirect=y.example")], "y.example": [("TXT", "v=spf1 redirect=x.example")]}, "too many look-ups"),
    ({"x.example": [("TXT", "v=spf1 mx -all"), *(("MX", (n, f"m{n}.example")) for n in range(11))]}, "too many mail exchangers"),
    ({"x.example": [("TXT", "v=spf1 a:1.example a:2.example a:3.example -all".replace("1.", "n.").replace("2.", "m.").replace("3.", "o."))]},
     "without an answer"),
    ({"x.example": [("TXT", "v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all")],
      **{f"h{n}.example": [("A", "198.51.100.1")] for n in range(11)}}, "too many look-ups"),
])
async def test_traps_end_as_permanent_errors_after_few_questions(zone, reason):
    names = Names(zone)
    outcome = await spf.check(ipaddress.ip_address("192.0.2.1"), "a", "x.example", "h.example", names)
    assert (outcome.result, reason in outcome.reason) == ("permerror", True) and len(names.asked) < 25


async def test_against_a_real_name_server():
    from gateway.auth.resolver import Resolver
    zone = {"ok.example": [("TXT", "v=spf1 mx include:inner.example -all"), ("MX", (10, "mx.ok.example"))],
            "mx.ok.example": [("A", "192.0.2.1")], "inner.example": [("TXT", "v=spf1 ip6:2001:db8::/32 -all")]}
    with NameServer(zone) as server:
        patient, hasty = (Resolver(lambda: 0.0, [("127.0.0.1", server.port)], seconds) for seconds in (10.0, 0.5))
        for address, domain, wanted in [("192.0.2.1", "ok.example", "pass"), ("2001:db8::5", "ok.example", "pass"),
                                        ("192.0.2.9", "ok.example", "fail"), ("192.0.2.1", "broken.example", "temperror"),
                                        ("192.0.2.1", "loop.example", "temperror"), ("192.0.2.1", "lying.example", "temperror"),
                                        ("192.0.2.1", "bomb.example", "permerror"), ("192.0.2.1", "none.example", "none")]:
            lookup = hasty if wanted == "temperror" else patient
            outcome = await spf.check(ipaddress.ip_address(address), "a", domain, "h.example", lookup)
            assert outcome.result == wanted, domain
