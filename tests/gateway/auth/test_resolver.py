"""Against a real name server on loopback that fails, delays, loops, floods and lies."""

import asyncio
import ipaddress
import time

import pytest

from gateway.auth import resolver as module
from gateway.auth.resolver import Budget, NoResolver, Resolver, TemporaryFailure
from gateway.model.deadline import Deadline
from tests.builders.zones import Names, NameServer

ZONE = {
    "key.example": [("TXT", b"a" * 200 + b"b" * 310)],
    "host.example": [("A", "192.0.2.1"), ("A", "192.0.2.2"), ("AAAA", "2001:db8::1")],
    "alias.example": [("CNAME", "host.example"), ("A", "192.0.2.7")],
    "mail.example": [("MX", (20, "b.example")), ("MX", (10, "a.example"))],
    "none-mx.example": [("MX", (0, "."))],
    "1.2.0.192.in-addr.arpa": [("PTR", "host.example")],
    "big.example": [("TXT", b"x" * 5000)],
}


class Clock:
    at = 100.0

    def monotonic(self):
        return self.at


class Slow:
    async def wait(self, *_):
        await asyncio.sleep(9)

    text = addresses = exchanges = pointers = exists = wait


@pytest.fixture(scope="module")
def server():
    with NameServer(ZONE) as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def resolver(server, clock):
    server.asked.clear()
    return Resolver(clock.monotonic, [("127.0.0.1", server.port)], 0.4)


async def test_records_of_every_kind(resolver):
    assert await resolver.text("key.example") == [b"a" * 200 + b"b" * 310]
    assert sorted(map(str, await resolver.addresses("host.example", 4))) == ["192.0.2.1", "192.0.2.2"]
    assert await resolver.addresses("host.example", 6) == [ipaddress.ip_address("2001:db8::1")]
    assert await resolver.exchanges("mail.example") == ["a.example", "b.example"]
    assert await resolver.exchanges("none-mx.example") == [""]
    assert await resolver.pointers(ipaddress.ip_address("192.0.2.1")) == ["host.example"]


async def test_what_is_too_big_for_a_datagram_comes_whole(resolver):
    assert await resolver.text("big.example") == [b"x" * 5000]


async def test_answers_are_kept_for_their_time_to_live(resolver, server, clock):
    for _ in range(3):
        await resolver.text("key.example")
        await resolver.text("KEY.example.")
    assert len(server.asked) == 1
    clock.at += 61
    await resolver.text("key.example")
    assert len(server.asked) == 2


async def test_no_such_name_is_an_answer_that_is_kept_too(resolver, server, clock):
    for _ in range(3):
        assert await resolver.text("none.example") == [] and await resolver.text("host.example") == []
    assert len(server.asked) == 2
    assert await resolver.exists("host.example") and not await resolver.exists("none.example")
    clock.at += 61
    await resolver.text("none.example")
    assert len(server.asked) == 5


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", "x." * 200 + "example", "\udcff.example"])
async def test_what_cannot_be_a_name_is_not_asked_for(resolver, server, name):
    assert await resolver.text(name) == [] and server.asked == []


@pytest.mark.parametrize("label", ["broken", "refused", "slow", "silent", "loop", "lying"])
async def test_trouble_is_never_an_empty_answer_and_is_not_asked_again_at_once(resolver, server, clock, label):
    with pytest.raises(TemporaryFailure):
        await resolver.text(f"{label}.example")
    asked = len(server.asked)
    with pytest.raises(TemporaryFailure):
        await resolver.text(f"{label}.example")
    assert len(server.asked) == asked
    clock.at += module.FAILED + 1
    with pytest.raises(TemporaryFailure):
        await resolver.text(f"{label}.example")
    assert len(server.asked) > asked


async def test_a_flood_of_records_is_cut_and_not_kept_for_ever(server, clock):
    resolver = Resolver(clock.monotonic, [("127.0.0.1", server.port)], 20.0)     # a thousand records take a busy machine a while
    assert len(await resolver.text("bomb.example")) == module.MOST_VALUES
    asked = len(server.asked)
    clock.at += module.LONGEST + 1
    await resolver.text("bomb.example")
    assert len(server.asked) > asked


async def test_the_cache_is_bounded(resolver, monkeypatch):
    monkeypatch.setattr(module, "CACHED_NAMES", 5)
    for n in range(20):
        await resolver.text(f"n{n}.none.example")
    assert len(resolver._cache) == 5


async def test_dead_servers_are_given_up_and_left_alone_for_a_while(clock):
    resolver = Resolver(clock.monotonic, [("127.0.0.1", 9)], 0.3)
    with pytest.raises(TemporaryFailure):
        await resolver.text("key.example")
    started = time.perf_counter()
    for n in range(20):
        with pytest.raises(TemporaryFailure, match="silent"):
            await resolver.text(f"n{n}.example")
    assert time.perf_counter() - started < 3, "twenty waits would be six seconds"
    clock.at += module.FAILED + 1
    with pytest.raises(TemporaryFailure, match="Timeout"):
        await resolver.text("later.example")


async def test_a_strangers_silent_servers_make_nobody_blind(resolver):
    with pytest.raises(TemporaryFailure):
        await resolver.text("silent.example")
    assert await resolver.addresses("host.example", 6)


def test_no_configured_server_is_an_error_of_the_system(clock, monkeypatch):
    def none(self, *_, **__):
        raise module.dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(module.dns.resolver.BaseResolver, "read_resolv_conf", none)
    with pytest.raises(OSError, match="no name server"):
        Resolver(clock.monotonic)


@pytest.mark.parametrize("ask", [
    lambda r: r.text("a.example"), lambda r: r.addresses("a.example", 4), lambda r: r.exchanges("a.example"),
    lambda r: r.pointers(ipaddress.ip_address("192.0.2.1")), lambda r: r.exists("a.example"),
])
async def test_without_a_server_everything_fails_for_now_and_a_budget_ends(ask):
    with pytest.raises(TemporaryFailure, match="no name server"):
        await ask(NoResolver())
    budget = Budget(Names({}), 1, Clock(), Deadline(101.0))
    await ask(budget)
    with pytest.raises(TemporaryFailure, match="too many"):
        await ask(budget)
    with pytest.raises(TemporaryFailure, match="too long"):
        await ask(Budget(Slow(), 9, Clock(), Deadline(100.05)))
