"""The trace: what decided, what else matched, what the next rule would have said."""

from __future__ import annotations

from gateway.config import load
from gateway.model.decision import Disposition
from gateway.model.report import report
from gateway.policy import decide, load_policy
from gateway.policy.explain import PolicyExplain, explain, next_disposition, read_aloud
from tests.builders.mailfacts import NOW, finding, inspection, outgoing, transaction

POLICY = load_policy(load(None))


def test_the_deciding_rule_comes_first() -> None:
    decision = decide(transaction(), inspection(finding("MACRO-AUTOEXEC"), finding("SCRIPT-VBS")), POLICY, NOW)[0]
    rows = explain(decision, POLICY)
    assert [r["rule"] for r in rows if r["matched"]] == ["block-executables", "block-macros"]
    assert rows[0]["decided"] and not rows[1]["decided"]
    assert rows[0]["why"] == "direction is inbound; finding SCRIPT-VBS"
    assert rows[0]["reason"].startswith("programs and scripts") and ":" in rows[0]["where"]
    assert len(rows) == len(POLICY.rules)
    assert next_disposition(decision) is Disposition.QUARANTINE


def test_read_aloud_joins_recipients_that_were_judged_alike() -> None:
    mail = outgoing("a@x.example", "b@x.example", "c@x.example", "d@x.example")
    lines = list(read_aloud(decide(mail, inspection(persons=7), POLICY, NOW), POLICY))
    assert lines[0].startswith("a@x.example, b@x.example, c@x.example and 1 more: hold, sensitive, policy ")
    assert lines[1] == "  decided by hold-personal-data (hold): direction is outbound; persons 7 >= 3"
    assert "  without hold-personal-data: deliver" in lines
    assert sum("decided by" in line for line in lines) == 1


def test_read_aloud_of_ordinary_mail() -> None:
    lines = list(read_aloud(decide(transaction(), inspection(), POLICY, NOW)))
    assert lines[1] == "  no rule stopped it"
    assert all(line.startswith("  not ") for line in lines[2:])


def test_the_port_judges_a_stored_inspection_by_todays_policy() -> None:
    mail, seen = transaction(), inspection(finding("MACRO-AUTOEXEC"))
    stored = report("00", mail.direction, seen, decide(mail, seen, POLICY, NOW))
    rows = PolicyExplain(lambda: POLICY, lambda: NOW).explain(stored)
    assert rows[0]["rule"] == "block-macros" and rows[0]["decided"]
