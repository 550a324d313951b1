"""One SMTP session: aiosmtpd's connection, STARTTLS and task, with its command loop and DATA section replaced.

aiosmtpd 1.4.6 reads content line by line (6 times slower), takes bare LF, refuses long lines and DSN, has no BDAT, and cancels
a running handler when the client goes away. `_reader._buffer`, `_wait_for_data`, `_wakeup_waiter` and
`_maybe_resume_transport` are private to asyncio's StreamReader; a test holds on to them, and aiosmtpd is pinned.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from asyncio import sslproto
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

from gateway.edge import replies
from gateway.edge.caller import Caller, origin
from gateway.edge.commands import Mail
from gateway.edge.framing import BadLine, take_line
from gateway.edge.incoming import Incoming
from gateway.edge.proxy import BadProxyHeader, parse_proxy
from gateway.edge.relayer import NextHopRelayer
from gateway.edge.settings import ListenerSettings
from gateway.edge.verbs import COMMANDS
from gateway.model.reply import Reply
from gateway.model.transaction import Session

if TYPE_CHECKING:
    from gateway.edge.server import EdgeServer

READ_AHEAD = 64 << 10                    # octets; the transport pauses above twice as many
UNSENT = 64 << 10                        # octets of replies a client may leave unread
LINGER = 2.0                             # seconds for a client to read why it is cut off
TLS_HANDSHAKE = 30.0                     # seconds
BEFORE_TLS = frozenset({"EHLO", "HELO", "STARTTLS", "NOOP", "QUIT", "RSET"})
HTTP = frozenset({"GET", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS"})      # Postfix smtpd_forbidden_commands
LAST_OF_GROUP = frozenset({"EHLO", "HELO", "DATA", "STARTTLS", "XCLIENT"})               # RFC 2920 section 3.1


class Lost(Exception):
    """The client is gone, or was told to go: nothing more to read."""


class EdgeSession(SMTP):
    """Times are of the Clock port; `tick` is called every second and enforces them."""

    def __init__(self, edge: EdgeServer, listener: ListenerSettings, peer: str, implicit_tls: bool) -> None:
        # In place of SMTP.__init__, which inspects handler and methods for every connection (0.37 ms). A test compares
        # the attributes with those that aiosmtpd sets.
        loop = asyncio.get_running_loop()
        asyncio.StreamReaderProtocol.__init__(
            self, asyncio.StreamReader(limit=READ_AHEAD, loop=loop), client_connected_cb=self._cb_client_connected, loop=loop)
        self.loop = loop
        self.hostname = listener.hostname
        self.tls_context: ssl.SSLContext | None = edge.tls(listener)
        self.session = self.envelope = self.transport = None
        self._timeout_handle = self._handler_coroutine = None
        self._tls_handshake_okay = True
        self._tls_protocol = self._original_transport = None
        self._handle_hooks: dict[str, object] = {}
        self.edge = edge
        self.listener = listener
        self.caller = Caller.at(peer, listener, implicit_tls)
        self.incoming: Incoming | None = None
        self._out: list[bytes] = []
        self._sink: Callable[[bytes], bool] | None = None       # who takes content as it is read, and says when it has all
        self.counted = peer              # under whose address admission counts this session
        self.eof = False
        self.closing = False
        self.in_content = False          # from DATA or BDAT to our reply: not interrupted by a drain
        self.expires = edge.clock.monotonic() + listener.limits.command
        self._errors = self._junk = 0

    # connection
    def _reset_timeout(self, duration: float | None = None) -> None:
        """aiosmtpd's timer would also run during the handler; see `tick`."""

    def connection_lost(self, error: Exception | None) -> None:
        self.eof = True
        if self._original_transport is not None:
            self._original_transport.close()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None
        self.edge.left(self)

    def data_received(self, data: bytes) -> None:
        if self._sink is None:
            self._reader.feed_data(data)
        elif self._sink(data):
            self._sink = None
            self._reader._wakeup_waiter()

    def eof_received(self) -> bool:
        """A client that half-closes still gets its reply; the handler is never cancelled."""
        self.eof = True
        self._reader.feed_eof()
        return not self.caller.secure

    def tick(self, now: float) -> None:
        if now < self.expires:
            return
        if self.closing:
            self.abort()
        else:
            self.cut(replies.IDLE)

    def cut(self, reply: Reply) -> None:
        """Says why and closes, from outside of the session's own task."""
        if self.closing or self.transport is None:
            return
        self.say(reply)
        self.flush()
        self._hang_up()

    def evict(self) -> None:
        self.cut(replies.TOO_MANY_CONNECTIONS)

    def drain(self) -> None:
        """The process is about to end: a message in hand is finished, everything else ends now."""
        begun = self.incoming is not None and self.incoming.chunks is not None
        if not (self.in_content or begun):
            self.cut(replies.GOING_DOWN)

    def _hang_up(self) -> None:
        self.closing = True
        self.expires = self.edge.clock.monotonic() + LINGER
        if self.transport is not None:
            self.transport.close()
        if not self._reader.at_eof():
            self._reader.feed_eof()
        self.eof = True

    def abort(self) -> None:
        """Without a word."""
        transport = self.transport
        if transport is not None:
            transport.abort()

    # the conversation
    async def _handle_client(self) -> None:
        try:
            if await self._welcome():
                await self._converse()
        except (Lost, ConnectionError, ssl.SSLError):
            pass
        finally:
            self.edge.admission.busy(self)
            await self.forget()
            if not self.closing:
                self._hang_up()

    async def _welcome(self) -> bool:
        if self.listener.proxy and not await self._read_proxy():
            return False
        if self.caller.client not in self.listener.clients:
            return await self._farewell(replies.NOT_A_CLIENT)
        if self.caller.client != self.caller.peer:
            admitted = self.edge.admission.rename(self.listener, self.caller.peer, self.caller.client, self.edge.clock.monotonic())
            self.counted = self.caller.client
            if not admitted:
                return await self._farewell(replies.TOO_MANY_CONNECTIONS)
        await asyncio.sleep(0)
        if self._reader._buffer:
            return await self._farewell(replies.OUT_OF_STEP)
        self._out.append(f"220 {self.hostname} ESMTP sekisho\r\n".encode())
        return True

    async def _read_proxy(self) -> bool:
        self.expires = self.edge.clock.monotonic() + self.listener.limits.proxy
        if not self.caller.trusted:
            return False
        while True:
            try:
                header = parse_proxy(bytes(self._reader._buffer))
            except BadProxyHeader as error:
                self.edge.events.emit("refused", listener=self.listener.name, client=self.caller.peer, reason=f"PROXY: {error}")
                return False
            if header is not None:
                del self._reader._buffer[:header.length]
                self.caller.named(header, self.listener)
                return True
            await self.fill()

    async def _converse(self) -> None:
        limits, clock, admission = self.listener.limits, self.edge.clock, self.edge.admission
        while not self.closing:
            now = clock.monotonic()
            self.expires = now + (limits.command_stress if admission.stress else limits.command)
            if self.incoming is None:
                admission.idle(self, now)
                if self.edge.draining:
                    self.say(replies.GOING_DOWN)
                    break
            try:
                line = await self._next_line()
            except BadLine:
                await self._farewell(replies.BAD_LINE)
                return
            reply = await self._command(line)
            if reply is not None:
                if reply.close:
                    await self._farewell(reply)
                    return
                self.say(reply)
        self.flush()

    async def _command(self, line: bytes) -> Reply | None:
        verb, _, argument = line.decode("utf-8", "surrogateescape").partition(" ")
        verb = verb.upper()
        command = COMMANDS.get(verb)
        if command is None:
            return replies.NOT_SMTP if verb in HTTP else self.mistake(replies.UNKNOWN)
        if self.listener.tls == "required" and not self.caller.secure and verb not in BEFORE_TLS:
            return self.mistake(replies.NEED_TLS)
        if self._reader._buffer and verb in LAST_OF_GROUP:
            return replies.OUT_OF_STEP
        return await command(self, argument.strip(" \t"))

    def mistake(self, reply: Reply) -> Reply:
        """Counts a fault of the client's software, or of an attacker."""
        self._errors += 1
        return replies.TOO_MANY_ERRORS if self._errors > self.listener.limits.errors else reply

    def idle_talk(self, reply: Reply) -> Reply:
        """Counts a command that brings no mail forward."""
        self._junk += 1
        return self.mistake(reply) if self._junk > self.listener.limits.junk else reply

    def refused(self, reply: Reply) -> Reply:
        """Tells the log what never became a transaction of the pipeline."""
        session = self.incoming.session if self.incoming is not None else self.described()
        self.edge.events.emit("deferred" if reply.temporary else "refused", listener=session.listener, client=session.client,
                              code=reply.code, reason=str(reply))
        return reply

    def answered(self, reply: Reply) -> Reply:
        """Counts a message that came to its end."""
        if reply.positive:
            self._junk = 0
        return reply

    # reading and writing
    async def _next_line(self) -> bytes:
        while True:
            line = take_line(self._reader._buffer)
            if line is not None:
                self._reader._maybe_resume_transport()
                return line
            self.flush()
            await self.fill()

    async def pour(self, sink: Callable[[bytes], bool]) -> None:
        """Hands all input to `sink` as it comes, until that says it is enough. Raises Lost at the end of input.

        No turn of the loop and no buffer lies between: large content comes in many pieces.
        """
        data = self.take()
        if data and sink(data):
            return
        self.flush()                         # the client may wait for what it was told before it sends more
        self._sink = sink
        try:
            while self._sink is not None:
                await self.fill()
        finally:
            self._sink = None
        if self.closing:                 # told 421: what came all the same is not taken
            raise Lost

    async def fill(self) -> None:
        """Waits for more input. Raises Lost at the end of it."""
        if self.eof or self._reader.at_eof():
            raise Lost
        size, sink = len(self._reader._buffer), self._sink
        if self.transport is not None and self.transport.get_write_buffer_size() > UNSENT:
            await self._writer.drain()
            if len(self._reader._buffer) != size or self._sink is not sink:
                return
        await self._reader._wait_for_data("edge")
        if len(self._reader._buffer) == size and self._sink is sink and self._reader.at_eof():
            raise Lost

    def take(self) -> bytes:
        data = bytes(self._reader._buffer)
        self._reader._buffer.clear()
        self._reader._maybe_resume_transport()
        return data

    def put_back(self, data: bytes) -> None:
        """Octets that belong to the next command."""
        self._reader._buffer[:0] = data

    def say(self, reply: Reply) -> None:
        self._out.append(replies.encode(reply))

    def flush(self) -> None:
        """Replies to a pipelined group leave together (RFC 2920 section 3.2)."""
        if self._out:
            if self.transport is not None and not self.transport.is_closing():
                self.transport.write(b"".join(self._out))
            self._out.clear()

    async def _farewell(self, reply: Reply) -> bool:
        """The last reply. What the client still sends is read for a moment: closing at once would destroy the reply."""
        self.say(reply)
        self.flush()
        transport = self.transport
        if reply is not replies.BYE and transport is not None and not self.caller.secure and not self.eof:
            self.expires = self.edge.clock.monotonic() + LINGER
            with contextlib.suppress(Lost, OSError):
                transport.write_eof()
                self.closing = True     # `tick` aborts from here on
                while True:
                    self.take()
                    await self.fill()
        self._hang_up()
        return False

    async def forget(self) -> None:
        """The transaction is over, whatever became of it."""
        incoming, self.incoming = self.incoming, None
        self.in_content = False
        self.caller.forget_transaction()
        if incoming is not None:
            await incoming.close()

    async def start_tls(self) -> None:
        """The handshake, after the 220. aiosmtpd's connection_made puts the new transport in and clears the buffer again."""
        assert self.tls_context is not None
        waiter = self.loop.create_future()
        self._tls_protocol = sslproto.SSLProtocol(
            self.loop, self, self.tls_context, waiter, server_side=True, ssl_handshake_timeout=TLS_HANDSHAKE)
        self._original_transport = self.transport
        self._reader._buffer.clear()     # what came in clear has no say inside (RFC 3207 section 6, CVE-2011-0411)
        self._original_transport.set_protocol(self._tls_protocol)
        self.transport = self._tls_protocol._app_transport
        self._tls_protocol.connection_made(self._original_transport)
        try:
            await waiter
        except (OSError, ssl.SSLError):
            self.connection_lost(None)   # sslproto tells nobody whose connection was never made
            raise
        self.caller.secure = True
        self.caller.forget()

    def begin(self, mail: Mail) -> None:
        """A transaction. It goes to its end under the settings of now, whatever a reload changes meanwhile."""
        self.edge.admission.busy(self)
        lane = self.edge.lane(self.listener)
        self.listener = lane.listener
        told = origin(self.described()) if self.caller.trusted else None
        relayer = NextHopRelayer(lane.next_hop, self.edge.clock, mail.size, told, self.edge.turn)
        self.incoming = Incoming(lane.listener, self.described(mail.smtputf8), mail, relayer, self.edge.spool)

    def described(self, utf8: bool = False) -> Session:
        """The session as the pipeline knows it."""
        secure = self.caller.secure and self.transport is not None
        cipher = self.transport.get_extra_info("cipher") if secure else None
        return self.caller.described(self.listener.name, utf8, cipher)
