"""Held mail: the list, one mail, decisions, the preview. A GET changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gateway.console import detail, pages
from gateway.console.frame import reader
from gateway.console.people import Locked, proven
from gateway.console.state import console
from gateway.console.words import DIRECTION, DONE, KIND, STATUS, refusal_sentence, word
from gateway.model.decision import Kind
from quarantine.lifecycle import Refused
from quarantine.models import QuarantinedMessage

PAGE = 50
LONGEST_FILTER = 200                     # characters
LONGEST_REASON = 2000
WAITING = ("held", "release_requested", "release_blocked", "delivery_unknown")
PROVEN = ("release", "approve")          # for a threat the password is asked for again
CHOICES = {"status": STATUS, "kind": KIND, "direction": DIRECTION}
TEXTS = ("sender", "recipient", "text")
MARGIN = 40.0                            # seconds beyond the inspection's own limit


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("list"))


@require_safe
def held_list(request: HttpRequest) -> HttpResponse:
    given = filters(request)
    query = {k: v for k, v in given.items() if v}
    if given["status"] == "waiting":
        query["status"] = WAITING
    for name in CHOICES:
        if isinstance(query.get(name), str):
            query[name] = [query[name]]
    after = request.GET.get("after", "")[:80]
    found = console().ask("list", account(request), **query, limit=PAGE, after=after)
    cursor = found["cursor"]
    older = "?" + urlencode({k: v for k, v in given.items() if v} | {"after": cursor}) if cursor else ""
    return render(request, "console/list.html", {
        "done": word("done", "password") if request.GET.get("done") == "password" else "",
        "messages": found["messages"], "given": given, "older": older, "paged": bool(after),
        "newest": "?" + urlencode({k: v for k, v in given.items() if v}), "filtered": any(given.values()),
        "statuses": [(s, word("status", s)) for s in STATUS], "kinds": [(k, word("kind", k)) for k in KIND],
        "directions": [(d, word("direction", d)) for d in DIRECTION]})


def filters(request: HttpRequest) -> dict[str, str]:
    """What the form sent; a choice that is none of ours counts as not made."""
    chosen = {name: request.GET.get(name, "") for name in CHOICES}
    given = {name: value for name, value in chosen.items() if value in CHOICES[name] or (name, value) == ("status", "waiting")}
    return dict.fromkeys(CHOICES, "") | given | {name: request.GET.get(name, "").strip()[:LONGEST_FILTER] for name in TEXTS}


@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    return one(request, id, done=DONE.get(request.GET.get("done", ""), ""))


def one(request: HttpRequest, id: str, status: int = 200, done: str = "", problem: str = "", reason: str = "") -> HttpResponse:
    """The page of one mail, after a decision with its outcome."""
    held = console().ask("show", account(request), id=id)
    inspection, language = held.get("inspection") or {}, reader()
    nodes, hidden = detail.tree(inspection, language)
    possible, needed = held.get("possible") or [], int(held.get("approvals_needed") or 1)
    acts = detail.decisions(possible, needed)
    return render(request, "console/show.html", {
        "held": held, "inspection": inspection, "nodes": nodes, "hidden": hidden, "data": detail.data(held, language),
        "session": detail.session_facts(held), "auth": inspection.get("auth") or [], "acts": acts, "needed": needed,
        "can_preview": "preview" in possible, "can_delete": "delete" in possible,
        "password": held["kind"] == Kind.THREAT and any(act in PROVEN for act in acts),
        "recipients": [(address, held.get("outcomes", {}).get(address, "")) for address in held["recipients"]],
        "done": _(done) if done else "", "problem": problem, "reason": reason}, status=status)


@require_POST
def act(request: HttpRequest, id: str, verb: str) -> HttpResponse:
    """A decision with its reason. What custody refuses is said on the page of the mail, with the reason kept in its field."""
    reason = request.POST.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
    if problem := unproven(request, id, verb):
        return one(request, id, 403, problem=problem, reason=reason)
    try:
        outcome = console().ask(verb, account(request), id=id, reason=reason)
    except Refused as refusal:
        if refusal.code == "NOT-FOUND":
            raise
        return one(request, id, pages.STATUS.get(refusal.code, 409), problem=refusal_sentence(refusal), reason=reason)
    done = "release" if verb == "approve" and outcome["status"] == "releasing" else verb
    return HttpResponseRedirect(f"{reverse('show', args=[id])}?done={done}", status=303)


def unproven(request: HttpRequest, id: str, verb: str) -> str:
    """Why this decision about a threat does not count yet: the password is asked for once more (session theft)."""
    if verb not in PROVEN or not QuarantinedMessage.objects.filter(pk=id, kind=Kind.THREAT.value).exists():
        return ""
    password = request.POST.get("password", "")
    if not password:
        return _("Please enter your password: the release of a possible threat needs it once more.")
    try:
        user = proven(request, account(request), password, request.client)  # type: ignore[attr-defined]
    except Locked as locked:
        return locked_sentence(locked)
    return "" if user is not None else _("The password is not right.")


def locked_sentence(locked: Locked) -> str:
    return _("Too many failed attempts. Please wait {minutes} min and try again.").format(minutes=locked.minutes)


@require_POST
def preview(request: HttpRequest, id: str) -> HttpResponse:
    """The content as text. A POST, because the sight is recorded."""
    patience = console().config.limits.inspection + MARGIN
    seen: dict[str, Any] = console().ask("preview", account(request), patience, id=id)
    sections = {name: seen.get(name) or [] for name in ("headers", "texts", "macros", "artifacts")}
    return render(request, "console/preview.html", {"id": id, **sections, "nothing": not any(sections.values())})


def account(request: HttpRequest) -> str:
    name: str = request.account.name  # type: ignore[attr-defined]
    return name
