"""Held mail judged again with a password: one that a person gives, or one that came with a later mail.

The inspection is the cell's and the decision today's policy's, as if the mail came now and could be opened. No password
is ever in an event, an error or the audit chain.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gateway.keeper.committer import Committer
from gateway.keeper.rounds import rounds
from gateway.model.custody import Actor, Admission
from gateway.model.decision import Decision, Disposition, Kind
from gateway.model.errors import GatewayFault, SekishoError
from gateway.model.finding import Fault, Inspection, Verdict
from gateway.model.ports import Events, Rescan
from gateway.model.report import report
from quarantine.custodian import KEEPER
from quarantine.lifecycle import Refusal, Refused
from quarantine.rejudging import Judged, Opened, offered

TICK = 5.0                               # seconds between looks at what waits; a new word is looked at at once
MOST_GIVEN = 20                          # passwords that a person gives at a time
LONGEST = 128                            # characters of one
NO_CELL = Refusal("NO-CELL", "no cell is there to judge the message again")
BAD_PASSWORDS = Refusal("BAD-PASSWORDS", f"give 1 to {MOST_GIVEN} passwords of at most {LONGEST} characters each")
KINDS = {Verdict.SENSITIVE: Kind.LEAK, Verdict.UNINSPECTABLE: Kind.UNINSPECTABLE}

Decide = Callable[[Admission, Inspection], Sequence[Decision]]
T = TypeVar("T")


@dataclass(slots=True)
class Rejudge:
    """Part of the keeper. `rejudge` may be called at any time; `run` does what waits."""

    committer: Committer
    readers: Executor
    cell: Rescan | None
    decide: Decide | None
    events: Events
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    one: asyncio.Lock = field(default_factory=asyncio.Lock)      # a flood of words must not take the cell from releases

    async def run(self) -> None:
        await rounds("rejudge", self.waiting, self.wake, TICK, self.events)

    async def waiting(self) -> int:
        """Judge what is marked, with the words that are remembered; how many were judged."""
        done = 0
        for id in await self._read(lambda: self.committer.service.to_recheck()):
            try:
                done += await self._recheck(id)
            except Refused:
                await self.committer.run(lambda s, id=id: s.rechecked(id, tried=False))      # type: ignore[misc]
            except GatewayFault as error:        # the mark stays: a later round tries again, after what was not tried yet
                self.events.emit("incident", part="rejudge", id=id, reason=str(error))
                await self.committer.run(lambda s, id=id: s.rechecked(id, tried=True, again=True))     # type: ignore[misc]
            except SekishoError as error:        # its content cannot be read: no word helps
                self.events.emit("incident", part="rejudge", id=id, reason=str(error))
                await self.committer.run(lambda s, id=id: s.rechecked(id, tried=True))      # type: ignore[misc]
        return done

    async def _recheck(self, id: str) -> bool:
        words = await self._read(lambda: self.committer.service.words_for(id))
        if words and self.cell is not None and self.decide is not None:
            await self._judge(id, words, KEEPER)
        if await self.committer.run(lambda s: s.rechecked(id, tried=bool(words), known=words)):
            self.wake.set()              # who brought the word was told that a look is under way
        return bool(words)

    async def rejudge(self, id: str, passwords: Sequence[str], actor: Actor = KEEPER) -> Opened:
        """What these passwords make of a held message. Raises Refused (not theirs, not open, no such), GatewayFault."""
        if not 0 < len(passwords) <= MOST_GIVEN or any(not 0 < len(p) <= LONGEST for p in passwords):
            raise Refused(BAD_PASSWORDS)
        return await self._judge(id, tuple(passwords), actor)

    async def _judge(self, id: str, passwords: tuple[str, ...], actor: Actor) -> Opened:
        if self.cell is None or self.decide is None:
            raise Refused(NO_CELL)
        async with self.one:
            content = await self._read(lambda: self.committer.service.unlock(actor, id))
            try:
                admission = replace(content.admission, passwords=offered(content.admission, passwords))
                inspection = await self.cell.rescan(content.fd, content.size, admission)
            finally:
                os.close(content.fd)
            if any(i.fault is Fault.GATEWAY for i in inspection.incidents):
                raise GatewayFault("the message could not be judged again; try later")
            judged = judged_anew(admission, inspection, self.decide(admission, inspection))
            outcome = await self.committer.run(lambda s: s.judged_again(actor, id, judged, passwords))
        self.events.emit("rejudged", id=id, outcome=outcome.value, verdict=judged.verdict, rule=judged.rule)
        return outcome

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)


def judged_anew(admission: Admission, inspection: Inspection, decisions: Sequence[Decision]) -> Judged:
    """The strongest decision speaks for all held recipients. Raises GatewayFault where policy cannot decide now."""
    strongest = max(decisions, key=lambda d: (d.disposition, d.verdict), default=None)
    if strongest is None or strongest.disposition is Disposition.DEFER:
        raise GatewayFault("the message cannot be decided now; try later")
    stored = report(admission.sha256, admission.direction, inspection, decisions) | {"auth": admission.inspection.get("auth", [])}
    word = Disposition.HOLD if strongest.disposition is Disposition.HOLD else Disposition.QUARANTINE
    return Judged(
        holds=strongest.disposition >= Disposition.STRIP, kind=KINDS.get(strongest.verdict, Kind.THREAT),
        verdict=strongest.verdict.word, disposition=word.word, rule=strongest.rule, approvals=strongest.approvals,
        inspection=stored, persons=inspection.persons, identifiers=dict(inspection.identifiers))
