"""The zygotes as one: all or none, renewed without a gap, started again."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from gateway.inspection.cell import Cell
from gateway.inspection.launch import CellError
from gateway.inspection.pool import CellPool, Lanes
from tests.gateway.inspection.conftest import CLOCK, Noted, judge, settings


@pytest.fixture
def cell(tmp_path: Path):
    cell = Cell(Lanes.beneath(tmp_path), {lane: settings(tmp_path) for lane in ("plain", "deep", "tool")}, CLOCK)
    cell.start()
    yield cell
    cell.stop()


def pool(cell: Cell) -> CellPool:
    return CellPool(cell.lanes, CLOCK, Noted(), Noted())


async def test_it_starts_serves_and_stops(cell: Cell) -> None:
    assert cell.alive and set(cell.layers) == {"plain", "deep", "tool"} and cell.signature_version == "fake-1"
    client = pool(cell)
    assert (await judge(client, b"deep")).complete
    await client.close()
    cell.stop()
    assert not cell.alive


async def test_it_is_renewed_under_way(cell: Cell) -> None:
    client = pool(cell)
    assert (await judge(client, b"x")).complete
    old = [z.process.pid for z in cell.zygotes.values()]
    cell.renew()
    assert not set(old) & {z.process.pid for z in cell.zygotes.values()}
    assert (await judge(client, b"x")).complete
    for _ in range(100):
        await asyncio.sleep(0.02)
        cell.revive()
        if not cell.retired:
            break
    assert not cell.retired
    await client.close()


async def test_a_renewal_that_fails_changes_nothing(cell: Cell, tmp_path: Path) -> None:
    before = {lane: z.process.pid for lane, z in cell.zygotes.items()}
    with pytest.raises(CellError, match="no such rule"):
        cell.renew({lane: settings(tmp_path, own_numbers=("broken",)) for lane in ("plain", "deep")})
    assert {lane: z.process.pid for lane, z in cell.zygotes.items()} == before and cell.alive
    assert sorted(os.listdir(tmp_path / "run")) == ["zygote-deep.sock", "zygote-plain.sock", "zygote-tool.sock"]
    client = pool(cell)
    assert (await judge(client, b"x")).complete
    await client.close()


async def test_what_died_is_started_again(cell: Cell) -> None:
    cell.zygotes["deep"].process.kill()
    cell.zygotes["deep"].process.wait(5)
    assert not cell.alive
    assert cell.revive() == ["deep"] and cell.revive() == []
    client = pool(cell)
    assert (await judge(client, b"deep")).complete
    await client.close()


def test_all_or_none(tmp_path: Path) -> None:
    cell = Cell(Lanes.beneath(tmp_path), {"plain": settings(tmp_path), "deep": settings(tmp_path, registry="no_such_registry")}, CLOCK)
    with pytest.raises(CellError):
        cell.start()
    assert not cell.zygotes and os.listdir(tmp_path / "run") == []
