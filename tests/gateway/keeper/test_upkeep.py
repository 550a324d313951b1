from __future__ import annotations

import asyncio

import pytest

from gateway.keeper import upkeep as module
from gateway.keeper.server import Keeper
from gateway.keeper.upkeep import Upkeep
from gateway.model.errors import CustodyUnavailable
from quarantine import audit
from quarantine.models import QuarantinedMessage
from tests.builders.custody import FakeClock, Held


async def test_what_is_done_when(keeper: Keeper, held: Held, clock: FakeClock) -> None:
    events = keeper.ports.events
    upkeep = Upkeep(keeper.committer, keeper.readers, events)
    pending, old = await asyncio.to_thread(lambda: (held(pending=True), held()))
    await upkeep.tick(1)
    signed, = events.named("audit-checkpoint")  # type: ignore[attr-defined]
    assert (await asyncio.to_thread(audit.verify, keeper.service.ring, (signed,))).flaws == ()
    clock.forward(minutes=30)
    await upkeep.tick(module.PENDING_EVERY)
    assert (await asyncio.to_thread(lambda: QuarantinedMessage.objects.get(pk=pending))).status == "held"
    clock.forward(days=91)
    await upkeep.tick(module.EXPIRE_EVERY * module.PENDING_EVERY)
    rows = await asyncio.to_thread(lambda: list(QuarantinedMessage.objects.values_list("status", flat=True)))
    assert rows == ["expired", "expired"] and old
    await upkeep.tick(module.SWEEP_EVERY)
    await keeper.stop()


async def test_a_failure_is_told_and_tried_again(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    upkeep = Upkeep(keeper.committer, keeper.readers, keeper.ports.events)

    def broken(*_: object, **__: object) -> None:
        raise CustodyUnavailable("disk full")
    monkeypatch.setattr(keeper.service, "checkpoint", broken)
    await upkeep.tick(1)
    assert keeper.ports.events.named("incident")[0]["reason"] == "disk full"  # type: ignore[attr-defined]
    monkeypatch.undo()
    await upkeep.tick(2)
    await keeper.stop()
