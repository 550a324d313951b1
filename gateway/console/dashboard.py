"""The first page: what waits for me, what came, what was held and why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gateway.console import filters, plots
from gateway.console.proof import account
from gateway.console.state import console
from gateway.journal import JournalReader
from gateway.journal.reader import JournalUnreadable
from quarantine.access import Act

DAYS = 14
WHY_DAYS = 7
FRESH = 60.0                             # seconds: today is not counted more often
SHOWN = 8                                # mails on this page
KEPT = {"hold", "quarantine", "strip"}
Row = tuple[str, str, str, int]          # direction, disposition, rule, messages
_counted: dict[tuple[str, date], tuple[float, list[Row]]] = {}
_lock = threading.Lock()


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    name = account(request)
    roles = frozenset(request.account.roles)  # type: ignore[attr-defined]
    decide = bool(roles & {"supervisor", "analyst"})
    statuses = ("release_requested",) if decide else filters.WAITING
    mine = console().ask("list", name, status=statuses, limit=SHOWN)
    counts = console().ask("count", name, status=[*filters.WAITING, "releasing"])["counts"]
    values: dict[str, Any] = {"mine": mine["messages"], "more": bool(mine["cursor"]), "counts": counts, "decide": decide,
                              "total": sum(counts.get(s, 0) for s in filters.WAITING)}
    whole = request.account.may(Act.HOUSE)  # type: ignore[attr-defined]
    return render(request, "console/dashboard.html", values | {"whole": whole} | (house() if whole else {}))


def house() -> dict[str, Any]:
    """Tiles and plots out of the journal."""
    zone = ZoneInfo(console().config.gateway.timezone)
    today = console().clock.now().astimezone(zone).date()
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    try:
        counted = [of_day(day, zone, day == today) for day in days]
    except JournalUnreadable:
        return {"unreadable": True}
    return {"tiles": tiles(counted[-1]), "came": came(days, counted), "why": why(counted[-WHY_DAYS:]), "why_days": WHY_DAYS}


def of_day(day: date, zone: ZoneInfo, running: bool) -> list[Row]:
    """A day that is over is counted once; today again when what is known is a minute old."""
    clock, state = console().clock, str(console().config.gateway.state_dir)
    with _lock:
        known = _counted.get((state, day))
    if known is not None and (not running or clock.monotonic() - known[0] < FRESH):
        return known[1]
    since, until = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    rows = JournalReader(console().config.gateway.state_dir / "journal.db", clock).counts(since, until)
    with _lock:
        _counted[state, day] = (clock.monotonic() if running else clock.monotonic() + FRESH, rows)
        for old in [key for key in _counted if key[1] < day - timedelta(days=3 * DAYS)]:
            del _counted[old]
    return rows


def tiles(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The numbers of today."""
    def count(direction: str = "", kept: bool | None = None) -> int:
        return sum(n for way, disposition, _rule, n in rows
                   if direction in ("", way) and (kept is None or (disposition in KEPT) is kept))
    return [(_("Inbound today"), count("inbound")), (_("Outbound today"), count("outbound")), (_("Held today"), count(kept=True)),
            (_("Rejected today"), sum(n for _way, disposition, _rule, n in rows if disposition == "reject"))]


def came(days: Sequence[date], counted: Sequence[Sequence[Row]]) -> plots.Stacked:
    """What came on each day, by what was done with it."""
    parts = ((_("delivered"), "p-one", {"deliver", "annotate"}), (_("held"), "p-two", KEPT), (_("rejected"), "p-three", {"reject"}),
             (_("put off"), "p-four", {"defer"}))
    series = [plots.Series(name, shade, tuple(sum(n for _way, done, _rule, n in rows if done in kinds) for rows in counted))
              for name, shade, kinds in parts]
    return plots.stacked(_("Mail a day"), [f"{day.month}/{day.day}" for day in days], series)


def why(counted: Sequence[Sequence[Row]]) -> list[plots.Rank]:
    """The rules that held most."""
    found: Counter[str] = Counter()
    for rows in counted:
        for _way, disposition, rule, number in rows:
            if disposition in KEPT and rule:
                found[rule] += number
    return plots.ranked([(rule, number, f"/quarantine?{urlencode({'rule': rule})}") for rule, number in found.items()])
