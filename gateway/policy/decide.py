"""From facts to one decision per recipient. Pure: the same facts, policy and instant give the same decisions.

Every rule is evaluated and the strongest disposition wins, so neither the order of rules nor that of findings matters.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from functools import lru_cache

from gateway.model.address import normalise_domain
from gateway.model.decision import Decision, Disposition, Party, RuleHit
from gateway.model.finding import Fault, Finding, IncidentCode, Inspection, Verdict
from gateway.model.transaction import Direction, Recipient, Transaction
from gateway.policy.conditions import Condition, Outcome, all_of, fits
from gateway.policy.facts import Facts, direction_for, facts_of, verdicts
from gateway.policy.rule import OUR_FAULT, UNMAPPED, Exemption, Policy, Rule, passing

_PARTIES = tuple(Party)
CODE = "sha256:"                         # before the hash of a macro's normalised code in a finding's rule


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched, after exceptions."""

    rule: Rule
    why: str
    disposition: Disposition
    exception: str = ""                  # what lowered it
    incidents: frozenset[IncidentCode] = frozenset()


def decide(transaction: Transaction, inspection: Inspection, policy: Policy, now: datetime) -> tuple[Decision, ...]:
    """One decision per recipient of the envelope, in its order."""
    personal = len(transaction.envelope.recipients) > 1 and _looks_at_recipients(policy)
    known: dict[Direction, Decision] = {}
    decisions: list[Decision] = []
    for recipient in transaction.envelope.recipients:
        direction = direction_for(transaction, recipient.mailbox, policy.our_domains)
        decision = known.get(direction)
        if decision is None or personal:
            facts = facts_of(transaction, inspection, recipient.mailbox, direction)
            decision = known[direction] = _decision(recipient, facts, policy, now)
        decisions.append(dataclasses.replace(decision, recipient=recipient))
    return tuple(decisions)


def _looks_at_recipients(policy: Policy) -> bool:
    return any(_mentions(r.when, "recipient") for r in policy.rules) or any(
        _mentions(e.scope, "recipient") for e in policy.exceptions)


def _mentions(conditions: tuple[Condition, ...], key: str) -> bool:
    for condition in conditions:
        if condition.key == key:
            return True
        if condition.key == "not" and _mentions(condition.value, key):
            return True
        if condition.key == "any" and any(_mentions(branch, key) for branch in condition.value):
            return True
    return False


def _decision(recipient: Recipient, facts: Facts, policy: Policy, now: datetime) -> Decision:
    verdict = max(facts.verdicts)
    if any(i.fault is Fault.GATEWAY for i in facts.inspection.incidents):
        fault = RuleHit(OUR_FAULT, True, Disposition.DEFER, "the inspection failed by our own fault")
        return Decision(recipient, Disposition.DEFER, verdict, OUR_FAULT, trace=(fault,), policy_version=policy.version)
    hits: list[Hit] = []
    trace: list[RuleHit] = []
    for rule in policy.rules:
        outcome = all_of(rule.when, facts)
        if not outcome.held:
            trace.append(_passed_over(rule.id, rule.then.word, outcome.why))
            continue
        hit = _lowered(rule, outcome, facts, policy, now)
        hits.append(hit)
        trace.append(RuleHit(rule.id, True, hit.disposition, hit.why))
    unmapped = _unmapped(hits, facts, policy, now)
    if unmapped is not None:
        hits.append(unmapped)
        trace.append(RuleHit(UNMAPPED, True, unmapped.disposition, unmapped.why))
    return _joined(recipient, hits, trace, verdict, policy)


@lru_cache(maxsize=4096)                 # most rules do not match, for the same few reasons
def _passed_over(rule: str, then: str, why: str) -> RuleHit:
    return RuleHit(rule, False, Disposition[then.upper()], why)


def _joined(
    recipient: Recipient, hits: list[Hit], trace: list[RuleHit], verdict: Verdict, policy: Policy
) -> Decision:
    """Joins what matched: the maximum of dispositions and approvals, the union of the rest."""
    lines = tuple(sorted(trace, key=lambda hit: hit.rule))
    if not hits:
        return Decision(recipient, Disposition.DELIVER, verdict, trace=lines, policy_version=policy.version)
    first = min(hits, key=lambda h: (-h.disposition, -h.rule.approvals, -h.rule.tells, h.rule.id))
    kept = [h.rule for h in hits if h.disposition >= Disposition.STRIP]
    telling = [h for h in hits if h.disposition > Disposition.DELIVER]
    named = first.disposition > Disposition.DELIVER or first.exception
    return Decision(
        recipient=recipient,
        disposition=first.disposition,
        verdict=max([verdict, *(rule.verdict for rule in kept)]),
        rule=first.rule.id if named else "",
        notify=tuple(p for p in _PARTIES if any(p in h.rule.notify for h in telling)),
        approvals=max((rule.approvals for rule in kept), default=1),
        tags=tuple(sorted({tag for h in telling for tag in h.rule.tags})),
        exception=first.exception or min((h.exception for h in hits if h.exception and not kept), default=""),
        trace=lines,
        policy_version=policy.version,
    )


