"""HTTPS against servers on loopback: good ones, wrong certificates, silence, floods, no HTTP at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.app.https import LARGEST, Https
from gateway.auth.health.base import Unfetchable
from tests.builders.certificates import certificate, files, pem

NAME = "mta-sts.d.example"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def served(folder: Path, answer: bytes, name: str = NAME, hang: bool = False) -> AsyncIterator[int]:
    paths = files(folder, cert=certificate(name), key=pem("ec"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths["cert"], paths["key"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            if hang:
                await asyncio.sleep(30)
            writer.close()
        except OSError:
            return
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def client(port: int, seconds: float = 5.0, trusted: str = NAME) -> Https:
    return Https(seconds, port, "127.0.0.1", ssl.create_default_context(cadata=certificate(trusted).decode()))


@pytest.mark.parametrize(("answer", "status", "body"), [
    (PLAIN, 200, b"hello"), (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, b"abc"),
    (b"HTTP/1.1 301 Moved\r\nLocation: https://else.example/\r\nContent-Length: 0\r\n\r\n", 301, b""),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", 200, b"cut"),
])
async def test_answers(tmp_path: Path, answer: bytes, status: int, body: bytes) -> None:
    async with served(tmp_path, answer) as port:
        found = await client(port).get(NAME, "/x")
    assert (found.status, found.body) == (status, body)


async def test_a_flood_is_cut(tmp_path: Path) -> None:
    async with served(tmp_path, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (4 * LARGEST)) as port:
        assert len((await client(port).get(NAME, "/x")).body) < LARGEST


@pytest.mark.parametrize(("answer", "name", "hang", "why"), [
    (PLAIN, "else.example", False, "the certificate is not good"), (b"220 smtp\r\n", NAME, False, "no HTTP answer"),
    (b"", NAME, True, "no answer in time"), (b"", NAME, False, "no HTTP answer"),
])
async def test_what_is_no_answer(tmp_path: Path, answer: bytes, name: str, hang: bool, why: str) -> None:
    async with served(tmp_path, answer, name, hang) as port:
        with pytest.raises(Unfetchable, match=why) as caught:
            await client(port, 0.7 if hang else 5.0, name).get(NAME, "/x")
    assert "\n" not in str(caught.value)


async def test_nobody_there() -> None:
    with pytest.raises(Unfetchable, match="cannot be reached"):
        await client(1).get(NAME, "/x")
