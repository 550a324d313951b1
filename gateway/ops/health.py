"""GET /healthz, /readyz, /metrics on a port of its own: a small HTTP/1.1 server, bounded in every direction.

/healthz: the process lives. /readyz: it would accept mail. /metrics: the text of the aggregator.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence

HEAD = 8 << 10                           # octets of request line and header, as other servers' default
PATIENCE = 5.0                           # seconds for a request to arrive and an answer to leave
CONNECTIONS = 64
PLAIN = "text/plain; charset=utf-8"
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"

REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
           431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable"}
REQUEST = re.compile(rb"([A-Z]{1,16}) (/[!-~]{0,1024}) HTTP/1\.[01]\r\n")
FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*")

Answer = tuple[int, str, bytes]


class HealthServer:
    """Serves one address. `not_ready` gives the reasons why mail would not be accepted, none when it would."""

    def __init__(self, host: str, port: int, not_ready: Callable[[], Sequence[str]], render: Callable[[], bytes]) -> None:
        self.host = host
        self.port = port                 # 0: any; the real one after `start`
        self.not_ready = not_ready
        self.render = render
        self._writers: dict[asyncio.StreamWriter, None] = {}     # the oldest first
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=HEAD, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers[writer] = None
        if len(self._writers) > CONNECTIONS:
            next(iter(self._writers)).transport.abort()      # who asks now is answered, whoever keeps us waiting
        try:
            async with asyncio.timeout(2 * PATIENCE):
                method, answer = await self._ask(reader)
                writer.write(respond(method, answer))
                await writer.drain()
        except (TimeoutError, ConnectionError):
            writer.transport.abort()
        finally:
            self._writers.pop(writer, None)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _ask(self, reader: asyncio.StreamReader) -> tuple[str, Answer]:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return "GET", _error(431)
        except asyncio.IncompleteReadError:
            return "GET", _error(400)
        except TimeoutError:
            return "GET", _error(408)
        method, path = parse(head)
        if method == "":
            return "GET", _error(400)
        return method, self.answer(method, path)

    def answer(self, method: str, path: str) -> Answer:
        """What a well-formed request gets."""
        routes = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        route = routes.get(path.partition("?")[0])
        if route is None:
            return _error(404)
        if method not in ("GET", "HEAD"):
            return _error(405)
        try:
            return route()
        except Exception:  # noqa: BLE001 - one scrape's failure must not stop the endpoint
            return _error(500)

    def _healthz(self) -> Answer:
        return 200, PLAIN, b"ok\n"

    def _readyz(self) -> Answer:
        reasons = list(self.not_ready())
        return (503, PLAIN, ("\n".join(reasons) + "\n").encode()) if reasons else (200, PLAIN, b"ready\n")

    def _metrics(self) -> Answer:
        return 200, EXPOSITION, self.render()


def parse(head: bytes) -> tuple[str, str]:
    """Method and path of a request's head; ("", "") for what is no HTTP/1 request without a body."""
    match = REQUEST.match(head)
    if match is None:
        return "", ""
    fields = head[match.end():-4].split(b"\r\n") if len(head) - match.end() > 2 else []
    if not all(FIELD.fullmatch(f) for f in fields):
        return "", ""
    names = [f.partition(b":")[0].lower() for f in fields]
    if b"transfer-encoding" in names or any(f.lower().startswith(b"content-length:") and f[15:].strip() != b"0" for f in fields):
        return "", ""
    return match[1].decode("ascii"), match[2].decode("ascii")


def _error(status: int) -> Answer:
    return status, PLAIN, REASONS[status].encode() + b"\n"


def respond(method: str, answer: Answer) -> bytes:
    status, kind, body = answer
    allow = "Allow: GET, HEAD\r\n" if status == 405 else ""
    head = (f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{allow}"
            "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n")
    return head.encode("ascii") + (b"" if method == "HEAD" else body)
