"""What is kept holds no customer data, and can be judged again."""

from __future__ import annotations

import dataclasses
import json

import pytest

from gateway.journal.entry import reduce, row
from gateway.policy.stored import restore
from tests.gateway.journal.conftest import entry

SECRET = "王小明"
FULL = {
    "disposition": "quarantine", "verdict": "malicious", "identifiers": {"tw.national_id": 2}, "persons": 2,
    "findings": [{"code": "MACRO-AUTOEXEC", "category": "macro", "severity": "high", "artifact": f"message > 2 {SECRET}.xlsm", "count": 1,
                  "evidence": [SECRET], "rule": "r"}],
    "incidents": [{"code": "ENCRYPTED", "artifact": f"message > 2 {SECRET}.xlsm", "fault": "message", "detail": SECRET}],
    "artifacts": [{"path": "message", "kind": "message", "name": "", "declared_type": "", "detected_type": "", "size": 9, "sha256": ""},
                  {"path": f"message > 2 {SECRET}.xlsm", "kind": "part", "name": f"{SECRET}.xlsm", "declared_type": "x/y",
                   "detected_type": "application/zip", "size": 5, "sha256": "b" * 64}],
}


def test_no_subject_no_evidence_no_names() -> None:
    kept = json.dumps(dataclasses.asdict(row(entry("i", inspection=FULL))), ensure_ascii=False)
    assert SECRET not in kept and "A123456789" not in kept
    assert "MACRO-AUTOEXEC" in kept and "*.xlsm" in kept


def test_it_can_be_judged_again() -> None:
    kept = json.loads(row(entry("i", inspection=FULL)).body)
    transaction, inspection = restore({"id": "i", "sender": "a@b", "recipients": ["c@d"], "size": 10, **kept})
    assert transaction.direction.value == "inbound"
    assert [(f.code, f.artifact) for f in inspection.findings] == [("MACRO-AUTOEXEC", 1)]
    assert inspection.incidents[0].artifact == 1 and inspection.identifiers == {"tw.national_id": 2}
    assert inspection.tree.artifacts[1].detected_type == "application/zip"


@pytest.mark.parametrize(("name", "kept"), [("a.TAR.gz", "*.tar.gz"), ("王小明", ""), ("x.A123456789123", ""), ("a.b c", ""), ("", ""),
                                            ("x.exe", "*.exe")])
def test_only_extensions_stay(name: str, kept: str) -> None:
    assert reduce({"artifacts": [{"path": "p", "name": name}]})["artifacts"][0]["name"] == kept


@pytest.mark.parametrize("change", [{"received_at": "yesterday"}, {"received_at": "2026-11-21T00:00:00"}, {"size": "x"}, {"inspection": None}])
def test_what_is_no_entry_is_refused(change: dict) -> None:
    broken = entry("i")
    broken.update(change)
    with pytest.raises((ValueError, TypeError)):
        row(broken)


def test_control_characters_do_not_reach_the_table() -> None:
    assert row(entry("i", reply="250 a\r\nb", header_message_id="<\x1b>")).reply == "250 a??b"
