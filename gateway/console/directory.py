"""Who answers for whom: looked up, and replaced as a whole by a CSV file. A file with a fault changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from gateway.console.pages import page
from gateway.console.proof import account, needed, unproven
from gateway.console.state import console
from gateway.console.words import refusal_sentence
from gateway.reference.directory import COLUMNS, LONGEST, MOST, TEXTS, DirectoryFaults, Fault, read
from quarantine.access import Act
from quarantine.lifecycle import Refused

PAGE = 100                               # people, and faults, of one page
LONGEST_TEXT = 200                       # characters of a search
SLOW = 300.0                             # seconds for a file with as many people as there may be
EXAMPLE = ("clerk@bank.example,boss@bank.example,,Lin,Loans",
           "boss@bank.example,,vera@bank.example 2026-12-01..2026-12-10; wu@bank.example 2026-12-24..2026-12-31,Chen,Loans")


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    return shown(request)


def shown(request: HttpRequest, status: int = 200, problem: str = "", faults: Sequence[Fault] = ()) -> HttpResponse:
    text, after = (request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST_TEXT * 5] for name in ("text", "after"))
    text = text[:LONGEST_TEXT]
    found = console().ask("directory-list", account(request), text=text, after=after, limit=PAGE + 1)
    people, more = found["entries"][:PAGE], len(found["entries"]) > PAGE
    following = {"text": text, "after": people[-1]["mailbox"]} if more else {}
    return render(request, "console/directory.html", {
        "people": people, "count": found["count"], "text": text, "after": after, "problem": problem,
        "next": urlencode({name: value for name, value in following.items() if value}),
        "faults": [{"line": one.line, "column": one.column, "text": sentence(one)} for one in faults[:PAGE]],
        "unsaid": max(0, len(faults) - PAGE), "columns": ",".join(COLUMNS), "example": EXAMPLE,
        "largest": LONGEST >> 20, "most": MOST, "prove": needed(request),
        "done": request.method != "POST" and request.GET.get("done") == "yes"}, status=status)


def sentence(fault: Fault) -> str:
    """What is wrong, in the reader's language."""
    return _(TEXTS[fault.code]) % fault.said


@sensitive_post_parameters("password")
@require_POST
def import_(request: HttpRequest) -> HttpResponse:
    """The people of the file in the place of all that are known, or a page that says why not."""
    if not request.account.may(Act.ACCOUNTS):  # type: ignore[attr-defined]
        return page(request, _("This was not done"), _("Your role does not allow this."), 403)
    if problem := unproven(request, strict=False):
        return shown(request, 403, problem)
    file = request.FILES.get("file")
    if file is None:
        return shown(request, 400, _("Please choose a file."))
    if request.POST.get("replace") != "yes":
        return shown(request, 400, _("Please confirm that the file takes the place of all people."))
    return replaced(request, str(file.name or ""), file.read())


def replaced(request: HttpRequest, name: str, octets: bytes) -> HttpResponse:
    try:
        rows: list[dict[str, Any]] = read(octets, name, console().config.gateway.our_domains)
        console().ask("directory-import", account(request), SLOW, rows=rows, source=name)
    except DirectoryFaults as wrong:
        return shown(request, 400, faults=wrong.faults)
    except Refused as refusal:
        return shown(request, 403 if refusal.code == "FORBIDDEN" else 409, refusal_sentence(refusal))
    return HttpResponseRedirect(f"{reverse('directory')}?done=yes", status=303)
