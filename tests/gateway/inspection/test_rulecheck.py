"""The catalogue's own cases, as `signatures check` and `signatures test` run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.inspection.rulecheck import main


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_packaged_rule_matches_what_it_should_and_misses_what_it_should(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    *cases, total = lines(capsys)
    assert total["rules"] > 0 and total["version"]
    assert [case for case in cases if not case["right"]] == []
    assert {case["matches"] for case in cases} == {True, False}


def test_a_bad_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.toml").write_text("id = ")
    assert main([str(tmp_path)]) == 1
    (error,) = lines(capsys)
    assert "bad.toml" in error["where"]
