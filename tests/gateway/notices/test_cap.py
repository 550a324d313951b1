"""Fifty blocks in an hour are some notices and one digest."""

from __future__ import annotations

from gateway.notices import NoticeCap
from gateway.notices.cap import HOUR


def test_fifty_blocks_in_an_hour() -> None:
    cap = NoticeCap(20)
    sent = [cap.allows("ann@bank.example", f"m{n}", n * 60.0) for n in range(50)]
    assert sent == [True] * 20 + [False] * 30
    assert cap.waiting == 30 and cap.due(HOUR - 1) == []
    assert cap.due(HOUR) == [("ann@bank.example", tuple(f"m{n}" for n in range(20, 50)))]
    assert cap.due(HOUR) == [] and cap.waiting == 0
    assert cap.allows("ann@bank.example", "next", HOUR + 1)


def test_each_reader_has_an_own_count_and_case_does_not_double_it() -> None:
    cap = NoticeCap(1)
    assert cap.allows("a@x", "1", 0.0) and cap.allows("b@x", "2", 0.0)
    assert not cap.allows("A@X", "3", 1.0)


def test_nothing_overtakes_what_waits() -> None:
    cap = NoticeCap(1)
    cap.allows("a@x", "1", 0.0)
    cap.allows("a@x", "2", 1.0)
    assert not cap.allows("a@x", "3", HOUR + 5)               # the digest is due and not yet fetched
    assert cap.due(HOUR + 5) == [("a@x", ("2", "3"))]


def test_quiet_readers_are_forgotten() -> None:
    cap = NoticeCap(1)
    for n in range(1000):
        cap.allows(f"u{n}@x", "m", 0.0)
    assert cap.due(HOUR) == [] and cap._windows == {}
