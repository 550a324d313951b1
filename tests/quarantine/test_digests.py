"""More notices to one reader than an hour may bring become one digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gateway.model.custody import OutgoingMail
from quarantine.digests import WAITS
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from tests.builders.custody import Held, House, leak, octets
from tests.builders.keeper import OK

READER = "staff@bank.example"
CAP = 3


@pytest.fixture
def house_of_held(house: House, held: Held) -> House:
    """Ten held messages without notices of their own."""
    for _ in range(10):
        held(leak)
    OutboxEntry.objects.all().delete()
    return house


def notices(house: House, count: int, purpose: str = "notice", to: str = READER) -> list[str]:
    rows = QuarantinedMessage.objects.order_by("id")[:count]
    with house.service.transaction():
        return [house.service.enqueue(OutgoingMail(to, b"Subject: one\r\n\r\n", purpose), row, "ready") for row in rows]


def send_due(house: House) -> list[str]:
    """What leaves now, as the outbox would do it; the entries' purposes."""
    left = []
    while due := house.service.due():
        for one in due:
            if house.service.turn(one.id, CAP):
                assert house.service.begin(one.id)
                house.service.finish(one.id, OK)
                left.append(one.purpose)
    return left


def test_fifty_blocks_in_an_hour_are_the_cap_and_one_digest(house_of_held: House) -> None:
    for _ in range(5):
        notices(house_of_held, 10)
    assert send_due(house_of_held) == ["notice"] * CAP
    house_of_held.clock.forward(minutes=59)
    assert send_due(house_of_held) == []
    house_of_held.clock.forward(minutes=2)
    assert send_due(house_of_held) == ["digest"]
    told = OutboxEntry.objects.filter(state="dropped")
    assert told.count() == 47 and {bytes(e.content) for e in told} == {b""}, "their octets are destroyed"
    assert AuditRecord.objects.filter(action="digest").count() == 1
    house_of_held.clock.forward(hours=5)
    assert send_due(house_of_held) == []


def test_what_comes_while_others_wait_joins_them(house_of_held: House) -> None:
    notices(house_of_held, 5)
    send_due(house_of_held)
    house_of_held.clock.forward(minutes=30)
    late = notices(house_of_held, 1)
    assert send_due(house_of_held) == []
    assert OutboxEntry.objects.get(pk=late[0]).last_reply == WAITS
    house_of_held.clock.forward(minutes=31)
    assert send_due(house_of_held) == ["digest"]


def test_no_second_digest_within_the_hour(house_of_held: House) -> None:
    for _ in range(3):
        notices(house_of_held, 10)
        send_due(house_of_held)
        house_of_held.clock.forward(minutes=61)
    begun = OutboxEntry.objects.filter(purpose="digest").order_by("created_at").values_list("finished_at", flat=True)
    done = [at for at in begun if at]
    assert len(done) >= 2 and all(b - a >= timedelta(hours=1) for a, b in pairwise(done))


def test_a_single_one_that_waited_is_sent_as_it_is(house_of_held: House) -> None:
    notices(house_of_held, CAP + 1)
    assert send_due(house_of_held) == ["notice"] * CAP
    house_of_held.clock.forward(minutes=61)
    assert send_due(house_of_held) == ["notice"]


def test_other_readers_and_answers_are_not_gathered(house_of_held: House) -> None:
    notices(house_of_held, CAP)
    assert send_due(house_of_held) == ["notice"] * CAP
    notices(house_of_held, 2, "answer")
    notices(house_of_held, 1, to="other@bank.example")
    assert send_due(house_of_held) == ["notice"], "the other reader's"
    house_of_held.clock.forward(minutes=61)
    assert send_due(house_of_held) == ["answer"] * 2


def test_without_a_writer_of_digests_they_are_spread_over_hours(house_of_held: House) -> None:
    house_of_held.service.answers = None
    notices(house_of_held, 2 * CAP)
    assert len(send_due(house_of_held)) == CAP
    house_of_held.clock.forward(minutes=61)
    assert len(send_due(house_of_held)) == CAP


