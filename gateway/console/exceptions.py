"""Exceptions from rules: with whom they belong, until when, made and ended here. The file of the configuration is not touched."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.config.source import MADE
from gateway.console.proof import account, unproven
from gateway.console.rules import conditions_of, for_house
from gateway.console.state import console
from gateway.console.words import refusal_sentence
from gateway.policy import UNMAPPED, load_policy
from quarantine.access import Act
from quarantine.lifecycle import Refused

LONGEST = 300                            # characters of a field
LISTS = ("sender", "recipient", "finding", "sha256", "client")     # several words, separated by spaces or commas
FIELDS = ("rule", "owner", "until", "reason", *LISTS, "dmarc")


@require_safe
def exceptions(request: HttpRequest) -> HttpResponse:
    return for_house(request) or listed(request)


def listed(request: HttpRequest, status: int = 200, problem: str = "", given: dict[str, str] | None = None) -> HttpResponse:
    config, now = console().config, console().clock.now()
    policy, made = load_policy(config), str(config.gateway.state_dir / MADE)
    written = {entry.table.get("id"): entry for entry in config.exceptions}
    rows = [{"id": one.id, "rule": one.rule, "then": one.then.word, "owner": one.owner,
             "until": str(written[one.id].table["until"]), "ended": one.until <= now, "reason": one.reason,
             "scope": conditions_of(written[one.id].table.get("scope")), "ours": one.where.startswith(made),
             "forgeable": one.forgeable, "where": one.where.rpartition("/")[2]} for one in policy.exceptions]
    return render(request, "console/exceptions.html", {
        "rows": sorted(rows, key=lambda row: (row["ended"], str(row["until"]))), "problem": problem, "given": given or {},
        "may": request.account.may(Act.POLICY), "done": request.GET.get("done", "") in ("made", "ended"),  # type: ignore[attr-defined]
        "rules": [*(rule.id for rule in policy.rules), UNMAPPED]}, status=status)


@sensitive_post_parameters("password")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip()[:LONGEST] for name in FIELDS}
    if problem := unproven(request):
        return listed(request, 403, problem, given)
    scope: dict[str, Any] = {name: given[name].replace(",", " ").split() for name in LISTS if given[name]}
    if given["dmarc"]:
        scope["auth"] = {"dmarc": ["pass"]}
    wanted = {name: given[name] for name in ("rule", "owner", "until", "reason")} | {"scope": scope}
    return tried(request, "exception-make", "made", given, exception=wanted)


@sensitive_post_parameters("password")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    if problem := unproven(request):
        return listed(request, 403, problem)
    said = {name: request.POST.get(name, "")[:LONGEST] for name in ("id", "reason")}
    return tried(request, "exception-end", "ended", {}, **said)


def tried(request: HttpRequest, verb: str, done: str, given: dict[str, str], **arguments: Any) -> HttpResponse:
    try:
        console().ask(verb, account(request), **arguments)
    except Refused as refusal:
        return listed(request, 403 if refusal.code == "FORBIDDEN" else 409, refusal_sentence(refusal), given)
    return HttpResponseRedirect(f"{reverse('exceptions')}?done={done}", status=303)
