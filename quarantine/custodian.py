"""What every part of the service stands on: transactions with their audit records, compare-and-set, sealed detail."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Model

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Admission, OutgoingMail, Status
from gateway.model.deadline import Clock
from gateway.model.decision import Kind
from gateway.model.errors import CustodyUnavailable
from gateway.model.ids import is_message_id, new_message_id
from gateway.model.ports import Answers
from gateway.model.transaction import Direction
from quarantine import search
from quarantine.access import Act, Subject, permit
from quarantine.audit import Ledger
from quarantine.blobs import Blobs, Failpoint, no_failpoint
from quarantine.claim import NoClaim
from quarantine.database import freshen, make_storable, one_line, storable
from quarantine.keys import KeyRing, wrapped_under
from quarantine.lifecycle import NOT_FOUND, REFUSALS, Refusal, Refused, Verb, advance
from quarantine.models import DirectoryEntry, HeldRecipient, OutboxEntry, Pass, QuarantinedMessage
from quarantine.sealing import MessageKeys, SealBroken, write_all
from quarantine.shapes import admission_from_json

NO_REASON = Refusal("NO-REASON", "give a reason: it is kept with the decision")
DESTROYED = Refusal("DESTROYED", "the message's content is destroyed")
KEEPER = Actor("keeper", frozenset(), via="keeper", system=True)
SILENT = (Verb.CONFIRM,)                 # a status that the index has from the beginning; destroying writes all of it anew
GATHERED: tuple[type[Model], ...] = (QuarantinedMessage, HeldRecipient, OutboxEntry, Pass)      # in the order of their keys


@dataclass(frozen=True, slots=True)
class CustodySettings:
    """What the configuration says about custody."""

    node: str = "keeper"                             # in every audit record; one chain a node
    retain: timedelta = timedelta(days=90)
    retry_window: timedelta = timedelta(days=5)      # RFC 5321 section 4.5.4.1: senders try for 4-5 days
    pending_limit: timedelta = timedelta(minutes=10)  # a PENDING message whose edge is gone is kept as HELD
    four_eyes_persons: int = 100                     # a leak of so many people needs two persons to release
    notice_days: int = 3                             # a notice that cannot be delivered is given up
    release_days: int = 5                            # a release that cannot be delivered goes back to HELD
    mark_hours: int = 48                             # how long a release may pass our own listeners
    remember_words: timedelta = timedelta(days=7)    # words that mail announced as passwords
    release_opened: bool = True                      # what a word opened and is clean leaves by itself
    pass_lifetime: timedelta = timedelta(days=14)    # how long a link in a mail of ours opens its page
    approval_deadline: timedelta = timedelta(hours=4)    # then somebody else is asked
    owners: Mapping[str, str] = field(default_factory=dict)      # listener -> who decides where nobody else is known
    our_domains: frozenset[str] = frozenset()
    digest: Mapping[str, str] = field(default_factory=dict)      # address, domain or "" -> off, hourly, daily
    digest_at: str = "08:30"                         # of the day, in `timezone`
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Content:
    """The octets of a held message in an unnamed memory file; the receiver closes it."""

    fd: int
    size: int
    admission: Admission


class Custodian:
    """State and tools shared by the parts of QuarantineService."""

    def __init__(self, ring: KeyRing, blobs: Blobs, clock: Clock, settings: CustodySettings | None = None,
                 answers: Answers | None = None, failpoint: Failpoint = no_failpoint, claim: NoClaim | None = None) -> None:
        self.claim = claim or NoClaim()
        self.ring, self.blobs, self.clock = ring, blobs, clock
        self.settings = settings or CustodySettings()
        self.answers, self.failpoint = answers, failpoint
        self.ledger = Ledger(self.settings.node)
        self._lock = threading.RLock()
        self._depth = 0
        self._gathered: dict[type[Model], list[Any]] | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit together with its audit records. Inside another it is a savepoint of that one.

        Raises CustodyUnavailable where the database cannot (locked, full, damaged, gone); nothing is changed then.
        """
        with self._lock:
            mark, outermost, done = self.ledger.mark(), self._depth == 0, False
            self._depth += 1
            try:
                if outermost:
                    self.claim.hold()
                with transaction.atomic():
                    if outermost:
                        self.claim.check()
                    yield
                    if outermost:
                        self.ledger.flush(self.ring)
                        self.failpoint("before-commit")
                done = True
            except (DatabaseError, InterfaceError) as error:
                if not outermost:
                    raise
                connection.close()
                self.claim.doubt()
                raise CustodyUnavailable(f"the database cannot: {one_line(error)}") from error
            finally:
                self._depth -= 1
                if not done:
                    self.ledger.take_back(mark)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """New rows are written together when it ends. What is done inside must not read what it writes."""
        with self.transaction():
            self._gathered = {kind: [] for kind in GATHERED}
            try:
                yield
                gathered, self._gathered = self._gathered, None
                for kind, rows in gathered.items():
                    kind._default_manager.bulk_create(rows)
            finally:
                self._gathered = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """A transaction; while rows are gathered, that of all of them."""
        if self._gathered is not None:
            yield
            return
        with self.transaction():
            yield

    def keep(self, kind: type[Model], *rows: Any) -> None:
        """Write new rows, now or together with others."""
        for row in rows:
            make_storable(row)
        if self._gathered is None:
            kind._default_manager.bulk_create(rows)
        else:
            self._gathered[kind] += rows

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Database errors of a read as CustodyUnavailable; inside a transaction they are that one's."""
        if connection.in_atomic_block:
            yield
            return
        try:
            freshen()
            yield
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            raise CustodyUnavailable(f"the database cannot: {one_line(error)}") from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads that see one instant and keep no writer waiting."""
        with self.reading():
            begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            with connection.cursor() as cursor:
                cursor.execute(begin)
            try:
                yield
            finally:
                if connection.connection is not None:
                    with connection.cursor() as cursor:
                        cursor.execute("ROLLBACK")

    def now(self) -> datetime:
        return self.clock.now()

    def record(self, actor: Actor, action: str, message_id: str = "", **detail: Any) -> None:
        self.ledger.append(actor, action, message_id, self.now(), detail)

    # messages

    def load(self, id: str) -> QuarantinedMessage:
        """The row, locked where a transaction is open (PostgreSQL; SQLite's transactions exclude one another)."""
        rows = QuarantinedMessage.objects.select_for_update() if connection.in_atomic_block else QuarantinedMessage.objects.all()
        row = rows.filter(pk=id).first() if is_message_id(id) else None
        if row is None:
            raise Refused(NOT_FOUND)
        return row

    def subject(self, row: QuarantinedMessage) -> Subject:
        subject = Subject(
            Kind(row.kind), Direction(row.direction), row.sender_key,
            frozenset(row.recipients.values_list("key", flat=True)), row.persons, row.approvals)
        people = DirectoryEntry.objects.filter(pk__in=subject.ours).exclude(department="")
        return replace(subject, departments=frozenset(people.values_list("department", flat=True)))

    def allowed(self, actor: Actor, act: Act, row: QuarantinedMessage) -> Subject:
        """The subject, where this actor may; raises Refused."""
        subject = self.subject(row)
        refusal = permit(actor, act, subject)
        if refusal is not None:
            raise Refused(refusal)
        return subject

    def allowed_here(self, actor: Actor, act: Act) -> None:
        refusal = permit(actor, act)
        if refusal is not None:
            raise Refused(refusal)

    def change(self, row: QuarantinedMessage, verb: Verb, **values: Any) -> Status:
        """Compare-and-set along the lifecycle; who comes second is refused by what the first one made of it."""
        status = advance(Status(row.status), verb)
        values |= {"status": status.value, "changed_at": self.now()}
        if not QuarantinedMessage.objects.filter(pk=row.pk, status=row.status).update(**values):
            row.refresh_from_db()
            raise Refused(REFUSALS[Status(row.status)])
        for name, value in values.items():
            setattr(row, name, value)
        if row.place is not None and verb not in SILENT and row.wrapped_key is not None:
            search.restate(row.place, status.value)
        return status

    def keys(self, row: QuarantinedMessage | OutboxEntry) -> MessageKeys:
        if row.wrapped_key is None:
            raise Refused(DESTROYED)
        return MessageKeys.unwrap(self.ring, bytes(row.wrapped_key), str(row.pk))

    def detail(self, row: QuarantinedMessage) -> dict[str, Any]:
        """The admission as JSON. Raises Refused(DESTROYED) after the key is gone."""
        data: dict[str, Any] = json.loads(self.keys(row).open_detail(bytes(row.detail)))
        return data

    def admission(self, row: QuarantinedMessage) -> Admission:
        return admission_from_json(self.detail(row))

    def content(self, row: QuarantinedMessage) -> Content:
        """Decrypt into memory, never onto a disk, and compare with what was admitted."""
        admission = self.admission(row)
        fd = os.memfd_create("held", os.MFD_CLOEXEC)
        digest = hashlib.sha256()
        try:
            with self.blobs.open(row.blob) as sealed:
                for piece in self.keys(row).open_content(sealed):
                    digest.update(piece)
                    write_all(fd, piece)
            if digest.hexdigest() != row.sha256:
                raise SealBroken("the content differs from what was admitted")
        except SealBroken as broken:
            os.close(fd)
            raise SealBroken(f"{row.pk}: {broken}") from broken
        except CustodyUnavailable:
            os.close(fd)
            raise
        os.lseek(fd, 0, os.SEEK_SET)
        return Content(fd, row.size, admission)

    def after_commit_remove(self, blob: str) -> None:
        """Remove a blob once no committed row needs it; what a crash leaves is swept."""
        if blob:
            transaction.on_commit(lambda: self._remove(blob))

    def _remove(self, blob: str) -> None:
        self.failpoint("purge-before-remove")
        try:
            self.blobs.remove(blob)
        except CustodyUnavailable:
            return                       # its key is destroyed; the sweep tries again

    def brief(self, row: QuarantinedMessage, opened: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One object of `quarantine list --json`. What was sealed is empty after the key is destroyed; `opened` is the detail
        where the caller has it already."""
        detail: Mapping[str, Any] = opened or (self.detail(row) if row.wrapped_key is not None else {})
        return {
            "id": row.pk, "status": row.status, "kind": row.kind, "direction": row.direction, "verdict": row.verdict,
            "reason": row.reason, "sender": row.sender,
            "recipients": [r.address for r in sorted(row.recipients.all(), key=lambda r: r.position)],
            "subject": detail.get("subject", ""), "header_message_id": row.header_message_id, "sha256": row.sha256,
            "size": row.size, "received_at": stamp(row.received_at), "expires_at": stamp(row.expires_at),
            "persons": row.persons, "identifiers": row.identifiers, "header_from": detail.get("header_from", ""),
            "disposition": row.disposition, "note": row.note, "listener": row.listener,
        }

    # outgoing mail

    def tell(self, event: str, row: QuarantinedMessage, reason: str, requested_by: str = "") -> None:
        """Put what `Answers` writes for this event into the outbox."""
        if self.answers is not None:
            for mail in self.answers.compose(event, self.brief(row) | {"requested_by": requested_by}, reason):
                self.enqueue(mail, row, "ready")

    def enqueue(self, mail: OutgoingMail, row: QuarantinedMessage | None, state: str) -> str:
        now = self.now()
        keys = MessageKeys.new(new_message_id(now))
        wrapped = keys.wrap(self.ring)
        if mail.grant is not None:
            held = [str(row.pk)] if row is not None else []
            self.keep(Pass, Pass(
                digest=mail.grant.digest, mailbox=Mailbox.parse(mail.recipient).key, party=mail.grant.party,
                messages=list(mail.grant.messages) or held, created_at=now, expires_at=now + self.settings.pass_lifetime))
        self.keep(OutboxEntry, OutboxEntry(
            id=keys.id, purpose=mail.purpose, message=row, state=state, recipient=mail.recipient, wrapped_key=wrapped,
            key_id=wrapped_under(wrapped), content=keys.seal_detail(mail.content), created_at=now, next_at=now))
        return keys.id


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def reasoned(reason: str) -> str:
    """The reason as it is kept; an empty one is refused."""
    text = storable(" ".join(reason.split()))[:2000]
    if not text:
        raise Refused(NO_REASON)
    return text
