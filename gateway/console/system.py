"""Detection content and the health of the system: what is in force, what runs, what waits, what room is left. Reads only."""

from __future__ import annotations

import contextlib
import http.client
import os
import platform
import sqlite3
import ssl
from collections import Counter
from collections.abc import Sequence
from typing import Any

import django
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from prometheus_client.parser import text_string_to_metric_families

from gateway import __version__
from gateway.config.pemfiles import CERTIFICATE_SOON
from gateway.console.proof import account
from gateway.console.rules import for_house
from gateway.console.state import console
from gateway.console.words import refusal_sentence
from gateway.model.errors import ConfigError, CustodyUnavailable
from gateway.policy import load_policy
from quarantine.lifecycle import Refused
from signatures.catalog import Catalog, load

SEVERITIES = ("critical", "high", "medium", "low")
PATIENCE = 2.0                           # seconds for the gateway's own page of metrics
LARGEST = 4 << 20                        # octets of it
DAY = 86400.0
Samples = dict[tuple[str, tuple[str, ...]], float]


@require_safe
def signatures(request: HttpRequest) -> HttpResponse:
    if refusal := for_house(request):
        return refusal
    problem, catalog = "", Catalog((), "")
    try:
        catalog = load(console().config.inspection.local_signatures)
    except ConfigError as error:
        problem = str(error)
    rows = [{"id": s.id, "topic": s.topic, "title": s.description.title, "severity": s.description.severity,
             "owner": s.description.owner, "date": str(s.description.date), "reference": s.description.reference,
             "local": s.local} for s in catalog.signatures]
    topics = Counter(row["topic"] for row in rows)
    severities = Counter(str(row["severity"]) for row in rows)
    return render(request, "console/signatures.html", {
        "rows": rows, "problem": problem, "version": catalog.version, "topics": sorted(topics.items()),
        "severities": [(s, severities[s]) for s in SEVERITIES if severities[s]], "local": sum(bool(row["local"]) for row in rows),
        "reload": reloaded(scrape())})


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    if refusal := for_house(request):
        return refusal
    samples = scrape()
    config = console().config
    with contextlib.suppress(OSError):
        room = os.statvfs(config.gateway.state_dir)
        disk = (room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize)
    return render(request, "console/health.html", {
        "ops": config.gateway.ops is not None, "reached": bool(samples), "workers": workers(samples), "keeper": keeper(request),
        "checks": checks(samples, disk), "queues": queues(samples), "reload": reloaded(samples), "versions": versions(),
        "policy": load_policy(config).version, "disk": disk})


def scrape() -> Samples:
    """The gateway's own metrics; none where it has no address for them or does not answer."""
    ops = console().config.gateway.ops
    if ops is None:
        return {}
    asking = http.client.HTTPConnection(ops.host, ops.port, timeout=PATIENCE)
    try:
        asking.request("GET", "/metrics")
        answer = asking.getresponse()
        text = answer.read(LARGEST).decode("utf-8", "replace") if answer.status == 200 else ""
        return {(sample.name, tuple(sample.labels.values())): float(sample.value)
                for family in text_string_to_metric_families(text) for sample in family.samples}
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        asking.close()


def of(samples: Samples, name: str) -> list[tuple[tuple[str, ...], float]]:
    return sorted((labels, value) for (found, labels), value in samples.items() if found == name)


def one(samples: Samples, name: str) -> float | None:
    found = of(samples, name)
    return found[0][1] if found else None


def workers(samples: Samples) -> list[tuple[str, int]]:
    """(kind of worker, restarts)."""
    return [(" ".join(labels), int(value)) for labels, value in of(samples, "sekisho_worker_restarts_total")]


def keeper(request: HttpRequest) -> dict[str, Any] | None:
    try:
        return console().ask("ping", account(request))
    except (CustodyUnavailable, Refused):
        return None


def checks(samples: Samples, disk: tuple[int, int]) -> list[tuple[str, str, bool]]:
    """(what, how it stands, whether that is well)."""
    free, _whole = disk
    found = [(_("Room for held mail"), f"{free / 2**30:.1f} GiB", free > console().config.quarantine.min_free)]
    chain = one(samples, "sekisho_audit_chain_ok")
    if chain is not None:
        found.append((_("Audit chain"), _("unbroken") if chain else _("broken"), bool(chain)))
    for labels, value in of(samples, "sekisho_next_hop_up"):
        found.append((f"{_('Next mail server')} {' '.join(labels)}", _("answers") if value else _("does not answer"), bool(value)))
    for labels, value in of(samples, "sekisho_certificate_seconds"):
        left = _("{days} days left").format(days=int(value // DAY)) if value > 0 else _("expired")
        found.append((f"{_('Certificate')} {' '.join(labels)}", left, value > CERTIFICATE_SOON.total_seconds()))
    return found


def queues(samples: Samples) -> list[tuple[str, str]]:
    """What waits, and how long the oldest does."""
    names = ((_("Mails waiting to be sent"), "sekisho_outbox_entries"), (_("Octets of held mail"), "sekisho_quarantine_bytes"),
             (_("The oldest of them, in seconds"), "sekisho_outbox_oldest_seconds"), (_("Connections"), "sekisho_sessions"),
             (_("Inspections under way"), "sekisho_cell_children"))
    found = []
    for title, name in names:
        values = of(samples, name)
        if values:
            found.append((title, f"{sum(value for _, value in values):,.0f}"))
    items = of(samples, "sekisho_quarantine_items")
    held = sum(value for labels, value in items if set(labels) & {"held", "release_requested", "release_blocked"})
    return [*found, (_("Mails held"), f"{held:,.0f}")] if samples else found


def reloaded(samples: Samples) -> list[tuple[str, int]]:
    return [(" ".join(labels), int(value)) for labels, value in of(samples, "sekisho_reloads_total")]


def versions() -> Sequence[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        database = f"{connection.vendor} {cursor.fetchone()[0]}"
    return (("sekisho", __version__), ("Python", platform.python_version()), ("Django", django.get_version()),
            (_("database"), database), ("SQLite", sqlite3.sqlite_version), ("OpenSSL", ssl.OPENSSL_VERSION.split()[1]),
            (_("system"), f"{platform.system()} {platform.release()}"))


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    return for_house(request) or queued(request)


def queued(request: HttpRequest, status: int = 200, problem: str = "") -> HttpResponse:
    everything = request.GET.get("all") == "yes"
    entries = console().ask("queue", account(request), all=everything)["entries"]
    return render(request, "console/outbox.html", {
        "entries": entries[:500], "all": everything, "problem": problem,
        "may": "admin" in request.account.roles}, status=status)  # type: ignore[attr-defined]


@require_POST
def outbox_change(request: HttpRequest, id: str, verb: str) -> HttpResponse:
    """Try one again now, or take it out with a reason."""
    more = {"reason": request.POST.get("reason", "")[:2000]} if verb == "drop" else {}
    try:
        console().ask(f"queue-{verb}", account(request), id=id, **more)
    except Refused as refusal:
        return queued(request, 409, refusal_sentence(refusal))
    return HttpResponseRedirect(reverse("outbox"), status=303)


