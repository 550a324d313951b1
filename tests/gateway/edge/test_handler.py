"""The border: a transaction is made of what came in, and whatever goes wrong inside is 451 without a word of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.edge.commands import parse_mail, parse_rcpt
from gateway.edge.handler import Handler
from gateway.edge.incoming import Incoming
from gateway.edge.spool import SpoolFull
from gateway.model.errors import GatewayFault
from gateway.model.ids import is_message_id
from gateway.model.reply import Reply
from gateway.model.transaction import Direction, Session, Transaction
from tests.builders.edge import RealClock, Recorder, listener
from tests.gateway.edge.test_relayer import made


def incoming(tmp_path: Path) -> Incoming:
    found = Incoming(listener(1), Session("inbound", "192.0.2.1", "192.0.2.1"), parse_mail("FROM:<a@partner.test>", False), made(1),
                     tmp_path)
    found.recipients.append(parse_rcpt("TO:<b@corp.test>", False, False))  # type: ignore[arg-type]
    return found


async def test_the_transaction(tmp_path: Path) -> None:
    seen: list[Transaction] = []

    async def process(transaction, relayer, settings) -> Reply:
        seen.append(transaction)
        return Reply(250, "2.0.0", "fine")
    clock, recorder = RealClock(), Recorder()
    message = incoming(tmp_path)
    message.write(b"Subject: x\r\n\r\n", 0)
    assert (await Handler(process, clock, recorder, recorder).finish(message)).text == "fine"
    (t,) = seen
    assert is_message_id(t.id) and t.message.size == 14 and t.direction is Direction.INBOUND
    assert 85 < t.deadline.left(clock) <= 90


@pytest.mark.parametrize(("error", "start"), [
    (GatewayFault("disk of the keeper"), "451 4.3.0"), (SpoolFull("spool: full"), "451 4.3.1"), (RuntimeError("b@corp.test secret"), "451 4.3.0"),
    (KeyError("secret"), "451 4.3.0")])
async def test_faults(tmp_path: Path, error: Exception, start: str) -> None:
    async def process(*_) -> Reply:
        raise error
    recorder = Recorder()
    handler = Handler(process, RealClock(), recorder, recorder)
    reply = await handler.finish(incoming(tmp_path))
    assert str(reply).startswith(start) and "secret" not in str(reply)
    (event,) = recorder.named("incident")
    assert "secret" not in str(event) and event["kind"] == type(error).__name__
    assert handler.working == 0
