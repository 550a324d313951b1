"""The Voucher port: every method of sender authentication, one after the other, within a time limit."""

from __future__ import annotations

import asyncio

from gateway.auth import dkim
from gateway.auth.resolver import TextLookup
from gateway.model.deadline import Clock
from gateway.model.finding import Inspection
from gateway.model.transaction import AuthResult, Direction, Transaction

LONGEST = 15.0                           # seconds for all look-ups of one message


class DnsVoucher:
    """Checks mail that comes from outside; our own outbound mail needs nobody's word."""

    def __init__(self, lookup: TextLookup, clock: Clock) -> None:
        self._lookup = lookup
        self._clock = clock

    async def vouch(self, transaction: Transaction, inspection: Inspection, headers: bytes) -> tuple[AuthResult, ...]:
        if transaction.direction is not Direction.INBOUND:
            return ()
        seconds = min(LONGEST, transaction.deadline.left(self._clock) / 3)
        try:
            async with asyncio.timeout(seconds):
                return tuple(await dkim.verify(headers, inspection.summary.body_hashes, self._lookup, self._clock.now()))
        except TimeoutError:
            return (AuthResult("dkim", "temperror", detail="look-ups took too long"),)
