"""Taking mail in: admit, confirm, drop; and what to do with PENDING mail whose edge is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.model.custody import Admission, Admitted, Status
from gateway.model.decision import Disposition, Kind
from gateway.model.errors import CustodyUnavailable
from gateway.model.transaction import Direction
from quarantine import search
from quarantine.blobs import Staged
from quarantine.custodian import KEEPER
from quarantine.indexing import Indexing
from quarantine.keys import wrapped_under
from quarantine.lifecycle import Verb
from quarantine.models import HeldRecipient, OutboxEntry, QuarantinedMessage
from quarantine.sealing import MessageKeys
from quarantine.shapes import admission_to_json


@dataclass(frozen=True, slots=True)
class StagedAdmission:
    """Octets sealed and synced, detail sealed; the row is still to be written."""

    admission: Admission
    blob: Staged
    wrapped_key: bytes
    detail: bytes
    terms: frozenset[str] = frozenset()  # of the search index, where they could be made already


def something_locked(inspection: Mapping[str, Any]) -> bool:
    """True where a stored inspection says that something could not be opened."""
    return any(i.get("code") == "ENCRYPTED" for i in inspection.get("incidents", ()))


class Intake(Indexing):

    _unknown_keys: frozenset[str] = frozenset()      # retry keys of which this transaction knows that no row has them

    def foresee(self, keys: Iterable[str]) -> None:
        """One question for the retry keys of a whole batch; in the transaction that admits them."""
        asked = frozenset(key for key in keys if key)
        found = QuarantinedMessage.objects.filter(retry_key__in=asked).values_list("retry_key", flat=True) if asked else ()
        self._unknown_keys = asked - frozenset(found)

    def forget(self) -> None:
        """The end of the batch: others may write now."""
        self._unknown_keys = frozenset()

    def stage(self, admission: Admission, fd: int) -> StagedAdmission:
        """Seal the octets of `fd` into the store. Touches no database: any thread may do it. Raises CustodyUnavailable."""
        self.blobs.check_room(admission.size)
        keys = MessageKeys.new(admission.id)
        blob = self.blobs.stage(fd, admission.size, keys)
        if blob.plain.sha256 != admission.sha256:
            self.blobs.discard(blob)
            raise CustodyUnavailable(f"{admission.id}: the octets handed over are not those announced")
        kept = admission_to_json(admission) | {"notices": []}
        return StagedAdmission(admission, blob, keys.wrap(self.ring), keys.seal_detail(json.dumps(kept).encode()),
                               self.early_terms(admission))

    def admit_now(self, admission: Admission, fd: int) -> Admitted:
        """`stage`, publish and `admit` in one: for callers without a group commit."""
        staged = self.stage(admission, fd)
        self.blobs.publish((staged.blob,))
        try:
            with self.transaction():
                admitted = self.admit(staged)
        except CustodyUnavailable:
            self.blobs.discard(staged.blob)
            raise
        if admitted.duplicate:
            self.blobs.discard(staged.blob)
        return admitted

    def admit(self, staged: StagedAdmission) -> Admitted:
        """Write the row of a published blob. A retry of a mail already held gives the earlier id; its blob is the caller's."""
        with self.together():
            earlier = self._earlier(staged.admission)
            if earlier is not None:
                return self._retry_of(earlier, staged.admission)
            self.failpoint("row-before-insert")
            row = self._insert(staged)
            for mail in staged.admission.notices:
                self.enqueue(mail, row, "waiting" if staged.admission.pending else "ready")
            self.record(KEEPER, "admit", row.pk, kind=row.kind, reason=row.reason, size=row.size, sha256=row.sha256,
                        pending=staged.admission.pending)
        return Admitted(str(row.pk))

    def _earlier(self, admission: Admission) -> QuarantinedMessage | None:
        key = admission.retry_key
        if not key:
            return None
        if key in self._unknown_keys:
            self._unknown_keys -= {key}              # the row that follows makes it known
            return None
        since = self.now() - self.settings.retry_window
        return QuarantinedMessage.objects.filter(retry_key=key, admitted_at__gte=since).order_by("-id").first()

    def _retry_of(self, earlier: QuarantinedMessage, admission: Admission) -> Admitted:
        if earlier.status == Status.PENDING:
            if admission.pending:
                QuarantinedMessage.objects.filter(pk=earlier.pk).update(claims=earlier.claims + 1)
            else:
                self.confirm(str(earlier.pk))
        self.record(KEEPER, "retry", str(earlier.pk))
        return Admitted(str(earlier.pk), duplicate=True)

    def _insert(self, staged: StagedAdmission) -> QuarantinedMessage:
        admission, now = staged.admission, self.now()
        reverse = admission.envelope.reverse_path
        wrapped = self._current(staged)
        locked = something_locked(admission.inspection)
        row = QuarantinedMessage(
            id=admission.id, status=(Status.PENDING if admission.pending else Status.HELD).value, kind=admission.kind.value,
            direction=admission.direction.value, verdict=admission.verdict, disposition=admission.disposition,
            reason=admission.reason[:200], approvals=admission.approvals, listener=admission.session.listener[:100],
            sender=reverse.text if reverse else "", sender_key=reverse.key if reverse else "",
            header_message_id=admission.header_message_id[:1000], sha256=admission.sha256, size=admission.size,
            received_at=admission.received_at, admitted_at=now, changed_at=now,
            expires_at=max(now, admission.received_at) + self.settings.retain, persons=admission.persons,
            identifiers=dict(admission.identifiers), retry_key=admission.retry_key, blob=staged.blob.name,
            attend=to_attend(admission), wrapped_key=wrapped, key_id=wrapped_under(wrapped), detail=staged.detail, locked=locked,
            # a word that came between its inspection and this row would be missed otherwise
            recheck=locked, place=self.place_of(admission, staged.terms))
        self.keep(QuarantinedMessage, row)
        self.keep(HeldRecipient, *(
            HeldRecipient(message=row, position=n, address=r.mailbox.text, key=r.mailbox.key)
            for n, r in enumerate(admission.envelope.recipients)))
        return row

    def _current(self, staged: StagedAdmission) -> bytes:
        """The wrapped key; wrapped anew where the master key changed between sealing and commit."""
        if wrapped_under(staged.wrapped_key) == self.ring.current.id:
            return staged.wrapped_key
        return MessageKeys.unwrap(self.ring, staged.wrapped_key, staged.admission.id).wrap(self.ring)

    def confirm(self, id: str) -> None:
        """PENDING becomes HELD and its notices may leave; what is HELD or further on stays. Raises CustodyUnavailable."""
        with self.transaction():
            row = QuarantinedMessage.objects.filter(pk=id).first()
            if row is None:
                raise CustodyUnavailable(f"{id}: is not in custody")
            if row.status == Status.PENDING:
                self.change(row, Verb.CONFIRM)
                OutboxEntry.objects.filter(message=row, state="waiting").update(state="ready", next_at=self.now())
                self.record(KEEPER, "confirm", id)

    def drop(self, id: str) -> None:
        """A PENDING message whose relay failed is forgotten, unless another transaction waits for it too."""
        with self.transaction():
            row = QuarantinedMessage.objects.filter(pk=id, status=Status.PENDING.value).first()
            if row is None:
                return
            if row.claims > 1:
                QuarantinedMessage.objects.filter(pk=id).update(claims=row.claims - 1)
                return
            if row.place is not None:
                search.remove(row.place)
            row.delete()
            self.record(KEEPER, "drop", id)
            self.after_commit_remove(row.blob)

    def keep_pending(self, admitted_before: datetime) -> int:
        """Keep PENDING mail as HELD whose edge will not come back: at start all of it, later what is too old."""
        with self.transaction():
            rows = QuarantinedMessage.objects.filter(status=Status.PENDING.value, admitted_at__lte=admitted_before)
            ids = [str(id) for id in rows.values_list("pk", flat=True)]
            for id in ids:
                self.confirm(id)
        return len(ids)


def to_attend(admission: Admission) -> bool:
    """Custody has something to do by itself as soon as it is HELD: see quarantine.attending."""
    leaving = admission.kind is Kind.LEAK and admission.direction is not Direction.INBOUND
    return admission.disposition == Disposition.STRIP.word or leaving
