from __future__ import annotations

from datetime import timedelta

from gateway.model.deadline import Deadline
from gateway.ops.clock import SystemClock


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_monotonic_clock_never_runs_backwards() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


def test_it_makes_deadlines() -> None:
    clock = SystemClock()
    assert 4 < Deadline.after(clock, 5).left(clock) <= 5
