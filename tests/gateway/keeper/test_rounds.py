"""Rounds: the first at once, the next when woken or late, and none lost to a failed one."""

import asyncio

import pytest

from gateway.keeper.rounds import rounds
from gateway.model.errors import CustodyUnavailable


class Seen:
    def __init__(self) -> None:
        self.emitted: list[tuple[str, dict[str, object]]] = []

    def emit(self, event: str, **fields: object) -> None:
        self.emitted.append((event, fields))


async def _until(reached) -> None:
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0)


@pytest.mark.parametrize("tick", [0.0, 3600.0])
async def test_a_failed_round_is_an_incident_and_the_next_one_comes(tick: float):
    wake, seen, count = asyncio.Event(), Seen(), 0

    async def look() -> None:
        nonlocal count
        count += 1
        if count == 1:
            raise CustodyUnavailable("the disk is full")

    task = asyncio.create_task(rounds("attendant", look, wake, tick, seen))
    await _until(lambda: count == 1)
    assert seen.emitted == [("incident", {"part": "attendant", "reason": "the disk is full"})]
    if tick:
        wake.set()
    await _until(lambda: count >= 2)
    assert len(seen.emitted) == 1
    task.cancel()


async def test_without_a_word_it_rests():
    wake, count = asyncio.Event(), 0

    async def look() -> None:
        nonlocal count
        count += 1

    task = asyncio.create_task(rounds("rejudge", look, wake, 3600.0, Seen()))
    for _ in range(100):
        await asyncio.sleep(0)
    assert count == 1 and not wake.is_set()
    wake.set()
    await _until(lambda: count == 2 and not wake.is_set())
    task.cancel()
