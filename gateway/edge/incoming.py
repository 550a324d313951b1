"""One mail transaction of a client, from MAIL to the end of its content. No socket in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gateway.edge import replies
from gateway.edge.commands import Mail, Rcpt
from gateway.edge.framing import ChunkFramer, DataFramer
from gateway.edge.relayer import NextHopRelayer
from gateway.edge.settings import ListenerSettings
from gateway.edge.spool import MEMORY, Spool, SpoolFull
from gateway.model.reply import Reply
from gateway.model.transaction import Envelope, Recipient, Session


@dataclass(slots=True)
class Incoming:
    """`refusal` is set as soon as the content is of no use any more; the rest of it is read and dropped."""

    listener: ListenerSettings
    session: Session
    mail: Mail
    relayer: NextHopRelayer
    directory: Path
    recipients: list[Recipient] = field(default_factory=list)
    spool: Spool | None = None
    refusal: Reply | None = None
    dropped: int = 0                     # octets read after the refusal
    chunks: ChunkFramer | None = None    # BDAT has begun
    plain: bool = False                  # no line of the whole content begins with a dot: it can be sent as it is

    def envelope(self, *more: Recipient) -> Envelope:
        m = self.mail
        return Envelope(m.path, (*self.recipients, *more), m.body, m.smtputf8, m.ret, m.envid, m.auth)

    def known(self, command: Rcpt) -> Recipient | None:
        """An accepted recipient with the same mailbox: it gets the mail once."""
        return next((r for r in self.recipients if r.mailbox.text == command.mailbox.text), None)

    async def add(self, command: Rcpt) -> Reply:
        """Offers the recipient to the next hop; its refusal is ours."""
        if self.known(command):
            return replies.RECIPIENT_OK
        if len(self.recipients) >= self.listener.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        recipient = Recipient(command.mailbox, command.notify, command.orcpt)
        reply = await self.relayer.offer(self.envelope(), recipient)
        if not reply.positive:
            return reply
        self.recipients.append(recipient)
        return replies.RECIPIENT_OK

    def framer(self) -> DataFramer:
        return DataFramer(self.listener.stray == "normalize")

    def chunk_framer(self) -> ChunkFramer:
        if self.chunks is None:
            self.chunks = ChunkFramer(self.listener.stray == "normalize")
        return self.chunks

    def write(self, content: bytes, stray: int) -> None:
        """Keeps a piece of content, or drops it where the message is refused already. `stray` counts since the beginning."""
        if stray and self.listener.stray == "reject" and self.refusal is not replies.STRAY:
            self._refuse(replies.STRAY)
        if self.refusal is not None:
            self.dropped += len(content)
            return
        try:
            if self.spool is None:
                self.spool = Spool(self.directory)
            if self.spool.size + len(content) > self.listener.max_size:
                self._refuse(replies.TOO_BIG)
                return
            was = self.spool.size
            self.spool.write(content)
        except SpoolFull:
            self._refuse(replies.NO_ROOM)
            return
        if was <= MEMORY < self.spool.size:
            self.relayer.release()       # a long upload: the next hop need not wait for it

    @property
    def endless(self) -> bool:
        """More than we are willing to read and drop for the sake of a polite answer."""
        return self.dropped > self.listener.limits.flood

    def complete(self) -> Spool:
        """The spool of the whole content. Raises SpoolFull."""
        if self.spool is None:
            self.spool = Spool(self.directory)
        self.relayer.plain = self.spool.fd if self.plain else None
        return self.spool

    async def close(self) -> None:
        """Frees the spool and leaves nothing open at the next hop."""
        if self.spool is not None:
            self.spool.close()
            self.spool = None
        await self.relayer.abandon()

    def _refuse(self, reply: Reply) -> None:
        self.refusal = reply
        if self.spool is not None:
            self.spool.close()
            self.spool = None
