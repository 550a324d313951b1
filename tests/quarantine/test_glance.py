"""What is seen of many rows at once is what is seen of each by itself."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gateway.model.custody import Actor, Role
from quarantine import access
from quarantine.access import Act
from quarantine.glance import agrees, glances, is_address, is_meant, seen_by, whole
from quarantine.models import DirectoryEntry, QuarantinedMessage
from quarantine.reading import Query, filtered
from quarantine.service import QuarantineService
from tests.builders.custody import Held, admission, leak, octets

PEOPLE = ("staff@bank.example", "clerk@bank.example", "a@other.example", "x@else.example")
WORDS = ("bank.example", "clerk@bank.example", "department:資金部", "kind:leak", "direction:inbound")


@pytest.fixture
def rows(service: QuarantineService, held: Held) -> list[QuarantinedMessage]:
    dice = random.Random(9)
    for key, department in zip(PEOPLE, ("資金部", "人事", "", "資金部"), strict=True):
        DirectoryEntry.objects.create(mailbox=key, department=department)
    for n in range(16):
        held(dice.choice([admission, leak]), data=octets(f"{n}"), sender=dice.choice(PEOPLE), recipients=tuple(dice.sample(PEOPLE, 2)))
    return list(QuarantinedMessage.objects.order_by("pk"))


def test_who_sees_what(service: QuarantineService, rows: list[QuarantinedMessage]) -> None:
    dice = random.Random(3)
    seen = glances(QuarantinedMessage.objects.order_by("pk"))
    assert whole(seen) == rows and whole([]) == []
    for n in range(60):
        who = Actor(f"p{n}", frozenset(dice.sample(list(Role), dice.randint(1, 2))), frozenset(dice.sample(PEOPLE, dice.randint(0, 2))),
                    scopes=frozenset(dice.sample(WORDS, dice.randint(0, 3))), system=n == 0)
        wanted = [r.pk for r in rows if access.permit(who, Act.SEE, service.subject(r)) is None]
        assert [one.id for one in seen_by(who)(seen)] == wanted, who


def test_departments_are_asked_for_once(rows: list[QuarantinedMessage]) -> None:
    seen, who = glances(QuarantinedMessage.objects.all()), Actor("boss", frozenset({Role.SUPERVISOR}), scopes=frozenset({"department:資金部"}))
    with CaptureQueriesContext(connection) as asked:
        assert seen_by(who)(seen)
    assert len(asked) == 1 and seen_by(who)([]) == []


@pytest.mark.parametrize("query", [
    {}, {"status": ("held",)}, {"status": ("denied",)}, {"kind": ("leak",)}, {"direction": ("inbound",)}, {"reason": "many-persons"},
    {"sender": "clerk@bank.example"}, {"sender": "erk"}, {"recipient": "STAFF@bank.example"}, {"recipient": "@else"}])
def test_a_row_agrees_as_the_database_says(rows: list[QuarantinedMessage], query: dict[str, Any]) -> None:
    everything = QuarantinedMessage.objects.order_by("pk")
    wanted = list(filtered(everything, Query(**query)).values_list("pk", flat=True))
    assert [one.id for one in glances(everything) if agrees(one, Query(**query))] == wanted


def test_addresses() -> None:
    assert is_address("a@b") and not any(map(is_address, ("a", "@b", "a@", "")))
    assert is_meant("a@B.example", "a@b.example") and is_meant("exam", "a@b.example") and not is_meant("a@b", "a@b.example")
