"""DATA and BDAT: reading content from the client in large pieces, and answering its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.edge import replies
from gateway.edge.incoming import Incoming
from gateway.model.reply import Reply

if TYPE_CHECKING:
    from gateway.edge.session import EdgeSession


class Pace:
    """The least speed at which content must come. Waiting for the client counts, our own work does not."""

    def __init__(self, session: EdgeSession) -> None:
        self._session = session
        self._limits = session.listener.limits
        self._start = session.edge.clock.monotonic()
        self.octets = 0

    def wait(self) -> None:
        """From now on more content is waited for; the session's `tick` cuts off who keeps us waiting."""
        limits, session = self._limits, self._session
        now = session.edge.clock.monotonic()
        slowest = self._start + limits.data_grace + self.octets / limits.data_rate
        session.expires = min(now + limits.data, self._start + limits.data_total, max(slowest, now + 1.0))


async def data(session: EdgeSession, argument: str) -> Reply | None:
    incoming = session.incoming
    if argument:
        return session.mistake(replies.BAD_SYNTAX)
    refusal = _not_now(incoming)
    if incoming is None or refusal is not None or incoming.chunks is not None:
        return session.mistake(refusal or replies.CHUNKS_BEGUN)
    session.in_content = True
    session.say(replies.GO_ON)
    session.flush()
    framer, pace, ended = incoming.framer(), Pace(session), False

    def received(chunk: bytes) -> bool:
        nonlocal ended
        pace.octets += len(chunk)
        piece = framer.feed(chunk)
        incoming.write(piece.content, framer.stray)
        if piece.ended:
            session.put_back(piece.rest)
            ended = True
            return True
        pace.wait()
        return incoming.endless

    pace.wait()
    await session.pour(received)
    if not ended:
        return session.refused(replies.ENDLESS)
    incoming.plain = not (framer.dots or framer.stray)
    return await _finish(session, incoming)


async def bdat(session: EdgeSession, argument: str) -> Reply | None:
    """One chunk (RFC 3030). Its octets are read whatever the answer: they were sent already."""
    words = argument.split()
    size = words[0] if words else ""
    last = [w.upper() for w in words[1:]]
    if not (size.isascii() and size.isdigit() and len(size) <= 20) or last not in ([], ["LAST"]):
        return session.mistake(replies.BAD_LINE)      # without a size nobody knows where the next command begins
    incoming = session.incoming
    refusal = _not_now(incoming)
    limits = session.listener
    if int(size) > limits.max_size + limits.limits.flood:
        return session.refused(replies.ENDLESS)
    session.in_content = True
    await _chunk(session, int(size), None if refusal else incoming)
    if incoming is None or refusal is not None:
        session.in_content = False
        return session.mistake(refusal or replies.NEED_MAIL)
    if last:
        framer = incoming.chunk_framer()
        incoming.write(framer.close(), framer.stray)
        return await _finish(session, incoming)
    session.in_content = False
    if incoming.refusal is not None:
        reply = session.refused(incoming.refusal)
        await session.forget()
        return reply
    return Reply(250, "2.0.0", f"{size} octets received")


async def _chunk(session: EdgeSession, left: int, incoming: Incoming | None) -> None:
    pace, framer = Pace(session), incoming.chunk_framer() if incoming is not None else None

    def received(chunk: bytes) -> bool:
        nonlocal left
        pace.octets += len(chunk)
        if len(chunk) > left:
            session.put_back(chunk[left:])
            chunk = chunk[:left]
        left -= len(chunk)
        if incoming is not None and framer is not None:
            incoming.write(framer.feed(chunk), framer.stray)
        pace.wait()
        return not left

    if left:
        pace.wait()
        await session.pour(received)


def _not_now(incoming: Incoming | None) -> Reply | None:
    if incoming is None:
        return replies.NEED_MAIL
    return None if incoming.recipients else replies.NEED_RCPT


async def _finish(session: EdgeSession, incoming: Incoming) -> Reply | None:
    """The answer to the end of the content. From here on the client may leave: the work is done to its end."""
    session.expires = float("inf")
    if incoming.refusal is not None:
        reply = session.refused(incoming.refusal)
        await session.forget()
        return session.answered(reply)
    try:
        session.flush()                  # what was pipelined before BDAT is not kept until the mail is judged
        reply = session.answered(await session.edge.handler.finish(incoming))
        session.say(reply)
        session.flush()                  # before all else: until it is out, a crash makes a duplicate
    finally:
        incoming.relayer.window.close()
    await session.forget()
    return None
