"""Who did what: the records with filters, as CSV, verified by a click, exported with their proof."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gateway.console.proof import account
from gateway.console.state import console
from gateway.reports.sheet import AUDIT_COLUMNS, audit_row
from gateway.reports.sheet import sheet as written

PAGE = 100
IN_A_SHEET = 50_000                      # records of one CSV; the export has all
AT_ONCE = 1000
LONGEST = 150                            # characters of a filter
SLOW = 300.0                             # seconds for what goes through the whole chain
TEXTS = ("by", "action", "message_id")
SENSIBLE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    return shown(request)


def shown(request: HttpRequest, found: dict[str, Any] | None = None) -> HttpResponse:
    """The page; after a verification with what was found."""
    given, problem = filters(request)
    after = request.GET.get("after", "")
    after = after if after.isdecimal() else ""
    page = console().ask("audit-list", account(request), **wanted(given), limit=PAGE, after=after)
    kept = {name: value for name, value in given.items() if value}
    older = "?" + urlencode(kept | {"after": page["cursor"]}) if page["cursor"] else ""
    return render(request, "ledger/audit.html", {
        "records": [row | {"said": details(row["detail"])} for row in page["records"]], "given": given, "problem": problem,
        "older": older, "newest": "?" + urlencode(kept), "paged": bool(after), "filtered": bool(kept), "query": urlencode(kept),
        "keys": console().ask("audit-keys", account(request))["keys"], "found": found})


def details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a record says besides, in words; what is empty says nothing."""
    said = []
    for name, value in sorted(detail.items()):
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        elif isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        if value not in ("", None, {}):
            said.append((name, str(value)))
    return said


def filters(request: HttpRequest) -> tuple[dict[str, str], str]:
    """What the form sent, and what of it is no day."""
    given = {name: request.GET.get(name, "").strip()[:LONGEST] for name in TEXTS}
    problem = ""
    for name in ("since", "until"):
        given[name] = request.GET.get(name, "").strip()[:10]
        if given[name] and not (SENSIBLE.fullmatch(given[name]) and midnight(given[name])):
            given[name], problem = "", _("A day is written as 2026-11-21.")
    return given, problem


def wanted(given: dict[str, str]) -> dict[str, str]:
    """As custody asks for them: days become instants; `until` is that day's end."""
    found = {name: given[name] for name in TEXTS if given[name]}
    if given["since"]:
        found["since"] = str(midnight(given["since"]))
    if given["until"]:
        found["until"] = str(midnight(given["until"], 1))
    return found


def midnight(day: str, more: int = 0) -> str | None:
    try:
        first = date.fromisoformat(day) + timedelta(days=more)
        return datetime.combine(first, time(), ZoneInfo(console().config.gateway.timezone)).isoformat()
    except (ValueError, OverflowError):
        return None


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """What the filters let through, as CSV, newest first."""
    given, _problem = filters(request)
    rows: list[dict[str, Any]] = []
    after = ""
    while len(rows) < IN_A_SHEET:
        page = console().ask("audit-list", account(request), **wanted(given), limit=AT_ONCE, after=after)
        rows, after = rows + page["records"], page["cursor"]
        if not after:
            break
    return download(written(AUDIT_COLUMNS, [audit_row(row) for row in rows]), "text/csv; charset=utf-8", "audit.csv")


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    return shown(request, console().ask("audit-verify", account(request), SLOW))


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Every record with its proof; that it left is recorded."""
    octets = console().ask.fetch("audit-export", account(request), SLOW)
    return download(octets, "application/x-ndjson", "audit.jsonl")


def download(octets: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(octets, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
