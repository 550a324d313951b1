"""One transaction with the next hop: offers, content, refusals, lost answers, parking."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.edge.nexthop import NextHop
from gateway.edge.relayer import LAST_CHUNK, NextHopRelayer
from gateway.edge.settings import Hop, NextHopSettings
from gateway.model.address import Mailbox
from gateway.model.deadline import Deadline
from gateway.model.errors import NextHopUnavailable
from gateway.model.transaction import Envelope, Recipient
from tests.builders.edge import RealClock
from tests.builders.nexthop import FakeNextHop
from tests.builders.waiting import until

BODY = b"Subject: x\r\n\r\n.dot\r\n..two\r\nend\r\n"
HEAD = b"Received: by us\r\n"


def rcpt(local: str, **more: str) -> Recipient:
    return Recipient(Mailbox.parse(f"{local}@corp.test"), **more)


def envelope(*recipients: Recipient, **more: object) -> Envelope:
    return Envelope(Mailbox.parse("a@partner.test"), recipients, **more)  # type: ignore[arg-type]


@contextmanager
def spooled(content: bytes) -> Iterator[int]:
    fd = os.memfd_create("test")
    os.write(fd, content)
    yield fd
    os.close(fd)


def made(port: int, size: int = 0, origin: dict[str, str] | None = None, **more: object) -> NextHopRelayer:
    settings = NextHopSettings((Hop("127.0.0.1", port),), **{"connect": 1.0, "command": 2.0, **more})  # type: ignore[arg-type]
    return NextHopRelayer(NextHop(settings, "us.test", RealClock()), RealClock(), size, origin)


async def relay(relayer: NextHopRelayer, e: Envelope, content: bytes = BODY, seconds: float = 60.0, offset: int = 0):
    with spooled(content) as fd:
        return await relayer.relay(e, e.recipients, HEAD, fd, offset, len(content) - offset, Deadline.after(RealClock(), seconds))


async def test_offered_then_relayed_in_one_transaction() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port, 100), envelope(rcpt("one"), rcpt("two"))
        assert [(await relayer.offer(e, r)).code for r in e.recipients] == [250, 250]
        result = await relay(relayer, e)
        assert (result.reply.code, result.reply.text, dict(result.refused), result.uncertain) == (250, "kept as 4711", {}, False)
        (message,) = hop.messages
        assert message.content == HEAD + BODY
        assert b"\r\n..dot\r\n...two\r\n" in message.wire
        assert hop.commands.count("MAIL FROM:<a@partner.test> SIZE=1124") == 1 and "RSET" not in hop.commands


async def test_refusals_at_rcpt_are_the_next_hops_own() -> None:
    async with FakeNextHop() as hop:
        relayer = made(hop.port)
        e = envelope(rcpt("ok"))
        replies = [str(await relayer.offer(e, rcpt(name))) for name in ("perm", "ok", "temp")]
        assert replies[0] == "550 5.1.1 no such user here" and replies[2] == "450 4.2.1 try later"
        assert (await relay(relayer, e)).reply.code == 250
        assert hop.connections == 1, "a refused recipient costs no connection of its own"
        await asyncio.sleep(0.05)
        assert hop.open == 0, "a connection that saw a refusal is not kept"


async def test_a_refusal_says_the_same_in_both_its_codes() -> None:
    async with FakeNextHop(refuse_mail="550 2.0.0 not so good") as hop:
        e = envelope(rcpt("ok"))
        assert str(await made(hop.port).offer(e, e.recipients[0])) == "550 5.0.0 not so good"


@pytest.mark.parametrize(("odd", "codes"), [
    ({"greeting": "354 go on"}, ["4.4.1"]), ({"refuse_mail": "354 go on"}, ["4.4.2"]), ({"go_on": "250 2.0.0 kept"}, ["2.1.5", "4.4.2"]),
    ({"go_on": "350 more"}, ["2.1.5", "4.4.2"])])
async def test_a_yes_in_the_wrong_place_is_a_lost_connection(odd: dict[str, str], codes: list[str]) -> None:
    async with FakeNextHop(**odd) as hop:  # type: ignore[arg-type]
        relayer, e = made(hop.port), envelope(rcpt("ok"))
        replies = [await relayer.offer(e, e.recipients[0])]
        if replies[0].positive:
            replies.append((await relay(relayer, e)).reply)
        assert [reply.enhanced for reply in replies] == codes
        assert hop.messages == []


@pytest.mark.parametrize("extensions", [[], ["CHUNKING"]])
@pytest.mark.parametrize("behind", [b"421 4.3.2 going down\r\n", b"250 2.0.0 again\r\n", b"what?\r\n", b"250-half"])
async def test_a_yes_is_a_yes_whatever_comes_behind_it(extensions: list[str], behind: bytes) -> None:
    """A next hop that is about to end says so behind its 250: taken for a no, the client would send it all again."""
    async with FakeNextHop(behind={"250 2.0.0 kept as 4711": behind}) as hop:
        hop.extensions += extensions
        relayer, e = made(hop.port), envelope(rcpt("one"))
        assert (await relayer.offer(e, e.recipients[0])).code == 250
        assert (await relay(relayer, e)).reply.code == 250 and len(hop.messages) == 1
        again = made(hop.port)
        assert (await again.offer(e, e.recipients[0])).code == 250
        await again.abandon()


@pytest.mark.parametrize("extensions", [[], ["CHUNKING"]])
@pytest.mark.parametrize("said", ["220 next.test ESMTP", "250 2.1.0 ok", "250 2.1.5 ok", "354 go on", "250 2.0.0 ok"])
@pytest.mark.parametrize("behind", [b"250 2.0.0 more\r\n", b"250 a\r\n250 b\r\n250 c\r\n", b"554 5.0.0 no\r\n", b"what?\r\n"])
async def test_what_nobody_asked_for_is_no_answer(extensions: list[str], said: str, behind: bytes) -> None:
    """Once it was a fault of ours that left the client without a word; never may it be our 250."""
    async with FakeNextHop(behind={said: behind}) as hop:
        hop.extensions += extensions
        relayer, both = made(hop.port), envelope(rcpt("one"), rcpt("data5"))
        codes = [(await relayer.offer(both, r)).code for r in both.recipients]
        with spooled(BODY) as fd, contextlib.suppress(NextHopUnavailable):
            result = await relayer.relay(both, both.recipients[1:], HEAD, fd, 0, len(BODY), Deadline.after(RealClock(), 60))
            assert result.reply.code in (451, 554)
        assert set(codes) <= {250, 451, 554} and hop.messages == []
        await relayer.abandon()


@pytest.mark.parametrize("who", ["one", "data4", "data5"])
async def test_one_answer_too_many_to_a_chunk_is_no_yes_to_the_last(who: str) -> None:
    """Found with a next hop that lost count: its second 250 came before its refusal of the whole, and the mail was lost."""
    async with FakeNextHop(behind={"250 2.0.0 more": b"250 2.0.0 more\r\n"}) as hop:
        hop.extensions += ["CHUNKING"]
        relayer, e = made(hop.port), envelope(rcpt(who))
        assert (await relayer.offer(e, e.recipients[0])).code == 250
        assert (await relay(relayer, e, BODY + b"x" * LAST_CHUNK + b"\r\n")).reply.code == 451 and hop.messages == []


async def test_another_set_of_recipients_is_a_new_transaction() -> None:
    async with FakeNextHop() as hop:
        relayer = made(hop.port)
        both = envelope(rcpt("one"), rcpt("two"))
        for r in both.recipients:
            await relayer.offer(both, r)
        with spooled(BODY) as fd:
            result = await relayer.relay(both, both.recipients[1:], HEAD, fd, 0, len(BODY), Deadline.after(RealClock(), 60))
        assert result.reply.code == 250 and "RSET" in hop.commands
        assert hop.messages[0].rcpts == ["RCPT TO:<two@corp.test>"]


@pytest.mark.parametrize(("who", "code"), [("data5", 554), ("data4", 451), ("drop", 451)])
async def test_refusals_after_the_content(who: str, code: int) -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt(who))
        await relayer.offer(e, e.recipients[0])
        result = await relay(relayer, e)
        assert result.reply.code == code
        assert result.uncertain is (who == "drop"), "a small message is out with its dot before the cut is seen"
        assert hop.messages == []


async def test_a_lost_answer_is_uncertain() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("acklost"))
        await relayer.offer(e, e.recipients[0])
        result = await relay(relayer, e)
        assert (result.reply.code, result.uncertain) == (451, True)
        assert len(hop.messages) == 1, "never sent twice by us"


async def test_the_dot_is_not_begun_without_time_for_its_answer() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        await relayer.offer(e, e.recipients[0])
        result = await relay(relayer, e, seconds=19.0)
        assert str(result.reply).startswith("451 4.4.7") and hop.messages == []


async def test_once_the_dot_is_out_the_answer_is_awaited() -> None:
    async with FakeNextHop(delay=1.2) as hop:
        relayer, e = made(hop.port, command=0.3), envelope(rcpt("slow"))
        await relayer.offer(e, e.recipients[0])
        assert (await relay(relayer, e)).reply.code == 250


LARGE = b"Subject: x\r\n\r\n" + b"no line of this begins with one.\r\n" * 100_000


@pytest.mark.parametrize("extensions", [["SIZE 104857600", "8BITMIME"], ["SIZE 104857600", "8BITMIME", "CHUNKING"]])
@pytest.mark.parametrize("offset", [0, 14])
async def test_large_content_leaves_octet_for_octet_past_the_reader(extensions: list[str], offset: int) -> None:
    """By sendfile, until the socket is full and again once it is not."""
    async with FakeNextHop(extensions) as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        with spooled(LARGE) as fd:
            relayer.plain = fd
            result = await relayer.relay(e, e.recipients, b".head\r\n", fd, offset, len(LARGE) - offset, Deadline.after(RealClock(), 60))
        assert result.reply.code == 250
        assert hop.messages[0].content == b".head\r\n" + LARGE[offset:]
        assert hop.messages[0].wire.startswith(b"..head" if hop.messages[0].by == "DATA" else b".head")


async def test_what_is_not_known_to_be_plain_is_stuffed() -> None:
    content = LARGE + b".dot\r\n"
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        assert (await relay(relayer, e, content)).reply.code == 250
        assert hop.messages[0].content == HEAD + content and hop.messages[0].wire.endswith(b"\r\n..dot\r\n")


async def test_a_hop_that_goes_amid_large_content() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("drop"))
        with spooled(LARGE) as fd:
            relayer.plain = fd
            result = await relayer.relay(e, e.recipients, HEAD, fd, 0, len(LARGE), Deadline.after(RealClock(), 60))
        assert result.reply.temporary and not result.uncertain and not hop.messages


async def test_a_hop_that_answers_amid_large_content_and_reads_no_more() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        for reply in (b"250 x\r\n", b"250 x\r\n250 x\r\n", b"354 x\r\n552 5.3.4 too much\r\n"):
            await reader.read(100)
            writer.write(reply)
        writer.transport.pause_reading()             # type: ignore[attr-defined]
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    relayer, e = made(server.sockets[0].getsockname()[1]), envelope(rcpt("one"))
    content = LARGE * 4
    with spooled(content) as fd:
        relayer.plain = fd
        result = await relayer.relay(e, e.recipients, HEAD, fd, 0, len(content), Deadline.after(RealClock(), 60))
    assert (result.reply.code, result.reply.enhanced) == (552, "5.3.4")
    server.close()


async def test_a_parked_transaction_is_given_up_and_begun_anew() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port, parked=0.1), envelope(rcpt("one"))
        await relayer.offer(e, e.recipients[0])
        await until(lambda: hop.commands[-1] == "RSET")
        assert (await relay(relayer, e)).reply.code == 250
        assert hop.connections == 1 and len(hop.messages) == 1


async def test_each_parked_transaction_has_its_own_time() -> None:
    async with FakeNextHop() as hop:
        next_hop = NextHop(NextHopSettings((Hop("127.0.0.1", hop.port),), parked=0.3), "us.test", RealClock())
        one, two = (NextHopRelayer(next_hop, RealClock()) for _ in range(2))
        e = envelope(rcpt("one"))
        await one.offer(e, e.recipients[0])
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await two.offer(e, e.recipients[0])
        await until(lambda: "RSET" in hop.commands)
        await until(lambda: hop.commands.count("RSET") == 2)
        assert time.monotonic() - began > 0.29, "the first is given up, the second waits on"


async def test_a_kept_connection_that_died_is_replaced() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        await relayer.offer(e, e.recipients[0])
        hop.cut()
        await asyncio.sleep(0.05)
        assert (await relay(relayer, e)).reply.code == 250
        await relay(relayer, e)
        hop.cut()
        await asyncio.sleep(0.05)
        assert (await relayer.offer(e, e.recipients[0])).code == 250


async def test_recipients_refused_only_now() -> None:
    async with FakeNextHop() as hop:
        relayer = made(hop.port)
        mixed = await relay(relayer, envelope(rcpt("ok"), rcpt("perm")))
        assert mixed.reply.code == 451 and list(mixed.refused) == ["perm@corp.test"], "the retry learns at RCPT who is refused"
        alone = await relay(relayer, envelope(rcpt("perm"), rcpt("temp")))
        assert alone.reply.code == 450
        assert str((await relay(relayer, envelope(rcpt("perm")))).reply) == "550 5.1.1 no such user here"
        assert hop.messages == []


async def test_delivery_report_options_pass_exactly() -> None:
    async with FakeNextHop(extensions=["DSN", "8BITMIME"]) as hop:
        e = envelope(rcpt("One", notify="SUCCESS,failure", orcpt="rfc822;One+2B@corp.test"), rcpt("two", notify="NEVER"),
                     ret="HDRS", envid="aB+2Bc")
        assert (await relay(made(hop.port), e)).reply.code == 250
        assert hop.messages[0].mail == "MAIL FROM:<a@partner.test> RET=HDRS ENVID=aB+2Bc"
        assert hop.messages[0].rcpts == ["RCPT TO:<One@corp.test> NOTIFY=SUCCESS,failure ORCPT=rfc822;One+2B@corp.test",
                                         "RCPT TO:<two@corp.test> NOTIFY=NEVER"]


async def test_xforward_where_it_is_taken() -> None:
    async with FakeNextHop(extensions=["XFORWARD NAME ADDR"]) as hop:
        assert (await relay(made(hop.port, origin={"ADDR": "192.0.2.9", "HELO": "x"}), envelope(rcpt("one")))).reply.code == 250
        assert "XFORWARD ADDR=192.0.2.9" in hop.commands


@pytest.mark.parametrize(("extensions", "content", "more", "code"), [
    (["SIZE 0"], "機密\r\n".encode(), {"body": "8BITMIME"}, 554),
    (["SIZE 0"], b"plain\r\n", {"body": "8BITMIME"}, 250),
    (["8BITMIME"], "Subject: 測試\r\n\r\nx\r\n".encode(), {"smtputf8": True}, 550),
    (["8BITMIME"], b"Subject: x\r\n\r\nx\r\n", {"smtputf8": True}, 250),
    (["8BITMIME", "SMTPUTF8"], "Subject: 測試\r\n\r\nx\r\n".encode(), {"smtputf8": True, "body": "8BITMIME"}, 250),
])
async def test_octets_are_never_forced_on_the_next_hop(extensions: list[str], content: bytes, more: dict, code: int) -> None:
    async with FakeNextHop(extensions=extensions) as hop:
        result = await relay(made(hop.port), envelope(rcpt("one"), **more), content)
        assert result.reply.code == code
        assert [m.content for m in hop.messages] == ([HEAD + content] if code == 250 else [])


async def test_what_a_kept_connection_offers_is_asked_again() -> None:
    async with FakeNextHop() as hop:
        relayer = made(hop.port)
        assert (await relay(relayer, envelope(rcpt("one")))).reply.code == 250
        hop.extensions = ["SIZE 0"]
        utf8 = envelope(Recipient(Mailbox.parse("收件人@corp.test")), smtputf8=True)
        assert str(await relayer.offer(utf8, utf8.recipients[0])).startswith("550 5.6.7")


@pytest.mark.parametrize("chunking", [False, True])
@pytest.mark.parametrize("size", [0, 1, 200_000, LAST_CHUNK, 2_600_000])
async def test_large_and_empty_content_whole(chunking: bool, size: int) -> None:
    content = (b".line\r\n" * (size // 7 + 1))[:size] + b"\r\n"
    async with FakeNextHop(extensions=["CHUNKING"] if chunking else []) as hop:
        result = await relay(made(hop.port), envelope(rcpt("one")), b"##" + content, offset=2)
        assert result.reply.code == 250
        assert hop.messages[0].content == HEAD + content
        assert hop.messages[0].by == ("BDAT" if chunking else "DATA")


async def test_chunks_lose_their_answer_too() -> None:
    async with FakeNextHop(extensions=["CHUNKING"]) as hop:
        assert (await relay(made(hop.port), envelope(rcpt("acklost")))).uncertain
        assert (await relay(made(hop.port), envelope(rcpt("data5")))).reply.code == 554


async def test_nobody_there() -> None:
    relayer, e = made(1), envelope(rcpt("one"))
    assert str(await relayer.offer(e, e.recipients[0])).startswith("451 4.4.1")
    with pytest.raises(NextHopUnavailable):
        await relay(relayer, e)


async def test_the_sender_refused() -> None:
    async with FakeNextHop(refuse_mail="553 5.1.8 sender domain not found") as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        assert str(await relayer.offer(e, e.recipients[0])) == "553 5.1.8 sender domain not found"
        hop.refuse_mail = "421 4.3.2 closing"
        assert (await relayer.offer(e, e.recipients[0])).code == 451, "421 would speak of the client's connection"


async def test_abandoned_is_not_delivered() -> None:
    async with FakeNextHop() as hop:
        relayer, e = made(hop.port), envelope(rcpt("one"))
        await relayer.offer(e, e.recipients[0])
        await relayer.abandon()
        await until(lambda: hop.commands[-1] == "RSET")
        assert hop.messages == []
        await relayer.abandon()


async def test_a_thousand_recipients() -> None:
    async with FakeNextHop() as hop:
        e = envelope(*(rcpt(f"u{n}") for n in range(1200)))
        started = time.process_time()
        assert (await relay(made(hop.port), e)).reply.code == 250
        assert len(hop.messages[0].rcpts) == 1200 and time.process_time() - started < 5
