"""Who is there: accounts as the keeper keeps them (read only), password checks, waits after failures."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate, hashers
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from gateway.console.state import console
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
    if not user.is_authenticated:
        return None
    profile = Profile.objects.filter(user_id=user.pk).first()
    if profile is None:
        return None
    return Account(user.get_username(), tuple(profile.roles), profile.language, profile.must_change_password)


def proven(request: HttpRequest, name: str, password: str, client: str) -> User | None:
    """The user whose password this is. A failure is recorded and makes the next ones wait. Raises Locked."""
    name, password = name[:LONGEST_NAME], password[:LONGEST_PASSWORD]
    book = console().book
    for kind, subject in (("address", client), ("account", name.casefold())):
        if wait := book.strike(kind, subject):
            raise Locked(wait)
    user = authenticate(request, username=name, password=password)
    if user is None:
        console().ask("login-failed", "", name=name, client=client)
        return None
    book.forgive(name.casefold(), client)
    assert isinstance(user, User)
    return user
