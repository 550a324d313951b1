"""The way up: superior, deputies by their dates, nobody twice; a new directory takes the place of the old one whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quarantine.directory import BAD_DIRECTORY, Chosen
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, DirectoryEntry
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, ROOT

ROWS: list[dict[str, Any]] = [
    {"mailbox": "clerk@bank.example", "supervisor": "boss@bank.example", "name": "林", "department": "loans"},
    {"mailbox": "boss@bank.example", "supervisor": "head@bank.example",
     "deputies": [["vera@bank.example", "2026-11-20", "2026-11-22"], ["wu@bank.example", "2026-11-22", "2026-11-25"]]},
    {"mailbox": "head@bank.example", "supervisor": ""},
]
DAY, AWAY = date(2026, 11, 19), date(2026, 11, 22)


@pytest.fixture(autouse=True)
def imported(service: QuarantineService) -> None:
    service.directory_import(ROOT, ROWS, "staff.csv")


@pytest.mark.parametrize(("day", "without", "chosen"), [
    (DAY, (), Chosen("boss@bank.example", "", 0)), (AWAY, (), Chosen("vera@bank.example", "boss@bank.example", 0)),
    (AWAY, ("vera@bank.example",), Chosen("wu@bank.example", "boss@bank.example", 0)),
    (AWAY, ("vera@bank.example", "wu@bank.example"), Chosen("boss@bank.example", "", 0)),
    (DAY, ("boss@bank.example",), Chosen("head@bank.example", "", 1)), (DAY, ("boss@bank.example", "head@bank.example"), None)])
def test_the_nearest_who_may_be_asked(service: QuarantineService, day: date, without: tuple[str, ...], chosen: Chosen | None) -> None:
    assert service.choose("clerk@bank.example", day, without) == chosen


def test_a_deputy_never_decides_about_mail_of_his_own(service: QuarantineService) -> None:
    service.directory_import(ROOT, [{"mailbox": "vera@bank.example", "supervisor": "boss@bank.example"}, *ROWS], "x")
    assert service.choose("vera@bank.example", date(2026, 11, 20), ()) == Chosen("boss@bank.example", "", 0)


def test_who_is_not_in_it_has_no_superior(service: QuarantineService) -> None:
    assert service.choose("stranger@bank.example", DAY, ()) is None


def test_a_new_one_replaces_the_old_one(service: QuarantineService) -> None:
    assert service.directory_import(ADMIN, ROWS[:1], "new.csv") == 1
    assert [e["mailbox"] for e in service.directory_list(ADMIN)] == ["clerk@bank.example"]
    assert AuditRecord.objects.filter(action="directory-import").count() == 2


def test_people_are_looked_up_by_address_and_name(service: QuarantineService) -> None:
    rows = [{"mailbox": f"{who}@bank.example", "supervisor": "boss@bank.example", "name": name} for who, name in (("a", "林"), ("b", "陳"), ("c", "林"))]
    service.directory_import(ROOT, rows, "x")
    listed = lambda **asked: [e["mailbox"][0] for e in service.directory_list(ADMIN, **asked)]  # noqa: E731
    assert listed() == listed(text="BOSS@") == ["a", "b", "c"] and listed(text="林") == ["a", "c"] and listed(text="b@bank") == ["b"]
    assert listed(after="a@bank.example") == ["b", "c"] and listed(after="a@bank.example", limit=1) == ["b"] and listed(text="100%") == []
    assert service.directory_size() == 3


@pytest.mark.parametrize("rows", [[], [{"mailbox": "nobody"}]])
def test_a_bad_one_changes_nothing(service: QuarantineService, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused) as caught:
        service.directory_import(ROOT, rows, "x")
    assert caught.value.refusal == BAD_DIRECTORY and DirectoryEntry.objects.count() == 3


def test_only_who_administers_accounts(service: QuarantineService) -> None:
    with pytest.raises(Refused):
        service.directory_import(ANNA, ROWS, "x")
    with pytest.raises(Refused):
        service.directory_list(ANNA)


def test_a_circle_ends(service: QuarantineService) -> None:
    service.directory_import(ROOT, [{"mailbox": "a@b.example", "supervisor": "c@b.example"}, {"mailbox": "c@b.example", "supervisor": "a@b.example"}], "x")
    assert service.choose("a@b.example", DAY, ("c@b.example",)) is None