def test_those_under_way_count(house_of_held: House) -> None:
    first, *_ = notices(house_of_held, 1)
    assert not house_of_held.service.turn(first, CAP, CAP) and not house_of_held.service.turn("gone", CAP)


def test_a_daily_digest_waits_for_its_hour_and_has_only_what_is_new(house: House, held: Held) -> None:
    house.service.settings = replace(house.service.settings, digest={"": "off", "bank.example": "daily"}, digest_at="10:30",
                                     timezone="Asia/Taipei")       # 02:30 UTC; the clock begins at 01:00
    for n in range(3):
        held(data=octets(f"{n}"), notices=(OutgoingMail("staff@bank.example", b"Subject: one\r\n\r\n", "notice"),))
    for entry in house.service.due():
        assert not house.service.turn(entry.id, 20)
    assert house.service.due() == [], "nothing before its time, and a day ahead is not too far ahead"
    house.clock.forward(minutes=91)
    first = house.service.due()[0]
    assert not house.service.turn(first.id, 20)
    [digest] = [d for d in house.service.due() if d.purpose == "digest"]
    assert house.service.turn(digest.id, 20) and [d.id for d in house.service.due()] == [digest.id]
    house.service.begin(digest.id)
    house.service.finish(digest.id, OK)
    held(data=octets("late"), notices=(OutgoingMail("staff@bank.example", b"Subject: two\r\n\r\n", "notice"),))
    [late] = house.service.due()
    assert not house.service.turn(late.id, 20)
    house.clock.forward(hours=24)
    [alone] = house.service.due()
    assert alone.id == late.id and house.service.turn(alone.id, 20), "one alone is told as it is, in full"


def test_what_concerns_a_sender_does_not_wait_for_a_digest(house: House, held: Held) -> None:
    house.service.settings = replace(house.service.settings, digest={"": "hourly"})
    held(data=octets("in"), notices=(OutgoingMail("clerk@bank.example", b"Subject: in\r\n\r\n", "notice"),))
    [waiting] = house.service.due()
    assert not house.service.turn(waiting.id, 20)
    held(leak, notices=(OutgoingMail("clerk@bank.example", b"Subject: out\r\n\r\n", "notice"),))
    [urgent] = house.service.due()
    assert house.service.turn(urgent.id, 20)


def test_a_code_never_waits(house: House) -> None:
    ids = [house.service.enqueue(OutgoingMail("staff@bank.example", b"Subject: 1\r\n\r\n", "code"), None, "ready") for _ in range(5)]
    assert all(house.service.turn(id, 1, 9) for id in ids)


@pytest.mark.parametrize(("now", "period", "then"), [
    ("2026-11-21T01:00", "hourly", "2026-11-21T02:00"), ("2026-11-21T01:59:59", "hourly", "2026-11-21T02:00"),
    ("2026-11-21T00:29", "daily", "2026-11-21T00:30"), ("2026-11-21T00:30", "daily", "2026-11-22T00:30"),
    ("2026-11-21T23:00", "daily", "2026-11-22T00:30")])
def test_when_a_period_is_over(house: House, now: str, period: str, then: str) -> None:
    house.service.settings = replace(house.service.settings, digest_at="08:30", timezone="Asia/Taipei")
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert house.service._period_over(period, at) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_what_was_put_off_is_not_gathered_before_its_time(house_of_held: House) -> None:
    """The outbox may ask again for what it found due before it was put off."""
    notices(house_of_held, CAP + 3)
    found = house_of_held.service.due()
    send_due(house_of_held)
    for entry in found:
        assert not house_of_held.service.turn(entry.id, CAP)
    assert not any(entry.purpose == "digest" for entry in house_of_held.service.due())
    house_of_held.clock.forward(minutes=61)
    assert not house_of_held.service.turn(house_of_held.service.due()[0].id, CAP)
    assert [entry.purpose for entry in house_of_held.service.due()] == ["digest"]
