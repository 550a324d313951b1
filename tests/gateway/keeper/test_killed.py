"""SIGKILL at any instant: what was answered is there, readable, once; the chain holds."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.effects.custody import KeeperClient, is_running
from gateway.model.deadline import Deadline
from gateway.model.errors import CustodyUnavailable
from quarantine.models import QuarantinedMessage
from tests.builders.custody import ROOT, House, admission, memory, octets
from tests.builders.keeper import RealClock

PROGRAM = """
import asyncio, sys
from pathlib import Path
from quarantine.settings import configure, sqlite_url
state = Path(sys.argv[1])
configure(sqlite_url(state / "quarantine.sqlite"), "tests")
from quarantine import database, keys
from quarantine.blobs import FileBlobs
from quarantine.service import QuarantineService
from gateway.keeper.server import Keeper, Ports
from tests.builders.custody import FakeClock
from tests.builders.keeper import FakeDelivery, FakeEvents
clock = FakeClock()
database.open_database(clock.now())
service = QuarantineService(keys.load(state / "quarantine.key"), FileBlobs(state / "blobs", reserve=0), clock)
async def main():
    await Keeper(service, state / "run" / "keeper.sock", state / "quarantine.key", Ports(FakeDelivery(), FakeEvents(), clock)).start()
    await asyncio.Event().wait()
asyncio.run(main())
"""
ROUNDS = 4


async def start(house: House) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(house.directory)], cwd=Path(__file__).parents[3])
    for _ in range(400):
        if await asyncio.to_thread(is_running, house.directory / "run" / "keeper.sock"):
            return process
        await asyncio.sleep(0.05)
    raise AssertionError("the keeper does not start")


async def test_nothing_answered_is_lost(house: House) -> None:
    dice, clock = random.Random(5), RealClock(house)
    acknowledged: dict[str, str] = {}
    for round_ in range(ROUNDS):
        process = await start(house)
        client = KeeperClient(house.directory / "run" / "keeper.sock", clock)

        async def send(n: int, client: KeeperClient = client) -> None:
            data = octets(f"mail {n}")
            fd = memory(data)
            try:
                admitted = await client.admit(admission(data, retry_key=f"k{n}"), fd, Deadline.after(clock, 20))
                assert acknowledged.setdefault(f"k{n}", admitted.id) == admitted.id, "a retry has the earlier id"
            except CustodyUnavailable:
                pass                     # answered 451: the sender tries again, here in the next round
            finally:
                os.close(fd)
        sending = asyncio.gather(*(send(n) for n in range(60)))
        await asyncio.sleep(dice.uniform(0.02, 0.25) if round_ < ROUNDS - 1 else 0)
        if round_ < ROUNDS - 1:
            process.send_signal(signal.SIGKILL)
        await sending
        await client.close()
        process.kill()
        process.wait()
    service = house.again()
    assert len(acknowledged) == 60
    assert await asyncio.to_thread(QuarantinedMessage.objects.count) == 60, "nothing is stored twice"

    def check() -> None:
        for key, id in acknowledged.items():
            content = service.export_raw(ROOT, id, "audit")
            assert os.pread(content.fd, 1 << 16, 0) == octets(f"mail {key[1:]}")
            os.close(content.fd)
        assert service.audit_verify(ROOT).flaws == ()
        known = set(QuarantinedMessage.objects.values_list("blob", flat=True))
        service.blobs.sweep(known.__contains__, before=4e9)
        assert set(service.blobs.names()) == known
    await asyncio.to_thread(check)


async def test_a_stopped_keeper_holds_nobody_up_and_goes_on(house: House) -> None:
    """SIGSTOP: who waits is answered 451 soon. SIGCONT: what stood in the socket is held, and a retry of it is recognised."""
    process, clock = await start(house), RealClock(house)
    client = KeeperClient(house.directory / "run" / "keeper.sock", clock, silence=0.5)
    data = octets("mail")
    fd = memory(data)

    async def admit() -> str:
        return (await client.admit(admission(data, retry_key="k"), fd, Deadline.after(clock, 60))).id
    process.send_signal(signal.SIGSTOP)
    for _ in range(2):
        with pytest.raises(CustodyUnavailable, match="the keeper does not answer"):
            await asyncio.wait_for(admit(), 10)
    process.send_signal(signal.SIGCONT)
    for _ in range(100):
        try:
            held = await admit()
            break
        except CustodyUnavailable:
            await asyncio.sleep(0.05)
    assert await admit() == held
    await client.close()
    os.close(fd)
    process.kill()
    process.wait()
    house.again()
    assert await asyncio.to_thread(QuarantinedMessage.objects.count) == 1
