"""Every cell of role x scope x mail x verb, as it is written out: by the table, through the service, through the pages."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from gateway.model.custody import Actor, Role
from gateway.model.decision import Kind
from quarantine.access import CHANGING, Act
from quarantine.lifecycle import Refused
from quarantine.models import DirectoryEntry, Profile
from quarantine.service import QuarantineService
from tests.builders.console import PASSWORD, Browser, Site, site
from tests.builders.custody import ROOT, Held, House, admission, clock, held, house, leak, service, template, unblocked
from tests.builders.permissions import KINDS, OWN, SITUATIONS, VERBS, account_of, rows

__all__ = ["clock", "held", "house", "service", "site", "template", "unblocked"]

SIGNS = {"NOT-FOUND": ".", "FORBIDDEN": "-", "OWN-MAIL": "o", "FOUR-EYES": "2"}
QUICK = ("the whole house", "its departments", "another domain", "own address")
QUICK_PAGES = ("the whole house", "own address")
REST = tuple(one for one in (*SITUATIONS, *OWN) if one not in QUICK)
HOUSE = {                                # acts on the house, without and with a scope
    "recipient": ("-----", "-----"), "sender": ("-----", "-----"), "supervisor": ("-----", "-----"), "analyst": ("y----", "-----"),
    "admin": ("yyyy-", "-----"), "auditor": ("y-y--", "-----"),
}
CALLS: tuple[Callable[[QuarantineService, Actor], Any], ...] = (
    lambda s, a: s.queue(a), lambda s, a: s.queue_retry(a, ""), lambda s, a: s.audit_verify(a), lambda s, a: s.user_list(a),
    lambda s, a: s.maintain(a, "retention"))


@pytest.fixture(autouse=True)
def quick_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of cells, and none of them is about a loss of power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def make(held: Held, kind: str) -> str:
    if kind == "leak":
        return held(leak)
    return held(admission, kind=Kind.THREAT if kind == "threat" else Kind.UNINSPECTABLE)


def departments() -> None:
    DirectoryEntry.objects.create(mailbox="staff@bank.example", department="Ops")
    DirectoryEntry.objects.create(mailbox="clerk@bank.example", department="Sales")


def test_every_cell_is_written_out() -> None:
    found = Counter((role, situation) for role, situation, _ in rows())
    assert found == Counter((r.value, s) for r in Role for s in (*SITUATIONS, *OWN))
    assert all(set(cells) == set(KINDS) and all(len(cell) == len(VERBS) for cell in cells.values()) for _, _, cells in rows())
    assert {"see" if verb == "show" else verb for verb in VERBS} == {act.value for act in list(Act)[:12]}


def test_what_is_written_out_keeps_the_rules_of_the_house() -> None:
    """Read from the expectation alone: what must never stand in it."""
    changing = [n for n, verb in enumerate(VERBS) if verb != "show" and Act(verb) in CHANGING]
    for role, situation, cells in rows():
        for kind, cell in cells.items():
            said = dict(zip(VERBS, cell, strict=True))
            assert (said["show"] == ".") == (set(cell) == {"."}), "what one may not see does not exist"
            if role == "admin":
                assert said["preview"] != "y" and said["export"] != "y", "an admin reads no mail"
            if role == "auditor":
                assert not [VERBS[n] for n in changing if cell[n] == "y"], "an auditor changes nothing"
            if situation in OWN:
                assert not {said["approve"], said["release"], said["delete"]} & {"y"}, "nobody lets their own mail go, or destroys it"
            if kind == "threat":
                assert said["release"] != "y", "nobody releases a threat alone"
            if situation.startswith("another"):
                assert set(cell) == {"."}


def tried(service: QuarantineService, actor: Actor, verb: str, id: str) -> str:
    try:
        if verb == "show":
            service.show(actor, id)
        elif verb == "preview":
            os.close(service.preview_content(actor, id, "why").fd)
        elif verb == "export":
            os.close(service.export_raw(actor, id, "why").fd)
        else:
            getattr(service, "return_" if verb == "return" else verb)(actor, id, "why")
    except Refused as refusal:
        return SIGNS.get(refusal.code, refusal.code)
    return "y"


def through_the_service(service: QuarantineService, held: Held, role: Role, situations: tuple[str, ...]) -> None:
    departments()
    fresh: dict[str, str] = {}
    wrong = []
    for name, situation, cells in rows():
        if name != role or situation not in situations:
            continue
        mailboxes, scopes = account_of(situation)
        actor = Actor("eve", frozenset({role}), frozenset(mailboxes), scopes=frozenset(scopes))
        for kind, cell in cells.items():
            for verb, wanted in zip(VERBS, cell, strict=True):
                id = fresh.pop(kind, "") or make(held, kind)
                if verb == "lift":
                    service.hold(ROOT, id, "why")
                found = tried(service, actor, verb, id)
                if found != "y" and verb != "lift":
                    fresh[kind] = id     # nothing was changed: it serves again
                if found != wanted:
                    wrong.append((situation, kind, verb, wanted, found))
    assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_through_the_service(service: QuarantineService, held: Held, role: Role) -> None:
    through_the_service(service, held, role, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_through_the_service_every_scope(service: QuarantineService, held: Held, role: Role) -> None:
    through_the_service(service, held, role, REST)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("scoped", [False, True])
def test_acts_on_the_house(service: QuarantineService, role: Role, scoped: bool) -> None:
    actor = Actor("eve", frozenset({role}), scopes=frozenset({"kind:leak"} if scoped else ()))
    found = ""
    for call in CALLS:
        try:
            call(service, actor)
            found += "y"
        except Refused as refusal:
            found += SIGNS.get(refusal.code, refusal.code)
    assert found == HOUSE[role][scoped]


def asked(browser: Browser, token: str, verb: str, id: str) -> str:
    """One request as the pages send it; what the answer says."""
    if verb == "show":
        answer = browser.open(f"/quarantine/{id}")
    else:
        path = f"/quarantine/{id}/{'copy' if verb == 'export' else verb}"
        answer = browser.post(path, {"csrfmiddlewaretoken": token, "reason": "why", "password": PASSWORD}, headers={"origin": browser.url})
    page = answer.content.decode()
    if answer.status_code in (200, 303):
        return "y"
    if answer.status_code == 404:
        return "."
    signs = {"Your role does not allow this.": "-", "from or to their own address": "o", "This release needs two persons.": "2"}
    return next((sign for sentence, sign in signs.items() if sentence in page), f"{answer.status_code}")


def through_the_pages(site: Site, held: Held, role: Role, situations: tuple[str, ...]) -> None:
    departments()
    site.people("eve", role.value)
    eve = site.browser("eve")
    token = eve.cookies["sekisho_csrf"].value
    fresh: dict[str, str] = {}
    wrong = []
    for name, situation, cells in rows():
        if name != role or situation not in situations:
            continue
        mailboxes, scopes = account_of(situation)
        Profile.objects.update(mailboxes=list(mailboxes), scopes=list(scopes))
        for kind, cell in cells.items():
            for verb, wanted in zip(VERBS, cell, strict=True):
                id = fresh.pop(kind, "") or make(held, kind)
                if verb == "lift":
                    site.house.service.hold(ROOT, id, "why")
                found = asked(eve, token, verb, id)
                if found != "y" and verb != "lift":
                    fresh[kind] = id
                if found != wanted:
                    wrong.append((situation, kind, verb, wanted, found))
    assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_through_the_pages(site: Site, held: Held, role: Role) -> None:
    through_the_pages(site, held, role, QUICK_PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_through_the_pages_every_scope(site: Site, held: Held, role: Role) -> None:
    through_the_pages(site, held, role, tuple(one for one in (*SITUATIONS, *OWN) if one not in QUICK_PAGES))
