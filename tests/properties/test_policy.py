"""Laws of the policy: order never matters, joining is the maximum, and seeing more never weakens a decision."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config import load
from gateway.model.decision import Disposition
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection, Severity
from gateway.model.transaction import Direction
from gateway.policy import Policy, decide, load_policy, settle
from gateway.policy.words import PREFIXES
from tests.builders.mailfacts import CATEGORIES, NOW, inspection, transaction

OWN = '''
[gateway]
our_domains = ["bank.example"]
[policy]
packaged = "always"
[[group]]
name = "partners"
members = ["partner.example"]
[[rule]]
id = "many"
when = { finding = ["MACRO-*", "LINK-*"], count = 3 }
then = "reject"
approvals = 2
[[rule]]
id = "seen"
when = { verdict = ["suspicious"], not = { recipient = ["group:partners"] } }
then = "annotate"
tags = ["seen"]
[[rule]]
id = "encrypted-partner"
when = { incident = ["ENCRYPTED"], recipient = ["group:partners"] }
then = "hold"
approvals = 3
notify = ["owner"]
[[exception]]
id = "one"
rule = "block-macros"
scope = { client = ["192.0.2.0/24"], finding = ["MACRO-A"] }
owner = "it@bank.example"
until = 2030-01-01
[[exception]]
id = "two"
rule = "block-uninspectable"
scope = { recipient = ["a@bank.example"] }
owner = "it@bank.example"
until = 2030-01-01
'''


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path: Path = tmp_path_factory.mktemp("policy") / "c.toml"
    path.write_text(OWN, encoding="utf-8")
    return load_policy(load(path))


findings = st.builds(
    lambda prefix, tail, severity, count: Finding(prefix + tail, CATEGORIES[prefix.rstrip("-")], severity, 0, (), count),
    st.sampled_from(PREFIXES), st.sampled_from("AB"), st.sampled_from(Severity), st.integers(1, 3))
incidents = st.builds(Incident, st.sampled_from(IncidentCode), st.just(0))
inspections = st.builds(
    lambda f, i, persons, contacts: inspection(*f, *i, persons=persons, contacts=contacts),
    st.lists(findings, max_size=5), st.lists(incidents, max_size=2), st.integers(0, 5), st.integers(0, 60))
recipients = st.lists(st.sampled_from(
    ["a@bank.example", "b@bank.example", "x@partner.example", "y@outside.example"]), min_size=1, max_size=4, unique=True)
directions = st.sampled_from([Direction.INBOUND, Direction.OUTBOUND])
LAWS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LAWS
@given(inspections, recipients, directions, st.randoms())
def test_order_never_matters(policy: Policy, seen: Inspection, to: list[str], direction: Direction, random) -> None:  # type: ignore[no-untyped-def]
    shuffled_rules, shuffled_findings, shuffled_to = list(policy.rules), list(seen.findings), list(to)
    for one in (shuffled_rules, shuffled_findings, shuffled_to):
        random.shuffle(one)
    other_policy = dataclasses.replace(policy, rules=tuple(shuffled_rules), exceptions=policy.exceptions[::-1])
    other_seen = dataclasses.replace(seen, findings=tuple(shuffled_findings), incidents=seen.incidents[::-1])
    first = {d.recipient.mailbox.text: d for d in decide(transaction(recipients=to, direction=direction), seen, policy, NOW)}
    second = {d.recipient.mailbox.text: d for d in decide(
        transaction(recipients=shuffled_to, direction=direction), other_seen, other_policy, NOW)}
    assert first == second


@LAWS
@given(inspections, st.one_of(findings, incidents), recipients, directions)
def test_seeing_more_never_weakens(
    policy: Policy, seen: Inspection, more: Finding | Incident, to: list[str], direction: Direction
) -> None:
    mail = transaction(recipients=to, direction=direction)
    worse = (dataclasses.replace(seen, findings=(*seen.findings, more)) if isinstance(more, Finding)
             else dataclasses.replace(seen, incidents=(*seen.incidents, more)))
    for before, after in zip(decide(mail, seen, policy, NOW), decide(mail, worse, policy, NOW), strict=True):
        assert after.disposition >= before.disposition
        assert after.verdict >= before.verdict


@LAWS
@given(inspections, recipients, directions)
def test_joining_is_the_maximum(policy: Policy, seen: Inspection, to: list[str], direction: Direction) -> None:
    for decision in decide(transaction(recipients=to, direction=direction), seen, policy, NOW):
        matched = [h.disposition for h in decision.trace if h.matched]
        assert decision.disposition == max(matched, default=Disposition.DELIVER)
        assert seen.complete or decision.disposition >= Disposition.HOLD or decision.exception


@LAWS
@given(inspections, recipients, directions)
def test_nobody_is_forgotten_and_nobody_twice(policy: Policy, seen: Inspection, to: list[str], direction: Direction) -> None:
    mail = transaction(recipients=to, direction=direction)
    decisions = decide(mail, seen, policy, NOW)
    actions = settle(mail, seen, decisions, "owner@bank.example", policy.our_domains)
    assert decisions == decide(mail, seen, policy, NOW) and actions == settle(
        mail, seen, decisions, "owner@bank.example", policy.our_domains)
    kinds = [type(a).__name__ for a in actions]
    served = [r.mailbox.text for a in actions if hasattr(a, "recipients") for r in a.recipients]
    assert sorted(served) == sorted(to) if "Refuse" not in kinds else not served
    assert all(str(getattr(a, "recipient", "@bank.example")).endswith("@bank.example") for a in actions)


@LAWS
@given(inspections, recipients, directions)
def test_our_fault_defers_everyone(policy: Policy, seen: Inspection, to: list[str], direction: Direction) -> None:
    broken = dataclasses.replace(seen, incidents=(*seen.incidents, Incident(IncidentCode.CRASH, 0, Fault.GATEWAY)))
    for decision in decide(transaction(recipients=to, direction=direction), broken, policy, NOW):
        assert decision.disposition is Disposition.DEFER
