"""One decision about many messages: it waits, can be undone, and is decided for each message by itself."""

from __future__ import annotations

import pytest

from gateway.model.custody import Actor
from quarantine import batches
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, Batch, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import ANNA, AUDITOR, BEN, BOSS, CLERK, STAFF, FakeClock, Held, leak, octets

PEOPLE = {actor.name: actor for actor in (ANNA, BEN, BOSS, STAFF, CLERK, AUDITOR)}


def account(name: str, via: str) -> Actor:
    return PEOPLE[name]


def status(id: str) -> str:
    return QuarantinedMessage.objects.get(pk=id).status


def test_it_waits_and_is_then_done(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    ids = [held(leak, data=octets(f"{n}")) for n in range(3)]
    made = service.batch(ANNA, "deny", [*ids, ids[0]], "all of one list")
    assert made["ids"] == ids and made["state"] == "waiting" and service.carry_out(account) == 0
    assert {status(id) for id in ids} == {"held"}
    service.delete(ANNA, ids[2], "gone meanwhile")
    clock.forward(seconds=10)
    assert service.carry_out(account) == 3 and service.carry_out(account) == 0
    assert [status(id) for id in ids] == ["denied", "denied", "purged"]
    assert service.batch_show(ANNA, made["id"])["results"] == {ids[0]: "", ids[1]: "", ids[2]: "PURGED"}
    assert AuditRecord.objects.filter(action="deny", actor="anna").count() == 2


def test_one_that_cannot_be_read_does_not_hinder_the_others(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    broken, whole = held(leak), held(leak, data=octets("whole"))
    made = service.batch(ANNA, "deny", [broken, whole], "both")
    QuarantinedMessage.objects.filter(pk=broken).update(detail=b"x" * 40)
    clock.forward(seconds=11)
    assert service.carry_out(account) == 2
    assert service.batch_show(ANNA, made["id"])["results"] == {broken: "FAULT", whole: ""} and status(broken) == "held"


def test_it_is_taken_back(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    id = held(leak)
    made = service.batch(ANNA, "delete", [id], "wrong list")
    clock.forward(seconds=9)
    assert service.batch_undo(ANNA, made["id"])["state"] == "undone"
    clock.forward(seconds=9)
    assert service.carry_out(account) == 0 and status(id) == "held"
    with pytest.raises(Refused, match="too late"):
        service.batch_undo(ANNA, made["id"])


def test_too_late_from_the_moment_it_is_due(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    made = service.batch(ANNA, "delete", [held(leak)], "x")
    clock.forward(seconds=10)
    with pytest.raises(Refused, match="too late"):
        service.batch_undo(ANNA, made["id"])


def test_each_message_by_the_rights_of_that_moment(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    threat, own = held(), held(leak)
    made = service.batch(BOSS, "release", [threat, own], "both")
    clock.forward(seconds=10)
    service.carry_out(account)
    assert service.batch_show(BOSS, made["id"])["results"] == {threat: "FORBIDDEN", own: ""}
    assert (status(threat), status(own)) == ("held", "releasing")


def test_what_is_refused_at_once(service: QuarantineService, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    id = held(leak)
    monkeypatch.setattr(batches, "LARGEST", 1)
    for actor, verb, ids, reason, code in ((ANNA, "deny", [], "x", "TOO-MANY"), (ANNA, "deny", [id, "0" * 24], "x", "TOO-MANY"),
                                           (ANNA, "deny", [id], " ", "NO-REASON"), (ANNA, "user_add", [id], "x", "BAD-REQUEST"),
                                           (STAFF, "request", [id], "x", "NOT-FOUND"), (ANNA, "deny", ["../x"], "x", "NOT-FOUND")):
        with pytest.raises(Refused) as refused:
            service.batch(actor, verb, ids, reason)
        assert refused.value.code == code
    assert Batch.objects.count() == 0


def test_a_batch_is_its_makers_alone(service: QuarantineService, held: Held) -> None:
    made = service.batch(ANNA, "deny", [held(leak)], "x")
    for call in (service.batch_show, service.batch_undo):
        with pytest.raises(Refused) as refused:
            call(BEN, made["id"])
        assert refused.value.code == "NOT-FOUND"


def test_old_batches_are_forgotten(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    service.batch_undo(ANNA, service.batch(ANNA, "deny", [held(leak)], "x")["id"])
    clock.forward(days=8)
    service.batch(ANNA, "deny", [held(leak, data=octets("y"))], "x")
    assert Batch.objects.count() == 1


def test_lists_that_people_keep(service: QuarantineService, monkeypatch: pytest.MonkeyPatch) -> None:
    service.filter_save(ANNA, "  巨集  today ", {"kind": "threat", "text": "x" * 900})
    service.filter_save(ANNA, "巨集 today", {"kind": "leak"})
    assert service.filters(ANNA) == [{"name": "巨集 today", "query": {"kind": "leak"}}] and service.filters(BEN) == []
    with pytest.raises(Refused):
        service.filter_drop(BEN, "巨集 today")
    monkeypatch.setattr(batches, "FILTERS", 1)
    for name, code in (("other", "TOO-MANY-FILTERS"), ("  ", "NO-NAME")):
        with pytest.raises(Refused) as refused:
            service.filter_save(ANNA, name, {})
        assert refused.value.code == code
    service.filter_drop(ANNA, "巨集 today")
    assert service.filters(ANNA) == []
