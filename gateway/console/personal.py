"""Pages that need no account: what the link in a notice opens. A GET shows; an act is a POST with the code that was mailed.

Everything is decided by custody (quarantine.passes); here it is only shown, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gateway.console import seen
from gateway.console.frame import reader
from gateway.console.middleware import anybody
from gateway.console.state import console
from gateway.model.errors import GatewayFault
from gateway.notices.catalog import LABELS, text
from gateway.notices.personal import evidence
from gateway.notices.phrases import ACTS, APPROVAL, PAGES
from gateway.notices.plain import defanged, shown_time
from gateway.notices.stored import stored_reasons
from quarantine.lifecycle import Refused

LONGEST_REASON = 2000
LONGEST_PASSWORD = 128
MARGIN = 60.0                            # seconds beyond the inspection's own limit, for an archive that is opened anew
STATES: Mapping[str, str] = {
    "pending": "state waiting", "held": "state waiting", "release_blocked": "state waiting", "release_requested": "state asked",
    "releasing": "state sending", "delivery_unknown": "state sending", "released": "state sent", "denied": "state no",
    "returned": "state no", "withdrawn": "state taken back", "expired": "state over", "purged": "state over"}
# what custody answers -> sentence, status of the page
TROUBLE: Mapping[str, tuple[str, int]] = {
    "wrong-code": ("wrong code", 403), "too-many": ("too many codes", 429), "too-many-passwords": ("too many passwords", 429)}
REFUSED: Mapping[str, str] = {"NO-REASON": "no reason", "NOT-POSSIBLE": "not possible", "BAD-PASSWORDS": "no password"}
DONE = ("request", "withdraw", "without", "approve", "deny", "password", "clean", "held", "locked")
OUTCOMES = {"released": "password", "clean": "clean", "held": "held", "locked": "locked"}


@anybody
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The one mail of the link, or a list of them."""
    found = look(token)
    if found["state"] != "ok":
        return closed(request, found)
    if len(found["messages"]) == 1:
        return one(request, token, found, found["messages"][0])
    language = reader()
    rows = [{"path": reverse("pass-mail", args=[token, held["id"]]), "subject": subject(held, language),
             "time": when(held["received_at"]), "sender": defanged(str(held["sender"])) or text(language, LABELS["nobody"]),
             "state": state(held, language)} for held in found["messages"]]
    return page(request, "list", {"rows": rows, "mailbox": found["mailbox"]})


@anybody
@require_safe
def mail(request: HttpRequest, token: str, id: str) -> HttpResponse:
    """One mail of several."""
    found, held = mine(token, id)
    return closed(request, found) if held is None else one(request, token, found, held)


@anybody
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, token: str, id: str, act: str) -> HttpResponse:
    """First the code is sent, then it comes back with what the act needs."""
    found, held = mine(token, id)
    if held is None:
        return closed(request, found)
    if held["used"]:
        return used(request, token, found, held)
    if request.method != "POST":
        return form(request, token, found, held, act)
    try:
        if request.POST.get("step") != "do":
            answer = console().ask("pass-code", "", token=token, id=id, act=act)
            return after_code(request, token, found, held, act, answer)
        return carry_out(request, token, found, held, act)
    except Refused as refusal:
        status = 400 if refusal.code in REFUSED else 409
        problem = REFUSED.get(refusal.code, "changed" if refusal.code != "FORBIDDEN" else "not allowed")
        return form(request, token, found, held, act, sent=status == 400, problem=problem, status=status)
    except GatewayFault:                 # custody, or the cell that judges with a password
        return form(request, token, found, held, act, sent=True, problem="later", status=503)


def after_code(request: HttpRequest, token: str, found: Mapping[str, Any], held: Mapping[str, Any], act: str,
               answer: Mapping[str, Any]) -> HttpResponse:
    if answer["state"] == "sent":
        return form(request, token, found, held, act, sent=True)
    if answer["state"] in TROUBLE:
        problem, status = TROUBLE[answer["state"]]
        return form(request, token, found, held, act, sent=True, problem=problem, status=status)
    return closed(request, answer)


def carry_out(request: HttpRequest, token: str, found: Mapping[str, Any], held: Mapping[str, Any], act: str) -> HttpResponse:
    reason = request.POST.get("reason", "").replace("\r\n", "\n")[:LONGEST_REASON]
    code, password = request.POST.get("code", "")[:40], request.POST.get("password", "")[:LONGEST_PASSWORD + 1]
    if act == "password" and not password:
        return form(request, token, found, held, act, sent=True, problem="no password", status=400)
    if act == "password":
        patience = console().config.limits.inspection + MARGIN
        answer = console().ask("pass-password", "", patience, token=token, id=held["id"], code=code, password=password)
    elif not reason.strip():
        return form(request, token, found, held, act, sent=True, problem="no reason", status=400)
    else:
        shown = {"shown_at": seen.read(request.POST.get("seen", ""))} if act == "approve" else {}
        answer = console().ask("pass-act", "", token=token, id=held["id"], act=act, code=code, reason=reason, **shown)
    if answer["state"] in TROUBLE:
        problem, status = TROUBLE[answer["state"]]
        return form(request, token, found, held, act, sent=True, problem=problem, status=status, reason=reason)
    if answer["state"] != "done":
        return closed(request, answer)
    done = OUTCOMES[answer["outcome"]] if act == "password" else act
    if done == "locked":
        return form(request, token, found, held, act, sent=True, problem="done locked", status=403)
    return HttpResponseRedirect(f"{reverse('pass-mail', args=[token, held['id']])}?done={done}", status=303)


