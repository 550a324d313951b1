"""At most one delivery, save in the window of RFC 1047, wherever the process dies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from gateway.effects import outbox as effects
from gateway.effects.outbox import Outbox
from gateway.model.custody import OutgoingMail
from gateway.model.errors import CustodyUnavailable
from gateway.model.finding import Fault, Incident, IncidentCode, Inspection, Severity
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from quarantine import marks
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ROOT, Held, House, leak, octets
from tests.builders.keeper import OK, FakeDelivery, FakeEvents, FakeRescan, RealClock, inspection, unreachable


class Crash(BaseException):
    """The process is gone at this point."""


class DirectStore:
    """The durable side without a keeper: the service called as it is."""

    def __init__(self, service: QuarantineService) -> None:
        self.service = service

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            return getattr(self.service, name)(*arguments)
        return call


@pytest.fixture(autouse=True)
def allow_orm_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@dataclass
class Post:
    house: House
    outbox: Outbox
    delivery: FakeDelivery
    events: FakeEvents
    rescan: FakeRescan

    def row(self, id: str) -> QuarantinedMessage:
        return QuarantinedMessage.objects.get(pk=id)

    def restart(self) -> None:
        """A new process on the same state, with the same next hop."""
        service = self.house.again()
        service.start()
        self.house.service = service
        self.outbox = make(self.house, service, self.delivery, self.events, self.rescan)


def make(house: House, service: QuarantineService, delivery: FakeDelivery, events: FakeEvents, rescan: FakeRescan) -> Outbox:
    return Outbox(DirectStore(service), delivery, RealClock(house), events, rescan, insist=0.01)


@pytest.fixture
def post(house: House) -> Post:
    house.service.answers = None
    house.answers = None  # type: ignore[assignment]
    delivery, events, rescan = FakeDelivery(), FakeEvents(), FakeRescan()
    return Post(house, make(house, house.service, delivery, events, rescan), delivery, events, rescan)


def dies_at(point: str):
    def failpoint(name: str) -> None:
        if name == point:
            raise Crash(name)
    return failpoint


async def test_released_octet_for_octet_under_one_line(post: Post, held: Held) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    assert await post.outbox.drained() == 1
    (sender, to, head, body), = post.delivery.taken
    assert (sender, to, body) == ("clerk@bank.example", ("partner@else.example",), octets())
    mark = marks.parse(head.decode().strip())
    assert mark is not None and mark.id == id and mark.attempt == 1
    assert post.row(id).status == "released"
    assert await post.outbox.drained() == 0


@pytest.mark.parametrize(("point", "deliveries", "unknown"), [
    ("outbox-before-begin", 1, False),
    ("outbox-after-begin", 1, True),
    ("outbox-after-deliver", 2, True),               # the window of RFC 1047: the 250 was never written down
    ("outbox-after-finish", 1, False),
])
async def test_a_crash_at_each_step(post: Post, held: Held, point: str, deliveries: int, unknown: bool) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    post.outbox.failpoint = dies_at(point)
    await post.outbox.drained(rounds=1)
    post.restart()
    assert (post.row(id).status == "delivery_unknown") == unknown
    await post.outbox.drained()
    assert post.row(id).status == "released"
    assert len(post.delivery.taken) == deliveries
    assert len({(sender, to, body) for sender, to, _, body in post.delivery.taken}) == 1, "the same message, if twice"
    await post.outbox.drained()
    assert len(post.delivery.taken) == deliveries


@pytest.mark.parametrize("point", ["release-before-commit", "before-commit"])
async def test_a_crash_before_the_decision_is_committed(post: Post, held: Held, point: str) -> None:
    id = held(leak)
    post.house.service.failpoint = dies_at(point)
    with pytest.raises(Crash):
        post.house.service.release(ROOT, id, "go")
    post.restart()
    await post.outbox.drained()
    assert post.row(id).status == "held" and not post.delivery.taken
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert len(post.delivery.taken) == 1


async def test_an_unanswered_final_dot_is_shown_and_tried_again_with_the_same_id(post: Post, held: Held) -> None:
    id = held(leak)
    post.delivery.script = [RelayResult(Reply(451, "4.4.2", "connection lost"), {}, uncertain=True)]
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert post.row(id).status == "delivery_unknown" and "connection lost" in post.row(id).note
    post.house.clock.forward(minutes=2)
    await post.outbox.drained()
    assert post.row(id).status == "released"
    first, second = post.delivery.taken
    assert first[3] == second[3] and marks.parse(first[2].decode().strip()).id == marks.parse(second[2].decode().strip()).id == id


async def test_a_person_can_hasten_an_uncertain_delivery_but_not_double_it(post: Post, held: Held) -> None:
    id = held(leak)
    post.delivery.script = [RelayResult(Reply(451, "4.4.2", "lost"), {}, uncertain=True)]
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    for _ in range(5):
        post.house.service.release(ROOT, id, "now, please")
    await post.outbox.drained()
    assert len(post.delivery.taken) == 2 and OutboxEntry.objects.count() == 1
    assert post.row(id).status == "released"


async def test_back_off_until_the_next_hop_is_back(post: Post, held: Held) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    post.delivery.script = [unreachable(), RelayResult(Reply(451, "4.3.0", "later"), {}), unreachable()]
    waits = []
    for _ in range(3):
        assert await post.outbox.drained() == 1
        entry = OutboxEntry.objects.get()
        waits.append((entry.next_at - post.house.clock.now()).total_seconds())
        assert await post.outbox.drained() == 0, "not before its time"
        post.house.clock.at = entry.next_at
    assert waits == [30, 60, 120]
    assert post.row(id).status == "releasing" and "connection refused" in post.row(id).note
    await post.outbox.drained()
    assert post.row(id).status == "released" and len(post.delivery.taken) == 1


async def test_refused_for_good_is_held_again_with_the_reason(post: Post, held: Held) -> None:
    id = held(leak)
    post.delivery.script = [RelayResult(Reply(550, "5.1.1", "no such user"), {})]
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    row = post.row(id)
    assert row.status == "held" and "550 5.1.1 no such user" in row.note
    post.house.service.release(ROOT, id, "address exists now")
    await post.outbox.drained()
    assert post.row(id).status == "released" and len(post.delivery.taken) == 1


async def test_each_recipient_has_its_own_outcome(post: Post, held: Held) -> None:
    id = held(leak, recipients=("a@else.example", "b@else.example", "c@else.example"))
    post.delivery.script = [RelayResult(Reply(250, "2.0.0", "Ok"), {
        "b@else.example": Reply(550, "5.1.1", "unknown"), "c@else.example": Reply(450, "4.2.1", "full")})]
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert post.row(id).status == "releasing"
    post.house.clock.forward(minutes=1)
    await post.outbox.drained()
    assert [to for _, to, *_ in post.delivery.taken] == [("a@else.example",), ("c@else.example",)]
    row = post.row(id)
    assert row.status == "released" and row.note == "b@else.example: 550 5.1.1 unknown"
    assert post.house.service.show(ROOT, id)["outcomes"] == {
        "a@else.example": "delivered", "b@else.example": "550 5.1.1 unknown", "c@else.example": "delivered"}


async def test_a_release_that_nobody_takes_for_days_is_held_again(post: Post, held: Held) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    for _ in range(200):
        post.delivery.script = [unreachable()]
        if not await post.outbox.drained():
            break
        post.house.clock.forward(hours=1)
    assert post.row(id).status == "held" and post.row(id).note.startswith("given up: ")
    assert post.house.clock.now() - post.row(id).admitted_at < timedelta(days=6)


async def test_something_new_stops_the_release_until_two_persons_know_it(post: Post, held: Held) -> None:
    id = held(leak)
    post.rescan.inspection = inspection("EXECUTABLE-PE", "MACRO-AUTOEXEC")    # the first is known since its admission
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    row = post.row(id)
    assert (row.status, row.news, row.approvals) == ("release_blocked", ["MACRO-AUTOEXEC"], 2)
    assert not post.delivery.taken and post.events.named("release-blocked")
    post.house.service.release(ROOT, id, "seen, harmless")
    await post.outbox.drained()
    assert post.row(id).status == "released" and len(post.delivery.taken) == 1


@pytest.mark.parametrize(("today", "blocked"), [
    (inspection("EXECUTABLE-PE"), False),
    (inspection("ACTIVE-LINK", severity=Severity.MEDIUM), False),
    (inspection("SCRIPT-JS", severity=Severity.CRITICAL), True),
    (Inspection(inspection().tree, (), (Incident(IncidentCode.CRASH, 0),)), True),
    (inspection(), False),
])
async def test_what_counts_as_new(post: Post, held: Held, today: Inspection, blocked: bool) -> None:
    id = held(leak)
    post.rescan.inspection = today
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert post.row(id).status == ("release_blocked" if blocked else "released")


async def test_our_own_fault_at_the_re_scan_is_tried_again(post: Post, held: Held) -> None:
    id = held(leak)
    post.rescan.inspection = Inspection(inspection().tree, (), (Incident(IncidentCode.TIMEOUT, 0, Fault.GATEWAY),))
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert post.row(id).status == "releasing" and not post.delivery.taken
    post.rescan.inspection = inspection()
    post.house.clock.forward(minutes=1)
    await post.outbox.drained()
    assert post.row(id).status == "released"


async def test_a_fault_inside_the_delivery_counts_as_uncertain(post: Post, held: Held) -> None:
    id = held(leak)
    post.delivery.script = [ZeroDivisionError("a programmer's fault")]
    post.house.service.release(ROOT, id, "go")
    await post.outbox.drained()
    assert post.row(id).status == "delivery_unknown"


async def test_a_database_that_cannot_write_does_not_make_a_second_delivery(post: Post, held: Held) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    finish, failures = post.house.service.finish, [CustodyUnavailable("locked"), CustodyUnavailable("full")]

    def stubborn(*arguments: Any) -> str:
        if failures:
            raise failures.pop()
        return finish(*arguments)
    post.house.service.finish = stubborn  # type: ignore[method-assign]
    await post.outbox.drained()
    assert post.row(id).status == "released" and len(post.delivery.taken) == 1


def notices(service: QuarantineService, count: int, to: str = "staff@bank.example") -> None:
    with service.transaction():
        for n in range(count):
            service.enqueue(OutgoingMail(to, f"Subject: {n}\r\n\r\n".encode(), "notice"), None, "ready")


async def test_notices_go_out_from_the_null_sender_and_their_octets_are_destroyed(post: Post) -> None:
    notices(post.house.service, 1)
    await post.outbox.drained()
    assert post.delivery.taken == [("", ("staff@bank.example",), b"", b"Subject: 0\r\n\r\n")]
    entry = OutboxEntry.objects.get()
    assert (entry.state, bytes(entry.content), entry.wrapped_key) == ("done", b"", None)


@pytest.mark.parametrize(("said", "state"), [
    (RelayResult(Reply(550, "5.1.1", "unknown"), {}), "failed"), (unreachable(), "ready"), (OK, "done")])
async def test_what_becomes_of_a_notice(post: Post, said: Any, state: str) -> None:
    notices(post.house.service, 1)
    post.delivery.script = [said]
    await post.outbox.drained()
    assert OutboxEntry.objects.get().state == state


async def test_notices_are_given_up_after_days(post: Post) -> None:
    notices(post.house.service, 1)
    for _ in range(100):
        post.delivery.script = [unreachable()]
        await post.outbox.drained()
        post.house.clock.forward(hours=1)
    assert OutboxEntry.objects.get().state == "failed"
    assert AuditRecord.objects.filter(action="given-up").count() == 1


async def test_a_flood_of_notices_to_one_reader_is_spread_over_hours(post: Post) -> None:
    post.outbox.notices_an_hour, post.outbox.parallel = 10, 1
    notices(post.house.service, 25)
    notices(post.house.service, 1, "other@bank.example")
    await post.outbox.drained()
    assert len(post.delivery.taken) == 11
    for _ in range(20):
        post.house.clock.forward(minutes=15)
        await post.outbox.drained()
    assert len(post.delivery.taken) == 26


async def test_a_clock_set_back_does_not_stop_the_post(post: Post, held: Held) -> None:
    id = held(leak)
    post.house.service.release(ROOT, id, "go")
    post.house.clock.forward(days=-30)
    await post.outbox.drained()
    assert post.row(id).status == "released"


async def test_deliveries_run_side_by_side_up_to_the_limit(post: Post) -> None:
    notices(post.house.service, 10)
    under_way, most = 0, 0

    async def slow(*_: Any) -> RelayResult:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return OK
    post.delivery.deliver = slow  # type: ignore[method-assign]
    await post.outbox.drained()
    assert most == post.outbox.parallel
    assert OutboxEntry.objects.filter(state="done").count() == 10


async def test_destroyed_content_does_not_stop_the_others(post: Post, held: Held) -> None:
    first, second = held(leak), held(leak)
    for id in (first, second):
        post.house.service.release(ROOT, id, "go")
    blob = post.row(first).blob
    (post.house.directory / "blobs" / blob).write_bytes(b"rubbish")
    await post.outbox.drained()
    assert post.row(second).status == "released"
    assert post.row(first).status == "releasing" and post.events.named("incident")


async def test_the_queue_for_people(post: Post, held: Held) -> None:
    id = held(leak)
    service = post.house.service
    service.release(ROOT, id, "go")
    post.delivery.script = [unreachable()]
    await post.outbox.drained()
    entry, = service.queue(ADMIN)
    assert (entry["id"], entry["purpose"], entry["attempts"], entry["state"]) == (id, "release", 1, "ready")
    assert service.queue_retry(ADMIN) == 1
    service.queue_drop(ADMIN, id, "not wanted")
    assert post.row(id).status == "held" and service.queue(ADMIN) == []
    assert await post.outbox.drained() == 0


def test_labels() -> None:
    assert effects.label("MACRO-X", "") == "MACRO-X" and effects.label("SIGNATURE-YARA", "r1") == "SIGNATURE-YARA r1"


async def test_side_by_side_nobody_gets_more_than_the_cap(post: Post) -> None:
    post.outbox.notices_an_hour, post.outbox.parallel = 3, 8
    notices(post.house.service, 8)
    await post.outbox.drained()
    assert len(post.delivery.taken) == 3 and not +post.outbox.telling
