"""Users and roles: for administrators. What concerns an account's rights needs a proof that is not old, and is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.console import pages
from gateway.console.accounts import words
from gateway.console.accounts.own import sessions
from gateway.console.proof import account, needed, unproven
from gateway.console.settings import LANGUAGES
from gateway.console.state import console
from gateway.model.custody import Role
from quarantine.lifecycle import Refused

LONGEST = 20_000                         # characters of a field with many lines
DONE = {
    "changed": gettext_noop("The account is changed."),
    "disable": gettext_noop("The account is disabled; its sessions are ended."),
    "enable": gettext_noop("The account is enabled."),
    "reset-mfa": gettext_noop(
        "The second factors are forgotten. Where the role needs one, a new one is set up at the next log-in."),
    "end": gettext_noop("The sessions of the account are ended."),
}
TAGS = {"": "", **{code: {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}.get(code, code) for code, _name in LANGUAGES}}


@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    return listed(request)


def listed(request: HttpRequest, status: int = 200, problem: str = "") -> HttpResponse:
    rows = console().ask("user-list", account(request))["users"]
    return render(request, "accounts/users.html", {
        "users": [row | {"words": [words.role_word(role) for role in row["roles"]]} for row in rows], "problem": problem,
        **choices(request, given(request) if request.method == "POST" else {})}, status=status)


def choices(request: HttpRequest, chosen: dict[str, Any]) -> dict[str, Any]:
    """Fields of a form about an account, with what is chosen in them."""
    return {"roles": [(r.value, words.role_word(r.value), _(words.MAY[r.value]), r.value in chosen.get("roles", ())) for r in Role],
            "chosen": chosen, "tongues": [(TAGS[code], name, TAGS[code] == chosen.get("language")) for code, name in LANGUAGES],
            "prove": needed(request)}


def given(request: HttpRequest) -> dict[str, Any]:
    """What a form says about an account."""
    lines = {name: request.POST.get(name, "")[:LONGEST].splitlines() for name in ("mailboxes", "scopes")}
    return {"name": request.POST.get("name", "")[:200].strip(), "roles": request.POST.getlist("role")[:len(Role)],
            "language": request.POST.get("language", "")[:10], **lines}


@require_safe
def one(request: HttpRequest) -> HttpResponse:
    return shown(request, request.GET.get("name", ""), done=DONE.get(request.GET.get("done", ""), ""))


def shown(request: HttpRequest, name: str, status: int = 200, problem: str = "", done: str = "",
          password: str = "") -> HttpResponse:
    found = next((row for row in console().ask("user-list", account(request))["users"] if row["name"] == name), None)
    if found is None:
        return pages.missing(request)
    return render(request, "accounts/user.html", {
        "user": found, "own": name == account(request), "sessions": sessions(name), "problem": problem, "password": password,
        "done": _(done) if done else "", **choices(request, found)}, status=status)


@sensitive_post_parameters("password")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new account; its one-time password is shown on the page that answers, and nowhere else."""
    if problem := unproven(request, strict=False):
        return listed(request, 403, problem)
    try:
        made = console().ask("user-add", account(request), **given(request))
    except Refused as refusal:
        return refused(refusal, lambda why: listed(request, 409, why))
    return shown(request, made["name"], password=made["password"])


@sensitive_post_parameters("password")
@require_POST
def change(request: HttpRequest, verb: str) -> HttpResponse:
    """One change of an account; what is refused is said on its page."""
    name = request.POST.get("name", "")
    if problem := unproven(request, strict=False):
        return shown(request, name, 403, problem)
    try:
        if verb == "password":
            fresh = console().ask("user-password", account(request), name=name)["password"]
            console().book.end_all(name)
            return shown(request, name, password=fresh)
        if verb == "role":
            console().ask("user-role", account(request), **given(request))
        elif verb == "end":
            ended(request, name)
        else:
            console().ask(f"user-{verb}", account(request), name=name)
    except Refused as refusal:
        return refused(refusal, lambda why: shown(request, name, 409, why))
    if verb in ("disable", "reset-mfa"):
        console().book.end_all(name)
    done = "changed" if verb == "role" else verb
    return HttpResponseRedirect(f"{reverse('user')}?{urlencode({'name': name, 'done': done})}", status=303)


def ended(request: HttpRequest, name: str) -> None:
    """End all sessions of somebody. Custody knows nothing of sessions, but who keeps accounts."""
    console().ask("user-list", account(request))                 # refuses whoever does not
    count = console().book.end_all(name, but=request.session.session_key or "")
    console().ask("note", account(request), action="session-end", detail={"account": name[:150], "count": count})


def refused(refusal: Refused, answer: Callable[[str], HttpResponse]) -> HttpResponse:
    """Said on the page it belongs to, but what is not allowed at all."""
    if refusal.code in ("FORBIDDEN", "NOT-FOUND"):
        raise refusal
    return answer(words.sentence(refusal))
