"""Frames of the keeper's socket: a length, a JSON object, and descriptors beside it (SCM_RIGHTS).

`I` network order, octets of JSON, octets of JSON in UTF-8. Descriptors travel with the frame's first octet.
Both sides are ours and of one version; still everything is bounded.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.model.errors import CustodyUnavailable

HEAD = struct.Struct("!I")
LARGEST = 64 << 20                       # octets of JSON: an inspection of 2000 artifacts has about 1 MiB
MOST_FDS = 4
READ = 256 << 10


class FrameError(CustodyUnavailable):
    """The other side does not speak our language, or is gone."""


def encode(body: dict[str, Any]) -> bytes:
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(data) > LARGEST:
        raise FrameError(f"a frame of {len(data)} octets is too large")
    return HEAD.pack(len(data)) + data


class Inbox:
    """Puts octets and descriptors together to frames. Descriptors belong to the frame during whose head they came."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.fds: deque[tuple[int, int]] = deque()       # (position in the stream, descriptor)
        self.taken = 0                                   # octets of the stream that frames were made of

    def feed(self, data: bytes, fds: Sequence[int]) -> None:
        position = self.taken + len(self.buffer)
        self.fds.extend((position + len(data), fd) for fd in fds)
        self.buffer += data

    def frame(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next complete frame; None where more octets are needed. Raises FrameError."""
        if len(self.buffer) < HEAD.size:
            return None
        size, = HEAD.unpack_from(self.buffer)
        if size > LARGEST:
            raise FrameError("a frame is too large")
        end = HEAD.size + size
        if len(self.buffer) < end:
            return None
        try:
            body = json.loads(bytes(self.buffer[HEAD.size:end]).decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise FrameError("a frame is not JSON") from error
        if not isinstance(body, dict):
            raise FrameError("a frame is not an object")
        del self.buffer[:end]
        self.taken += end
        count = int(body.pop("fds", 0))
        if count > len(self.fds):
            raise FrameError("a descriptor did not arrive")
        return body, [self.fds.popleft()[1] for _ in range(count)]

    def close(self) -> None:
        while self.fds:
            os.close(self.fds.popleft()[1])


class Channel:
    """A connected Unix stream socket as asyncio sees it, with descriptors."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.inbox = Inbox()
        self._sending = asyncio.Lock()
        self._rest: asyncio.Task[None] | None = None     # of a frame that did not fit into the socket at once
        self._idle: set[asyncio.Future[None]] = set()    # tasks that wait for the socket

    @property
    def congested(self) -> bool:
        """A frame is on its way and the other side does not read on."""
        return self._sending.locked()

    async def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next frame; None at the end of the stream."""
        while True:
            frame = self.inbox.frame()
            if frame is not None:
                return frame
            try:
                data, fds, _, _ = socket.recv_fds(self.socket, READ, MOST_FDS)
            except BlockingIOError:
                await self._ready(reading=True)
                continue
            except OSError as error:
                raise FrameError(f"the keeper's socket: {error.strerror}") from error
            for fd in fds:
                os.set_inheritable(fd, False)
            if not data:
                return None
            self.inbox.feed(data, fds)

    async def send(self, body: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """One frame; frames of several tasks do not mix, and one that has begun is sent to its end though who asked gives up."""
        data = memoryview(encode(body | ({"fds": len(fds)} if fds else {})))
        left = memoryview(b"")
        await self._sending.acquire()
        try:
            while len(rest := self._push(data, fds)) == len(data):
                await self._ready(reading=False)
            left = rest
        finally:
            if not left:
                self._sending.release()
        if not left:
            return
        self._rest = asyncio.create_task(self._finish(left))
        self._rest.add_done_callback(lambda rest: rest.cancelled() or rest.exception())      # nobody may be waiting for it
        await asyncio.shield(self._rest)

    async def _finish(self, data: memoryview) -> None:
        try:
            while data:
                await self._ready(reading=False)
                data = self._push(data)
        finally:
            self._sending.release()

    def _push(self, data: memoryview, fds: Sequence[int] = ()) -> memoryview:
        """What the socket does not take now; descriptors leave with the first octet."""
        try:
            while data:
                sent = socket.send_fds(self.socket, [data], list(fds)) if fds else self.socket.send(data)
                data, fds = data[sent:], ()
        except BlockingIOError:
            return data
        except OSError as error:
            raise FrameError(f"the keeper's socket: {error.strerror}") from error
        return data

    async def _ready(self, reading: bool) -> None:
        if self.socket.fileno() < 0:
            raise FrameError("the keeper's socket: closed")
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        add, remove = (loop.add_reader, loop.remove_reader) if reading else (loop.add_writer, loop.remove_writer)

        def wake() -> None:
            if not ready.done():
                ready.set_result(None)
        add(self.socket.fileno(), wake)
        self._idle.add(ready)
        try:
            await ready
        finally:
            self._idle.discard(ready)
            if self.socket.fileno() >= 0:
                remove(self.socket.fileno())

    def close(self) -> None:
        """Whoever waits for the socket is woken, and gets a FrameError."""
        if self.socket.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self.socket.fileno())
            loop.remove_writer(self.socket.fileno())
        for ready in self._idle:
            if not ready.done():
                ready.set_result(None)
        self.socket.close()
        self.inbox.close()


def connect(path: Path, timeout: float | None = None) -> socket.socket:
    """A connection to a Unix socket whose path may be longer than sun_path (108 octets)."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            connection.connect(f"/proc/self/fd/{directory}/{path.name}")
        finally:
            os.close(directory)
    except OSError as error:
        connection.close()
        raise CustodyUnavailable(f"{path}: the keeper does not answer: {error.strerror or error}") from error
    return connection


def listen(path: Path, backlog: int = 256) -> socket.socket:
    """A listening Unix socket for its owner only; what an earlier process left at `path` is replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.setblocking(False)
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        path.unlink(missing_ok=True)
        listener.bind(f"/proc/self/fd/{directory}/{path.name}")
        os.chmod(path, 0o600)
        listener.listen(backlog)
    finally:
        os.close(directory)
    return listener
