"""Connections to a scanner, kept open between messages: at most so many at a time, each for one message at a time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from gateway.inspection.scanners.base import ScannerFailed
from gateway.inspection.scanners.stream import Stream
from gateway.model.deadline import Clock
from gateway.model.errors import unreachable

IDLE = 20.0                              # seconds; clamd ends sessions after 30 (IdleTimeout)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Address:
    """A Unix socket, or a TCP port."""

    path: Path | None = None
    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        return str(self.path) if self.path is not None else f"{self.host}:{self.port}"


@dataclass(slots=True)
class Pool:
    address: Address
    clock: Clock
    most: int
    idle: list[Stream] = field(default_factory=list)
    slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.slots = asyncio.Semaphore(self.most)

    @contextlib.asynccontextmanager
    async def stream(self, kept: bool = True) -> AsyncIterator[Stream]:
        """A connection, kept afterwards unless an error went through; a new one where `kept` is False."""
        async with self.slots:
            stream = self._kept() if kept else None
            stream = stream or await self._connect()
            good = False
            try:
                yield stream
                good = not stream.over
            except (OSError, EOFError, ValueError) as error:
                raise ScannerFailed(f"{self.address}: {_why(error)}") from error
            finally:
                if good:
                    stream.fresh, stream.since = False, self.clock.monotonic()
                    self.idle.append(stream)
                else:
                    stream.close()

    async def asked(self, ask: Callable[[Stream], Awaitable[T]]) -> T:
        """What `ask` makes of a connection. One that was kept may have been closed by the other side just now: then once
        more on a new one. Raises ScannerFailed."""
        async with self.stream() as stream:
            was_fresh = stream.fresh
            try:
                return await ask(stream)
            except (ConnectionError, EOFError):
                stream.over = True
                if was_fresh:
                    raise
        async with self.stream(kept=False) as stream:
            return await ask(stream)

    def _kept(self) -> Stream | None:
        while self.idle:
            stream = self.idle.pop()
            if self.clock.monotonic() - stream.since < IDLE and not stream.stale():
                return stream
            stream.close()
        return None

    async def _connect(self) -> Stream:
        address, loop = self.address, asyncio.get_running_loop()
        connection: socket.socket | None = None
        try:
            if address.path is not None:
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
                await loop.sock_connect(connection, str(address.path))
                return Stream(connection)
            (family, _, _, _, where), *_ = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            await loop.sock_connect(connection, where)
            return Stream(connection)
        except OSError as error:
            if connection is not None:
                connection.close()
            raise ScannerFailed(f"{address}: {unreachable(error)}") from error
        except asyncio.CancelledError:
            if connection is not None:
                connection.close()
            raise

    def close(self) -> None:
        for stream in self.idle:
            stream.close()
        self.idle.clear()


def _why(error: Exception) -> str:
    if isinstance(error, EOFError | ConnectionError):
        return "the connection was cut"
    return "answered nonsense" if isinstance(error, ValueError) else "the connection broke"
