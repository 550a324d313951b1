"""The end of held mail: expiry, destruction, and new wrappings of data keys after a rotation. Every run can be repeated."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from gateway.model.custody import Actor, Status
from quarantine import factors
from quarantine.access import Act
from quarantine.custodian import KEEPER
from quarantine.database import settle_log
from quarantine.decisions import Decisions
from quarantine.keys import KeyRing, wrapped_under
from quarantine.lifecycle import CLOSED, OPEN, Verb, but
from quarantine.models import AuditHead, Checkpoint, LegalHold, OutboxEntry, QuarantinedMessage, SearchKey, UsedMark
from quarantine.sealing import MessageKeys
from quarantine.words import Words

BATCH = 200
FORGET_ENTRIES = timedelta(days=30)      # finished outbox entries are kept so long


class Retention(Decisions, Words):

    def expire(self, batch: int = BATCH) -> int:
        """End one batch of messages whose time is over; returns how many, 0 when there are none left.

        What nobody decided becomes EXPIRED, what was decided PURGED; key, detail and file are destroyed in both cases.
        Mail under a legal hold, on its way or still PENDING is left alone.
        """
        now = self.now()
        held = LegalHold.objects.filter(message=OuterRef("pk"), lifted_at=None)
        ended = 0
        with self.transaction():
            rows = QuarantinedMessage.objects.filter(~Exists(held), expires_at__lte=now, wrapped_key__isnull=False).exclude(
                status__in=but(OPEN + CLOSED))
            for row in rows.order_by("expires_at")[:batch]:
                is_open = Status(row.status) in OPEN
                if is_open:
                    self.tell("expired", row, "")
                self.destroy(row, Verb.EXPIRE if is_open else Verb.DELETE)
                self.record(KEEPER, "expire" if is_open else "purge", str(row.pk), expires_at=row.expires_at.isoformat())
                ended += 1
        if ended:
            settle_log()
        return ended

    def sweep(self, older_than: timedelta = timedelta(hours=1)) -> int:
        """Remove stored files that no row knows and forget what is long over; returns files removed."""
        now = self.now()
        with self.reading():
            known = frozenset(QuarantinedMessage.objects.exclude(blob="").values_list("blob", flat=True))
        with self.transaction():
            over = OutboxEntry.objects.filter(finished_at__lt=now - FORGET_ENTRIES).exclude(purpose="release")
            over.delete()
            self.forget_words()
            UsedMark.objects.filter(used_at__lt=now - timedelta(hours=2 * self.settings.mark_hours)).delete()
        return self.blobs.sweep(known.__contains__, (now - older_than).timestamp())

    def replace_ring(self, ring: KeyRing) -> None:
        """Use a newly read key file from now on."""
        with self._lock:
            self.ring = ring

    def rewrap(self, batch: int = BATCH) -> int:
        """Wrap one batch of data keys under the current master key; returns how many, 0 when none is left."""
        done = 0
        with self.transaction():
            for rows in (QuarantinedMessage.objects.all(), OutboxEntry.objects.all(), SearchKey.objects.all()):
                done += self._rewrap(rows, batch - done)
            done += factors.rewrap(self.ring, batch - done)
            if done:
                self.record(KEEPER, "rewrap", "", key_id=self.ring.current.id, count=done)
        if done:
            settle_log()
        return done

    def _rewrap(self, rows: QuerySet[QuarantinedMessage] | QuerySet[OutboxEntry] | QuerySet[SearchKey], batch: int) -> int:
        old = rows.filter(wrapped_key__isnull=False).exclude(key_id=self.ring.current.id).order_by("pk")[:max(batch, 0)]
        count = 0
        for row in old:
            wrapped = MessageKeys.unwrap(self.ring, bytes(row.wrapped_key or b""), str(row.pk)).wrap(self.ring)
            # compare-and-set: a message destroyed meanwhile must not get a key again
            count += type(row).objects.filter(pk=row.pk, key_id=row.key_id, wrapped_key__isnull=False).update(
                wrapped_key=wrapped, key_id=wrapped_under(wrapped))
        return count

    def keys_in_use(self) -> frozenset[str]:
        """Ids of the master keys that something is still wrapped under, or that the audit chain is verified with."""
        rows = QuarantinedMessage.objects.filter(wrapped_key__isnull=False).values_list("key_id", flat=True).distinct()
        entries = OutboxEntry.objects.filter(wrapped_key__isnull=False).values_list("key_id", flat=True).distinct()
        chain = [model.objects.values_list("key_id", flat=True).distinct() for model in (AuditHead, Checkpoint, SearchKey)]
        return frozenset(rows).union(entries, factors.keys_in_use(), *chain)

    def maintain(self, actor: Actor, what: str) -> None:
        """Only the operating system's user keeps keys, backups and retention; recorded."""
        self.allowed_here(actor, Act.MAINTAIN)
        with self.transaction():
            self.record(actor, what)
