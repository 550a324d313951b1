from __future__ import annotations

import pytest

from gateway.console.plots import HEIGHT, LEFT, WIDTH, Series, ceiling, ranked, short, stacked


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (4999, 5000), (5001, 10000)])
def test_the_scale_ends_at_a_round_number(highest: int, top: int) -> None:
    assert ceiling(highest) == top


def test_bars_stand_on_one_another_within_the_plot() -> None:
    plot = stacked("t", ["1/1", "1/2"], [Series("a", "p-one", (3, 0)), Series("b", "p-two", (2, 0))])
    first, second = plot.bars
    assert float(second.y) + float(second.height) == pytest.approx(float(first.y), abs=0.1)
    assert all(float(b.x) >= LEFT and float(b.x) + float(b.width) <= WIDTH and 0 < float(b.y) < HEIGHT for b in plot.bars)
    assert plot.table == [("1/1", [3, 2]), ("1/2", [0, 0])] and plot.total == 5
    assert [m.text for m in plot.scale] == ["0", "2", "5"] and [m.text for m in plot.labels] == ["1/1", "1/2"]


def test_an_empty_plot() -> None:
    plot = stacked("t", [], [])
    assert plot.bars == () and plot.total == 0


def test_a_number_is_seen_however_small() -> None:
    plot = stacked("t", ["a"], [Series("a", "p-one", (10000,)), Series("b", "p-two", (1,))])
    assert float(plot.bars[1].height) == 1.0


def test_ranks() -> None:
    rows = ranked([("b", 2, "/b"), ("a", 4, "/a"), ("c", 2, "")], most=2)
    assert [(r.name, r.width, r.link) for r in rows] == [("a", "100.0", "/a"), ("b", "50.0", "/b")] and ranked([]) == []


def test_short_numbers() -> None:
    assert [short(n) for n in (0, 999, 1000, 1500, 2_000_000)] == ["0", "999", "1k", "1.5k", "2M"]
