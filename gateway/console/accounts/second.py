"""The second step of a log-in: a code of an app, a security key, or a recovery code. Then the session begins.

Between the two steps nothing is open: the session knows only whose password was right, for some minutes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import login as open_session
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gateway.console import pages
from gateway.console.accounts import words
from gateway.console.middleware import anybody
from gateway.console.people import Locked, account_of
from gateway.console.proof import locked_sentence
from gateway.console.state import console

BACKEND = "gateway.console.people.Backend"
HALF = 600.0                             # seconds between the two steps
LONGEST_ANSWER = 16 << 10                # characters
KINDS = ("app", "key", "code")


def target(given: str) -> str:
    """Where to go next: a path of ours, never another site."""
    fine = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if fine and len(given) <= 2000 else reverse("list")


def site() -> dict[str, str] | None:
    """Where security keys are bound to; None where browsers offer none: they want a name, and https but on this machine."""
    url = urlsplit(console().config.gateway.console_url)
    host = url.hostname or ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        return None                      # an address is no relying party (WebAuthn, section 5.1.2)
    return {"host": host, "origin": f"{url.scheme}://{url.netloc}"}


def welcome(request: HttpRequest, user: User, given: str, how: str, strong: bool = False) -> HttpResponse:
    """After the first step: the second one where the account has a factor, else in. `strong`: it was asked for elsewhere."""
    account = account_of(user)
    if account is None or not account.roles:
        return pages.page(request, _("You cannot log in"), _("Your account has no role here. Please ask your administrator."), 403)
    if not account.factors or strong:
        return enter(request, user, given, how, strong)
    request.session.flush()
    request.session["half"] = {"name": account.name, "at": console().book.now(), "next": given, "how": how}
    pose(request, account.name)
    return HttpResponseRedirect(reverse("second"), status=303)


def pose(request: HttpRequest, name: str) -> None:
    """Asks custody for a fresh challenge and keeps it with the half log-in."""
    half: dict[str, Any] = request.session["half"]
    request.session["half"] = half | console().ask("factor-challenge", name, site=site())


def enter(request: HttpRequest, user: User, given: str, how: str, strong: bool) -> HttpResponse:
    name, client, book = user.get_username(), client_of(request), console().book
    console().ask("note", name, action="login", detail={"client": client, "how": how})      # nobody is in unrecorded
    request.session.flush()              # a new key at every log-in
    open_session(request, user, BACKEND)
    request.session["began"] = book.now()
    request.session["strong"] = strong
    claim(request, name)
    return HttpResponseRedirect(target(given), status=303)


def claim(request: HttpRequest, name: str) -> None:
    """Put this session, as it is now, into the list of the account's open ones."""
    request.session.save()
    console().book.claim(request.session.session_key or "", name, client_of(request), request.headers.get("User-Agent", ""))


def client_of(request: HttpRequest) -> str:
    client: str = request.client  # type: ignore[attr-defined]
    return client


@anybody
@sensitive_post_parameters("answer")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    half = request.session.get("half")
    if not half or not 0 <= console().book.now() - half["at"] <= HALF:
        return HttpResponseRedirect(reverse("login"), status=303)
    if request.method != "POST":
        return form(request)
    user = User.objects.filter(username=half["name"], is_active=True, profile__isnull=False).first()
    kind = request.POST.get("kind", "")
    try:
        right = user is not None and answered(request, half["name"], kind)
    except Locked as locked:
        return form(request, locked_sentence(locked), 429)
    if not right or user is None:
        pose(request, half["name"])
        return form(request, gettext(words.REFUSAL["FACTOR-WRONG"]), 403)
    return enter(request, user, half["next"], kind, strong=True)


def answered(request: HttpRequest, name: str, kind: str) -> bool:
    """Whether the answer in the form proves the account's second factor. Wrong ones make the next ones wait. Raises Locked."""
    book, client = console().book, client_of(request)
    for subject, value in (("address", client), ("factor", name.casefold())):
        if wait := book.strike(subject, value):
            raise Locked(wait)
    answer = request.POST.get("answer", "")[:LONGEST_ANSWER]
    right = kind in KINDS and console().ask("factor-check", name, kind=kind, answer=answer, site=site(), client=client)["right"]
    if right:
        book.forgive(name.casefold(), client, "factor")
    return bool(right)


def form(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    half = request.session["half"]
    shown = {"kinds": half["kinds"], "options": half["options"], "problem": problem}
    return render(request, "accounts/second.html", shown, status=status)
