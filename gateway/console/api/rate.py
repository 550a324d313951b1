"""How often a program may ask: a bucket for each token that fills by the minute, and one for wrong tokens of an address."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from gateway.model.deadline import Clock

KEPT = 10_000                            # buckets at a time; the fullest go first, since they limit nobody
WRONG_A_MINUTE = 20.0


@dataclass(slots=True)
class Buckets:
    """Thread-safe. A full bucket holds a minute's worth."""

    clock: Clock
    left: dict[str, tuple[float, float]] = field(default_factory=dict)       # key -> (drops, when they were counted)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, key: str, a_minute: float, take: float = 1.0) -> float:
        """Seconds to wait; 0.0 where it was granted. `take=0` only asks."""
        now = self.clock.monotonic()
        with self.lock:
            drops, at = self.left.get(key, (a_minute, now))
            drops = min(a_minute, drops + max(0.0, now - at) * a_minute / 60)
            if drops < 1.0:
                self.left[key] = (drops, now)
                return (1.0 - drops) * 60 / a_minute
            self.left[key] = (drops - take, now)
            if len(self.left) > KEPT:
                self._forget()
        return 0.0

    def _forget(self) -> None:
        for key in sorted(self.left, key=lambda one: -self.left[one][0])[:KEPT // 2]:
            del self.left[key]
