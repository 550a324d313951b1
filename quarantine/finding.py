"""Lists of held mail: by the index of terms where anything but time and status is asked for, else newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Role, Status
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine import access, search
from quarantine.access import Act, Reach, Subject
from quarantine.custodian import stamp
from quarantine.indexing import Indexing
from quarantine.models import OutboxEntry, QuarantinedMessage
from quarantine.reading import LARGEST_PAGE, SEARCHED, Page, Query, Reading, filtered
from quarantine.remit import remit_of
from quarantine.search import Groups

SMALL = 1000                             # messages of a status that are looked through without the index
FIRST, CHUNK = 64, 256                   # candidates taken from the index at first, and at most, at a time
MOST = 20_000                            # candidates of one question; the cursor goes on from there
COUNTED = 1000                           # of a status; more are said as more
FILES = 5                                # of a message, whose other bearers are looked for
SHORT = timedelta(days=2)                # of a time that is walked along without the index
LATE = timedelta(hours=1)                # numbers follow the order of admission, which may lag behind the time of receipt
Details = dict[str, dict[str, Any]]


class Finding(Reading, Indexing):

    def find(self, actor: Actor, query: Query) -> Page:
        """What this actor may see and asked for, newest first."""
        limit = max(1, min(query.limit, LARGEST_PAGE))
        opened: Details = {}
        groups = self.groups(actor, query)
        by_index = query.after.startswith("#") or (bool(groups) and not query.after and not self._few(query))
        if by_index:
            rows, cursor = self._by_index(actor, query, groups, limit, opened)
        else:
            rows, cursor = self._newest(actor, query, limit, opened)
        prefetch_related_objects(rows, "recipients")
        return Page(tuple(self.brief(row, opened.get(row.pk)) for row in rows), cursor)

    def groups(self, actor: Actor, query: Query) -> Groups:
        """The question as terms. It may find too much, never too little."""
        terms, groups = self.terms, list[frozenset[str]]()
        for field in ("kind", "direction"):
            if values := getattr(query, field):
                groups.append(frozenset(terms.many(field, values)))
        for field, value in (("rule", query.reason), ("hash", query.attachment)):
            if value:
                groups.append(frozenset({terms.one(field, value)}))
        if query.data_class:
            groups.append(frozenset({terms.one("class", query.data_class)}))
        for field, text in (("sender", query.sender), ("recipient", query.recipient)):
            if is_address(text):
                groups.append(frozenset({terms.one(field, Mailbox.parse(text).key)}))
            elif text:
                groups += terms.asked(f"{field}-part", text.casefold())
        groups += terms.asked("text", search.fold(query.text))
        within = self._within(actor)
        return [*groups, within] if within is not None else groups

    def _within(self, actor: Actor) -> frozenset[str] | None:
        """Terms of which everything that this actor may see has one; None where they cannot narrow the question."""
        scoped = any(access.GRANTS[Act.SEE].get(role) in (Reach.ALL, Reach.SCOPE) for role in actor.roles)
        remit, terms = remit_of(actor.scopes), self.terms
        if actor.system or (scoped and (not remit.of_people or remit.departments)):
            return None
        found: set[str] = set()
        if Role.RECIPIENT in actor.roles:
            found.update(terms.many("recipient", actor.mailboxes))
        if Role.SENDER in actor.roles:
            found.update(terms.many("sender", actor.mailboxes))
        if scoped:
            for field in ("recipient", "sender"):
                found.update(terms.many(field, remit.mailboxes), terms.many(f"{field}-domain", remit.domains))
        return frozenset(found) or None

    def _few(self, query: Query) -> bool:
        """True where so few messages have the wanted statuses, or came in the wanted time, that the index would be a way round."""
        opened = query.text or query.attachment or query.data_class or query.recipient or query.sender
        if query.since and query.until and query.until - query.since <= SHORT and not opened:
            return True
        if not query.status:
            return False
        rows = QuarantinedMessage.objects.filter(status__in=query.status).order_by()
        return len(rows.values_list("pk", flat=True)[:SMALL]) < SMALL

    def _newest(self, actor: Actor, query: Query, limit: int, opened: Details) -> tuple[list[QuarantinedMessage], str]:
        """One walk along the index of each status, newest first."""
        found: list[QuarantinedMessage] = []
        for status in query.status or ("",):
            rows = filtered(self.visible(actor), replace(query, status=(status,) if status else ()))
            found += islice((row for row in walk(rows, query, limit) if self._fits(row, query, opened)), limit + 1)
        found.sort(key=lambda row: (row.received_at, row.pk), reverse=True)
        more = len(found) > limit
        last = found[limit - 1] if more else None
        return found[:limit], f"{last.received_at.isoformat()} {last.pk}" if last else ""

    def _by_index(self, actor: Actor, query: Query, groups: Groups, limit: int,
                  opened: Details) -> tuple[list[QuarantinedMessage], str]:
        sees = self._sees(actor)
        before = int(query.after[1:]) if query.after else self._upper(query)
        found: list[QuarantinedMessage] = []
        looked, chunk = 0, min(max(FIRST, limit + 1), CHUNK)
        while looked < MOST:
            numbers = search.search(groups, before, chunk)
            rows = list(QuarantinedMessage.objects.filter(place__in=numbers)) if numbers else []
            prefetch_related_objects(rows, "recipients")
            here = {row.place: row for row in rows}
            for number in numbers:
                before = number
                row = here.get(number)
                if row is not None and agrees(row, query) and sees(row) and self._fits(row, query, opened):
                    found.append(row)
                    if len(found) == limit:
                        return found, f"#{before}"
            if len(numbers) < chunk or self._below(query, numbers[-1]):
                return found, ""
            looked, chunk = looked + chunk, min(2 * chunk, CHUNK)
        return found, f"#{before}"

    def _sees(self, actor: Actor) -> Callable[[QuarantinedMessage], bool]:
        """`visible` for one row: a database that knows nothing of its own numbers would go through all rows for some of them."""
        scoped = any(access.GRANTS[Act.SEE].get(role) in (Reach.ALL, Reach.SCOPE) for role in actor.roles)
        if actor.system or (scoped and not actor.scopes):
            return lambda row: True
        if remit_of(actor.scopes).departments:
            return lambda row: access.permit(actor, Act.SEE, self.subject(row)) is None
        return lambda row: access.permit(actor, Act.SEE, subject_of(row)) is None

    def _upper(self, query: Query) -> int | None:
        """A number that nothing within the time asked for has or is above."""
        if query.until is None:
            return None
        rows = QuarantinedMessage.objects.filter(received_at__lt=query.until + LATE, place__isnull=False)
        last = rows.order_by("-received_at", "-id").values_list("place", flat=True)[:CHUNK]
        return max((place for place in last if place), default=0) + 1

    def _below(self, query: Query, number: int) -> bool:
        if query.since is None:
            return False
        row = QuarantinedMessage.objects.filter(place=number).only("received_at").first()
        return row is not None and row.received_at < query.since - LATE

    def _fits(self, row: QuarantinedMessage, query: Query, opened: Details) -> bool:
        """What only the content of the row can say."""
        if query.data_class and not (row.identifiers.get(query.data_class) or (query.data_class == "persons" and row.persons)):
            return False
        if not query.text and not query.attachment:
            return True
        if row.wrapped_key is None:
            return False
        detail = opened[row.pk] = self.detail(row)
        if query.attachment and query.attachment not in search.facts_of(detail, (), "").hashes:
            opened.pop(row.pk)
            return False
        if query.text and not search.contains(detail, query.text):
            opened.pop(row.pk)
            return False
        return True

    def count(self, actor: Actor, query: Query) -> dict[str, int]:
        """Messages by status, none counted beyond COUNTED: a page says "1000+" then."""
        counts: dict[str, int] = {}
        for status in query.status or tuple(Status):
            rows = filtered(self.visible(actor), replace(query, status=(str(status),), text="", after="")).order_by()
            if number := len(rows.values_list("pk", flat=True)[:COUNTED]):
                counts[str(status)] = number
        return counts

    def show(self, actor: Actor, id: str) -> dict[str, Any]:
        """With it other messages that hold one of its files, and where the delivery of its release stands."""
        shown = super().show(actor, id)
        entry = OutboxEntry.objects.filter(pk=id, purpose="release").first()
        delivery = {} if entry is None else {
            "state": entry.state, "attempts": entry.attempts, "last_reply": entry.last_reply, "next_at": stamp(entry.next_at),
            "finished_at": stamp(entry.finished_at) if entry.finished_at else ""}
        return shown | {"related": self.related(actor, id, attached(shown["inspection"])), "delivery": delivery}

    def related(self, actor: Actor, id: str, hashes: Mapping[str, str], most: int = 10) -> list[dict[str, Any]]:
        """Other messages that hold one of these files (SHA-256 -> name), as far as this actor may see them."""
        found: dict[str, dict[str, Any]] = {}
        for sha256, name in hashes.items():
            for other in self.find(actor, Query(attachment=sha256, limit=most + 1)).messages:
                if other["id"] != id and other["id"] not in found:
                    found[other["id"]] = other | {"file": name, "file_sha256": sha256}
        return sorted(found.values(), key=lambda one: one["received_at"], reverse=True)[:most]


def subject_of(row: QuarantinedMessage) -> Subject:
    """What access looks at, out of what is loaded; without the departments of the people."""
    recipients = frozenset(one.key for one in row.recipients.all())
    return Subject(Kind(row.kind), Direction(row.direction), row.sender_key, recipients, row.persons, row.approvals)


def agrees(row: QuarantinedMessage, query: Query) -> bool:
    """`filtered` for one row."""
    said = ((query.status, row.status), (query.kind, row.kind), (query.direction, row.direction))
    if any(wanted and value not in wanted for wanted, value in said) or (query.reason and row.reason != query.reason):
        return False
    if (query.since and row.received_at < query.since) or (query.until and row.received_at >= query.until):
        return False
    if query.sender and not is_meant(query.sender, row.sender_key):
        return False
    return not query.recipient or any(is_meant(query.recipient, one.key) for one in row.recipients.all())


def is_meant(text: str, key: str) -> bool:
    """A whole address is that one, a part of one stands in it."""
    return Mailbox.parse(text).key == key if is_address(text) else text.casefold() in key


def attached(inspection: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 -> name of the files that a message brings, those in archives too."""
    files = (a for a in inspection.get("artifacts") or ()
             if isinstance(a, Mapping) and a.get("kind") in ("part", "member") and a.get("name"))
    return dict(islice({str(a["sha256"]): str(a["name"]) for a in files if a.get("sha256") and a.get("size")}.items(), FILES))


def walk(rows: QuerySet[QuarantinedMessage], query: Query, limit: int) -> Iterator[QuarantinedMessage]:
    """Row after row; where each has to be opened, only the newest ones."""
    if query.text or query.attachment:
        return iter(rows[:SEARCHED].iterator(chunk_size=CHUNK))
    return iter(rows.iterator(chunk_size=CHUNK) if query.data_class else rows[:limit + 1])


def is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and domain)
