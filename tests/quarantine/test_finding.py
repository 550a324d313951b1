"""Lists: every filter by itself and together, by the index and without it, page by page."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.model.custody import Actor, Role
from quarantine import access, finding
from quarantine.access import Act
from quarantine.models import QuarantinedMessage
from quarantine.reading import Query
from quarantine.service import QuarantineService
from tests.builders.custody import ANNA, BOSS, ROOT, STAFF, START, FakeClock, Held, admission, leak, octets

FILE = {"path": "message > 1 名簿.xlsx", "kind": "part", "name": "名簿.xlsx", "declared_type": "", "detected_type": "x", "size": 3,
        "sha256": "ab" * 32}


def ids(service: QuarantineService, actor: Actor = ROOT, **query: Any) -> list[str]:
    return [m["id"] for m in service.find(actor, Query(**query)).messages]


def test_every_filter(service: QuarantineService, held: Held) -> None:
    threat = held(subject="印鑑の変更について Statement")
    small_leak = held(leak, inspection={"artifacts": [FILE]}, identifiers={"tw.national_id": 3}, header_from="王大明 <clerk@bank.example>")
    service.deny(ROOT, small_leak, "no")
    for query, wanted in [
        ({}, [small_leak, threat]), ({"status": ("held", "denied")}, [small_leak, threat]), ({"status": ("released",)}, []),
        ({"kind": ("leak",)}, [small_leak]), ({"direction": ("inbound",), "kind": ("leak",)}, []), ({"direction": ("inbound", "outbound")}, [small_leak, threat]),
        ({"status": ("held",), "kind": ("threat",)}, [threat]), ({"status": ("held",), "kind": ("leak",)}, []),
        ({"sender": "clerk@bank.example"}, [small_leak]), ({"sender": "Clerk@BANK.example"}, [small_leak]), ({"sender": "else"}, [threat]),
        ({"sender": "no-such"}, []), ({"sender": "xy"}, []), ({"recipient": "staff@bank.example"}, [threat]), ({"recipient": "@else"}, [small_leak]),
        ({"reason": "many-persons"}, [small_leak]), ({"reason": "many"}, []), ({"text": "印鑑"}, [threat]), ({"text": "変更 statement"}, [threat]),
        ({"text": "鑑印"}, []), ({"text": "ＳＴＡＴＥ"}, [threat]), ({"text": "St"}, [threat]), ({"text": "St", "status": ("held",)}, [threat]), ({"text": "St", "status": ("denied",)}, []),
        ({"sender": "rk", "status": ("denied",)}, [small_leak]), ({"sender": "rk", "status": ("held",)}, []), ({"recipient": "st"}, [threat]), ({"text": "大明"}, [small_leak]), ({"text": "名簿"}, [small_leak]),
        ({"text": "大"}, [small_leak]), ({"data_class": "tw.national_id"}, [small_leak]), ({"data_class": "persons"}, [small_leak]), ({"data_class": "card"}, []),
        ({"attachment": "ab" * 32}, [small_leak]), ({"attachment": "cd" * 32}, []), ({"since": START, "kind": ("threat",)}, [threat]),
        ({"until": START, "kind": ("threat",)}, []), ({"until": START + timedelta(days=9), "kind": ("threat",)}, [threat]),
        ({"since": START + timedelta(seconds=1), "kind": ("threat",)}, []), ({"since": START + timedelta(days=9), "kind": ("threat",)}, []),
    ]:
        assert sorted(ids(service, **query)) == sorted(wanted), query


@pytest.mark.parametrize("query", [{}, {"kind": ("threat",)}, {"text": "機密"}, {"status": ("held", "denied")}, {"status": ("held",), "kind": ("threat",)}])
def test_pages_neither_lose_nor_repeat(service: QuarantineService, held: Held, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "CHUNK", 4)
    wanted = []
    for n in range(23):
        wanted.append(held(data=octets(f"{n}")))
        held(leak, data=octets(f"leak {n}"), subject="no") if query else None
    if query.get("status") == ("held", "denied"):
        wanted += [m.pk for m in QuarantinedMessage.objects.filter(kind="leak")]
        for id in wanted[::5]:
            service.deny(ROOT, id, "no")
    seen, cursor = [], ""
    while True:
        page = service.find(ROOT, Query(limit=5, after=cursor, **query))
        seen += [m["id"] for m in page.messages]
        cursor = page.cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) and set(seen) == set(wanted)


def test_a_long_way_without_a_find_can_be_gone_on(service: QuarantineService, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "CHUNK", 2)
    monkeypatch.setattr(finding, "MOST", 4)
    oldest = held(data=octets("x"), subject="印鑑印")
    for n in range(6):                   # the pieces of the words are in all of them, the word itself is not
        held(data=octets(f"{n}"), subject="印鑑 鑑印")
    page = service.find(ROOT, Query(text="印鑑印"))
    assert page.messages == () and page.cursor
    page = service.find(ROOT, Query(text="印鑑印", after=page.cursor))
    assert [m["id"] for m in page.messages] == [oldest] and page.cursor == ""


def pages(service: QuarantineService, query: Query) -> list[dict[str, Any]]:
    found, cursor = list[dict[str, Any]](), query.after
    while True:
        page = service.find(ROOT, replace(query, after=cursor))
        found, cursor = [*found, *page.messages], page.cursor
        if not cursor:
            return found


@pytest.mark.parametrize("query", [{"text": "印鑑印"}, {"text": "大"}, {"kind": ("leak",), "text": "大"}])
def test_a_list_is_given_in_time(service: QuarantineService, held: Held, clock: FakeClock, query: dict[str, Any],
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock costs a second here: a page ends after its first piece, and the cursor goes on."""
    for name in ("FIRST", "CHUNK"):
        monkeypatch.setattr(finding, name, 1)
    wanted = [held(leak, data=octets(f"{n}"), subject="印鑑印 大", received_at=START + timedelta(minutes=n)) for n in range(4)]
    monkeypatch.setattr(clock, "monotonic", itertools.count().__next__)
    page = service.find(ROOT, Query(**query, limit=1))
    assert len(page.messages) == 1 and page.cursor
    held(leak, data=octets("another"), subject="印鑑 鑑印", received_at=START + timedelta(minutes=9))
    page = service.find(ROOT, Query(**query))
    assert page.messages == () and page.cursor
    assert [m["id"] for m in pages(service, Query(**query))] == wanted[::-1]


