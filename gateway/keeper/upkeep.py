"""What custody does by itself: sign the audit chain, keep PENDING mail whose edge is gone, expire, sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from gateway.keeper.committer import Committer
from gateway.model.errors import SekishoError
from gateway.model.ports import Events
from quarantine.audit import checkpoint_event

TICK = 5.0                               # seconds
PENDING_EVERY, EXPIRE_EVERY, SWEEP_EVERY = 6, 60, 720    # ticks: half a minute, five minutes, an hour


@dataclass(slots=True)
class Upkeep:
    committer: Committer
    readers: Executor
    events: Events

    async def run(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(TICK)
            tick += 1
            await self.tick(tick)

    async def tick(self, number: int) -> None:
        """One round; what fails is told and tried again the next time."""
        try:
            await self.checkpoint()
            if number % PENDING_EVERY == 0:
                await self.keep_pending()
            if number % EXPIRE_EVERY == 0:
                await self.expire()
            if number % SWEEP_EVERY == 0:
                await self._thread(self.committer.service.sweep)
        except SekishoError as error:
            self.events.emit("incident", part="upkeep", reason=str(error))

    async def checkpoint(self) -> None:
        signed = await self.committer.run(lambda service: service.checkpoint())
        if signed is not None:
            self.events.emit("audit-checkpoint", **checkpoint_event(signed))

    async def keep_pending(self) -> None:
        service = self.committer.service
        kept = await self.committer.run(lambda s: s.keep_pending(s.now() - service.settings.pending_limit))
        if kept:
            self.events.emit("incident", part="keeper", reason=f"{kept} messages were never confirmed and are kept")

    async def expire(self) -> None:
        while ended := await self.committer.alone(lambda service: service.expire()):
            self.events.emit("expired", count=ended)

    async def _thread(self, work: Callable[[], object]) -> None:
        await asyncio.get_running_loop().run_in_executor(self.readers, work)
