"""What people decide: request, approve, deny, release, withdraw, return, delete, legal holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.model.custody import Actor, Status
from quarantine import access
from quarantine.access import Act, Endorsement, Subject
from quarantine.custodian import reasoned
from quarantine.indexing import Indexing
from quarantine.lifecycle import Refusal, Refused, Verb, advance
from quarantine.models import Approval, HeldRecipient, LegalHold, OutboxEntry, QuarantinedMessage, ReleaseRequest
from quarantine.scope import EVERYTHING, Scope, checked

ON_HOLD = Refusal("LEGAL-HOLD", "the message is under a legal hold")
NO_HOLD = Refusal("NO-HOLD", "the message is under no legal hold")
WIDER = Refusal("WIDER", "this is more than what was asked for and approved so far: deny the request, or approve it as it is")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a message stands after a decision."""

    id: str
    status: Status
    approvals: int = 0
    needed: int = 0


class Decisions(Indexing):

    def request(self, actor: Actor, id: str, reason: str, scope: Scope = EVERYTHING) -> Outcome:
        """Ask for a release, of the whole or of a part of it."""
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.REQUEST, row)
            status = self.change(row, Verb.REQUEST)
            entitled = access.permit(actor, Act.APPROVE, subject) is None
            request = self._open(row, reason, actor, entitled, checked(self, row, scope))
            self.record(actor, "request", id, reason=reason, **scope.said())
            self.tell("requested", row, reason, actor.name)
            return Outcome(id, status, *self._count(request, subject))

    def approve(self, actor: Actor, id: str, reason: str, scope: Scope | None = None, shown_at: datetime | None = None) -> Outcome:
        """Add one approval; the release follows by itself when the needed ones are complete.

        `scope` may be narrower than what was asked for, never wider: None is as it was asked. `shown_at` is when the
        approver's page was made, so that decisions without a look can be found later.
        """
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.APPROVE, row)
            advance(Status(row.status), Verb.APPROVE)
            request = self._narrowed(row, scope) or self._open(row, reason, scope=checked(self, row, scope or EVERYTHING))
            self._add(request, actor, reason, shown_at)
            have, needed = self._count(request, subject)
            self.record(actor, "approve", id, reason=reason, have=have, needed=needed, **self._looked(shown_at))
            if have >= needed or actor.system:
                return Outcome(id, self._start(row, request, actor, reason), have, needed)
            return Outcome(id, self.change(row, Verb.APPROVE), have, needed)

    def release(self, actor: Actor, id: str, reason: str, scope: Scope | None = None, shown_at: datetime | None = None) -> Outcome:
        """Request and approval in one, for those entitled alone; or the approval that completes a request.

        `scope` and `shown_at` as in `approve`.
        """
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.RELEASE, row)
            advance(Status(row.status), Verb.RELEASE)
            if row.status == Status.DELIVERY_UNKNOWN:
                return self._again(row, actor, reason)
            request = self._narrowed(row, scope) or self._open(row, reason, scope=checked(self, row, scope or EVERYTHING))
            self._add(request, actor, reason, shown_at)
            have, needed = self._count(request, subject)
            if have < needed and not actor.system:
                raise Refused(access.FOUR_EYES)
            return Outcome(id, self._start(row, request, actor, reason, shown_at), have, needed)

    def deny(self, actor: Actor, id: str, reason: str) -> Outcome:
        return self._end(actor, id, reason, Act.DENY, Verb.DENY, "denied")

    def withdraw(self, actor: Actor, id: str, reason: str) -> Outcome:
        return self._end(actor, id, reason, Act.WITHDRAW, Verb.WITHDRAW, "withdrawn")

    def return_(self, actor: Actor, id: str, reason: str) -> Outcome:
        return self._end(actor, id, reason, Act.RETURN, Verb.RETURN, "returned")

    def delete(self, actor: Actor, id: str, reason: str) -> Outcome:
        """Destroy the message's key and content at once."""
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.DELETE, row)
            advance(Status(row.status), Verb.DELETE)
            if self.on_hold(row):
                raise Refused(ON_HOLD)
            status = self.destroy(row, Verb.DELETE)
            self.record(actor, "delete", id, reason=reason)
        return Outcome(id, status)

    def hold(self, actor: Actor, id: str, reason: str) -> Outcome:
        """Set a legal hold: nothing destroys the message until every hold on it is lifted."""
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.HOLD, row)
            self.keys(row)               # refuses what is already destroyed
            LegalHold.objects.create(message=row, reason=reason, set_by=actor.name, set_at=self.now())
            self.record(actor, "hold", id, reason=reason)
        return Outcome(id, Status(row.status))

    def lift(self, actor: Actor, id: str, reason: str) -> Outcome:
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.LIFT, row)
            lifted = row.holds.filter(lifted_at=None).update(lifted_by=actor.name, lifted_at=self.now())
            if not lifted:
                raise Refused(NO_HOLD)
            self.record(actor, "lift", id, reason=reason)
        return Outcome(id, Status(row.status))

    # inside

    def on_hold(self, row: QuarantinedMessage) -> bool:
        return row.holds.filter(lifted_at=None).exists()

    def destroy(self, row: QuarantinedMessage, verb: Verb) -> Status:
        """Destroy key and detail now and the file after the commit; what waits to be sent of it is dropped."""
        blob, ended = row.blob, row.status
        status = self.change(row, verb, wrapped_key=None, detail=b"", blob="", ended_as=ended)
        OutboxEntry.objects.filter(message=row, purpose="release", state="ready").update(state="dropped", finished_at=self.now())
        self._close(row, "ended")
        self.unindex(row)
        self.after_commit_remove(blob)
        return status

    def _request(self, row: QuarantinedMessage) -> ReleaseRequest | None:
        return row.requests.filter(outcome="").first()

    def _narrowed(self, row: QuarantinedMessage, scope: Scope | None) -> ReleaseRequest | None:
        """The open request, cut down to `scope`: who agreed to more agreed to this too, the other way round nobody did."""
        request = self._request(row)
        if request is None or scope is None:
            return request
        asked = Scope(tuple(request.recipients), tuple(request.without))
        if not scope.within(asked):
            raise Refused(WIDER)
        wanted = checked(self, row, scope)
        request.recipients, request.without = list(wanted.recipients), list(wanted.without)
        request.save(update_fields=["recipients", "without"])
        return request

    def _looked(self, shown_at: datetime | None) -> dict[str, float]:
        """Seconds between the sight of the evidence and the decision, for the audit record."""
        return {} if shown_at is None else {"seconds": round(max(0.0, (self.now() - shown_at).total_seconds()), 1)}

    def _open(self, row: QuarantinedMessage, reason: str, actor: Actor | None = None, entitled: bool = False,
              scope: Scope = EVERYTHING) -> ReleaseRequest:
        return ReleaseRequest.objects.create(
            recipients=list(scope.recipients), without=list(scope.without),
            message=row, requester=actor.name if actor else "", mailboxes=sorted(actor.mailboxes) if actor else [],
            system=bool(actor and actor.system), entitled=entitled, reason=reason, requested_at=self.now())

    def _add(self, request: ReleaseRequest, actor: Actor, reason: str, shown_at: datetime | None = None) -> None:
        """One more approval; raises Refused for the requester and for who approved already."""
        requester = None
        if request.requester:
            requester = Endorsement(request.requester, frozenset(request.mailboxes), request.system)
        earlier = [Endorsement(a.approver, frozenset(a.mailboxes), a.system) for a in request.approvals.all()]
        refusal = None if actor.system else access.approval(actor, requester, earlier)
        if refusal is not None:
            raise Refused(refusal)
        Approval.objects.update_or_create(request=request, approver=actor.name, defaults={
            "mailboxes": sorted(actor.mailboxes), "system": actor.system, "reason": reason, "approved_at": self.now(),
            "shown_at": shown_at})

    def _count(self, request: ReleaseRequest, subject: Subject) -> tuple[int, int]:
        """Approvals there are and approvals needed."""
        needed = access.needed(subject, self.settings.four_eyes_persons)
        have = request.approvals.count() + (1 if request.entitled and needed > 1 else 0)
        return have, needed

    def _start(self, row: QuarantinedMessage, request: ReleaseRequest, actor: Actor, reason: str,
               shown_at: datetime | None = None) -> Status:
        """RELEASING, and one outbox entry that has the message's id."""
        scope = Scope(tuple(request.recipients), tuple(request.without))
        status = self.send_off(row, scope)
        request.outcome, request.closed_at = "approved", self.now()
        request.save(update_fields=["outcome", "closed_at"])
        self.record(actor, "release", str(row.pk), reason=reason, alone=actor.system, **scope.said(), **self._looked(shown_at))
        self.failpoint("release-before-commit")
        return status

    def send_off(self, row: QuarantinedMessage, scope: Scope, automatic: bool = False) -> Status:
        """RELEASING for those of `scope`. `automatic`: nobody approved it, so the policy must let it pass first."""
        self.keys(row)
        status = self.change(row, Verb.RELEASE, note="", without=list(scope.without), automatic=automatic, sent_sha256="")
        everybody = HeldRecipient.objects.filter(message=row)
        everybody.update(chosen=not scope.recipients)
        everybody.filter(key__in=scope.recipients).update(chosen=True)
        everybody.filter(chosen=True).exclude(outcome="delivered").update(outcome="")
        OutboxEntry.objects.update_or_create(id=row.pk, defaults=_fresh(self.now()) | {"purpose": "release", "message": row})
        return status

    def _again(self, row: QuarantinedMessage, actor: Actor, reason: str) -> Outcome:
        """Try an uncertain delivery again now, with the same entry and id."""
        entry = OutboxEntry.objects.filter(pk=row.pk).exclude(state="sending")
        if entry.update(state="ready", next_at=self.now(), created_at=self.now(), finished_at=None):
            self.record(actor, "release", str(row.pk), reason=reason, again=True)
        return Outcome(str(row.pk), Status(row.status))

    def _end(self, actor: Actor, id: str, reason: str, act: Act, verb: Verb, event: str) -> Outcome:
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, act, row)
            requester = self._request(row)
            status = self.change(row, verb, note=reason[:500])
            self._close(row, event)
            self.record(actor, verb.value, id, reason=reason)
            self.tell(event, row, reason, requester.requester if requester else "")
        return Outcome(id, status)

    def _close(self, row: QuarantinedMessage, outcome: str) -> None:
        row.requests.filter(outcome="").update(outcome=outcome, closed_at=self.now())


def _fresh(now: datetime) -> dict[str, object]:
    return {"state": "ready", "attempts": 0, "uncertain": False, "created_at": now, "next_at": now, "finished_at": None,
            "last_reply": ""}
