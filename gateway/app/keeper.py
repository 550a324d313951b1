"""The keeper process: custody of held mail, the outbox, retention. The only writer of the database."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.app.brief import Brief
from gateway.app.common import Tools, obey, pushing, started
from gateway.app.custody import open_service, settings
from gateway.app.offline import passwords
from gateway.app.scanners import Scanners
from gateway.auth.acquaintance import held_findings, release_words
from gateway.auth.signer import MailSigner
from gateway.config import Config
from gateway.edge.delivery import SmtpDelivery
from gateway.edge.nexthop import NextHop
from gateway.edge.settings import Hop, ListenerSettings, NextHopSettings
from gateway.effects.dress import Voucher
from gateway.effects.outbox import OutboxStore
from gateway.effects.strip import Stripper
from gateway.inspection.pool import CellPool
from gateway.journal.acquainted import Acquainted
from gateway.keeper.history import Historian, History
from gateway.model.custody import Admission
from gateway.model.deadline import Clock, Deadline
from gateway.model.decision import Decision
from gateway.model.errors import SekishoError
from gateway.model.finding import Inspection
from gateway.model.ports import Events, InspectionRequest
from gateway.model.transaction import AuthResult, Message, Transaction
from gateway.notices import Answerer, House
from gateway.notices.placeholder import Placeholder
from gateway.policy import Policy, decide, load_policy

TENDING = 5.0                            # seconds between looks at unused connections to next hops


class Cell:
    """The ports Rescan and Preview over the pool, and today's policy on what is held."""

    def __init__(self, pool: CellPool, config: Config, clock: Clock, scanners: Scanners | None = None) -> None:
        self.pool, self.config, self.clock, self.scanners = pool, config, clock, scanners
        self.policy: Policy = load_policy(config)

    async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection:
        inspector = self.pool if self.scanners is None else self.scanners.around(self.pool, self.config)
        return await inspector.inspect(fd, size, self._request(admission), self._deadline())

    async def preview(self, fd: int, size: int, admission: Admission) -> Mapping[str, Any]:
        return await self.pool.preview(fd, size, self._request(admission), self._deadline())

    def decide(self, admission: Admission, inspection: Inspection) -> Sequence[Decision]:
        """Today's policy, with what was known of the sender when the mail came."""
        known = admission.inspection.get("auth", ())
        auth = tuple(AuthResult(a["method"], a["result"], a.get("domain", "")) for a in known)
        message = Message(-1, admission.size, admission.sha256, admission.received_at)
        transaction = Transaction(admission.id, admission.session, admission.envelope, message, admission.direction,
                                  Deadline(0.0), auth)
        inspection = replace(inspection, findings=(*inspection.findings, *held_findings(admission)))
        return decide(transaction, inspection, self.policy, self.clock.now())

    def follow(self, config: Config) -> None:
        self.config, self.policy = config, load_policy(config)

    def _deadline(self) -> Deadline:
        return Deadline.after(self.clock, self.config.limits.inspection + 30)

    def _request(self, admission: Admission) -> InspectionRequest:
        envelope = admission.envelope
        return InspectionRequest(
            id=admission.id, direction=admission.direction, reverse_path=str(envelope.reverse_path or ""),
            recipients=tuple(str(r.mailbox) for r in envelope.recipients), our_domains=self.config.gateway.our_domains,
            limits=self.config.limits.for_inspection(), passwords=(*admission.passwords, *passwords(self.config)),
            partner_domains=self.config.auth.partner_domains, protected_names=self.config.auth.protected_names,
            body_hash=bool(self.config.dkim))


def next_hops(config: Config, clock: Clock) -> dict[str, NextHop]:
    """By listener; "" is where notices go."""
    hops = {x.name: NextHop(ListenerSettings.of(config, x).next_hop, config.gateway.hostname, clock) for x in config.listeners}
    notices = NextHopSettings(tuple(Hop(e.host, e.port) for e in config.notices.next_hop), "opportunistic")
    hops[""] = NextHop(notices, config.gateway.hostname, clock)
    return hops


