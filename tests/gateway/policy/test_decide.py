"""The default policy as a table, joining, exceptions, and failing closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.config import load
from gateway.model.decision import Decision, Disposition, Party
from gateway.model.finding import Fault, Finding, Incident, Severity, Verdict
from gateway.model.transaction import AuthResult, Transaction
from gateway.policy import UNMAPPED, Policy, decide, load_policy
from gateway.policy.words import PREFIXES
from tests.builders.mailfacts import NOW, finding, incident, inspection, outgoing, transaction, tree

OURS = '[gateway]\nour_domains = ["bank.example"]\n'
LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


def policy_of(tmp_path: Path, text: str = "") -> Policy:
    path = tmp_path / "c.toml"
    path.write_text(OURS + text, encoding="utf-8")
    return load_policy(load(path))


@pytest.fixture
def default(tmp_path: Path) -> Policy:
    return policy_of(tmp_path)


def one(mail: Transaction, policy: Policy, *found: Finding | Incident, **content: Any) -> Decision:
    decisions = decide(mail, inspection(*found, **content), policy, NOW)
    assert len(decisions) == len(mail.envelope.recipients)
    return decisions[0]


INBOUND: list[tuple[list[Finding | Incident], str, str]] = [
    ([], "deliver", ""),
    ([finding("EXECUTABLE-PE")], "quarantine", "block-executables"),
    ([finding("EXECUTABLE-PE", LOW)], "quarantine", "block-executables"),
    ([finding("SCRIPT-VBS", MEDIUM)], "quarantine", "block-executables"),
    ([finding("MACRO-PLAIN", LOW)], "quarantine", "block-macros"),
    ([finding("ACTIVE-REMOTE-TEMPLATE")], "quarantine", "block-active-documents"),
    ([finding("ACTIVE-LINK", MEDIUM)], "deliver", ""),
    ([finding("LINK-PROGRAM")], "quarantine", "block-active-documents"),
    ([finding("LINK-ADDRESS", MEDIUM)], "deliver", ""),
    ([finding("DISGUISE-TYPE")], "quarantine", "block-disguises"),
    ([finding("SMUGGLING-HTML")], "quarantine", "block-disguises"),
    ([finding("ARCHIVE-NAMES-DIFFER")], "quarantine", "block-archives"),
    ([finding("ARCHIVE-STRAY-DATA", MEDIUM)], "deliver", ""),
    ([finding("AMBIGUITY-PARTIAL")], "quarantine", "block-ambiguity"),
    ([finding("AMBIGUITY-RAW-NAME", LOW)], "deliver", ""),
    ([finding("SIGNATURE-EICAR")], "quarantine", "block-signatures"),
    ([finding("SPOOF-OUR-DOMAIN")], "quarantine", "block-spoofed-senders"),
    ([finding("IMPERSONATION-NAME", MEDIUM)], "annotate", "mark-doubtful-senders"),
    ([finding("IMPERSONATION-FIRST-CONTACT", LOW)], "annotate", "mark-doubtful-senders"),
    ([finding("IMPERSONATION-UNKNOWN-THREAD", LOW)], "deliver", ""),
    ([finding("SPOOF-OWN-DOMAIN", LOW), finding("ACTIVE-PDF-SCRIPT", MEDIUM)], "deliver", ""),
    ([finding("IMPERSONATION-FIRST-CONTACT", LOW), finding("ACTIVE-PDF-SCRIPT", MEDIUM)], "quarantine", "block-doubtful-senders-with-active-files"),
    ([finding("IMPERSONATION-NAME", MEDIUM), finding("DISGUISE-NAME", MEDIUM)], "quarantine", "block-doubtful-senders-with-active-files"),
    ([finding("IMPERSONATION-FIRST-CONTACT", LOW), finding("ACTIVE-PDF-LINK", LOW)], "annotate", "mark-doubtful-senders"),
    ([finding("DATA-ID")], "deliver", ""),
    ([incident("ENCRYPTED")], "quarantine", "block-uninspectable"),
    ([incident("UNSUPPORTED")], "quarantine", "block-uninspectable"),
    ([incident("TIMEOUT", Fault.GATEWAY)], "defer", "gateway-fault"),
    ([finding("EXECUTABLE-PE"), incident("CRASH", Fault.GATEWAY)], "defer", "gateway-fault"),
]
OUTBOUND: list[tuple[list[Finding | Incident], dict[str, Any], str, str]] = [
    ([], {}, "deliver", ""),
    ([], {"persons": 2}, "deliver", ""),
    ([], {"persons": 3}, "hold", "hold-personal-data"),
    ([], {"contacts": 49}, "deliver", ""),
    ([], {"contacts": 50}, "hold", "hold-contacts"),
    ([], {"contacts": 50, "persons": 3}, "hold", "hold-personal-data"),
    ([], {"persons": 3, "identifiers": {"edm": 3}}, "hold", "hold-customer-table"),
    ([finding("LABEL-SECRET")], {"contacts": 50}, "hold", "hold-labels"),
    ([incident("ENCRYPTED")], {"contacts": 50}, "hold", "hold-contacts"),
    ([], {"identifiers": {"edm": 2}}, "deliver", ""),
    ([], {"identifiers": {"edm": 3}}, "hold", "hold-customer-table"),
    ([finding("FINGERPRINT-DOCUMENT")], {}, "hold", "hold-reference-documents"),
    ([finding("LABEL-SECRET")], {}, "hold", "hold-labels"),
    ([finding("DATA-ID", MEDIUM)], {"identifiers": {"card": 1}}, "deliver", ""),
    ([finding("EDM-customers", MEDIUM)], {"identifiers": {"edm": 3}}, "hold", "hold-customer-table"),
    ([incident("ENCRYPTED")], {}, "hold", "hold-uninspectable"),
    ([finding("EXECUTABLE-PE")], {}, "quarantine", "block-outbound-programs"),
    ([finding("MACRO-PLAIN", MEDIUM)], {}, "deliver", ""),
    ([incident("CRASH", Fault.GATEWAY)], {"persons": 3}, "defer", "gateway-fault"),
]


@pytest.mark.parametrize(("found", "disposition", "rule"), INBOUND)
def test_default_inbound(default: Policy, found: list[Finding | Incident], disposition: str, rule: str) -> None:
    decision = one(transaction(), default, *found)
    assert (decision.disposition.word, decision.rule) == (disposition, rule)
    if decision.disposition is Disposition.QUARANTINE:
        assert Party.RECIPIENT in decision.notify and decision.verdict > Verdict.CLEAN


@pytest.mark.parametrize(("found", "content", "disposition", "rule"), OUTBOUND)
def test_default_outbound(
    default: Policy, found: list[Finding | Incident], content: dict[str, Any], disposition: str, rule: str
) -> None:
    decision = one(outgoing(), default, *found, **content)
    assert (decision.disposition.word, decision.rule) == (disposition, rule)
    if decision.disposition is Disposition.DELIVER:
        assert decision.verdict in (Verdict.CLEAN, Verdict.SUSPICIOUS)
    if decision.disposition is Disposition.HOLD:
        assert decision.verdict is (Verdict.UNINSPECTABLE if rule == "hold-uninspectable" else Verdict.SENSITIVE)
        assert decision.notify == (Party.SENDER,) and decision.approvals == 1


@pytest.mark.parametrize("prefix", [p for p in PREFIXES if p not in ("DATA-", "EDM-", "FINGERPRINT-", "LABEL-")])
def test_every_kind_of_threat_is_stopped_by_one_rule(default: Policy, prefix: str) -> None:
    """By one and no more, so that an exception to that rule is enough."""
    decision = one(transaction(), default, finding(prefix + "X"))
    assert decision.disposition is Disposition.QUARANTINE
    assert [h.rule for h in decision.trace if h.matched and h.disposition > Disposition.ANNOTATE] == [decision.rule]
    assert one(outgoing(), default, finding(prefix + "X")).disposition >= Disposition.HOLD


@pytest.mark.parametrize(("auth", "disposition"), [
    ([AuthResult("dmarc", "fail", "bank.example")], "quarantine"),
    ([AuthResult("dmarc", "none", "bank.example"), AuthResult("spf", "fail", "x.example")], "quarantine"),
    ([AuthResult("dmarc", "none", "bank.example"), AuthResult("spf", "pass", "bank.example")], "deliver"),
    ([AuthResult("dmarc", "pass", "bank.example")], "deliver"),
    ([AuthResult("dmarc", "fail", "other.example")], "deliver"),
    ([], "deliver"),
])
def test_mail_in_our_own_name(default: Policy, auth: list[AuthResult], disposition: str) -> None:
    assert one(transaction(auth=auth), default).disposition.word == disposition


def test_a_leak_is_held_for_the_outside_alone(default: Policy) -> None:
    mail = outgoing("bob@outside.example", "cat@bank.example", "dan@outside.example")
    decisions = decide(mail, inspection(persons=9), default, NOW)
    assert [d.disposition.word for d in decisions] == ["hold", "deliver", "hold"]
    assert [d.recipient for d in decisions] == list(mail.envelope.recipients)


def test_joining_takes_the_strongest_and_all_obligations(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, '''
[[rule]]
id = "b"
when = { size = "1B" }
then = "hold"
approvals = 2
notify = ["sender"]
[[rule]]
id = "a"
when = { size = "1B" }
then = "quarantine"
notify = ["recipient"]
tags = ["t"]
[[rule]]
id = "c"
when = { size = "1B" }
then = "annotate"
tags = ["s"]
''')
    decision = one(transaction(), policy)
    assert (decision.disposition.word, decision.rule, decision.approvals) == ("quarantine", "a", 2)
    assert decision.notify == (Party.RECIPIENT, Party.SENDER) and decision.tags == ("s", "t")
    assert [(h.rule, h.matched) for h in decision.trace] == [("a", True), ("b", True), ("c", True)]


def test_an_incident_without_a_rule_is_held(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, '[[rule]]\nid = "e"\nwhen = { incident = ["ENCRYPTED"] }\nthen = "annotate"\n')
    assert one(transaction(), policy, incident("TIMEOUT")).disposition is Disposition.QUARANTINE
    assert one(transaction(), policy, incident("TIMEOUT")).rule == UNMAPPED
    assert one(outgoing(), policy, incident("TIMEOUT")).disposition is Disposition.HOLD
    assert one(transaction(), policy, incident("ENCRYPTED")).disposition is Disposition.ANNOTATE
    both = one(transaction(), policy, incident("ENCRYPTED"), incident("SIZE"))
    assert (both.disposition, both.rule) == (Disposition.QUARANTINE, UNMAPPED)


EXCEPTION = '''
[policy]
packaged = "always"
[[exception]]
id = "payroll"
rule = "block-macros"
scope = {{ {scope} }}
owner = "it@bank.example"
until = 2026-11-21
'''
SHA = "ab" * 32


def test_an_exception_lowers_its_rule_within_its_scope(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, EXCEPTION.format(scope='client = ["192.0.2.0/24"]'))
    decision = one(transaction(), policy, finding("MACRO-PLAIN", LOW))
    assert (decision.disposition, decision.rule, decision.exception) == (Disposition.ANNOTATE, "block-macros", "payroll")
    outside = one(transaction(client="198.51.100.1"), policy, finding("MACRO-PLAIN", LOW))
    assert (outside.disposition, outside.exception) == (Disposition.QUARANTINE, "")
    other = one(transaction(), policy, finding("MACRO-PLAIN", LOW), finding("EXECUTABLE-PE"))
    assert (other.disposition, other.rule) == (Disposition.QUARANTINE, "block-executables")


def test_an_exception_ends_by_itself(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, EXCEPTION.format(scope='client = ["192.0.2.0/24"]'))
    seen = inspection(finding("MACRO-PLAIN", LOW))
    last = decide(transaction(), seen, policy, datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC))[0]
    after = decide(transaction(), seen, policy, datetime(2026, 11, 22, tzinfo=UTC))[0]
    assert (last.disposition, after.disposition) == (Disposition.ANNOTATE, Disposition.QUARANTINE)
    assert any("exception payroll ended 2026-11-22" in h.why for h in after.trace)


def test_an_exception_for_a_known_file_excuses_no_other(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, EXCEPTION.format(scope=f'client = ["192.0.2.0/24"], sha256 = ["{SHA}"]'))
    nodes = tree("known.xlsm", "other.xlsm", hashes=[SHA, "cd" * 32])
    known = one(transaction(), policy, finding("MACRO-AUTOEXEC", MEDIUM, 1), nodes=nodes)
    assert known.disposition is Disposition.ANNOTATE
    more = one(transaction(), policy, finding("MACRO-AUTOEXEC", MEDIUM, 1), finding("MACRO-PLAIN", LOW, 2), nodes=nodes)
    assert more.disposition is Disposition.QUARANTINE
    assert any("does not cover all of it" in h.why for h in more.trace)


def test_an_exception_for_known_code_excuses_no_other(tmp_path: Path) -> None:
    """One macro by the hash of its normalised code: in any file, but only where every macro of the mail is known."""
    policy = policy_of(tmp_path, EXCEPTION.format(scope=f'client = ["192.0.2.0/24"], macro = ["{SHA}"]'))
    known = [replace(finding(code, HIGH, artifact=1), rule=f"sha256:{SHA}") for code in ("MACRO-PRESENT", "MACRO-AUTOEXEC")]
    other = replace(finding("MACRO-PRESENT", MEDIUM, artifact=1), rule="sha256:" + "f" * 64)
    project = replace(finding("MACRO-PRESENT", MEDIUM, artifact=1), rule="VBA-PROJECT")
    stomped = replace(finding("MACRO-STOMPED", HIGH, artifact=1), rule="VBA-STOMPED")
    lowered = one(transaction(), policy, *known, project)
    assert (lowered.disposition, lowered.exception) == (Disposition.ANNOTATE, "payroll")
    for beside in (other, stomped, finding("MACRO-XLM", HIGH, artifact=1)):
        assert one(transaction(), policy, *known, project, beside).disposition is Disposition.QUARANTINE
    assert one(transaction(), policy, project).disposition is Disposition.QUARANTINE, "nobody knows what is in it"


def test_an_exception_for_named_findings_excuses_no_other(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, EXCEPTION.format(scope='client = ["192.0.2.0/24"], finding = ["MACRO-PLAIN"]'))
    assert one(transaction(), policy, finding("MACRO-PLAIN", LOW)).disposition is Disposition.ANNOTATE
    assert one(transaction(), policy, finding("MACRO-PLAIN", LOW), finding("MACRO-SHELL", LOW)).disposition is (
        Disposition.QUARANTINE)


def test_an_exception_to_the_built_in_rule(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, '''
[[rule]]
id = "r"
when = { persons = 3 }
then = "hold"
[[exception]]
id = "x"
rule = "unmapped-incident"
scope = { recipient = ["lab@bank.example"] }
owner = "it@bank.example"
until = 2027-01-01
''')
    mail = transaction(recipients=["lab@bank.example", "ann@bank.example"])
    decisions = decide(mail, inspection(incident("MALFORMED")), policy, NOW)
    assert [d.disposition.word for d in decisions] == ["annotate", "quarantine"]


def test_recipients_are_judged_each_for_itself(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, '[[rule]]\nid = "r"\nwhen = { recipient = ["ann@bank.example"] }\nthen = "reject"\n')
    mail = transaction(recipients=["Ann@bank.example", "bob@bank.example"])
    assert [d.disposition.word for d in decide(mail, inspection(), policy, NOW)] == ["reject", "deliver"]


@pytest.mark.parametrize(("auth", "lowered"), [
    ([AuthResult("dmarc", "pass", "payroll.example")], True),
    ([AuthResult("dmarc", "pass", "evil.example"), AuthResult("spf", "pass", "payroll.example")], True),
    ([AuthResult("dmarc", "pass", "evil.example"), AuthResult("spf", "fail", "payroll.example")], False),
    ([AuthResult("dmarc", "pass", "notpayroll.example")], False),
])
def test_an_exception_for_a_sender_wants_a_pass_of_that_sender(tmp_path: Path, auth: list[AuthResult], lowered: bool) -> None:
    """Anybody may write payroll.example into the envelope and pass for a domain of his own."""
    policy = policy_of(tmp_path, EXCEPTION.format(scope='sender = ["payroll.example"], auth = { dmarc = ["pass"] }'))
    decision = one(transaction("run@payroll.example", auth=auth), policy, finding("MACRO-PLAIN"))
    assert (decision.exception == "payroll") == lowered


def test_a_pass_is_bound_to_the_sender_whatever_else_may_fail(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, EXCEPTION.format(scope='sender = ["payroll.example"], auth = { dmarc = ["pass"], spf = ["pass", "none"] }'))
    for domain, name in (("evil.example", ""), ("payroll.example", "payroll")):
        auth = [AuthResult("dmarc", "pass", domain), AuthResult("spf", "none", "payroll.example")]
        assert one(transaction("run@payroll.example", auth=auth), policy, finding("MACRO-PLAIN")).exception == name
