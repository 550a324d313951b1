"""`sekisho serve`: the supervisor's composition. Sockets, lanes, workers, health; reload and drain."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from gateway.app.brief import Brief
from gateway.app.common import FOLLOW
from gateway.app.gauges import Gauges
from gateway.app.manager import notify, pulse
from gateway.app.rights import drop_to_owner, lock
from gateway.app.vigil import Vigil
from gateway.config import Config, Endpoint, load, with_made
from gateway.effects.custody import SILENT, KeeperClient
from gateway.lanes import Lanes
from gateway.model.errors import ConfigError, SekishoError
from gateway.ops.clock import SystemClock
from gateway.ops.events import JsonEvents
from gateway.ops.health import HealthServer
from gateway.ops.metrics import Aggregator, Pusher, Recorder
from gateway.policy import doubts, load_policy
from gateway.supervisor import Supervisor, Worker

BACKLOG = 1024
CUSTODY = ("database", "database_password_file", "blobs", "blobs_credentials", "key_file")      # where held mail is
EDGE_STAGE, CONSOLE_STAGE, KEEPER_STAGE = 1, 2, 3
WORKERS = ("edge", "keeper", "console")
STOP = 40.0                              # seconds for one stage: edges give mail in hand 30 of them

Change = Callable[[Supervisor, Lanes], Awaitable[None]]


class House:
    """Everything the supervisor holds. `serve` runs until SIGTERM or SIGINT."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = SystemClock()
        self.metrics = Recorder()
        self.events = JsonEvents(self.clock, dropping=lambda: self.metrics.count("sekisho_events_dropped_total"))
        self.aggregator = Aggregator(self.clock)
        self.sockets: dict[str, list[socket.socket]] = {}
        self.console: socket.socket | None = None
        self.draining = False
        self.loaded = asyncio.Event()            # the lanes stand

    async def serve(self) -> int:
        config = self.config
        load_policy(config)                      # a wrong rule is said before anything is started
        self.listen()                            # and what cannot run leaves no folder behind
        prepare(config.gateway.state_dir)
        drop_to_owner(config.gateway.state_dir)
        for name in ("run", "spool"):
            (config.gateway.state_dir / name).mkdir(mode=0o700, exist_ok=True)
        self.lock = lock(config.gateway.state_dir)
        self.aggregator.listen(self.brief(0).metrics)
        lanes = Lanes(config, config.gateway.state_dir / "run", self.clock, self.events, self.metrics)
        supervisor = Supervisor(self.workers(), self.events, self.clock, self.metrics)
        vigil = Vigil(KeeperClient(self.brief(0).keeper, self.clock), self.metrics, self.events)
        vigil.running = lambda: supervisor.ready("keeper")
        health = await self.health(supervisor, lanes, vigil)
        stopping = self.signals(supervisor, lanes)
        try:
            await supervisor.start()
            await self.load(lanes, stopping)
            self.beside = [asyncio.create_task(work) for work in (
                pulse(), vigil.run(), Gauges(lambda: self.config, self.metrics, self.events, self.clock).run(),
                Pusher(self.metrics, self.brief(0).metrics).run())]
            following = asyncio.create_task(lanes.follow())
            await self.announce(supervisor, stopping)
            await stopping.wait()
            self.events.emit("drain")
            notify(b"STOPPING=1")
            self.close()
            following.cancel()
            await supervisor.stop(STOP)
        finally:
            await supervisor.stop(1.0)
            await lanes.stop()
            if health is not None:
                await health.stop()
            self.aggregator.close()
        return 0

    async def load(self, lanes: Lanes, stopping: asyncio.Event) -> None:
        """Until the lanes stand, or there is an order to stop. Raises CellError where they cannot be had."""
        loading, ended = asyncio.create_task(lanes.start()), asyncio.create_task(stopping.wait())
        await asyncio.wait([loading, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if loading.done():
            loading.result()
            self.loaded.set()
        loading.cancel()

    async def announce(self, supervisor: Supervisor, stopping: asyncio.Event) -> None:
        ready = asyncio.create_task(supervisor.wait_ready())
        ended = asyncio.create_task(stopping.wait())
        await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            ready.result()
            addresses = {listener.name: str(listener.address) for listener in self.config.listeners}
            self.events.emit("ready", listeners=addresses, console=str(self.config.gateway.console or ""),
                             **warned(self.config))
            notify(b"READY=1")
        ready.cancel()
        ended.cancel()

    # --- what is started

    def listen(self) -> None:
        """Every socket that outlives its process: one a listener and edge, one for the console."""
        gateway = self.config.gateway
        if not self.config.listeners:
            raise ConfigError("no [[listener]] is configured: there is nothing to serve", str(self.config.path or "defaults"))
        for listener in self.config.listeners:
            bind(listener.address, shared=False).close()     # or a second gateway would quietly share our port
            self.sockets[listener.name] = [bind(listener.address, shared=True) for _ in range(gateway.processes)]
        if gateway.console is not None:
            self.console = bind(gateway.console, shared=False)

    def close(self) -> None:
        """Our own hold of the listeners, or the kernel would take connections that nobody answers until we are gone."""
        self.draining = True
        for shared in self.sockets.values():
            for one in shared:
                one.close()

    def brief(self, number: int) -> Brief:
        return Brief(self.config, tuple((name, sockets[number].fileno()) for name, sockets in self.sockets.items()))

    def workers(self) -> list[Worker]:
        workers = [self.worker("keeper", "keeper", KEEPER_STAGE, lambda: Brief(self.config))]
        for number in range(self.config.gateway.processes):
            fds = tuple(sockets[number].fileno() for sockets in self.sockets.values())
            workers.append(self.worker(f"edge-{number}", "edge", EDGE_STAGE, lambda n=number: self.brief(n), fds))  # type: ignore[misc]
        if self.console is not None:
            fd = self.console.fileno()
            workers.append(self.worker("console", "console", CONSOLE_STAGE,
                                       lambda: Brief(self.config, (("console", fd),)), (fd,), vital=False))
        return workers

    @staticmethod
    def worker(name: str, role: str, stage: int, brief: Callable[[], Brief], fds: tuple[int, ...] = (),
               vital: bool = True) -> Worker:
        return Worker(name, role, stage, brief, fds, vital=vital)

    async def health(self, supervisor: Supervisor, lanes: Lanes, vigil: Vigil) -> HealthServer | None:
        ops = self.config.gateway.ops
        if ops is None:
            return None

        def not_ready() -> list[str]:
            if self.draining:
                return ["the gateway is stopping"]
            reasons = [f"{name} is not running" for name in supervisor.missing()]
            reasons += [] if reasons or vigil.answers else [SILENT]
            return reasons + ([] if lanes.ready() else ["the inspection lanes are not running"]) + full(self.config)

        server = HealthServer(ops.host, ops.port, not_ready, self.aggregator.render)
        try:
            await server.start()
        except OSError as failure:
            raise ConfigError(f"ops cannot listen on {ops}: {failure.strerror}; is another gateway running?",
                              "gateway.ops") from failure
        return server

    # --- signals

    def signals(self, supervisor: Supervisor, lanes: Lanes) -> asyncio.Event:
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        reloading = asyncio.Lock()
        tasks: set[asyncio.Task[None]] = set()

        async def in_turn(change: Change) -> None:
            await self.loaded.wait()             # what is being loaded is loaded first
            async with reloading:
                await change(supervisor, lanes)

        def begin(change: Change) -> None:
            task = loop.create_task(in_turn(change))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        loop.add_signal_handler(signal.SIGHUP, begin, self.reload)
        loop.add_signal_handler(signal.SIGUSR1, begin, self.follow)     # of the keeper
        return stopping

    async def reload(self, supervisor: Supervisor, lanes: Lanes) -> None:
        """All or nothing: the new configuration, policy and signatures are in force everywhere, or the old ones stay."""
        before = self.config
        try:
            fresh = load(before.path)
            load_policy(fresh)
            refuse_moves(before, fresh)
            await lanes.reload(fresh)
            try:
                await self.exchange(supervisor, "reload", fresh)
            except SekishoError:
                await lanes.reload(before)
                raise
        except SekishoError as wrong:
            self.changed(lanes, wrong)
        else:
            self.changed(lanes)

    async def follow(self, supervisor: Supervisor, lanes: Lanes) -> None:
        """The exceptions of the console as they are now, and nothing that somebody may be writing in the configuration file."""
        try:
            fresh = with_made(self.config)
            load_policy(fresh)
            await self.exchange(supervisor, FOLLOW, fresh)
        except SekishoError as wrong:
            self.changed(lanes, wrong, part="exceptions")
        else:
            self.changed(lanes, part="exceptions")

    async def exchange(self, supervisor: Supervisor, order: str, fresh: Config) -> None:
        """Told to every worker, and whoever starts meanwhile. Raises SekishoError where one cannot: all have the old one again."""
        before, self.config = self.config, fresh
        answers = await supervisor.tell(WORKERS, order, Brief(fresh))
        failures = {name: why for name, why in answers.items() if why}
        if failures:
            self.config = before
            await supervisor.tell(WORKERS, order, Brief(before))
            raise SekishoError("; ".join(f"{name}: {why}" for name, why in failures.items()))

    def changed(self, lanes: Lanes, wrong: SekishoError | None = None, **fields: str) -> None:
        if wrong is not None:
            self.metrics.count("sekisho_reloads_total", outcome="failure")
            self.events.emit("reload", outcome="failure", reason=str(wrong), **fields)
            return
        self.metrics.count("sekisho_reloads_total", outcome="success")
        self.events.emit("reload", outcome="success", policy=load_policy(self.config).version, signatures=lanes.signature_version,
                         **fields, **warned(self.config))


def warned(config: Config) -> dict[str, list[str]]:
    """What is in force although `policy check` warns of it; nothing where there is nothing."""
    found = doubts(config)
    return {"warnings": found} if found else {}


def prepare(folder: Path) -> None:
    """The state directory, for its owner only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise SekishoError(f"{folder} is no folder; name another state_dir") from None
    except OSError as failure:
        raise SekishoError(f"{folder}: {failure.strerror}; make it, or name another state_dir") from failure
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SekishoError(f"{folder} cannot be written by this user; run as its owner or as root")


def full(config: Config) -> list[str]:
    """Why mail that must be held is put off (451), though clean mail passes: another node may have room for it."""
    folder = config.gateway.state_dir
    try:
        room = os.statvfs(folder)
    except OSError as failure:
        return [f"{folder}: {failure.strerror}"]
    least = config.quarantine.min_free
    if room.f_bavail * room.f_frsize < least:
        return [f"{folder}: less than quarantine.min_free is left, {least >> 20} MiB; mail to be held is put off"]
    return []


def bind(address: Endpoint, shared: bool) -> socket.socket:
    """A listening socket. Several processes share a port by SO_REUSEPORT, each with a queue of its own."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError as failure:
        listener.close()
        low = isinstance(failure, PermissionError) and address.port < 1024
        hint = "ports below 1024 need a right that deploy/systemd/low-ports.conf gives" if low else "is another program there?"
        raise ConfigError(f"cannot listen on {address}: {failure.strerror}; {hint}") from failure
    listener.setblocking(False)
    return listener


def refuse_moves(before: Config, after: Config) -> None:
    """What is tied to processes and sockets changes at a restart only: a reload that half applies would mislead."""
    fixed = [("gateway.state_dir", before.gateway.state_dir, after.gateway.state_dir),
             ("gateway.processes", before.gateway.processes, after.gateway.processes),
             ("gateway.console", before.gateway.console, after.gateway.console),
             ("gateway.ops", before.gateway.ops, after.gateway.ops),
             *((f"quarantine.{name}", getattr(before.quarantine, name), getattr(after.quarantine, name)) for name in CUSTODY),
             ("[[listener]] address", *([(x.name, x.address) for x in c.listeners] for c in (before, after)))]
    for name, old, new in fixed:
        if old != new:
            raise ConfigError(f"{name} changes only at a restart", str(after.path or ""))
