"""The places of the console: one table. A place is shown to the roles that have business there, once its page exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from gateway.console.people import Account
from quarantine.access import Act

EVERYBODY = frozenset({"recipient", "sender", "supervisor", "analyst", "admin", "auditor"})
HOUSE = frozenset({"analyst", "admin", "auditor"})


@dataclass(frozen=True, slots=True)
class Place:
    name: str                            # of its address in urls.py
    label: str
    roles: frozenset[str] = EVERYBODY
    act: Act | None = None               # that the whole house is concerned with: refused to an account with a scope


@dataclass(frozen=True, slots=True)
class Shown:
    path: str
    label: str
    current: bool


PLACES: Mapping[str, Sequence[Place]] = {
    _("Mail"): (
        Place("dashboard", _("Overview")),
        Place("list", _("Held mail")),
        Place("outbox", _("Outbox"), HOUSE, Act.QUEUE),
    ),
    _("Rules"): (
        Place("policy", _("Policy"), HOUSE, Act.HOUSE),
        Place("exceptions", _("Exceptions"), HOUSE, Act.HOUSE),
        Place("signatures", _("Signatures"), HOUSE, Act.HOUSE),
    ),
    _("System"): (
        Place("users", _("Users and roles"), frozenset({"admin"}), Act.ACCOUNTS),
        Place("directory", _("Staff directory"), frozenset({"admin"}), Act.ACCOUNTS),
        Place("audit", _("Audit"), frozenset({"admin", "auditor"}), Act.AUDIT),
        Place("reports", _("Reports"), frozenset({"supervisor", "admin", "auditor"})),
        Place("health", _("System health"), HOUSE, Act.HOUSE),
        Place("tokens", _("Tokens of programs"), frozenset({"supervisor", "analyst", "admin", "auditor"})),
    ),
}


def groups(account: Account, here: str) -> list[tuple[str, list[Shown]]]:
    """Headings with their places for this account; the place that `here` (a path) belongs to is marked."""
    found = []
    for heading, places in PLACES.items():
        shown = [Shown(path, gettext(place.label), belongs(here, path)) for place in places
                 if business(account, place) and (path := address(place.name))]
        if shown:
            found.append((gettext(heading), shown))
    return found


def business(account: Account, place: Place) -> bool:
    return bool(place.roles & set(account.roles)) and (place.act is None or account.may(place.act))


def offered(account: Account, name: str) -> bool:
    """Whether this account has business at the place of this name."""
    return any(place.name == name and business(account, place) for places in PLACES.values() for place in places)


def address(name: str) -> str:
    """"" where there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def belongs(here: str, path: str) -> bool:
    return here == path or (path != "/" and here.startswith(f"{path}/"))
