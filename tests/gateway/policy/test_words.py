"""The vocabulary agrees with the model and with the table of tests."""

from __future__ import annotations

import tomllib

import pytest

from gateway.model.decision import Disposition
from gateway.policy import words
from gateway.policy.conditions import ENVELOPE, TESTS

JOINED = {"category", "severity", "count"}                    # parts of the condition `finding`


def test_every_condition_has_its_test_and_the_other_way_round() -> None:
    assert set(words.CONDITIONS) - JOINED == set(TESTS)
    assert set(TESTS) >= ENVELOPE


def test_the_dispositions_offered() -> None:
    assert [d.word for d in words.OFFERED] == ["deliver", "annotate", "strip", "hold", "quarantine", "reject"]
    assert words.DISPOSITION.read("hold") is Disposition.HOLD


@pytest.mark.parametrize("table", [words.CONDITIONS, words.RULE, words.EXCEPTION, words.GROUP])
def test_every_word_is_explained_by_a_valid_example(table: dict[str, words.Word]) -> None:
    for key, word in table.items():
        assert word.doc and word.example, key
        written = tomllib.loads(f"x = {word.example}")["x"]
        if key not in ("any", "not", "when", "scope"):
            word.kind.read(written)
