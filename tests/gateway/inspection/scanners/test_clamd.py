"""clamd's protocol, with a stand-in that can lie, and with the real one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.inspection.scanners.base import ScannerFailed, TooLarge
from gateway.inspection.scanners.clamd import Clamd
from gateway.inspection.scanners.pool import Address, Pool
from gateway.ops.clock import SystemClock
from tests.builders.scanners import BAD, FakeClamd, served

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


async def test_verdicts_over_one_connection(spooled) -> None:
    fake = FakeClamd()
    async with served(fake.serve) as pool:
        clamd = Clamd(pool)
        assert (await clamd.version()).startswith("ClamAV 1.4.6/27600/")
        assert (await clamd.scan(*spooled(b"plain"))).names == ()
        assert (await clamd.scan(*spooled(b"x" * 200_000 + BAD))).names == ("Stand.In-1",)
        assert (await clamd.scan(*spooled(b""))).names == ()
    assert fake.connections == 1 and [len(s) for s in fake.seen] == [5, 200_000 + len(BAD), 0]


async def test_many_at_once_share_some_connections(spooled) -> None:
    fake = FakeClamd(delay=0.01)
    async with served(fake.serve, connections=3) as pool:
        clamd = Clamd(pool)
        said = await asyncio.gather(*(clamd.scan(*spooled(b"%d" % n + BAD * (n % 2))) for n in range(30)))
    assert [bool(s.names) for s in said] == [n % 2 == 1 for n in range(30)]
    assert fake.connections <= 3


async def test_a_kept_connection_that_was_closed_costs_nothing(spooled) -> None:
    fake = FakeClamd(hang_up_after=1)
    async with served(fake.serve) as pool:
        clamd = Clamd(pool)
        for _ in range(5):
            assert (await clamd.scan(*spooled(b"plain"))).names == ()
            await asyncio.sleep(0.01)
    assert fake.connections >= 5


async def test_too_large_is_said_as_such(spooled) -> None:
    fake = FakeClamd(limit=1000)
    async with served(fake.serve) as pool:
        with pytest.raises(TooLarge, match="StreamMaxLength"):
            await Clamd(pool).scan(*spooled(b"x" * 5_000_000))
        assert (await Clamd(pool).scan(*spooled(b"x"))).names == ()


@pytest.mark.parametrize("raw", [
    b"1: stream: OK", b"2: stream: OK\0", b"stream: OK\0", b"\0", b"1: stream: " + b"x" * 70_000 + b" FOUND\0",
    b"1: something ERROR\0", b"1: OK\0", b"",
])
async def test_no_verdict_is_no_clean_message(spooled, raw: bytes) -> None:
    fake = FakeClamd(answers=[raw])
    async with served(fake.serve) as pool:
        with pytest.raises(ScannerFailed):
            await Clamd(pool).scan(*spooled(BAD))
        assert not pool.idle or raw == b"1: something ERROR\0" or raw == b"1: OK\0"


async def test_a_name_from_outside_is_shown_in_harmless_letters(spooled) -> None:
    fake = FakeClamd(answers=["1: stream: <b>\x1b[31m惡\r\nSet: x FOUND\0".encode()])
    async with served(fake.serve) as pool:
        (name,) = (await Clamd(pool).scan(*spooled(b"x"))).names
    assert name.isascii() and name.isprintable() and "<" not in name


async def test_nobody_there_and_somebody_else(spooled, tmp_path: Path) -> None:
    with pytest.raises(ScannerFailed, match=r"nothing\.sock"):
        await Clamd(Pool(Address(path=tmp_path / "nothing.sock"), SystemClock(), 1)).version()
    async with served(FakeClamd(version=b"HTTP/1.0 400 what").serve) as pool:
        with pytest.raises(ScannerFailed, match="no clamd"):
            await Clamd(pool).version()


async def test_a_message_that_is_shorter_than_it_said(spooled) -> None:
    fd, size = spooled(b"abc")
    async with served(FakeClamd().serve) as pool:
        with pytest.raises(ScannerFailed, match="shorter"):
            await Clamd(pool).scan(fd, size + 10)


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Path]:
    """clamd itself, with two signatures of ours; stopped by its process id."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    database, socket = tmp_path / "db", tmp_path / "clamd.sock"
    database.mkdir()
    (database / "own.ndb").write_text(f"Sekisho.StandIn:0:*:{BAD.hex()}\nSekisho.Eicar:0:*:{EICAR[:40].hex()}\n", encoding="ascii")
    settings = tmp_path / "clamd.conf"
    settings.write_text(f"LocalSocket {socket}\nDatabaseDirectory {database}\nForeground yes\nStreamMaxLength 1M\nIdleTimeout 5\n"
                        f"TemporaryDirectory {tmp_path}\nMaxThreads 2\nLogFile {tmp_path / 'log'}\n", encoding="ascii")
    process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if socket.exists():
                break
            assert process.poll() is None, (tmp_path / "log").read_text()
            await asyncio.sleep(0.05)
        yield socket
    finally:
        process.terminate()
        process.wait(20)


async def test_the_real_clamd(real: Path, spooled) -> None:
    clamd = Clamd(Pool(Address(path=real), SystemClock(), 2))
    assert (await clamd.version()).startswith("ClamAV ")
    mail = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n" + EICAR + b"\r\n"
    assert [(await clamd.scan(*spooled(octets))).names for octets in (b"plain mail\r\n", mail, b"\0" + BAD, b"plain again")] == [
        (), ("Sekisho.Eicar.UNOFFICIAL",), ("Sekisho.StandIn.UNOFFICIAL",), ()]
    with pytest.raises(TooLarge):
        await clamd.scan(*spooled(os.urandom(3 << 20)))
    assert (await clamd.scan(*spooled(b"and it goes on"))).names == ()
    clamd.close()