def test_nobody_finds_what_access_does_not_grant(service: QuarantineService, held: Held) -> None:
    dice = random.Random(5)
    people = ("staff@bank.example", "clerk@bank.example", "a@other.example", "x@else.example")
    for n in range(24):
        held(dice.choice([admission, leak]), data=octets(f"{n}"), sender=dice.choice(people), recipients=tuple(dice.sample(people, 2)))
    rows = list(QuarantinedMessage.objects.all())
    for n in range(40):
        scopes = frozenset(dice.sample(["bank.example", "other.example", "clerk@bank.example", "kind:leak", "direction:inbound"], dice.randint(0, 2)))
        who = Actor(f"p{n}", frozenset(dice.sample(list(Role), dice.randint(1, 2))), frozenset(dice.sample(people, dice.randint(0, 2))), scopes=scopes)
        wanted = {r.pk for r in rows if access.reach(who, Act.SEE, service.subject(r))}
        assert set(ids(service, who, limit=100)) == wanted, who
        assert set(ids(service, who, limit=100, kind=("threat",))) == {r.pk for r in rows if r.pk in wanted and r.kind == "threat"}, who


def test_a_cursor_that_is_none(service: QuarantineService, held: Held) -> None:
    held()
    for after in ("#x", "nonsense"):
        with pytest.raises(ValueError):
            service.find(ROOT, Query(after=after))


def test_counts(service: QuarantineService, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        held(data=octets(f"{n}"))
    service.deny(ROOT, held(leak), "no")
    assert service.count(ROOT, Query()) == {"held": 3, "denied": 1} and service.count(STAFF, Query()) == {"held": 3}
    monkeypatch.setattr(finding, "COUNTED", 2)
    assert service.count(ROOT, Query(status=("held",))) == {"held": 2}


def test_other_mails_with_the_same_file(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    one, other = held(inspection={"artifacts": [FILE]}), held(leak, inspection={"artifacts": [FILE]})
    held(data=octets("else"))
    shown = service.show(ANNA, one)
    assert [r["id"] for r in shown["related"]] == [other] and shown["related"][0]["file"] == "名簿.xlsx" and shown["delivery"] == {}
    assert service.related(STAFF, one, {"ab" * 32: "x"}) == [] == service.related(ANNA, one, {"cd" * 32: "x"})


def test_the_delivery_of_a_release_is_shown(service: QuarantineService, held: Held) -> None:
    id = held(leak)
    service.release(BOSS, id, "known partner")
    assert service.show(BOSS, id)["delivery"]["state"] == "ready"
