"""The whole story of a message, from its final dot to our answer:

    loop?  ->  a release of ours?  ->  inspect  ->  vouch  ->  decide  ->  settle  ->  perform

Each step has its own room; this file only puts them in order. Nothing here knows SMTP, Django or a parser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from gateway.effects.header import Header, HeaderTooBig, read_header
from gateway.effects.perform import Case, Hands, entry, perform
from gateway.effects.release import Line, Marks, digest_below, find
from gateway.model.action import Action, Record, Relay
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Clock, Deadline, Limits
from gateway.model.decision import Decision, Disposition
from gateway.model.errors import CustodyUnavailable, GatewayFault, InspectionUnavailable
from gateway.model.finding import IncidentCode, Inspection, Verdict
from gateway.model.ports import Acquaintance, Custody, Events, InspectionRequest, Inspector, Journal, Metrics, Relayer, Voucher
from gateway.model.reply import Reply
from gateway.model.transaction import Transaction

RECEIVED_LIMIT = 50                      # Received fields of a message that has lost its way (RFC 5321 section 6.3)
DELIVERY = 25.0                          # seconds of the final reply that inspection leaves to what follows it,
SHARE = 0.3                              # but no larger part of it than this
LOOP = Reply(554, "5.4.6", "Routing loop detected")
HEADER_TOO_BIG = Reply(552, "5.3.4", "Message header too big")
OUR_FAULT = Reply(451, "4.3.0", "Temporary trouble here, try again later")

Decide = Callable[[Transaction, Inspection, Any, datetime], Sequence[Decision]]


class Settle(Protocol):
    """gateway.policy.settle.settle."""

    def __call__(self, transaction: Transaction, inspection: Inspection, decisions: Sequence[Decision], owner: str = "",
                 our_domains: Iterable[str] = ()) -> Sequence[Action]: ...


class Words(Protocol):
    """Passwords that mail announces, kept sealed by the keeper for other mail between the same people."""

    async def words(self, sender: str, recipients: Sequence[str]) -> Sequence[str]: ...

    async def remember(self, sender: str, recipients: Sequence[str], words: Sequence[str]) -> None: ...


class Listener(Protocol):
    """What the story needs of the listener's settings."""

    name: str
    hostname: str
    owner: str
    observe: bool
    our_domains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the story reaches for, chosen by gateway.app. A reload makes a new one."""

    inspector: Inspector
    voucher: Voucher | None              # None where the direction needs no sender authentication
    custody: Custody
    journal: Journal
    events: Events
    metrics: Metrics
    clock: Clock
    decide: Decide                       # gateway.policy.decide.decide
    settle: Settle                       # gateway.policy.settle.settle
    policy: Any                          # handed to `decide` as it is
    hands: Hands
    limits: Limits = field(default_factory=Limits)
    passwords: tuple[str, ...] = ()      # candidates for encrypted parts
    partner_domains: tuple[str, ...] = ()  # whom strangers may imitate
    protected_names: tuple[str, ...] = ()  # people of ours whom they may play
    authserv_ids: tuple[str, ...] = ()   # beside our hostname: whose Authentication-Results nobody else may write
    record_required: bool = False        # [quarantine] record = "required"
    marks: Marks | None = None           # releases that pass here again; None: they are judged anew
    acquaintance: Acquaintance | None = None      # who wrote to us and to whom we wrote; None: nobody is remembered
    words: Words | None = None           # passwords that earlier mail announced; None: none are kept
    writing: set[asyncio.Task[None]] = field(default_factory=set)      # journal entries on their way


async def process(transaction: Transaction, relayer: Relayer, listener: Listener, ports: Ports) -> Reply:
    """The reply to the final dot. Raises GatewayFault where the fault is ours: the edge answers 451 and keeps nothing."""
    message = transaction.message
    try:
        header = read_header(message.fd, message.size, listener.hostname, listener.name, ports.limits.header_bytes,
                             ports.authserv_ids)
    except HeaderTooBig:
        return await _refused(transaction, relayer, HEADER_TOO_BIG, ports)
    if header.looped or header.received > RECEIVED_LIMIT:
        return await _refused(transaction, relayer, LOOP, ports)
    mark = find(header.block) if ports.marks is not None else None
    if mark is not None and (passed := await _released(transaction, relayer, header, mark, ports)) is not None:
        return passed
    try:
        inspection, passwords = await _inspect(transaction, listener, ports)
    except InspectionUnavailable as fault:
        return await _uninspected(transaction, relayer, listener, header, fault, ports)
    transaction = await _vouch(transaction, inspection, header, ports)
    inspection = await _acquainted(transaction, inspection, header, ports)
    decisions = tuple(ports.decide(transaction, inspection, ports.policy, ports.clock.now()))
    case = Case(transaction, inspection, decisions, header, passwords)
    _tell(case, ports)
    return await _act(case, _settle(case, listener, ports), relayer, ports)


async def _inspect(transaction: Transaction, listener: Listener, ports: Ports) -> tuple[Inspection, tuple[str, ...]]:
    """In the cell, with enough time left for what follows; and the words of earlier mail that something was opened with.

    Only where something stays locked is anybody asked for such words, and the mail judged once more.
    """
    request = _request(transaction, listener, ports)
    found = await _asked(transaction, request, ports)
    locked = _locked(found)
    if not locked or ports.words is None:
        return found, ()
    try:
        words = tuple(await ports.words.words(request.reverse_path, request.recipients))
        if not words:
            return found, ()
        again = await _asked(transaction, replace(request, passwords=(*words, *request.passwords)), ports)
    except GatewayFault as fault:            # it stays as it is: held, and custody tries these words by itself
        ports.events.emit("incident", id=transaction.id, fault="gateway", reason=f"words of earlier mail not tried: {fault}")
        return found, ()
    opened = _locked(again) < locked or len(again.tree.artifacts) > len(found.tree.artifacts)
    return (again, words) if opened else (found, ())


def _locked(inspection: Inspection) -> int:
    return sum(i.code is IncidentCode.ENCRYPTED for i in inspection.incidents)


def _request(transaction: Transaction, listener: Listener, ports: Ports) -> InspectionRequest:
    envelope, dresser = transaction.envelope, ports.hands.dresser
    return InspectionRequest(
        id=transaction.id, direction=transaction.direction,
        reverse_path=envelope.reverse_path.text if envelope.reverse_path is not None else "",
        recipients=tuple(r.mailbox.text for r in envelope.recipients),
        our_domains=tuple(sorted(listener.our_domains)), limits=ports.limits, passwords=ports.passwords,
        partner_domains=ports.partner_domains, protected_names=ports.protected_names,
        body_hash=dresser is not None and dresser.hashes(transaction.direction))


async def _asked(transaction: Transaction, request: InspectionRequest, ports: Ports) -> Inspection:
    own = Deadline.after(ports.clock, ports.limits.seconds)
    reserved = min(DELIVERY, transaction.deadline.left(ports.clock) * SHARE)
    return await ports.inspector.inspect(
        transaction.message.fd, transaction.message.size, request, own.earlier(Deadline(transaction.deadline.at - reserved)))


async def _vouch(transaction: Transaction, inspection: Inspection, header: Header, ports: Ports) -> Transaction:
    if ports.voucher is None:
        return transaction
    return replace(transaction, auth=tuple(await ports.voucher.vouch(transaction, inspection, header.block)))


async def _acquainted(transaction: Transaction, inspection: Inspection, header: Header, ports: Ports) -> Inspection:
    """With what the history of contacts has to say of the sender."""
    if ports.acquaintance is None:
        return inspection
    found = await ports.acquaintance.judge(transaction, header.block)
    return replace(inspection, findings=(*inspection.findings, *found)) if found else inspection


def _settle(case: Case, listener: Listener, ports: Ports) -> Sequence[Action]:
    """In observe mode everybody gets the message, whatever was decided and is recorded."""
    if listener.observe:
        return Relay(case.transaction.envelope.recipients), Record(tuple(case.decisions))
    return ports.settle(case.transaction, case.inspection, case.decisions, listener.owner, listener.our_domains)


async def _act(case: Case, actions: Sequence[Action], relayer: Relayer, ports: Ports) -> Reply:
    """Where recording is required it comes first: what is not on record does not pass."""
    if ports.record_required:
        await ports.journal.record(entry(case, Reply(250, "2.0.0", "Ok")))
    reply = await perform(case, actions, relayer, ports.hands)
    if not ports.record_required:
        _afterwards(_record(case, reply, ports), ports)
    delivered = [r.mailbox.text for action in actions if isinstance(action, Relay) for r in action.recipients]
    if ports.acquaintance is not None and reply.positive and delivered:
        _afterwards(ports.acquaintance.remember(case.transaction, case.header.block, delivered), ports)
    if case.inspection.announced:
        _afterwards(_remember(case, ports), ports)
    return reply


def _afterwards(work: Coroutine[Any, Any, None], ports: Ports) -> None:
    writing = asyncio.get_running_loop().create_task(work)
    ports.writing.add(writing)
    writing.add_done_callback(ports.writing.discard)


async def _remember(case: Case, ports: Ports) -> None:
    """Words that this mail announces as passwords; whatever became of the mail."""
    envelope = case.transaction.envelope
    if ports.words is None or envelope.reverse_path is None:
        return
    try:
        await ports.words.remember(envelope.reverse_path.text, [r.mailbox.text for r in envelope.recipients],
                                   case.inspection.announced)
    except GatewayFault as fault:
        ports.events.emit("incident", id=case.transaction.id, fault="gateway", reason=f"announced words not kept: {fault}")


async def _record(case: Case, reply: Reply, ports: Ports) -> None:
    """After the reply: between the next hop's 250 and ours a crash makes a duplicate (RFC 1047), so nothing else belongs there."""
    try:
        await ports.journal.record(entry(case, reply))
    except (GatewayFault, OSError) as fault:
        ports.metrics.count("sekisho_unrecorded_total")
        ports.events.emit("incident", id=case.transaction.id, fault="gateway", reason=f"not recorded: {type(fault).__name__}")


