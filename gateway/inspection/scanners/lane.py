"""One scanner with its limits: how long it may take, what it is not asked, what its silence means, what it said before."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.inspection.scanners.base import Said, Scanner, ScannerFailed, TooLarge
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import InspectionUnavailable
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Severity
from gateway.model.ports import Events, Metrics
from gateway.model.transaction import Direction

REMEMBERED = 20_000                      # verdicts
FRESH = 3600.0                           # seconds that a verdict is believed, even of the same signatures
VERSION_EVERY = 15.0                     # seconds between questions for the version
ASLEEP = 5.0                             # seconds without a question after FAILURES failures in a row
FAILURES = 3


class Fail(StrEnum):
    """What it means that a scanner gives no verdict."""

    DEFER = "defer"                      # 451, the sender tries again; what is too large for it is held
    HOLD = "hold"                        # an incident of the message
    PASS = "pass"                        # noqa: S105 - a finding that says so, and nothing else


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of a lane."""

    name: str
    timeout: float
    fail: Fail
    max_size: int
    directions: frozenset[Direction]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a lane adds to an inspection."""

    findings: tuple[Finding, ...] = ()
    incidents: tuple[Incident, ...] = ()
    version: str = ""


@dataclass(slots=True)
class Lane:
    terms: Terms
    scanner: Scanner
    clock: Clock
    events: Events
    metrics: Metrics
    known: OrderedDict[tuple[str, str], tuple[Said, float]] = field(default_factory=OrderedDict)
    version: str = ""
    asked_at: float = -1e9
    failures: int = 0
    asleep_until: float = -1e9

    async def ask(self, fd: int, size: int, sha256: str, direction: Direction, deadline: Deadline) -> Heard:
        """Findings and incidents about a message whose hash the caller took. Raises InspectionUnavailable (fail = defer)."""
        if direction not in self.terms.directions:
            return Heard()
        began = self.clock.monotonic()
        try:
            said = await self._said(fd, size, sha256, deadline)
        except ScannerFailed as failure:
            return self._failed(failure)
        finally:
            self.metrics.observe("sekisho_stage_seconds", self.clock.monotonic() - began, stage=self.terms.name)
        self._count("found" if said.names else "clean")
        return Heard(tuple(self._finding(name) for name in said.names), version=f"{self.terms.name}={said.version}")

    async def _said(self, fd: int, size: int, sha256: str, deadline: Deadline) -> Said:
        if size > self.terms.max_size:
            raise TooLarge(f"larger than {self.terms.max_size} octets")
        if self.clock.monotonic() < self.asleep_until:
            raise ScannerFailed("it failed a moment ago and is not asked")
        try:
            async with asyncio.timeout(min(self.terms.timeout, deadline.left(self.clock))):
                said = await self._looked(fd, size, sha256)
        except TimeoutError:
            self._stumbled()
            raise ScannerFailed(f"no verdict within {self.terms.timeout:g} s") from None
        except TooLarge:
            raise
        except ScannerFailed:
            self._stumbled()
            raise
        self.failures = 0
        return said

    async def _looked(self, fd: int, size: int, sha256: str) -> Said:
        """From memory where the same octets were seen by the same signatures; what changed meanwhile is not remembered."""
        version = await self._version()
        known = self.known.get((sha256, version))
        if known is not None and self.clock.monotonic() - known[1] < FRESH:
            self.known.move_to_end((sha256, version))
            return known[0]
        fresh = await self.scanner.scan(fd, size)
        if fresh.version and fresh.version != version:
            self.version, version = fresh.version, fresh.version
        said = Said(fresh.names, version)
        if version:
            self.known[(sha256, version)] = (said, self.clock.monotonic())
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return said

    async def _version(self) -> str:
        if self.clock.monotonic() - self.asked_at > VERSION_EVERY:
            self.version = await self.scanner.version()
            self.asked_at = self.clock.monotonic()
        return self.version

    def _stumbled(self) -> None:
        self.failures += 1
        self.asked_at = -1e9                 # it may come back with other signatures
        if self.failures >= FAILURES:
            self.asleep_until = self.clock.monotonic() + ASLEEP

    def _failed(self, failure: ScannerFailed) -> Heard:
        self._count("failed")
        name, why = self.terms.name, str(failure)
        self.events.emit("incident", part="scanner", scanner=name, fault="gateway", reason=why)
        if self.terms.fail is Fail.PASS:
            return Heard((Finding("SIGNATURE-NOT-SCANNED", "signature", Severity.LOW, 0, (name,), rule=name),))
        if isinstance(failure, TooLarge):
            return Heard(incidents=(Incident(IncidentCode.SIZE, 0, Fault.MESSAGE, f"{name}: {why}"),))
        if self.terms.fail is Fail.DEFER:
            raise InspectionUnavailable(f"{name}: {why}")
        return Heard(incidents=(Incident(IncidentCode.UNSUPPORTED, 0, Fault.MESSAGE, f"{name}: {why}"),))

    def _finding(self, found: str) -> Finding:
        name = self.terms.name
        return Finding("SIGNATURE-SCANNER", "signature", Severity.CRITICAL, 0, (f"{name}: {found}",), rule=name)

    def _count(self, outcome: str) -> None:
        self.metrics.count("sekisho_scanner_verdicts_total", scanner=self.terms.name, outcome=outcome)
