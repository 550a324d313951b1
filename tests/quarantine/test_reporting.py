"""The facts of a report: counted once, of the right period, and only what the reader may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.model.custody import Role
from gateway.model.decision import Kind
from quarantine import desk
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, DirectoryEntry
from quarantine.reporting import Period
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, BEN, BOSS, CLERK, ROOT, START, FakeClock, Held, leak, person

SINCE, UNTIL = (START - timedelta(days=1)).isoformat(), (START + timedelta(days=2)).isoformat()
MONTH = Period.of(SINCE, UNTIL, "Asia/Taipei")


@pytest.fixture
def busy(service: QuarantineService, clock: FakeClock, held: Held) -> QuarantineService:
    """Two threats and two leaks; a quick release at noon, a denial at night, one a month ago."""
    held(received_at=START - timedelta(days=3), reason="old-rule")
    threat = held()
    held(kind=Kind.UNINSPECTABLE, reason="encrypted")
    one = held(leak, identifiers={"tw.national_id": 120}, persons=120)
    two = held(leak, sender="other@bank.example", identifiers={"card": 2}, persons=2)
    service.user_add(ROOT, "boss", ["supervisor"], ["boss@bank.example"])
    for mailbox in ("boss@bank.example", "clerk@bank.example"):
        DirectoryEntry.objects.create(mailbox=mailbox, department="貸款部")
    service.approve(BOSS, two, "ok", shown_at=clock.now() - timedelta(seconds=2))
    service.approve(ANNA, threat, "ok", shown_at=clock.now() - timedelta(seconds=60))
    clock.forward(hours=14)              # 15:00 UTC is 23:00 in Taipei
    service.deny(BOSS, one, "no")
    return service


def test_what_was_held(busy: QuarantineService) -> None:
    facts = busy.report(AUDITOR, MONTH)
    now = facts["held"]
    assert (now["messages"], now["kinds"]) == (4, {"threat": 1, "uninspectable": 1, "leak": 2})
    assert now["rules"] == {"block-executables": 1, "encrypted": 1, "many-persons": 2} and now["directions"] == {"inbound": 2, "outbound": 2}
    assert now["days"] == {"2026-11-21": {"threat": 1, "uninspectable": 1, "leak": 2}}
    assert (now["classes"], now["persons"], now["over_100"], now["over_1000"]) == ({"tw.national_id": 120, "card": 2}, 122, 1, 0)
    assert facts["before"]["rules"] == {"old-rule": 1}
    assert facts["senders"] == {"clerk@bank.example": {"messages": 1, "persons": 120, "classes": {"tw.national_id": 120}},
                                "other@bank.example": {"messages": 1, "persons": 2, "classes": {"card": 2}}}
    assert facts["house"]["actions"]["user-add"] == 1


def test_who_decided_what_and_how(busy: QuarantineService) -> None:
    people = busy.report(AUDITOR, MONTH)["people"]
    assert people["counts"]["boss"] == {"approve": 1, "release": 1, "deny": 1, "fast": 1, "night": 1, "weekend": 3, "department": 1}
    assert people["counts"]["anna"] == {"approve": 1, "weekend": 1}
    assert [(n["actor"], n["action"], n["why"]) for n in people["noted"]] == [
        ("boss", "approve", ["fast", "weekend"]), ("boss", "release", ["weekend"]), ("anna", "approve", ["weekend"]),
        ("boss", "deny", ["night", "weekend", "department"])]


def test_who_released_what(busy: QuarantineService) -> None:
    (one,) = busy.report(AUDITOR, MONTH)["people"]["released"]
    assert (one["actor"], one["action"], one["kind"], one["sender"]) == ("boss", "release", "leak", "other@bank.example")


def test_a_supervisor_sees_their_part_only(busy: QuarantineService) -> None:
    theirs = person("chief", Role.SUPERVISOR, scopes=("other@bank.example",))
    facts = busy.report(theirs, MONTH)
    assert facts["held"]["messages"] == 1 and set(facts["senders"]) == {"other@bank.example"}
    assert set(facts["people"]["counts"]) == {"boss"} and facts["house"] == {}


def test_who_may_and_that_it_is_recorded(busy: QuarantineService) -> None:
    for nobody in (ANNA, BEN, CLERK):
        with pytest.raises(Refused):
            busy.report(nobody, MONTH)
    for somebody in (ADMIN, AUDITOR, BOSS, ROOT):
        busy.report(somebody, MONTH)
    assert AuditRecord.objects.filter(action="report").count() == 4


@pytest.mark.parametrize("changes", [{"since": "x"}, {"since": "2026-01-01T00:00:00"}, {"until": SINCE}, {"zone": "Moon/Base"},
                                     {"until": "2030-01-01T00:00:00+00:00"}, {"zone": "../etc/passwd"},
                                     {"since": "0001-01-01T00:00:00+08:00", "until": "0001-01-05T00:00:00+08:00"}])
def test_what_is_no_period(service: QuarantineService, changes: dict[str, Any]) -> None:
    request = {"verb": "report", "actor": {"name": "root", "system": True}, "since": SINCE, "until": UNTIL, "zone": "UTC"}
    assert desk.call(service, request).body["held"]["messages"] == 0
    with pytest.raises(Refused, match="wrong one"):
        desk.call(service, request | changes)
