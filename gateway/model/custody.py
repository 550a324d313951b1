"""The words of custody: held mail, its states, the people who act on it, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.model.decision import Kind
from gateway.model.transaction import Direction, Envelope, Session


class Status(StrEnum):
    PENDING = "pending"                  # admitted, the other recipients' relay not yet confirmed
    HELD = "held"
    RELEASE_REQUESTED = "release_requested"
    RELEASING = "releasing"
    RELEASED = "released"
    RELEASE_BLOCKED = "release_blocked"  # today's signatures found something new
    DELIVERY_UNKNOWN = "delivery_unknown"  # RFC 1047: the next hop may have taken it
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    EXPIRED = "expired"
    PURGED = "purged"


class Role(StrEnum):
    RECIPIENT = "recipient"
    SENDER = "sender"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a console account, or the operating system's user of the command line, recorded as such."""

    name: str
    roles: frozenset[Role]
    mailboxes: frozenset[str] = frozenset()   # Mailbox.key of the addresses that are theirs
    via: str = "console"                      # console, cli, api, link
    system: bool = False                      # the operating system's user: root or the state directory's owner
    scopes: frozenset[str] = frozenset()      # a supervisor's domains or Mailbox.key; none means the whole house


@dataclass(frozen=True, slots=True)
class Grant:
    """What the link in a mail of ours will open, for whom. The token itself is in the mail and nowhere else."""

    digest: str                               # SHA-256 of the token, hexadecimal
    party: str                                # recipient, sender, approver: what its reader is to the messages
    messages: tuple[str, ...] = ()            # none: the one message that the mail speaks of


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail of our own (a notice) waiting in the outbox. Reverse-path is always null."""

    recipient: str
    content: bytes                            # complete RFC 5322 message, CRLF
    purpose: str                              # notice, answer, digest, report, code
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Everything custody stores with the octets of one held message, for the held recipients only."""

    id: str
    session: Session
    envelope: Envelope                        # the held recipients only
    direction: Direction
    kind: Kind
    verdict: str
    disposition: str                          # hold or quarantine
    reason: str                               # id of the deciding rule
    approvals: int
    sha256: str
    size: int
    received_at: datetime
    subject: str                              # masked
    header_from: str                          # masked
    header_message_id: str
    retry_key: str                            # recognises a retry of the same mail, "" where nothing can: see policy.settle
    inspection: Mapping[str, Any]             # the shape of `scan --json` without path
    persons: int = 0
    identifiers: Mapping[str, int] = field(default_factory=dict)
    pending: bool = False                     # True: PENDING until confirmed
    notices: tuple[OutgoingMail, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)
    # ^ words that opened its encrypted parts; kept sealed with it, so that it can be judged again at its release


@dataclass(frozen=True, slots=True)
class Admitted:
    """Durable: the blob and its directory are synced, the row is committed."""

    id: str                                   # the earlier id where this was a retry of a mail already held
    duplicate: bool = False
