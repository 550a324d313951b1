"""A release for some recipients or without some parts: what it covers, who may narrow it, and what is left afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model.custody import Status
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from quarantine.decisions import WIDER
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, HeldRecipient, QuarantinedMessage, ReleaseRequest
from quarantine.scope import EVERYTHING, NO_PART, NO_RECIPIENT, Scope, scope_of
from tests.builders.custody import ANNA, BEN, BOSS, ROOT, STAFF, House, leak

OK = RelayResult(Reply(250, "2.0.0", "Ok"), {})
TWO = ("staff@bank.example", "chen@bank.example")
INSPECTION = {"artifacts": [{"path": "message"}, {"path": "message > 1"}, {"path": "message > 2 a.exe", "name": "a.exe"}],
              "findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a.exe"}]}


@pytest.mark.parametrize(("one", "other", "within"), [
    (Scope(), Scope(), True), (Scope(("a",)), Scope(), True), (Scope(), Scope(("a",)), False), (Scope(("a",)), Scope(("a", "b")), True),
    (Scope(("c",)), Scope(("a", "b")), False), (Scope((), ("2",)), Scope(), True), (Scope(), Scope((), ("2",)), False),
    (Scope((), ("2", "3")), Scope((), ("2",)), True)])
def test_within(one: Scope, other: Scope, within: bool) -> None:
    assert one.within(other) is within


def test_of_a_request() -> None:
    assert scope_of(None, []) is None
    assert scope_of(["Chen@BANK.example"], None) == Scope(("chen@bank.example",)) or scope_of(["Chen@BANK.example"], None).recipients
    assert scope_of(None, ["2", "2"]) == Scope((), ("2",)) and EVERYTHING.said() == {}


def leave(house: House, id: str, result: RelayResult = OK) -> str:
    assert house.service.begin(id)
    return house.service.finish(id, result)


def release(house: House, id: str, scope: Scope | None) -> None:
    house.service.approve(ANNA, id, "seen", scope)
    house.service.approve(BEN, id, "seen too")


def test_some_recipients_get_it_and_the_others_are_still_to_be_decided(house: House, held: Any) -> None:
    id = held(recipients=TWO)
    release(house, id, Scope(("chen@bank.example",)))
    out = house.service.prepare(id)
    assert [r.mailbox.text for r in out.envelope.recipients] == ["chen@bank.example"] and out.without == ()
    assert leave(house, id) == "delivered"
    row = QuarantinedMessage.objects.get()
    assert row.status == Status.HELD
    assert dict(HeldRecipient.objects.values_list("key", "outcome")) == {"staff@bank.example": "", "chen@bank.example": "delivered"}

    with pytest.raises(Refused) as caught:
        house.service.request(ANNA, id, "again", Scope(("chen@bank.example",)))
    assert caught.value.refusal == NO_RECIPIENT
    release(house, id, None)
    assert [r.mailbox.text for r in house.service.prepare(id).envelope.recipients] == ["staff@bank.example"]
    assert leave(house, id) == "delivered" and QuarantinedMessage.objects.get().status == Status.RELEASED


def test_without_a_part_is_remembered_and_shown_as_such(house: House, held: Any) -> None:
    id = held(inspection=INSPECTION)
    release(house, id, Scope((), ("2",)))
    out = house.service.prepare(id)
    assert out.without == ("2",) and not out.automatic
    mark = house.service.changed(id, out.attempt, "ab" * 32)
    assert b"X-Sekisho-Release" in mark and house.service.use_mark(mark.decode(), ["staff@bank.example"], "ab" * 32)
    assert not house.service.use_mark(mark.decode(), ["staff@bank.example"], QuarantinedMessage.objects.get().sha256)
    leave(house, id)
    assert HeldRecipient.objects.get().outcome == "stripped" and QuarantinedMessage.objects.get().status == Status.RELEASED


def test_unknown_recipients_and_parts_are_refused(house: House, held: Any) -> None:
    id = held(inspection=INSPECTION)
    for scope, refusal in ((Scope(("nobody@bank.example",)), NO_RECIPIENT), (Scope((), ("7",)), NO_PART), (Scope((), ("",)), NO_PART)):
        with pytest.raises(Refused) as caught:
            house.service.request(STAFF, id, "please", scope)
        assert caught.value.refusal == refusal
    assert not ReleaseRequest.objects.exists()


def test_an_approver_narrows_and_nobody_widens(house: House, held: Any) -> None:
    id = held(recipients=TWO, inspection=INSPECTION)
    house.service.request(STAFF, id, "please", Scope(TWO))
    house.service.approve(ANNA, id, "one is enough", Scope(("staff@bank.example",), ("2",)))
    for wide in (Scope(TWO), Scope(("staff@bank.example",)), Scope((), ("2",))):
        with pytest.raises(Refused) as caught:
            house.service.approve(BEN, id, "more", wide)
        assert caught.value.refusal == WIDER
    house.service.approve(BEN, id, "as it is")
    out = house.service.prepare(id)
    assert [r.mailbox.text for r in out.envelope.recipients] == ["staff@bank.example"] and out.without == ("2",)


def test_a_release_for_some_that_all_of_them_refuse_leaves_everybody_to_be_decided(house: House, held: Any) -> None:
    id = held(recipients=TWO)
    release(house, id, Scope(("chen@bank.example",)))
    no = Reply(550, "5.1.1", "no such user")
    assert leave(house, id, RelayResult(no, {"chen@bank.example": no})) == "refused"
    assert QuarantinedMessage.objects.get().status == Status.HELD
    house.service.release(ROOT, id, "try everybody")
    assert len(house.service.prepare(id).envelope.recipients) == 2


def test_what_cannot_be_made_stays_held_with_the_reason(house: House, held: Any) -> None:
    id = held(leak, inspection=INSPECTION)
    house.service.release(BOSS, id, "without it", Scope((), ("2",)))
    house.service.hinder(id, "the mail is signed")
    row = QuarantinedMessage.objects.get()
    assert (row.status, row.note) == (Status.HELD, "the mail is signed")
    house.service.hinder(id, "twice")
    assert QuarantinedMessage.objects.get().note == "the mail is signed"


def test_the_look_before_an_approval_is_recorded(house: House, held: Any, clock: Any) -> None:
    id = held(leak)
    shown = clock.now()
    clock.forward(seconds=3)
    house.service.approve(BOSS, id, "quick", None, shown)
    done = ReleaseRequest.objects.get().approvals.get()
    assert done.shown_at == shown and (done.approved_at - done.shown_at).total_seconds() == 3
    assert '"seconds":3.0' in AuditRecord.objects.get(action="approve").detail
