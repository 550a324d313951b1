"""The places of the console: one table. A place is shown to the roles that have business there, once its page exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

EVERYBODY = frozenset({"recipient", "sender", "supervisor", "analyst", "admin", "auditor"})
JUDGES = frozenset({"supervisor", "analyst"})
HOUSE = frozenset({"analyst", "admin", "auditor"})


@dataclass(frozen=True, slots=True)
class Place:
    name: str                            # of its address in urls.py
    label: str
    roles: frozenset[str] = EVERYBODY


@dataclass(frozen=True, slots=True)
class Shown:
    path: str
    label: str
    current: bool


PLACES: Mapping[str, Sequence[Place]] = {
    _("Mail"): (
        Place("dashboard", _("Overview")),
        Place("list", _("Held mail")),
        Place("approvals", _("Approvals"), JUDGES),
        Place("outbox", _("Outbox"), HOUSE),
    ),
    _("Rules"): (
        Place("policy", _("Policy"), HOUSE),
        Place("exceptions", _("Exceptions"), HOUSE),
        Place("signatures", _("Signatures"), HOUSE),
    ),
    _("House"): (
        Place("users", _("Users and roles"), frozenset({"admin"})),
        Place("audit", _("Audit"), frozenset({"admin", "auditor"})),
        Place("reports", _("Reports"), frozenset({"supervisor", "admin", "auditor"})),
        Place("health", _("System health"), HOUSE),
        Place("tokens", _("Tokens of programs"), frozenset({"supervisor", "analyst", "admin", "auditor"})),
    ),
}


def groups(roles: Sequence[str], here: str) -> list[tuple[str, list[Shown]]]:
    """Headings with their places for these roles; the place that `here` (a path) belongs to is marked."""
    found = []
    for heading, places in PLACES.items():
        shown = [Shown(path, gettext(place.label), belongs(here, path)) for place in places
                 if place.roles & set(roles) and (path := address(place.name))]
        if shown:
            found.append((gettext(heading), shown))
    return found


def address(name: str) -> str:
    """"" where there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def belongs(here: str, path: str) -> bool:
    return here == path or (path != "/" and here.startswith(f"{path}/"))