def voucher(config: Config, clock: Clock) -> Voucher:
    """Raises ConfigError for a key that cannot be used."""
    return Voucher(config.gateway.hostname, MailSigner.of(config.dkim, config.auth, clock.now))


def acquainted(store: OutboxStore, historian: Historian, events: Events) -> Callable[[str], Awaitable[None]]:
    """A release that was delivered is a contact like any other."""

    async def acquaint(message_id: str) -> None:
        try:
            admission, _, _ = await store.held(message_id)
            await historian.remember(release_words(admission))
        except SekishoError as fault:
            events.emit("incident", part="history", id=message_id, reason=f"not remembered: {fault}")

    return acquaint


def opened(config: Config, clock: Clock) -> Any:
    """The service, made in a thread that will not use the database again: Django's connections belong to threads."""
    service = open_service(config, clock)
    from django.db import connections

    connections.close_all()
    return service


def tell_gateway() -> None:
    """The supervisor takes the exceptions of the console as they are now, and nothing else."""
    os.kill(os.getppid(), signal.SIGUSR1)


async def tend(delivery: Callable[[], SmtpDelivery]) -> None:
    while True:
        await asyncio.sleep(TENDING)
        delivery().tend()


def keeper_of(service: Any, brief: Brief, tools: Tools, cell: Cell) -> Any:
    """The keeper with its ports. Call it once the service is there: Django's models can be imported only then."""
    from gateway.keeper.exceptions import Exceptions
    from gateway.keeper.server import Keeper, Ports

    config = brief.config
    delivery = SmtpDelivery(next_hops(config, tools.clock), tools.clock)
    return Keeper(service, brief.keeper, config.quarantine.key_file,
                  Ports(delivery, tools.events, tools.clock, cell, cell, tools.metrics, cell.decide,
                        Exceptions(lambda: cell.config, tell_gateway)))


async def run(name: str, control: socket.socket) -> None:
    brief = await started(control)
    config = brief.config
    tools = Tools(name)
    pool = CellPool(brief.lanes, tools.clock, tools.events, tools.metrics, workers=2)
    cell = Cell(pool, config, tools.clock, Scanners(tools))
    service = await asyncio.to_thread(opened, config, tools.clock)
    keeper = keeper_of(service, brief, tools, cell)
    keeper.outbox.notices_an_hour = config.notices.per_hour
    keeper.outbox.voucher = voucher(config, tools.clock)
    keeper.historian = historian = Historian(
        History(config.gateway.state_dir / "history.db", tools.clock.now, service.ring, config.auth.history, config.auth.learning),
        tools.events)
    keeper.outbox.acquaint = acquainted(keeper.outbox.store, historian, tools.events)

    keeper.attendant.met = Acquainted(config.gateway.state_dir / "journal.db").met
    keeper.outbox.strip = Stripper(cell, Placeholder(House.of(config)))

    def current() -> SmtpDelivery:
        assert isinstance(keeper.outbox.delivery, SmtpDelivery)
        return keeper.outbox.delivery

    async def reload(fresh: Brief) -> None:
        """All at once, save the expiry of what is already held: it was promised to people in their notices."""
        vouching = voucher(fresh.config, tools.clock)
        cell.follow(fresh.config)
        keeper.service.answers = Answerer(House.of(fresh.config), tools.clock.now)
        keeper.service.settings = settings(fresh.config)
        keeper.service.blobs.reserve = fresh.config.quarantine.min_free  # type: ignore[attr-defined]  # FileBlobs
        keeper.outbox.notices_an_hour = fresh.config.notices.per_hour
        keeper.outbox.voucher = vouching
        keeper.outbox.strip = Stripper(cell, Placeholder(House.of(fresh.config)))
        historian.history.retain, historian.history.learning = fresh.config.auth.history, fresh.config.auth.learning
        before, keeper.outbox.delivery = current(), SmtpDelivery(next_hops(fresh.config, tools.clock), tools.clock)
        before.close()

    async def follow(fresh: Brief) -> None:
        cell.follow(fresh.config)

    tending = asyncio.create_task(tend(current))
    async with pushing(tools, brief):
        await keeper.start()
        await obey(control, reload, follow)
        tending.cancel()
        await keeper.stop()
        await pool.close()
