"""A keeper that lives and hangs: /readyz, the metric and the log say so, and that it is over."""

from __future__ import annotations

import asyncio

from gateway.app.vigil import Vigil
from gateway.model.errors import CustodyUnavailable
from tests.builders.waiting import until


class Keeper:
    def __init__(self):
        self.hung, self.asked = False, []

    async def ask(self, request, patience):
        self.asked.append((request["verb"], patience))
        if self.hung:
            raise CustodyUnavailable("the keeper did not answer in time")


class Told(list):
    def emit(self, event, /, **fields):
        self.append((event, fields["part"], fields["reason"]))

    def gauge(self, name, value):
        self.append((name, value))


async def test_what_is_found_is_told_once():
    keeper, told, measured = Keeper(), Told(), Told()
    vigil = Vigil(keeper, measured, told)
    for hung in (False, True, True, False):
        keeper.hung = hung
        await vigil.look()
        assert vigil.answers is not hung
    assert told == [("incident", "keeper", "the keeper does not answer; mail to be held is put off"),
                    ("incident", "keeper", "the keeper answers again")]
    assert measured == [("sekisho_keeper_up", value) for value in (1.0, 0.0, 0.0, 1.0)]
    assert keeper.asked == [("ping", 3.0)] * 4


async def test_it_looks_until_it_is_ended(monkeypatch):
    monkeypatch.setattr("gateway.app.vigil.EVERY", 0.01)
    keeper = Keeper()
    vigil = Vigil(keeper, Told(), Told())
    vigil.running = iter((False, True, True, *[False] * 999)).__next__       # at the start, and while it is started again
    task = asyncio.create_task(vigil.run())
    await until(lambda: len(keeper.asked) == 2)
    await asyncio.sleep(0.05)            # and no more
    task.cancel()
    assert len(keeper.asked) == 2
