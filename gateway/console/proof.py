"""Who asks, and the proof asked for once more before something that a stolen session must not do."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gateway.console.accounts.person import Unreachable
from gateway.console.people import Locked, proven
from gateway.console.state import console


def account(request: HttpRequest) -> str:
    name: str = request.account.name  # type: ignore[attr-defined]
    return name


def needed(request: HttpRequest, strict: bool = False) -> bool:
    """True where the last proof is older than `console.reauthenticate`. A log-in is one, but where it is `strict`: for threats."""
    times = [request.session.get("proven", 0.0), 0.0 if strict else request.session.get("began", 0.0)]
    age = console().book.now() - max(times)
    return not 0 <= age <= console().config.console.reauthenticate


def unproven(request: HttpRequest, strict: bool = True) -> str:
    """Why this does not count yet; "" where a proof is fresh or the password in the form is right."""
    if not needed(request, strict):
        return ""
    here = request.account  # type: ignore[attr-defined]
    if not here.types_password:
        return _("Please confirm who you are, and do this again.")
    password = request.POST.get("password", "")
    if not password:
        return _("Please enter your password: this needs it once more.")
    try:
        user = proven(request, account(request), password, request.client)  # type: ignore[attr-defined]
    except Locked as locked:
        return locked_sentence(locked)
    except Unreachable:
        return unreachable_sentence()
    if user is None or user.get_username() != here.name:
        return _("The password is not right.")
    request.session["proven"] = console().book.now()
    return ""


def locked_sentence(locked: Locked) -> str:
    return _("Too many failed attempts. Please wait {minutes} min and try again.").format(minutes=locked.minutes)


def unreachable_sentence() -> str:
    return _("The log-in service cannot be reached. Please try again later.")
