"""What is to be done with a transaction: a closed union, performed by gateway.effects."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.decision import Decision, Kind, Party
from gateway.model.reply import Reply
from gateway.model.transaction import Recipient


@dataclass(frozen=True, slots=True)
class Relay:
    """Offer the message to the next hop for these recipients, with `tags` added to our header lines."""

    recipients: tuple[Recipient, ...]
    tags: tuple[str, ...] = ()
    annotated: bool = False              # a rule of disposition `annotate` holds: the reader is warned


@dataclass(frozen=True, slots=True)
class Hold:
    """Take into custody for these recipients; they share kind and deciding rule."""

    recipients: tuple[Recipient, ...]
    kind: Kind
    decision: Decision


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the final dot with this 5xx. Only where it holds for all recipients."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Defer:
    """Answer the final dot with this 4xx; keep nothing."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell one insider. `recipient` is the mailbox text; the outside is never told by mail."""

    party: Party
    recipient: str
    decision: Decision
    kind: Kind


@dataclass(frozen=True, slots=True)
class Record:
    """Write the outcome to the journal."""

    decisions: tuple[Decision, ...]


Action = Relay | Hold | Refuse | Defer | Notify | Record
