"""What custody does without being asked: mail that may pass without a part, who decides about leaks, and who decides next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.keeper.committer import Committer
from gateway.keeper.offending import Decide, offending
from gateway.keeper.rounds import rounds
from gateway.model.errors import CustodyUnavailable, SekishoError
from gateway.model.ports import Events

T = TypeVar("T")
TICK = 1.0                               # seconds between looks; what is admitted wakes it at once
LATE_EVERY, FORGET_EVERY = 5.0, 3600.0  # seconds between looks at deadlines, and at links that are over

Met = Callable[[str, Sequence[str]], Sequence[str]]


@dataclass(slots=True)
class Attendant:
    """Part of the keeper. `met` is gateway.journal.acquainted, or None."""

    committer: Committer
    readers: Executor
    events: Events
    now: Callable[[], float]             # monotonic seconds
    met: Met | None = None
    decide: Decide | None = None         # today's policy
    done: Callable[[], None] = lambda: None      # something waits in the outbox
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    late_at: float = 0.0
    forget_at: float = 0.0

    async def run(self) -> None:
        await rounds("attendant", self.round, self.wake, TICK, self.events)

    async def round(self) -> int:
        """One look at everything; how many messages were attended to or passed on."""
        count = 0
        for id in await self._read(lambda: self.committer.service.to_attend()):
            count += await self._attend(id)
        now = self.now()
        if now >= self.late_at:
            self.late_at = now + LATE_EVERY
            while passed := await self.committer.run(lambda service: service.escalate()):
                count += passed
        if now >= self.forget_at:
            self.forget_at = now + FORGET_EVERY
            await self.committer.run(lambda service: service.forget_passes())
        if count:
            self.done()
        return count

    async def _attend(self, id: str) -> bool:
        try:
            met, without = await self._read(lambda: (self._known(id), self._offending(id)))
            done = await self.committer.run(lambda service: service.attend(id, met, without))
        except CustodyUnavailable:
            raise                        # it passes; nothing was changed
        except SekishoError as error:    # decided meanwhile, or its seal is broken: it must not stand in the way of the others
            self.events.emit("incident", part="attendant", id=id, reason=str(error))
            await self.committer.run(lambda service: service.leave(id))
            return False
        return bool(done)

    def _offending(self, id: str) -> Sequence[str]:
        admission = self.committer.service.to_strip(id) if self.decide is not None else None
        return offending(admission, self.decide) if admission is not None and self.decide is not None else ()

    def _known(self, id: str) -> Sequence[str]:
        if self.met is None:
            return ()
        sender, outside = self.committer.service.correspondents(id)
        try:
            return self.met(sender, outside)
        except SekishoError as error:    # then everybody is a stranger: more is shown, not less
            self.events.emit("incident", part="attendant", id=id, reason=str(error))
            return ()

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)
