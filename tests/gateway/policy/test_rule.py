"""What mail is at least that a rule keeps, and which exceptions are limited."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config import load
from gateway.model.decision import Disposition
from gateway.model.finding import Verdict
from gateway.policy import Exemption, load_policy


@pytest.mark.parametrize(("when", "verdict"), [
    ("persons = 3", Verdict.SENSITIVE),
    ('identifiers = { edm = 3 }', Verdict.SENSITIVE),
    ('finding = ["EDM-*"]', Verdict.SENSITIVE),
    ('category = ["label"]', Verdict.SENSITIVE),
    ('any = [{ size = "1MB" }, { contacts = 50 }]', Verdict.SENSITIVE),
    ('incident = ["*"]', Verdict.UNINSPECTABLE),
    ('finding = ["MACRO-*"]', Verdict.SUSPICIOUS),
    ('sender = ["x.example"]', Verdict.SUSPICIOUS),
])
def test_verdict(tmp_path: Path, when: str, verdict: Verdict) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'[[rule]]\nid = "r"\nwhen = {{ {when} }}\nthen = "hold"\n', encoding="utf-8")
    policy = load_policy(load(path))
    assert policy.rule("r") is policy.rules[0] and policy.rule("none") is None
    assert policy.rules[0].verdict is verdict


def test_limited_exceptions() -> None:
    until = datetime(2030, 1, 1, tzinfo=UTC)
    whole = Exemption("e", "r", (), Disposition.ANNOTATE, "a@b.example", until)
    assert not whole.limited
    assert Exemption("e", "r", (), Disposition.ANNOTATE, "a@b.example", until, ("MACRO-*",)).limited
