"""What a message is, and which way each copy goes."""

from __future__ import annotations

import pytest

from gateway.model.address import Mailbox
from gateway.model.finding import Fault, Finding, Incident, Severity, Verdict
from gateway.model.transaction import Direction
from gateway.policy.facts import direction_for, facts_of, verdicts
from tests.builders.mailfacts import finding, incident, inspection, outgoing, transaction

TABLE: list[tuple[Finding | Incident, Direction, Verdict]] = [
    (finding("EXECUTABLE-PE"), Direction.INBOUND, Verdict.MALICIOUS),
    (finding("MACRO-PLAIN", Severity.MEDIUM), Direction.INBOUND, Verdict.SUSPICIOUS),
    (finding("LINK-SHORTENER", Severity.LOW), Direction.INBOUND, Verdict.CLEAN),
    (finding("AMBIGUITY-PARTIAL"), Direction.INBOUND, Verdict.UNINSPECTABLE),
    (finding("NEW-THING"), Direction.INBOUND, Verdict.MALICIOUS),          # an unknown category is a threat
    (finding("DATA-ID"), Direction.OUTBOUND, Verdict.SENSITIVE),
    (finding("DATA-ID", Severity.MEDIUM), Direction.OUTBOUND, Verdict.CLEAN),   # one person's number is ordinary
    (finding("DATA-ID"), Direction.INBOUND, Verdict.CLEAN),                # what comes in does not leak
    (incident("TIMEOUT"), Direction.INBOUND, Verdict.UNINSPECTABLE),
    (incident("TIMEOUT", Fault.GATEWAY), Direction.INBOUND, Verdict.CLEAN),
]


@pytest.mark.parametrize(("fact", "direction", "verdict"), TABLE)
def test_verdict(fact: Finding | Incident, direction: Direction, verdict: Verdict) -> None:
    assert max(verdicts(inspection(fact), direction)) is verdict


@pytest.mark.parametrize(("persons", "contacts", "verdict"), [
    (3, 0, Verdict.SENSITIVE), (0, 50, Verdict.SENSITIVE), (2, 49, Verdict.CLEAN)])
def test_counts_alone_are_sensitive(persons: int, contacts: int, verdict: Verdict) -> None:
    assert max(verdicts(inspection(persons=persons, contacts=contacts), Direction.OUTBOUND)) is verdict


def test_a_copy_to_ourselves_is_internal() -> None:
    domains = frozenset({"bank.example"})
    mail = outgoing("bob@outside.example", "cat@BANK.example")
    assert [direction_for(mail, r.mailbox, domains) for r in mail.envelope.recipients] == [
        Direction.OUTBOUND, Direction.INTERNAL]
    assert direction_for(transaction(), Mailbox.parse("ann@bank.example"), domains) is Direction.INBOUND


@pytest.mark.parametrize(("text", "address"), [
    ("192.0.2.1", "192.0.2.1"), ("IPv6:2001:db8::1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ("unknown", "None"), ("", "None")])
def test_client_addresses(text: str, address: str) -> None:
    mail = transaction(client=text)
    facts = facts_of(mail, inspection(), mail.envelope.recipients[0].mailbox, Direction.INBOUND)
    assert str(facts.client) == address
