"""The parent's connection: waiting, losing, reconnecting."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from gateway.inspection.link import Link
from gateway.model.deadline import Deadline
from gateway.model.errors import InspectionUnavailable
from tests.builders.zygotes import start_zygote
from tests.gateway.inspection.conftest import CLOCK, Cell, settings


def link(address: Path) -> Link:
    return Link(address, CLOCK, lambda _: None, lambda _: None)


async def test_a_child_and_its_exit(cell: Cell) -> None:
    lane = link(cell.lanes.plain)
    child = await lane.child(Deadline.after(CLOCK, 60))
    child.kill()
    exit = await child.exit()
    assert exit is not None and os.WTERMSIG(exit.status) == 9
    child.close()
    child.close()
    lane.close()


async def test_nobody_there(tmp_path: Path) -> None:
    started = CLOCK.monotonic()
    with pytest.raises(InspectionUnavailable):
        await link(tmp_path / "z.sock").child(Deadline.after(CLOCK, 0.3))
    assert CLOCK.monotonic() - started < 30


async def test_a_lane_is_reachable_once_its_zygote_listens(tmp_path: Path, cell: Cell) -> None:
    absent, there = link(tmp_path / "none" / "z.sock"), link(cell.lanes.plain)
    assert not absent.reachable() and there.reachable()
    child = await there.child(Deadline.after(CLOCK, 60))
    child.close()
    there.close()


async def test_it_waits_for_a_zygote_that_comes_later(tmp_path: Path) -> None:
    lane = link(tmp_path / "z.sock")
    waiting = asyncio.create_task(lane.child(Deadline.after(CLOCK, 60)))
    await asyncio.sleep(0.1)
    zygote = start_zygote("plain", tmp_path / "z.sock", settings(tmp_path), CLOCK)
    (await waiting).close()
    lane.close()
    zygote.stop()


async def test_many_at_once(cell: Cell) -> None:
    lane = link(cell.lanes.plain)
    children = await asyncio.gather(*(lane.child(Deadline.after(CLOCK, 60)) for _ in range(6)))
    assert len({c.number for c in children}) == 6
    for child in children:
        child.close()
    lane.close()


async def test_a_lost_zygote_tells_nothing(tmp_path: Path) -> None:
    zygote = start_zygote("plain", tmp_path / "z.sock", settings(tmp_path), CLOCK)
    lane = link(tmp_path / "z.sock")
    child = await lane.child(Deadline.after(CLOCK, 60))
    zygote.stop()
    assert await child.exit() is None
    child.close()
    lane.close()


async def test_a_cancelled_wait_keeps_nothing(cell: Cell) -> None:
    lane = link(cell.lanes.plain)
    (await lane.child(Deadline.after(CLOCK, 60))).close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        task = asyncio.create_task(lane.child(Deadline.after(CLOCK, 60)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.sleep(0.3)
    assert len(os.listdir("/proc/self/fd")) == before
    lane.close()
