"""How a detector talks to the cell.

A detector is made anew for each message by a factory in the one explicit list `gateway.detect.registry.DETECTORS`, so it
may keep what it saw of this message. `look` is called once per artifact with distinct content, `conclude` once at the end.
It reads no clock, does no I/O, and never decides: it yields Findings with masked evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gateway.model.content import Sample
from gateway.model.finding import Finding
from gateway.model.transaction import Direction

if TYPE_CHECKING:
    from gateway.reference import Reference


@dataclass(frozen=True, slots=True)
class Scope:
    """What a detector may know of the message beside its artifacts."""

    direction: Direction
    reverse_path: str
    recipients: tuple[str, ...]
    our_domains: tuple[str, ...]
    reference: Reference | None = None   # the firm's own tables, documents and numbers, opened before the lockdown
    rules: object | None = None          # a gateway.detect.yara_rules.RuleSet; None: the packaged rules
    partner_domains: tuple[str, ...] = ()  # of others whom strangers may want to imitate
    protected_names: tuple[str, ...] = ()  # of people in our house, spellings separated by commas

    @property
    def outbound(self) -> bool:
        return self.direction is not Direction.INBOUND


@dataclass(slots=True)
class Tally:
    """What the data detectors counted over the whole message; copied into the Inspection."""

    identifiers: dict[str, int] = field(default_factory=dict)
    persons: int = 0
    contacts: int = 0


class TooMuch(Exception):
    """There is more in the message than any honest one has: raised by a detector, an incident of the message (COUNT)."""


@dataclass(slots=True)
class Allowance:
    """How many of something are looked at in one message."""

    left: int

    def spend(self, number: int = 1) -> None:
        """Takes so many. Raises TooMuch where fewer are left."""
        self.left -= number
        if self.left < 0:
            raise TooMuch


class Detector(Protocol):
    def look(self, sample: Sample) -> Iterable[Finding]: ...

    def conclude(self, tally: Tally) -> Iterable[Finding]: ...


DetectorFactory = Callable[[Scope], Detector]
