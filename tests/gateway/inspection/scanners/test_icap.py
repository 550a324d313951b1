"""ICAP (RFC 3507), with a service that can be slow, cut answers and lie."""

from __future__ import annotations

import asyncio

import pytest

from gateway.inspection.scanners.base import ScannerFailed
from gateway.inspection.scanners.icap import Icap
from tests.builders.scanners import BAD, FakeIcap, same, served

OK = b"ICAP/1.0 200 OK\r\nISTag: \"T-1\"\r\n"


@pytest.mark.parametrize("method", ["RESPMOD", "REQMOD"])
@pytest.mark.parametrize("preview", [None, 0, 4, 1024, 1 << 20])
async def test_verdicts_over_one_connection(spooled, method: str, preview: int | None) -> None:
    fake = FakeIcap(preview=preview)
    async with served(fake.serve) as pool:
        icap = Icap(pool, "avscan", method)
        assert await icap.version() == "T-1"
        for octets, names in ((b"plain", ()), (b"x" * 200_000 + BAD, ("Stand.In-1",)), (b"", ()), (b"y" * 1024, ())):
            said = await icap.scan(*spooled(octets))
            assert (said.names, said.version) == (names, "T-1")
    assert fake.connections == 1 and fake.seen == [b"plain", b"x" * 200_000 + BAD, b"", b"y" * 1024]


async def test_a_find_in_the_preview_ends_it_there(spooled) -> None:
    fake = FakeIcap(preview=64, decide_early=True)
    async with served(fake.serve) as pool:
        icap = Icap(pool, "avscan")
        await icap.version()
        assert (await icap.scan(*spooled(BAD + b"x" * 100_000))).names == ("Stand.In-1",)
        assert (await icap.scan(*spooled(b"x" * 100_000))).names == ()
    assert len(fake.seen[0]) == 64 and fake.connections == 1


async def test_a_service_without_204_gives_the_same_back(spooled) -> None:
    fake = FakeIcap(allow_204=False)
    async with served(fake.serve) as pool:
        assert (await Icap(pool, "avscan").scan(*spooled(b"plain" * 9999))).names == ()


@pytest.mark.parametrize(("answer", "names"), [
    (OK + same(b"plain mail"), ()),
    (OK + same(b"plain mai1"), ("refused by the service (200)",)),
    (OK + b"Encapsulated: res-hdr=0, null-body=24\r\n\r\nHTTP/1.1 403 No\r\nA: b\r\n\r\n", ("refused by the service (replaced)",)),
    (OK + b"X-Virus-ID: \x1b[31mEvil<b>\r\nEncapsulated: null-body=0\r\n\r\n", ("_[31mEvil_b_",)),
])
async def test_what_an_answer_means(spooled, answer: bytes, names: tuple[str, ...]) -> None:
    async with served(FakeIcap(answers=[answer]).serve) as pool:
        assert (await Icap(pool, "avscan").scan(*spooled(b"plain mail"))).names == names


async def test_the_beginning_given_back_is_not_the_message(spooled) -> None:
    """A service that answers after the preview with just the preview would cut the mail."""
    fake = FakeIcap(preview=10, decide_early=True, answers=[OK + same(BAD[:10])])
    async with served(fake.serve) as pool:
        icap = Icap(pool, "avscan")
        await icap.version()
        fake.decide_early = True
        assert (await icap.scan(*spooled(b"x" * 10 + BAD))).names == ("refused by the service (200)",)


@pytest.mark.parametrize("answer", [
    b"", b"HTTP", b"HTTP/1.1 204 No Content\r\n\r\n", b"ICAP/1.0 200 OK\r\n", b"nonsense\r\n\r\n", b"ICAP/1.0 100 Continue\r\n\r\n",
    b"ICAP/1.0 500 Server error\r\nEncapsulated: null-body=0\r\n\r\n", b"ICAP/1.0 404 Not found\r\n\r\n",
    OK + b"Encapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\nzz\r\n",
    OK + b"Encapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n7fffffff\r\n",
    OK + b"Encapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n5\r\nplain",
    OK + b"X: y\r\n" * 200 + b"\r\n", OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
])
async def test_no_verdict_is_no_clean_message(spooled, answer: bytes) -> None:
    async with served(FakeIcap(preview=None, answers=[answer], close=True).serve) as pool:
        with pytest.raises(ScannerFailed):
            await Icap(pool, "avscan").scan(*spooled(BAD))
        assert not pool.idle


@pytest.mark.parametrize(("answer", "names"), [
    (OK + b"X-Infection-Found: Type=0; Resolution=2; Threat=Early;\r\nEncapsulated: null-body=0\r\n\r\n", ("Early",)),
    (b"ICAP/1.0 204 No Content\r\nISTag: \"T-1\"\r\n\r\n", ()),
    (OK + same(b"the beginning"), ("refused by the service (200)",))])
@pytest.mark.parametrize("reads_on", [True, False])
async def test_an_answer_before_everything_was_sent(spooled, answer: bytes, names: tuple[str, ...], reads_on: bool) -> None:
    """It counts, whether the service hangs up then or just reads no further; the connection is not used again."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if not reads_on:
            await ended.wait()
        writer.close()

    async with served(serve) as pool:
        said = await asyncio.wait_for(Icap(pool, "avscan").scan(*spooled(b"x" * (32 << 20))), 10)
        assert said.names == names and not pool.idle
        ended.set()


async def test_what_is_given_back_on_the_way_is_read_on_the_way(spooled) -> None:
    """A service that passes octets on as it gets them would wait for us, and we for it."""
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):                   # ICAP, request and response header
            await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        writer.write(OK + b"Encapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(head) + head)
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
        writer.close()

    async with served(serve) as pool:
        assert (await asyncio.wait_for(Icap(pool, "avscan").scan(*spooled(b"x" * (32 << 20))), 20)).names == ()


async def test_a_connection_that_is_to_be_closed_is_not_kept(spooled) -> None:
    fake = FakeIcap(close=True)
    async with served(fake.serve) as pool:
        icap = Icap(pool, "avscan")
        for _ in range(3):
            assert (await icap.scan(*spooled(b"plain"))).names == ()
        assert not pool.idle
    assert fake.connections == 3


async def test_another_tag_is_told(spooled) -> None:
    fake = FakeIcap()
    async with served(fake.serve) as pool:
        icap = Icap(pool, "avscan")
        await icap.version()
        fake.tag = b'"T-2"'
        assert (await icap.scan(*spooled(b"plain"))).version == "T-2"


async def test_a_service_that_has_no_such_method() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"ICAP/1.0 200 OK\r\nMethods: REQMOD\r\nEncapsulated: null-body=0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with served(serve) as pool:
        with pytest.raises(ScannerFailed, match="has no RESPMOD"):
            await Icap(pool, "x").version()
