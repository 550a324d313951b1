"""Tokens of programs: one's own to make, list and revoke; whoever keeps accounts sees and revokes all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.console.accounts import words
from gateway.console.proof import account, needed, unproven
from gateway.console.state import console
from quarantine.lifecycle import Refused
from quarantine.tokens import LONGEST, OFFERED

DAYS = 90
SENTENCES = {
    "TOKEN": gettext_noop("A token has a name, lives 1 to 366 days, and has no more rights than its account."),
    "TOO-MANY-TOKENS": gettext_noop("You have as many tokens as are possible. Please revoke one first."),
}


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    return shown(request)


def shown(request: HttpRequest, status: int = 200, problem: str = "", made: str = "") -> HttpResponse:
    roles = request.account.roles  # type: ignore[attr-defined]
    return render(request, "ledger/tokens.html", {
        "tokens": console().ask("token-list", account(request))["tokens"], "problem": problem, "made": made,
        "roles": [(role, words.role_word(role)) for role in roles], "verbs": sorted(OFFERED), "longest": LONGEST, "days": DAYS,
        "prove": needed(request)}, status=status)


@sensitive_post_parameters("password")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new token; its text is on the page that answers, and nowhere else."""
    if problem := unproven(request, strict=False):
        return shown(request, 403, problem)
    days = request.POST.get("days", "")
    try:
        made = console().ask(
            "token-add", account(request), name=account(request), label=request.POST.get("label", "")[:200],
            days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0, roles=request.POST.getlist("role")[:20],
            scopes=request.POST.get("scopes", "")[:5000].splitlines(), verbs=request.POST.getlist("verb")[:100])
    except Refused as refusal:
        return shown(request, 409, sentence(refusal))
    return shown(request, made=made["token"])


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    console().ask("token-revoke", account(request), id=request.POST.get("id", "")[:24])
    return HttpResponseRedirect(reverse("tokens"), status=303)


def sentence(refusal: Refused) -> str:
    english = SENTENCES.get(refusal.code)
    return _(english) if english else words.sentence(refusal)
