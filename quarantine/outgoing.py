"""The outbox as a table: what waits, what is being sent, what became of it. `gateway.effects.outbox` drives it.

States: waiting (for the confirmation of a PENDING message), ready, sending, done, failed, dropped. An entry found
`sending` at start may have been delivered (RFC 1047): it goes out again with the same id, and the message shows it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Q

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Admission, Status
from gateway.model.decision import Disposition
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from gateway.model.transaction import Direction, Envelope, Recipient
from quarantine import marks
from quarantine.access import Act
from quarantine.custodian import KEEPER, Custodian, reasoned, stamp
from quarantine.lifecycle import Refusal, Refused, Verb
from quarantine.models import HeldRecipient, OutboxEntry, QuarantinedMessage
from quarantine.sealing import write_all

FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=1)
FARTHEST = timedelta(hours=26)           # a daily digest, where a day of 25 hours lies between
WAITS = "held back: too many notices this hour, or for a digest"     # last_reply of what waits
TAKEN = ("delivered", "stripped")
OPEN_STATES, OVER_STATES = ("waiting", "ready", "sending"), ("done", "failed", "dropped")
NO_ENTRY = Refusal("NOT-FOUND", "there is no such entry in the outbox")
BUSY_ENTRY = Refusal("BUSY", "the entry is being sent at this moment")
OVER_ENTRY = Refusal("FINISHED", "the entry is finished")


@dataclass(frozen=True, slots=True)
class Due:
    """An entry whose time has come."""

    id: str
    purpose: str
    recipient: str
    message_id: str

    @property
    def is_release(self) -> bool:
        return self.purpose == "release"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery to make. `fd` is the receiver's to close."""

    id: str
    purpose: str
    envelope: Envelope
    head: bytes
    fd: int
    size: int
    listener: str
    attempt: int
    without: tuple[str, ...] = ()        # labels of parts that must be taken out of a release first
    automatic: bool = False              # nobody approved the release: what leaves must be what the policy lets pass


def back_off(attempts: int) -> timedelta:
    """30 s, doubling up to an hour."""
    return min(LAST_RETRY, FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 10))


