"""Drains the outbox: notices and releases through the Delivery port, each at most once save in the window of RFC 1047.

An entry is marked `sending` on disk before the first octet leaves and finished after the answer. What is found `sending`
after a crash may have arrived; it goes out again with the same id. A release is judged again by today's signatures first.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from gateway.effects.dress import Voucher
from gateway.effects.strip import Stripped, Unstrippable
from gateway.model.custody import Admission
from gateway.model.deadline import Clock, Deadline
from gateway.model.decision import Decision, Disposition
from gateway.model.errors import GatewayFault, NextHopUnavailable, SekishoError
from gateway.model.finding import Fault, Finding, Inspection, Severity
from gateway.model.ports import Delivery, Events, Metrics, RelayResult, Rescan
from gateway.model.reply import Reply
from gateway.model.transaction import Envelope

PATIENCE = 600.0                         # seconds for one delivery: RFC 5321 section 4.5.3.2.6 waits 10 minutes for the last reply


class DueEntry(Protocol):
    """quarantine.outgoing.Due"""

    @property
    def id(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def is_release(self) -> bool: ...


class OutgoingMail(Protocol):
    """quarantine.outgoing.Outgoing; the descriptor is ours to close."""

    @property
    def envelope(self) -> Envelope: ...
    @property
    def head(self) -> bytes: ...
    @property
    def fd(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def listener(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def without(self) -> tuple[str, ...]: ...
    @property
    def automatic(self) -> bool: ...


class Strip(Protocol):
    """Takes parts out of a held message."""

    async def strip(self, fd: int, size: int, admission: Admission, without: Sequence[str]) -> Stripped:
        """Raises Unstrippable, GatewayFault."""
        ...


class OutboxStore(Protocol):
    """The durable side, as the keeper offers it. Every method returns after its commit."""

    async def due(self, limit: int) -> list[Any]: ...
    async def prepare(self, id: str) -> Any: ...
    async def begin(self, id: str) -> bool: ...
    async def finish(self, id: str, result: RelayResult) -> str: ...
    async def later(self, id: str, text: str) -> str: ...
    async def turn(self, id: str, most: int, under_way: int) -> bool: ...
    async def held(self, message_id: str) -> tuple[Admission, Mapping[str, Any], frozenset[str]]: ...
    async def block(self, message_id: str, codes: list[str]) -> None: ...
    async def changed(self, message_id: str, attempt: int, sha256: str) -> bytes: ...
    async def hinder(self, message_id: str, why: str) -> None: ...


def would_block(admission: Admission, finding: Finding) -> bool:
    """The convention of severities: HIGH and above is what the default policy quarantines."""
    return finding.severity >= Severity.HIGH


@dataclass(slots=True)
class Outbox:
    store: OutboxStore
    delivery: Delivery
    clock: Clock
    events: Events
    rescan: Rescan | None = None                     # None: releases are not judged again (tests only)
    acquaint: Callable[[str], Awaitable[None]] | None = None       # told of each release that was delivered
    voucher: Voucher | None = None                   # signs notices and released mail of our own, seals what was stripped
    blocks: Callable[[Admission, Finding], bool] = would_block
    strip: Strip | None = None                       # None: nothing can be sent without a part
    decide: Callable[[Admission, Inspection], Sequence[Decision]] | None = None     # today's policy
    notices_an_hour: int = 60                        # to one recipient; the rest comes in a digest. 0 is no cap
    parallel: int = 4
    insist: float = 2.0                              # seconds between attempts to write down what happened
    failpoint: Callable[[str], None] = lambda name: None
    finished: Callable[[], None] = lambda: None      # called when a delivery ends: there is room for the next
    metrics: Metrics | None = None
    busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    telling: Counter[str] = field(default_factory=Counter)        # notices under way, by reader
    turns: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def drain(self) -> int:
        """Start what is due, as far as there is room; returns how many were started."""
        room = self.parallel - len(self.busy)
        if room <= 0:
            return 0
        started = 0
        for due in await self.store.due(room + len(self.busy)):
            if due.id not in self.busy and len(self.busy) < self.parallel:
                self.busy[due.id] = asyncio.create_task(self._guarded(due))
                started += 1
        return started

    async def drained(self, rounds: int = 100) -> int:
        """Drain until nothing is due any more, at most `rounds` times; for tests and `queue retry --wait`."""
        total = 0
        for _ in range(rounds):
            count = await self.drain()
            if not count and not self.busy:
                break
            total += count
            await self.settle()
        return total

    async def settle(self) -> None:
        """Wait for the deliveries under way."""
        if self.busy:
            await asyncio.wait(list(self.busy.values()))

    async def _guarded(self, due: DueEntry) -> None:
        try:
            await self._one(due)
        except SekishoError as error:
            await self._put_back(due, str(error))
        except Exception as error:       # noqa: BLE001 - a border: one entry's failure must not stop the others
            await self._put_back(due, f"{type(error).__name__} while it was being delivered")
        finally:
            self.busy.pop(due.id, None)
            self.finished()

    async def _put_back(self, due: DueEntry, why: str) -> None:
        self.events.emit("incident", part="outbox", id=due.message_id or due.id, reason=why)
        try:
            await self.store.later(due.id, why)
        except SekishoError as error:    # the database is gone too: the entry is taken up again at the next start
            self.events.emit("incident", part="outbox", id=due.message_id or due.id, reason=str(error))

    async def _one(self, due: DueEntry) -> None:
        if due.is_release:
            await self._send(due)
            return
        if await self._its_turn(due):
            try:
                await self._send(due)
            finally:
                self.telling[due.recipient] -= 1

    async def _send(self, due: DueEntry) -> None:
        mail = await self.store.prepare(due.id)
        try:
            if due.is_release and mail.without:
                mail = await self._stripped(due, mail)
            vouched = await self._examined(due, mail) if due.is_release else self._notice(mail)
            if vouched is None:
                return
            self.failpoint("outbox-before-begin")
            if not await self.store.begin(due.id):
                return
            self.failpoint("outbox-after-begin")
            await self._deliver(due, mail, vouched)
        except Unstrippable as why:
            await self._hinder(due, str(why))
        finally:
            os.close(mail.fd)

    async def _stripped(self, due: DueEntry, mail: Any) -> Any:
        """The same release with other octets; the descriptor of the whole message is closed. Raises Unstrippable."""
        if self.strip is None:
            raise Unstrippable("nothing is there that could take a part out")
        admission, _, _ = await self.store.held(due.message_id)
        made = await self.strip.strip(mail.fd, mail.size, admission, mail.without)
        try:
            head = await self.store.changed(due.message_id, mail.attempt, made.sha256)
        except SekishoError:
            os.close(made.fd)
            raise
        os.close(mail.fd)
        return replace(mail, head=head, fd=made.fd, size=made.size)

    async def _hinder(self, due: DueEntry, why: str) -> None:
        await self.store.hinder(due.message_id, why)
        self.events.emit("release-blocked", id=due.message_id, reason=why)

    async def _deliver(self, due: DueEntry, mail: OutgoingMail, vouched: bytes) -> None:
        deadline = Deadline.after(self.clock, PATIENCE)
        try:
            result = await self.delivery.deliver(
                mail.envelope, vouched + mail.head, mail.fd, mail.size, mail.listener, deadline)
        except NextHopUnavailable as error:
            result = RelayResult(Reply(451, "4.4.1", str(error)), {})
        except Exception as error:       # noqa: BLE001 - a border: nobody knows how far it came, so it may have arrived
            self.events.emit("incident", part="outbox", id=due.message_id or due.id, reason=type(error).__name__)
            result = RelayResult(Reply(451, "4.3.0", f"{type(error).__name__} while it was being delivered"), {}, uncertain=True)
        self.failpoint("outbox-after-deliver")
        outcome = await self._finish(due, result)
        self.failpoint("outbox-after-finish")
        if self.metrics is not None and not due.is_release:
            self.metrics.count("sekisho_notices_total", outcome=outcome)
        word = {"delivered": "released" if due.is_release else "notified", "retry": "deferred", "unknown": "delivery-unknown"}
        if due.is_release and outcome == "delivered" and self.acquaint is not None:
            await self.acquaint(due.message_id)
        self._event(due, word.get(outcome, outcome), str(result.reply))

    async def _finish(self, due: DueEntry, result: RelayResult) -> str:
        """What was delivered must not go out again because the database cannot write just now: insist."""
        while True:
            try:
                return await self.store.finish(due.id, result)
            except SekishoError as error:
                self.events.emit("incident", part="outbox", id=due.message_id or due.id, reason=str(error))
                await asyncio.sleep(self.insist)

    def _event(self, due: DueEntry, event: str, reply: str) -> None:
        self.events.emit(event, id=due.message_id or due.id, reply=reply[:3])

    async def _its_turn(self, due: DueEntry) -> bool:
        """Too many notices for one reader within the hour become one digest; a flood must not become a flood of ours."""
        async with self.turns:           # none begins between the question and its answer, so nobody gets more than the cap
            most = self.notices_an_hour
            if most and not await self.store.turn(due.id, most, self.telling[due.recipient]):
                return False
            self.telling[due.recipient] += 1
            return True

    async def _examined(self, due: DueEntry, mail: OutgoingMail) -> bytes | None:
        """Judge the octets again: what was not known when they were held, and would be held again, stops the release (None).

        Else the fields with which we vouch for what leaves.
        """
        if self.rescan is None:
            if mail.automatic:
                raise Unstrippable("nothing is there that could judge what is left")
            return b""
        admission, stored, known = await self.store.held(due.message_id)
        inspection = await self.rescan.rescan(mail.fd, mail.size, admission)
        faults = [i.code.value for i in inspection.incidents if i.fault is Fault.GATEWAY]
        if faults:
            raise GatewayFault(f"the message could not be judged again: {faults[0]}")
        if mail.automatic and self._forbidden(admission, inspection):
            raise Unstrippable("what is left of the mail may not pass by today's policy")
        codes = news(admission, inspection, stored, known, self.blocks)
        if not codes or mail.automatic:
            changed = bool(mail.without)
            return self.voucher.release(mail.fd, mail.size, admission, inspection, changed) if self.voucher is not None else b""
        await self.store.block(due.message_id, codes)
        self.events.emit("release-blocked", id=due.message_id, findings=codes)
        return None

    def _notice(self, mail: OutgoingMail) -> bytes:
        return self.voucher.notice(mail.fd, mail.size) if self.voucher is not None else b""

    def _forbidden(self, admission: Admission, inspection: Inspection) -> bool:
        """Nobody approved it, so the policy alone decides, as if the mail came now as it stands."""
        decisions = self.decide(admission, inspection) if self.decide is not None else ()
        return not decisions or max(d.disposition for d in decisions) >= Disposition.STRIP


def news(admission: Admission, inspection: Inspection, stored: Mapping[str, Any], known: frozenset[str],
         blocks: Callable[[Admission, Finding], bool]) -> list[str]:
    """Labels of what today's inspection holds against the message and that of its admission did not."""
    old = {label(f["code"], f.get("rule", "")) for f in stored.get("findings", ())} | known
    old |= {i["code"] for i in stored.get("incidents", ())}
    found = {label(f.code, f.rule) for f in inspection.findings if blocks(admission, f)}
    found |= {i.code.value for i in inspection.incidents}
    return sorted(found - old)


def label(code: str, rule: str) -> str:
    return f"{code} {rule}" if rule else code
