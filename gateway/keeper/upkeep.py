"""What custody does by itself: sign the audit chain, keep PENDING mail whose edge is gone, expire, sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from gateway.keeper.committer import Committer
from gateway.model.custody import Status
from gateway.model.errors import SekishoError
from gateway.model.ports import Events, Metrics
from quarantine.audit import Follower, checkpoint_event

TICK = 5.0                               # seconds
PENDING_EVERY, EXPIRE_EVERY, SWEEP_EVERY = 6, 60, 720    # ticks: half a minute, five minutes, an hour
INDEXED = 10                             # pieces of an older index that are made anew in one tick; mail comes in between them
GAUGES_EVERY, CHAIN_EVERY = 3, 60        # ticks: a quarter of a minute, five minutes
LEAP = 3600.0                            # seconds between two ticks by which the clock ran on without time passing
DOUBT = 86400.0                          # seconds for somebody to set it right before anything expires by it


@dataclass(slots=True)
class Upkeep:
    committer: Committer
    readers: Executor
    events: Events
    metrics: Metrics | None = None
    follower: Follower | None = None
    indexing: bool = True                # messages of an older version may still lack their place in the index
    ahead: float | None = None           # the clock against the time that passed, at the last tick
    doubtful_until: float = 0.0          # monotonic

    async def run(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(TICK)
            tick += 1
            await self.tick(tick)

    async def tick(self, number: int) -> None:
        """One round; what fails is told and tried again the next time."""
        self.watch_clock()
        try:
            await self.checkpoint()
            await self.batches()
            if number % PENDING_EVERY == 0:
                await self.keep_pending()
            if number % EXPIRE_EVERY == 0:
                await self.expire()
            if number % SWEEP_EVERY == 0:
                await self._thread(self.committer.service.sweep)
            if self.metrics is not None:
                await self.gauges(self.metrics, number)
        except SekishoError as error:
            self.events.emit("incident", part="upkeep", reason=str(error))

    async def checkpoint(self) -> None:
        signed = await self.committer.run(lambda service: service.checkpoint())
        if signed is not None:
            self.events.emit("audit-checkpoint", **checkpoint_event(signed))

    async def batches(self) -> None:
        """Decisions about many messages whose grace is over; then a piece of what an older version did not index."""
        while await self.committer.alone(lambda service: service.carry_out(service.actor)):
            continue
        for _ in range(INDEXED if self.indexing else 0):
            self.indexing = bool(await self.committer.alone(lambda service: service.catch_up()))
            if not self.indexing:
                return

    async def keep_pending(self) -> None:
        service = self.committer.service
        kept = await self.committer.run(lambda s: s.keep_pending(s.now() - service.settings.pending_limit))
        if kept:
            self.events.emit("incident", part="keeper", reason=f"{kept} messages were never confirmed and are kept")

    def watch_clock(self) -> None:
        """A clock that leaps ahead would end what people were promised to find, and nothing brings it back."""
        clock = self.committer.service.clock
        before, self.ahead = self.ahead, clock.now().timestamp() - clock.monotonic()
        leap = self.ahead - before if before is not None else 0.0
        if leap > LEAP:
            self.doubtful_until = clock.monotonic() + DOUBT
            self.events.emit("incident", part="clock", fault="gateway",
                             reason=f"the clock leapt {leap / 3600:.0f} h ahead: nothing expires for a day unless it is set back")
        elif leap < -LEAP:
            self.doubtful_until = 0.0

    async def expire(self) -> None:
        if self.committer.service.clock.monotonic() < self.doubtful_until:
            return
        while ended := await self.committer.alone(lambda service: service.expire()):
            self.events.emit("expired", count=ended)

    async def gauges(self, metrics: Metrics, number: int) -> None:
        if number % GAUGES_EVERY == 1:
            await self._thread(lambda: self.measure(metrics))
        if number % CHAIN_EVERY == 1:
            await self._thread(lambda: self.follow(metrics))

    def measure(self, metrics: Metrics) -> None:
        totals = self.committer.service.totals()
        for status in Status:
            metrics.gauge("sekisho_quarantine_items", totals.items.get(status.value, 0), status=status.value)
        metrics.gauge("sekisho_quarantine_bytes", totals.octets)
        metrics.gauge("sekisho_outbox_entries", totals.waiting)
        metrics.gauge("sekisho_outbox_oldest_seconds", totals.oldest)

    def follow(self, metrics: Metrics) -> None:
        """The whole chain once, then what was added; whatever is wrong stays wrong until the next start."""
        service = self.committer.service
        if self.follower is None:
            self.follower = Follower(service.settings.node)
        with service.snapshot():
            flaw = self.follower.flaw or self.follower.verify(service.ring)
        if flaw is not None:
            self.events.emit("incident", part="audit", reason=f"{flaw.node} {flaw.seq}: {flaw.text}")
        metrics.gauge("sekisho_audit_chain_ok", float(flaw is None))

    async def _thread(self, work: Callable[[], object]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.readers, work)