async def _uninspected(transaction: Transaction, relayer: Relayer, listener: Listener, header: Header,
                       fault: InspectionUnavailable, ports: Ports) -> Reply:
    """Never delivered unseen: the sender tries again. A listener that only observes must not stand in the way."""
    if not listener.observe:
        raise fault
    ports.events.emit("incident", id=transaction.id, fault="gateway", reason=f"observed, not inspected: {fault}")
    tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE, size=transaction.message.size),))
    case = Case(transaction, Inspection(tree), (), header)
    return await perform(case, (Relay(transaction.envelope.recipients),), relayer, ports.hands)


async def _released(transaction: Transaction, relayer: Relayer, header: Header, mark: Line, ports: Ports) -> Reply | None:
    """Passes on what was released and comes by again; None where the mark is forged, used up or for somebody else."""
    assert ports.marks is not None
    message, recipients = transaction.message, transaction.envelope.recipients
    names = [r.mailbox.text for r in recipients]
    sha256 = await asyncio.to_thread(digest_below, message.fd, mark.below, message.size)
    if not await ports.marks.use_mark(mark.value, names, sha256):
        ports.events.emit("incident", id=transaction.id, fault="message", reason="a mark of a release that is not genuine")
        return None
    decisions = tuple(Decision(r, Disposition.DELIVER, Verdict.CLEAN, rule="release") for r in recipients)
    tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE, size=message.size),))
    taken = False
    try:
        reply = await _act(Case(transaction, Inspection(tree), decisions, header), (Relay(recipients),), relayer, ports)
        taken = reply.positive
    finally:
        if not taken:
            await _free(mark, names, transaction, ports)
    ports.events.emit("release-passed", id=transaction.id, reply=str(reply.code))
    return reply


