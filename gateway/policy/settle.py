"""From decisions to actions: one truth table for mixed recipients. Pure.

| decisions | actions |
| --- | --- |
| any DEFER | Defer: nothing kept, nothing delivered |
| REJECT for all | Refuse |
| REJECT for some | those are taken into custody as if quarantined |
| HOLD, QUARANTINE | Hold, one per kind, rule and disposition; Notify |
| STRIP | the same: custody keeps the original and sends what the policy lets pass of it |
| DELIVER, ANNOTATE | Relay, one for all of them |
| any, of an automatic answer from outside | the same without Notify |

Record is always the last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from gateway.model.action import Action, Defer, Hold, Notify, Record, Refuse, Relay
from gateway.model.decision import Decision, Disposition, Kind, Party
from gateway.model.finding import Inspection, Verdict
from gateway.model.reply import Reply
from gateway.model.transaction import Direction, Recipient, Transaction
from gateway.policy.facts import direction_for

NO_BODY = ("", hashlib.sha256(b"").hexdigest())

KINDS = {
    Verdict.MALICIOUS: Kind.THREAT,
    Verdict.SUSPICIOUS: Kind.THREAT,
    Verdict.CLEAN: Kind.THREAT,          # held by a rule of the envelope alone
    Verdict.SENSITIVE: Kind.LEAK,
    Verdict.UNINSPECTABLE: Kind.UNINSPECTABLE,
}


def settle(
    transaction: Transaction,
    inspection: Inspection,
    decisions: Sequence[Decision],
    owner: str = "",
    our_domains: Iterable[str] = (),
) -> tuple[Action, ...]:
    """The actions, in the order in which they are to be performed.

    `owner` is the listener's: told where nobody else inside can be. `our_domains` says who is inside.
    """
    record = Record(tuple(decisions))
    if any(d.disposition is Disposition.DEFER for d in decisions):
        return (Defer(Reply(451, "4.3.0", "Temporary failure, try again later")), record)
    if decisions and all(d.disposition is Disposition.REJECT for d in decisions):
        return (Refuse(Reply(550, "5.7.1", f"Refused by policy: sekisho {transaction.id}")), record)
    held = [d for d in decisions if d.disposition >= Disposition.STRIP]
    passing = [d for d in decisions if d.disposition < Disposition.STRIP]
    holds = _holds(held)
    actions: list[Action] = [*holds]
    if passing:
        tags = tuple(sorted({tag for d in passing for tag in d.tags}))
        annotated = any(d.disposition is Disposition.ANNOTATE for d in passing)
        actions.append(Relay(tuple(d.recipient for d in passing), tags, annotated))
    domains = frozenset(our_domains)
    if not automatic(transaction, inspection):
        actions += _notices(transaction, held, owner, domains)
    return (*actions, record)


def automatic(transaction: Transaction, inspection: Inspection) -> bool:
    """A notice or another automatic answer from outside: no notice is written about it (RFC 3834 section 2).

    It may be that of a gateway like this one, and its notices about ours would meet it for ever. Outbound mail is told of:
    an answering machine can leak, and its owner hears of it inside.
    """
    return (transaction.direction is Direction.INBOUND and transaction.envelope.reverse_path is None
            and "auto-submitted" in inspection.summary.header_names)


def kind_of(decision: Decision) -> Kind:
    return KINDS[decision.verdict]


def _holds(held: Sequence[Decision]) -> list[Hold]:
    groups: dict[tuple[Kind, str, Disposition, int], list[Decision]] = {}
    for decision in held:
        key = (kind_of(decision), decision.rule, decision.disposition, decision.approvals)
        groups.setdefault(key, []).append(decision)
    ordered = sorted(groups.items(), key=lambda item: (-item[0][2], item[0][1], item[0][0].value))
    return [Hold(tuple(d.recipient for d in group), key[0], group[0]) for key, group in ordered]


def _notices(
    transaction: Transaction, held: Sequence[Decision], owner: str, our_domains: frozenset[str]
) -> Iterator[Notify]:
    """One notice to each insider, about the strongest of the decisions that concern them."""
    told: set[str] = set()
    for decision in sorted(held, key=lambda d: (-d.disposition, d.rule)):
        for party in decision.notify:
            who, address = _insider(transaction, decision.recipient, party, owner, our_domains)
            if address and address.casefold() not in told:
                told.add(address.casefold())
                yield Notify(who, address, decision, kind_of(decision))


def _insider(
    transaction: Transaction, recipient: Recipient, party: Party, owner: str, our_domains: frozenset[str]
) -> tuple[Party, str]:
    """Whom a party means here. The outside is never told by mail: what is meant for it goes to the owner."""
    sender = transaction.envelope.reverse_path
    if party is Party.RECIPIENT:
        inside = direction_for(transaction, recipient.mailbox, our_domains) is not Direction.OUTBOUND
        if inside and recipient.mailbox.domain in our_domains:
            return party, recipient.mailbox.text
    elif party is Party.SENDER:
        # A reverse-path of inbound mail proves nothing: whoever wrote it may have used our domain.
        if transaction.direction is not Direction.INBOUND and sender is not None and sender.domain in our_domains:
            return party, sender.text
    elif party is Party.SUPERVISOR:
        return party, owner
    return Party.OWNER, owner


def retry_key(transaction: Transaction, inspection: Inspection, recipients: Iterable[Recipient]) -> str:
    """Recognises a retry of the same mail for the same held recipients.

    The octets differ between tries, because an MTA in front adds new Received lines; what the sender wrote does not. Of mail
    that no child survived, or that is all header, too little is known: its octets tell it from every other, or a second one
    would be lost as a retry of the first. Mail with neither Message-ID nor Date may be sent twice and mean it both times, as
    machines do: it has no key, and rather is held once more.
    """
    sender = transaction.envelope.reverse_path
    summary = inspection.summary
    if summary.body_sha256 and not (summary.header_message_id or summary.date):
        return ""
    parts = [
        sender.key if sender is not None else "",
        *sorted({r.mailbox.key for r in recipients}),
        summary.header_message_id, summary.date, summary.header_from, summary.subject,
        f"octets {transaction.message.sha256}" if summary.body_sha256 in NO_BODY else summary.body_sha256,
    ]
    digest = hashlib.sha256()
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        digest.update(len(octets).to_bytes(4, "big") + octets)
    return digest.hexdigest()
