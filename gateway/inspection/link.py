"""The parent's connection to one zygote, and the children it was given. asyncio; no judgement here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.inspection import wire
from gateway.inspection.death import Exit
from gateway.inspection.wire import Frame, Kind
from gateway.inspection.zygote import EXIT, NUMBER
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import InspectionUnavailable

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0   # seconds between attempts to connect to a zygote that is not there
BURIAL = 2.0                             # seconds until a zygote has told how a child ended


@dataclass(slots=True, eq=False)
class Handle:
    """One child. Its descriptors are closed by `close`, which also ends it if it still runs."""

    number: int
    connection: socket.socket
    pidfd: int
    parent: Connection
    ended: asyncio.Future[Exit | None]   # None: the zygote went and could not tell
    uses: int = 0
    cpu: float = 0.0                     # seconds it said it used for earlier messages
    open: bool = True
    waiter: asyncio.Future[None] | None = None
    unasked: int = 0                     # times that something was there since anybody waited
    watched: bool = False                # the loop looks at the connection, from the first wait to the end or to unasked words

    async def send(self, kind: Kind, payload: bytes, fd: int | None = None) -> None:
        """Raises ConnectionError where the child is gone."""
        data = wire.pack(kind, payload)
        try:
            sent = socket.send_fds(self.connection, [data], [fd] if fd is not None else [])
        except BlockingIOError:
            raise ConnectionResetError("the child does not read") from None
        if sent < len(data):
            await asyncio.get_running_loop().sock_sendall(self.connection, memoryview(data)[sent:])

    async def receive(self, allowed: frozenset[Kind]) -> Frame:
        """Raises PeerGone where it ended, ProtocolError for what it may not say."""
        head, fd = await self._some(wire.HEADER.size)
        try:
            while len(head) < wire.HEADER.size:
                more, _ = await self._some(wire.HEADER.size - len(head))
                head += more
            kind, length = wire.header(head, allowed, wire.ANSWER_LIMIT)
            payload = bytearray()
            while len(payload) < length:
                payload += (await self._some(min(length - len(payload), 1 << 18)))[0]
        except (OSError, wire.ProtocolError, asyncio.CancelledError):
            if fd is not None:
                os.close(fd)
            raise
        return Frame(kind, bytes(payload), fd)

    async def _some(self, size: int) -> tuple[bytes, int | None]:
        while True:
            try:
                data, fd = wire.receive_some(self.connection, size)
            except BlockingIOError:
                await self._readable()
                continue
            except ConnectionResetError as error:
                raise wire.Unheard("the child closed and had not read all") from error
            except ConnectionError:
                data, fd = b"", None
            if not data:
                raise wire.PeerGone("the child closed")
            return data, fd

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        if not self.watched:
            loop.add_reader(self.connection.fileno(), self._heard)
            self.watched = True
        self.waiter, self.unasked = loop.create_future(), 0
        try:
            await self.waiter
        finally:
            self.waiter = None

    def _heard(self) -> None:
        if self.waiter is None:          # once for what was read meanwhile; else it ended, and is met when somebody asks
            self.unasked += 1
            if self.unasked > 1:
                self._unwatch()
        elif not self.waiter.done():
            self.waiter.set_result(None)

    def _unwatch(self) -> None:
        if self.watched:
            self.watched = False
            asyncio.get_running_loop().remove_reader(self.connection.fileno())

    def kill(self) -> None:
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return
        except PermissionError:
            # It runs as somebody else; its zygote does not.
            self.parent.say(NUMBER.pack(b"K", self.number))

    def close(self) -> None:
        if not self.open:
            return
        self.open = False
        if not self.ended.done():
            self.kill()
        self._unwatch()
        self.connection.close()
        os.close(self.pidfd)

    async def exit(self) -> Exit | None:
        """How it ended, once it did; None where nobody can tell."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BURIAL):
                return await asyncio.shield(self.ended)
        return None


