from __future__ import annotations

from gateway.console.api import rate
from gateway.console.api.rate import Buckets
from tests.builders.custody import FakeClock


def test_a_bucket_fills_by_the_minute() -> None:
    clock = FakeClock()
    buckets = Buckets(clock)
    assert [buckets.wait("a", 3.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert buckets.wait("a", 3.0) == 20.0 and buckets.wait("b", 3.0) == 0.0
    clock.forward(seconds=20)
    assert buckets.wait("a", 3.0) == 0.0 and buckets.wait("a", 3.0) == 20.0
    clock.forward(hours=1)
    assert [buckets.wait("a", 3.0) for _ in range(4)] == [0.0, 0.0, 0.0, 20.0], "no more than a minute's worth is saved"


def test_asking_takes_nothing_and_a_clock_set_back_gives_nothing() -> None:
    clock = FakeClock()
    buckets = Buckets(clock)
    assert all(buckets.wait("a", 1.0, take=0.0) == 0.0 for _ in range(5)) and buckets.wait("a", 1.0) == 0.0
    clock.forward(hours=-1)
    assert buckets.wait("a", 1.0) == 60.0


def test_memory_is_bounded() -> None:
    buckets = Buckets(FakeClock())
    for n in range(rate.KEPT + 10):
        buckets.wait(str(n), 5.0)
    assert len(buckets.left) <= rate.KEPT
