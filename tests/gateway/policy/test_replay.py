"""A changed policy over past mail: counts, examples, and nothing passed over."""

from __future__ import annotations

from pathlib import Path

from gateway.config import load
from gateway.policy import load_policy
from gateway.policy.replay import EXAMPLES, replay
from tests.builders.mailfacts import NOW


def test_replay(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[rule]]\nid = "two"\ndirection = "outbound"\nwhen = { persons = 2 }\nthen = "hold"\n', encoding="utf-8")
    past = [{"id": f"m{n}", "direction": "outbound", "persons": n, "disposition": "hold" if n > 2 else "deliver"}
            for n in range(5)]
    past += [{"id": f"x{n}", "direction": "outbound", "persons": 2, "disposition": "deliver"} for n in range(9)]
    result = replay([*past, {"direction": "??"}], load_policy(load(path)), NOW)
    change = ("outbound", "deliver", "hold")
    assert (result.total, result.unreadable, result.changed) == (15, 1, 10)
    assert result.changes == {change: 10}
    assert result.rules == {"two": 12}
    assert result.examples[change][0] == "m2" and len(result.examples[change]) == EXAMPLES


def test_the_same_policy_changes_nothing() -> None:
    past = [{"direction": "inbound", "disposition": "quarantine",
             "findings": [{"code": "MACRO-X", "category": "macro", "severity": "low"}]}, {"direction": "inbound"}]
    assert replay(past, load_policy(load(None)), NOW).changed == 0
