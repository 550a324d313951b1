"""Whether work grows with its input and no faster: processor time of n and of 4n, by the best of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SMALL = 0.1
"""Seconds for 4n that need no comparison: inputs are chosen so that quadratic work takes several times as long."""
RATIO = 9.0                              # linear work has 4, quadratic 16


def linear(run: Callable[[T], object], make: Callable[[int], T], count: int) -> bool:
    """`make(count)` and `make(4 * count)` are given to `run`."""
    one, four = make(count), make(4 * count)
    return any((long := _cost(run, four)) < SMALL or long < RATIO * _cost(run, one) for _ in range(3))


def _cost(run: Callable[[T], object], data: T) -> float:
    began = time.process_time()
    run(data)
    return time.process_time() - began
