"""The adapter of the Clock port: the only reader of the system's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements `gateway.model.deadline.Clock`."""

    def now(self) -> datetime:
        """Wall clock, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine started, without steps (CLOCK_MONOTONIC)."""
        return time.monotonic()
