"""Releases and notices: one refused recipient does not stop the others, and is named."""

from __future__ import annotations

import pytest

from gateway.edge.delivery import SmtpDelivery
from gateway.edge.nexthop import NextHop
from gateway.edge.settings import Hop, NextHopSettings
from gateway.model.deadline import Deadline
from gateway.model.errors import NextHopUnavailable
from tests.builders.edge import RealClock
from tests.builders.nexthop import FakeNextHop
from tests.gateway.edge.test_relayer import BODY, HEAD, envelope, rcpt, spooled


def delivery(port: int) -> SmtpDelivery:
    return SmtpDelivery({"inbound": NextHop(NextHopSettings((Hop("127.0.0.1", port),)), "us.test", RealClock())}, RealClock())


async def test_delivered_octet_for_octet() -> None:
    async with FakeNextHop() as hop:
        with spooled(BODY) as fd:
            result = await delivery(hop.port).deliver(envelope(rcpt("one")), HEAD, fd, len(BODY), "inbound",
                                                      Deadline.after(RealClock(), 60))
        assert result.reply.code == 250 and hop.messages[0].content == HEAD + BODY


async def test_the_rest_gets_it() -> None:
    async with FakeNextHop() as hop:
        with spooled(BODY) as fd:
            result = await delivery(hop.port).deliver(envelope(rcpt("one"), rcpt("perm"), rcpt("two")), HEAD, fd, len(BODY),
                                                      "inbound", Deadline.after(RealClock(), 60))
        assert result.reply.code == 250 and result.refused["perm@corp.test"].code == 550
        assert [len(m.rcpts) for m in hop.messages] == [2]


async def test_an_unknown_listener() -> None:
    with pytest.raises(NextHopUnavailable):
        await SmtpDelivery({}, RealClock()).deliver(envelope(), b"", 0, 0, "gone", Deadline.after(RealClock(), 60))
