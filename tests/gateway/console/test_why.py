from __future__ import annotations

from gateway.console import why
from gateway.model.report import report
from tests.builders.console import Site
from tests.builders.custody import Held

INSPECTION = {"complete": True, "artifacts": [{"path": "message", "kind": "message", "size": 1, "sha256": "0" * 64}], "incidents": [],
              "findings": [{"code": "EXECUTABLE-PE", "category": "executable", "severity": "high", "artifact": "message", "count": 1, "evidence": []}]}


def test_which_rules(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held(inspection=INSPECTION)
    page = site.browser("anna").open(f"/quarantine/{id}").content.decode()
    assert "Which rules" in page and "decided" in page and "Rules that did not match" in page
    shown = site.house.service.show(site.house.service.actor("anna", "console"), id)
    found = why.rules(shown, shown["inspection"])
    assert found["rows"][0]["decided"] and found["others"] > 3 and found["now"] == found["rows"][0]["rule"]
    assert found["changed"] is (found["now"] != "block-executables") and report


def test_what_cannot_be_judged_again_says_nothing(site: Site) -> None:
    held = {"id": "x", "sender": "", "recipients": ["a@b.example"], "size": 1, "direction": "inbound", "reason": "r"}
    assert why.rules(held, {}) == {} == why.rules(held, {"findings": [{"code": 3}]})
