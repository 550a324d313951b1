"""The connections to one listener's next hop: how many, which are reused, which hop is tried first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from typing import Protocol

from gateway.edge.client import Extensions, State, Verb
from gateway.edge.settings import Hop, NextHopSettings
from gateway.edge.transport import EARLY, Connection, ConnectionLost, connect
from gateway.model.deadline import Clock
from gateway.model.errors import NextHopUnavailable

AVOID = 30.0                             # seconds in which a hop that failed is tried last
AGAIN = 5.0                              # seconds until the next try to learn them
LEARN = 60.0                             # seconds after which idle knowledge of the extensions is refreshed


class Parked(Protocol):
    def release(self) -> None:
        """Gives its connection back although its transaction is not over."""
        ...


class NextHop:
    """Caps, reuse and failover of one next hop in one process."""

    def __init__(self, settings: NextHopSettings, hostname: str, clock: Clock) -> None:
        self.settings = settings
        self.hostname = hostname
        self.extensions: Extensions | None = None     # as last seen; None before the first connection
        self.asking: Counter[object] = Counter()      # offers under way, by envelope
        self.learning = False            # `learn` is under way
        self._clock = clock
        self._open = 0
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._parked: OrderedDict[Parked, float] = OrderedDict()      # and until when, of the loop's clock
        self._unparking: asyncio.TimerHandle | None = None            # one for all of them
        self._failed: dict[Hop, float] = {}
        self._closed = False
        self._learned = -LEARN

    async def acquire(self, seconds: float, fresh: bool = False) -> Connection:
        """A READY connection. Raises NextHopUnavailable, also where the cap leaves none in time."""
        kept = None if fresh else self._take_idle()
        if kept is None:
            kept = await self._slot(seconds)
        if kept is not None and not fresh:
            return kept
        if kept is not None:
            kept.quit()
        connection: Connection | None = None
        try:
            connection = await self._connect()
        finally:
            if connection is None:
                self._free()
        self.extensions, self._learned = connection.client.extensions, self._clock.monotonic()
        return connection

    def release(self, connection: Connection) -> None:
        """Takes a connection back. It is kept only where the last transaction left it clean."""
        client = connection.client
        clean = (connection.usable and not client.refused and client.resets <= self.settings.resets
                 and not self._closed)
        if clean:
            connection.used += 1
            if self._hand_over(connection):
                return
            connection.idle_since = self._clock.monotonic()
            self._idle.append(connection)
            return
        connection.quit()
        self._free()

    def park(self, transaction: Parked) -> None:
        """The transaction holds a connection it does not use now; it gives it back when others wait, or after a while."""
        loop = asyncio.get_running_loop()
        self._parked[transaction] = loop.time() + self.settings.parked
        if self._unparking is None:
            self._unparking = loop.call_later(self.settings.parked, self._parked_long)
        if self._waiting:
            transaction.release()

    def unpark(self, transaction: Parked) -> None:
        self._parked.pop(transaction, None)

    def _parked_long(self) -> None:
        self._unparking = None
        loop = asyncio.get_running_loop()
        while self._parked:
            transaction, until = next(iter(self._parked.items()))
            if until > loop.time() + EARLY:
                self._unparking = loop.call_at(until, self._parked_long)
                return
            del self._parked[transaction]
            transaction.release()

    def tend(self) -> None:
        """Called every second: quits connections that nobody used for long."""
        now = self._clock.monotonic()
        old = [c for c in self._idle if now - c.idle_since >= self.settings.idle or not c.usable]
        for connection in old:
            self._idle.remove(connection)
            connection.quit()
            self._free()

    @property
    def stale(self) -> bool:
        """What the next hop offers is not known, or not of late."""
        return self._clock.monotonic() - self._learned >= LEARN

    @property
    def up(self) -> bool:
        """One of its hops answered when it was last asked, or none was asked yet."""
        return not all(hop in self._failed for hop in self.settings.hops)

    async def learn(self) -> None:
        """Asks the next hop what it offers, so that EHLO can promise it. Failure is no news."""
        self.learning = True
        self._learned = self._clock.monotonic() - LEARN + AGAIN      # where this fails
        try:
            with contextlib.suppress(NextHopUnavailable):
                self.release(await self.acquire(self.settings.connect, fresh=True))
        finally:
            self.learning = False

    def close(self) -> None:
        """No connection is kept from here on; those in use end with their transaction."""
        self._closed = True
        if self._unparking is not None and not self._parked:
            self._unparking.cancel()
            self._unparking = None
        for connection in self._idle:
            connection.quit()
            self._free()
        self._idle.clear()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.quit()
            self._free()
        return None

    async def _slot(self, seconds: float) -> Connection | None:
        """The right to one connection: a used one that was handed over, or None for one to be opened."""
        if self._open < self.settings.connections and not self._waiting:
            self._open += 1
            return None
        if self._idle:
            return self._idle.pop(0)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._parked:
            next(iter(self._parked)).release()
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except TimeoutError:
            if turn.done() and not turn.cancelled() and not self._hand_over(turn.result()):
                self._free()
            raise NextHopUnavailable(f"all {self.settings.connections} connections are in use") from None
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(turn)

    def _free(self) -> None:
        """One connection less: its slot goes to the one who waits longest."""
        if not self._hand_over(None):
            self._open -= 1

    def _hand_over(self, connection: Connection | None) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    async def _connect(self) -> Connection:
        now = self._clock.monotonic()
        hops = sorted(self.settings.hops, key=lambda h: now - self._failed.get(h, -AVOID) < AVOID)
        problem = NextHopUnavailable("no next hop is configured")
        for hop in hops:
            try:
                connection = await connect(hop, self.settings, self.hostname)
            except NextHopUnavailable as error:
                self._failed[hop] = self._clock.monotonic()
                problem = error
            else:
                self._failed.pop(hop, None)
                return connection
        raise problem


async def reset(connection: Connection, seconds: float) -> bool:
    """RSET; whether the connection may go on."""
    if connection.lost is not None or connection.client.state is not State.MAIL:
        return connection.usable
    try:
        connection.send(Verb.RSET)
        answers = await connection.replies(seconds)
    except ConnectionLost:
        return False
    return answers[-1][1].positive
