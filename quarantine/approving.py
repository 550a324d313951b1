"""Held leaks find who decides: the sender's superior, a deputy, after a deadline the next one up, in the end the owner.

Nothing is dropped and nothing is sent by waiting: the message stays held, and its expiry is told like any other. A task ends
when the message is decided, whoever decided it and by whatever way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, OutgoingMail, Status
from quarantine.custodian import KEEPER, stamp
from quarantine.decisions import Decisions, Outcome
from quarantine.directory import Chosen, Directory
from quarantine.keys import KeyProblem
from quarantine.lifecycle import OPEN, Refused
from quarantine.models import ApprovalTask, HeldRecipient, QuarantinedMessage
from quarantine.scope import Scope
from quarantine.sealing import SealBroken

BATCH = 50
REMINDERS = 30                           # of the last one asked; a held mail has expired long before

class Approving(Decisions, Directory):

    def tell(self, event: str, row: QuarantinedMessage, reason: str, requested_by: str = "") -> None:
        """A request goes to who is asked to decide about the message, where somebody is."""
        task = row.tasks.filter(outcome="").order_by("-id").first() if event == "requested" else None
        if task is None or self.answers is None:
            super().tell(event, row, reason, requested_by)
            return
        self._send(event, row, self._evidence(row, task) | {"requested_by": requested_by}, reason)

    def ask(self, row: QuarantinedMessage, met: Collection[str] = ()) -> str:
        """Ask the first one; "" where the house has no directory, and people decide in the console as they see it.

        `met` are addresses that the sender wrote to before, as far as others than custody remember.
        """
        if not self.directory_known():
            return ""
        chosen = self._next(row)
        if chosen is None:
            return ""
        task = self._open_task(row, chosen, met)
        self._send("approval", row, self._evidence(row, task), "")
        return task.approver

    def approve(self, actor: Actor, id: str, reason: str, scope: Scope | None = None, shown_at: datetime | None = None) -> Outcome:
        """Where one approval is not enough, the next person is asked at once."""
        with self.transaction():
            outcome = super().approve(actor, id, reason, scope, shown_at)
            if outcome.status is Status.RELEASE_REQUESTED:
                self._ask_second(self.load(id))
        return outcome

    def _ask_second(self, row: QuarantinedMessage) -> None:
        task = row.tasks.filter(outcome="").order_by("-id").first()
        chosen = self._next(row) if task is not None else None
        if task is None or chosen is None:
            return
        self._end_task(task, "decided")
        self._send("approval", row, self._evidence(row, self._open_task(row, chosen)), "")

    def escalate(self) -> int:
        """Pass on one batch of what was not decided in time; returns how many were looked at, 0 when there is none left."""
        with self.transaction():
            waiting = ApprovalTask.objects.filter(outcome="", due_at__lte=self.now()).select_related("message")
            late = list(waiting.order_by("due_at")[:BATCH])
            for task in late:
                try:
                    with self.transaction():
                        self._late(task, task.message)
                except (Refused, SealBroken, KeyProblem) as problem:     # one broken message must not stop the others
                    self._end_task(task, "ended")
                    self.record(KEEPER, "escalate", str(task.message.pk), problem=type(problem).__name__)
        return len(late)

    def _late(self, task: ApprovalTask, row: QuarantinedMessage) -> None:
        if Status(row.status) not in OPEN:
            self._end_task(task, "ended" if row.status in (Status.EXPIRED, Status.PURGED) else "decided")
            return
        chosen = self._next(row)
        again = chosen is None
        if again and row.tasks.count() > REMINDERS:
            self._end_task(task, "ended")
            return
        self._end_task(task, "reminded" if again else "escalated")
        following = self._open_task(row, chosen or Chosen(task.approver, task.instead_of, task.level))
        before = "" if again else task.approver
        self.record(KEEPER, "remind" if again else "escalate", str(row.pk), approver=following.approver, level=following.level)
        self._send("approval", row, self._evidence(row, following) | {"asked_before": before, "again": again}, "")
        if not again:
            super().tell("escalated", row, "")

    def _next(self, row: QuarantinedMessage) -> Chosen | None:
        """Nobody is asked twice, and nobody about mail of their own; the listener's owner is the last."""
        asked = set(row.tasks.values_list("approver", flat=True))
        parties = set(row.recipients.values_list("key", flat=True)) | {row.sender_key}
        today = self.now().astimezone(ZoneInfo(self.settings.timezone)).date()
        found = self.choose(row.sender_key, today, asked | parties)
        if found is not None:
            return found
        owner = self.settings.owners.get(row.listener, "")
        key = Mailbox.parse(owner).key if owner else ""
        return Chosen(key, level=99) if key and key not in asked | parties else None

    def _open_task(self, row: QuarantinedMessage, chosen: Chosen, met: Collection[str] = ()) -> ApprovalTask:
        now, earlier = self.now(), row.tasks.order_by("id").first()
        first = earlier.first_time if earlier is not None else self._first_time(row, met)
        return ApprovalTask.objects.create(
            message=row, approver=chosen.approver, instead_of=chosen.instead_of, level=chosen.level, asked_at=now,
            due_at=now + self.settings.approval_deadline, first_time=first)

    def _end_task(self, task: ApprovalTask, outcome: str) -> None:
        ApprovalTask.objects.filter(pk=task.pk, outcome="").update(outcome=outcome, closed_at=self.now())

    def _first_time(self, row: QuarantinedMessage, met: Collection[str]) -> list[str]:
        outside = self.outside(row)
        released = set(HeldRecipient.objects.filter(
            key__in=[Mailbox.parse(a).key for a in outside], outcome="delivered", message__sender_key=row.sender_key,
        ).values_list("address", flat=True))
        return [address for address in outside if address not in released and address not in met]

    def correspondents(self, id: str) -> tuple[str, list[str]]:
        """Sender and outside recipients of a held message."""
        row = self.load(id)
        return row.sender, self.outside(row)

    def outside(self, row: QuarantinedMessage) -> list[str]:
        """The held recipients that are none of ours."""
        everybody = row.recipients.order_by("position").values_list("address", flat=True)
        return [address for address in everybody if Mailbox.parse(address).domain not in self.settings.our_domains]

    def _evidence(self, row: QuarantinedMessage, task: ApprovalTask) -> dict[str, Any]:
        return {"approver": task.approver, "instead_of": task.instead_of, "due_at": stamp(task.due_at),
                "first_time": task.first_time, "outside": self.outside(row), "inspection": self.detail(row).get("inspection", {})}

    def _send(self, event: str, row: QuarantinedMessage, more: dict[str, Any], reason: str) -> None:
        if self.answers is None:
            return
        written: Sequence[OutgoingMail] = self.answers.compose(event, self.brief(row) | {"requested_by": ""} | more, reason)
        for mail in written:
            self.enqueue(mail, row, "ready")
