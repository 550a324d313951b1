"""One table into one section: every problem is told, and the rest is still read."""

from __future__ import annotations

import pytest

from gateway.config.cell import Limits
from gateway.config.schema import Listener
from gateway.config.tables import nearest, read_table


def test_all_problems_of_a_table_are_told() -> None:
    told: list[tuple[str, str]] = []
    limits = read_table(Limits, {"depht": 3, "depth": "x", "memory": "2GiB"}, "[limits]", lambda m, k: told.append((m, k)))
    assert told == [
        ('[limits] has no setting `depht`: did you mean "depth"?', "depht"),
        ('[limits] depth: a whole number without quotes is wanted, not "x"', "depth"),
    ]
    assert limits is not None and limits.depth == 10 and limits.memory == 2 << 30


def test_an_include_in_a_section_is_told_where_it_belongs() -> None:
    told: list[str] = []
    read_table(Limits, {"include": ["conf.d/*.toml"]}, "[limits]", lambda m, k: told.append(m))
    assert told == ["`include` belongs to no section: it stands above the first one"]


def test_what_is_required_must_be_there() -> None:
    told: list[str] = []
    assert read_table(Listener, {"name": "a", "address": "x"}, "[[listener]]", lambda m, k: told.append(m)) is None
    assert any(m.startswith("[[listener]] needs `direction`: ") for m in told)
    assert any(m.startswith("[[listener]] needs `next_hop`: ") for m in told)
    assert any(m.startswith("[[listener]] address: ") for m in told)


@pytest.mark.parametrize(("word", "answer"), [("listner", ': did you mean "listener"?'), ("zzz", "")])
def test_nearest(word: str, answer: str) -> None:
    assert nearest(word, ["listener", "limits"]) == answer
