"""The Voucher port: SPF, DKIM, ARC and DMARC of one message, within a time limit and a budget of look-ups a method."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from gateway.auth import arc, dkim, spf
from gateway.auth.client import Network, behind, reverse
from gateway.auth.dmarc import Evaluation
from gateway.auth.names import ascii_name
from gateway.auth.resolver import Budget, Lookup, TemporaryFailure
from gateway.model.author import Authors, authors
from gateway.model.deadline import Clock, Deadline
from gateway.model.finding import Inspection
from gateway.model.transaction import AuthResult, Direction, Transaction

LONGEST = 15.0                           # seconds for all look-ups of one message
LOOKUPS = {"spf": 130, "dkim": 10, "arc": 60, "dmarc": 60, "iprev": 4}
"""Look-ups a method may make for one message. SPF has its own, lower limits; the largest legal record needs 112."""


class DnsVoucher:
    """Checks mail that comes from outside; our own outbound mail needs nobody's word."""

    def __init__(self, lookup: Lookup, clock: Clock, our_domains: Iterable[str] = (), trusted_sealers: Iterable[str] = (),
                 trusted_relays: Iterable[Network] = ()) -> None:
        self._lookup = lookup
        self._clock = clock
        self._ours = frozenset(our_domains)
        self._trusted = frozenset(trusted_sealers)
        self._relays = tuple(trusted_relays)

    async def vouch(self, transaction: Transaction, inspection: Inspection, headers: bytes) -> tuple[AuthResult, ...]:
        if transaction.direction is not Direction.INBOUND:
            return ()
        seconds = min(LONGEST, transaction.deadline.left(self._clock) / 3)
        deadline = Deadline.after(self._clock, seconds)
        shown = authors(headers)
        evaluation = Evaluation(self._budget("dmarc", deadline), self._ours)
        reverse_path = transaction.envelope.reverse_path
        hashes, now = inspection.summary.body_hashes, self._clock.now()
        session = behind(transaction.session, headers, self._relays)
        sender, client, signatures, chain, _ = await asyncio.gather(
            spf.verify(session, reverse_path.text if reverse_path else None, self._budget("spf", deadline)),
            reverse(session, self._budget("iprev", deadline)),
            dkim.verify(headers, hashes, self._budget("dkim", deadline), now),
            arc.verify(headers, hashes, self._budget("arc", deadline), now, self._trusted),
            _prepare(evaluation, shown))
        facts = [sender, *signatures]
        verdicts = await evaluation.judge(shown, facts, chain.author)
        sealed = [chain.result] if chain.result.result != "none" else []
        return (*facts, *sealed, *verdicts, client)

    def _budget(self, method: str, deadline: Deadline) -> Budget:
        return Budget(self._lookup, LOOKUPS[method], self._clock, deadline)


async def _prepare(evaluation: Evaluation, shown: Authors) -> None:
    """The author's policy is asked for beside everything else; trouble is met again, and said, when it is judged."""
    if shown.contradictory or len(shown.domains) != 1:
        return
    try:
        await evaluation.policy(ascii_name(shown.domains[0]))
    except TemporaryFailure:
        return
