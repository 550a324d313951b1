"""Performs the actions of one transaction and finds its one reply.

| actions | order | fails |
| --- | --- | --- |
| Refuse or Defer | reply | - |
| Relay | relay, 250 | the next hop's code; nothing is kept |
| Hold | admit as HELD, 250 | 451; nothing is kept |
| Hold and Relay, or several Holds | admit as PENDING, relay, confirm, 250 | admit: 451; relay: drop, the next hop's code |

Where the next hop's answer to the final dot is lost (RFC 1047), what is held stays held: the client's retry is recognised by
its retry key and is not held twice. A PENDING message whose confirmation fails is as durable as a held one, and is kept as
HELD when the keeper next starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.effects.dress import Dresser
from gateway.effects.header import Header
from gateway.model.action import Action, Defer, Hold, Notify, Refuse, Relay
from gateway.model.custody import Admission, Admitted, OutgoingMail
from gateway.model.decision import Decision, Disposition
from gateway.model.errors import CustodyUnavailable, GatewayFault, NextHopUnavailable
from gateway.model.finding import Inspection
from gateway.model.ids import new_message_id
from gateway.model.ports import Custody, Events, Metrics, Relayer, RelayResult
from gateway.model.reply import Reply
from gateway.model.report import report
from gateway.model.transaction import Envelope, Recipient, Transaction

UNREACHABLE = Reply(451, "4.4.1", "Next hop not reachable, try again later")
RetryKey = Callable[[Transaction, Inspection, Iterable[Recipient]], str]
# The last two: the held message's id, and those whose copies are held.
Compose = Callable[[Notify, Transaction, Inspection, str, Sequence[Recipient]], OutgoingMail | None]


@dataclass(frozen=True, slots=True)
class Hands:
    """What performing needs of the house."""

    custody: Custody
    events: Events
    metrics: Metrics
    retry_key: RetryKey                  # gateway.policy.settle.retry_key
    compose: Compose                     # writes one notice; None where nobody is to be told
    hostname: str
    dresser: Dresser | None = None       # None: our trace alone


@dataclass(frozen=True, slots=True)
class Case:
    """One judged transaction."""

    transaction: Transaction
    inspection: Inspection
    decisions: Sequence[Decision]
    header: Header
    passwords: tuple[str, ...] = field(default=(), repr=False)     # of earlier mail, that something in it was opened with


async def perform(case: Case, actions: Sequence[Action], relayer: Relayer, hands: Hands) -> Reply:
    """The reply to the final dot. Raises GatewayFault where nothing was kept and nothing delivered."""
    for action in actions:
        if isinstance(action, Refuse | Defer):
            await relayer.abandon()
            _count(case, "refused" if isinstance(action, Refuse) else "deferred", hands, code=action.reply.code)
            return action.reply
    holds = [a for a in actions if isinstance(a, Hold)]
    relays = [a for a in actions if isinstance(a, Relay)]
    notices = [a for a in actions if isinstance(a, Notify)]
    if not holds and not relays:
        raise GatewayFault("no action was settled")
    pending = bool(relays) or len(holds) > 1
    admitted = await _admit(case, holds, notices, pending, hands)
    if not relays:
        await relayer.abandon()
        await _confirm(case, admitted if pending else [], hands)
        return accepted(admitted[0].id)
    result = await _relay(case, relays, relayer, hands)
    if result.reply.positive or result.uncertain:
        await _confirm(case, admitted, hands)
    else:
        await _drop(case, admitted, hands)
    if not result.reply.positive:
        _count(case, "deferred" if result.reply.temporary else "refused", hands, code=result.reply.code,
               uncertain=result.uncertain)
        return result.reply
    _count(case, "delivered", hands, recipients=sum(len(r.recipients) for r in relays), code=result.reply.code)
    text = result.reply.text.partition("\n")[0] if case.transaction.session.trusted else ""
    return accepted(admitted[0].id if admitted else case.transaction.id, text)


def accepted(identity: str, next_hop: str = "") -> Reply:
    """The same for delivered, held and quarantined; peers in `trust` also see what the next hop said."""
    return Reply(250, "2.0.0", f"Ok: sekisho {identity}" + (f" ({next_hop})" if next_hop else ""))


async def _relay(case: Case, relays: Sequence[Relay], relayer: Relayer, hands: Hands) -> RelayResult:
    recipients = tuple(r for relay in relays for r in relay.recipients)
    message = case.transaction.message
    dresser = hands.dresser or Dresser(hands.hostname)
    dressed = dresser.dress(case.transaction, case.inspection, case.header, relays)
    for note in dressed.notes:
        hands.events.emit("incident", id=case.transaction.id, fault="message", reason=note)
    try:
        return await relayer.relay(case.transaction.envelope, recipients, dressed.head, message.fd, dressed.offset,
                                   message.size - dressed.offset, case.transaction.deadline)
    except NextHopUnavailable as fault:
        hands.events.emit("incident", id=case.transaction.id, fault="next-hop", reason=str(fault))
        return RelayResult(UNREACHABLE, {})


async def _admit(case: Case, holds: Sequence[Hold], notices: Sequence[Notify], pending: bool, hands: Hands) -> list[Admitted]:
    done: list[Admitted] = []
    message, deadline = case.transaction.message, case.transaction.deadline
    try:
        for number, hold in enumerate(holds):
            identity = case.transaction.id if not number else new_message_id(message.received_at)
            told = [n for n in notices if _belongs(n, hold, holds)]
            mails = _composed(case, told, identity, holds, hands)
            admission = _admission(case, hold, identity, mails, pending, hands)
            admitted = await hands.custody.admit(admission, message.fd, deadline)
            done.append(admitted)
            _count(case, "held", hands, kind=hold.kind.value, rule=hold.decision.rule, held=admitted.id,
                   recipients=len(hold.recipients), duplicate=admitted.duplicate)
    except CustodyUnavailable:
        await _drop(case, done, hands)
        raise
    return done


def _belongs(notice: Notify, hold: Hold, holds: Sequence[Hold]) -> bool:
    """A notice leaves with the message it speaks of; one that speaks of none, with the first."""
    matching = [h for h in holds if h.kind is notice.kind and h.decision.rule == notice.decision.rule]
    return hold is (matching or holds)[0]


def _composed(
    case: Case, notices: Sequence[Notify], identity: str, holds: Sequence[Hold], hands: Hands
) -> tuple[OutgoingMail, ...]:
    waiting = [r for hold in holds for r in hold.recipients]
    composed = (hands.compose(n, case.transaction, case.inspection, identity, waiting) for n in notices)
    return tuple(mail for mail in composed if mail is not None)


def _admission(case: Case, hold: Hold, identity: str, notices: tuple[OutgoingMail, ...], pending: bool, hands: Hands) -> Admission:
    transaction, inspection, decision = case.transaction, case.inspection, hold.decision
    e, summary = transaction.envelope, inspection.summary
    return Admission(
        id=identity, session=transaction.session, direction=transaction.direction, kind=hold.kind,
        envelope=Envelope(e.reverse_path, hold.recipients, e.body, e.smtputf8, e.ret, e.envid, e.auth),
        verdict=decision.verdict.word, reason=decision.rule, approvals=decision.approvals,
        disposition=min(decision.disposition, Disposition.QUARANTINE).word,
        sha256=transaction.message.sha256, size=transaction.message.size, received_at=transaction.message.received_at,
        subject=summary.subject, header_from=summary.header_from, header_message_id=summary.header_message_id,
        retry_key=hands.retry_key(transaction, inspection, hold.recipients),
        inspection=judged(case),
        persons=inspection.persons, identifiers=inspection.identifiers, pending=pending,
        notices=notices, passwords=case.passwords)


async def _confirm(case: Case, admitted: Sequence[Admitted], hands: Hands) -> None:
    for entry in admitted:
        try:
            await hands.custody.confirm(entry.id)
        except CustodyUnavailable as fault:
            hands.events.emit("incident", id=entry.id, fault="gateway", reason=f"held, but not confirmed: {fault}")


async def _drop(case: Case, admitted: Sequence[Admitted], hands: Hands) -> None:
    """Forgets what this transaction admitted. What an earlier one holds stays."""
    for entry in admitted:
        if entry.duplicate:
            continue
        try:
            await hands.custody.drop(entry.id)
        except CustodyUnavailable as fault:
            hands.events.emit("incident", id=entry.id, fault="gateway", reason=f"held, but not dropped: {fault}")


def _count(case: Case, event: str, hands: Hands, **fields: Any) -> None:
    transaction = case.transaction
    hands.events.emit(event, id=transaction.id, direction=transaction.direction.value, size=transaction.message.size, **fields)
    hands.metrics.count(f"sekisho_{event}_total", direction=transaction.direction.value)


def entry(case: Case, reply: Reply) -> Mapping[str, Any]:
    """What the journal keeps of a transaction."""
    transaction = case.transaction
    session, path = transaction.session, transaction.envelope.reverse_path
    return {
        "id": transaction.id, "received_at": transaction.message.received_at.isoformat(), "listener": session.listener,
        "client": session.client, "helo": session.helo, "sender": path.text if path is not None else "",
        "recipients": [r.mailbox.text for r in transaction.envelope.recipients], "size": transaction.message.size,
        "subject": case.inspection.summary.subject, "header_message_id": case.inspection.summary.header_message_id,
        "reply": str(reply),
        "decisions": [{"recipient": d.recipient.mailbox.text, "disposition": d.disposition.word, "verdict": d.verdict.word,
                       "rule": d.rule, "exception": d.exception, "policy_version": d.policy_version} for d in case.decisions],
        "auth": authenticated(transaction), "inspection": judged(case),
    }


def judged(case: Case) -> dict[str, Any]:
    """The stored inspection: what was found, and what was known of the sender, so that it can be judged again."""
    transaction = case.transaction
    found = report(transaction.message.sha256, transaction.direction, case.inspection, case.decisions)
    return {**found, "auth": authenticated(transaction)}


def authenticated(transaction: Transaction) -> list[dict[str, str]]:
    return [{"method": a.method, "result": a.result, "domain": a.domain} for a in transaction.auth]