# --- what is shown


def look(token: str) -> dict[str, Any]:
    return console().ask("pass-show", "", token=token)


def mine(token: str, id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    found = look(token)
    if found["state"] != "ok":
        return found, None
    held = next((one for one in found["messages"] if one["id"] == id), None)
    return (found, held) if held is not None else ({"state": "bad"}, None)


def one(request: HttpRequest, token: str, found: Mapping[str, Any], held: Mapping[str, Any]) -> HttpResponse:
    done = request.GET.get("done", "")
    if done != held["used"] and done not in ("clean", "held"):
        done = ""                        # only what was done with this link is said to be done
    if held["used"] and not done:
        return used(request, token, found, held)
    language = reader()
    acts = [{"path": reverse("pass-act", args=[token, held["id"], name]), "label": text(language, ACTS[name])}
            for name in held["acts"]]
    return page(request, "one", described(held, found, language) | {
        "acts": acts, "done": text(language, PAGES[f"done {done}"]) if done in DONE else ""})


def used(request: HttpRequest, token: str, found: Mapping[str, Any], held: Mapping[str, Any]) -> HttpResponse:
    language = reader()
    act = text(language, ACTS.get(str(held["used"]), ACTS["request"]))
    return page(request, "closed", described(held, found, language) | {
        "title": text(language, PAGES["used title"]), "sentence": text(language, PAGES["used"], act=act)}, 410)


def closed(request: HttpRequest, answer: Mapping[str, Any]) -> HttpResponse:
    """A link that opens nothing: forged, cut off, over, or used between two clicks."""
    language = reader()
    if answer["state"] == "over":
        until = when(str(answer["until"]))
        told = {"title": text(language, PAGES["over title"]), "sentence": text(language, PAGES["over"], until=until)}
        return page(request, "closed", told, 410)
    if answer["state"] == "used":
        act = text(language, ACTS.get(str(answer["act"]), ACTS["request"]))
        told = {"title": text(language, PAGES["used title"]), "sentence": text(language, PAGES["used"], act=act)}
        return page(request, "closed", told, 410)
    return page(request, "closed", {"title": text(language, PAGES["bad title"]), "sentence": text(language, PAGES["bad"])}, 404)


def form(request: HttpRequest, token: str, found: Mapping[str, Any], held: Mapping[str, Any], act: str, sent: bool = False,
         problem: str = "", status: int = 200, reason: str = "") -> HttpResponse:
    """The page of one act: before the code, or with the fields for it."""
    language = reader()
    reason = reason or request.POST.get("reason", "")[:LONGEST_REASON]
    if act not in held["acts"]:
        sent, problem, status = False, problem or "not possible", max(status, 409)
    address, before = defanged(str(found["mailbox"])), request.POST.get("seen", "")
    return page(request, "act", described(held, found, language) | {
        "act": act, "act_label": text(language, ACTS[act]), "possible": act in held["acts"], "sent": sent, "reason": reason,
        "problem": text(language, PAGES[problem]) if problem else "", "back": reverse("pass-mail", args=[token, held["id"]]),
        "step_one": text(language, PAGES["step one"], address=address), "sent_to": text(language, PAGES["sent"], address=address),
        "files": [defanged(str(name)) for name in held["without"]] if act == "without" else [],
        "seen": before if seen.read(before) else seen.stamped(datetime.fromisoformat(str(found["shown_at"])))}, status)


def described(held: Mapping[str, Any], found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Which mail it is, why it was held, and for an approver what to look at first. Nothing of its content."""
    to = text(language, LABELS["separator"]).join(defanged(str(r)) for r in held["recipients"][:20])
    inspection = held.get("inspection") or {}
    facts = [(text(language, LABELS["from"]), defanged(str(held["sender"])) or text(language, LABELS["nobody"])),
             (text(language, LABELS["to"]), to), (text(language, LABELS["subject"]), subject(held, language)),
             (text(language, LABELS["time"]), when(held["received_at"])), (text(language, PAGES["state"]), state(held, language)),
             (text(language, PAGES["until"]), when(held["expires_at"])), (text(language, LABELS["reference"]), held["id"]),
             (text(language, PAGES["for"]), defanged(str(found["mailbox"])))]
    proof = evidence(held, language) if found["party"] == "approver" else []
    return {"facts": facts, "why": stored_reasons(held, inspection, language), "evidence": [block for block in proof if block[1]],
            "evidence_title": text(language, PAGES["look"]),
            "do_title": text(language, APPROVAL["title"]) if proof else text(language, PAGES["what"])}


def subject(held: Mapping[str, Any], language: str) -> str:
    return defanged(str(held.get("subject", ""))) or text(language, LABELS["no subject"])


def state(held: Mapping[str, Any], language: str) -> str:
    return text(language, PAGES[STATES.get(str(held["status"]), "state waiting")])


def when(stamp: str) -> str:
    return shown_time(datetime.fromisoformat(stamp), console().config.gateway.timezone, reader())


def page(request: HttpRequest, name: str, values: Mapping[str, Any], status: int = 200) -> HttpResponse:
    language = reader()
    words = {key.replace(" ", "_"): text(language, english) for key, english in PAGES.items() if "{" not in english}
    labels = {"why": text(language, LABELS["why"]), "mail": text(language, LABELS["mail"])}
    return render(request, f"console/personal/{name}.html", {"t": words, "labels": labels, **values}, status=status)
