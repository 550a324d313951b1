from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.inspection.scanners.base import ScannerFailed
from gateway.inspection.scanners.pool import IDLE, Address, Pool
from gateway.inspection.scanners.stream import Stream
from gateway.ops.clock import SystemClock
from tests.builders.scanners import served


class Hands:
    """A clock that is set by hand."""

    at = 0.0

    def now(self):  # type: ignore[no-untyped-def]
        raise AssertionError("no wall clock here")

    def monotonic(self) -> float:
        return self.at


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
    writer.close()


async def ask(stream: Stream) -> bytes:
    await stream.send(b"hello\n")
    return await stream.until(b"\n")


async def test_kept_for_a_while() -> None:
    async with served(echo) as pool:
        pool.clock = clock = Hands()
        await pool.asked(ask)
        (first,) = pool.idle
        await pool.asked(ask)
        assert pool.idle == [first]
        clock.at += IDLE + 1
        await pool.asked(ask)
        assert pool.idle != [first] and len(pool.idle) == 1


async def test_an_error_ends_the_connection() -> None:
    async with served(echo) as pool:
        async def wrong(stream: Stream) -> None:
            raise ValueError("what it said was none")
        with pytest.raises(ScannerFailed, match="nonsense"):
            await pool.asked(wrong)
        assert not pool.idle


async def test_cancelled_while_it_waits_frees_its_place() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with served(silent, connections=1) as pool:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await pool.asked(ask)
        assert not pool.idle and not pool.slots.locked()


async def test_nobody_there(tmp_path: Path) -> None:
    for address in (Address(path=tmp_path / "none"), Address(host="127.0.0.1", port=1)):
        with pytest.raises(ScannerFailed, match=str(address)):
            await Pool(address, SystemClock(), 1).asked(ask)
