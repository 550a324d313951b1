"""The edge process: SMTP with clients and next hop, the pipeline. No Django, no master key, no hostile parser."""

from __future__ import annotations

import asyncio
import functools
import select
import socket
from collections.abc import Callable
from dataclasses import replace

from gateway.app.brief import Brief
from gateway.app.common import Tools, obey, pushing, started, take_sockets
from gateway.app.offline import passwords
from gateway.app.scanners import Scanners
from gateway.auth.acquaintance import Acquaintances
from gateway.auth.resolver import Lookup, NoResolver, Resolver
from gateway.auth.signer import MailSigner
from gateway.auth.voucher import DnsVoucher
from gateway.config import Config
from gateway.edge.server import EdgeServer
from gateway.edge.settings import AdmissionLimits, ListenerSettings
from gateway.effects.custody import KeeperClient, is_running
from gateway.effects.dress import Dresser
from gateway.effects.perform import Hands
from gateway.inspection.pool import CellPool
from gateway.journal import JournalWriter
from gateway.model.deadline import Clock
from gateway.model.finding import Inspection
from gateway.model.ports import Relayer
from gateway.model.reply import Reply
from gateway.model.transaction import Transaction
from gateway.notices import House, Notifier
from gateway.notices.warning import warning
from gateway.pipeline import Ports, process
from gateway.policy import decide, load_policy, retry_key, settle

DRAIN = 30.0                             # seconds for messages in hand at a stop
KEEPER, LANES = 5.0, 20.0                # seconds that an edge waits for the keeper and the first lane before it takes mail


class Edge:
    """The adapters of one edge process; `ports` makes a new pipeline of a configuration."""

    def __init__(self, name: str, brief: Brief, tools: Tools) -> None:
        self.tools = tools
        config = brief.config
        self.pool = CellPool(brief.lanes, tools.clock, tools.events, tools.metrics, workers=workers(config),
                             reuse=config.inspection.reuse)
        self.custody = KeeperClient(brief.keeper, tools.clock)
        self.journal = JournalWriter(config.gateway.state_dir / "journal.db", tools.clock, tools.events, tools.metrics,
                                     config.journal.retain, required=config.quarantine.record == "required")
        self.lookup: Lookup = resolver(config, tools.clock)
        self.scanners = Scanners(tools)

    def ports(self, config: Config) -> Ports:
        tools = self.tools
        notifier = Notifier(House.of(config), tools.clock.now)
        hands = Hands(self.custody, tools.events, tools.metrics, retry_key, notifier.compose, config.gateway.hostname,
                      dresser(config, tools.clock))
        voucher = DnsVoucher(self.lookup, tools.clock, config.gateway.our_domains, config.auth.trusted_sealers,
                             config.auth.trusted_relays)
        return Ports(
            inspector=self.scanners.around(self.pool, config), voucher=voucher, custody=self.custody, journal=self.journal,
            events=tools.events, metrics=tools.metrics, clock=tools.clock, decide=decide, settle=settle,
            policy=load_policy(config), hands=hands, limits=config.limits.for_inspection(), passwords=passwords(config),
            partner_domains=config.auth.partner_domains, protected_names=config.auth.protected_names,
            authserv_ids=config.auth.authserv_ids,
            acquaintance=Acquaintances(self.custody, tools.events) if config.auth.history else None,
            record_required=config.quarantine.record == "required", marks=self.custody,
            words=self.custody if config.passwords.remember else None)

    def follow(self, config: Config) -> None:
        """What is read at each use and may change at a reload."""
        self.pool.reuse = config.inspection.reuse
        self.journal.retain = config.journal.retain


class Story:
    """The pipeline with its ports. Exceptions made in the console change its policy; a reload makes a new one."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    async def __call__(self, transaction: Transaction, relayer: Relayer, listener: ListenerSettings) -> Reply:
        return await process(transaction, relayer, listener, self.ports)

    def follow(self, config: Config) -> None:
        self.ports = replace(self.ports, policy=load_policy(config))


def resolver(config: Config, clock: Clock, seconds: float = 0.0) -> Lookup:
    """`seconds` for one look-up; 0 is what the configuration says."""
    servers = [(e.host, e.port) for e in config.auth.nameservers]
    try:
        return Resolver(clock.monotonic, servers, seconds or config.auth.timeout)
    except OSError:
        return NoResolver()                  # no /etc/resolv.conf: every look-up is a temporary error, and mail flows


def dresser(config: Config, clock: Clock) -> Dresser:
    """Raises ConfigError for a key that cannot be used: the reload fails and the old keys stay."""
    signer = MailSigner.of(config.dkim, config.auth, clock.now) if config.dkim else None
    language = config.gateway.languages[0]
    say = functools.partial(warning, language=language) if config.annotate.banner else _silence
    return Dresser(config.gateway.hostname, signer, say, config.annotate.subject_tag, config.auth.seal == "always")


def _silence(inspection: Inspection) -> str:
    return ""


def workers(config: Config) -> int:
    return max(2, config.inspection.children or 4)


def listeners(config: Config) -> list[ListenerSettings]:
    return [ListenerSettings.of(config, listener) for listener in config.listeners]


def admission(config: Config) -> AdmissionLimits:
    return AdmissionLimits.of(config)


async def run(name: str, control: socket.socket) -> None:
    brief = await started(control)
    tools = Tools(name)
    edge = Edge(name, brief, tools)
    story = Story(edge.ports(brief.config))
    server = EdgeServer(listeners(brief.config), story, spool=brief.config.gateway.state_dir / "spool",
                        clock=tools.clock, events=tools.events, metrics=tools.metrics, limits=admission(brief.config),
                        sockets=take_sockets(brief))

    async def reload(fresh: Brief) -> None:
        nonlocal story
        told = Story(edge.ports(fresh.config))
        await server.reload(listeners(fresh.config), told, admission(fresh.config))
        edge.follow(fresh.config)
        story = told

    async def follow(fresh: Brief) -> None:
        story.follow(fresh.config)

    edge.journal.start()
    async with pushing(tools, brief):
        await there(functools.partial(is_running, brief.keeper), KEEPER, control)
        await there(edge.pool.reachable, LANES, control)
        await server.start()
        await obey(control, reload, follow)
        await server.drain(DRAIN)
        await asyncio.gather(edge.pool.close(), edge.custody.close())
    await asyncio.to_thread(edge.journal.stop)


async def there(one: Callable[[], bool], patience: float, control: socket.socket) -> None:
    """Until it answers. Meanwhile clients wait in the listeners' queues, where they would hear 451 or wait at their final dot;
    not for ever, for mail flows without a keeper too. Orders end the wait: told to stop, nobody shall wait for what never comes."""
    for _ in range(int(patience / 0.1)):
        if one() or select.select([control], [], [], 0)[0]:
            return
        await asyncio.sleep(0.1)
