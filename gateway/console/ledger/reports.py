"""The report of a month: on the page, as PDF, as CSV. The reading is recorded."""

from __future__ import annotations

import threading
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gateway.console.frame import reader
from gateway.console.ledger.record import download
from gateway.console.navigation import offered
from gateway.console.pages import forbidden
from gateway.console.proof import account
from gateway.console.state import console
from gateway.journal import JournalReader
from gateway.journal.reader import JournalUnreadable
from gateway.reports import document, page
from gateway.reports.months import Span, month
from gateway.reports.sections import Material, Report, compose, lines
from gateway.reports.sheet import lines_as_sheet

MONTHS = 24                              # that can be chosen
SLOW = 300.0                             # seconds
_MAKING = threading.BoundedSemaphore(1)  # a PDF takes a processor for a second


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The months to choose from; with one chosen, its report."""
    if not offered(request.account, "reports"):  # type: ignore[attr-defined]
        return forbidden(request)
    wanted, form = request.GET.get("month", "")[:7], request.GET.get("form", "page")
    if not wanted:
        return shown(request)
    try:
        span = month(wanted, console().clock.now(), zone())
    except ValueError:
        return shown(request, 400, problem=_("This is no month. Please choose one of the list."))
    made = composed(request, span)
    if form == "csv":
        return download(lines_as_sheet(lines(made)), "text/csv; charset=utf-8", f"report-{wanted}.csv")
    if form == "pdf":
        try:
            with _MAKING:
                octets = document.pdf(made)
            return download(octets, "application/pdf", f"report-{wanted}.pdf")
        except document.NoFont:
            why = _("There is no font for a PDF here. Please tell your administrator: doctor says which.")
            return shown(request, 503, problem=why)
    # every text in it is escaped by gateway.reports.page
    return shown(request, chosen=wanted, report=mark_safe(page.fragment(made)))  # noqa: S308


def shown(request: HttpRequest, status: int = 200, problem: str = "", chosen: str = "", report: str = "") -> HttpResponse:
    return render(request, "ledger/reports.html", {"months": months(), "problem": problem, "chosen": chosen, "report": report},
                  status=status)


def composed(request: HttpRequest, span: Span) -> Report:
    config, who = console().config, account(request)
    facts = console().ask("report", who, SLOW, since=span.since.isoformat(), until=span.until.isoformat(),
                          zone=config.gateway.timezone)
    whole = bool(facts["house"])         # the journal knows nothing of scopes
    try:
        journal = JournalReader(config.gateway.state_dir / "journal.db", console().clock)
        weeks = journal.outbound(span.since, span.until) if whole else []
    except JournalUnreadable:
        weeks = []                       # the part about volumes is empty; the page of system health says why
    material = Material(facts, weeks, ", ".join(config.gateway.our_domains), span.since, span.until, config.gateway.timezone, who,
                        console().clock.now(), scoped=not whole)
    return compose(material, reader())


def zone() -> ZoneInfo:
    return ZoneInfo(console().config.gateway.timezone)


def months() -> list[str]:
    """The present month and those before it, the newest first."""
    local = console().clock.now().astimezone(zone())
    first = local.year * 12 + local.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, first - MONTHS, -1)]
