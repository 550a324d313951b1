from __future__ import annotations

import asyncio

import pytest

from gateway.keeper import upkeep as module
from gateway.keeper.server import Keeper
from gateway.keeper.upkeep import Upkeep
from gateway.model.errors import CustodyUnavailable
from gateway.ops.metrics import Recorder
from quarantine import audit
from quarantine.models import AuditRecord, QuarantinedMessage
from tests.builders.custody import ROOT, FakeClock, Held, leak


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


@pytest.mark.parametrize("set_right", [True, False])
async def test_a_clock_that_leaps_ends_nothing_at_once(keeper: Keeper, held: Held, clock: FakeClock, set_right: bool) -> None:
    """A wrong year destroys no held mail: there is a day to set it right. One that was right after all is believed then."""
    events, status = keeper.ports.events, lambda: QuarantinedMessage.objects.get().status
    upkeep = Upkeep(keeper.committer, keeper.readers, events)
    await asyncio.to_thread(held)
    await upkeep.tick(1)
    clock.leap(days=3650)
    for _ in range(2):
        await upkeep.tick(module.EXPIRE_EVERY)
        clock.forward(hours=11)
    assert await asyncio.to_thread(status) == "held"
    said, = events.named("incident")  # type: ignore[attr-defined]
    assert said["part"] == "clock" and "87600 h ahead" in said["reason"]
    if set_right:
        clock.leap(days=-3650)
    clock.forward(hours=3)
    await upkeep.tick(module.EXPIRE_EVERY)
    assert await asyncio.to_thread(status) == ("held" if set_right else "expired")
    await keeper.stop()


async def test_decisions_about_many_and_the_index(keeper: Keeper, held: Held, clock: FakeClock) -> None:
    upkeep = Upkeep(keeper.committer, keeper.readers, keeper.ports.events)
    service = keeper.service

    def prepare() -> str:
        id = held(leak)
        service.user_add(ROOT, "anna", ["analyst"], ["anna@bank.example"], password="correct horse battery")
        service.batch(service.actor("anna", "console"), "deny", [id], "all of them")
        QuarantinedMessage.objects.update(place=None)
        return id

    id = await asyncio.to_thread(prepare)
    await upkeep.tick(1)
    row = await asyncio.to_thread(lambda: QuarantinedMessage.objects.get(pk=id))
    assert row.status == "held" and row.place is not None and not upkeep.indexing
    clock.forward(seconds=11)
    await upkeep.tick(2)
    assert (await asyncio.to_thread(lambda: QuarantinedMessage.objects.get(pk=id))).status == "denied"
    await keeper.stop()


async def test_what_is_measured(keeper: Keeper, held: Held, clock: FakeClock) -> None:
    metrics = Recorder()
    upkeep = Upkeep(keeper.committer, keeper.readers, keeper.ports.events, metrics)
    await asyncio.to_thread(held)
    clock.forward(seconds=30)
    await upkeep.tick(1)
    seen = {(name, *labels): value for (name, labels), value in metrics.take().gauges.items()}
    assert seen["sekisho_quarantine_items", "held"] == 1 and seen["sekisho_quarantine_items", "released"] == 0
    assert seen["sekisho_quarantine_bytes",] > 0 and seen["sekisho_audit_chain_ok",] == 1
    assert ("sekisho_outbox_entries",) in seen and ("sekisho_outbox_oldest_seconds",) in seen
    await upkeep.tick(1 + module.CHAIN_EVERY)
    await asyncio.to_thread(lambda: AuditRecord.objects.update(actor="somebody else"))
    await asyncio.to_thread(held)
    upkeep.follower = None
    await upkeep.tick(1 + module.CHAIN_EVERY)
    assert metrics.take().gauges["sekisho_audit_chain_ok", ()] == 0
    assert "the record was changed" in keeper.ports.events.named("incident")[-1]["reason"]  # type: ignore[attr-defined]
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
