from __future__ import annotations

import threading

import pytest
from django.db import connections

from gateway.model.custody import Actor, Role
from gateway.model.decision import Kind
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage, ReleaseRequest
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, BEN, BOSS, CLERK, ROOT, STAFF, Held, House, admission, leak, person


def status(id: str) -> str:
    return QuarantinedMessage.objects.get(pk=id).status


def refused(call, *arguments) -> str:
    with pytest.raises(Refused) as caught:
        call(*arguments)
    return caught.value.code


def test_a_threat_needs_two_analysts_beside_the_recipient(service: QuarantineService, held: Held) -> None:
    id = held()
    assert service.request(STAFF, id, "please").needed == 2
    assert refused(service.approve, BOSS, id, "x") == "FORBIDDEN"
    assert refused(service.release, ANNA, id, "x") == "FOUR-EYES"
    assert service.approve(ANNA, id, "x").status == "release_requested"
    assert refused(service.approve, ANNA, id, "x") == "SAME-PERSON"
    assert service.approve(BEN, id, "x").status == "releasing"
    assert OutboxEntry.objects.get(purpose="release").pk == id
    assert ReleaseRequest.objects.get().outcome == "approved"


def test_an_analysts_request_counts_as_the_first_of_two(service: QuarantineService, held: Held) -> None:
    id = held()
    assert service.request(ANNA, id, "please").approvals == 1
    assert refused(service.approve, ANNA, id, "x") == "OWN-REQUEST"
    assert service.release(BEN, id, "x").status == "releasing"


def test_two_approvals_without_a_request(service: QuarantineService, held: Held) -> None:
    id = held()
    assert service.approve(ANNA, id, "x").status == "release_requested"
    assert service.approve(BEN, id, "x").status == "releasing"


def test_a_small_leak_needs_one_supervisor_who_is_not_its_sender(service: QuarantineService, held: Held) -> None:
    id = held(leak)
    service.request(CLERK, id, "customer asked for it")
    both = person("clerk", Role.SENDER, Role.SUPERVISOR, mailbox="clerk@bank.example")
    second = person("second", Role.SUPERVISOR, mailbox="clerk@bank.example")
    assert refused(service.approve, both, id, "x") == refused(service.release, second, id, "x") == "OWN-MAIL"
    assert service.approve(BOSS, id, "fine").status == "releasing"


def test_one_entitled_alone(service: QuarantineService, held: Held) -> None:
    assert service.release(BOSS, held(leak), "fine").status == "releasing"
    id = held(leak)
    service.request(BOSS, id, "x")
    assert refused(service.release, BOSS, id, "x") == "OWN-REQUEST"


def test_a_large_leak_needs_two(service: QuarantineService, held: Held) -> None:
    id = held(leak, persons=100)
    assert refused(service.release, BOSS, id, "x") == "FOUR-EYES"
    service.request(CLERK, id, "x")
    assert service.approve(BOSS, id, "x").status == "release_requested"
    assert service.approve(ANNA, id, "x").status == "releasing"


def test_policy_may_ask_for_more(service: QuarantineService, held: Held) -> None:
    id = held(leak, approvals=3)
    chief = person("chief", Role.SUPERVISOR)
    assert [service.approve(a, id, "x").status for a in (BOSS, ANNA, chief)] == ["release_requested", "release_requested", "releasing"]


def test_the_systems_user_acts_alone_and_is_recorded(service: QuarantineService, held: Held) -> None:
    id = held()
    assert service.release(ROOT, id, "false alarm").status == "releasing"
    record = AuditRecord.objects.get(action="release")
    assert (record.actor, record.via, record.system) == ("root", "cli", True)


@pytest.mark.parametrize(("verb", "actor", "make", "wanted", "event"), [
    ("deny", ANNA, admission, "denied", "denied"), ("deny", BOSS, leak, "denied", "denied"),
    ("withdraw", CLERK, leak, "withdrawn", "withdrawn"), ("return_", BOSS, leak, "returned", "returned")])
def test_the_other_ends(service: QuarantineService, held: Held, house: House, verb: str, actor: Actor, make, wanted: str,
                        event: str) -> None:
    id = held(make)
    requester = STAFF if make is admission else CLERK
    service.request(requester, id, "please")
    assert getattr(service, verb)(actor, id, "because").status == wanted
    assert ReleaseRequest.objects.get().outcome == event
    assert house.answers.told[-1] == (event, id, "because", requester.name)
    assert refused(service.release, ROOT, id, "x") == wanted.upper()
    assert QuarantinedMessage.objects.get().note == "because"


@pytest.mark.parametrize("verb", ["request", "approve", "deny", "release", "withdraw", "return_", "delete", "hold", "lift"])
def test_every_decision_wants_a_reason_and_leaves_a_record(service: QuarantineService, held: Held, verb: str) -> None:
    id = held()
    if verb == "lift":
        service.hold(ROOT, id, "court")
    assert refused(getattr(service, verb), ROOT, id, " ") == "NO-REASON"
    assert refused(getattr(service, verb), AUDITOR, id, "x") == "FORBIDDEN"
    assert refused(getattr(service, verb), person("x", Role.RECIPIENT, mailbox="x@y"), id, "x") == "NOT-FOUND"
    before = AuditRecord.objects.count()
    getattr(service, verb)(ROOT, id, "because")
    new = AuditRecord.objects.order_by("id")[before:]
    assert new and all(r.message_id == id for r in new) and any('"reason":"because"' in r.detail for r in new)


def test_delete_destroys_key_detail_and_file(service: QuarantineService, held: Held, house: House) -> None:
    id = held()
    assert service.delete(ANNA, id, "spam").status == "purged"
    row = QuarantinedMessage.objects.get()
    assert (row.wrapped_key, bytes(row.detail), row.blob, row.ended_as) == (None, b"", "", "held")
    assert list(service.blobs.names()) == []
    assert refused(service.export_raw, ROOT, id, "x") == "DESTROYED"
    assert service.show(ADMIN, id)["subject"] == ""


def test_a_legal_hold_stops_destruction(service: QuarantineService, held: Held) -> None:
    id = held()
    service.hold(ANNA, id, "court order 7")
    service.hold(ADMIN, id, "court order 8")
    assert refused(service.delete, ROOT, id, "x") == "LEGAL-HOLD"
    assert refused(service.lift, ANNA, id, "x") == "FORBIDDEN"
    service.lift(ADMIN, id, "over")
    assert refused(service.lift, ADMIN, id, "x") == "NO-HOLD"
    service.delete(ANNA, id, "now")


def test_fifty_threads_release_once(service: QuarantineService, held: Held) -> None:
    id, done, no = held(leak, kind=Kind.LEAK), [], []

    def work() -> None:
        try:
            done.append(service.release(ROOT, id, "go"))
        except Refused as error:
            no.append(error.code)
        finally:
            connections.close_all()
    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1 and no == ["ALREADY-RELEASING"] * 49
    assert OutboxEntry.objects.filter(purpose="release").count() == 1 and status(id) == "releasing"
