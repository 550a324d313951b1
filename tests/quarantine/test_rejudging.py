"""What a new judgement changes of a held message, and what it never changes."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from gateway.model.custody import Status
from gateway.model.decision import Kind
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from quarantine.reading import Query
from quarantine.rejudging import OPENED, Judged, Opened
from quarantine.service import QuarantineService
from tests.builders.custody import ANNA, CLERK, ROOT, STAFF, Held

WORD = "Sakura-2026"
LOCKED = {"findings": [], "artifacts": [1, 2], "incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}]}
CLEAN = Judged(False, Kind.THREAT, "clean", "quarantine", "", 1, {"findings": [], "artifacts": [1, 2, 3], "incidents": []})
LEAK = Judged(True, Kind.LEAK, "sensitive", "hold", "many-persons", 2, {
    "findings": [{"code": "DATA-PERSONS"}], "artifacts": [1, 2, 3], "incidents": []}, 12, {"tw.national_id": 12})
THREAT = Judged(True, Kind.THREAT, "malicious", "quarantine", "block-executables", 1, {
    "findings": [{"code": "EXECUTABLE-PE"}], "artifacts": [1, 2, 3], "incidents": []})


@pytest.fixture
def locked(held: Held) -> str:
    return held(kind=Kind.UNINSPECTABLE, verdict="uninspectable", inspection=LOCKED)


def row(id: str) -> QuarantinedMessage:
    return QuarantinedMessage.objects.get(pk=id)


def test_admitted_locked_and_marked_once(service: QuarantineService, held: Held, locked: str) -> None:
    plain = held()
    assert row(locked).locked and not row(plain).locked
    assert service.to_recheck() == [locked]
    service.rechecked(locked, tried=False)
    assert service.to_recheck() == [] and row(locked).rechecks == 0


def test_clean_leaves_by_itself(service: QuarantineService, locked: str) -> None:
    assert service.judged_again(STAFF, locked, CLEAN, [WORD]) is Opened.RELEASED
    assert row(locked).status == Status.RELEASING and not row(locked).locked
    assert OutboxEntry.objects.get(pk=locked).purpose == "release"
    assert service.held(locked)[0].passwords == (WORD,), "sealed, for the judgement at the release"
    records = list(AuditRecord.objects.filter(message_id=locked).order_by("id").values_list("actor", "action"))
    assert ("staff", "rejudge") in records and ("keeper", "release") in records


def test_or_is_offered(service: QuarantineService, locked: str) -> None:
    service.settings = replace(service.settings, release_opened=False)
    assert service.judged_again(STAFF, locked, CLEAN, [WORD]) is Opened.CLEAN
    assert row(locked).status == Status.HELD and row(locked).note == OPENED and row(locked).verdict == "clean"


def test_held_for_something_else_never_leaves_by_itself(service: QuarantineService, held: Held) -> None:
    for kind in (Kind.THREAT, Kind.LEAK):
        id = held(kind=kind, inspection=LOCKED)
        assert service.judged_again(ROOT, id, CLEAN, [WORD]) is Opened.CLEAN
        assert row(id).status == Status.HELD


@pytest.mark.parametrize("judged", [LEAK, THREAT])
def test_what_is_inside_keeps_it_held(service: QuarantineService, locked: str, judged: Judged) -> None:
    assert service.judged_again(ROOT, locked, judged, [WORD]) is Opened.HELD
    now = row(locked)
    assert (now.status, now.kind, now.reason, now.persons) == (Status.HELD, judged.kind.value, judged.rule, judged.persons)
    admission, stored, _ = service.held(locked)
    assert stored == judged.inspection and admission.kind is judged.kind and admission.approvals == judged.approvals
    assert not OutboxEntry.objects.exists()


def test_a_wrong_word_changes_nothing(service: QuarantineService, locked: str) -> None:
    before = QuarantinedMessage.objects.filter(pk=locked).values().get()
    still = replace(CLEAN, inspection=LOCKED)
    assert service.judged_again(STAFF, locked, still, ["wrong"]) is Opened.LOCKED
    assert QuarantinedMessage.objects.filter(pk=locked).values().get() == before
    assert service.held(locked)[0].passwords == ()


def test_one_lock_behind_another(service: QuarantineService, locked: str) -> None:
    inner = replace(THREAT, kind=Kind.UNINSPECTABLE, inspection=LOCKED | {"artifacts": [1, 2, 3]})
    assert service.judged_again(ROOT, locked, inner, ["outer"]) is Opened.HELD
    assert row(locked).locked
    service.judged_again(ROOT, locked, replace(CLEAN, inspection=CLEAN.inspection | {"artifacts": [1, 2, 3, 4]}), ["inner"])
    assert service.held(locked)[0].passwords == ("inner", "outer")


def test_who_may_not(service: QuarantineService, locked: str) -> None:
    for stranger in (CLERK, replace(STAFF, mailboxes=frozenset({"other@bank.example"}))):
        for attempt in (lambda who=stranger: service.unlock(who, locked),
                        lambda who=stranger: service.judged_again(who, locked, CLEAN, [WORD])):
            with pytest.raises(Refused) as caught:
                attempt()
            assert caught.value.code == "NOT-FOUND"


def test_it_is_found_by_what_is_known_now(service: QuarantineService, locked: str) -> None:
    service.judged_again(STAFF, locked, LEAK, [WORD])
    now = {"kind": (row(locked).kind,), "reason": row(locked).reason, "status": ("held",)}
    assert row(locked).kind != Kind.UNINSPECTABLE
    assert [m["id"] for m in service.find(ANNA, Query(**now)).messages] == [locked]  # type: ignore[arg-type]


def test_what_was_decided_stays_decided(service: QuarantineService, locked: str) -> None:
    os.close(service.unlock(STAFF, locked).fd)
    service.deny(ANNA, locked, "no")
    for attempt in (lambda: service.unlock(STAFF, locked), lambda: service.judged_again(STAFF, locked, CLEAN, [WORD])):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "DENIED"
    assert service.to_recheck() == []


def test_no_word_in_the_audit_chain(service: QuarantineService, locked: str) -> None:
    service.judged_again(STAFF, locked, LEAK, [WORD])
    everything = json.dumps([str(r) for r in AuditRecord.objects.values_list()] + [str(QuarantinedMessage.objects.values())])
    assert WORD not in everything and "DATA-PERSONS" in everything
