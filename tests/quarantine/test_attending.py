"""What is held to be sent without a part leaves by itself, as far as the policy lets it; the original stays."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model.custody import OutgoingMail, Status
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from quarantine.attending import NOTHING
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, HeldRecipient, OutboxEntry, QuarantinedMessage
from quarantine.scope import NO_PART
from tests.builders.custody import ANNA, BEN, CLERK, STAFF, House, leak
from tests.quarantine.test_scope import INSPECTION, TWO

OK = RelayResult(Reply(250, "2.0.0", "Ok"), {})


def test_strip_leaves_at_once_and_the_original_can_still_be_asked_for(house: House, held: Any) -> None:
    id = held(disposition="strip", inspection=INSPECTION)
    assert house.service.to_attend() == [id] and house.service.attend(id) == "strip"
    out = house.service.prepare(id)
    assert out.automatic and out.without == ("2",)
    house.service.begin(id)
    assert house.service.finish(id, OK) == "delivered"
    row = QuarantinedMessage.objects.get()
    assert (row.status, HeldRecipient.objects.get().outcome) == (Status.HELD, "stripped")
    assert house.answers.told == [], "the placeholder says it"
    house.service.request(STAFF, id, "I need the file")
    for approver in (ANNA, BEN):
        house.service.approve(approver, id, "harmless")
    whole = house.service.prepare(id)
    assert (whole.automatic, whole.without, len(whole.envelope.recipients)) == (False, (), 1)
    house.service.begin(id)
    house.service.finish(id, OK)
    assert HeldRecipient.objects.get().outcome == "delivered" and QuarantinedMessage.objects.get().status == Status.RELEASED


def test_pending_mail_waits_for_its_confirmation(house: House, held: Any) -> None:
    id = held(disposition="strip", inspection=INSPECTION, pending=True)
    assert house.service.to_attend() == [] and house.service.attend(id) == ""
    house.service.confirm(id)
    assert house.service.to_attend() == [id]


def test_where_nothing_can_be_taken_out_all_of_it_stays(house: House, held: Any) -> None:
    id = held(disposition="strip", inspection={"findings": [{"code": "SPOOF-X", "severity": "high", "artifact": "message"}]})
    assert house.service.attend(id) == ""
    row = QuarantinedMessage.objects.get()
    assert (row.status, row.note) == (Status.HELD, NOTHING) and AuditRecord.objects.filter(action="strip").exists()


def test_what_may_not_pass_even_so_stays_held_and_its_reader_is_told_once(house: House, held: Any) -> None:
    id = held(disposition="strip", inspection=INSPECTION)
    house.service.attend(id)
    house.service.hinder(id, "not by the policy")
    assert QuarantinedMessage.objects.get().status == Status.HELD and house.service.to_attend() == []
    assert house.answers.told == [] and [(e.purpose, e.recipient) for e in OutboxEntry.objects.exclude(purpose="release")] == [
        ("digest", "staff@bank.example")]


def test_who_got_a_notice_already_gets_no_second_one(house: House, held: Any) -> None:
    id = held(disposition="strip", inspection=INSPECTION, notices=(OutgoingMail("Staff@bank.example", b"Subject: held\r\n\r\n", "notice"),))
    house.service.attend(id)
    house.service.hinder(id, "signed")
    assert [e.purpose for e in OutboxEntry.objects.exclude(purpose="release")] == ["notice"]


def test_a_wish_that_cannot_be_fulfilled_is_answered(house: House, held: Any) -> None:
    id = held(leak, inspection=INSPECTION)
    house.service.send_rest(CLERK, id, "please")
    house.service.hinder(id, "the rest may not pass either")
    assert [event for event, *_ in house.answers.told] == ["unsent"]


def test_an_uncertain_delivery_is_not_begun_anew(house: House, held: Any) -> None:
    id = held(leak, inspection=INSPECTION)
    QuarantinedMessage.objects.update(status=Status.DELIVERY_UNKNOWN.value)
    with pytest.raises(Refused):
        house.service.send_rest(CLERK, id, "again")


def test_a_sender_sends_the_rest_and_it_is_over(house: House, held: Any) -> None:
    id = held(leak, inspection=INSPECTION)
    house.service.send_rest(CLERK, id, "without the list")
    assert house.service.prepare(id).automatic
    house.service.begin(id)
    house.service.finish(id, OK)
    assert QuarantinedMessage.objects.get().status == Status.RELEASED
    assert [event for event, *_ in house.answers.told] == ["released"]


def test_a_recipient_gets_the_rest_for_nobody_else(house: House, held: Any) -> None:
    id = held(recipients=TWO, inspection=INSPECTION)
    house.service.send_rest(STAFF, id, "the text is enough")
    assert [r.mailbox.text for r in house.service.prepare(id).envelope.recipients] == ["staff@bank.example"]


def test_strangers_and_mail_without_such_parts_are_refused(house: House, held: Any) -> None:
    id = held(inspection={})
    with pytest.raises(Refused):
        house.service.send_rest(CLERK, id, "not mine")
    with pytest.raises(Refused) as caught:
        house.service.send_rest(STAFF, id, "x")
    assert caught.value.refusal == NO_PART
