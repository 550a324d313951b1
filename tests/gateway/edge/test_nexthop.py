"""The pool: reuse, caps, parking, failover."""

from __future__ import annotations

import asyncio

import pytest

from gateway.edge.client import Verb
from gateway.edge.nexthop import NextHop, reset
from gateway.edge.settings import Hop, NextHopSettings
from gateway.model.errors import NextHopUnavailable
from tests.builders.edge import RealClock
from tests.builders.nexthop import FakeNextHop


def pool(*ports: int, **more: object) -> NextHop:
    settings = NextHopSettings(tuple(Hop("127.0.0.1", p) for p in ports), **{"connect": 1.0, **more})  # type: ignore[arg-type]
    return NextHop(settings, "us.test", RealClock())


async def test_a_clean_connection_is_used_again() -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(hop.port)
        first = await next_hop.acquire(1)
        next_hop.release(first)
        assert await next_hop.acquire(1) is first
        assert hop.connections == 1
        next_hop.release(first)
        assert await next_hop.acquire(1, fresh=True) is not first


@pytest.mark.parametrize("spoil", ["refusal", "resets", "cut"])
async def test_a_spoilt_connection_is_not(spoil: str) -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(hop.port, resets=2)
        first = await next_hop.acquire(1)
        if spoil == "refusal":
            first.client.refused = True
        elif spoil == "resets":
            for _ in range(3):
                first.send(Verb.RSET)
                await first.replies(1)
        else:
            hop.cut()
            await asyncio.sleep(0.05)
        next_hop.release(first)
        assert await next_hop.acquire(1) is not first


async def test_the_cap_holds_and_who_waits_gets_the_next() -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(hop.port, connections=2)
        one, _two = await next_hop.acquire(1), await next_hop.acquire(1)
        waiting = asyncio.create_task(next_hop.acquire(2))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        next_hop.release(one)
        assert await waiting is one
        with pytest.raises(NextHopUnavailable, match="in use"):
            await next_hop.acquire(0.05)
        assert hop.most == 2


async def test_a_parked_transaction_makes_room() -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(hop.port, connections=1)
        connection = await next_hop.acquire(1)

        class Parked:
            def release(self) -> None:
                next_hop.unpark(self)
                next_hop.release(connection)
        next_hop.park(Parked())
        assert await next_hop.acquire(1) is connection


async def test_failover_and_its_memory() -> None:
    async with FakeNextHop() as good, FakeNextHop(greeting="421 busy") as bad:
        next_hop = pool(bad.port, good.port)
        first = await next_hop.acquire(1)
        assert first.hop.port == good.port
        await next_hop.acquire(1)
        assert bad.connections == 1, "a hop that failed is tried last for a while"


async def test_no_hop_at_all_frees_the_slot() -> None:
    async with FakeNextHop(greeting="421 busy") as bad:
        next_hop = pool(bad.port, connections=1)
        for _ in range(3):
            with pytest.raises(NextHopUnavailable):
                await next_hop.acquire(0.2)


async def test_learning_what_it_offers() -> None:
    async with FakeNextHop(extensions=["DSN", "SIZE 7"]) as hop:
        next_hop = pool(hop.port)
        assert next_hop.stale and next_hop.extensions is None
        await next_hop.learn()
        assert next_hop.extensions is not None and next_hop.extensions.size == 7 and not next_hop.stale


async def test_idle_connections_are_let_go() -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(hop.port, idle=0.0)
        next_hop.release(await next_hop.acquire(1))
        next_hop.tend()
        await asyncio.sleep(0.05)
        assert hop.open == 0 and hop.commands[-1] == "QUIT"
        next_hop.release(await next_hop.acquire(1))
        next_hop.close()
        await asyncio.sleep(0.05)
        assert hop.open == 0


async def test_reset() -> None:
    async with FakeNextHop() as hop:
        connection = await pool(hop.port).acquire(1)
        assert await reset(connection, 1) and "RSET" not in hop.commands
        connection.send(Verb.MAIL, "MAIL FROM:<>")
        await connection.replies(1)
        assert await reset(connection, 1) and hop.commands[-1] == "RSET"
        hop.cut()
        await asyncio.sleep(0.05)
        assert not await reset(connection, 1)


async def test_up_while_one_of_its_hops_answers() -> None:
    async with FakeNextHop() as hop:
        next_hop = pool(1, hop.port)
        assert next_hop.up, "not asked yet"
        next_hop.release(await next_hop.acquire(1))
        assert next_hop.up
    alone = pool(1)
    with pytest.raises(NextHopUnavailable):
        await alone.acquire(1)
    assert not alone.up
