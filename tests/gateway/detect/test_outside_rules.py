"""Outside rules: what is wrong with one costs the others nothing."""

from __future__ import annotations

import math

import pytest

from gateway.detect.outside_rules import GROUP, Source, cleaned, compiled, leave_out, loaded, profile, samples, severity, wide
from gateway.model.finding import Severity

GOOD = 'rule Good%d { strings: $a = "marker-%d" condition: $a }\n'


def names(source: Source, data: bytes) -> list[str]:
    return [m.rule for m in loaded(compiled([source])).match(data=data)]


def test_a_rule_that_matches_most_samples_is_wide() -> None:
    assert wide('rule A { condition: true } rule B { strings: $a = "report" condition: $a } private rule C { condition: true }') == ["A"]
    source = Source("x.yar", "rule A { condition: true }\n\nrule B { condition: A }\n")
    leave_out(source, ["A"])
    assert source.refused == [(1, "A: matches anything")] and source.rules == 1


@pytest.mark.parametrize(("bad", "line", "said"), [
    ('rule Bad { strings: $a = "x" condition: $a and $b }\n', 2, "undefined string"),
    ("rule Bad {\n condition:\n  nonsense\n}\n", 4, "undefined identifier"),
    ('rule Bad { strings: $a = /(/ condition: $a }\n', 2, ""),
    ('rule Good1 { condition: true }\n', 2, "duplicated identifier"),
    ('rule Bad { condition: pe.entry_point == 1 }\n', 2, "undefined identifier"),
])
def test_a_bad_rule_is_named_and_the_others_stay(bad: str, line: int, said: str) -> None:
    source = Source("x.yar", GOOD % (1, 1) + bad + GOOD % (2, 2))
    assert cleaned(source) and source.rules == 2
    ((at, message),) = source.refused
    assert at == line and said in message
    assert names(source, b"marker-1 marker-2") == ["Good1", "Good2"]


def test_what_depends_on_a_bad_rule_goes_with_it() -> None:
    source = Source("x.yar", "rule Bad { condition: nonsense }\nrule Dependent { condition: Bad }\n" + GOOD % (1, 1))
    assert cleaned(source) and [line for line, _ in source.refused] == [1, 2] and source.rules == 1


@pytest.mark.parametrize("text", [
    'import "cuckoo"\n' + GOOD % (1, 1), 'include "/etc/passwd"\n' + GOOD % (1, 1), "", "no rules here", "rule", "rule X {",
    "rule X { condition: nonsense }",
])
def test_a_file_of_which_nothing_is_left(text: str) -> None:
    source = Source("x.yar", text)
    assert not cleaned(source) and not source.rules


def test_variables_that_public_rules_use_are_there() -> None:
    source = Source("x.yar", 'rule A { condition: filename matches /evil/ or extension == ".exe" }\n' + GOOD % (1, 1))
    assert cleaned(source) and not source.refused


def test_slow_rules_are_told_and_much_too_slow_ones_left_out() -> None:
    costs = {"Slow": 0.1, "Endless": math.inf, "Bad": 0.9}
    source = Source("x.yar", "".join(f"rule {name} {{ condition: true }}\n" for name in ("Fine", "Slow", "Endless", "Bad")))
    profile(source, lambda text: max([cost for name, cost in costs.items() if f"rule {name} " in text], default=0.001))
    assert [line for line, _ in source.slow] == [2, 3, 4] and "left out" not in source.slow[0][1]
    assert source.slow[1][1] == "Endless: does not end, left out" and source.rules == 2
    assert names(source, b"") == ["Fine", "Slow"]


def test_a_quick_file_is_not_looked_at_rule_by_rule() -> None:
    asked: list[str] = []
    profile(Source("x.yar", GOOD % (1, 1) + GOOD % (2, 2)), lambda text: asked.append(text) or 0.01)      # type: ignore[func-returns-value]
    assert len(asked) == 1


def test_a_file_of_very_many_rules_is_looked_at_group_by_group() -> None:
    many = [f"rule Fine{n} {{ condition: true }}\n" for n in range(4 * GROUP)]
    many[GROUP + 7] = "rule Bad { condition: true }\n"
    asked: list[str] = []

    def cost(text: str) -> float:
        asked.append(text)
        return math.inf if len(asked) == 1 or "rule Bad " in text else 0.001

    source = Source("x.yar", "".join(many))
    profile(source, cost)
    assert source.slow == [(GROUP + 8, "Bad: does not end, left out")] and source.rules == 4 * GROUP - 1
    assert len(asked) == 1 + 4 + GROUP


def test_samples_are_the_same_every_time() -> None:
    assert samples() == samples() and all(60_000 < len(s) < 70_000 for s in samples())


@pytest.mark.parametrize(("meta", "expected"), [
    ({}, Severity.HIGH), ({"score": 100}, Severity.HIGH), ({"score": 60}, Severity.MEDIUM), ({"score": 20}, Severity.LOW),
    ({"severity": "medium", "score": 99}, Severity.MEDIUM), ({"severity": "??"}, Severity.HIGH), ({"score": True}, Severity.HIGH),
])
def test_severity_stands_in_the_metadata(meta: dict[str, object], expected: Severity) -> None:
    assert severity(meta) is expected
