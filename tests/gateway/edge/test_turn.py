"""Final dots of one process leave one after the other while next hops are quick, and side by side while they are slow."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.edge import turn as module
from gateway.edge.turn import PATIENCE, Turn, Window
from tests.builders.edge import RealClock


class Watch:
    """How many windows were open at once."""

    def __init__(self) -> None:
        self.open = self.most = 0

    async def one(self, turn: Turn, seconds: float) -> None:
        window = Window(turn)
        await window.open()
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(seconds)
        self.open -= 1
        window.close()


async def test_one_at_a_time_while_answers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 30.0)
    turn, watch = Turn(RealClock()), Watch()
    await asyncio.gather(*(watch.one(turn, 0.001) for _ in range(10)))
    assert watch.most == 1 and 0 < turn.mean < 30.0


async def test_a_slow_next_hop_gets_them_side_by_side() -> None:
    turn, watch = Turn(RealClock()), Watch()
    began = time.monotonic()
    for _ in range(2):
        await asyncio.gather(*(watch.one(turn, 0.3) for _ in range(10)))
    assert watch.most == 10 and time.monotonic() - began < 5.0
    assert turn.mean > PATIENCE and not await turn.take()


async def test_quick_again_after_it_was_slow() -> None:
    turn, watch = Turn(RealClock()), Watch()
    turn.mean = 0.2
    for _ in range(30):
        await watch.one(turn, 0.0)
    assert turn.mean < PATIENCE and await turn.take()


async def test_who_waited_long_goes_on_without_its_turn() -> None:
    turn = Turn(RealClock())
    assert await turn.take()
    assert not await turn.take()
    await asyncio.sleep(PATIENCE * 1.2)
    with pytest.raises(StopIteration) as answered:
        turn.take().send(None)           # it answers without a wait: nobody waits for one that is stuck
    assert answered.value.value is False
    turn.end(0.01, ours=True)
    assert await turn.take()


async def test_opened_and_closed_twice_or_without_a_turn() -> None:
    turn = Turn(RealClock())
    window = Window(turn)
    window.close()
    await window.open()
    await window.open()
    window.close()
    window.close()
    assert await turn.take()
    nobody = Window(None)
    await nobody.open()
    nobody.close()
