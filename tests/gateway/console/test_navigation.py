from __future__ import annotations

import pytest
from django.utils import translation
from lxml import html

from gateway.console.navigation import PLACES, address, belongs, groups
from gateway.console.people import Account
from gateway.model.custody import Role
from tests.builders.console import Site


def account(*roles: str, scopes: tuple[str, ...] = ()) -> Account:
    return Account("eve", roles, "en", False, scopes=scopes)


def names(*roles: str, scopes: tuple[str, ...] = ()) -> list[str]:
    with translation.override("en"):
        return [place.label for _, shown in groups(account(*roles, scopes=scopes), "/quarantine/x") for place in shown]


def test_roles_are_those_of_the_house() -> None:
    assert frozenset().union(*(p.roles for places in PLACES.values() for p in places)) == {r.value for r in Role}
    every = [p.name for places in PLACES.values() for p in places]
    assert len(every) == len(set(every))


def test_a_place_without_a_page_is_not_shown(site: Site) -> None:
    assert address("list") == "/quarantine" and address("nowhere") == ""
    assert "Held mail" in names("recipient")


def test_where_one_is(site: Site) -> None:
    assert belongs("/quarantine/x", "/quarantine") and not belongs("/quarantines", "/quarantine")
    assert belongs("/", "/") and not belongs("/quarantine", "/")
    with translation.override("en"):
        marked = [place.label for _, shown in groups(account("analyst"), "/quarantine/x") for place in shown if place.current]
    assert marked == ["Held mail"]


def test_nobody_sees_nothing() -> None:
    assert groups(account(), "/") == []


@pytest.mark.parametrize("role", list(Role))
def test_every_place_that_is_shown_opens_with_and_without_a_scope(site: Site, role: Role) -> None:
    """A place whose page refuses is no place."""
    for name, scopes in (("wide", ()), ("narrow", ("bank.example",))):
        site.people(name, role.value, scopes=scopes)
        browser = site.browser(name)
        page = html.fromstring(browser.open("/quarantine").content)
        paths = page.xpath("//nav[@class='places']//a/@href")
        assert "/quarantine" in paths and {path: browser.open(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_a_scope_takes_the_places_of_the_whole_house_away(site: Site) -> None:
    everywhere = {"Users and roles", "Audit", "System health", "Policy", "Exceptions", "Signatures", "Outbox"}
    assert everywhere <= set(names("admin")) and not everywhere & set(names("admin", scopes=("bank.example",)))
