"""Each condition by what it must match and what it must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.config import load
from gateway.model.finding import Severity
from gateway.model.transaction import AuthResult, Direction
from gateway.policy import load_policy
from gateway.policy.conditions import all_of, fits
from gateway.policy.facts import facts_of
from tests.builders.mailfacts import finding, incident, inspection, transaction, tree

DMARC_FAIL = [AuthResult("dmarc", "fail", "bank.example"), AuthResult("spf", "softfail", "x.example")]
CASES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ('finding = ["MACRO-*"]', {}, {"found": [finding("MACRO-AUTOEXEC")]}, True),
    ('finding = ["MACRO-*"]', {}, {"found": [finding("ARCHIVE-LINK")]}, False),
    ('finding = ["*-AUTOEXEC"]', {}, {"found": [finding("MACRO-AUTOEXEC")]}, True),
    ('finding = ["MACRO-*"], severity = "high"', {}, {"found": [finding("MACRO-X", Severity.MEDIUM)]}, False),
    ('finding = ["MACRO-*"], severity = "medium"', {}, {"found": [finding("MACRO-X", Severity.MEDIUM)]}, True),
    ('finding = ["DATA-*"], count = 3', {}, {"found": [finding("DATA-A", count=2), finding("DATA-B")]}, True),
    ('finding = ["DATA-*"], count = 4', {}, {"found": [finding("DATA-A", count=2), finding("DATA-B")]}, False),
    ('severity = "critical"', {}, {"found": [finding("MACRO-X", Severity.CRITICAL)]}, True),
    ('category = ["macro"]', {}, {"found": [finding("MACRO-X")]}, True),
    ('category = ["macro"]', {}, {"found": [finding("SCRIPT-X")]}, False),
    ('incident = ["ENCRYPTED"]', {}, {"found": [incident("ENCRYPTED")]}, True),
    ('incident = ["ENCRYPTED"]', {}, {"found": [incident("TIMEOUT")]}, False),
    ('verdict = ["suspicious"]', {}, {"found": [finding("MACRO-X", Severity.MEDIUM), finding("SCRIPT-X")]}, True),
    ('verdict = ["malicious"]', {}, {"found": [finding("MACRO-X", Severity.MEDIUM)]}, False),
    ("persons = 3", {}, {"persons": 3}, True),
    ("persons = 3", {}, {"persons": 2}, False),
    ("contacts = 50", {}, {"contacts": 49}, False),
    ('identifiers = { card = 3, iban = 1 }', {}, {"identifiers": {"iban": 1}}, True),
    ('identifiers = { card = 3 }', {}, {"identifiers": {"card": 2}}, False),
    ('direction = "inbound"', {}, {}, True),
    ('direction = ["outbound"]', {}, {}, False),
    ('sender = ["outside.example"]', {}, {}, True),
    ('sender = ["example"]', {}, {}, False),
    ('sender = ["*.example"]', {}, {}, True),
    ('sender = ["*.outside.example"]', {}, {}, False),
    ('sender = ["EVE@outside.example"]', {}, {}, True),
    ('sender = ["<>"]', {"sender": None}, {}, True),
    ('sender = ["<>"]', {}, {}, False),
    ('sender = ["outside.example"]', {"sender": None}, {}, False),
    ('recipient = ["group:ours"]', {}, {}, True),
    ('from_domain = ["group:ours"]', {"auth": DMARC_FAIL}, {}, True),
    ('from_domain = ["group:ours"]', {}, {}, False),
    ('size = "1KiB"', {"size": 1024}, {}, True),
    ('size = "1KiB"', {"size": 1023}, {}, False),
    ('auth = { dmarc = ["fail"], spf = ["fail", "softfail"] }', {"auth": DMARC_FAIL}, {}, True),
    ('auth = { dmarc = ["fail"], dkim = ["fail"] }', {"auth": DMARC_FAIL}, {}, False),
    ('auth = { dkim = ["none"] }', {"auth": DMARC_FAIL}, {}, True),
    ('client = ["192.0.2.0/24"]', {}, {}, True),
    ('client = ["192.0.2.0/24"]', {"client": "unknown"}, {}, False),
    ('client = ["2001:db8::/32"]', {}, {}, False),
    ('listener = ["inbound"]', {}, {}, True),
    ('detected_type = ["application/x-dosexec"]', {}, {"nodes": tree("a", types=["application/x-dosexec"])}, True),
    ('detected_type = ["image/*"]', {}, {"nodes": tree("a", types=["application/x-dosexec"])}, False),
    ('declared_type = ["*"]', {}, {"nodes": tree("a")}, False),
    ('attachment = ["*.exe"]', {}, {"nodes": tree("發票.ＥＸＥ")}, True),
    ('attachment = ["*.exe"]', {}, {"nodes": tree("exe.txt")}, False),
    ('any = [{ persons = 3 }, { size = "500B" }]', {}, {}, True),
    ('any = [{ persons = 3 }, { size = "5MB" }]', {}, {}, False),
    ('not = { sender = ["outside.example"], recipient = ["other.example"] }', {}, {}, True),
    ('not = { sender = ["outside.example"] }', {}, {}, False),
    ('persons = 3, size = "500B"', {}, {}, False),
]


@pytest.mark.parametrize(("when", "envelope", "content", "held"), CASES, ids=[f"{c[0]} {c[3]} {n}" for n, c in enumerate(CASES)])
def test_condition(tmp_path: Path, when: str, envelope: dict[str, Any], content: dict[str, Any], held: bool) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'[gateway]\nour_domains = ["bank.example"]\n[[rule]]\nid = "r"\nwhen = {{ {when} }}\nthen = "hold"\n',
                    encoding="utf-8")
    rule = load_policy(load(path)).rules[0]
    mail = transaction(**envelope)
    facts = facts_of(mail, inspection(*content.pop("found", ()), **content), mail.envelope.recipients[0].mailbox,
                     Direction.INBOUND)
    outcome = all_of(rule.when, facts)
    assert outcome.held is held
    assert outcome.why


@pytest.mark.parametrize(("text", "pattern", "yes"), [
    ("Invoice.EXE", "*.exe", True), ("ｉnvoice.exe", "invoice.*", True), ("a.exe.txt", "*.exe", False), ("a", "[ab]", True)])
def test_fits(text: str, pattern: str, yes: bool) -> None:
    assert fits(text, pattern) is yes


def test_a_long_name_does_not_make_a_pattern_slow() -> None:
    assert not fits("a" * 5000, "*a*a*a*a*a*a*b")
