"""The process: sockets, reload, drain, attack."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.edge import server
from gateway.edge.server import EdgeServer, bind
from gateway.edge.settings import AdmissionLimits, Hop
from gateway.model.errors import ConfigError
from gateway.model.reply import Reply
from tests.builders.edge import House, RealClock, edge, listener
from tests.builders.nexthop import FakeNextHop
from tests.builders.smtpclient import Talker
from tests.builders.waiting import until

MAIL = b"Subject: x\r\n\r\nbody\r\n"


async def deliver(server: EdgeServer, rcpt: str = "b@corp.test", name: str = "inbound") -> str:
    talker = await Talker.to(server.addresses[name])
    await talker.envelope(rcpt)
    reply = await talker.content(MAIL)
    talker.close()
    return reply


async def test_an_inherited_socket_and_a_shared_port() -> None:
    async with FakeNextHop() as hop:
        shared = bind(listener(hop.port), reuse_port=True)
        port = shared.getsockname()[1]
        house = House()
        common = {"spool": Path("/tmp"), "clock": house.clock, "events": house.recorder, "metrics": house.recorder}
        one = EdgeServer([listener(hop.port)], house.process(), sockets={"inbound": shared}, **common)  # type: ignore[arg-type]
        two = EdgeServer([listener(hop.port, address=Hop("127.0.0.1", port))], house.process(), reuse_port=True, **common)  # type: ignore[arg-type]
        await one.start()
        await two.start()
        assert one.addresses == two.addresses
        assert (await deliver(one)).startswith("250")
        await one.drain(1)
        await two.drain(1)


async def test_the_spool_is_made_for_us_alone(tmp_path: Path) -> None:
    house = House()
    common = {"clock": house.clock, "events": house.recorder, "metrics": house.recorder}
    server = EdgeServer([listener(1)], house.process(), spool=tmp_path / "state" / "spool", **common)  # type: ignore[arg-type]
    await server.start()
    assert (tmp_path / "state" / "spool").stat().st_mode & 0o777 == 0o700
    await server.drain(0)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot make"):
        await EdgeServer([], house.process(), spool=tmp_path / "file" / "spool", **common).start()  # type: ignore[arg-type]


async def test_an_address_that_is_taken() -> None:
    async with edge(listener(1)) as server:
        _, port = server.addresses["inbound"]
        with pytest.raises(ConfigError, match="listener inbound: cannot listen"):
            bind(listener(1, address=Hop("127.0.0.1", port)))


async def test_reload_counts_from_the_next_transaction() -> None:
    async with FakeNextHop() as old, FakeNextHop() as new:
        house = House()
        async with edge(listener(old.port), house=house) as server:
            talker = await Talker.to(server.addresses["inbound"])
            await talker.envelope("b@corp.test")
            changed = replace(server.lane(listener(1)).listener, next_hop=listener(new.port).next_hop)

            async def refuse(*_) -> Reply:
                return Reply(550, "5.7.1", "new pipeline")
            await server.reload([changed], house.process())
            assert (await talker.content(MAIL)).startswith("250")
            assert (len(old.messages), len(new.messages)) == (1, 0), "a transaction goes on as it began"
            await talker.envelope("b@corp.test")
            await talker.content(MAIL)
            assert (len(old.messages), len(new.messages)) == (1, 1)
            await server.reload([changed], refuse)
            assert "new pipeline" in await deliver(server)


async def test_reload_opens_and_closes_listeners_or_changes_nothing() -> None:
    async with FakeNextHop() as hop:
        house = House()
        async with edge(listener(hop.port), house=house) as server:
            first = server.lane(listener(1)).listener
            taken = socket.create_server(("127.0.0.1", 0))
            bad = listener(hop.port, name="third", address=Hop("127.0.0.1", taken.getsockname()[1]))
            with pytest.raises(ConfigError):
                await server.reload([first, listener(hop.port, name="second"), bad], house.process())
            taken.close()
            assert list(server.addresses) == ["inbound"] and (await deliver(server)).startswith("250")
            idle, busy = [await Talker.to(server.addresses["inbound"]) for _ in range(2)]
            await busy.envelope("b@corp.test")
            await busy.say("DATA")
            await server.reload([replace(first, name="renamed")], house.process())
            assert (await idle.reply()).startswith("421 4.3.2")
            busy.writer.write(MAIL + b".\r\n")
            assert (await busy.reply()).startswith("250"), "what is in hand is finished"
            assert (await busy.say("EHLO again")).startswith("250")
            assert (await deliver(server, name="renamed")).startswith("250"), "the same address under another name"
            await server.reload([listener(hop.port, name="second", address=Hop("127.0.0.2", 0))], house.process())
            assert list(server.addresses) == ["second"]
            assert (await deliver(server, name="second")).startswith("250")
        assert house.recorder.ended == ["inbound", "renamed"], "what is no more is not down for ever"


async def test_a_bad_certificate_is_refused_at_the_door() -> None:
    with pytest.raises(ConfigError, match="cannot use"):
        async with edge(listener(1, tls="starttls", tls_cert=Path("/nowhere"), tls_key=Path("/nowhere"))):
            pass


async def test_drain_finishes_what_is_in_hand() -> None:
    async with FakeNextHop(delay=0.5) as hop, edge(listener(hop.port)) as server:
        idle, early, busy = [await Talker.to(server.addresses["inbound"]) for _ in range(3)]
        await early.envelope("b@corp.test")
        await busy.envelope("slow@corp.test")
        await busy.say("DATA")
        busy.writer.write(MAIL)
        await asyncio.sleep(0.05)
        address = server.addresses["inbound"]
        draining = asyncio.create_task(server.drain(10))
        for talker in (idle, early):
            assert (await talker.reply()).startswith("421 4.3.2") and await talker.ended()
        with pytest.raises(OSError):
            await asyncio.open_connection(*address)
        busy.writer.write(b".\r\n")
        assert (await busy.reply()).startswith("250")
        assert (await busy.reply()).startswith("421 4.3.2")
        assert await draining is True and len(hop.messages) == 1


async def test_drain_has_an_end() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        await talker.say("DATA")
        started = time.monotonic()
        assert await server.drain(0.2) is True, "no message was between its dot and our answer"
        assert time.monotonic() - started < 20
        assert (await talker.reply()).startswith("421")


async def test_two_gateways_that_point_at_each_other() -> None:
    """A recipient is not asked for without end, and the message is cut by its own trace: the sender hears 554, nobody has it."""
    houses = House(hostname="mx1.bank.test"), House(hostname="mx2.bank.test")
    names = [listener(1, hostname=h.hostname) for h in houses]
    async with edge(names[0], house=houses[0]) as one, edge(names[1], house=houses[1]) as two:
        for here, there, name, house in ((one, two, names[0], houses[0]), (two, one, names[1], houses[1])):
            port = there.addresses["inbound"][1]
            await here.reload([replace(name, next_hop=listener(port).next_hop)], house.process())
        started = time.monotonic()
        talker = await Talker.to(one.addresses["inbound"])
        assert (await talker.envelope("b@corp.test"))[-1].startswith("250")
        assert one.admission.open <= 25, "no storm of connections"
        assert (await talker.content(MAIL)).startswith("554 5.4.6")
        assert time.monotonic() - started < 60
    assert [h.recorder.named("delivered") for h in houses] == [[], []]


async def test_a_message_that_comes_round_is_cut_at_its_end() -> None:
    house = House()
    async with FakeNextHop() as hop, edge(listener(hop.port), house=house) as server:
        assert (await deliver(server)).startswith("250")
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        assert (await talker.content(hop.messages[0].wire)).startswith("554 5.4.6")


async def test_a_session_between_chunks_is_not_cut_by_a_drain() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        talker.writer.write(b"BDAT 4\r\nA: b")
        assert (await talker.reply()).startswith("250")
        draining = asyncio.create_task(server.drain(5))
        await asyncio.sleep(0.05)
        talker.writer.write(b"BDAT 5 LAST\r\n\r\n\r\nx")
        assert (await talker.reply()).startswith("250 2.0.0 Ok: sekisho")
        assert await draining and hop.messages[0].content.endswith(b"A: b\r\n\r\nx\r\n")


async def test_what_never_became_a_transaction_is_told_to_the_log() -> None:
    house = House()
    async with FakeNextHop() as hop, edge(listener(hop.port), house=house) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@elsewhere.test", "b@corp.test")
        await talker.content(b"a\nb\r\n")
    assert [e["reason"][:10] for e in house.recorder.named("refused")] == ["550 5.7.1 ", "550 5.6.11"]


async def test_an_attack_does_not_shut_the_others_out() -> None:
    """More silent connections than we admit; who comes next is served soon all the same."""
    limits = AdmissionLimits(connections=100)
    async with FakeNextHop() as hop, edge(listener(hop.port), limits=limits) as server:
        attackers = []
        for number in range(400):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(server.addresses["inbound"])
            attackers.append(sock)
            if number % 50 == 0:
                await asyncio.sleep(0.01)
        await asyncio.sleep(1.1)
        await until(lambda: len(server.sessions) <= 164)
        started = time.monotonic()
        assert (await deliver(server)).startswith("250")
        assert time.monotonic() - started < 10.0
        for sock in attackers:
            sock.close()


async def test_no_descriptor_left_is_a_pause_not_an_end() -> None:
    import resource
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        waiting = socket.socket()
        waiting.setblocking(False)
        highest = waiting.fileno()
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
        try:
            waiting.connect_ex(server.addresses["inbound"])
            await asyncio.sleep(0.1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        await asyncio.sleep(0.3)
        assert (await deliver(server)).startswith("250")
        waiting.close()


async def test_the_next_hop_is_asked_what_it_offers() -> None:
    async with FakeNextHop(extensions=["DSN"]) as hop, edge(listener(hop.port)) as server:
        next_hop = server.lane(listener(hop.port)).next_hop
        await until(lambda: next_hop.extensions is not None)
        assert next_hop.extensions is not None and "DSN" in next_hop.extensions


def test_clock_is_the_only_time() -> None:
    assert RealClock().monotonic() > 0


@pytest.mark.parametrize(("files", "most"), [(24, 1), (4096, 1344), (1 << 30, 4000)])
def test_no_more_sessions_than_files_allow(monkeypatch: pytest.MonkeyPatch, files: int, most: int) -> None:
    monkeypatch.setattr(server.resource, "getrlimit", lambda _: (files, files))
    assert server._affordable(AdmissionLimits()).connections == most
    monkeypatch.setattr(server.resource, "getrlimit", lambda _: (100, 100))
    assert 1 <= server._affordable(AdmissionLimits()).connections < 30
