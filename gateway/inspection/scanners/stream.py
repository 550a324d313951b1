"""A connection with a buffer, over a plain socket: after a failed write what the other side had said can still be read,
which asyncio's streams throw away."""

from __future__ import annotations

import asyncio
import contextlib
import socket

READ = 64 << 10                          # octets read at a time
LINE = 64 << 10                          # octets of the longest line


class Stream:
    """One connection. `fresh` until it has served once; `over` where it serves no more. Raises OSError, EOFError, ValueError."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = bytearray()
        self.fresh, self.over = True, False
        self.count = 0                   # commands of this connection
        self.since = 0.0

    async def send(self, octets: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, octets)

    async def until(self, end: bytes) -> bytes:
        """Up to and with `end`."""
        start = 0
        while (at := self.buffer.find(end, start)) < 0:
            if len(self.buffer) > LINE:
                raise ValueError("a line that is too long")
            start = max(0, len(self.buffer) - len(end) + 1)
            await self._fill()
        return self._taken(at + len(end))

    async def some(self, most: int) -> bytes:
        """At least one octet, at most `most`."""
        if not self.buffer:
            await self._fill()
        return self._taken(min(most, len(self.buffer)))

    async def _fill(self) -> None:
        piece = await asyncio.get_running_loop().sock_recv(self.connection, READ)
        if not piece:
            self.over = True
            raise EOFError
        self.buffer += piece

    def _taken(self, size: int) -> bytes:
        found = bytes(self.buffer[:size])
        del self.buffer[:size]
        return found

    def stale(self) -> bool:
        """The other side has hung up, or says something that nobody asked for."""
        with contextlib.suppress(BlockingIOError):
            try:
                self.connection.recv(1, socket.MSG_PEEK)
            except OSError as error:
                if isinstance(error, BlockingIOError):
                    raise
            return True
        return bool(self.buffer)

    def close(self) -> None:
        self.connection.close()
