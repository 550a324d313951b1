"""Facts for the report of a period: who decided what and how, what was held, whose mail. Only what the reader may see.

Nothing here says what mail said: addresses, rules, kinds, classes, counts. Times are compared in the house's time zone.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet

from gateway.model.custody import Actor
from gateway.model.transaction import Direction
from quarantine import access
from quarantine.access import Act
from quarantine.custodian import Custodian
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, DirectoryEntry, HeldRecipient, Profile, QuarantinedMessage

LONGEST = 400                            # days of one report
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
FAST = 5.0                               # seconds between the sight of the evidence and the decision
NIGHT = (22, 6)                          # from this hour to that one, local time
DECISIONS = ("approve", "release", "deny", "return", "delete")
LOOKS = ("preview", "export")
ASKED = ("request", "withdraw")
COUNTED = DECISIONS + LOOKS + ASKED
LISTED = 500                             # releases and noteworthy decisions that are listed one by one
BATCH = 500


@dataclass(frozen=True, slots=True)
class Period:
    since: datetime
    until: datetime                      # exclusive
    zone: tzinfo

    @classmethod
    def of(cls, since: str, until: str, zone: str) -> Period:
        """Raises ValueError for what is no period."""
        first, last = datetime.fromisoformat(since), datetime.fromisoformat(until)
        if first.tzinfo is None or last.tzinfo is None or not first < last or (last - first).days > LONGEST:
            raise ValueError(f"a period has two times with offset and at most {LONGEST} days")
        if not EARLIEST <= first < last <= LATEST:
            raise ValueError("a period before or after all times")
        try:
            return cls(first, last, ZoneInfo(zone))
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("there is no such time zone") from error

    def before(self) -> Period:
        """The one just before, of the same length."""
        return Period(self.since - (self.until - self.since), self.since, self.zone)

    def kept(self) -> tuple[str, str]:
        """Its ends as audit records write them."""
        first, last = (at.astimezone(UTC).isoformat(timespec="milliseconds") for at in (self.since, self.until))
        return first, last


class Reporting(Custodian):

    def report(self, actor: Actor, period: Period) -> dict[str, Any]:
        """Facts of a period, of what this reader may see."""
        if not actor.system and not any(access.GRANTS[Act.REPORT].get(role) for role in actor.roles):
            raise Refused(access.FORBIDDEN)      # a scope narrows what is counted, not whether
        with self.snapshot():
            rows = self._seen(actor)
            facts = {"held": held(rows, period), "before": held(rows, period.before()), "senders": senders(rows, period),
                     "senders_before": senders(rows, period.before()), "people": self._people(rows, period, actor),
                     "house": house(period) if self._whole(actor) else {}}
        with self.transaction():
            since, until = period.kept()
            self.record(actor, "report", "", since=since, until=until)
        return facts

    def _seen(self, actor: Actor) -> QuerySet[QuarantinedMessage]:
        visible: QuerySet[QuarantinedMessage] = self.visible(actor)  # type: ignore[attr-defined]  # of Reading
        return visible.order_by()

    def _whole(self, actor: Actor) -> bool:
        """Log-ins and accounts are the house's, not a department's."""
        return actor.system or not actor.scopes

    def _people(self, rows: QuerySet[QuarantinedMessage], period: Period, actor: Actor) -> dict[str, Any]:
        people: dict[str, Counter[str]] = defaultdict(Counter)
        noted: list[dict[str, Any]] = []
        released: list[dict[str, Any]] = []
        departments = Departments()
        for batch in batched(decisions(period), BATCH):
            about = {str(m.pk): m for m in rows.filter(pk__in={r.message_id for r in batch})}
            for record in batch:
                message = about.get(record.message_id)
                if message is None:
                    continue             # not this reader's to see
                people[record.actor][record.action] += 1
                why = remarks(record, period.zone) + departments.shared(record, message) if record.action in DECISIONS else []
                people[record.actor].update(why)
                if why and len(noted) < LISTED:
                    noted.append(brief(record, message) | {"why": why})
                if record.action == "release" and len(released) < LISTED:
                    released.append(brief(record, message) | {"sender": message.sender_key})
        return {"counts": {name: dict(counts) for name, counts in sorted(people.items())}, "noted": noted, "released": released}


def brief(record: AuditRecord, message: QuarantinedMessage) -> dict[str, Any]:
    return {"at": record.at, "actor": record.actor, "action": record.action, "id": record.message_id, "kind": message.kind,
            "direction": message.direction}


def decisions(period: Period) -> Iterator[AuditRecord]:
    first, last = period.kept()
    yield from AuditRecord.objects.filter(at__gte=first, at__lt=last, action__in=COUNTED).exclude(
        message_id="").order_by("id").iterator(chunk_size=BATCH)


def remarks(record: AuditRecord, zone: tzinfo) -> list[str]:
    """What is odd about the time of a decision."""
    found, detail = [], json.loads(record.detail)
    if isinstance(detail.get("seconds"), int | float) and detail["seconds"] < FAST:
        found.append("fast")
    local = datetime.fromisoformat(record.at).astimezone(zone)
    if local.hour >= NIGHT[0] or local.hour < NIGHT[1]:
        found.append("night")
    if local.weekday() >= 5:
        found.append("weekend")
    return found


class Departments:
    """Who belongs where, as the directory has it; asked once for each name."""

    def __init__(self) -> None:
        self.of_account: dict[str, frozenset[str]] = {}

    def shared(self, record: AuditRecord, message: QuarantinedMessage) -> list[str]:
        """["department"] where who decided belongs to a department of the mail's people on our side."""
        mine = self._of(record.actor)
        if not mine:
            return []
        inbound = message.direction == Direction.INBOUND.value
        keys = HeldRecipient.objects.filter(message=message).values_list("key", flat=True) if inbound else (message.sender_key,)
        return ["department"] if mine & of_mailboxes(keys) else []

    def _of(self, name: str) -> frozenset[str]:
        if name not in self.of_account:
            profile = Profile.objects.filter(user__username=name).first()
            self.of_account[name] = of_mailboxes(profile.mailboxes if profile else ())
        return self.of_account[name]


