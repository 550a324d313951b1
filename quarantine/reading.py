"""Looking at held mail: find, show, open, export. Looking at content is recorded."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Role, Status
from gateway.model.transaction import Direction
from quarantine import access
from quarantine.access import Act, Reach
from quarantine.custodian import Content, Custodian, reasoned, stamp
from quarantine.lifecycle import PERSONAL, Refusal, step
from quarantine.models import AuditRecord, DirectoryEntry, HeldRecipient, QuarantinedMessage
from quarantine.remit import Remit, remit_of

PAGE = 50
LARGEST_PAGE = 1000
SEARCHED = 1000                          # messages that are opened for a text too short for the index
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
COPY = 1 << 20


@dataclass(frozen=True, slots=True)
class Query:
    """Filters of a list; empty ones do not filter. Newest first, in pages after a cursor."""

    status: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    sender: str = ""                     # an address, or part of one
    recipient: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""                       # words in subject, header From or a file's name; width and case do not matter
    data_class: str = ""                 # a type of identifier, or "persons"
    attachment: str = ""                 # SHA-256 of a file in it, at any depth
    limit: int = PAGE
    after: str = ""                      # `cursor` of the page before


@dataclass(frozen=True, slots=True)
class Page:
    messages: tuple[dict[str, Any], ...]
    cursor: str = ""                     # "" after the last page
    counts: dict[str, int] = field(default_factory=dict)


class Reading(Custodian):

    def visible(self, actor: Actor) -> QuerySet[QuarantinedMessage]:
        """The rows for which `access` grants SEE, as a query."""
        rows = QuarantinedMessage.objects.order_by("-received_at", "-id")
        scoped = any(access.GRANTS[Act.SEE].get(role) in (Reach.ALL, Reach.SCOPE) for role in actor.roles)
        if actor.system or (scoped and not actor.scopes):
            return rows
        condition = Q(pk__in=())
        if Role.RECIPIENT in actor.roles:
            condition |= Q(pk__in=HeldRecipient.objects.filter(key__in=actor.mailboxes).values("message_id"))
        if Role.SENDER in actor.roles:
            condition |= Q(sender_key__in=actor.mailboxes) & ~Q(direction=Direction.INBOUND.value)
        if scoped:
            condition |= covered(remit_of(actor.scopes))
        return rows.filter(condition)

    def show(self, actor: Actor, id: str) -> dict[str, Any]:
        """Everything about a message but its content: inspection, requests, history, and what this actor may do now."""
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.SEE, row)
            self.record(actor, "show", id)
            detail = self.detail(row) if row.wrapped_key is not None else {}
            needed = access.needed(subject, self.settings.four_eyes_persons)
            return self.brief(row) | {
                "inspection": detail.get("inspection", {}), "session": detail.get("session", {}), "ended_as": row.ended_as,
                "news": row.news, "approvals_needed": needed, "requests": [_request(r) for r in row.requests.order_by("id")],
                "outcomes": {r.address: r.outcome for r in row.recipients.order_by("position")},
                "legal_holds": [{"reason": h.reason, "set_by": h.set_by, "set_at": stamp(h.set_at)}
                                for h in row.holds.filter(lifted_at=None)],
                "history": [{"at": a.at, "actor": a.actor, "via": a.via, "action": a.action}
                            for a in AuditRecord.objects.filter(message_id=id).order_by("id")[:200]],
                "possible": [a.value for a in self.possible(actor, row, subject)], **self._asked_for(row),
            }

    def _asked_for(self, row: QuarantinedMessage) -> dict[str, Any]:
        """Who was asked to decide, and what an approver looks at first; empty for inbound mail."""
        tasks = list(row.tasks.order_by("id"))
        inbound = row.direction == Direction.INBOUND
        everybody = [] if inbound else row.recipients.order_by("position").values_list("address", flat=True)
        return {"outside": [a for a in everybody if Mailbox.parse(a).domain not in self.settings.our_domains],
                "first_time": tasks[0].first_time if tasks else [],
                "asked": [{"approver": t.approver, "instead_of": t.instead_of, "asked_at": stamp(t.asked_at),
                           "due_at": stamp(t.due_at), "outcome": t.outcome} for t in tasks]}

    def possible(self, actor: Actor, row: QuarantinedMessage, subject: access.Subject) -> list[Act]:
        """The buttons: what role and status allow (four eyes and own requests are answered when it is tried)."""
        acts = [Act(v.value) for v in PERSONAL if not isinstance(step(Status(row.status), v), Refusal)]
        if row.wrapped_key is not None:
            acts += [Act.PREVIEW, Act.EXPORT, Act.HOLD]
        acts += [Act.LIFT] if row.holds.filter(lifted_at=None).exists() else []
        return [act for act in acts if access.permit(actor, act, subject) is None]

    def preview_content(self, actor: Actor, id: str, reason: str = "") -> Content:
        """The octets for a preview made in the cell; the sight is recorded with its reason before it is given.

        Mail of one's own needs no reason but that.
        """
        with self.transaction():
            row = self.load(id)
            subject = self.allowed(actor, Act.PREVIEW, row)
            own = actor.system or any(access.owns(role, actor.mailboxes, subject) for role in (Role.RECIPIENT, Role.SENDER))
            if reason or not own:
                self.record(actor, "preview", id, reason=reasoned(reason))
            else:
                self.record(actor, "preview", id)
        return self.content(row)

    def export_raw(self, actor: Actor, id: str, reason: str) -> Content:
        """The octets as received."""
        reason = reasoned(reason)
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.EXPORT, row)
            self.record(actor, "export", id, reason=reason, form="raw")
        return self.content(row)

    def export_zip(self, actor: Actor, id: str, reason: str, password: str = "") -> tuple[int, int, str]:
        """Descriptor, size and password of an AES-256 zip with the octets; without a password one is made, shown once."""
        import pyzipper  # for this alone: the keeper starts without it

        reason, password = reasoned(reason), password or new_password()
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.EXPORT, row)
            self.record(actor, "export", id, reason=reason, form="zip")
        content = self.content(row)
        try:
            fd = os.memfd_create("export", os.MFD_CLOEXEC)
            with (os.fdopen(os.dup(fd), "w+b") as file,
                  pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive):
                archive.setpassword(password.encode())
                with archive.open(f"{row.pk}.eml", "w", force_zip64=True) as member:
                    for offset in range(0, content.size, COPY):
                        member.write(os.pread(content.fd, COPY, offset))
        finally:
            os.close(content.fd)
        return fd, os.lseek(fd, 0, os.SEEK_END), password


def filtered(rows: QuerySet[QuarantinedMessage], query: Query) -> QuerySet[QuarantinedMessage]:
    for column in ("status", "kind", "direction"):
        if wanted := getattr(query, column):
            rows = rows.filter(**{f"{column}__in": wanted})
    if query.sender:
        rows = rows.filter(**address("sender_key", query.sender))
    if query.recipient:
        rows = rows.filter(pk__in=HeldRecipient.objects.filter(**address("key", query.recipient)).values("message_id"))
    if query.reason:
        rows = rows.filter(reason=query.reason)
    if query.since:
        rows = rows.filter(received_at__gte=query.since)
    if query.until:
        rows = rows.filter(received_at__lt=query.until)
    if query.after:
        at, _, id = query.after.partition(" ")
        last = datetime.fromisoformat(at)
        # said twice: out of the OR alone no database finds where in the index to begin
        rows = rows.filter(Q(received_at__lt=last) | Q(received_at=last, pk__lt=id), received_at__lte=last)
    return rows


def address(column: str, text: str) -> dict[str, str]:
    """A whole address uses the index; a part of one is looked for."""
    local, at, domain = text.partition("@")
    return {column: Mailbox.parse(text).key} if local and at and domain else {f"{column}__contains": text.casefold()}


def covered(remit: Remit) -> Q:
    """`Remit.covers` as a query."""
    condition = Q(pk__isnull=False)      # an empty Q() would vanish in an OR
    if remit.kinds:
        condition &= Q(kind__in=remit.kinds)
    if remit.directions:
        condition &= Q(direction__in=remit.directions)
    if not remit.of_people:
        return condition
    inside, sent = Q(key__in=remit.mailboxes), Q(sender_key__in=remit.mailboxes)
    for domain in remit.domains:
        inside |= Q(key__endswith=f"@{domain}")
        sent |= Q(sender_key__endswith=f"@{domain}")
    if remit.departments:
        members = DirectoryEntry.objects.filter(department__in=remit.departments).values("mailbox")
        inside, sent = inside | Q(key__in=members), sent | Q(sender_key__in=members)
    received = Q(pk__in=HeldRecipient.objects.filter(inside).values("message_id"))
    inbound = Q(direction=Direction.INBOUND.value)
    return condition & ((inbound & received) | (~inbound & sent))


def new_password() -> str:
    """Four groups of four: about 79 bits, easy to read out."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


def _request(request: Any) -> dict[str, Any]:
    return {
        "requester": request.requester, "reason": request.reason, "requested_at": stamp(request.requested_at),
        "outcome": request.outcome or "open",
        "approvals": [{"approver": a.approver, "reason": a.reason, "approved_at": stamp(a.approved_at)}
                      for a in request.approvals.order_by("id")]}
