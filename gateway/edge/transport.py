"""One connection to a next hop: the client state machine on an asyncio transport."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import cast

from gateway.edge.client import Client, ProtocolError, State, Stuffer, Verb, auth_plain, stuff
from gateway.edge.settings import Hop, NextHopSettings
from gateway.model.errors import NextHopUnavailable, unreachable
from gateway.model.reply import Reply

CHUNK = 32 << 10                         # octets of content read and sent at a time: what a cache holds is sent fastest
SEND_BUFFER = 128 << 10                  # of the socket, so that most mail goes out in one call
SPLICED = 64 << 10                       # octets of content from which on the kernel sends them by itself, and at a time
EARLY = 0.001                            # seconds by which a loop's timers may come too soon
READ = 4 << 10                           # octets read at a time: asyncio's 256 KiB are fresh memory at each reply


class ConnectionLost(Exception):
    """The connection ended, fell silent for too long, or the peer stopped speaking SMTP."""


class Connection(asyncio.Protocol):
    """Opened by `connect`. One user at a time."""

    def __init__(self, hop: Hop) -> None:
        self.hop = hop
        self.client = Client()
        self.used = 0                    # transactions before the present one
        self.idle_since = 0.0
        self.lost: Exception | None = None
        self._transport: asyncio.Transport | None = None
        self._replies: list[tuple[Verb, Reply]] = []
        self._waiter: asyncio.Future[None] | None = None
        self._until = float("inf")       # of the loop's clock: when who waits has waited too long
        self._timer: asyncio.TimerHandle | None = None
        self._writable = True
        self._encrypted = False
        self._reads = 0                  # from the connection
        self._by_lines = True            # replies to a pipelined group do not come together, as far as we know

    # asyncio.Protocol
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if hasattr(transport, "max_size"):
            transport.max_size = READ
        self._transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        self._reads += 1
        try:
            self.client.receive(data, self._replies)
        except ProtocolError as error:
            self.abort(ConnectionLost(str(error)))
        self._wake()

    def eof_received(self) -> None:
        self.abort(ConnectionLost("closed by the next hop"))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = self.lost or error or ConnectionLost("closed by the next hop")
        self.client.state = State.CLOSED
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._wake()

    # for the relayer
    @property
    def usable(self) -> bool:
        return self.lost is None and self.client.state is State.READY and not self.client.outstanding

    @property
    def answered(self) -> bool:
        """A reply is here that nobody has taken yet."""
        return bool(self._replies)

    def send(self, verb: Verb, line: str = "") -> None:
        """Queues a command; it leaves with the next call of `replies` or `flush`. Raises ConnectionLost."""
        if self.lost is not None or self.client.state is State.CLOSED:
            raise ConnectionLost(str(self.lost or "closed by the next hop"))
        self.client.send(verb, line)

    def flush(self) -> None:
        self.write(self.client.take())

    def write(self, data: bytes) -> None:
        if self.lost is not None or self._transport is None:
            raise ConnectionLost(str(self.lost))
        self._transport.write(data)

    async def replies(self, seconds: float) -> list[tuple[Verb, Reply]]:
        """Sends what is queued and waits for the replies to all of it. Raises ConnectionLost."""
        data = self.client.take()
        if data:
            self.write(data)
        outstanding = self.client.outstanding
        if outstanding:
            if outstanding > 1 and self._by_lines:
                self._acknowledge_at_once()
            before = self._reads
            await self._wait(self._all_answered, seconds)
            if outstanding > 1:
                self._by_lines = self._reads > before + 1
        found, self._replies = self._replies, []
        return found

    def _acknowledge_at_once(self) -> None:
        """A server that answers a pipelined group line by line waits for our acknowledgement before its second line (Nagle);
        a delayed one costs 40 ms a group."""
        sock = self._transport.get_extra_info("socket") if self._transport is not None else None
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def end(self, last: bytes) -> None:
        """The last piece of the content, and the dot. Raises ConnectionLost."""
        if self.lost is not None or self.client.state is State.CLOSED:
            raise ConnectionLost(str(self.lost or "closed by the next hop"))
        self.write(last + self.client.dot())

    async def drain(self, seconds: float) -> None:
        """Until the transport takes more, or the peer has answered before its time. Raises ConnectionLost."""
        if not self._writable and not self._replies:
            await self._wait(self._taken, seconds)

    async def content(self, head: bytes, fd: int, offset: int, size: int, stuffed: bool, seconds: float,
                      plain: bool = False) -> bytes | None:
        """Sends head and `size` octets of `fd`, all but the last piece: that is returned, so that it can leave with what
        follows. None where the peer answered before we were done. `plain`: none of these octets needs stuffing."""
        end = offset + size
        if (plain or not stuffed) and size > SPLICED and not self._encrypted:
            self.write(stuff(head) if stuffed else head)
            sent = await self._splice(fd, offset, end - CHUNK, seconds, stuffed)
            return os.pread(fd, end - sent, sent) if sent is not None else None
        stuffer, data = Stuffer(), head
        while True:
            chunk = os.pread(fd, min(CHUNK, end - offset), offset)
            if not chunk and offset < end:
                raise ConnectionLost("the spool is shorter than it was")
            offset += len(chunk)
            piece = stuffer.feed(data + chunk) if stuffed else data + chunk
            if offset >= end:
                return piece + stuffer.close() if stuffed else piece
            self.write(piece)
            data = b""
            if not self._writable:
                await self.drain(seconds)
            if stuffed and self._replies:
                return None

    async def _splice(self, fd: int, offset: int, end: int, seconds: float, answerable: bool) -> int | None:
        """Sends the octets of `fd` up to `end` without reading them; where it came to. None where the peer answered before."""
        assert self._transport is not None
        sock = self._transport.get_extra_info("socket")
        with contextlib.ExitStack() as stack:
            own: int | None = None
            while offset < end:
                if not self._writable:
                    await self.drain(seconds)
                if self.lost is not None:
                    raise ConnectionLost(str(self.lost))
                if answerable and self._replies:
                    return None
                try:
                    sent = os.sendfile(sock.fileno(), fd, offset, min(SPLICED, end - offset))
                except BlockingIOError:
                    if own is None:      # the transport's descriptor is its own to wait for
                        own = os.dup(sock.fileno())
                        stack.callback(os.close, own)
                    await self._room(own, seconds)
                    continue
                except OSError as error:
                    raise ConnectionLost(error.strerror or "cannot send") from error
                if not sent:
                    raise ConnectionLost("the spool is shorter than it was")
                offset += sent
        return offset

    async def _room(self, own: int, seconds: float) -> None:
        """Until the socket takes more, or the peer has answered. `own` is a second descriptor of it."""
        loop = asyncio.get_running_loop()
        self._writable = False
        loop.add_writer(own, self.resume_writing)
        try:
            await self._wait(self._taken, seconds)
        finally:
            loop.remove_writer(own)
            self._writable = True

    def abort(self, why: Exception) -> None:
        self.lost = self.lost or why
        self.client.state = State.CLOSED
        if self._transport is not None:
            self._transport.abort()

    def quit(self) -> None:
        """Says QUIT where that is possible and closes, without waiting."""
        if self._transport is None or self.lost is not None:
            return
        if self.client.state is State.READY and not self.client.outstanding:
            self.client.send(Verb.QUIT)
            self._transport.write(self.client.take())
        self.lost = ConnectionLost("closed by us")
        self._transport.close()

    async def start_tls(self, context: ssl.SSLContext, seconds: float) -> None:
        if self.lost is not None or self.client.halfway:
            raise ConnectionLost("said more in clear than its answer to STARTTLS")       # RFC 3207 section 6, for replies
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._transport, self, context, server_hostname=self.hop.host,
                                         ssl_handshake_timeout=seconds)
        if transport is None:
            raise ConnectionLost("closed in the TLS handshake")
        self._transport, self._encrypted = transport, True
        transport.set_write_buffer_limits(high=CHUNK)

    # inside
    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _all_answered(self) -> bool:
        return not self.client.outstanding

    def _taken(self) -> bool:
        return self._writable or bool(self._replies)

    async def _wait(self, ready: Callable[[], bool], seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._within(loop, seconds)
        try:
            while not ready():
                if self.lost is not None:
                    raise ConnectionLost(str(self.lost))
                self._waiter = loop.create_future()
                await self._waiter
        finally:
            self._until = float("inf")
            self._waiter = None

    def _within(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """One timer a connection: it stays where it is while waits come and go, and looks again when its time comes."""
        self._until = loop.time() + seconds
        if self._timer is None or self._timer.when() > self._until:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(self._until, self._silent)

    def _silent(self) -> None:
        self._timer = None
        if self._until == float("inf"):
            return
        loop = asyncio.get_running_loop()
        if self._until > loop.time() + EARLY:
            self._timer = loop.call_at(self._until, self._silent)
            return
        self.abort(ConnectionLost("no answer in time"))
        self._wake()


async def connect(hop: Hop, settings: NextHopSettings, hostname: str) -> Connection:
    """A connection that is READY: greeted, EHLO done, TLS and credentials as the settings want. Raises NextHopUnavailable."""
    try:
        async with asyncio.timeout(settings.connect):
            return await _connect(hop, settings, hostname, settings.tls != "none")
    except (ConnectionLost, ProtocolError, ssl.SSLError) as error:
        raise NextHopUnavailable(f"{hop}: {str(error) or 'no answer in time'}") from error
    except OSError as error:             # time that ran out among them, which says nothing
        raise NextHopUnavailable(f"{hop}: {unreachable(error) if error.args else 'no answer in time'}") from error


async def _connect(hop: Hop, settings: NextHopSettings, hostname: str, tls: bool) -> Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: Connection(hop), hop.host, hop.port)
    ready = False
    try:
        _tune(connection)
        await _greet(connection, settings, hostname)
        if tls and "STARTTLS" in connection.client.extensions:
            try:
                await _secure(connection, settings, hostname)
            except (OSError, ConnectionLost, ssl.SSLError):
                if settings.tls == "required":
                    raise
                return await _connect(hop, settings, hostname, tls=False)
        elif settings.tls == "required":
            raise ConnectionLost("offers no STARTTLS")
        if settings.credentials is not None:
            await _authenticate(connection, settings)
        ready = True
    finally:
        if not ready:
            connection.abort(ConnectionLost("set-up failed"))
    return connection


def _tune(connection: Connection) -> None:
    sock = connection._transport.get_extra_info("socket") if connection._transport else None
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


async def _greet(connection: Connection, settings: NextHopSettings, hostname: str) -> None:
    ((_, greeting),) = await connection.replies(settings.connect)
    if not greeting.positive:
        raise ConnectionLost(f"greeting {greeting.code}")
    await hello(connection, hostname, settings.connect)


async def hello(connection: Connection, hostname: str, seconds: float) -> None:
    """EHLO, or HELO where that is not known. Also refreshes what a kept connection offers."""
    connection.send(Verb.EHLO, f"EHLO {hostname}")
    ((_, reply),) = await connection.replies(seconds)
    if reply.code in (500, 501, 502, 504, 550):
        connection.send(Verb.HELO, f"HELO {hostname}")
        ((_, reply),) = await connection.replies(seconds)
    if not reply.positive:
        raise ConnectionLost(f"EHLO answered {reply.code}")


async def _secure(connection: Connection, settings: NextHopSettings, hostname: str) -> None:
    connection.send(Verb.STARTTLS)
    ((_, reply),) = await connection.replies(settings.connect)
    if not reply.positive:
        raise ConnectionLost(f"STARTTLS answered {reply.code}")
    await connection.start_tls(client_context(settings.tls == "required", settings.ca), settings.connect)
    await hello(connection, hostname, settings.connect)


async def _authenticate(connection: Connection, settings: NextHopSettings) -> None:
    assert settings.credentials is not None
    user, password = Path(settings.credentials).read_text(encoding="utf-8").splitlines()[:2]
    connection.send(Verb.AUTH, auth_plain(user, password))
    ((_, reply),) = await connection.replies(settings.connect)
    if not reply.positive:
        raise ConnectionLost(f"AUTH answered {reply.code}")


def client_context(checked: bool, ca: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer. Opportunistic TLS checks nothing: without it the mail would go in clear (RFC 7435)."""
    context = ssl.create_default_context(cafile=ca) if checked else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
