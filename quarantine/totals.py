"""How much there is: for the metrics, not for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min, Sum

from gateway.model.custody import Status
from quarantine.custodian import Custodian
from quarantine.models import OutboxEntry, QuarantinedMessage

DESTROYED = (Status.EXPIRED, Status.PURGED)


@dataclass(frozen=True, slots=True)
class Totals:
    items: dict[str, int]                # messages by status; what is destroyed counts under its last one
    octets: int                          # of messages whose content is still kept
    waiting: int                         # outbox entries that are not over
    oldest: float                        # seconds since the oldest of them was written


class Counting(Custodian):

    def totals(self) -> Totals:
        with self.reading():
            # out of one index alone: a look at the rows of a million messages takes seconds, and this is asked for all the time
            sizes = list(QuarantinedMessage.objects.order_by().values_list("status").annotate(n=Count("*"), size=Sum("size")))
            open_ = OutboxEntry.objects.filter(state__in=("ready", "sending"))
            found = open_.aggregate(n=Count("pk"), first=Min("created_at"))
        oldest = (self.now() - found["first"]).total_seconds() if found["first"] else 0.0
        items = {str(status): int(number) for status, number, _ in sizes}
        octets = sum(int(size) for status, _, size in sizes if status not in DESTROYED)
        return Totals(items, octets, found["n"], max(0.0, oldest))
