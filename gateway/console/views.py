"""One held mail: its page, decisions, the preview, the copy in a zip. A GET changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.console import detail, pages, timeline, why
from gateway.console.frame import reader
from gateway.console.proof import account, locked_sentence, unproven
from gateway.console.proof import needed as proof_needed
from gateway.console.state import console
from gateway.console.words import DONE, refusal_sentence
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from gateway.notices.personal import evidence
from quarantine.access import FORBIDDEN
from quarantine.custodian import NO_REASON
from quarantine.lifecycle import Refused
from quarantine.models import QuarantinedMessage
from quarantine.reading import new_password

LONGEST_REASON = 2000
PROVEN = ("release", "approve")          # need a proof that is not old; for a threat a log-in is none
SCOPED = (*PROVEN, "request")            # may be about some recipients, or without some parts
MARGIN = 40.0                            # seconds beyond the inspection's own limit
COPY = timedelta(minutes=5)              # how long the page with a zip's password can fetch it
SHOWN = timedelta(hours=12)              # how old the page of a decision may be
__all__ = ["account", "act", "copy", "fetch", "locked_sentence", "preview", "show"]


@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    return one(request, id, done=DONE.get(request.GET.get("done", ""), ""))


def one(request: HttpRequest, id: str, status: int = 200, done: str = "", problem: str = "", reason: str = "") -> HttpResponse:
    """The page of one mail, after a decision with its outcome."""
    held = console().ask("show", account(request), id=id)
    inspection, language = held.get("inspection") or {}, reader()
    nodes, hidden = detail.tree(inspection, language)
    possible, needed = held.get("possible") or [], int(held.get("approvals_needed") or 1)
    acts = detail.decisions(possible, needed, held["direction"] == Direction.INBOUND.value)
    scoped = any(act in SCOPED for act in acts)
    return render(request, "console/show.html", {
        "held": held, "inspection": inspection, "nodes": nodes, "hidden": hidden, "data": detail.data(held, language),
        "session": detail.session_facts(held), "auth": inspection.get("auth") or [], "acts": acts, "needed": needed,
        "can_preview": "preview" in possible, "can_delete": "delete" in possible, "can_export": "export" in possible,
        "password": any(act in PROVEN for act in acts) and proof_needed(request, held["kind"] == Kind.THREAT),
        "recipients": [(address, held.get("outcomes", {}).get(address, "")) for address in held["recipients"]],
        "choosable": detail.waiting(held) if scoped else [], "parts": detail.leavable(inspection) if scoped else [],
        "shown_at": signing.TimestampSigner(salt=f"shown {id}").sign(console().clock.now().isoformat()),
        "rules": why.rules(held, inspection), "events": timeline.events(held), "related": held.get("related") or [],
        "evidence": [b for b in evidence(held, language) if b[1]] if held.get("asked") and set(acts) & set(SCOPED) else [],
        "done": _(done) if done else "", "problem": problem, "reason": reason}, status=status)


@sensitive_post_parameters("password")
@require_POST
def act(request: HttpRequest, id: str, verb: str) -> HttpResponse:
    """A decision with its reason. What custody refuses is said on the page of the mail, with the reason kept in its field."""
    reason = request.POST.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
    threat = QuarantinedMessage.objects.filter(pk=id, kind=Kind.THREAT.value).exists()
    if verb in PROVEN and (problem := unproven(request, threat)):
        return one(request, id, 403, problem=problem, reason=reason)
    try:
        outcome = console().ask(verb, account(request), id=id, reason=reason, **(scope(request, id) if verb in SCOPED else {}))
    except Refused as refusal:
        if refusal.code == "NOT-FOUND":
            raise
        return one(request, id, pages.STATUS.get(refusal.code, 409), problem=refusal_sentence(refusal), reason=reason)
    done = "release" if verb == "approve" and outcome["status"] == "releasing" else verb
    return HttpResponseRedirect(f"{reverse('show', args=[id])}?done={done}", status=303)


def scope(request: HttpRequest, id: str) -> dict[str, Any]:
    """For whom, without what, and since when the page stood there. All recipients are said as none."""
    said: dict[str, Any] = {}
    marked, offered = request.POST.getlist("recipient"), request.POST.get("offered", "0")
    if marked and str(len(marked)) != offered:
        said["recipients"] = marked
    if without := request.POST.getlist("without"):
        said["without"] = without
    try:
        said["shown_at"] = signing.TimestampSigner(salt=f"shown {id}").unsign(request.POST.get("shown_at", ""), max_age=SHOWN)
    except signing.BadSignature:
        said.pop("shown_at", None)       # an old page, or none of ours: how long it was looked at is not known
    return said


@require_POST
def preview(request: HttpRequest, id: str) -> HttpResponse:
    """The content as text. A POST with its reason, because the sight is recorded."""
    patience = console().config.limits.inspection + MARGIN
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    try:
        seen: dict[str, Any] = console().ask("preview", account(request), patience, id=id, reason=reason)
    except Refused as refusal:
        if refusal.code != "NO-REASON":
            raise
        return one(request, id, 409, problem=refusal_sentence(refusal))
    sections = {name: seen.get(name) or [] for name in ("headers", "texts", "macros", "artifacts")}
    return render(request, "console/preview.html", {"id": id, **sections, "nothing": not any(sections.values())})


@sensitive_post_parameters("password")
@require_POST
def copy(request: HttpRequest, id: str) -> HttpResponse:
    """A page with the password of a zip, shown this once, from which the zip can be fetched for some minutes."""
    reason = request.POST.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
    if problem := unproven(request):
        return one(request, id, 403, problem=problem)
    held = console().ask("show", account(request), id=id)
    refusal = NO_REASON if not reason.strip() else FORBIDDEN if "export" not in (held.get("possible") or []) else None
    if refusal is not None:
        return one(request, id, pages.STATUS.get(refusal.code, 409), problem=refusal_sentence(Refused(refusal)))
    password = new_password()
    ticket = signing.dumps({"id": id, "name": account(request), "reason": reason, "password": password}, salt="copy")
    return render(request, "console/copy.html", {"id": id, "password": password, "ticket": ticket})


@require_POST
def fetch(request: HttpRequest, id: str) -> HttpResponse:
    """The zip itself. Its name is the reference number: nothing of the mail names a file."""
    try:
        ticket = signing.loads(request.POST.get("ticket", ""), salt="copy", max_age=COPY)
    except signing.BadSignature:
        return pages.page(request, _("This was not done"), _("The page is too old. Please ask for the copy once more."), 403)
    if ticket["id"] != id or ticket["name"] != account(request):
        return pages.missing(request)
    octets = console().ask.fetch("export", account(request), id=id, reason=ticket["reason"], password=ticket["password"])
    response = HttpResponse(octets, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{id}.zip"'
    return response
