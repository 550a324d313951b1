"""The ports: what one room needs of another, as Protocols. `gateway.app` chooses the adapters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.model.custody import Admission, Admitted, OutgoingMail
from gateway.model.deadline import Deadline, Limits
from gateway.model.finding import Finding, Inspection
from gateway.model.reply import Reply
from gateway.model.transaction import AuthResult, Direction, Envelope, Recipient, Transaction


@dataclass(frozen=True, slots=True)
class InspectionRequest:
    """What the cell needs beside the octets. Plain data: it crosses a process border as JSON."""

    id: str
    direction: Direction
    reverse_path: str
    recipients: tuple[str, ...]
    our_domains: tuple[str, ...]
    limits: Limits
    passwords: tuple[str, ...] = field(default=(), repr=False)   # configured candidates for encrypted parts
    partner_domains: tuple[str, ...] = ()  # whom strangers may want to imitate beside ourselves
    protected_names: tuple[str, ...] = ()  # people of ours, spellings separated by commas
    body_hash: bool = False              # the whole body's hash is wanted, for a signature or seal of ours


class Inspector(Protocol):
    """Runs one inspection in the cell."""

    async def inspect(self, fd: int, size: int, request: InspectionRequest, deadline: Deadline) -> Inspection:
        """An Inspection always, with incidents for what a child did wrong.

        Raises InspectionUnavailable where the fault is ours (no child in time, fork failed): the caller answers 451.
        """
        ...


class Voucher(Protocol):
    """Sender authentication. Parses nothing hostile: it reads header lines and the body hashes made in the cell."""

    async def vouch(
        self, transaction: Transaction, inspection: Inspection, headers: bytes
    ) -> tuple[AuthResult, ...]: ...


class Acquaintance(Protocol):
    """Who wrote to us and to whom we wrote. Advice only: trouble with it never stops mail."""

    async def judge(self, transaction: Transaction, headers: bytes) -> tuple[Finding, ...]:
        """First contacts and answers to nothing, of vouched-for inbound mail."""
        ...

    async def remember(self, transaction: Transaction, headers: bytes, recipients: Iterable[str]) -> None:
        """After these recipients got it."""
        ...


class Signer(Protocol):
    """Vouches for what leaves here: our own mail, and strangers' mail that we changed. Adds fields, changes none.

    `block` is the header block as it will leave, `body_hash` what `model.bodyhash.body_hash` makes of the body as it will
    leave (relaxed SHA-256; the cell gives it for what it inspected). Neither method does any I/O.
    """

    def sign(self, block: bytes, body_hash: str) -> bytes:
        """DKIM-Signature fields (RFC 6376) to be put on top; b"" where no key speaks for the author, or nobody knows who
        that is."""
        ...

    def seal(self, block: bytes, body_hash: str, results: str, chain: str) -> bytes:
        """An ARC set (RFC 8617) to be put on top of a message that we changed; b"" where it cannot be sealed: no key, an
        unknown state of the chain, a chain that was sealed as failed already.

        `results` is the value of our Authentication-Results, `chain` what we found before the change: none, pass or fail.
        """
        ...


@dataclass(frozen=True, slots=True)
class RelayResult:
    """The next hop's answer to the final dot, or to what came before it."""

    reply: Reply
    refused: Mapping[str, Reply]         # recipient text -> its own refusal, where some were refused only now
    uncertain: bool = False              # RFC 1047: the final dot went out and no answer came


class Relayer(Protocol):
    """One transaction with the next hop. Made by the edge for one SMTP transaction of a client."""

    async def offer(self, envelope: Envelope, recipient: Recipient) -> Reply:
        """Offer one recipient while the client is in RCPT; its refusal goes to the client as it is."""
        ...

    async def relay(self, envelope: Envelope, recipients: Sequence[Recipient], head: bytes, fd: int, offset: int,
                    size: int, deadline: Deadline) -> RelayResult:
        """Send `head` and then `size` octets of `fd` from `offset` to these recipients (a subset of the offered).

        Starts a new transaction by RSET where the offered recipients differ. Raises NextHopUnavailable.
        """
        ...

    async def abandon(self) -> None:
        """RSET or close; nothing of this transaction is delivered."""
        ...


class Custody(Protocol):
    """What the edge asks of the keeper. Each method returns only when the change is durable."""

    async def admit(self, admission: Admission, fd: int, deadline: Deadline) -> Admitted:
        """Raises CustodyUnavailable (answered 451): nothing is kept then."""
        ...

    async def confirm(self, id: str) -> None:
        """PENDING becomes HELD; its notices may leave."""
        ...

    async def drop(self, id: str) -> None:
        """A PENDING message whose relay failed is forgotten, with its notices."""
        ...


class Journal(Protocol):
    """What passed. Best effort unless `[quarantine] record = "required"`."""

    async def record(self, entry: Mapping[str, Any]) -> None: ...


class Events(Protocol):
    """The event log: one JSON line an event. Never bodies, subjects, identifiers."""

    def emit(self, event: str, /, **fields: Any) -> None: ...


class Metrics(Protocol):
    def count(self, name: str, /, amount: float = 1, **labels: str) -> None: ...
    def observe(self, name: str, seconds: float, /, **labels: str) -> None: ...
    def gauge(self, name: str, value: float | None, /, **labels: str) -> None: ...      # None: what was measured is no more


class Rescan(Protocol):
    """Judges the octets of a held message with today's signatures, at release."""

    async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection: ...


class Preview(Protocol):
    """Safe text of a held message, made in the cell: headers, body text, tree, macro source."""

    async def preview(self, fd: int, size: int, admission: Admission) -> Mapping[str, Any]: ...


class Explain(Protocol):
    """Which rule decided and which others matched, for a stored inspection, by today's policy."""

    def explain(self, inspection: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]: ...


class Delivery(Protocol):
    """Delivers what custody sends: releases and our own notices."""

    async def deliver(self, envelope: Envelope, head: bytes, fd: int, size: int, listener: str,
                      deadline: Deadline) -> RelayResult:
        """Raises NextHopUnavailable; a RelayResult with `uncertain` where the window of RFC 1047 was hit."""
        ...


class Answers(Protocol):
    """Writes what custody tells people about a held message: complete mails in the reader's language."""

    def compose(self, event: str, held: Mapping[str, Any], reason: str) -> Sequence[OutgoingMail]:
        """`event` is requested, denied, withdrawn, returned, released, blocked, failed or expired; `held` has the fields
        of `quarantine list --json` and `requested_by`. Insiders only; an empty sequence where nobody is to be told."""
        ...

    def digest(self, recipient: str, held: Sequence[Mapping[str, Any]]) -> OutgoingMail | None:
        """One mail about many held messages; None where the reader is no insider."""
        ...
