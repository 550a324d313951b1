"""How much there is: for the metrics, not for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min, Sum

from quarantine.custodian import Custodian
from quarantine.models import OutboxEntry, QuarantinedMessage


@dataclass(frozen=True, slots=True)
class Totals:
    items: dict[str, int]                # messages by status; what is destroyed counts under its last one
    octets: int                          # of messages whose content is still kept
    waiting: int                         # outbox entries that are not over
    oldest: float                        # seconds since the oldest of them was written


class Counting(Custodian):

    def totals(self) -> Totals:
        with self.reading():
            items = dict(QuarantinedMessage.objects.order_by().values_list("status").annotate(n=Count("pk")))
            octets = QuarantinedMessage.objects.exclude(blob="").aggregate(n=Sum("size"))["n"] or 0
            open_ = OutboxEntry.objects.filter(state__in=("ready", "sending"))
            found = open_.aggregate(n=Count("pk"), first=Min("created_at"))
        oldest = (self.now() - found["first"]).total_seconds() if found["first"] else 0.0
        return Totals(items, octets, found["n"], max(0.0, oldest))
