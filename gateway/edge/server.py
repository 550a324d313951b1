"""The SMTP process: listening sockets, sessions, next hops; start, reload, drain.

Several processes share a port by SO_REUSEPORT, or are handed the same listening sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.edge import replies
from gateway.edge.admission import Admission
from gateway.edge.handler import Handler, Process
from gateway.edge.nexthop import NextHop
from gateway.edge.session import READ_AHEAD, EdgeSession
from gateway.edge.settings import AdmissionLimits, ListenerSettings
from gateway.edge.turn import Turn
from gateway.model.deadline import Clock
from gateway.model.errors import ConfigError
from gateway.model.ports import Events, Metrics

BACKLOG = 1024
ACCEPTS = 64                             # connections taken in one turn, so that sessions get theirs
SPARE_FILES = 64                         # descriptors kept for everything that is no session
SCARCE_FILES = 256                       # where there are fewer in all, no more are kept than
FEW_FILES = 16                           # those open already, and these: journal, keeper, cell, a connection to refuse
FILES_PER_SESSION = 3                    # client, next hop, spool
FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE = 0.2                              # seconds without accepting when descriptors have run out
TICK = 1.0                               # seconds


@dataclass(frozen=True, slots=True)
class Lane:
    """What a session of one listener needs, exchanged as a whole at a reload."""

    listener: ListenerSettings
    next_hop: NextHop
    tls: ssl.SSLContext | None


class EdgeServer:
    """One SMTP process.

    `process(transaction, relayer, listener)` is the pipeline with its ports; `spool` is where large messages wait (a
    directory of ours); `sockets` are listening sockets by listener name that somebody else bound.
    """

    def __init__(self, listeners: Iterable[ListenerSettings], process: Process, *, spool: Path, clock: Clock, events: Events,
                 metrics: Metrics, limits: AdmissionLimits | None = None, sockets: Mapping[str, socket.socket] | None = None,
                 reuse_port: bool = False) -> None:
        self.spool = spool
        self.clock = clock
        self.events = events
        self.metrics = metrics
        self.handler = Handler(process, clock, events, metrics)
        self.admission = Admission(_affordable(limits or AdmissionLimits()))
        self.turn = Turn(clock)
        self.draining = False
        self.sessions: set[EdgeSession] = set()
        self._inherited = dict(sockets or {})
        self._reuse_port = reuse_port
        self._lanes = {lane.listener.name: lane for lane in map(self._lane, listeners)}
        self._retired: dict[str, Lane] = {}           # of listeners that are gone, for the messages still in hand
        self._sockets: dict[str, socket.socket] = {}
        self._ticking: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Returns once all listeners accept. Raises ConfigError where an address or the spool cannot be had."""
        try:
            self.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"cannot make {self.spool}: {error.strerror}") from error
        for lane in self._lanes.values():
            self._listen(lane.listener)
        self._tick()
        for lane in self._lanes.values():
            self._accept_from(lane.listener.name)

    async def reload(self, listeners: Iterable[ListenerSettings], process: Process,
                     limits: AdmissionLimits | None = None) -> None:
        """New settings and pipeline for every transaction that begins from now on. All or nothing: raises ConfigError."""
        lanes = {lane.listener.name: lane for lane in map(self._lane, listeners)}
        before = dict(self._sockets)
        owners = {lane.listener.address: name for name, lane in self._lanes.items()}
        opened: list[str] = []
        try:
            for name, lane in lanes.items():
                owner = owners.get(lane.listener.address)
                if owner is not None:    # also under another name
                    self._sockets[name] = before[owner]
                else:
                    self._listen(lane.listener)
                    opened.append(name)
        except ConfigError:
            for name in opened:
                self._sockets[name].close()
            self._sockets = before
            raise
        self._retire(before, lanes)
        self._lanes, self.handler.process = lanes, process
        if limits is not None:
            self.admission.limits = _affordable(limits)
        for name in lanes:
            self._accept_from(name)
        for session in [s for s in self.sessions if s.listener.name not in lanes]:
            session.drain()

    async def drain(self, seconds: float = 30.0) -> bool:
        """No new connections, 421 to whoever is idle, messages in hand to their end. Whether all ended in time."""
        self.draining = True
        loop = asyncio.get_running_loop()
        for sock in self._sockets.values():
            loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()
        for session in list(self.sessions):
            session.drain()
        deadline = self.clock.monotonic() + seconds
        while (self.handler.working or not all(s.closing for s in self.sessions)) and self.clock.monotonic() < deadline:
            await asyncio.sleep(0.02)
        done = not self.handler.working
        for session in list(self.sessions):
            session.cut(replies.GOING_DOWN)
        await asyncio.sleep(0)
        for session in list(self.sessions):
            session.abort()
        if self._ticking is not None:
            self._ticking.cancel()
        for lane in self._lanes.values():
            lane.next_hop.close()
        for task in self._tasks:
            task.cancel()
        return done

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Where each listener listens, by name; tells the port where 0 was asked for."""
        return {name: sock.getsockname()[:2] for name, sock in self._sockets.items()}

    # for sessions
    def lane(self, listener: ListenerSettings) -> Lane:
        """Of today's settings; a session of a listener that is gone keeps its own."""
        lane = self._lanes.get(listener.name)
        return lane if lane is not None else self._retired[listener.name]

    def tls(self, listener: ListenerSettings) -> ssl.SSLContext | None:
        return self.lane(listener).tls

    def left(self, session: EdgeSession) -> None:
        """A connection ended. Said once or twice of the same session."""
        if session in self.sessions:
            self.sessions.discard(session)
            self.admission.leave(session.counted)
            self.admission.busy(session)

    # listening
    def _lane(self, listener: ListenerSettings) -> Lane:
        known = getattr(self, "_lanes", {}).get(listener.name)
        same = known is not None and (known.listener.next_hop, known.listener.hostname) == (listener.next_hop, listener.hostname)
        next_hop = known.next_hop if same else NextHop(listener.next_hop, listener.hostname, self.clock)
        return Lane(listener, next_hop, server_context(listener))

    def _listen(self, listener: ListenerSettings) -> None:
        inherited = self._inherited.get(listener.name)
        self._sockets[listener.name] = inherited if inherited is not None else bind(listener, self._reuse_port)
        self._sockets[listener.name].setblocking(False)

    def _retire(self, before: Mapping[str, socket.socket], lanes: Mapping[str, Lane]) -> None:
        loop = asyncio.get_running_loop()
        self._sockets = {name: self._sockets[name] for name in lanes}
        used = set(self._sockets.values())
        for sock in before.values():
            loop.remove_reader(sock)
            if sock not in used:
                sock.close()
        self._retired.update({name: lane for name, lane in self._lanes.items() if name not in lanes})
        kept = {id(lane.next_hop) for lane in lanes.values()}
        for name, lane in self._lanes.items():
            if id(lane.next_hop) not in kept:
                lane.next_hop.close()
            if name not in lanes:
                self.metrics.gauge("sekisho_next_hop_up", None, listener=name)

    def _accept_from(self, name: str) -> None:
        asyncio.get_running_loop().add_reader(self._sockets[name], self._accept, name)

    def _accept(self, name: str) -> None:
        listener, sock = self._lanes[name].listener, self._sockets[name]
        for _ in range(ACCEPTS):
            try:
                connection, address = sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in FULL:
                    raise
                self._pause(name)
                return
            self._admit(listener, connection, address[0].partition("%")[0])

    def _pause(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._sockets[name])
        loop.call_later(PAUSE, lambda: name in self._sockets and self._accept_from(name))

    def _admit(self, listener: ListenerSettings, connection: socket.socket, peer: str) -> None:
        connection.setblocking(False)
        peer = peer.removeprefix("::ffff:") if "." in peer else peer
        self.metrics.count("sekisho_connections_total", listener=listener.name)
        if not self.admission.connect(listener, peer, self.clock.monotonic()):
            self.metrics.count("sekisho_connections_refused_total", listener=listener.name)
            with contextlib.suppress(OSError):
                if listener.tls != "implicit":
                    connection.send(replies.encode(replies.TOO_MANY_CONNECTIONS))
            connection.close()
            return
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._spawn(self._serve(listener, connection, peer))

    async def _serve(self, listener: ListenerSettings, connection: socket.socket, peer: str) -> None:
        implicit = listener.tls == "implicit"
        context = self.tls(listener) if implicit else None
        session = EdgeSession(self, listener, peer, implicit)
        self.sessions.add(session)
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.connect_accepted_socket(lambda: session, connection, ssl=context,
                                                              ssl_handshake_timeout=30.0 if implicit else None)
            if hasattr(transport, "max_size"):
                # asyncio allocates what it may read, 256 KiB: above malloc's threshold that is fresh memory at each read.
                transport.max_size = READ_AHEAD
        except (OSError, ssl.SSLError):
            connection.close()
            self.left(session)

    # keeping time
    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._ticking = loop.call_later(TICK, self._tick)
        now = self.clock.monotonic()
        for session in list(self.sessions):
            session.tick(now)
        for lane in self._lanes.values():
            lane.next_hop.tend()
            self.metrics.gauge("sekisho_next_hop_up", float(lane.next_hop.up), listener=lane.listener.name)
            if lane.next_hop.stale and not lane.next_hop.learning:
                self._spawn(lane.next_hop.learn())
        self.metrics.gauge("sekisho_sessions", len(self.sessions))

    def _spawn(self, work) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def bind(listener: ListenerSettings, reuse_port: bool = False) -> socket.socket:
    """A listening socket. Raises ConfigError."""
    host, port = listener.address.host, listener.address.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise ConfigError(f"cannot listen on {listener.address}: {error.strerror}", f"listener {listener.name}") from error
    return sock


def server_context(listener: ListenerSettings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer (RFC 8996). Raises ConfigError."""
    if listener.tls == "none" or listener.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listener.tls_cert, listener.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"cannot use {listener.tls_cert} and {listener.tls_key}: {error}", f"listener {listener.name}") from error
    return context


def _affordable(limits: AdmissionLimits) -> AdmissionLimits:
    """Raises the soft limit of open files to the hard one, and never admits more sessions than files allow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    files = 1 << 20 if soft == resource.RLIM_INFINITY else soft
    spare = SPARE_FILES if files >= SCARCE_FILES else len(os.listdir("/proc/self/fd")) + FEW_FILES
    room = max(1, (files - spare) // FILES_PER_SESSION)
    return limits if room >= limits.connections else limits.within(room)
