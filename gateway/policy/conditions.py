"""The conditions of a rule: one table of what may be asked. All conditions of a rule must hold; a list means any of it.

Every condition but the envelope's only grows: more findings, incidents, artifacts or data can make it hold and never
make it fail. That is why `not` takes conditions of the envelope alone: otherwise a sender could lift a rule by adding
something to the mail.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gateway.config.values import Network
from gateway.model.address import Mailbox
from gateway.model.finding import Fault, IncidentCode, Severity, Verdict
from gateway.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses, domains, `*.domain` and the null sender, groups already put in."""

    words: tuple[str, ...] = ()          # as written, for the trace
    mailboxes: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()  # of `*.parent`: any domain below
    null: bool = False                   # `<>`

    def holds(self, mailbox: Mailbox | None) -> bool:
        if mailbox is None:
            return self.null
        return mailbox.key in self.mailboxes or self.holds_domain(mailbox.domain)

    def holds_domain(self, domain: str) -> bool:
        labels = domain.split(".")
        below = (".".join(labels[n:]) for n in range(1, len(labels)))
        return domain in self.domains or any(parent in self.parents for parent in below)


@dataclass(frozen=True, slots=True)
class Seen:
    """Findings: any whose code fits a pattern and whose category and severity fit too, counted together."""

    patterns: tuple[str, ...] = ("*",)
    categories: tuple[str, ...] = ()
    severity: Severity = Severity.LOW    # at least
    count: int = 1                       # at least


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, why in policy words, and which incidents it speaks for."""

    held: bool
    why: str
    incidents: frozenset[IncidentCode] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    key: str
    value: Any

    def test(self, facts: Facts) -> Outcome:
        return TESTS[self.key](self.value, facts)


def all_of(conditions: Iterable[Condition], facts: Facts) -> Outcome:
    """The first failure, or all reasons together."""
    reasons: list[str] = []
    incidents: frozenset[IncidentCode] = frozenset()
    for condition in conditions:
        outcome = condition.test(facts)
        if not outcome.held:
            return outcome
        reasons.append(outcome.why)
        incidents |= outcome.incidents
    return Outcome(True, "; ".join(reasons) or "always", incidents)


def _finding(seen: Seen, facts: Facts) -> Outcome:
    hits = [
        f for f in facts.inspection.findings
        if f.severity >= seen.severity and (not seen.categories or f.category in seen.categories)
        and any(fits(f.code, pattern) for pattern in seen.patterns)
    ]
    number = sum(max(1, f.count) for f in hits)
    if hits and number >= seen.count:
        codes = sorted({f.code for f in hits})
        return Outcome(True, f"finding {', '.join(codes[:5])}" + (f" and {len(codes) - 5} more" if codes[5:] else ""))
    return _too_few(seen, number)


@lru_cache(maxsize=4096)                 # the same rules for every mail
def _too_few(seen: Seen, number: int) -> Outcome:
    wanted = ", ".join((*seen.patterns, *seen.categories))
    least = f" of {seen.severity.word} severity" if seen.severity > Severity.LOW else ""
    return Outcome(False, f"{number} of {seen.count} findings {wanted}{least}")


def _incident(codes: frozenset[IncidentCode], facts: Facts) -> Outcome:
    hits = frozenset(i.code for i in facts.inspection.incidents if i.fault is Fault.MESSAGE) & codes
    if hits:
        return Outcome(True, f"incident {', '.join(sorted(hits))}", hits)
    return Outcome(False, "no such incident")


def _verdict(wanted: frozenset[Verdict], facts: Facts) -> Outcome:
    hits = wanted & facts.verdicts
    if hits:
        return Outcome(True, f"verdict {max(hits).word}")
    return Outcome(False, f"verdict is not {' or '.join(v.word for v in sorted(wanted))}")


def _at_least(name: str, read: Callable[[Facts], int]) -> Callable[[int, Facts], Outcome]:
    def test(least: int, facts: Facts) -> Outcome:
        number = read(facts)
        return Outcome(number >= least, f"{name} {number} {'>=' if number >= least else '<'} {least}")

    return test


def _identifiers(wanted: Mapping[str, int], facts: Facts) -> Outcome:
    found = facts.inspection.identifiers
    hits = [f"{found[name]} {name}" for name, least in wanted.items() if found.get(name, 0) >= least]
    return Outcome(bool(hits), f"identifiers {', '.join(hits)}" if hits else "fewer identifiers")


def _direction(wanted: frozenset[str], facts: Facts) -> Outcome:
    value = facts.direction.value
    return _is_direction(value in wanted, value)


@lru_cache(maxsize=16)
def _is_direction(held: bool, value: str) -> Outcome:
    return Outcome(held, f"direction is {value}")


def _addresses(name: str, read: Callable[[Facts], Mailbox | None]) -> Callable[[Addresses, Facts], Outcome]:
    def test(wanted: Addresses, facts: Facts) -> Outcome:
        held = wanted.holds(read(facts))
        return Outcome(held, f"{name} {'is' if held else 'is not'} in {', '.join(wanted.words[:3])}")

    return test


def _from_domain(wanted: Addresses, facts: Facts) -> Outcome:
    """The domain of the header From as the DMARC check saw it (RFC 7489 section 3.1)."""
    held = any(wanted.holds_domain(r.domain) for r in facts.auth if r.method == "dmarc" and r.domain)
    return Outcome(held, f"header From {'is' if held else 'is not'} in {', '.join(wanted.words[:3])}")


def _auth(wanted: Mapping[str, frozenset[str]], facts: Facts) -> Outcome:
    for method, results in wanted.items():
        found = {r.result for r in facts.auth if r.method == method} or {"none"}
        if not found & results:
            return Outcome(False, f"{method} is {', '.join(sorted(found))}")
    return Outcome(True, ", ".join(f"{m}={'|'.join(sorted(r))}" for m, r in wanted.items()))


def _client(wanted: tuple[Network, ...], facts: Facts) -> Outcome:
    held = facts.client is not None and any(facts.client in network for network in wanted)
    return Outcome(held, f"client {'is' if held else 'is not'} in {', '.join(map(str, wanted[:3]))}")


def _listener(wanted: frozenset[str], facts: Facts) -> Outcome:
    return Outcome(facts.listener in wanted, f"listener is {facts.listener}")


def _type(which: str) -> Callable[[tuple[str, ...], Facts], Outcome]:
    def test(patterns: tuple[str, ...], facts: Facts) -> Outcome:
        types = {getattr(a, which) for a in facts.inspection.tree.artifacts} - {""}
        hits = sorted(t for t in types if any(fits(t, pattern) for pattern in patterns))
        word = which.replace("_", " ")
        return Outcome(bool(hits), f"{word} {', '.join(hits[:3])}" if hits else f"no {word} {', '.join(patterns)}")

    return test


def _attachment(patterns: tuple[str, ...], facts: Facts) -> Outcome:
    names = [n for a in facts.inspection.tree.artifacts for n in a.names]
    for pattern in patterns:
        if any(fits(name, pattern) for name in names):
            return Outcome(True, f"attachment {pattern}")
    return Outcome(False, f"no attachment {', '.join(patterns)}")


def _any(branches: tuple[tuple[Condition, ...], ...], facts: Facts) -> Outcome:
    held = [o for o in (all_of(branch, facts) for branch in branches) if o.held]
    if not held:
        return Outcome(False, "none of `any` holds")
    return Outcome(True, " / ".join(o.why for o in held), frozenset().union(*(o.incidents for o in held)))


def _not(conditions: tuple[Condition, ...], facts: Facts) -> Outcome:
    inner = all_of(conditions, facts)
    return Outcome(not inner.held, inner.why if inner.held else f"not: {inner.why}")


TESTS: Mapping[str, Callable[[Any, Facts], Outcome]] = {
    "finding": _finding,
    "incident": _incident,
    "verdict": _verdict,
    "persons": _at_least("persons", lambda f: f.inspection.persons),
    "contacts": _at_least("contacts", lambda f: f.inspection.contacts),
    "identifiers": _identifiers,
    "direction": _direction,
    "sender": _addresses("sender", lambda f: f.sender),
    "recipient": _addresses("recipient", lambda f: f.recipient),
    "from_domain": _from_domain,
    "size": _at_least("size", lambda f: f.size),
    "auth": _auth,
    "client": _client,
    "listener": _listener,
    "declared_type": _type("declared_type"),
    "detected_type": _type("detected_type"),
    "attachment": _attachment,
    "any": _any,
    "not": _not,
}
# What more content in the mail cannot change.
ENVELOPE = frozenset({"direction", "sender", "recipient", "from_domain", "auth", "client", "listener", "any", "not"})


def fits(text: str, pattern: str) -> bool:
    """Glob, without regard to case, width or composition of letters."""
    return _glob(_folded(pattern)).match(_folded(text)) is not None


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))
