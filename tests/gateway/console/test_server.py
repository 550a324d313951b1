from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.console import server
from gateway.console.server import LONGEST_BODY, WebServer
from tests.builders.console import Site


def application(environ: dict[str, Any], start: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{len(body)} {environ.get('HTTP_X_FORWARDED_FOR')}".encode()]


@pytest.fixture
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    serving = WebServer(application, listener)
    thread = threading.Thread(target=serving.run)
    thread.start()
    yield listener.getsockname()[1]
    serving.stop()
    thread.join(10)
    assert not thread.is_alive()


def ask(port: int, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None, path: str = "/") -> tuple[int, str]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request(method, path, body, headers or {})
    return answered(client)


def announce(port: int, length: int, headers: dict[str, str] | None = None, path: str = "/") -> int:
    """The answer to a body that is only announced: whoever sends one that is too long may find the connection closed."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("POST", path, None, {"Content-Length": str(length), **(headers or {})})
    return answered(client)[0]


def answered(client: http.client.HTTPConnection) -> tuple[int, str]:
    answer = client.getresponse()
    assert answer.getheader("Server") is None
    text = answer.read().decode()
    client.close()
    return answer.status, text


def test_it_answers_and_stops(port: int) -> None:
    assert ask(port) == (200, "0 None")
    assert ask(port, "POST", b"x" * 1000, {"X-Forwarded-For": "a"}) == (200, "1000 a")


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
                                  b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_who_asks_is_answered_however_many_keep_it_waiting(port: int, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """Once 200 connections that sent an octet now and then kept everybody else out, without a password."""
    monkeypatch.setattr(server, "CONNECTIONS", 20)
    waiting = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(60)]
    for one in waiting:
        with contextlib.suppress(ConnectionError):
            one.sendall(said)
    for _ in range(3):
        assert ask(port) == (200, "0 None")
    for one in waiting:
        one.close()


def test_a_request_that_does_not_end_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ARRIVING", 0.5)
    client = socket.create_connection(("127.0.0.1", port), 10)
    client.sendall(b"GET / HTTP/1.1\r\nX: ")
    with contextlib.suppress(ConnectionError):
        for _ in range(40):              # an octet now and then is no silence
            client.sendall(b"x")
            client.settimeout(0.25)
            with contextlib.suppress(TimeoutError):
                assert client.recv(1) == b""
                break
        else:
            raise AssertionError("still there")
    client.close()


def test_heads_and_bodies_are_bounded(port: int) -> None:
    assert ask(port, "POST", b"x" * (LONGEST_BODY - 1))[0] == 200
    assert announce(port, LONGEST_BODY + 1) == 413
    assert ask(port, headers={"X": "x" * 40000})[0] in (400, 431)


@pytest.mark.parametrize(("headers", "status", "code"), [
    ({"Content-Length": str(LONGEST_BODY + 1)}, 413, "TOO-LARGE"), ({"Content-Length": str(1 << 60)}, 413, "TOO-LARGE"),
    ({"Content-Length": "ten"}, 400, "BAD-REQUEST")])
def test_programs_hear_of_it_as_of_their_other_problems(site: Site, port: int, headers: dict[str, str], status: int, code: str) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("POST", "/api/v1/messages/x/deny", None, headers)
    answer = client.getresponse()
    told = json.loads(answer.read())
    client.close()
    assert (answer.status, answer.getheader("Content-Type")) == (status, "application/problem+json")
    assert (told["status"], told["type"]) == (status, f"urn:sekisho:problem:{code}")


def test_programs_that_never_say_how_much_are_bounded_too(site: Site, port: int) -> None:
    client = socket.create_connection(("127.0.0.1", port), 10)
    client.sendall(b"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert b"application/problem+json" in client.recv(4096)
    client.close()


def test_a_file_is_taken_of_a_session_at_its_address(site: Site, port: int) -> None:
    assert site.book.insert("known", "x", 3600.0)
    assert ask(port, "POST", b"x" * (LONGEST_BODY * 8), {"Cookie": "sekisho=known"}, "/directory/import")[0] == 200


@pytest.mark.parametrize(("path", "cookie"), [
    ("/directory/import", "sekisho=guessed"), ("/directory/import", ""), ("/users/add", "sekisho=known")])
def test_none_of_strangers_and_none_elsewhere(site: Site, port: int, path: str, cookie: str) -> None:
    assert site.book.insert("known", "x", 3600.0)
    assert announce(port, LONGEST_BODY * 8, {"Cookie": cookie}, path) == 413


def test_a_file_is_bounded_too(site: Site, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LONGEST_UPLOAD", LONGEST_BODY * 2)
    assert site.book.insert("known", "x", 3600.0)
    assert announce(port, LONGEST_BODY * 2, {"Cookie": "sekisho=known"}, "/directory/import") == 413
