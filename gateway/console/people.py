"""Who is there: accounts as the keeper keeps them (read only), password checks, waits after failures."""

from __future__ import annotations

import math
import threading
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate, hashers
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from gateway.console.accounts import directory
from gateway.console.accounts.person import OIDC, Person
from gateway.console.state import console
from gateway.model.custody import Actor, Role
from quarantine.access import Act, permit
from quarantine.factors import held_by
from quarantine.models import Profile

LONGEST_NAME = 150                       # characters, as in Django's User
LONGEST_PASSWORD = 1024
_CHECKING = threading.BoundedSemaphore(2)    # argon2 takes 100 MiB a check


class Locked(Exception):
    """Too many failures: no password is looked at now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.minutes = max(1, math.ceil(seconds / 60))


@dataclass(frozen=True, slots=True)
class Account:
    """One who is logged in."""

    name: str
    roles: tuple[str, ...]
    language: str
    must_change: bool
    factors: bool = False                # has a second factor
    identity: str = ""                   # at a provider or directory; "" has a password here
    mailboxes: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def needs_factor(self) -> bool:
        """True where one of its roles demands a second factor."""
        return bool(set(self.roles) & set(console().config.console.second_factor))

    @property
    def types_password(self) -> bool:
        """True where it logs in with a password, its own or the directory's."""
        return not self.identity.startswith(OIDC)

    def may(self, act: Act) -> bool:
        """What `quarantine.access` says about an act that concerns the house: for the pages that are offered."""
        actor = Actor(self.name, frozenset(Role(r) for r in self.roles), frozenset(self.mailboxes), scopes=frozenset(self.scopes))
        return permit(actor, act) is None


class Backend(ModelBackend):
    """Django's accounts, never written to: no rehashing, no last log-in. The audit chain knows of log-ins."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None,
                     **_: Any) -> User | None:
        user = User.objects.filter(username=username, is_active=True, profile__isnull=False).first()
        with _CHECKING:
            if user is None:
                hashers.make_password(password)      # an unknown name takes as long as a known one
                return None
            return user if hashers.check_password(password, user.password, setter=None) else None


def account_of(user: Any) -> Account | None:
    """The account as it stands now; None for nobody."""
    if user is None or not user.is_authenticated:
        return None
    profile = Profile.objects.filter(user_id=user.pk).first()
    if profile is None:
        return None
    return Account(user.get_username(), tuple(profile.roles), profile.language, profile.must_change_password, held_by(profile),
                   profile.identity, tuple(profile.mailboxes), tuple(profile.scopes))


def counted(name: str) -> str:
    """The name under which wrong passwords are counted. A directory takes many spellings for one name (RFC 4518, section 2: width,
    case, spaces, what cannot be seen), and each would bring tries of its own."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "CZ")


def of_directory(name: str, password: str) -> User | None:
    """The user of a person whose password the directory knows. Raises Unreachable, Refused (another person's name)."""
    settings = console().config.ldap
    if not settings.servers or Profile.objects.filter(user__username=name, identity="").exists():
        return None                      # an account with a password of its own has no other
    person = directory.find(settings, name, password)
    if person is None:
        return None
    return arrived(person)


def arrived(person: Person) -> User | None:
    """The user of somebody who has proven elsewhere who they are, made or renewed; None for somebody without a role here."""
    if not person.roles and not Profile.objects.filter(identity=person.identity).exists():
        return None
    console().ask("user-arrive", "", name=person.name, identity=person.identity, roles=list(person.roles),
                  mailboxes=list(person.mailboxes))
    return User.objects.filter(username=person.name, is_active=True).first() if person.roles else None


def proven(request: HttpRequest, name: str, password: str, client: str) -> User | None:
    """The user whose password this is. A failure is recorded and makes the next ones wait. Raises Locked."""
    name, password = name[:LONGEST_NAME], password[:LONGEST_PASSWORD]
    book, guessed = console().book, counted(name)
    for kind, subject in (("address", client), ("account", guessed)):
        if wait := book.strike(kind, subject):
            raise Locked(wait)
    user = authenticate(request, username=name, password=password) or of_directory(name, password)
    if user is None:
        console().ask("login-failed", "", name=name, client=client)
        return None
    book.forgive(guessed, client)
    assert isinstance(user, User)
    return user
