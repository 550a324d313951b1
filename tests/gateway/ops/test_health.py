"""The ops port: three answers, and a civil one to everything else."""

from __future__ import annotations

import asyncio

import pytest

from gateway.ops.health import CONNECTIONS, HealthServer, parse


@pytest.fixture
async def server():
    reasons: list[str] = []
    server = HealthServer("127.0.0.1", 0, lambda: reasons, lambda: b"metric 1\n")
    server.reasons = reasons
    await server.start()
    yield server
    await server.stop()


async def ask(server: HealthServer, request: bytes) -> tuple[int, bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    if not request.endswith(b"\r\n\r\n"):
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head, body


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: probe\r\n\r\n".encode()


@pytest.mark.parametrize(("path", "body"), [("/healthz", b"ok\n"), ("/readyz", b"ready\n"), ("/metrics", b"metric 1\n"),
                                            ("/metrics?x=1", b"metric 1\n")])
async def test_answers(server: HealthServer, path: str, body: bytes) -> None:
    status, head, said = await ask(server, get(path))
    assert (status, said) == (200, body)
    assert b"Connection: close" in head and b"nosniff" in head


async def test_not_ready_says_why(server: HealthServer) -> None:
    server.reasons.append("the keeper does not answer")
    assert (await ask(server, get("/readyz")))[::2] == (503, b"the keeper does not answer\n")


async def test_head_has_no_body(server: HealthServer) -> None:
    status, head, body = await ask(server, get("/metrics", "HEAD"))
    assert (status, body) == (200, b"") and b"Content-Length: 9" in head


@pytest.mark.parametrize(("request_", "status"), [
    (get("/"), 404), (get("/healthz/../metrics"), 404), (get("/healthz", "POST"), 405), (get("/healthz", "DELETE"), 405),
    (b"GET /healthz\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400), (b"GET /healthz HTTP/1.1\r\nbad header\r\n\r\n", 400),
    (b"GET http://evil/ HTTP/1.1\r\n\r\n", 400), (b"GET /healthz HTTP/2.0\r\n\r\n", 400), (b"GET /healthz HTTP/1.1\r\nA: b\n\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400), (b"GET /heal", 400), (b"", 400),
    (b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 20000 + b"\r\n\r\n", 431), (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
])
async def test_bad_requests(server: HealthServer, request_: bytes, status: int) -> None:
    assert (await ask(server, request_))[0] == status


async def test_a_render_that_fails_does_not_stop_it(server: HealthServer) -> None:
    def fail() -> bytes:
        raise RuntimeError("secret")
    server.render = fail
    status, _, body = await ask(server, get("/metrics"))
    assert status == 500 and b"secret" not in body
    assert (await ask(server, get("/healthz")))[0] == 200


async def test_who_says_nothing_is_left(server: HealthServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.ops.health.PATIENCE", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert b"408" in await reader.read()
    writer.close()


async def test_who_asks_is_answered_however_many_keep_it_waiting(server: HealthServer) -> None:
    """Once they were told 503: a load balancer would have taken a healthy gateway for a broken one."""
    idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(3 * CONNECTIONS)]
    for _ in range(3):
        assert (await ask(server, get("/readyz")))[0] == 200
    assert len(server._writers) <= CONNECTIONS
    for _, writer in idle:
        writer.close()


def test_parse() -> None:
    assert parse(b"GET /x HTTP/1.1\r\n\r\n") == ("GET", "/x")
    assert parse(b"GET /x HTTP/1.1\r\nA: 1\r\nB:\t2\r\n\r\n") == ("GET", "/x")
    assert parse(b"get /x HTTP/1.1\r\n\r\n") == ("", "")
