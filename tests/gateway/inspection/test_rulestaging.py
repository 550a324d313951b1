"""Thousands of outside rules: staged in a process of their own, the bad and the endless ones left out and named."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from gateway.detect.outside_rules import loaded
from gateway.inspection.rulestaging import stage
from gateway.inspection.rulestore import RuleStore, RuleStoreProblem

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
RULE = 'rule Gen_%d_%d { meta: score = 80 strings: $a = "marker-%03d-%03d-abcdef" ascii wide $b = { 4D 5A %02X %02X 90 0? 03 } condition: any of them }\n'


def generate(folder: Path, files: int, each: int) -> None:
    folder.mkdir()
    for f in range(files):
        text = "".join(RULE % (f, i, f, i, f % 256, i % 256) for i in range(each))
        (folder / f"set{f}.yar").write_text(text)


def test_five_thousand_rules_with_a_bad_and_an_endless_one(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    generate(rules, 10, 500)
    (rules / "bad.yar").write_text("rule Bad { condition: nonsense }\nrule Fine { strings: $a = \"zzfine\" condition: $a }\n")
    (rules / "slow.yar").write_text("rule Endless { strings: $a = /(a|A|b)+.{0,200}(A|a)+z/ condition: $a }\n")
    store = RuleStore(tmp_path / "state")
    staged, known = stage(store, [rules], [], NOW)
    assert (staged.rules, known, len(staged.files)) == (5001, False, 12)
    assert [n.where for n in staged.refused] == [f"{rules}/bad.yar:1"]
    assert [(n.where, n.message) for n in staged.slow] == [(f"{rules}/slow.yar:1", "Endless: does not end, left out")]
    found = loaded(store.rules(staged.version)).match(data=b"x marker-007-499-abcdef zzfine")
    assert sorted(m.rule for m in found) == ["Fine", "Gen_7_499"]
    assert stage(store, [rules], [], NOW) == (staged, True), "the same rules are not compiled twice"


def test_a_file_without_a_rule(tmp_path: Path) -> None:
    (tmp_path / "x.yar").write_text("// nothing yet\n")
    with pytest.raises(RuleStoreProblem, match="there is no rule in the files"):
        stage(RuleStore(tmp_path / "state"), [tmp_path / "x.yar"], [], NOW)


ANYTHING = """
import "console"
rule Anything { condition: true }
rule Letters { strings: $a = /[a-z0-9A]/ condition: $a or filesize > 0 }
rule Talks { condition: console.log("{}") and filesize < 0 }
private rule Helper { condition: filesize > 0 }
rule Useful { strings: $a = "ZZ-MARK-ZZ" condition: $a and Helper }
rule Leans { condition: Anything and filesize < 9 }
"""


def test_rules_that_match_anything_are_left_out_and_none_answers_for_us(tmp_path: Path) -> None:
    """A rule that matches whatever there is would hold all mail as soon as it is in force. Module `console` writes to
    standard output, where the answer of the compiling process once was read."""
    (tmp_path / "x.yar").write_text(ANYTHING)
    staged, _ = stage(RuleStore(tmp_path / "state"), [tmp_path / "x.yar"], [], NOW)
    assert [(n.where.rpartition(":")[2], n.message) for n in staged.refused] == [
        ("3", "Anything: matches anything"), ("4", "Letters: matches anything"), ("8", 'undefined identifier "Anything"')]
    assert staged.rules == 3


def test_rules_that_all_match_anything(tmp_path: Path) -> None:
    (tmp_path / "x.yar").write_text("rule A { condition: true }")
    with pytest.raises(RuleStoreProblem, match=r"no rule is left; the first problem is .*x\.yar:1: A: matches anything"):
        stage(RuleStore(tmp_path / "state"), [tmp_path / "x.yar"], [], NOW)


def test_other_rules_are_another_version(tmp_path: Path) -> None:
    store = RuleStore(tmp_path / "state")
    generate(tmp_path / "rules", 1, 2)
    first, _ = stage(store, [tmp_path / "rules"], [], NOW)
    (tmp_path / "rules" / "set0.yar").write_text(RULE % (0, 0, 0, 9, 1, 2))
    second, known = stage(store, [tmp_path / "rules"], [], NOW)
    assert first.version != second.version and not known


@pytest.mark.parametrize("text", ["rule Bad { condition: nonsense }", "\udcff"])
def test_nothing_that_compiles(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yar").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(RuleStoreProblem, match=r"no rule is left; the first problem is .*x\.yar:1: "):
        stage(RuleStore(tmp_path / "state"), [tmp_path / "x.yar"], [], NOW)
    assert not (tmp_path / "state").exists() or RuleStore(tmp_path / "state").versions() == []
