from __future__ import annotations

import pytest

from quarantine import desk, trail
from quarantine.lifecycle import Refused
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, FakeClock


@pytest.fixture
def acts(service: QuarantineService, clock: FakeClock) -> QuarantineService:
    for n in range(25):
        service.note(ANNA if n % 5 else ADMIN, f"act-{n % 3}", f"id-{n % 2}", number=n)
        clock.forward(minutes=1)
    return service


def numbers(service: QuarantineService, **wanted: object) -> list[int]:
    return [r["number"] for r in service.audit_list(AUDITOR, trail.wanted_of(wanted)).records]


def test_newest_first_in_pages(acts: QuarantineService) -> None:
    first = acts.audit_list(AUDITOR, trail.Wanted(limit=10))
    second = acts.audit_list(AUDITOR, trail.Wanted(limit=10, after=first.cursor))
    third = acts.audit_list(AUDITOR, trail.Wanted(limit=10, after=second.cursor))
    assert [r["number"] for p in (first, second, third) for r in p.records] == list(range(25, 0, -1)) and third.cursor == ""
    assert first.records[0]["detail"] == {"number": 24}


def test_filters(acts: QuarantineService) -> None:
    assert numbers(acts, by="admin") == [21, 16, 11, 6, 1]
    assert numbers(acts, action="act-0", by="admin") == [16, 1]
    assert numbers(acts, message_id="id-1", limit=2) == [24, 22]
    assert numbers(acts, since="2026-11-21T01:20:00+00:00") == [25, 24, 23, 22, 21]
    assert numbers(acts, since="2026-11-21T09:20:00+08:00", until="2026-11-21T09:21:00+08:00") == [21]


@pytest.mark.parametrize("wanted", [{"limit": "x"}, {"since": "yesterday"}, {"since": "2026-11-21T01:20:00"}, {"after": "x"}, {"since": "0001-01-01T00:00:00+08:00"}])
def test_what_is_no_filter(acts: QuarantineService, wanted: dict[str, str]) -> None:
    with pytest.raises(Refused, match="wrong one"):
        desk.call(acts, {"verb": "audit-list", "actor": {"name": "root", "system": True}, **wanted})


def test_who_may(acts: QuarantineService) -> None:
    with pytest.raises(Refused):
        acts.audit_list(ANNA, trail.Wanted())
    with pytest.raises(Refused):
        acts.audit_keys(ANNA)
