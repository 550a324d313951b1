"""Who may connect, and how many at once: caps and rates over all sessions of one process. No I/O.

Under an attack the newest client is not the one to pay: when the table is full, the connection that is idle between
transactions for the longest time makes room (Postfix postscreen and Haraka refuse the newcomer instead, so an attacker who
opens enough connections shuts everybody out).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from gateway.edge.settings import AdmissionLimits, ListenerSettings

WINDOW = 60.0                            # seconds over which rates count
SETTLED = 1.0                            # seconds a connection may count on before it can be asked to make room
STRESS = 0.8                             # of all connections: from here on clients get less patience


class Evictable(Protocol):
    def evict(self) -> None:
        """Says 421 and closes."""
        ...


@dataclass(slots=True)
class Tally:
    """What one address did in the present window."""

    start: float
    connects: int = 0
    messages: int = 0
    recipients: int = 0


class Admission:
    """All times are of Clock.monotonic and are handed in."""

    def __init__(self, limits: AdmissionLimits) -> None:
        self.limits = limits
        self.open = 0
        self._idle: OrderedDict[Evictable, float] = OrderedDict()
        self._per_address: dict[str, int] = {}
        self._tallies: OrderedDict[str, Tally] = OrderedDict()

    @property
    def stress(self) -> bool:
        return self.open >= self.limits.connections * STRESS

    def connect(self, listener: ListenerSettings, address: str, now: float) -> bool:
        """Counts one connection in, or refuses it. What is counted in must be counted out by `leave`."""
        bounded = not self._exempt(listener, address)
        if bounded:
            tally = self._tally(address, now)
            tally.connects += 1
            if tally.connects > self.limits.connects or self._per_address.get(address, 0) >= self.limits.per_address:
                return False
        if self.open >= self.limits.connections and not self._make_room(now):
            return False
        self.open += 1
        self._per_address[address] = self._per_address.get(address, 0) + 1
        return True

    def rename(self, listener: ListenerSettings, peer: str, client: str, now: float) -> bool:
        """A PROXY header named the client: the connection counts as its from here on, even where it is refused."""
        crowded = self._per_address.get(client, 0) >= self.limits.per_address
        self._per_address[client] = self._per_address.get(client, 0) + 1
        self._uncount(peer)
        if self._exempt(listener, client):
            return True
        tally = self._tally(client, now)
        tally.connects += 1
        return not crowded and tally.connects <= self.limits.connects

    def leave(self, address: str) -> None:
        self.open -= 1
        self._uncount(address)

    def _uncount(self, address: str) -> None:
        left = self._per_address.get(address, 0) - 1
        if left > 0:
            self._per_address[address] = left
        else:
            self._per_address.pop(address, None)

    def message(self, listener: ListenerSettings, address: str, now: float) -> bool:
        """Counts one MAIL; False above the rate."""
        if self._exempt(listener, address):
            return True
        tally = self._tally(address, now)
        tally.messages += 1
        return tally.messages <= self.limits.messages

    def recipient(self, listener: ListenerSettings, address: str, now: float) -> bool:
        """Counts one RCPT; False above the rate."""
        if self._exempt(listener, address):
            return True
        tally = self._tally(address, now)
        tally.recipients += 1
        return tally.recipients <= self.limits.recipients

    def idle(self, session: Evictable, now: float) -> None:
        """The session is between transactions: it may be asked to make room."""
        self._idle.setdefault(session, now)

    def busy(self, session: Evictable) -> None:
        self._idle.pop(session, None)

    def _exempt(self, listener: ListenerSettings, address: str) -> bool:
        return address in self.limits.exempt or address in listener.trust

    def _make_room(self, now: float) -> bool:
        if not self._idle:
            return False
        session, since = next(iter(self._idle.items()))
        if now - since < SETTLED:
            return False
        del self._idle[session]
        session.evict()
        return True

    def _tally(self, address: str, now: float) -> Tally:
        while self._tallies:
            oldest = next(iter(self._tallies.values()))
            if now - oldest.start < WINDOW:
                break
            self._tallies.popitem(last=False)
        tally = self._tallies.get(address)
        if tally is None:
            tally = self._tallies[address] = Tally(now)
        return tally
