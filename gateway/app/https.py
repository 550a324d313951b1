"""One GET over HTTPS for `doctor --domain`: checked certificate, no redirects, bounded in octets and time."""

from __future__ import annotations

import asyncio
import http.client
import io
import ssl

from gateway.auth.health.base import Fetched, Unfetchable

LARGEST = 64 << 10                       # octets of an answer; RFC 8461 section 3.3 suggests this limit
SECONDS = 8.0                            # for all of it


class Https:
    """The port Fetch. `port`, `address` and `context` are for a server of one's own."""

    def __init__(self, seconds: float = SECONDS, port: int = 443, address: str = "", context: ssl.SSLContext | None = None) -> None:
        self._seconds, self._port, self._address = seconds, port, address
        self._context = context or ssl.create_default_context()

    async def get(self, host: str, path: str) -> Fetched:
        try:
            async with asyncio.timeout(self._seconds):
                return _read(await self._exchange(host, path))
        except TimeoutError:
            raise Unfetchable("no answer in time") from None
        except ssl.SSLCertVerificationError as wrong:
            raise Unfetchable(f"the certificate is not good: {wrong.verify_message}") from wrong
        except ssl.SSLError as wrong:
            raise Unfetchable(f"TLS fails: {(wrong.reason or 'unknown').replace('_', ' ').lower()}") from wrong
        except http.client.HTTPException as wrong:
            raise Unfetchable(f"no HTTP answer: {type(wrong).__name__}") from wrong
        except OSError as wrong:
            raise Unfetchable(f"cannot be reached: {wrong.strerror or wrong}") from wrong

    async def _exchange(self, host: str, path: str) -> bytes:
        reader, writer = await asyncio.open_connection(self._address or host, self._port, ssl=self._context, server_hostname=host)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: sekisho\r\n\r\n".encode("ascii"))
            await writer.drain()
            octets = b""
            while len(octets) < LARGEST and (more := await reader.read(LARGEST - len(octets))):
                octets += more
            return octets
        finally:
            writer.transport.abort()


class _Answer:
    """What http.client wants of a socket."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self.octets)


def _read(octets: bytes) -> Fetched:
    answer = http.client.HTTPResponse(_Answer(octets), method="GET")  # type: ignore[arg-type]
    answer.begin()
    try:
        body = answer.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    return Fetched(answer.status, answer.headers.get("Content-Type", ""), body)
