from __future__ import annotations

from django.utils import translation

from gateway.console.navigation import PLACES, address, belongs, groups
from gateway.model.custody import Role
from tests.builders.console import Site


def names(roles: list[str]) -> list[str]:
    with translation.override("en"):
        return [place.label for _, shown in groups(roles, "/quarantine/x") for place in shown]


def test_roles_are_those_of_the_house() -> None:
    assert frozenset().union(*(p.roles for places in PLACES.values() for p in places)) == {r.value for r in Role}
    every = [p.name for places in PLACES.values() for p in places]
    assert len(every) == len(set(every))


def test_a_place_without_a_page_is_not_shown(site: Site) -> None:
    assert address("list") == "/quarantine" and address("nowhere") == ""
    assert "Held mail" in names(["recipient"])


def test_where_one_is(site: Site) -> None:
    assert belongs("/quarantine/x", "/quarantine") and not belongs("/quarantines", "/quarantine")
    assert belongs("/", "/") and not belongs("/quarantine", "/")
    with translation.override("en"):
        marked = [place.label for _, shown in groups(["analyst"], "/quarantine/x") for place in shown if place.current]
    assert marked == ["Held mail"]


def test_nobody_sees_nothing() -> None:
    assert groups([], "/") == []
