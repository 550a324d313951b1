"""The hourly cap on notices: what is more than a reader's share waits for the hour to end and becomes one digest.

It is kept in the outbox itself, so a restart forgets nothing. Only block notices are gathered; an answer to a person's own
act waits for its turn and leaves as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from quarantine.custodian import KEEPER
from quarantine.models import OutboxEntry
from quarantine.outgoing import OutboxTable

HOUR = timedelta(hours=1)
ANSWER_WAITS = timedelta(minutes=10)
WAITS = "held back: too many notices this hour"      # last_reply of what waits


class Digests(OutboxTable):

    def turn(self, id: str, most: int, under_way: int = 0) -> bool:
        """Whether this notice may leave now, when `most` may reach its reader in an hour and `under_way` are leaving.

        False: it was put off, or went into a digest, which waits in the outbox instead of it.
        """
        with self.transaction():
            entry = OutboxEntry.objects.filter(pk=id, state="ready").first()
            if entry is None:
                return False
            if entry.purpose in ("digest", "code"):      # who asked for a code waits for it
                return True
            now = self.now()
            told = OutboxEntry.objects.filter(recipient=entry.recipient, state="done", finished_at__gte=now - HOUR)
            full = told.count() + under_way >= most
            if entry.purpose != "notice":
                return not (full and self._put_off(entry, now + ANSWER_WAITS))
            waiting = list(OutboxEntry.objects.filter(
                recipient=entry.recipient, state="ready", purpose="notice", last_reply=WAITS).order_by("created_at", "id"))
            if any(w.pk == entry.pk for w in waiting):
                if len(waiting) > 1 and self._gather(entry.recipient, waiting):
                    return False
            elif waiting:
                return not self._put_off(entry, waiting[0].next_at)
            return not (full and self._put_off(entry, self._hour_over(entry.recipient, now)))

    def _put_off(self, entry: OutboxEntry, until: datetime) -> bool:
        return bool(OutboxEntry.objects.filter(pk=entry.pk, state="ready").update(next_at=until, last_reply=WAITS))

    def _hour_over(self, recipient: str, now: datetime) -> datetime:
        """An hour after the first of those told within the last one; a digest begins the hour anew."""
        told = OutboxEntry.objects.filter(recipient=recipient, state="done", finished_at__gte=now - HOUR)
        last = told.filter(purpose="digest").order_by("-finished_at").first() or told.order_by("finished_at").first()
        return (last.finished_at if last is not None and last.finished_at else now) + HOUR

    def _gather(self, recipient: str, waiting: Sequence[OutboxEntry]) -> bool:
        """One digest of all that waits for this reader. False where there is nobody who writes one."""
        rows = [w.message for w in waiting if w.message is not None]
        mail = self.answers.digest(recipient, [self.brief(row) for row in rows]) if self.answers is not None else None
        if mail is None:
            return False
        digest = self.enqueue(mail, None, "ready")
        for entry in waiting:
            self._finish(entry, "dropped", f"told in digest {digest}")
        self.record(KEEPER, "digest", "", entry=digest, count=len(waiting))
        return True
