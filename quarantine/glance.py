"""What filters and access look at of held messages, for many of them at once and without what is sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from gateway.model.address import Mailbox
from gateway.model.custody import Actor
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine import access
from quarantine.access import Act, Reach, Subject
from quarantine.models import DirectoryEntry, HeldRecipient, QuarantinedMessage
from quarantine.reading import Query
from quarantine.remit import remit_of

COLUMNS = ("id", "place", "status", "kind", "direction", "reason", "sender_key", "persons", "approvals", "received_at")


@dataclass(frozen=True, slots=True)
class Glance:
    """A row in short. Addresses are Mailbox.key."""

    id: str
    place: int | None
    status: str
    kind: str
    direction: str
    reason: str
    sender: str
    persons: int
    approvals: int
    received_at: datetime
    recipients: frozenset[str]

    @property
    def ours(self) -> frozenset[str]:
        return self.recipients if self.direction == Direction.INBOUND else frozenset({self.sender})

    @property
    def cursor(self) -> str:
        """Where a list by time goes on after it."""
        return f"{self.received_at.isoformat()} {self.id}"


Seen = Callable[[Sequence[Glance]], Sequence[Glance]]


def glances(rows: QuerySet[QuarantinedMessage]) -> list[Glance]:
    """In the order of the rows."""
    found = list(rows.values_list(*COLUMNS))
    recipients: dict[str, set[str]] = defaultdict(set)
    asked = HeldRecipient.objects.filter(message_id__in=[row[0] for row in found])
    for id, key in asked.values_list("message_id", "key"):
        recipients[id].add(key)
    return [Glance(*row, frozenset(recipients[row[0]])) for row in found]


def whole(seen: Sequence[Glance]) -> list[QuarantinedMessage]:
    """The rows themselves, in the same order."""
    rows = QuarantinedMessage.objects.in_bulk([one.id for one in seen])
    return [rows[one.id] for one in seen if one.id in rows]


def is_scoped(actor: Actor) -> bool:
    """True where one of the roles sees what lies in the account's scope."""
    return any(access.GRANTS[Act.SEE].get(role) in (Reach.ALL, Reach.SCOPE) for role in actor.roles)


def seen_by(actor: Actor) -> Seen:
    """`Reading.visible` for rows at hand: a database that knows nothing of its own numbers would go through all rows for them."""
    if actor.system or (is_scoped(actor) and not actor.scopes):
        return lambda some: some
    placed = _departments if remit_of(actor.scopes).departments else _nowhere

    def seen(some: Sequence[Glance]) -> list[Glance]:
        where = placed(some)
        return [one for one in some if access.permit(actor, Act.SEE, _subject(one, where)) is None]
    return seen


def _nowhere(some: Sequence[Glance]) -> Mapping[str, str]:
    return {}


def _departments(some: Sequence[Glance]) -> Mapping[str, str]:
    people = DirectoryEntry.objects.filter(pk__in=list(frozenset().union(*(one.ours for one in some)))).exclude(department="")
    return dict(people.values_list("pk", "department"))


def _subject(one: Glance, where: Mapping[str, str]) -> Subject:
    departments = frozenset(where[key] for key in one.ours if key in where)
    return Subject(Kind(one.kind), Direction(one.direction), one.sender, one.recipients, one.persons, one.approvals, departments)


def agrees(one: Glance, query: Query) -> bool:
    """`filtered` for one row."""
    said = ((query.status, one.status), (query.kind, one.kind), (query.direction, one.direction))
    if any(wanted and value not in wanted for wanted, value in said) or (query.reason and one.reason != query.reason):
        return False
    if (query.since and one.received_at < query.since) or (query.until and one.received_at >= query.until):
        return False
    if query.sender and not is_meant(query.sender, one.sender):
        return False
    return not query.recipient or any(is_meant(query.recipient, key) for key in one.recipients)


def is_meant(text: str, key: str) -> bool:
    """A whole address is that one, a part of one stands in it."""
    return Mailbox.parse(text).key == key if is_address(text) else text.casefold() in key


def is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and domain)
