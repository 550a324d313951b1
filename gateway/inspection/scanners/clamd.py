"""clamd by its own protocol (clamd(8)): INSTREAM within an IDSESSION, so that a connection serves many messages."""

from __future__ import annotations

import os
import re
import struct

from gateway.inspection.scanners.base import CHUNK, Said, ScannerFailed, TooLarge, harmless
from gateway.inspection.scanners.pool import Pool
from gateway.inspection.scanners.stream import Stream

LONGEST = 4096                           # octets of one reply
LIMIT = b"size limit exceeded"
_REPLY = re.compile(rb"(\d{1,9}): (.*)", re.DOTALL)
_LENGTH = struct.Struct("!I")


class Clamd:
    """Implements Scanner."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def version(self) -> str:
        """Such as "ClamAV 1.4.6/27600/Sat Nov 21 09:00:00 2026": program, number and date of the signatures."""
        async def ask(stream: Stream) -> bytes:
            return await command(stream, b"VERSION")
        said = (await self.pool.asked(ask)).decode("ascii", "replace")
        if not said.startswith("ClamAV "):
            raise ScannerFailed(f"{self.pool.address}: this is no clamd")
        return said[:200]

    async def scan(self, fd: int, size: int) -> Said:
        async def ask(stream: Stream) -> bytes:
            return await instream(stream, fd, size)
        said = await self.pool.asked(ask)
        if said == b"stream: OK":
            return Said()
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            return Said((harmless(said[8:-6].decode("utf-8", "replace")),))
        if LIMIT in said:
            raise TooLarge(f"{self.pool.address}: larger than its StreamMaxLength")
        raise ScannerFailed(f"{self.pool.address}: {harmless(said.decode('ascii', 'replace'))}")

    def close(self) -> None:
        self.pool.close()


async def command(stream: Stream, word: bytes) -> bytes:
    await _begin(stream, word)
    return await reply(stream)


async def instream(stream: Stream, fd: int, size: int) -> bytes:
    """Sends the octets in chunks. Where it hangs up meanwhile, it said why before."""
    await _begin(stream, b"INSTREAM")
    sent = 0
    try:
        while sent < size:
            piece = os.pread(fd, min(CHUNK, size - sent), sent)
            if not piece:
                raise ScannerFailed("the message is shorter than its size")
            await stream.send(_LENGTH.pack(len(piece)) + piece)
            sent += len(piece)
        await stream.send(_LENGTH.pack(0))
    except ConnectionError:
        stream.over = True
        said = await reply(stream)
        if LIMIT not in said:
            raise
        return said
    return await reply(stream)


async def _begin(stream: Stream, word: bytes) -> None:
    first = b"" if stream.count else b"zIDSESSION\0"
    stream.count += 1
    await stream.send(first + b"z" + word + b"\0")


async def reply(stream: Stream) -> bytes:
    """The reply to the command just given. Raises ValueError for what is none, EOFError where there is none."""
    line = await stream.until(b"\0")
    found = _REPLY.fullmatch(line[:-1])
    if len(line) > LONGEST or found is None or int(found[1]) != stream.count:
        raise ValueError("no reply of a session")
    stream.over = stream.over or LIMIT in found[2]       # it hangs up after that
    return found[2]
