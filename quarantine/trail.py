"""Reading the audit records: filters and pages, newest first. For people; `quarantine.audit` is the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from quarantine.models import AuditRecord

PAGE, LARGEST_PAGE = 100, 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; empty ones do not filter."""

    by: str = ""                         # the account
    action: str = ""
    message_id: str = ""
    since: str = ""                      # RFC 3339 with offset
    until: str = ""                      # exclusive
    limit: int = PAGE
    after: str = ""                      # `cursor` of the page before


@dataclass(frozen=True, slots=True)
class Found:
    records: tuple[dict[str, Any], ...]
    cursor: str = ""                     # "" after the last page


def wanted_of(request: Mapping[str, Any]) -> Wanted:
    """Raises ValueError for what is no filter."""
    given = {f.name: request[f.name] for f in fields(Wanted) if f.name in request}
    return Wanted(**{name: int(value) if name == "limit" else str(value) for name, value in given.items()})


def find(wanted: Wanted) -> Found:
    rows = AuditRecord.objects.order_by("-at", "-id")
    for column, value in (("actor", wanted.by), ("action", wanted.action), ("message_id", wanted.message_id)):
        if value:
            rows = rows.filter(**{column: value})
    if wanted.since:
        rows = rows.filter(at__gte=_as_kept(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=_as_kept(wanted.until))
    if wanted.after:
        last = AuditRecord.objects.filter(pk=int(wanted.after)).values_list("at", flat=True).first()
        if last is None:
            return Found(())
        # said twice: out of the OR alone no database finds where in the index to begin
        rows = rows.filter(Q(at__lt=last) | Q(at=last, pk__lt=int(wanted.after)), at__lte=last)
    limit = max(1, min(wanted.limit, LARGEST_PAGE))
    found = list(rows[:limit + 1])
    shown = tuple({"number": row.seq, "node": row.node, "at": row.at, "actor": row.actor, "via": row.via, "system": row.system,
                   "action": row.action, "message_id": row.message_id, "detail": json.loads(row.detail)} for row in found[:limit])
    return Found(shown, str(found[limit - 1].pk) if len(found) > limit else "")


def _as_kept(text: str) -> str:
    """Times are kept as text in UTC, which sorts as they do."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its offset")
    try:
        return at.astimezone(UTC).isoformat(timespec="milliseconds")
    except OverflowError as error:
        raise ValueError("a time before or after all times") from error
