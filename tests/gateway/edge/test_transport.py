"""A connection on real sockets: set-up, TLS, silence, octets."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from pathlib import Path

import pytest

from gateway.edge.client import Verb
from gateway.edge.settings import Hop, NextHopSettings
from gateway.edge.transport import ConnectionLost, connect
from gateway.model.errors import NextHopUnavailable
from tests.builders.edge import certificate
from tests.builders.nexthop import FakeNextHop
from tests.builders.ports import free_port


def settings(port: int, **more: object) -> NextHopSettings:
    return NextHopSettings((Hop("127.0.0.1", port),), **{"connect": 2.0, **more})  # type: ignore[arg-type]


async def test_ready_after_ehlo() -> None:
    async with FakeNextHop() as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port), "us.test")
        assert connection.usable and "8BITMIME" in connection.client.extensions
        assert hop.commands == ["EHLO us.test"]
        connection.quit()
        await asyncio.sleep(0.05)
        assert hop.commands == ["EHLO us.test", "QUIT"]


@pytest.mark.parametrize("greeting", ["554 no", "421 later", "hello"])
async def test_a_hop_that_does_not_want_us(greeting: str) -> None:
    async with FakeNextHop(greeting=greeting) as hop:
        with pytest.raises(NextHopUnavailable):
            await connect(Hop("127.0.0.1", hop.port), settings(hop.port), "us.test")


async def test_a_hop_that_is_not_there_is_said_in_plain_words() -> None:
    """The administrator reads it in the queue, and people in the console."""
    port = free_port()
    with pytest.raises(NextHopUnavailable) as wrong:
        await connect(Hop("127.0.0.1", port), settings(port), "us.test")
    assert str(wrong.value) == f"127.0.0.1:{port}: Connection refused"


async def test_a_hop_that_is_silent() -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NextHopUnavailable, match="no answer in time"):
        await connect(Hop("127.0.0.1", port), settings(port, connect=0.1), "us.test")
    server.close()


def server_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        context.load_cert_chain(*certificate(Path(directory)))
    return context


@pytest.mark.parametrize(("policy", "offered", "encrypted"), [
    ("none", True, False), ("opportunistic", True, True), ("opportunistic", False, False)])
async def test_tls_policies(policy: str, offered: bool, encrypted: bool) -> None:
    async with FakeNextHop(tls=server_side() if offered else None) as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls=policy), "us.test")
        assert ("STARTTLS" in hop.commands) is encrypted
        assert connection.usable
        connection.quit()


async def test_required_tls_checks_the_certificate() -> None:
    async with FakeNextHop(tls=server_side()) as hop:
        with pytest.raises(NextHopUnavailable, match="certificate"):
            await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls="required"), "us.test")
        assert "EHLO us.test" in hop.commands and not [c for c in hop.commands if c.startswith("MAIL")]


async def test_required_tls_with_the_right_authority(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    async with FakeNextHop(tls=context) as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls="required", ca=cert), "us.test")
        assert connection.usable and hop.commands == ["EHLO us.test", "STARTTLS", "EHLO us.test"]
        connection.quit()


async def test_required_tls_that_is_not_offered() -> None:
    async with FakeNextHop() as hop:
        with pytest.raises(NextHopUnavailable, match="STARTTLS"):
            await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls="required"), "us.test")


@pytest.mark.parametrize("behind", [b"250-next.test\r\n250-AUTH PLAIN\r\n", b"250 SMTPUTF8\r\n", b"2"])
async def test_what_was_said_in_clear_has_no_say_inside(behind: bytes) -> None:
    """RFC 3207 section 6, the other way round: a reply begun in clear would be the beginning of the first one inside."""
    async with FakeNextHop(tls=server_side(), behind={"220 2.0.0 go": behind}) as hop:
        with pytest.raises(NextHopUnavailable):
            await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls="required"), "us.test")
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port, tls="opportunistic"), "us.test")
        assert "AUTH" not in connection.client.extensions and hop.commands.count("EHLO us.test") == 3
        connection.quit()


async def test_credentials_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("user\npass word\n")
    async with FakeNextHop() as hop:
        (await connect(Hop("127.0.0.1", hop.port), settings(hop.port, credentials=secret), "us.test")).quit()
        assert hop.commands[-1] == "AUTH PLAIN AHVzZXIAcGFzcyB3b3Jk"


async def test_a_cut_connection_is_told_to_who_waits() -> None:
    async with FakeNextHop() as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port), "us.test")
        connection.send(Verb.MAIL, "MAIL FROM:<>")
        hop.cut()
        with pytest.raises(ConnectionLost):
            await connection.replies(2)
        assert not connection.usable
        with pytest.raises(ConnectionLost):
            connection.send(Verb.RSET)


async def test_silence_has_an_end() -> None:
    async with FakeNextHop(delay=5.0) as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port), "us.test")
        connection.client._expected.append(Verb.RSET)
        with pytest.raises(ConnectionLost, match="no answer in time"):
            await connection.replies(0.1)


async def test_each_wait_has_its_own_time() -> None:
    """A timer of an earlier, longer or shorter wait neither cuts off this one nor keeps it waiting."""
    async with FakeNextHop(delay=5.0) as hop:
        connection = await connect(Hop("127.0.0.1", hop.port), settings(hop.port, connect=0.2), "us.test")
        connection.send(Verb.RSET)
        assert len(await connection.replies(30)) == 1
        connection.client._expected.append(Verb.RSET)
        asyncio.get_running_loop().call_later(0.4, connection.data_received, b"250 2.0.0 late\r\n")
        assert len(await connection.replies(30)) == 1, "the 0.2 seconds of the greeting are over"
        connection.client._expected.append(Verb.RSET)
        with pytest.raises(ConnectionLost, match="no answer in time"):
            await connection.replies(0.1)
