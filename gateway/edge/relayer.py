"""One transaction with the next hop on behalf of one transaction of a client: the Relayer port."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence

from gateway.edge import replies
from gateway.edge.client import Missing, State, Verb, mail_line, rcpt_line, xforward_line
from gateway.edge.nexthop import NextHop, reset
from gateway.edge.transport import CHUNK, Connection, ConnectionLost, hello
from gateway.edge.turn import Turn, Window
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import NextHopUnavailable
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from gateway.model.transaction import Envelope, Recipient

OVERHEAD = 1024                          # octets of our own header lines, added to SIZE
ECHOES = 20                              # equal questions under way at once: two gateways that point at each other ask without end
CONTENT = frozenset({Verb.BDAT, Verb.LAST, Verb.DOT})    # a 421 behind their answers says goodbye, and takes nothing back
LAST_CHUNK = 1 << 20                     # octets of the BDAT chunk that ends a message: its sending is inside the reserve


class NextHopRelayer:
    """Made for one transaction; not used by two tasks at once, save `release`, which the pool may call."""

    def __init__(self, next_hop: NextHop, clock: Clock, size: int = 0, origin: Mapping[str, str] | None = None,
                 turn: Turn | None = None) -> None:
        self._next_hop = next_hop
        self._clock = clock
        self._size = size                # declared by the client, 0 where it was not
        self._origin = origin or {}      # XFORWARD attributes of the client
        self.window = Window(turn)       # closed by whoever answers the client
        self.plain: int | None = None    # descriptor of content in which no line begins with a dot, where one is known
        self._connection: Connection | None = None
        self._offered: list[str] = []    # accepted in the transaction that is open now
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False              # our end of the content went out: what becomes of it is the next hop's word
        self._early: Reply | None = None  # the answer to DATA or to a chunk where it was no leave to go on

    # the port
    async def offer(self, envelope: Envelope, recipient: Recipient) -> Reply:
        """The next hop's answer to this recipient; 451 where there is no next hop.

        Where very many ask the same at this moment, the answer is left to `relay`: so the content gets its turn, and with it
        the trace that shows a loop.
        """
        route = (envelope.reverse_path, recipient.mailbox)
        if self._next_hop.asking[route] >= ECHOES:
            return replies.RECIPIENT_OK
        self._next_hop.asking[route] += 1
        try:
            return await self._offer_once_more(envelope, recipient)
        finally:
            self._next_hop.asking[route] -= 1
            if not self._next_hop.asking[route]:
                del self._next_hop.asking[route]

    async def _offer_once_more(self, envelope: Envelope, recipient: Recipient) -> Reply:
        """A kept connection may have died meanwhile: then a fresh one is asked."""
        self._unpark()
        for fresh in (False, True):
            reused = self._connection is None or bool(self._connection.used)
            try:
                reply = await self._offer(envelope, recipient, fresh)
            except NextHopUnavailable:
                return replies.NEXT_HOP_UNREACHABLE
            except Missing as missing:
                self._park()
                return missing.reply
            except ConnectionLost:
                self._lose()
                if fresh or not reused:
                    return replies.NEXT_HOP_LOST
            else:
                self._park()
                return _own(reply)
        return replies.NEXT_HOP_LOST

    async def relay(self, envelope: Envelope, recipients: Sequence[Recipient], head: bytes, fd: int, offset: int,
                    size: int, deadline: Deadline) -> RelayResult:
        """See the port. A connection lost before our final dot is tried once more, on a fresh one."""
        self._unpark()
        for fresh in (False, True):
            try:
                refusal = await self._begin(envelope, recipients, fresh, deadline)
                if refusal is None:
                    refusal = self._unfit(envelope, head, fd, offset, size)
                if refusal is not None:
                    self.release()
                    return refusal
                if not await self._content(head, fd, offset, size, deadline):
                    return RelayResult(replies.OUT_OF_TIME, {})
                return await self._final()
            except Missing as missing:
                self.release()
                return RelayResult(missing.reply, {})
            except ConnectionLost:
                self._lose()
                if self._ended:
                    return RelayResult(replies.NEXT_HOP_LOST, {}, uncertain=True)
                if fresh or self._late(deadline):
                    return RelayResult(replies.NEXT_HOP_LOST, {})
        return RelayResult(replies.NEXT_HOP_LOST, {})

    async def abandon(self) -> None:
        """Nothing of this transaction is delivered. RSET goes its own way: nobody waits for the next hop's answer to it."""
        self.release()

    def release(self) -> None:
        """Lets go of the connection: the transaction is over, or waited long enough, or others need it more."""
        self._unpark()
        connection, self._connection, self._offered = self._connection, None, []
        if connection is None:
            return
        if connection.client.state is State.MAIL:
            task = asyncio.get_running_loop().create_task(self._give_back(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._return(connection)

    async def _give_back(self, connection: Connection) -> None:
        if not await reset(connection, self._next_hop.settings.command):
            connection.abort(ConnectionLost("transaction abandoned"))
        self._next_hop.release(connection)

    def _return(self, connection: Connection) -> None:
        if not connection.usable:
            connection.abort(ConnectionLost("transaction abandoned"))
        self._next_hop.release(connection)

    def _late(self, deadline: Deadline) -> bool:
        """The next hop would not have its time for a final answer any more."""
        return deadline.left(self._clock) < self._next_hop.settings.reserve

    # parking
    def _park(self) -> None:
        if self._connection is not None:
            self._next_hop.park(self)

    def _unpark(self) -> None:
        self._next_hop.unpark(self)

    def _lose(self) -> None:
        connection, self._connection, self._offered = self._connection, None, []
        if connection is not None:
            connection.abort(ConnectionLost("lost"))
            self._next_hop.release(connection)

    # recipients
    async def _offer(self, envelope: Envelope, recipient: Recipient, fresh: bool) -> Reply:
        connection = await self._ready(envelope, fresh, self._next_hop.settings.command)
        client = connection.client
        recipient_line = rcpt_line(recipient, client.extensions)
        begins = client.state is State.READY
        if begins:
            self._send_mail(connection, envelope)
        connection.send(Verb.RCPT, recipient_line)
        answers = [r for v, r in await connection.replies(self._next_hop.settings.command) if v in (Verb.MAIL, Verb.RCPT)]
        refused = next((r for r in answers if not r.positive), None)
        if refused is None:
            self._offered.append(recipient.mailbox.text)
            return answers[-1]
        if begins and not answers[0].positive:
            self.release()
        return refused

    async def _ready(self, envelope: Envelope, fresh: bool, seconds: float) -> Connection:
        """The connection of this transaction, or a new one. A kept one is asked again what it offers where that matters."""
        if self._connection is None:
            self._connection = await self._next_hop.acquire(seconds, fresh)
            if self._connection.used and (envelope.smtputf8 or envelope.body == "8BITMIME"):
                await hello(self._connection, self._next_hop.hostname, seconds)
        return self._connection

    def _send_mail(self, connection: Connection, envelope: Envelope) -> None:
        client = connection.client
        if self._origin and "XFORWARD" in client.extensions:
            line = xforward_line(self._origin, client.extensions.offered["XFORWARD"])
            if line:
                connection.send(Verb.XFORWARD, line)
        connection.send(Verb.MAIL, mail_line(envelope, client.extensions, self._size and self._size + OVERHEAD))

    async def _begin(self, envelope: Envelope, recipients: Sequence[Recipient], fresh: bool,
                     deadline: Deadline) -> RelayResult | None:
        """Makes exactly these recipients the transaction's; a result where that cannot be."""
        wanted = [r.mailbox.text for r in recipients]
        if self._connection is not None and sorted(wanted) == sorted(self._offered):
            return None
        seconds = min(self._next_hop.settings.command, max(1.0, deadline.left(self._clock) - self._next_hop.settings.reserve))
        if self._connection is not None and not await reset(self._connection, seconds):
            self._lose()
        self._offered = []
        connection = await self._ready(envelope, fresh, seconds)
        lines = [rcpt_line(r, connection.client.extensions) for r in recipients]
        self._send_mail(connection, envelope)
        for line in lines:
            connection.send(Verb.RCPT, line)
        answers = await connection.replies(seconds)
        mail = next(r for v, r in answers if v is Verb.MAIL)
        if not mail.positive:
            return RelayResult(_own(mail), {})
        refused = {text: _own(reply) for text, reply in zip(wanted, (r for v, r in answers if v is Verb.RCPT), strict=True)
                   if not reply.positive}
        if refused:
            return RelayResult(_joint(list(refused.values()), len(wanted)), refused)
        self._offered = wanted
        return None

    # content
    def _unfit(self, envelope: Envelope, head: bytes, fd: int, offset: int, size: int) -> RelayResult | None:
        """Octets the next hop did not say it can take are never sent to it, and never changed (RFC 6152, RFC 6531)."""
        assert self._connection is not None
        extensions = self._connection.client.extensions
        if envelope.smtputf8 and "SMTPUTF8" not in extensions and not _header(head, fd, offset, size).isascii():
            return RelayResult(replies.NO_SMTPUTF8, {})
        if "8BITMIME" not in extensions and not (head.isascii() and _ascii(fd, offset, size)):
            return RelayResult(replies.NO_8BIT, {})
        return None

    async def _content(self, head: bytes, fd: int, offset: int, size: int, deadline: Deadline) -> bool:
        """All up to and with the final dot; False where the time left is too short for it."""
        connection = self._connection
        assert connection is not None
        if self._late(deadline):
            self.release()
            return False
        if "CHUNKING" in connection.client.extensions:
            return await self._chunks(connection, head, fd, offset, size, deadline)
        seconds = self._next_hop.settings.command
        connection.send(Verb.DATA)
        answers = await connection.replies(seconds)
        if answers[-1][1].code != 354:
            self._early = answers[-1][1]
            return True
        last = await connection.content(head, fd, offset, size, True, seconds, fd == self.plain)
        if last is None:
            return True
        await self.window.open()
        if self._late(deadline):
            self._lose()
            return False
        if not connection.answered:      # else it has said what becomes of the content before our dot
            connection.end(last)
            self._ended = True
        return True

    async def _chunks(self, connection: Connection, head: bytes, fd: int, offset: int, size: int, deadline: Deadline) -> bool:
        seconds = self._next_hop.settings.command
        while len(head) + size > LAST_CHUNK:
            part = max(0, LAST_CHUNK - len(head))
            connection.send(Verb.BDAT, f"BDAT {len(head) + part}")
            head = connection.client.take() + head
            connection.write(await connection.content(head, fd, offset, part, False, seconds) or b"")
            head, offset, size = b"", offset + part, size - part
            if connection.answered and await self._refused_early(connection, seconds):
                return True
        # Before the last one all others are answered: one answer too many would be taken for the yes to the whole.
        if connection.client.outstanding and await self._refused_early(connection, seconds):
            return True
        await self.window.open()
        if self._late(deadline):
            self._lose()
            return False
        self._ended = True               # from the first octet of the last chunk on: it may arrive whole
        connection.send(Verb.LAST, f"BDAT {len(head) + size} LAST")
        head = connection.client.take() + head
        connection.write(await connection.content(head, fd, offset, size, False, seconds) or b"")
        return True

    async def _refused_early(self, connection: Connection, seconds: float) -> bool:
        """Takes the answers to all chunks that were sent; True where one of them was no leave to go on."""
        self._early = next((r for _, r in await connection.replies(seconds) if not r.positive), None)
        return self._early is not None

    async def _final(self) -> RelayResult:
        connection = self._connection
        assert connection is not None
        reply, self._early = self._early, None
        if reply is None:
            told = await connection.replies(self._next_hop.settings.final)
            answers = [r for v, r in told if v in CONTENT] or [r for _, r in told]
            reply = next((r for r in answers if not r.positive), answers[-1])
        if connection.client.state is State.CONTENT or not reply.positive:
            self._lose()
        else:
            self._connection, self._offered = None, []
            self._next_hop.release(connection)
        return RelayResult(_own(reply), {})


def _own(reply: Reply) -> Reply:
    """A refusal as we pass it on: 421 would speak of the client's connection, an odd code of nothing."""
    if reply.code == 421:
        return Reply(451, "4.4.2", reply.text)
    if reply.positive or 400 <= reply.code < 600:
        fits = reply.enhanced.startswith(f"{reply.code // 100}.")      # RFC 2034 section 4: both must say the same
        return Reply(reply.code, reply.enhanced if fits else _derived(reply.code), reply.text)
    return replies.NEXT_HOP_LOST


def _derived(code: int) -> str:
    return f"{code // 100}.0.0" if code // 100 in (2, 4, 5) else ""


def _joint(refusals: Sequence[Reply], wanted: int) -> Reply:
    """One answer for recipients that were refused only after the content: the same for all, or try again, so that the next
    attempt learns at RCPT who is refused."""
    if len(refusals) < wanted:
        return replies.RECIPIENTS_CHANGED
    return next((r for r in refusals if r.temporary), refusals[0])


def _header(head: bytes, fd: int, offset: int, size: int) -> bytes:
    start = head + os.pread(fd, min(size, 1 << 20), offset)
    return start.partition(b"\r\n\r\n")[0]


def _ascii(fd: int, offset: int, size: int) -> bool:
    return all(os.pread(fd, min(CHUNK, offset + size - at), at).isascii() for at in range(offset, offset + size, CHUNK))
