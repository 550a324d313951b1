"""Rules, exceptions and the policy they make: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.model.decision import Disposition, Party
from gateway.model.finding import Verdict
from gateway.policy.conditions import Condition

UNMAPPED = "unmapped-incident"           # the built-in rule that is always there
OUR_FAULT = "gateway-fault"              # the trace's word for our own failure: DEFER, whatever the rules say


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    when: tuple[Condition, ...]
    then: Disposition
    notify: tuple[Party, ...] = ()
    approvals: int = 1                   # needed for a release
    tags: tuple[str, ...] = ()
    reason: str = ""                     # in the administrator's words, for the trace
    where: str = ""                      # file:line

    @property
    def tells(self) -> int:
        """How much the rule says about the mail by having matched: of several as strong the most telling is the reason shown."""
        return max((_tells(condition) for condition in self.when), default=0)

    @property
    def verdict(self) -> Verdict:
        """What mail is at least that this rule keeps: sensitive where the rule looks for data, uninspectable where it
        looks for incidents."""
        return max((_verdict(condition) for condition in self.when), default=Verdict.SUSPICIOUS)


# What was found says more than how much of it there was, and that more than who wrote to whom.
TELLING = {"finding": 5, "identifiers": 4, "persons": 3, "contacts": 2, "incident": 1}


def _tells(condition: Condition) -> int:
    if condition.key == "any":
        return max((_tells(inner) for branch in condition.value for inner in branch), default=0)
    return TELLING.get(condition.key, 0)


def _verdict(condition: Condition) -> Verdict:
    value = condition.value
    if condition.key in ("persons", "contacts", "identifiers"):
        return Verdict.SENSITIVE
    if condition.key == "finding" and (_names_data(value.patterns) or set(value.categories) & {"data", "label"}):
        return Verdict.SENSITIVE
    if condition.key == "any":
        return max((_verdict(inner) for branch in value for inner in branch), default=Verdict.SUSPICIOUS)
    return Verdict.UNINSPECTABLE if condition.key == "incident" else Verdict.SUSPICIOUS


def _names_data(patterns: tuple[str, ...]) -> bool:
    return any(pattern.startswith(("DATA-", "EDM-", "FINGERPRINT-", "LABEL-")) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Exemption:
    """An `[[exception]]`: what one rule is lowered to, for whom, by whose word and until when."""

    id: str
    rule: str
    scope: tuple[Condition, ...]         # of the envelope
    then: Disposition
    owner: str
    until: datetime                      # aware; the first instant at which it no longer holds
    findings: tuple[str, ...] = ()       # patterns of the codes that do not count for the rule
    sha256: frozenset[str] = frozenset()  # artifacts whose findings do not count for the rule
    macros: frozenset[str] = frozenset()  # normalised code whose findings do not count for the rule
    reason: str = ""
    where: str = ""

    @property
    def limited(self) -> bool:
        """It excuses named findings or files only: the rule still holds for anything else in the mail."""
        return bool(self.findings or self.sha256 or self.macros)

    @property
    def forgeable(self) -> bool:
        """Whoever writes the sender or the author it names has its benefit: nothing that it asks for proves who wrote."""
        wanted = {condition.key: condition.value for condition in self.scope}
        if wanted.keys() & {"client", "listener"}:
            return False
        proofs = passing(wanted.get("auth", {}))
        return not proofs if "sender" in wanted else "from_domain" in wanted and "dmarc" not in proofs


def passing(auth: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The methods of a condition `auth` for which nothing but a pass will do."""
    return frozenset(method for method, results in auth.items() if results == {"pass"})


@dataclass(frozen=True, slots=True)
class Policy:
    rules: tuple[Rule, ...]
    exceptions: tuple[Exemption, ...] = ()
    our_domains: frozenset[str] = frozenset()
    version: str = ""

    def rule(self, id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == id), None)
