"""Delivers what custody sends, releases and notices: the Delivery port on the same client as passing mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gateway.edge.nexthop import NextHop
from gateway.edge.relayer import NextHopRelayer
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import NextHopUnavailable
from gateway.model.ports import RelayResult
from gateway.model.transaction import Envelope


class SmtpDelivery:
    """`next_hops`: listener name -> its next hop; "" is where notices go. Lives in one event loop."""

    def __init__(self, next_hops: Mapping[str, NextHop], clock: Clock) -> None:
        self._next_hops = next_hops
        self._clock = clock

    async def deliver(self, envelope: Envelope, head: bytes, fd: int, size: int, listener: str,
                      deadline: Deadline) -> RelayResult:
        """See the port. Recipients the next hop refuses do not stop the others; they are named in the result."""
        next_hop = self._next_hops.get(listener) or self._next_hops.get("")
        if next_hop is None:
            raise NextHopUnavailable(f"listener {listener} has no next hop any more")
        relayer = NextHopRelayer(next_hop, self._clock, len(head) + size)
        result = await relayer.relay(envelope, envelope.recipients, head, fd, 0, size, deadline)
        left = tuple(r for r in envelope.recipients if r.mailbox.text not in result.refused)
        if not result.refused or not left:
            return result
        second = await relayer.relay(replace(envelope, recipients=left), left, head, fd, 0, size, deadline)
        return replace(second, refused={**result.refused, **second.refused})

    def tend(self) -> None:
        """Called now and then: lets go of connections that nobody used for long."""
        for next_hop in self._next_hops.values():
            next_hop.tend()

    def close(self) -> None:
        for next_hop in self._next_hops.values():
            next_hop.close()
