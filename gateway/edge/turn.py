"""One message at a time between its final dot to the next hop and our answer to the client.

A crash in that window makes a duplicate (RFC 1047): the next hop has the message, and the client sends it again. While next
hops answer at once, the final dots of one process therefore leave one after the other, so that a crash can hit one message.
A slow next hop gets them side by side, as it must.
"""

from __future__ import annotations

import asyncio
import contextlib

from gateway.model.deadline import Clock

PATIENCE = 0.05                          # seconds that a message waits for the one before it
SHARE = 0.2                              # of the newest window in the running mean


class Turn:
    """One in a process; see `Window`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.mean = 0.0                  # seconds of a window, of late
        self._lock = asyncio.Lock()
        self._since = 0.0                # when the present holder began

    async def take(self) -> bool:
        """Whether the turn is ours. False: windows are long at present, and nobody waits for them."""
        now = self.clock.monotonic()
        if self.mean > PATIENCE or (self._lock.locked() and now - self._since > PATIENCE):
            return False
        with contextlib.suppress(TimeoutError):
            if self._lock.locked():
                async with asyncio.timeout(PATIENCE):
                    await self._lock.acquire()
            else:
                await self._lock.acquire()
            self._since = self.clock.monotonic()
            return True
        return False

    def end(self, seconds: float, ours: bool) -> None:
        self.mean += (seconds - self.mean) * SHARE
        if ours:
            self._lock.release()


class Window:
    """The window of one message: `open` before its final dot, `close` after our answer. Both may be called twice."""

    def __init__(self, turn: Turn | None) -> None:
        self._turn = turn
        self._opened: float | None = None
        self._ours = False

    async def open(self) -> None:
        if self._turn is not None and self._opened is None:
            self._ours = await self._turn.take()
            self._opened = self._turn.clock.monotonic()

    def close(self) -> None:
        if self._turn is not None and self._opened is not None:
            self._turn.end(self._turn.clock.monotonic() - self._opened, self._ours)
            self._opened = None
