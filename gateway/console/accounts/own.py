"""One's own account: who one is here, second factors, open sessions. A change needs a proof that is not old."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from gateway.console.accounts import words
from gateway.console.accounts.second import LONGEST_ANSWER, site
from gateway.console.middleware import before_factor
from gateway.console.proof import account, needed, unproven
from gateway.console.state import console
from quarantine.lifecycle import Refused

DONE = {
    "added": gettext_noop("The second factor is set up."), "removed": gettext_noop("The second factor is removed."),
    "ended": gettext_noop("The session is ended."),
}
BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@before_factor
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return page(request, done=DONE.get(request.GET.get("done", ""), ""))


def page(request: HttpRequest, status: int = 200, problem: str = "", done: str = "") -> HttpResponse:
    here = request.account  # type: ignore[attr-defined]
    lacks = here.needs_factor and not here.factors and not request.session.get("strong")
    return render(request, "accounts/own.html", {
        "roles": [words.role_word(role) for role in here.roles], "may": [_(words.MAY[role]) for role in here.roles], "lacks": lacks,
        "keys_here": site() is not None, "factors": console().ask("factors", here.name),
        "sessions": sessions(here.name, request.session.session_key or ""),
        "prove": needed(request), "problem": problem, "done": _(done) if done else ""}, status=status)


def sessions(name: str, key: str = "") -> list[dict[str, Any]]:
    times, book = console().config.console, console().book
    return [{"id": one.id, "client": one.client, "agent": one.agent, "here": one.here, "began": stamp(one.began),
             "seen": stamp(one.seen)} for one in book.sessions(name, times.idle, times.lifetime, key)]


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


@before_factor
@sensitive_post_parameters("password")
@require_POST
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """The page on which a new factor is set up. A POST: custody keeps what it offers."""
    if problem := unproven(request, strict=False):
        return page(request, 403, problem)
    return offer(request, kind)


@sensitive_variables("made")
def offer(request: HttpRequest, kind: str, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        made = console().ask("factor-offer", account(request), kind=kind, site=site())
    except Refused as refusal:
        return page(request, 409, words.sentence(refusal))
    if kind == "key":
        return render(request, "accounts/key.html", {"options": made["options"], "problem": problem}, status=status)
    return app(request, made["secret"], problem, status)


def app(request: HttpRequest, secret: str, problem: str = "", status: int = 200) -> HttpResponse:
    label = quote(f"sekisho:{account(request)}", safe=":")
    uri = f"otpauth://totp/{label}?secret={secret}&issuer=sekisho"
    code = segno.make(uri, error="m").svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=True)
    return render(request, "accounts/app.html", {
        "secret": secret, "spaced": " ".join(secret[n:n + 4] for n in range(0, len(secret), 4)), "problem": problem,
        "code": mark_safe(code)}, status=status)      # noqa: S308 - of segno: shapes and numbers, nothing of anybody's


@before_factor
@sensitive_post_parameters("answer", "secret")
@require_POST
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Takes the factor with its first answer. With the first one of an account come recovery codes, shown this once."""
    answer, name = request.POST.get("answer", "")[:LONGEST_ANSWER], request.POST.get("label", "")[:60]
    try:
        codes = console().ask("factor-add", account(request), kind=kind, answer=answer, label=name, site=site())["codes"]
    except Refused as refusal:
        secret = request.POST.get("secret", "")
        if kind == "app" and len(secret) == 32 and set(secret) <= BASE32:
            return app(request, secret, words.sentence(refusal), 409)
        return offer(request, kind, words.sentence(refusal), 409) if kind == "key" else page(request, 409, words.sentence(refusal))
    console().book.end_all(account(request), but=request.session.session_key or "")     # what was open without it is open no more
    request.session["strong"] = True
    if codes:
        return render(request, "accounts/codes.html", {"codes": codes})
    return HttpResponseRedirect(reverse("account") + "?done=added", status=303)


@before_factor
@sensitive_post_parameters("password")
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    if problem := unproven(request, strict=False):
        return page(request, 403, problem)
    try:
        return render(request, "accounts/codes.html", {"codes": console().ask("factor-codes", account(request))["codes"]})
    except Refused as refusal:
        return page(request, 409, words.sentence(refusal))


@before_factor
@sensitive_post_parameters("password")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    if problem := unproven(request, strict=False):
        return page(request, 403, problem)
    try:
        console().ask("factor-remove", account(request), factor=request.POST.get("factor", "")[:1000])
    except Refused as refusal:
        return page(request, 409, words.sentence(refusal))
    return HttpResponseRedirect(reverse("account") + "?done=removed", status=303)


@before_factor
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all others."""
    name, id = account(request), request.POST.get("session", "")[:32]
    book = console().book
    ended = book.end_all(name, but=request.session.session_key or "") if id == "others" else int(book.end(name, id))
    if ended:
        console().ask("note", name, action="session-end", detail={"count": ended})
    return HttpResponseRedirect(reverse("account") + "?done=ended", status=303)
