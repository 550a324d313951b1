"""Time and size limits. Nothing below the ports reads a clock; it is handed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; what a `Deadline` is made of."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """An absolute instant of `Clock.monotonic`."""

    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        return cls(clock.monotonic() + seconds)

    def left(self, clock: Clock) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.at - clock.monotonic())

    def earlier(self, other: Deadline) -> Deadline:
        return self if self.at <= other.at else other


@dataclass(frozen=True, slots=True)
class Limits:
    """What one inspection may use. Each reached limit is an Incident, never a silent skip."""

    depth: int = 10                      # containers in containers, the message itself being 0
    artifacts: int = 2000                # nodes of the tree
    expanded: int = 512 << 20            # octets of all nodes together
    ratio: int = 100                     # unpacked to packed octets, judged above `ratio_floor`
    ratio_floor: int = 8 << 20           # octets below which a high ratio is ordinary: a blank screen of full HD as bitmap has 6 MB
    memory: int = 1 << 30                # octets of the child's own data
    seconds: float = 60.0                # wall clock of one inspection
    cpu_seconds: float = 30.0            # CPU of one inspection: the message's own budget
    cpu_small: float = 1.5               # of these, what every message has: octets and pieces add to it
    header_bytes: int = 1 << 20          # one header block
    parts: int = 1000                    # MIME parts of one message
    text: int = 64 << 20                 # characters of extracted text kept for the data detectors
    guess_seconds: float = 1.5           # estimated CPU for guessing passwords, over all locked files of one message
    play_seconds: float = 1.0            # CPU for playing the scripts of pages, over all pages of one message; 0: none are played
