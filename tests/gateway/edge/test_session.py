"""Sessions on real sockets: what is private to aiosmtpd and asyncio, time, disconnects, TLS, interleaving."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gateway.edge.session import EdgeSession
from gateway.edge.settings import AdmissionLimits, Networks, SessionLimits
from tests.builders.edge import FakeCustody, House, certificate, edge, listener
from tests.builders.nexthop import FakeNextHop
from tests.builders.smtpclient import Talker, tls_client
from tests.builders.waiting import until

MAIL = b"Subject: x\r\n\r\nbody\r\n"


async def test_everything_stock_aiosmtpd_sets_is_set_or_unused() -> None:
    """EdgeSession.__init__ stands in for SMTP.__init__: a new attribute of a new aiosmtpd must be looked at."""
    stock = set(vars(SMTP(object(), hostname="x", loop=asyncio.get_running_loop())))
    unused = {"event_handler", "data_size_limit", "enable_SMTPUTF8", "_decode_data", "require_starttls", "_timeout_duration",
              "_auth_require_tls", "_proxy_timeout", "_auth_callback", "_authenticator", "_auth_required", "_auth_methods",
              "_ehlo_hook_ver", "_smtp_methods", "_enforce_call_limit", "__ident__", "_SMTP__ident__"}
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        session = EdgeSession(server, listener(hop.port), "127.0.0.1", False)
        assert stock - set(vars(session)) <= unused


async def test_the_private_parts_we_stand_on_are_there() -> None:
    reader = asyncio.StreamReader(limit=10)
    assert isinstance(reader._buffer, bytearray)
    assert asyncio.iscoroutinefunction(reader._wait_for_data) and callable(reader._maybe_resume_transport)
    assert callable(reader._wakeup_waiter)


async def test_one_message_from_end_to_end() -> None:
    house = House()
    async with FakeNextHop() as hop, edge(listener(hop.port), house=house) as server:
        talker = await Talker.to(server.addresses["inbound"])
        assert [r[:3] for r in await talker.envelope("b@corp.test", "c@corp.test")] == ["250"] * 4
        reply = await talker.content(b"X-Sekisho-Id: forged\r\n" + MAIL)
        assert reply.startswith("250 2.0.0 Ok: sekisho ") and reply.endswith("(kept as 4711)")
        assert await talker.say("QUIT") == "221 2.0.0 Bye" and await talker.ended()
        (message,) = hop.messages
        assert message.content.endswith(b"\r\n" + MAIL) and b"forged" not in message.content
        assert [e["id"] for e in house.recorder.named("delivered")] == [reply.split()[4]]


async def test_a_client_that_leaves_after_its_dot_does_not_stop_the_work() -> None:
    house = House()
    async with FakeNextHop(delay=0.4) as hop, edge(listener(hop.port), house=house) as server:
        for linger in (None, struct.pack("ii", 1, 0)):
            talker = await Talker.to(server.addresses["inbound"])
            await talker.envelope("slow@corp.test")
            await talker.say("DATA")
            talker.writer.write(MAIL + b".\r\n")
            await talker.writer.drain()
            await asyncio.sleep(0.1)
            if linger:
                talker.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            talker.close()
        await until(lambda: len(house.recorder.named("delivered")) == 2 and not server.sessions)
        assert len(hop.messages) == 2


async def test_half_a_message_is_no_message() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        for ending in (b"", b".", b"\r\n.\r", b"\r\n."):
            talker = await Talker.to(server.addresses["inbound"])
            await talker.envelope("b@corp.test")
            await talker.say("DATA")
            talker.writer.write(b"Subject: x\r\n\r\nhalf" + ending)
            talker.writer.write_eof()
            assert await talker.ended()
        assert hop.messages == [] and not server.sessions


async def test_a_half_closed_client_gets_its_reply() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        await talker.say("DATA")
        talker.writer.write(MAIL + b".\r\n")
        talker.writer.write_eof()
        assert (await talker.reply()).startswith("250 2.0.0 Ok: sekisho ")


@pytest.mark.parametrize(("limits", "said"), [
    (SessionLimits(command=0.1), "421 4.4.2"), (SessionLimits(data=0.1), "421 4.4.2"), (SessionLimits(data_total=0.1), "421 4.4.2"),
    (SessionLimits(data_grace=0.1, data_rate=100_000), "421 4.4.2")])
async def test_patience_has_an_end(limits: SessionLimits, said: str) -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port, limits=limits)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        if limits.command > 1:
            await talker.envelope("b@corp.test")
            await talker.say("DATA")
            talker.writer.write(b"Subject: x\r\n")
        assert (await talker.reply()).startswith(said) and await talker.ended()
        assert hop.messages == []


@pytest.mark.parametrize("mode", ["starttls", "required"])
async def test_starttls_begins_anew(tmp_path: Path, mode: str) -> None:
    cert, key = certificate(tmp_path)
    async with FakeNextHop() as hop, edge(listener(hop.port, tls=mode, tls_cert=cert, tls_key=key)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        assert "STARTTLS" in await talker.say("EHLO a")
        first = await talker.say("MAIL FROM:<a@partner.test>")
        assert first.startswith("530 5.7.0" if mode == "required" else "250")
        assert (await talker.say("STARTTLS")).startswith("220")
        await talker.writer.start_tls(tls_client())
        assert (await talker.say("RCPT TO:<b@corp.test>")).startswith("503")
        assert "STARTTLS" not in await talker.say("EHLO a")
        await talker.say("MAIL FROM:<a@partner.test>")
        await talker.say("RCPT TO:<b@corp.test>")
        assert (await talker.content(MAIL)).startswith("250")
        assert b"with ESMTPS\r\n\t(using TLSv1." in hop.messages[0].content


async def test_octets_before_the_handshake_have_no_say(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    async with FakeNextHop() as hop, edge(listener(hop.port, tls="starttls", tls_cert=cert, tls_key=key)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.say("EHLO a")
        assert (await talker.say(b"STARTTLS\r\nNOOP injected")).startswith("554 5.5.0") and await talker.ended()


async def test_a_broken_handshake_leaves_nothing_behind(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    settings = listener(1, tls="starttls", tls_cert=cert, tls_key=key)
    async with edge(settings, replace(settings, name="smtps", tls="implicit")) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.say("EHLO a")
        await talker.say("STARTTLS")
        talker.writer.write(b"this is no TLS at all, not even close\r\n")
        await talker.ended()
        plain = await Talker.to(server.addresses["smtps"], greeted=False)
        plain.writer.write(b"EHLO a\r\n")
        await plain.ended()
        await asyncio.sleep(0.1)
        assert not server.sessions and server.admission.open == 0


async def test_implicit_tls(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    async with FakeNextHop() as hop, edge(listener(hop.port, tls="implicit", tls_cert=cert, tls_key=key)) as server:
        talker = await Talker.to(server.addresses["inbound"], tls=tls_client())
        await talker.envelope("b@corp.test")
        assert (await talker.content(MAIL)).startswith("250")


async def test_who_may_connect() -> None:
    async with edge(listener(1, clients=Networks.of(("192.0.2.0/24",)))) as server:
        talker = await Talker.to(server.addresses["inbound"], greeted=False)
        assert (await talker.reply()).startswith("554 5.7.1") and await talker.ended()


@pytest.mark.parametrize(("header", "greeted"), [
    (b"PROXY TCP4 192.0.2.7 198.51.100.1 4 25\r\n", True), (b"PROXY TCP4 203.0.113.1 198.51.100.1 4 25\r\n", False),
    (b"EHLO x\r\n", False), (b"PROXY UNKNOWN\r\n", False)])
async def test_proxy_names_the_client(header: bytes, greeted: bool) -> None:
    settings = listener(1, proxy=True, clients=Networks.of(("192.0.2.0/24",)))
    async with FakeNextHop() as hop, edge(replace(settings, next_hop=listener(hop.port).next_hop)) as server:
        talker = await Talker.to(server.addresses["inbound"], greeted=False)
        talker.writer.write(header)
        assert (await talker.reply()).startswith("220") is greeted
        if greeted:
            await talker.envelope("b@corp.test")
            assert (await talker.content(MAIL)).startswith("250")
            assert b"([192.0.2.7])" in hop.messages[0].content


async def test_proxy_from_anybody_else() -> None:
    async with edge(listener(1, proxy=True, trust=Networks())) as server:
        talker = await Talker.to(server.addresses["inbound"], greeted=False)
        talker.writer.write(b"PROXY TCP4 192.0.2.7 198.51.100.1 4 25\r\n")
        assert await talker.ended()


@pytest.mark.parametrize(("named", "may"), [("192.0.2.7", False), ("198.51.100.9", True)])
async def test_whom_a_proxy_lets_through_is_not_trusted_for_it(named: str, may: bool) -> None:
    """Else everybody behind a balancer could claim any address, and be taken for one of us."""
    settings = listener(1, proxy=True, clients=Networks.of(("0.0.0.0/0",)), trust=Networks.of(("127.0.0.0/8", "198.51.100.0/24")))
    async with edge(settings) as server:
        talker = await Talker.to(server.addresses["inbound"], greeted=False)
        talker.writer.write(f"PROXY TCP4 {named} 198.51.100.1 4 25\r\n".encode())
        assert (await talker.reply()).startswith("220")
        assert ("XCLIENT" in await talker.say("EHLO a")) is may
        assert (await talker.say("XCLIENT ADDR=10.0.0.1")).startswith("220" if may else "550 5.7.0")
        assert (await talker.say("XFORWARD ADDR=10.0.0.1")).startswith("250" if may else "550 5.7.0")


async def test_xclient_changes_what_is_judged_and_xforward_one_transaction() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.say("EHLO front")
        assert (await talker.say("XCLIENT ADDR=192.0.2.8 NAME=mail.partner.test LOGIN=alice")).startswith("220")
        assert (await talker.say("MAIL FROM:<a@partner.test>")).startswith("503"), "the session starts anew"
        await talker.envelope("b@corp.test", helo="their.helo")
        await talker.content(MAIL)
        assert (await talker.say("XFORWARD ADDR=192.0.2.9 HELO=other.helo")).startswith("250")
        await talker.envelope("b@corp.test")
        await talker.content(MAIL)
        await talker.envelope("b@corp.test")
        await talker.content(MAIL)
        tops = [m.content.split(b"\r\n")[0] for m in hop.messages]
        assert tops[0] == b"Received: from their.helo (mail.partner.test [192.0.2.8])"
        assert tops[1] == b"Received: from client.test (mail.partner.test [192.0.2.8])", "EHLO ended what XFORWARD said"
        assert tops[2] == tops[1]


async def test_xforward_as_a_postfix_in_front_says_it() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        assert "XFORWARD NAME ADDR" in await talker.say("EHLO front")
        await talker.say("XFORWARD NAME=mail.partner.test ADDR=192.0.2.9")
        await talker.say("XFORWARD PROTO=ESMTP HELO=their.helo SOURCE=REMOTE")
        for line in ("MAIL FROM:<a@partner.test>", "RCPT TO:<b@corp.test>"):
            await talker.say(line)
        await talker.content(MAIL)
        assert hop.messages[0].content.startswith(b"Received: from their.helo (mail.partner.test [192.0.2.9])")


async def test_nobody_else_may_say_who_they_are() -> None:
    async with edge(listener(1, trust=Networks())) as server:
        talker = await Talker.to(server.addresses["inbound"])
        assert "XCLIENT" not in await talker.say("EHLO a")
        for line in ("XCLIENT ADDR=192.0.2.8", "XFORWARD ADDR=192.0.2.8"):
            assert (await talker.say(line)).startswith("550 5.7.0")


async def test_rates_of_one_address() -> None:
    limits = AdmissionLimits(exempt=Networks(), messages=2, recipients=3, per_address=2)
    async with FakeNextHop() as hop, edge(listener(hop.port, trust=Networks()), limits=limits) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        second = await Talker.to(server.addresses["inbound"])
        third = await Talker.to(server.addresses["inbound"], greeted=False)
        assert (await third.reply()).startswith("421 4.7.0") and await third.ended()
        assert [r[:3] for r in await second.envelope("b@corp.test", "c@corp.test", "d@corp.test")] == ["250"] * 4 + ["421"]
        assert await second.ended()
        await talker.say("RSET")
        assert (await talker.say("MAIL FROM:<a@partner.test>")).startswith("421 4.7.0")


async def test_delivery_reports_are_offered_where_the_next_hop_writes_them() -> None:
    async with FakeNextHop(extensions=["DSN", "8BITMIME", "SIZE 1000"]) as hop, edge(listener(hop.port)) as server:
        await server.lane(listener(hop.port)).next_hop.learn()
        talker = await Talker.to(server.addresses["inbound"])
        offers = await talker.say("EHLO a")
        assert "DSN" in offers and "SMTPUTF8" not in offers and "SIZE 1000" in offers
        await talker.say("MAIL FROM:<a@partner.test> RET=HDRS ENVID=aB+2B")
        await talker.say("RCPT TO:<b@corp.test> NOTIFY=Success ORCPT=rfc822;B+2Bx@corp.test")
        assert (await talker.content(MAIL)).startswith("250")
        assert hop.messages[0].mail.endswith("RET=HDRS ENVID=aB+2B")
        assert hop.messages[0].rcpts == ["RCPT TO:<b@corp.test> NOTIFY=Success ORCPT=rfc822;B+2Bx@corp.test"]


async def test_what_is_held_looks_the_same_to_a_stranger() -> None:
    house = House(custody=FakeCustody())
    async with FakeNextHop() as hop, edge(listener(hop.port, trust=Networks()), house=house) as server:
        talker = await Talker.to(server.addresses["inbound"])
        answers = []
        for rcpts in (["b@corp.test"], ["quarantine@corp.test"], ["hold@corp.test", "b@corp.test"]):
            await talker.envelope(*rcpts)
            answers.append(await talker.content(MAIL))
        assert all(a.startswith("250 2.0.0 Ok: sekisho ") and len(a) == len("250 2.0.0 Ok: sekisho ") + 24 for a in answers)
        assert house.custody.order == ["admit held", "admit pending", "confirm"]
        assert [len(m.rcpts) for m in hop.messages] == [1, 1]


BODIES = st.binary(max_size=300).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n")


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BODIES, min_size=2, max_size=4), st.integers(0, 1 << 30))
def test_sessions_do_not_bleed(bodies: list[bytes], seed: int) -> None:
    """Several clients speak at once, their octets interleaved at random; each message arrives whole, for its own recipient."""
    order = random.Random(seed)

    async def play() -> None:
        async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
            talkers = [await Talker.to(server.addresses["inbound"]) for _ in bodies]
            wires = []
            for n, talker in enumerate(talkers):
                await talker.envelope(f"u{n}@corp.test", sender=f"s{n}@partner.test")
                await talker.say("DATA")
                content = b"Subject: x\r\n\r\n" + bodies[n]
                wires.append(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            while any(wires):
                n = order.choice([i for i, w in enumerate(wires) if w])
                cut = order.randint(1, len(wires[n]))
                talkers[n].writer.write(wires[n][:cut])
                wires[n] = wires[n][cut:]
                await asyncio.sleep(0)
            for talker in talkers:
                assert (await talker.reply()).startswith("250")
            got = {m.rcpts[0]: (m.mail, m.content) for m in hop.messages}
            for n, body in enumerate(bodies):
                mail, content = got[f"RCPT TO:<u{n}@corp.test>"]
                assert mail.startswith(f"MAIL FROM:<s{n}@partner.test>")
                assert content.endswith(b"\r\nSubject: x\r\n\r\n" + body)
    asyncio.run(play())


async def test_what_waits_while_the_client_reads_nothing_is_not_forgotten() -> None:
    """More replies unread than we keep: reading goes on once they are taken, with what came meanwhile."""
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        (session,) = server.sessions
        await talker.envelope("b@corp.test")
        drained = asyncio.Event()
        session.transport.get_write_buffer_size = lambda: 1 << 20
        session._writer.drain = drained.wait
        assert (await talker.say("DATA")).startswith("354")
        talker.writer.write(b"Subject: x\r\n\r\nx\r\n.\r\n")
        await asyncio.sleep(0.05)
        drained.set()
        assert (await talker.reply()).startswith("250")
