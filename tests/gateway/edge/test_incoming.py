"""A transaction's content: bounded, refused early, dropped politely."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from gateway.edge import replies
from gateway.edge.commands import parse_mail, parse_rcpt
from gateway.edge.incoming import Incoming
from gateway.edge.settings import SessionLimits
from gateway.model.transaction import Session
from tests.builders.edge import listener
from tests.builders.nexthop import FakeNextHop
from tests.gateway.edge.test_relayer import made


def begun(directory: Path, port: int = 1, **changes: object) -> Incoming:
    return Incoming(listener(port, **changes), Session("inbound", "192.0.2.1", "192.0.2.1"), parse_mail("FROM:<a@partner.test>", False),
                    made(port), directory)


async def test_too_big_is_dropped_to_its_end(tmp_path: Path) -> None:
    incoming = begun(tmp_path, max_size=10, limits=SessionLimits(flood=20))
    incoming.write(b"x" * 10, 0)
    assert incoming.refusal is None
    incoming.write(b"x", 0)
    assert incoming.refusal is replies.TOO_BIG and incoming.spool is None
    incoming.write(b"x" * 20, 0)
    assert not incoming.endless
    incoming.write(b"x", 0)
    assert incoming.endless


async def test_stray_octets(tmp_path: Path) -> None:
    strict, lax = begun(tmp_path), begun(tmp_path, stray="normalize")
    for incoming in (strict, lax):
        incoming.write(b"x", 1)
    assert (strict.refusal, lax.refusal) == (replies.STRAY, None)
    big = begun(tmp_path, max_size=1)
    big.write(b"xx", 0)
    big.write(b"x", 1)
    assert big.refusal is replies.STRAY, "smuggling weighs more than size"
    await lax.close()


async def test_no_room(tmp_path: Path) -> None:
    incoming = begun(tmp_path / "missing")
    incoming.write(b"x" * (2 << 20), 0)
    assert incoming.refusal is replies.NO_ROOM


async def test_recipients(tmp_path: Path) -> None:
    async with FakeNextHop() as hop:
        incoming = begun(tmp_path, hop.port)
        incoming.listener = replace(incoming.listener, limits=SessionLimits(recipients=2))
        answers = [await incoming.add(parse_rcpt(f"TO:<{name}@corp.test>", False, False)) for name in ("one", "perm", "one", "two", "three")]
        assert [r.code for r in answers] == [250, 550, 250, 250, 452]
        assert [r.mailbox.local for r in incoming.envelope().recipients] == ["one", "two"]
        assert [c for c in hop.commands if "one@" in c] == ["RCPT TO:<one@corp.test>"], "nobody gets it twice"
        await incoming.close()


async def test_a_long_upload_lets_go_of_the_next_hop(tmp_path: Path) -> None:
    async with FakeNextHop() as hop:
        incoming = begun(tmp_path, hop.port)
        await incoming.add(parse_rcpt("TO:<one@corp.test>", False, False))
        for _ in range(5):
            incoming.write(b"x" * (256 << 10), 0)
        await asyncio.sleep(0.05)
        assert hop.commands[-1] == "RSET"
        await incoming.close()


async def test_an_empty_message_has_a_spool_too(tmp_path: Path) -> None:
    incoming = begun(tmp_path)
    assert incoming.complete().size == 0
    await incoming.close()