@dataclass(slots=True, eq=False)
class Connection:
    """One connection to one zygote. `current` until it is lost or the zygote retires."""

    peer: socket.socket
    on_shed: Callable[[bool], None]       # True where others have waited for long
    on_end: Callable[[Connection], None]
    current: bool = True
    waiters: deque[asyncio.Future[Handle | None]] = field(default_factory=deque)
    children: dict[int, Handle] = field(default_factory=dict)

    def say(self, word: bytes) -> bool:
        try:
            self.peer.send(word)
        except OSError:
            self.end()
            return False
        return True

    def hear(self) -> None:
        while self.peer.fileno() >= 0:
            try:
                word, fds = wire.receive_fds(self.peer, 64, 2)
            except BlockingIOError:
                return
            except ConnectionError:
                word, fds = b"", []
            self.take(word, fds)

    def take(self, word: bytes, fds: list[int]) -> None:
        kind = word[:1]
        if kind == b"C" and len(fds) == 2 and len(word) == NUMBER.size:
            self.born(NUMBER.unpack(word)[1], *fds)
        elif kind == b"X" and len(word) == EXIT.size:
            _, number, status, cpu, peak = EXIT.unpack(word)
            handle = self.children.pop(number, None)
            if handle is not None and not handle.ended.done():
                handle.ended.set_result(Exit(status, cpu / 1_000_000, peak << 10))
            if not self.current and not self.children:
                self.end()
        elif kind in (b"S", b"L"):
            self.on_shed(kind == b"L")
        elif kind == b"Q":
            self.retired()
        else:
            for fd in fds:
                os.close(fd)
            self.end()

    def born(self, number: int, connection_fd: int, pidfd: int) -> None:
        connection = socket.socket(fileno=connection_fd)
        connection.setblocking(False)
        handle = Handle(number, connection, pidfd, self, asyncio.get_running_loop().create_future())
        self.children[number] = handle
        while self.waiters:
            waiter = self.waiters.popleft()
            if not waiter.done():
                waiter.set_result(handle)
                return
        handle.close()

    def retired(self) -> None:
        """Its children go on; new ones come from elsewhere."""
        self.current = False
        self._turn_away()
        self.on_end(self)
        if not self.children:
            self.end()

    def end(self) -> None:
        """Lost: what became of its children nobody can tell."""
        if self.peer.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self.peer.fileno())
        self.peer.close()
        self.current = False
        self._turn_away()
        for handle in tuple(self.children.values()):
            if not handle.ended.done():
                handle.ended.set_result(None)
        self.children.clear()
        self.on_end(self)

    def _turn_away(self) -> None:
        while self.waiters:
            waiter = self.waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)


class Link:
    """Children of one lane, from whichever zygote listens at `address` now."""

    def __init__(self, address: Path, clock: Clock, on_shed: Callable[[bool], None], on_end: Callable[[Connection], None]) -> None:
        self.address = address
        self.clock = clock
        self.on_shed = on_shed
        self.on_end = on_end
        self.connections: set[Connection] = set()
        self.current: Connection | None = None

    async def child(self, deadline: Deadline) -> Handle:
        """A new child. Raises InspectionUnavailable when the deadline passes."""
        pause = FIRST_PAUSE
        while True:
            connection = self._connected()
            if connection is not None:
                waiter: asyncio.Future[Handle | None] = asyncio.get_running_loop().create_future()
                connection.waiters.append(waiter)
                if connection.say(b"N"):
                    handle = await self._in_time(waiter, deadline)
                    if handle is not None:
                        return handle
            if deadline.left(self.clock) <= pause:
                raise InspectionUnavailable(f"no zygote answers at {self.address.name}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _in_time(self, waiter: asyncio.Future[Handle | None], deadline: Deadline) -> Handle | None:
        try:
            async with asyncio.timeout(deadline.left(self.clock)):
                return await waiter
        except (TimeoutError, asyncio.CancelledError) as error:
            # A child that came in the very moment we gave up would be nobody's.
            late = waiter.result() if waiter.done() and not waiter.cancelled() else None
            if late is not None:
                late.close()
            if isinstance(error, TimeoutError):
                raise InspectionUnavailable("no inspection child was free in time") from None
            raise

    def _connected(self) -> Connection | None:
        if self.current is not None and self.current.current:
            return self.current
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            peer.setblocking(False)
            folder = os.open(self.address.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                peer.connect(f"/proc/self/fd/{folder}/{self.address.name}")
            finally:
                os.close(folder)
        except OSError:
            peer.close()
            return None
        connection = self.current = Connection(peer, self.on_shed, self._ended)
        self.connections.add(connection)
        asyncio.get_running_loop().add_reader(peer.fileno(), connection.hear)
        return connection

    def reachable(self) -> bool:
        """A zygote serves at the address now."""
        return self._connected() is not None

    def _ended(self, connection: Connection) -> None:
        if connection.peer.fileno() < 0:
            self.connections.discard(connection)
        self.on_end(connection)

    def close(self) -> None:
        for connection in tuple(self.connections):
            for handle in tuple(connection.children.values()):
                handle.close()
            connection.end()
