"""DATA and BDAT against a real edge: exact octets, bounds, pace."""

from __future__ import annotations

import asyncio
import random
import re
import resource

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gateway.edge.settings import SessionLimits
from tests.builders.edge import edge, listener
from tests.builders.nexthop import FakeNextHop
from tests.builders.smtpclient import Talker

PIECES = st.lists(st.sampled_from([b"\r\n", b".", b"..", b"\0", b"\xe5\xbc\xb5", b"\x81\x30", b" \t", b"a" * 1100, b"--b\r\n", b"\x1b$B"]),
                  max_size=30)


@hypothesis_settings(max_examples=30, deadline=None)
@given(PIECES, st.booleans(), st.booleans(), st.integers(1, 9000))
def test_exact_octets(pieces: list[bytes], by_chunks: bool, chunking: bool, cut: int) -> None:
    """DATA or BDAT in, DATA or BDAT out: what follows our lines is what came."""
    content = b"Subject: x\r\n\r\n" + b"".join(pieces) + b"\r\n"

    async def play() -> None:
        extensions = ["8BITMIME", "CHUNKING"] if chunking else ["8BITMIME"]
        async with FakeNextHop(extensions=extensions) as hop, edge(listener(hop.port)) as server:
            talker = await Talker.to(server.addresses["inbound"])
            await talker.envelope("b@corp.test", args=" BODY=8BITMIME")
            if by_chunks:
                first, rest = content[:cut], content[cut:]
                talker.writer.write(b"BDAT %d\r\n" % len(first) + first + b"BDAT %d LAST\r\n" % len(rest) + rest)
                assert (await talker.reply()).startswith("250")
                reply = await talker.reply()
            else:
                reply = await talker.content(content.replace(b"\r\n.", b"\r\n.."))
            assert reply.startswith("250 2.0.0 Ok: sekisho")
            assert hop.messages[0].content.endswith(b"\r\n" + content)
            assert hop.messages[0].by == ("BDAT" if chunking else "DATA")
    asyncio.run(play())


async def test_twentyfive_megabytes_in_little_memory() -> None:
    content = b"Subject: x\r\n\r\n" + b".".join(
        random.Random(1).randbytes(75).hex().encode() + b"\r\n" for _ in range(1000)) * 175
    assert len(content) > 25 << 20
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        wire = content.replace(b"\r\n.", b"\r\n..")
        await talker.say("DATA")
        before, most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
        for at in range(0, len(wire), 1 << 18):
            talker.writer.write(wire[at:at + (1 << 18)])
            await talker.writer.drain()
            (session,) = server.sessions
            most = max(most, len(session._reader._buffer))
        talker.writer.write(b".\r\n")
        assert (await talker.reply(60)).startswith("250")
        assert most <= 2 << 20 and before
        assert hop.messages[0].content.endswith(b"\r\n" + content)


@pytest.mark.parametrize("command", ["BDAT", "BDAT x", "BDAT -1", "BDAT 1 FIRST", "BDAT 1 LAST LAST"])
async def test_a_chunk_of_unknown_size_ends_the_session(command: str) -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        assert (await talker.say(command)).startswith("500 5.5.2") and await talker.ended()


async def test_a_refused_chunk_is_read_all_the_same() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.say("EHLO a")
        assert (await talker.say(b"BDAT 10 LAST\r\nNOOP\r\nNOO")).startswith("503")
        assert await talker.say("P") != "", "what follows the chunk is the next command"
        talker.close()


async def test_too_big_by_chunks() -> None:
    settings = listener(1, max_size=100, limits=SessionLimits(flood=1000))
    async with FakeNextHop() as hop, edge(listener(hop.port, max_size=100, limits=settings.limits)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        talker.writer.write(b"BDAT 200\r\n" + b"x" * 200)
        assert (await talker.reply()).startswith("552 5.3.4")
        assert (await talker.say("NOOP")).startswith("250")
        assert (await talker.say("BDAT 99999 LAST")).startswith("552") and await talker.ended()


async def test_stray_octets_in_a_chunk_end_the_session() -> None:
    async with FakeNextHop() as hop, edge(listener(hop.port)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        talker.writer.write(b"BDAT 3\r\na\nb")
        assert (await talker.reply()).startswith("550 5.6.11") and await talker.ended()


async def test_an_endless_message_is_cut() -> None:
    settings = listener(1, max_size=1000, limits=SessionLimits(flood=100_000))
    async with FakeNextHop() as hop, edge(listener(hop.port, max_size=1000, limits=settings.limits)) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        await talker.say("DATA")
        talker.writer.write(b"x\r\n" * 80_000)
        assert (await talker.reply()).startswith("552") and hop.messages == []


@pytest.mark.parametrize("amid", [b"", b"\r\n.\r\n", b"\r\n..\r\n", b"a\n.\nb\r\n", b"\r.x\r\n"])
@pytest.mark.parametrize("at", [0, 1000, 1 << 16, -1])
async def test_large_content_is_stuffed_where_it_must_be(amid: bytes, at: int) -> None:
    """Wherever a line may begin with a dot, also where only a mended line end makes it one."""
    lines = b"x" * 198 + b"\r\n"
    whole = lines * 600
    cut = at // len(lines) * len(lines) if at >= 0 else len(whole)
    content = whole[:cut] + amid + whole[cut:]
    async with FakeNextHop() as hop, edge(listener(hop.port, stray="normalize")) as server:
        talker = await Talker.to(server.addresses["inbound"])
        await talker.envelope("b@corp.test")
        wire = (b"\r\n" + b"Subject: x\r\n\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
        assert (await talker.content(wire)).startswith("250")
        mended = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
        assert hop.messages[0].content.endswith(b"Subject: x\r\n\r\n" + mended)
