"""Scanners for tests: servers on loopback that speak clamd's protocol or ICAP, and can be slow, cut answers and lie."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from gateway.inspection.scanners.pool import Address, Pool
from gateway.ops.clock import SystemClock

BAD = b"stand-in for malware"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeClamd:
    """`answers` are raw replies used up first; then it looks for BAD."""

    version: bytes = b"ClamAV 1.4.6/27600/Sat Nov 21 09:00:00 2026"
    limit: int = 1 << 20
    delay: float = 0.0
    answers: list[bytes] = field(default_factory=list)
    connections: int = 0
    seen: list[bytes] = field(default_factory=list)
    hang_up_after: int = 0               # commands of one connection

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        count = 0
        with contextlib.suppress(EOFError, ConnectionError):
            assert await reader.readuntil(b"\0") == b"zIDSESSION\0"
            while True:
                command = await reader.readuntil(b"\0")
                count += 1
                said = self.version if command == b"zVERSION\0" else await self.instream(reader)
                await asyncio.sleep(self.delay)
                raw = self.answers.pop(0) if self.answers and command != b"zVERSION\0" else b"%d: %s\0" % (count, said)
                writer.write(raw)
                await writer.drain()
                if not raw.endswith(b"\0") or b"size limit" in raw or count == self.hang_up_after:
                    break
        writer.close()

    async def instream(self, reader: asyncio.StreamReader) -> bytes:
        octets = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            octets += await reader.readexactly(size)
            if len(octets) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(octets)
        return b"stream: Stand.In-1 FOUND" if BAD in octets else b"stream: OK"


@dataclass
class FakeIcap:
    """A RESPMOD and REQMOD service. `answers` are raw answers used up first; then it looks for BAD."""

    tag: bytes = b'"T-1"'
    preview: int | None = 1024
    delay: float = 0.0
    allow_204: bool = True
    decide_early: bool = False           # answers after the preview where BAD stands in it
    answers: list[bytes] = field(default_factory=list)
    connections: int = 0
    seen: list[bytes] = field(default_factory=list)
    close: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                method, fields = await self.head(reader)
                if method == b"OPTIONS":
                    wanted = b"" if self.preview is None else b"Preview: %d\r\n" % self.preview
                    writer.write(b"ICAP/1.0 200 OK\r\nMethods: RESPMOD, REQMOD\r\nISTag: " + self.tag + b"\r\n" + wanted +
                                 b"Encapsulated: null-body=0\r\n\r\n")
                else:
                    raw = await self.modify(reader, writer, fields)
                    writer.write(raw)
                    if not raw.startswith(b"ICAP/1.0 2") or self.close:
                        await writer.drain()
                        break
                await writer.drain()
        writer.close()

    async def head(self, reader: asyncio.StreamReader) -> tuple[bytes, dict[bytes, bytes]]:
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:] if line)}
        return lines[0].split(b" ")[0], fields

    async def modify(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fields: dict[bytes, bytes]) -> bytes:
        for part in fields[b"encapsulated"].split(b","):
            if b"-hdr" in part:
                await reader.readuntil(b"\r\n\r\n")
        octets, ended = await self.chunks(reader)
        if b"preview" in fields and not ended and not (self.decide_early and BAD in octets):
            writer.write(b"ICAP/1.0 100 Continue\r\n\r\n")
            more, _ = await self.chunks(reader)
            octets += more
        self.seen.append(octets)
        await asyncio.sleep(self.delay)
        if self.answers:
            return self.answers.pop(0)
        return self.verdict(octets)

    async def chunks(self, reader: asyncio.StreamReader) -> tuple[bytes, bool]:
        octets = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            octets += (await reader.readexactly(size + 2))[:size]
            if not size:
                return octets, b"ieof" in line

    def verdict(self, octets: bytes) -> bytes:
        top = b"ICAP/1.0 200 OK\r\nISTag: " + self.tag + b"\r\n" + (b"Connection: close\r\n" if self.close else b"")
        if BAD in octets:
            page = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n"
            return (top + b"X-Infection-Found: Type=0; Resolution=2; Threat=Stand.In-1;\r\n" +
                    b"Encapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(page) + page + b"4\r\nstop\r\n0\r\n\r\n")
        if self.allow_204:
            return top.replace(b"200 OK", b"204 No Content") + b"\r\n"
        return top + same(octets)


def same(octets: bytes) -> bytes:
    """The rest of a 200 that gives the original back."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    return b"Encapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(head) + head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(octets), octets)


@contextlib.asynccontextmanager
async def served(serve: Serve, connections: int = 4) -> AsyncIterator[Pool]:
    """A pool of connections to a server that runs meanwhile."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    pool = Pool(Address(host=host, port=port), SystemClock(), connections)
    try:
        yield pool
    finally:
        pool.close()
        server.close()
