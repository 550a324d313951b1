"""ICAP services (RFC 3507): RESPMOD or REQMOD with a preview. A message travels as the body of an HTTP message.

204 says that the service leaves it as it is. 200 brings what it would put in its place: the same octets are as good as a
204, anything else means that the service does not want the original to pass.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.inspection.scanners.base import CHUNK, Said, ScannerFailed, harmless
from gateway.inspection.scanners.pool import Pool
from gateway.inspection.scanners.stream import Stream

HEADERS, HEADER = 100, 8192              # fields of one header block, octets of one line
LARGEST_PREVIEW = 64 << 10
SLACK = 1 << 20                          # octets that an answer may be longer than what was sent
LAST = 1.0                               # seconds for our last octets to leave once the answer has ended
_STATUS = re.compile(rb"(ICAP|HTTP)/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n")
FOUND = ("x-virus-id", "x-infection-found", "x-violations-found", "x-virus-name")
_THREAT = re.compile(r"threat=([^;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and fields of an ICAP answer; of the HTTP message in it the status, and the hash of its body."""

    status: int
    fields: Mapping[str, str] = field(default_factory=dict)
    http_status: int = 0
    body: str = ""


class Icap:
    """Implements Scanner."""

    def __init__(self, pool: Pool, service: str, method: str = "RESPMOD") -> None:
        self.pool, self.service, self.method = pool, service.lstrip("/"), method
        self.preview: int | None = None

    @property
    def url(self) -> str:
        where = str(self.pool.address) if self.pool.address.path is None else "localhost"
        return f"icap://{where}/{self.service}"

    async def version(self) -> str:
        """The service's ISTag (section 4.7): it changes with its signatures. Learns the preview it wants on the way."""
        async def ask(stream: Stream) -> Answer:
            await stream.send(self._head("OPTIONS", ()))
            return _ends(stream, await read_answer(stream, 0))
        answer = await self.pool.asked(ask)
        if answer.status != 200:
            raise ScannerFailed(f"{self.url}: OPTIONS answered {answer.status}")
        if self.method not in answer.fields.get("methods", self.method):
            raise ScannerFailed(f"{self.url}: has no {self.method}")
        wanted = answer.fields.get("preview", "")
        self.preview = min(int(wanted), LARGEST_PREVIEW) if wanted.isdecimal() and len(wanted) < 8 else None
        return answer.fields.get("istag", "").strip('"')[:100]

    async def scan(self, fd: int, size: int) -> Said:
        async def ask(stream: Stream) -> tuple[Answer, str]:
            return await self._exchange(stream, fd, size)
        return self._judged(*await self.pool.asked(ask))

    def close(self) -> None:
        self.pool.close()

    async def _exchange(self, stream: Stream, fd: int, size: int) -> tuple[Answer, str]:
        """The answer, and the hash of what it was given; "" where it answered before everything was sent."""
        first = size if self.preview is None else min(self.preview, size)
        more = (f"Preview: {first}",) if self.preview is not None else ()
        await stream.send(self._request(size, more))
        digest, whole = hashlib.sha256(), first == size
        end = b"0; ieof\r\n\r\n" if whole and self.preview is not None else b"0\r\n\r\n"
        answer, sent = await both(stream, send(stream, fd, (0, first), digest, end), size + SLACK)
        if answer.status == 100:
            if whole:
                raise ValueError("100 Continue after everything was sent")
            answer, sent = await both(stream, send(stream, fd, (first, size), digest, b"0\r\n\r\n"), size + SLACK)
            whole = True
        return _ends(stream, answer), digest.hexdigest() if whole and sent else ""

    def _judged(self, answer: Answer, sent: str) -> Said:
        version = answer.fields.get("istag", "").strip('"')[:100]
        found = _finds(answer)
        if answer.status not in (200, 204):
            raise ScannerFailed(f"{self.url}: answered {answer.status}")
        if found:
            return Said(found, version)
        if answer.status == 204 or (answer.http_status in (0, 200) and answer.body == sent):
            return Said((), version)
        return Said((f"refused by the service ({answer.http_status or 'replaced'})",), version)

    def _request(self, size: int, more: tuple[str, ...]) -> bytes:
        get = b"GET http://mail.invalid/message HTTP/1.1\r\nHost: mail.invalid\r\n\r\n"
        kind = f"Content-Type: message/rfc822\r\nContent-Length: {size}\r\n\r\n".encode()
        if self.method == "REQMOD":
            head = b"POST http://mail.invalid/message HTTP/1.1\r\nHost: mail.invalid\r\n" + kind
            layout = f"req-hdr=0, req-body={len(head)}"
        else:
            head = get + b"HTTP/1.1 200 OK\r\n" + kind
            layout = f"req-hdr=0, res-hdr={len(get)}, res-body={len(head)}"
        return self._head(self.method, (*more, f"Encapsulated: {layout}")) + head

    def _head(self, method: str, more: tuple[str, ...]) -> bytes:
        lines = (f"{method} {self.url} ICAP/1.0", f"Host: {self.pool.address if self.pool.address.path is None else 'localhost'}",
                 "User-Agent: sekisho", "Allow: 204", *more)
        return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def _ends(stream: Stream, answer: Answer) -> Answer:
    """After an error nobody knows how much of what was sent the service has read."""
    closing = answer.fields.get("connection", "").lower() == "close" or answer.status not in (200, 204)
    stream.over = stream.over or closing
    return answer