class OutboxTable(Custodian):

    def due(self, limit: int = 50) -> list[Due]:
        """What may leave now, oldest first. An entry too far ahead (the clock was set back) is due too."""
        now = self.now()
        ripe = Q(next_at__lte=now) | Q(next_at__gt=now + FARTHEST) | (Q(next_at__gt=now + 2 * LAST_RETRY) & ~Q(last_reply=WAITS))
        with self.reading():
            rows = OutboxEntry.objects.filter(ripe, state="ready").order_by("next_at", "id")[:limit]
            return [Due(str(e.pk), e.purpose, e.recipient, e.message_id or "") for e in rows]

    def begin(self, id: str) -> bool:
        """READY becomes SENDING; False where somebody else has it or it is over."""
        with self.transaction():
            entry = OutboxEntry.objects.filter(pk=id, state="ready").select_related("message").first()
            if entry is None:
                return False
            if entry.purpose == "release" and entry.message.status not in (Status.RELEASING, Status.DELIVERY_UNKNOWN):
                self._finish(entry, "dropped", "")
                return False
            return bool(OutboxEntry.objects.filter(pk=id, state="ready").update(state="sending", attempts=entry.attempts + 1))

    def prepare(self, id: str) -> Outgoing:
        """Open the content of an entry for its next attempt."""
        entry = OutboxEntry.objects.select_related("message").get(pk=id)
        if entry.purpose == "release":
            return self._prepare_release(entry, entry.message)
        fd = os.memfd_create("notice", os.MFD_CLOEXEC)
        content = self.keys(entry).open_detail(bytes(entry.content))
        write_all(fd, content)
        to = Recipient(Mailbox.parse(entry.recipient), notify="NEVER")      # a notice about a notice helps nobody
        envelope = Envelope(None, (to,), body="8BITMIME", smtputf8=not entry.recipient.isascii())
        return Outgoing(id, entry.purpose, envelope, b"", fd, len(content), "", entry.attempts + 1)

    def _prepare_release(self, entry: OutboxEntry, row: QuarantinedMessage) -> Outgoing:
        content = self.content(row)
        original = content.admission.envelope
        open_ = set(row.recipients.filter(outcome="", chosen=True).values_list("address", flat=True))
        left = tuple(r for r in original.recipients if r.mailbox.text in open_)
        envelope = replace(original, recipients=left)
        attempt = entry.attempts + 1
        line = self._mark(row, attempt, [r.mailbox.key for r in original.recipients], row.sha256)
        return Outgoing(str(entry.pk), "release", envelope, line, content.fd, content.size, row.listener, attempt,
                        tuple(row.without), row.automatic)

    def _mark(self, row: QuarantinedMessage, attempt: int, everybody: list[str], sha256: str) -> bytes:
        expires = int((self.now() + timedelta(hours=self.settings.mark_hours)).timestamp())
        return marks.write(self.ring, marks.Mark(str(row.pk), attempt, expires), everybody, sha256)

    def changed(self, message_id: str, attempt: int, sha256: str) -> bytes:
        """The octets of a release were changed by us: remember theirs, and give the mark that goes on top of them."""
        with self.transaction():
            row = self.load(message_id)
            QuarantinedMessage.objects.filter(pk=row.pk).update(sent_sha256=sha256)
            everybody = list(row.recipients.order_by("position").values_list("key", flat=True))
        return self._mark(row, attempt, everybody, sha256)

    def hinder(self, message_id: str, why: str) -> None:
        """A release that nobody approved, or without a part, cannot be made: the message stays held, with the reason."""
        with self.transaction():
            entry = OutboxEntry.objects.filter(pk=message_id, state="ready").select_related("message").first()
            if entry is None:
                return
            row = entry.message
            asked_for = row.automatic and row.disposition != Disposition.STRIP.word
            self._back(entry, row, why[:500], "unsent" if asked_for else "" if row.automatic else "failed")
            if row.automatic and not asked_for:
                self._tell_held(row)

    def _tell_held(self, row: QuarantinedMessage) -> None:
        """Those who were to get the mail without a part, and get nothing now: told once, in the form of a digest."""
        if self.answers is None:
            return
        notices = OutboxEntry.objects.filter(message=row, purpose="notice").values_list("recipient", flat=True)
        told = {Mailbox.parse(reader).key for reader in notices}
        inbound = row.direction == Direction.INBOUND
        for address in row.recipients.values_list("address", flat=True) if inbound else [row.sender]:
            if address and Mailbox.parse(address).key not in told:
                mail = self.answers.digest(address, [self.brief(row) | {"inspection": self.detail(row).get("inspection", {})}])
                if mail is not None:
                    self.enqueue(mail, row, "ready")

    def held(self, message_id: str) -> tuple[Admission, Mapping[str, Any], frozenset[str]]:
        """For the re-scan: the admission, its stored inspection, and codes that earlier blocks made known."""
        row = self.load(message_id)
        admission = self.admission(row)
        return admission, admission.inspection, frozenset(row.news)

    def finish(self, id: str, result: RelayResult) -> str:
        """Record what the next hop said; returns the event: delivered, refused, retry or unknown."""
        with self.transaction():
            entry = OutboxEntry.objects.select_related("message").get(pk=id)
            if entry.state != "sending":
                return "over"
            text = str(result.reply)[:500]
            if result.uncertain:
                return self._unknown(entry, text or "the connection was lost after the final dot")
            if entry.purpose == "release":
                return self._finish_release(entry, entry.message, result)
            answer = result.refused.get(entry.recipient, result.reply)
            if answer.positive:
                self._finish(entry, "done", text)
                return "delivered"
            if answer.temporary:
                return self._later(entry, str(answer)[:500])
            self._finish(entry, "failed", str(answer)[:500])
            self.record(KEEPER, "notice-refused", entry.message_id or "", reply=answer.code, purpose=entry.purpose)
            return "refused"

    def _finish_release(self, entry: OutboxEntry, row: QuarantinedMessage, result: RelayResult) -> str:
        left, chosen = 0, row.recipients.filter(chosen=True)
        for recipient in chosen.filter(outcome=""):
            answer = result.refused.get(recipient.address, result.reply)
            if answer.temporary:
                left += 1
                continue
            HeldRecipient.objects.filter(pk=recipient.pk).update(outcome=outcome(answer, bool(row.without)))
        if left:
            return self._later(entry, str(result.reply)[:500])
        refused = list(chosen.exclude(outcome__in=TAKEN).values_list("address", "outcome"))
        note = "; ".join(f"{address}: {said}" for address, said in refused)[:500]
        if len(refused) == chosen.count():
            return self._back(entry, row, note)
        self._finish(entry, "done", str(result.reply)[:500])
        by_itself = row.automatic and bool(row.without) and row.direction == Direction.INBOUND     # the original may be asked for
        partly = by_itself or row.recipients.filter(chosen=False, outcome="").exists()
        self.change(row, Verb.PARTLY if partly else Verb.DELIVERED, note=note)
        self.record(KEEPER, "delivered", str(row.pk), reply=result.reply.code, refused=len(refused), attempt=entry.attempts,
                    partly=partly, without=list(row.without))
        if refused or not by_itself:     # who gets a mail without a part reads it in the placeholder
            self.tell("failed" if refused else "released", row, note, self._asked(row))
        return "delivered"

    def _back(self, entry: OutboxEntry, row: QuarantinedMessage, note: str, event: str = "failed") -> str:
        """A release that nobody takes: held again, with the reason to be seen. `event` is what people are told; "" nothing."""
        self._finish(entry, "failed", note)
        self.change(row, Verb.REFUSED, note=note)
        self.record(KEEPER, "release-refused", str(row.pk), note=note, attempt=entry.attempts)
        if event:
            self.tell(event, row, note, self._asked(row))
        return "refused"

    def _unknown(self, entry: OutboxEntry, text: str) -> str:
        OutboxEntry.objects.filter(pk=entry.pk).update(uncertain=True)
        entry.uncertain = True
        row = entry.message
        if entry.purpose == "release" and row.status != Status.DELIVERY_UNKNOWN:
            self.change(row, Verb.UNCERTAIN, note=text[:500])
            self.record(KEEPER, "delivery-unknown", str(row.pk), attempt=entry.attempts)
        self._later(entry, text)
        return "unknown"

    def later(self, id: str, text: str) -> str:
        """The next hop, the cell or we ourselves could not: try again, or give up after the days allowed."""
        with self.transaction():
            entry = OutboxEntry.objects.filter(pk=id).select_related("message").first()
            if entry is None or entry.state not in ("sending", "ready"):
                return "over"
            return self._later(entry, text)

    def _later(self, entry: OutboxEntry, text: str) -> str:
        now, release = self.now(), entry.purpose == "release"
        days = self.settings.release_days if release else self.settings.notice_days
        if now - entry.created_at >= timedelta(days=days):
            return self._give_up(entry, text)
        OutboxEntry.objects.filter(pk=entry.pk).update(
            state="ready", next_at=now + back_off(entry.attempts), last_reply=text[:500])
        if release and entry.message is not None:
            QuarantinedMessage.objects.filter(pk=entry.message.pk).update(note=text[:500])
        return "retry"

    def _give_up(self, entry: OutboxEntry, text: str) -> str:
        if entry.purpose == "release" and not entry.uncertain:
            return self._back(entry, entry.message, f"given up: {text}"[:500])
        self._finish(entry, "failed", text)
        self.record(KEEPER, "given-up", entry.message_id or "", purpose=entry.purpose)
        return "refused"

    def block(self, message_id: str, codes: list[str]) -> None:
        """Today's signatures see something new: not sent; a later release knows these codes and needs two persons."""
        with self.transaction():
            row = self.load(message_id)
            news = sorted({*row.news, *codes})
            note = f"found at release: {', '.join(codes)}"[:500]
            self.change(row, Verb.BLOCK, news=news, approvals=max(2, row.approvals), note=note)
            OutboxEntry.objects.filter(pk=message_id, state="ready").update(state="dropped", finished_at=self.now())
            self.record(KEEPER, "block", message_id, codes=codes)
            self.tell("blocked", row, note, self._asked(row))

    def recover(self) -> int:
        """At start: what was being sent when we died may have arrived. It goes out again with the same id."""
        with self.transaction():
            entries = list(OutboxEntry.objects.filter(state="sending").select_related("message"))
            for entry in entries:
                self._unknown(entry, "the gateway was stopped while it was being delivered")
                OutboxEntry.objects.filter(pk=entry.pk, state="ready").update(next_at=self.now())
        return len(entries)

    def use_mark(self, line: str, recipients: list[str], sha256: str) -> bool:
        """True once for each of these recipients: the message is a release of ours, unchanged below the line."""
        mark = marks.parse(line)
        row = QuarantinedMessage.objects.filter(pk=mark.id).first() if mark else None
        if mark is None or row is None or sha256 not in (row.sha256, row.sent_sha256) or mark.expires < self.now().timestamp():
            return False
        everybody = list(row.recipients.order_by("position").values_list("key", flat=True))
        keys = [Mailbox.parse(r).key for r in recipients]
        if not keys or not set(keys) <= set(everybody) or not marks.genuine(self.ring, mark, everybody, sha256):
            return False
        with self.transaction():
            return marks.use(mark, keys, self.now())

    def free_mark(self, line: str, recipients: list[str]) -> None:
        """The message that this mark let pass was not taken after all: it counts once more."""
        mark = marks.parse(line)
        if mark is not None:
            with self.transaction():
                marks.free(mark, [Mailbox.parse(r).key for r in recipients])

    # people

    def queue(self, actor: Actor, all_: bool = False, limit: int = 1000) -> list[dict[str, Any]]:
        """What waits, the next one first; with `all_` then what is over, the last one first."""
        self.allowed_here(actor, Act.QUEUE)
        rows = self._entries(OPEN_STATES, "next_at", limit)
        if all_:
            rows += self._entries(OVER_STATES, "-next_at", limit - len(rows))
        return [{"id": e.pk, "purpose": e.purpose, "state": e.state, "recipient": e.recipient, "message_id": e.message_id or "",
                 "attempts": e.attempts, "created_at": stamp(e.created_at), "next_at": stamp(e.next_at),
                 "last_reply": e.last_reply, "uncertain": e.uncertain} for e in rows]

    def _entries(self, states: tuple[str, ...], order: str, most: int) -> list[OutboxEntry]:
        """One walk along the index of each state: together they would be sorted, and releases are kept for years."""
        key, most = order.removeprefix("-"), max(most, 0)
        rows = OutboxEntry.objects.defer("content").order_by(order)
        found = [entry for state in states for entry in rows.filter(state=state)[:most]]
        return sorted(found, key=lambda e: (getattr(e, key), e.pk), reverse=order != key)[:most]

    def queue_retry(self, actor: Actor, id: str = "") -> int:
        """Make one entry, or all that wait, due now."""
        self.allowed_here(actor, Act.QUEUE_CHANGE)
        with self.transaction():
            rows = OutboxEntry.objects.filter(state="ready", **({"pk": id} if id else {}))
            count = rows.update(next_at=self.now())
            if id and not count:
                raise Refused(self._why_not(id))
            self.record(actor, "queue-retry", "", entry=id or "all", count=count)
        return count

    def queue_drop(self, actor: Actor, id: str, reason: str) -> None:
        """Take an entry out. A release goes back to HELD; one that may have arrived stays DELIVERY_UNKNOWN."""
        self.allowed_here(actor, Act.QUEUE_CHANGE)
        reason = reasoned(reason)
        with self.transaction():
            entry = OutboxEntry.objects.filter(pk=id, state__in=("ready", "waiting")).select_related("message").first()
            if entry is None:
                raise Refused(self._why_not(id))
            self._finish(entry, "dropped", reason[:500])
            self.record(actor, "queue-drop", entry.message_id or "", entry=id, purpose=entry.purpose, reason=reason)
            if entry.purpose == "release" and entry.message.status == Status.RELEASING:
                self.change(entry.message, Verb.REFUSED, note=f"taken out of the outbox: {reason}"[:500])

    # inside

    def _why_not(self, id: str) -> Refusal:
        entry = OutboxEntry.objects.filter(pk=id).first()
        if entry is None:
            return NO_ENTRY
        return BUSY_ENTRY if entry.state == "sending" else OVER_ENTRY

    def _finish(self, entry: OutboxEntry, state: str, text: str) -> None:
        """Over: a notice's octets are destroyed with their key."""
        OutboxEntry.objects.filter(pk=entry.pk).update(
            state=state, finished_at=self.now(), last_reply=text[:500], content=b"", wrapped_key=None)

    def _asked(self, row: QuarantinedMessage) -> str:
        last = row.requests.order_by("-id").first()
        return last.requester if last else ""


def outcome(reply: Reply, stripped: bool = False) -> str:
    taken = "stripped" if stripped else "delivered"
    return taken if reply.positive else str(reply)[:500]