def of_mailboxes(keys: Iterable[str]) -> frozenset[str]:
    people = DirectoryEntry.objects.filter(pk__in=list(keys)).exclude(department="")
    return frozenset(people.values_list("department", flat=True))


def held(rows: QuerySet[QuarantinedMessage], period: Period) -> dict[str, Any]:
    """Counts of what was taken into custody within the period."""
    kinds, rules, statuses, directions = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    days: dict[str, Counter[str]] = defaultdict(Counter)
    classes: Counter[str] = Counter()
    persons = over_100 = over_1000 = 0
    columns = ("kind", "reason", "status", "direction", "received_at", "persons", "identifiers")
    for row in within(rows, period).values(*columns).iterator(chunk_size=2000):
        kinds[row["kind"]] += 1
        rules[row["reason"]] += 1
        statuses[row["status"]] += 1
        directions[row["direction"]] += 1
        days[row["received_at"].astimezone(period.zone).date().isoformat()][row["kind"]] += 1
        classes.update(row["identifiers"])
        persons += row["persons"]
        over_100, over_1000 = over_100 + (row["persons"] > 100), over_1000 + (row["persons"] > 1000)
    return {"messages": sum(kinds.values()), "kinds": dict(kinds), "rules": dict(rules.most_common(50)), "statuses": dict(statuses),
            "directions": dict(directions), "days": {day: dict(counts) for day, counts in sorted(days.items())},
            "classes": dict(classes), "persons": persons, "over_100": over_100, "over_1000": over_1000}


def within(rows: QuerySet[QuarantinedMessage], period: Period) -> QuerySet[QuarantinedMessage]:
    return rows.filter(received_at__gte=period.since, received_at__lt=period.until)


def senders(rows: QuerySet[QuarantinedMessage], period: Period) -> dict[str, Any]:
    """Held outbound mail by sender: messages, persons, classes."""
    found: dict[str, dict[str, Any]] = {}
    asked = within(rows, period).exclude(direction=Direction.INBOUND.value).values("sender_key", "persons", "identifiers")
    for row in asked.iterator(chunk_size=2000):
        one = found.setdefault(row["sender_key"], {"messages": 0, "persons": 0, "classes": {}})
        one["messages"] += 1
        one["persons"] += row["persons"]
        for name, count in row["identifiers"].items():
            one["classes"][name] = one["classes"].get(name, 0) + count
    return found


def house(period: Period) -> dict[str, Any]:
    """What concerns nobody's mail: failed log-ins, changes of accounts, keys and exports of the audit chain."""
    first, last = period.kept()
    actions = AuditRecord.objects.filter(at__gte=first, at__lt=last, message_id="").order_by().values_list("action", flat=True)
    counts = Counter(actions.iterator(chunk_size=2000))
    return {"actions": dict(counts.most_common(60))}


def batched(rows: Iterator[AuditRecord], size: int) -> Iterator[list[AuditRecord]]:
    while batch := list(islice(rows, size)):
        yield batch


def period_of(request: Mapping[str, Any]) -> Period:
    return Period.of(str(request["since"]), str(request["until"]), str(request.get("zone") or "UTC"))
