"""The border between SMTP and the pipeline: a received message becomes a Transaction, whatever goes wrong becomes 451."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from gateway.edge import replies
from gateway.edge.incoming import Incoming
from gateway.edge.permission import direction
from gateway.edge.spool import SpoolFull
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import GatewayFault
from gateway.model.ids import new_message_id
from gateway.model.ports import Events, Metrics, Relayer
from gateway.model.reply import Reply
from gateway.model.transaction import Message, Transaction

if TYPE_CHECKING:
    from gateway.edge.settings import ListenerSettings

Process = Callable[["Transaction", Relayer, "ListenerSettings"], Awaitable[Reply]]


class Handler:
    """`process` is the pipeline with its ports, exchanged as a whole at a reload."""

    def __init__(self, process: Process, clock: Clock, events: Events, metrics: Metrics) -> None:
        self.process = process
        self.working = 0                 # messages between their final dot and our answer
        self._clock = clock
        self._events = events
        self._metrics = metrics

    async def finish(self, incoming: Incoming) -> Reply:
        """The reply to the end of content. Never raises, save what ends the process."""
        started = self._clock.monotonic()
        self.working += 1
        identity = ""
        try:
            transaction = self._transaction(incoming)
            identity = transaction.id
            reply = await self.process(transaction, incoming.relayer, incoming.listener)
        except SpoolFull as fault:
            reply = self._fault(identity, fault, replies.NO_ROOM)
        except GatewayFault as fault:
            reply = self._fault(identity, fault, replies.OUR_FAULT)
        except Exception as error:       # noqa: BLE001 - the border: nobody above could answer the client
            reply = self._fault(identity, error, replies.OUR_FAULT)
        finally:
            self.working -= 1
        self._metrics.observe("sekisho_transaction_seconds", self._clock.monotonic() - started, listener=incoming.listener.name)
        self._metrics.count("sekisho_replies_total", listener=incoming.listener.name, code=str(reply.code))
        return reply

    def _transaction(self, incoming: Incoming) -> Transaction:
        spool = incoming.complete()
        now = self._clock.now()
        envelope = incoming.envelope()
        return Transaction(
            id=new_message_id(now), session=incoming.session, envelope=envelope,
            message=Message(spool.fd, spool.size, spool.sha256, now),
            direction=direction(incoming.listener, envelope.reverse_path, [r.mailbox for r in envelope.recipients],
                                incoming.session.client),
            deadline=Deadline.after(self._clock, incoming.listener.final_reply))

    def _fault(self, identity: str, error: Exception, reply: Reply) -> Reply:
        """Our own fault. The event has the kind of error, and its text only where we wrote it ourselves."""
        known = isinstance(error, GatewayFault)
        self._events.emit("incident", id=identity, fault="gateway", kind=type(error).__name__,
                          reason=str(error) if known else _place(error))
        self._events.emit("deferred", id=identity, code=reply.code)
        self._metrics.count("sekisho_faults_total", kind=type(error).__name__)
        return reply


def _place(error: Exception) -> str:
    """Where an unexpected error arose; its text might hold customer data."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at is not None else ""
