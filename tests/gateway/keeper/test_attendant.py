"""The keeper attends to what it holds: strips, asks, escalates, forgets; a failure is told and does not stop the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from gateway.journal.reader import JournalUnreadable
from gateway.keeper.attendant import FORGET_EVERY, LATE_EVERY, Attendant
from quarantine.models import ApprovalTask, Pass, QuarantinedMessage
from tests.builders.custody import ROOT, House, leak
from tests.builders.keeper import FakeEvents
from tests.builders.links import link, scribe
from tests.quarantine.test_directory import ROWS
from tests.quarantine.test_scope import INSPECTION


class Inline:
    """A committer in the caller's thread."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def service(self) -> Any:
        return self.house.service

    async def run(self, work: Any) -> Any:
        return work(self.house.service)


@pytest.fixture
def attendant(house: House, monkeypatch: pytest.MonkeyPatch) -> Attendant:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    house.service.settings = replace(house.service.settings, our_domains=frozenset({"bank.example"}))
    made = Attendant(Inline(house), ThreadPoolExecutor(1), FakeEvents(), house.clock.monotonic)  # type: ignore[arg-type]

    async def here(work: Any) -> Any:
        return work()

    object.__setattr__(made, "events", FakeEvents())
    monkeypatch.setattr(Attendant, "_read", lambda self, work: here(work))
    return made


async def test_it_strips_and_asks_and_says_that_something_waits(house: House, held: Any, attendant: Attendant) -> None:
    scribe(house)
    house.service.directory_import(ROOT, ROWS, "x")
    woken: list[int] = []
    attendant.done = lambda: woken.append(1)
    attendant.met = lambda sender, addresses: ["partner@else.example"]
    stripped = held(disposition="strip", inspection=INSPECTION)
    held(leak, recipients=("partner@else.example", "new@else.example"))
    assert await attendant.round() == 2 and woken == [1]
    assert QuarantinedMessage.objects.get(pk=stripped).status == "releasing"
    assert ApprovalTask.objects.get().first_time == ["new@else.example"]
    assert await attendant.round() == 0


async def test_deadlines_and_old_links_in_their_time(house: House, held: Any, attendant: Attendant) -> None:
    told = scribe(house)
    house.service.directory_import(ROOT, ROWS, "x")
    link(house, "staff@bank.example", "recipient", held(leak), days=1)
    await attendant.round()
    house.clock.forward(hours=5)
    assert await attendant.round() == 1 and told.events().count("approval") == 2
    house.clock.forward(days=60, seconds=LATE_EVERY + FORGET_EVERY)
    await attendant.round()
    assert not Pass.objects.filter(mailbox="staff@bank.example").exists()


async def test_a_journal_that_cannot_be_read_makes_everybody_a_stranger(house: House, held: Any, attendant: Attendant) -> None:
    scribe(house)
    house.service.directory_import(ROOT, ROWS, "x")

    def broken(sender: str, addresses: Any) -> Any:
        raise JournalUnreadable("journal.db: damaged")

    attendant.met = broken
    held(leak)
    assert await attendant.round() == 1
    assert ApprovalTask.objects.get().first_time == ["partner@else.example"]
    assert attendant.events.named("incident")  # type: ignore[attr-defined]


async def test_a_broken_message_does_not_stand_in_the_way_of_the_others(house: House, held: Any, attendant: Attendant) -> None:
    scribe(house)
    house.service.directory_import(ROOT, ROWS, "x")
    broken = held(leak)
    QuarantinedMessage.objects.filter(pk=broken).update(detail=b"broken")
    held(leak, data=b"Subject: other\r\n\r\n")
    assert await attendant.round() == 1 and await attendant.round() == 0
    assert ApprovalTask.objects.count() == 1 and len(attendant.events.named("incident")) == 1  # type: ignore[attr-defined]


async def test_an_approval_whose_message_broke_ends_and_the_next_one_goes_on(house: House, held: Any, attendant: Attendant) -> None:
    told = scribe(house)
    house.service.directory_import(ROOT, ROWS, "x")
    broken = held(leak)
    held(leak, data=b"Subject: other\r\n\r\n")
    await attendant.round()
    QuarantinedMessage.objects.filter(pk=broken).update(detail=b"broken")
    house.clock.forward(hours=5)
    await attendant.round()
    assert sorted(ApprovalTask.objects.values_list("outcome", flat=True)) == ["", "ended", "escalated"]
    assert told.events().count("escalated") == 1