def _lowered(rule: Rule, outcome: Outcome, facts: Facts, policy: Policy, now: datetime) -> Hit:
    """The rule's effect after the exceptions that hold here and now; the mildest of them counts."""
    lowest, by, notes = rule.then, "", [outcome.why]
    for exception in sorted(policy.exceptions, key=lambda e: e.id):
        if exception.rule != rule.id or not all_of(exception.scope, facts).held:
            continue
        if now >= exception.until:
            notes.append(f"exception {exception.id} ended {exception.until:%Y-%m-%d}")
        elif not _vouched(exception.scope, facts):
            notes.append(f"exception {exception.id}: what passes does not speak for the sender's domain")
        elif not _excuses(exception, rule, facts):
            notes.append(f"exception {exception.id} does not cover all of it")
        elif exception.then < lowest:
            lowest, by = exception.then, exception.id
    if by:
        notes.append(f"lowered from {rule.then.word} by exception {by}")
    return Hit(rule, "; ".join(notes), lowest, by, outcome.incidents)


def _vouched(scope: tuple[Condition, ...], facts: Facts) -> bool:
    """Where an exception wants a sender and a pass, the pass must be one of the sender's own domain.

    Otherwise anybody could write that reverse-path and pass for a domain of his own.
    """
    wanted = {c.key: c.value for c in scope}
    if "sender" not in wanted or not passing(wanted.get("auth", {})):
        return True
    if facts.sender is None:
        return False
    own = facts.sender.domain
    passed = {normalise_domain(r.domain) for r in facts.auth if r.result == "pass" and r.domain}
    return any(own == d or own.endswith("." + d) or d.endswith("." + own) for d in passed)


def _excuses(exception: Exemption, rule: Rule, facts: Facts) -> bool:
    """Whether nothing is left for the rule once the named findings and files are taken away."""
    if not exception.limited:
        return True
    inspection = facts.inspection
    files = {a.id for a in inspection.tree.artifacts if a.sha256 in exception.sha256}

    known = _known_macros(exception, inspection)

    def counts(artifact: int, code: str, finding: Finding | None = None) -> bool:
        named = not exception.findings or any(fits(code, p) for p in exception.findings)
        macro = not exception.macros or finding in known
        return not (named and macro and (not exception.sha256 or artifact in files))

    rest = dataclasses.replace(
        inspection,
        findings=tuple(f for f in inspection.findings if counts(f.artifact, f.code, f)),
        incidents=tuple(i for i in inspection.incidents if counts(i.artifact, i.code.value)),
    )
    remaining = dataclasses.replace(facts, inspection=rest, verdicts=verdicts(rest, facts.direction))
    if rule.id == UNMAPPED:
        return not any(i.fault is Fault.MESSAGE for i in rest.incidents)
    return not all_of(rule.when, remaining).held


def _known_macros(exception: Exemption, inspection: Inspection) -> list[Finding]:
    """Findings about code that is on the list; and that there are macros at all, where all of them are."""
    modules = [f for f in inspection.findings if f.category == "macro" and f.rule.startswith(CODE)]
    known = [f for f in modules if f.rule.removeprefix(CODE) in exception.macros]
    if modules and len(known) == len(modules):
        known += [f for f in inspection.findings if f.code == "MACRO-PRESENT" and not f.rule.startswith(CODE)]
    return known


def _unmapped(hits: list[Hit], facts: Facts, policy: Policy, now: datetime) -> Hit | None:
    """Fails closed: an incident of the message that no rule spoke for is held."""
    open_codes = {i.code for i in facts.inspection.incidents if i.fault is Fault.MESSAGE}
    for hit in hits:
        open_codes -= hit.incidents
    if not open_codes:
        return None
    inbound = facts.direction is Direction.INBOUND
    rule = Rule(
        UNMAPPED, (), Disposition.QUARANTINE if inbound else Disposition.HOLD,
        (Party.RECIPIENT,) if inbound else (Party.SENDER,), reason="an incident that no rule speaks for")
    why = f"incident {', '.join(sorted(open_codes))} without a rule"
    return _lowered(rule, Outcome(True, why, frozenset(open_codes)), facts, policy, now)