async def _free(mark: Line, names: list[str], transaction: Transaction, ports: Ports) -> None:
    """Where this fails, the next attempt is judged like any other mail."""
    assert ports.marks is not None
    try:
        await ports.marks.free_mark(mark.value, names)
    except CustodyUnavailable as fault:
        ports.events.emit("incident", id=transaction.id, fault="gateway", reason=f"a mark stays used: {fault}")


async def _refused(transaction: Transaction, relayer: Relayer, reply: Reply, ports: Ports) -> Reply:
    await relayer.abandon()
    ports.events.emit("refused", id=transaction.id, direction=transaction.direction.value, reply=str(reply))
    return reply


def _tell(case: Case, ports: Ports) -> None:
    """The verdict event: no subject, no address, no identifier."""
    strongest = max(case.decisions, key=lambda d: (d.disposition, d.verdict), default=None)
    if strongest is None:
        raise GatewayFault("nothing was decided")
    transaction, inspection = case.transaction, case.inspection
    ports.events.emit(
        "verdict", id=transaction.id, listener=transaction.session.listener, direction=transaction.direction.value,
        disposition=strongest.disposition.word, verdict=strongest.verdict.word, rule=strongest.rule,
        size=transaction.message.size, milliseconds=round(inspection.elapsed_ms, 1), complete=inspection.complete,
        findings=sorted({f.code for f in inspection.findings}))
    ports.metrics.count("sekisho_verdicts_total", verdict=strongest.verdict.word, disposition=strongest.disposition.word,
                        direction=transaction.direction.value)
    ports.metrics.observe("sekisho_inspection_seconds", inspection.elapsed_ms / 1000)
