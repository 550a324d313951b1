"""Waiting for a state instead of a time: a busy machine is late, and a test that slept knows nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

HUNG = 60.0                              # seconds after which a machine is not busy but something hangs


async def until(condition: Callable[[], object], seconds: float = HUNG) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    assert condition()
