"""Lists of held mail: by the index of terms where anything but time and status is asked for, else newest first.

A list is given after PATIENCE at the latest, with a cursor to go on from: what is rare among very many is found in several pages
rather than late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import prefetch_related_objects

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Role, Status
from quarantine import search
from quarantine.custodian import stamp
from quarantine.glance import Glance, agrees, glances, is_address, is_scoped, seen_by, whole
from quarantine.indexing import Indexing
from quarantine.models import DirectoryEntry, OutboxEntry, QuarantinedMessage
from quarantine.reading import LARGEST_PAGE, SEARCHED, Page, Query, Reading, filtered
from quarantine.remit import Remit, remit_of
from quarantine.search import Groups

FIRST, CHUNK = 64, 256                   # candidates taken from the index at first, and at most, at a time
WINDOW, WIDER = 50_000, 8                # numbers that one question to the index goes through at first; each next one goes farther
TERMS = 20                               # of a question; with more of them its start costs more than its way
MOST = 20_000                            # candidates of one list; the cursor goes on from there
PATIENCE = 0.12                          # seconds, the same
COUNTED = 1000                           # of a status; more are said as more
FILES = 5                                # of a message, whose other bearers are looked for
MEMBERS = 3000                           # people of an account's departments that the index is asked for
LATE = timedelta(hours=1)                # numbers follow the order of admission, which may lag behind the time of receipt
Details = dict[str, dict[str, Any]]


class Finding(Reading, Indexing):

    def find(self, actor: Actor, query: Query) -> Page:
        """What this actor may see and asked for, newest first."""
        limit = max(1, min(query.limit, LARGEST_PAGE))
        opened: Details = {}
        groups = self.groups(actor, query)
        if groups:
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
        groups += self._within(actor)
        if query.status and (groups or looked_at(query)):    # a status by itself has an index of its own
            groups.append(frozenset(search.status_term(status) for status in query.status))
        return groups

    def _within(self, actor: Actor) -> list[frozenset[str]]:
        """Terms of which everything that this actor may see has one of each set; none where they cannot narrow the question."""
        scoped, terms = is_scoped(actor), self.terms
        remit = remit_of(actor.scopes)
        if actor.system or (scoped and not actor.scopes):
            return []
        own = [role for role in (Role.RECIPIENT, Role.SENDER) if role in actor.roles]
        groups = [] if own else [
            frozenset(terms.many(field, values))
            for field, values in (("kind", remit.kinds), ("direction", remit.directions)) if values]
        members = self._members(remit)
        if scoped and (not remit.of_people or members is None):
            return groups
        found: set[str] = set()
        if Role.RECIPIENT in own:
            found.update(terms.many("recipient", actor.mailboxes))
        if Role.SENDER in own:
            found.update(terms.many("sender", actor.mailboxes))
        if scoped:
            for field in ("recipient", "sender"):
                found.update(terms.many(field, {*remit.mailboxes, *(members or ())}), terms.many(f"{field}-domain", remit.domains))
        return [*groups, frozenset(found)] if found else groups

    def _members(self, remit: Remit) -> list[str] | None:
        """Everybody of the departments; None where these are too many."""
        if not remit.departments:
            return []
        people = DirectoryEntry.objects.filter(department__in=remit.departments).values_list("pk", flat=True)
        members = [str(key) for key in people[:MEMBERS + 1]]
        return members if len(members) <= MEMBERS else None

    def _newest(self, actor: Actor, query: Query, limit: int, opened: Details) -> tuple[list[QuarantinedMessage], str]:
        """One walk along the index of each status, newest first."""
        if looked_at(query):
            return self._one_by_one(actor, query, limit, opened)
        found: list[QuarantinedMessage] = []
        for status in query.status or ("",):
            found += filtered(self.visible(actor), replace(query, status=(status,) if status else ()))[:limit + 1]
        found.sort(key=lambda row: (row.received_at, row.pk), reverse=True)
        return found[:limit], cursor_of(found[limit - 1]) if len(found) > limit else ""

    def _one_by_one(self, actor: Actor, query: Query, limit: int, opened: Details) -> tuple[list[QuarantinedMessage], str]:
        """What is shorter than a piece of the index: each message is looked at."""
        began, looked, most = self.clock.monotonic(), 0, SEARCHED if query.text else MOST
        found: list[QuarantinedMessage] = []
        rows, after = self.visible(actor), query.after
        while True:
            piece = glances(filtered(rows, replace(query, sender="", recipient="", after=after))[:FIRST])
            for row in whole([one for one in piece if agrees(one, query)]):
                if self._fits(row, query, opened):
                    found.append(row)
                    if len(found) == limit:
                        return found, cursor_of(row)
            if len(piece) < FIRST:
                return found, ""
            looked, after = looked + len(piece), piece[-1].cursor
            if looked >= most or self.clock.monotonic() - began > PATIENCE:
                return found, after

    def _by_index(self, actor: Actor, query: Query, groups: Groups, limit: int,
                  opened: Details) -> tuple[list[QuarantinedMessage], str]:
        sees, began, looked = seen_by(actor), self.clock.monotonic(), 0
        found: list[QuarantinedMessage] = []
        lowest, top = self._span(query)
        for numbers, bottom in candidates(groups, lowest, top, min(max(FIRST, limit + 1), CHUNK)):
            for row in whole([one for one in sees(numbered(numbers)) if agrees(one, query)]):
                if self._fits(row, query, opened):
                    found.append(row)
                    if len(found) == limit:
                        return found, f"#{row.place}"
            looked += len(numbers)
            if bottom > lowest and (looked >= MOST or self.clock.monotonic() - began > PATIENCE):
                return found, f"#{bottom}"
        return found, ""

    def _span(self, query: Query) -> tuple[int, int]:
        """The lowest number that what was asked for may have, and one above the highest."""
        lowest, highest = search.bounds()
        top = highest + 1
        numbered = QuarantinedMessage.objects.filter(place__isnull=False)
        if query.after:
            top = min(top, int(query.after.removeprefix("#")))
        elif query.until:
            rows = numbered.filter(received_at__lt=query.until + LATE).order_by("-received_at", "-id")
            top = max(rows.values_list("place", flat=True)[:CHUNK], default=lowest - 1) + 1  # type: ignore[type-var, operator]
        if query.since:
            rows = numbered.filter(received_at__gte=query.since - LATE).order_by("received_at", "id")
            lowest = min(rows.values_list("place", flat=True)[:CHUNK], default=top)  # type: ignore[type-var, assignment]
        return lowest, top

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
        """Messages by status, none counted beyond COUNTED: a page says "1000+" then. What only the content says does not count."""
        query = replace(query, text="", attachment="", after="")
        groups = self.groups(actor, replace(query, status=()))
        counts = {str(s): self._counted(actor, replace(query, status=(str(s),)), groups) for s in query.status or tuple(Status)}
        return {status: number for status, number in counts.items() if number}

    def _counted(self, actor: Actor, query: Query, groups: Groups) -> int:
        if not groups:
            rows = filtered(self.visible(actor), query).order_by()
            return len(rows.values_list("received_at")[:COUNTED])
        if not QuarantinedMessage.objects.filter(status__in=query.status).exists():
            return 0
        sees, number, looked = seen_by(actor), 0, 0
        groups = [*groups, frozenset(map(search.status_term, query.status))]
        for numbers, _ in candidates(groups, *self._span(query), COUNTED, COUNTED):
            number += sum(agrees(one, query) for one in sees(numbered(numbers)))
            looked += len(numbers)
            if number >= COUNTED or looked >= MOST:
                break
        return min(number, COUNTED)

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


def looked_at(query: Query) -> bool:
    """True where something is asked for that may be too short for the index."""
    return bool(query.text or query.sender or query.recipient)


def cursor_of(row: QuarantinedMessage) -> str:
    return f"{row.received_at.isoformat()} {row.pk}"


def candidates(groups: Groups, lowest: int, top: int, size: int, most: int = 0) -> Iterator[tuple[Sequence[int], int]]:
    """Numbers from `top` (exclusive) down to `lowest` by pieces, each with the number down to which all were looked at.

    What is frequent fills a piece out of a small window, what is rare is cheap in a large one, and a question whose terms are
    frequent and never meet can be left between two of them.
    """
    window, most = WINDOW * (1 + sum(map(len, groups)) // TERMS), most or CHUNK
    while top > lowest:
        bottom = max(lowest, top - window)
        numbers = search.search(groups, top, size, bottom)
        if len(numbers) == size:
            bottom = numbers[-1]
        else:
            window *= WIDER
        top, size = bottom, min(2 * size, most)
        yield numbers, bottom


def numbered(numbers: Sequence[int]) -> list[Glance]:
    """Newest first."""
    return glances(QuarantinedMessage.objects.filter(place__in=numbers).order_by("-place")) if numbers else []


def attached(inspection: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 -> name of the files that a message brings, those in archives too."""
    files = (a for a in inspection.get("artifacts") or ()
             if isinstance(a, Mapping) and a.get("kind") in ("part", "member") and a.get("name"))
    return dict(islice({str(a["sha256"]): str(a["name"]) for a in files if a.get("sha256") and a.get("size")}.items(), FILES))
