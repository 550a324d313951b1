"""A part offends where the policy would keep a mail back that had nothing else in it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.keeper.offending import offending
from gateway.model.custody import Admission
from gateway.model.decision import Decision, Disposition
from gateway.model.finding import Inspection, Verdict
from tests.builders.custody import admission, octets

INSPECTION = {
    "direction": "inbound", "artifacts": [
        {"path": "message", "kind": "message"}, {"path": "message > 1", "kind": "part"},
        {"path": "message > 2 a.iso", "kind": "part", "name": "a.iso"}, {"path": "message > 2 a.iso > b.exe", "kind": "member", "name": "b.exe"},
        {"path": "message > 3 c.txt", "kind": "part", "name": "c.txt"}],
    "findings": [{"code": "EXECUTABLE-PE", "category": "executable", "severity": "high", "artifact": "message > 2 a.iso > b.exe"},
                 {"code": "LINK-X", "category": "impersonation", "severity": "low", "artifact": "message > 3 c.txt"},
                 {"code": "SPOOF-X", "category": "impersonation", "severity": "high", "artifact": "message"}],
    "incidents": [{"code": "ENCRYPTED", "artifact": "message > 3 c.txt", "fault": "message"}]}
HELD = admission(octets(), inspection=INSPECTION)


def deciding(by):
    def decide(held: Admission, inspection: Inspection) -> Sequence[Decision]:
        strong = Disposition.STRIP if by(inspection) else Disposition.ANNOTATE
        return [Decision(r, strong, Verdict.CLEAN) for r in held.envelope.recipients]
    return decide


def test_by_findings_names_and_incidents() -> None:
    assert offending(HELD, deciding(lambda i: any(f.code.startswith("EXECUTABLE") for f in i.findings))) == ("2",)
    assert offending(HELD, deciding(lambda i: any(a.name.endswith(".txt") for a in i.tree.artifacts))) == ("3",)
    assert offending(HELD, deciding(lambda i: bool(i.incidents))) == ("3",)


def test_what_concerns_the_whole_message_is_no_part() -> None:
    assert offending(HELD, deciding(lambda i: any(f.code.startswith("SPOOF") for f in i.findings))) == ()


def test_without_a_decision_nothing_offends() -> None:
    assert offending(HELD, lambda held, inspection: []) == ()
