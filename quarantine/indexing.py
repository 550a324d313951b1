"""Keeping the index of terms: a number for each message, taken when it is admitted and cut down when its content is destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Min

from gateway.model.custody import Admission, Status
from quarantine import search
from quarantine.custodian import Custodian
from quarantine.keys import wrapped_under
from quarantine.models import QuarantinedMessage, SearchKey
from quarantine.sealing import MessageKeys
from quarantine.search import Facts, Terms, facts_of

KEY_ID = "search"
CATCH_UP = 200                           # messages of an older version that are indexed at a time


class Indexing(Custodian):

    _terms: Terms | None = None

    @property
    def terms(self) -> Terms:
        """Made at the first use, in the open transaction or in one of its own. Raises KeyProblem."""
        if self._terms is None:
            with self.transaction():
                row = SearchKey.objects.filter(pk=KEY_ID).first()
                if row is not None:
                    keys = MessageKeys.unwrap(self.ring, bytes(row.wrapped_key or b""), KEY_ID)
                else:
                    keys = MessageKeys.new(KEY_ID)
                    wrapped = keys.wrap(self.ring)
                    SearchKey.objects.create(id=KEY_ID, wrapped_key=wrapped, key_id=wrapped_under(wrapped))
            self._terms = Terms(keys.data_key)
        return self._terms

    def early_terms(self, admission: Admission) -> frozenset[str]:
        """The terms of a message that is being sealed, where that takes no look at the database; else none."""
        if self._terms is None:
            return frozenset()
        reverse = admission.envelope.reverse_path
        detail = {"kind": admission.kind.value, "direction": admission.direction.value, "reason": admission.reason,
                  "subject": admission.subject, "header_from": admission.header_from, "inspection": admission.inspection,
                  "identifiers": admission.identifiers, "persons": admission.persons}
        keys = [r.mailbox.key for r in admission.envelope.recipients]
        return frozenset(self._terms.message(facts_of(detail, keys, reverse.key if reverse else "")))

    def place_of(self, admission: Admission, terms: Iterable[str]) -> int:
        """The number of a new message in the index."""
        ready = frozenset(terms)
        if not ready:
            assert self.terms            # made now
            ready = self.early_terms(admission)
        return search.insert(ready | search.status_terms(Status.PENDING if admission.pending else Status.HELD))

    def unindex(self, row: QuarantinedMessage) -> None:
        """The content is destroyed: what it said is not found any more, the envelope still is."""
        if row.place is not None:
            search.replace(row.place, self._envelope(row))

    def reindex(self, row: QuarantinedMessage, detail: Mapping[str, Any]) -> None:
        """Something else is known of the message than when it came."""
        if row.place is not None:
            search.replace(row.place, self._message(row, detail))

    def catch_up(self, batch: int = CATCH_UP) -> int:
        """Index messages that an older version took in, newest first, below all numbers there are: a list by numbers stays one
        by time. How many; 0 when none is left."""
        done = 0
        with self.transaction():
            number = min(0, QuarantinedMessage.objects.aggregate(lowest=Min("place"))["lowest"] or 0)
            for row in QuarantinedMessage.objects.filter(place__isnull=True).order_by("-received_at", "-id")[:batch]:
                terms = self._envelope(row) if row.wrapped_key is None else self._message(row, self.detail(row))
                number -= 1
                search.insert(terms, number)
                done += QuarantinedMessage.objects.filter(pk=row.pk, place__isnull=True).update(place=number)
        return done

    def _message(self, row: QuarantinedMessage, detail: Mapping[str, Any]) -> set[str]:
        return self.terms.message(facts_of(detail, addresses(row), row.sender_key)) | search.status_terms(row.status)

    def _envelope(self, row: QuarantinedMessage) -> set[str]:
        facts = Facts(row.kind, row.direction, row.reason, row.sender_key, tuple(addresses(row)))
        return self.terms.envelope(facts) | search.status_terms(row.status)


def addresses(row: QuarantinedMessage) -> Sequence[str]:
    return list(row.recipients.order_by("position").values_list("key", flat=True))
