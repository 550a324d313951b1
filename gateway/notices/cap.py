"""How many notices one person gets in an hour. What is more comes together in one digest when the hour is over."""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR = 3600.0                            # seconds


@dataclass(slots=True)
class _Window:
    since: float
    sent: int = 0
    waiting: list[str] = field(default_factory=list)


class NoticeCap:
    """Counts per recipient, in hours that begin with the first notice. `now` is seconds of Clock.monotonic."""

    def __init__(self, per_hour: int) -> None:
        self.per_hour = per_hour
        self._windows: dict[str, _Window] = {}

    def allows(self, recipient: str, id: str, now: float) -> bool:
        """True: send this notice. False: it is kept for the digest, under the held message's id."""
        key = recipient.casefold()
        window = self._windows.get(key)
        if window is None or (now - window.since >= HOUR and not window.waiting):
            window = self._windows[key] = _Window(now)
        if window.sent < self.per_hour and not window.waiting:
            window.sent += 1
            return True
        window.waiting.append(id)
        return False

    def due(self, now: float) -> list[tuple[str, tuple[str, ...]]]:
        """Recipients whose hour is over, each with the ids for its digest. They are forgotten with this call."""
        over = [key for key, window in self._windows.items() if now - window.since >= HOUR]
        windows = [(key, self._windows.pop(key)) for key in over]
        return [(key, tuple(window.waiting)) for key, window in windows if window.waiting]

    @property
    def waiting(self) -> int:
        """Notices kept for digests, for the metric."""
        return sum(len(window.waiting) for window in self._windows.values())
