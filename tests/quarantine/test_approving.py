"""A held leak finds who decides, and goes on to the next one when nobody does: never dropped, never sent by waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.model.custody import Status
from quarantine.models import ApprovalTask, AuditRecord, OutboxEntry, Pass, QuarantinedMessage
from tests.builders.custody import BOSS, CLERK, ROOT, House, leak
from tests.builders.links import Scribe, scribe
from tests.quarantine.test_directory import ROWS

OUT = ("partner@else.example", "colleague@bank.example", "friend@new.example")


@pytest.fixture
def told(house: House) -> Scribe:
    house.service.settings = replace(
        house.service.settings, our_domains=frozenset({"bank.example"}), owners={"inbound": "Owner@bank.example"}, timezone="Asia/Taipei",
        approval_deadline=timedelta(hours=4))
    house.service.directory_import(ROOT, [ROWS[0], ROWS[1] | {"deputies": []}, ROWS[2]], "staff.csv")
    return scribe(house)


def attended(house: House, held: Any, **changes: Any) -> str:
    id = held(leak, **{"recipients": OUT} | changes)
    assert house.service.to_attend() == [id]
    house.service.attend(id)
    assert house.service.to_attend() == [] and house.service.attend(id) == ""
    return str(id)


def test_the_superior_is_asked_at_once_with_what_is_needed_to_decide(house: House, held: Any, told: Scribe) -> None:
    id = attended(house, held)
    [(event, reader, seen)] = told.told
    assert (event, reader) == ("approval", "boss@bank.example")
    assert seen["outside"] == ["partner@else.example", "friend@new.example"] == seen["first_time"]
    assert seen["persons"] == 5 and seen["inspection"]["findings"] and seen["due_at"] > seen["received_at"]
    granted = Pass.objects.get()
    assert (granted.party, granted.messages, granted.mailbox) == ("approver", [id], "boss@bank.example")


def test_who_was_written_to_before_is_no_stranger(house: House, held: Any, told: Scribe) -> None:
    first = attended(house, held, recipients=("partner@else.example",))
    house.service.release(BOSS, first, "known partner")
    QuarantinedMessage.objects.get(pk=first).recipients.update(outcome="delivered")
    second = held(leak, recipients=(*OUT, "third@else.example"))
    assert house.service.correspondents(second) == ("clerk@bank.example", [OUT[0], OUT[2], "third@else.example"])
    house.service.attend(second, {"friend@new.example"})
    assert told.told[-1][2]["first_time"] == ["third@else.example"]


def test_after_the_deadline_the_next_one_then_the_owner_then_reminders(house: House, held: Any, told: Scribe) -> None:
    id = attended(house, held)
    assert house.service.escalate() == 0
    for wanted in ("head@bank.example", "owner@bank.example", "owner@bank.example", "owner@bank.example"):
        house.clock.forward(hours=4)
        assert house.service.escalate() == 1 and house.service.escalate() == 0
        assert ApprovalTask.objects.get(outcome="").approver == wanted
    assert [(e, r) for e, r, _ in told.told] == [
        ("approval", "boss@bank.example"), ("approval", "head@bank.example"), ("escalated", "clerk@bank.example"),
        ("approval", "owner@bank.example"), ("escalated", "clerk@bank.example"), ("approval", "owner@bank.example"),
        ("approval", "owner@bank.example")]
    assert told.told[1][2]["asked_before"] == "boss@bank.example" and told.told[-1][2]["again"]
    assert QuarantinedMessage.objects.get(pk=id).status == Status.HELD
    assert not OutboxEntry.objects.filter(purpose="release").exists(), "nothing is sent by waiting"
    assert AuditRecord.objects.filter(action="escalate").count() == 2 and AuditRecord.objects.filter(action="remind").count() == 2


def test_a_decision_ends_it_whoever_took_it(house: House, held: Any, told: Scribe) -> None:
    id = attended(house, held)
    house.service.deny(BOSS, id, "no")
    house.clock.forward(hours=5)
    house.service.escalate()
    assert ApprovalTask.objects.get().outcome == "decided" and "escalated" not in told.events()


def test_expiry_ends_it_and_is_told(house: House, held: Any, told: Scribe) -> None:
    attended(house, held)
    house.clock.forward(days=91)
    assert house.service.expire() == 1
    house.service.escalate()
    assert ApprovalTask.objects.get().outcome == "ended" and told.events()[-1] == "expired"


def test_a_request_reminds_who_was_asked_and_not_somebody_else(house: House, held: Any, told: Scribe) -> None:
    id = attended(house, held)
    house.service.request(CLERK, id, "the partner waits")
    assert told.told[-1][:2] == ("requested", "boss@bank.example")


def test_a_sender_whom_nobody_knows_goes_to_the_owner(house: House, held: Any, told: Scribe) -> None:
    attended(house, held, sender="temp@bank.example")
    assert told.told[-1][1] == "owner@bank.example"


def test_a_superior_who_gets_the_mail_does_not_decide_about_it(house: House, held: Any, told: Scribe) -> None:
    attended(house, held, recipients=("boss@bank.example", "partner@else.example"))
    assert told.told[-1][1] == "head@bank.example"


def test_a_deputy_is_told_for_whom(house: House, held: Any, told: Scribe) -> None:
    house.service.directory_import(ROOT, [ROWS[0], ROWS[1] | {"deputies": [["vera@bank.example", "2026-11-21", "2026-11-21"]]}], "x")
    attended(house, held)
    assert told.told[-1][1] == "vera@bank.example" and told.told[-1][2]["instead_of"] == "boss@bank.example"


def test_without_a_directory_nobody_is_asked_by_itself(house: House, held: Any) -> None:
    told = scribe(house)
    attended(house, held)
    assert told.told == [] and not ApprovalTask.objects.exists()


def test_inbound_mail_has_no_superior_to_ask(house: House, held: Any, told: Scribe) -> None:
    held()
    assert house.service.to_attend() == [] and told.told == []


def test_where_two_are_needed_the_second_is_asked_at_once(house: House, held: Any, told: Scribe) -> None:
    id = attended(house, held, persons=500)
    assert house.service.approve(BOSS, id, "fine with me").status is Status.RELEASE_REQUESTED
    assert [(e, r) for e, r, _ in told.told] == [("approval", "boss@bank.example"), ("approval", "head@bank.example")]
    assert list(ApprovalTask.objects.order_by("id").values_list("outcome", flat=True)) == ["decided", ""]


def test_where_one_is_enough_nobody_else_is_asked(house: House, held: Any, told: Scribe) -> None:
    assert house.service.approve(BOSS, attended(house, held), "yes").status is Status.RELEASING
    assert told.events() == ["approval"]
