"""Digests: notices that wait for the end of a period, and those above a reader's share of the hour, become one mail.

It is kept in the outbox itself, so a restart forgets nothing. Only block notices are gathered; an answer to a person's own
act waits for its turn and leaves as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.model.address import Mailbox
from gateway.model.transaction import Direction
from quarantine.custodian import KEEPER
from quarantine.models import OutboxEntry, QuarantinedMessage
from quarantine.outgoing import FARTHEST, WAITS, OutboxTable

HOUR = timedelta(hours=1)
ANSWER_WAITS = timedelta(minutes=10)


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
            if entry.last_reply == WAITS and now < entry.next_at <= now + FARTHEST:      # put off since it was found due
                return False
            told = OutboxEntry.objects.filter(recipient=entry.recipient, state="done", finished_at__gte=now - HOUR)
            full = told.count() + under_way >= most
            if entry.purpose != "notice":
                return not (full and self._put_off(entry, now + ANSWER_WAITS))
            period = self._period(entry.recipient)
            waiting = OutboxEntry.objects.filter(recipient=entry.recipient, state="ready", purpose="notice", last_reply=WAITS)
            if entry.last_reply == WAITS:
                gathered = list(waiting.order_by("created_at", "id"))
                if len(gathered) > 1 and self._gather(entry.recipient, gathered):
                    return False
            elif period != "off" and _inbound(entry):
                return not self._put_off(entry, self._period_over(period, now))
            elif period == "off" and (until := waiting.order_by("next_at").values_list("next_at", flat=True).first()):
                return not self._put_off(entry, until)           # thousands may wait for one reader: only the first is asked for
            return not (full and self._put_off(entry, self._hour_over(entry.recipient, now)))

    def _period(self, recipient: str) -> str:
        """off, hourly or daily: of the address, its domain or a parent domain, else of the house."""
        mailbox = Mailbox.parse(recipient)
        labels = mailbox.domain.split(".")
        places = (mailbox.key, *(".".join(labels[n:]) for n in range(len(labels))), "")
        return next((self.settings.digest[place] for place in places if place in self.settings.digest), "off")

    def _period_over(self, period: str, now: datetime) -> datetime:
        """The next full hour, or the next time of the daily digest where the house is."""
        if period == "hourly":
            return now.replace(minute=0, second=0, microsecond=0) + HOUR
        zone = ZoneInfo(self.settings.timezone)
        hour, minute = map(int, self.settings.digest_at.split(":"))
        today = now.astimezone(zone).date()
        leaving = datetime.combine(today, time(hour, minute), zone)
        if leaving <= now:
            leaving = datetime.combine(today + timedelta(days=1), time(hour, minute), zone)
        return leaving.astimezone(UTC)

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
        held = [self.brief(row) | {"inspection": self._inspection(row)} for row in rows]
        mail = self.answers.digest(recipient, held) if self.answers is not None else None
        if mail is None:
            return False
        digest = self.enqueue(mail, None, "ready")
        for entry in waiting:
            self._finish(entry, "dropped", f"told in digest {digest}")
        self.record(KEEPER, "digest", "", entry=digest, count=len(waiting))
        return True

    def _inspection(self, row: QuarantinedMessage) -> dict[str, Any]:
        """For the reason at each item; nothing where the content is destroyed already."""
        return dict(self.detail(row).get("inspection", {})) if row.wrapped_key is not None else {}


def _inbound(entry: OutboxEntry) -> bool:
    """What concerns mail that somebody sends from here is told at once."""
    return entry.message is not None and entry.message.direction == Direction.INBOUND
