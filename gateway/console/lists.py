"""The list of held mail: filters, pages, lists that people keep, one decision about many mails. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.console import filters
from gateway.console.proof import account, unproven
from gateway.console.state import console
from gateway.console.words import DIRECTION, KIND, STATUS, refusal_sentence, word
from gateway.policy import UNMAPPED, load_policy
from quarantine.lifecycle import Refused
from quarantine.models import SavedFilter

PAGE = 50
LONGEST_REASON = 2000
PROVEN = ("release", "approve")          # the password is asked for again
MANY = {                                 # what a role may want about many mails; custody looks at each
    "recipient": ("request",), "sender": ("request", "withdraw"), "supervisor": ("approve", "release", "deny", "return"),
    "analyst": ("approve", "release", "deny", "return", "delete", "hold"), "admin": ("hold", "lift"),
}


@require_safe
def held_list(request: HttpRequest) -> HttpResponse:
    return listed(request, request.GET)


def listed(request: HttpRequest, form: QueryDict, status: int = 200, problem: str = "") -> HttpResponse:
    said, zone = filters.given(form), console().config.gateway.timezone
    after = form.get("after", "")[:80]
    found = console().ask("list", account(request), **filters.query(said, zone), limit=PAGE, after=after)
    part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "results"
    name = account(request)
    saved = SavedFilter.objects.filter(owner=name).order_by("name")
    return render(request, "console/results.html" if part else "console/list.html", {
        "done": word("done", "password") if form.get("done") == "password" else "", "problem": problem,
        "zone": zone, "messages": found["messages"], "given": said, "filtered": bool(filters.kept(said)), "paged": bool(after),
        "here": request.get_full_path() if request.method == "GET" else reverse("list") + filters.address(said),
        "older": filters.address(said, after=found["cursor"]) if found["cursor"] else "", "newest": filters.address(said),
        "statuses": [(s, word("status", s)) for s in STATUS], "kinds": [(k, word("kind", k)) for k in KIND],
        "directions": [(d, word("direction", d)) for d in DIRECTION], "classes": list(filters.data_classes().items()),
        "rules": [*(rule.id for rule in load_policy(console().config).rules), UNMAPPED],
        "verbs": verbs(request.account.roles),  # type: ignore[attr-defined]
        "kept": [(f.name, filters.address(f.query)) for f in saved]}, status=status)


def verbs(roles: Sequence[str]) -> list[str]:
    """In the order of the table, each once."""
    return list(dict.fromkeys(verb for role in MANY for verb in MANY[role] if role in roles))


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name."""
    said = filters.given(request.POST)
    try:
        name = request.POST.get("name", "")[:filters.LONGEST]
        console().ask("filter-save", account(request), name=name, query=filters.kept(said))
    except Refused as refusal:
        return listed(request, request.POST, 409, refusal_sentence(refusal))
    return HttpResponseRedirect(reverse("list") + filters.address(said), status=303)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    console().ask("filter-drop", account(request), name=request.POST.get("name", "")[:filters.LONGEST])
    return HttpResponseRedirect(reverse("list"), status=303)


@sensitive_post_parameters("password")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """One decision about the marked mails. It waits some seconds, and can be taken back until then."""
    verb, ids = request.POST.get("verb", ""), request.POST.getlist("id")
    reason = request.POST.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
    if not ids:
        return listed(request, request.POST, 409, _("No mail is marked."))
    problem = unproven(request) if verb in PROVEN else ""
    if problem:
        return listed(request, request.POST, 403, problem)
    try:
        made = console().ask("batch", account(request), act=verb, ids=ids, reason=reason)
    except Refused as refusal:
        return listed(request, request.POST, 409, refusal_sentence(refusal))
    return HttpResponseRedirect(reverse("batch", args=[made["id"]]), status=303)


@require_safe
def batch(request: HttpRequest, id: str) -> HttpResponse:
    return shown_batch(request, console().ask("batch-show", account(request), id=id))


def shown_batch(request: HttpRequest, made: dict[str, Any], status: int = 200, problem: str = "") -> HttpResponse:
    results = [(id, refusal_sentence(code) if code else "") for id, code in made["results"].items()]
    return render(request, "console/batch.html", {
        "batch": made, "problem": problem, "waiting": made["state"] == "waiting", "done": [id for id, why in results if not why],
        "refused": [(id, why) for id, why in results if why]}, status=status)


@require_POST
def undo(request: HttpRequest, id: str) -> HttpResponse:
    try:
        console().ask("batch-undo", account(request), id=id)
    except Refused as refusal:
        if refusal.code == "NOT-FOUND":
            raise
        return shown_batch(request, console().ask("batch-show", account(request), id=id), 409, refusal_sentence(refusal))
    return HttpResponseRedirect(reverse("batch", args=[id]), status=303)