def _finds(answer: Answer) -> tuple[str, ...]:
    for name in FOUND:
        value = answer.fields.get(name, "")
        if value:
            threat = _THREAT.search(value)
            return (harmless(threat[1] if threat else value),)
    return ()


async def both(stream: Stream, sending: Coroutine[Any, Any, None], limit: int) -> tuple[Answer, bool]:
    """The answer, and whether everything was sent. It is read meanwhile: a service may answer before it has read everything
    (RFC 3507, section 4.5 speaks of the preview only, services do it anywhere), or give back what it has read so far."""
    work = asyncio.create_task(sending)
    try:
        answer = await read_answer(stream, limit)
        if answer.body:                      # what came back is compared with what was sent
            await asyncio.wait((work,), timeout=LAST)
        sent = work.done() and work.exception() is None
        stream.over = stream.over or not sent
        return answer, sent
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def send(stream: Stream, fd: int, part: tuple[int, int], digest: Any, end: bytes) -> None:
    """The octets of `part` as HTTP chunks, then `end`; they go into `digest` too."""
    start, stop = part
    while start < stop:
        piece = os.pread(fd, min(CHUNK, stop - start), start)
        if not piece:
            raise ScannerFailed("the message is shorter than its size")
        digest.update(piece)
        await stream.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        start += len(piece)
    await stream.send(end)


async def read_answer(stream: Stream, limit: int) -> Answer:
    """One ICAP answer with what it encapsulates, at most `limit` octets of body. Raises ValueError, EOFError."""
    status = _status(await stream.until(b"\n"), b"ICAP")
    fields = await _fields(stream)
    layout = fields.get("encapsulated", "")
    if status in (100, 204) or "null-body" in layout or not layout:
        if "hdr=" in layout and status not in (100, 204):
            await _inner(stream, layout)
        return Answer(status, fields)
    http = await _inner(stream, layout)
    body = await _body(stream, limit) if "-body=" in layout else ""
    return Answer(status, fields, http, body)


def _status(line: bytes, protocol: bytes) -> int:
    """Of a status line of this protocol: a web server at the address is no scanner, whatever it answers."""
    found = _STATUS.fullmatch(line)
    if found is None or found[1] != protocol:
        raise ValueError("no status line")
    return int(found[2])


async def _fields(stream: Stream) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _ in range(HEADERS):
        line = await stream.until(b"\n")
        if len(line) > HEADER:
            raise ValueError("a header line that is too long")
        text = line.decode("latin-1").strip()
        if not text:
            return fields
        name, _, value = text.partition(":")
        fields[name.strip().lower()] = value.strip()
    raise ValueError("too many header lines")


async def _inner(stream: Stream, layout: str) -> int:
    """The status of the HTTP response that is encapsulated, 0 where it is a request: REQMOD gives what it was given."""
    parts = [part.strip().partition("=")[0] for part in layout.split(",")]
    status = 0
    for part in parts:
        if not part.endswith("-hdr"):
            continue
        first = await stream.until(b"\n")
        status = _status(first, b"HTTP") if part == "res-hdr" else status
        await _fields(stream)
    return status


async def _body(stream: Stream, limit: int) -> str:
    """SHA-256 of a chunked body."""
    digest, seen = hashlib.sha256(), 0
    while True:
        size = int((await stream.until(b"\n")).partition(b";")[0].strip(), 16)
        if size < 0 or seen + size > limit:
            raise ValueError("a body that is longer than it can be")
        if not size:
            await _fields(stream)            # trailers
            return digest.hexdigest()
        left = size
        while left:
            piece = await stream.some(min(left, CHUNK))
            digest.update(piece)
            left -= len(piece)
        seen += size
        if await stream.until(b"\n") != b"\r\n":
            raise ValueError("a chunk without its end")
