"""What custody does with a message by itself as soon as it is held: send what may pass of it, ask who decides about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gateway.model.custody import Actor, Admission, Status
from gateway.model.decision import Disposition, Kind
from gateway.model.transaction import Direction
from quarantine.access import Act
from quarantine.approving import Approving
from quarantine.custodian import KEEPER, reasoned
from quarantine.decisions import Outcome
from quarantine.lifecycle import OPEN, Refused, Verb, advance, but
from quarantine.models import QuarantinedMessage
from quarantine.parts import suspect
from quarantine.scope import NO_PART, Scope

NOTHING = "nothing can be taken out of it: it stays held as a whole"


class Attending(Approving):

    def to_attend(self, limit: int = 50) -> list[str]:
        """Ids of messages that wait for it, oldest first."""
        with self.reading():
            rows = QuarantinedMessage.objects.filter(attend=True).exclude(status__in=but(OPEN)).order_by("admitted_at", "pk")
            return [str(id) for id in rows.values_list("pk", flat=True)[:limit]]

    def attend(self, id: str, met: Collection[str] = (), offending: Sequence[str] = ()) -> str:
        """Do it, once; returns what was done: strip, ask or nothing. `met` as in `ask`.

        `offending` are the parts that the policy would not let pass; without any it is those in which something was found.
        """
        with self.transaction():
            row = QuarantinedMessage.objects.filter(pk=id, attend=True, status__in=[s.value for s in OPEN]).first()
            if row is None:
                return ""
            QuarantinedMessage.objects.filter(pk=id).update(attend=False)
            row.attend = False
            if row.disposition == Disposition.STRIP.word and row.status == Status.HELD:
                return self._strip(row, tuple(offending))
            if row.kind == Kind.LEAK and row.direction != Direction.INBOUND:
                return "ask" if self.ask(row, met) else ""
        return ""

    def leave(self, id: str) -> None:
        """Nothing can be done with it: people decide about it as it stands."""
        with self.transaction():
            QuarantinedMessage.objects.filter(pk=id).update(attend=False)

    def to_strip(self, id: str) -> Admission | None:
        """The admission of a message that waits to be sent without some parts; None for any other."""
        row = self.load(id)
        return self.admission(row) if row.disposition == Disposition.STRIP.word and row.status == Status.HELD else None

    def _strip(self, row: QuarantinedMessage, offending: tuple[str, ...]) -> str:
        without = offending or suspect(self.detail(row).get("inspection", {}))
        if not without:
            QuarantinedMessage.objects.filter(pk=row.pk).update(note=NOTHING)
            self.record(KEEPER, "strip", str(row.pk), without=[])
            return ""
        self.send_off(row, Scope((), without), automatic=True)
        self.record(KEEPER, "strip", str(row.pk), without=list(without))
        return "strip"

    def send_rest(self, actor: Actor, id: str, reason: str) -> Outcome:
        """The mail without what was found in it, at its sender's or recipient's wish: nobody approves it, the policy decides.

        A recipient's wish concerns that recipient's copy. Raises Refused.
        """
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.REQUEST, row)
            advance(Status(row.status), Verb.EXPIRE)     # only what is open; an uncertain delivery is not begun anew
            without = suspect(self.detail(row).get("inspection", {}))
            if not without:
                raise Refused(NO_PART)
            own = () if row.direction != Direction.INBOUND else tuple(sorted(subject.recipients & actor.mailboxes))
            scope = Scope(own, without)
            status = self.send_off(row, scope, automatic=True)
            self._close(row, "ended")
            self.record(actor, "strip", id, reason=reason, **scope.said())
        return Outcome(id, status)
