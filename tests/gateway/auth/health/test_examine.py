"""A whole domain before a real name server that fails, delays, loops, lies and floods: lines always, in time."""

from __future__ import annotations

import time

import pytest

from gateway.auth.health.base import GOOD, RED, Fetched
from gateway.auth.health.examine import AREAS, examine
from gateway.auth.health.keys import record
from gateway.auth.resolver import NoResolver, Resolver
from gateway.ops.clock import SystemClock
from tests.builders.certificates import private
from tests.builders.zones import Names, NameServer

KEY = private("rsa").public_key()
GOOD_ZONE = {
    "good.example": [("MX", (10, "mx.good.example")), ("TXT", "v=spf1 mx -all")], "mx.good.example": [("A", "192.0.2.1")],
    "_dmarc.good.example": [("TXT", "v=DMARC1; p=reject; rua=mailto:r@good.example")], "s1._domainkey.good.example": [("TXT", record(KEY))],
    "_mta-sts.good.example": [("TXT", "v=STSv1; id=1")], "_smtp._tls.good.example": [("TXT", "v=TLSRPTv1; rua=mailto:t@good.example")],
}
POLICY = b"version: STSv1\nmode: enforce\nmx: mx.good.example\nmax_age: 604800\n"


class Served:
    async def get(self, host: str, path: str) -> Fetched:
        return Fetched(200, "text/plain", POLICY)


async def lines_of(domain: str, lookup, seconds: float = 5.0, **more):
    return await examine(domain, lookup, Served(), SystemClock(), seconds, **more)


async def test_a_good_domain_has_good_lines_only_in_their_order() -> None:
    lines = await lines_of("good.example", Names(GOOD_ZONE), ours={"s1": KEY})
    assert {line.status for line in lines} == {GOOD}
    assert list(dict.fromkeys(line.area for line in lines)) == list(AREAS)


async def test_a_domain_without_mail_is_asked_for_little() -> None:
    zone = {"quiet.example": [("MX", (0, "")), ("TXT", "v=spf1 -all")], "_dmarc.quiet.example": [("TXT", "v=DMARC1; p=reject; rua=mailto:a@quiet.example")]}
    lines = await lines_of("quiet.example", Names(zone))
    assert {line.status for line in lines} == {GOOD} and {line.area for line in lines} == {"mx", "spf", "dmarc"}


async def test_no_such_domain_and_nobodys_domain() -> None:
    (line,) = await lines_of("none.example", Names(GOOD_ZONE))
    assert (line.status, line.detail) == (RED, "the domain does not exist")
    lines = await lines_of("com.tw", Names({"com.tw": [("A", "192.0.2.1")]}))
    assert lines[0].status == RED and "nobody's mail domain" in lines[0].detail


async def test_without_name_servers() -> None:
    (line,) = await lines_of("good.example", NoResolver())
    assert line.status == RED and "failed: no name server" in line.detail


@pytest.mark.parametrize(("label", "seconds"), [("broken", 3.0), ("refused", 3.0), ("silent", 1.5), ("loop", 3.0), ("lying", 2.0), ("bomb", 3.0)])
async def test_hostile_name_servers(label: str, seconds: float) -> None:
    """Whatever they answer: red lines, and an end."""
    domain = f"{label}.example"
    with NameServer({domain: [("TXT", "v=spf1 -all")]}) as server:
        resolver = Resolver(time.monotonic, [("127.0.0.1", server.port)], 0.5)
        started = time.monotonic()
        lines = await lines_of(domain, resolver, seconds)
        assert time.monotonic() - started < seconds + 30, "an end, on a busy machine too"
    assert any(line.status == RED for line in lines)


async def test_one_part_that_fails_leaves_the_others() -> None:
    zone = {**GOOD_ZONE, "good.example": [("MX", (10, "mx.good.example")), ("TXT", "v=spf1 include:silent.example -all")]}
    with NameServer(zone) as server:
        lines = await lines_of("good.example", Resolver(time.monotonic, [("127.0.0.1", server.port)], 3.0), 20.0, ours={"s1": KEY})
    red = [line for line in lines if line.status == RED]
    assert [(line.area, line.what) for line in red] == [("spf", "look-up")] and len({line.area for line in lines}) == len(AREAS)


async def test_an_oversized_answer_is_read_over_tcp() -> None:
    long = "v=spf1 " + " ".join(f"ip4:192.0.{n}.1" for n in range(200)) + " -all"
    with NameServer({**GOOD_ZONE, "good.example": [("MX", (10, "mx.good.example")), ("TXT", long)]}) as server:
        lines = await lines_of("good.example", Resolver(time.monotonic, [("127.0.0.1", server.port)], 8.0), 20.0)
    assert any(line.what == "length" and "octets" in line.detail for line in lines)
