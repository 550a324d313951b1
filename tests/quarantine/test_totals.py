from __future__ import annotations

from quarantine.service import QuarantineService
from tests.builders.custody import ROOT, FakeClock, Held, House, leak, octets


def test_what_there_is(service: QuarantineService, held: Held, clock: FakeClock, house: House) -> None:
    service.answers = None
    assert (service.totals().items, service.totals().octets, service.totals().waiting, service.totals().oldest) == ({}, 0, 0, 0.0)
    first, _ = held(leak), held(leak)
    service.delete(ROOT, held(leak), "not needed")
    before = service.totals().waiting
    service.release(ROOT, first, "go")
    clock.forward(seconds=90)
    totals = service.totals()
    assert totals.items["held"] == 1 and totals.items["releasing"] == 1 and sum(totals.items.values()) == 3
    assert totals.octets == 2 * len(octets()) and totals.waiting == before + 1 and totals.oldest >= 90
