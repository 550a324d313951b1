"""A next hop on loopback that records what it gets, and behaves as the local part of a recipient says.

    perm* 550 at RCPT      temp* 450 at RCPT       data5* 554 after the content    data4* 451 after the content
    drop* cut in DATA      acklost* cut after the dot                              slow* answers after `delay` seconds
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field


@dataclass
class Received:
    """One message as it came."""

    mail: str                            # the whole MAIL command
    rcpts: list[str]                     # the whole RCPT commands
    wire: bytes                          # content as sent, stuffed where it came by DATA
    content: bytes
    by: str                              # DATA or BDAT


@dataclass
class FakeNextHop:
    extensions: list[str] = field(default_factory=lambda: ["PIPELINING", "SIZE 104857600", "8BITMIME", "SMTPUTF8",
                                                           "ENHANCEDSTATUSCODES"])
    messages: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    greeting: str = "220 next.test ESMTP"
    delay: float = 0.5
    tls: ssl.SSLContext | None = None
    refuse_mail: str = ""                # reply to MAIL
    go_on: str = "354 go on"             # reply to DATA
    behind: dict[str, bytes] = field(default_factory=dict)    # reply -> octets that nobody asked for, in the same packet
    connections: int = 0
    open: int = 0
    most: int = 0                        # connections open at once
    port: int = 0
    server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> FakeNextHop:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.close()
        self.cut()
        while self.open:
            await asyncio.sleep(0)

    def cut(self) -> None:
        """Ends every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most = max(self.most, self.open)
        self._writers.add(writer)
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n" + self.behind.get(text, b""))
        say(self.greeting)
        if not self.greeting.startswith("220"):
            return
        mail, rcpts, chunks = "", [], b""
        while True:
            line = (await reader.readuntil(b"\r\n"))[:-2].decode()
            self.commands.append(line)
            verb = line[:4].upper()
            if verb == "EHLO":
                offers = ["next.test", *self.extensions] + (["STARTTLS"] if self.tls else [])
                mail, rcpts, chunks = "", [], b""
                for n, word in enumerate(offers):
                    say(f"250{'-' if n < len(offers) - 1 else ' '}{word}")
            elif line.upper() == "STARTTLS" and self.tls:
                say("220 2.0.0 go")
                await writer.drain()
                await writer.start_tls(self.tls)
            elif verb == "MAIL":
                mail, rcpts, chunks = line, [], b""
                say(self.refuse_mail or "250 2.1.0 ok")
                if self.refuse_mail:
                    mail = ""
            elif verb == "RCPT":
                local = line[9:]
                if not mail:
                    say("503 5.5.1 need MAIL")
                elif local.startswith("perm"):
                    say("550 5.1.1 no such user here")
                elif local.startswith("temp"):
                    say("450 4.2.1 try later")
                else:
                    rcpts.append(line)
                    say("250 2.1.5 ok")
            elif verb == "DATA":
                if not rcpts:
                    say("503 5.5.1 need RCPT")
                    continue
                say(self.go_on)
                if not self.go_on.startswith("354"):
                    continue
                if any(r[9:].startswith("drop") for r in rcpts):
                    await reader.read(16)
                    return
                wire = await self._content(reader)
                content = re.sub(rb"(\A|\r\n)\.", rb"\1", wire)
                if not await self._end(say, Received(mail, rcpts, wire, content, "DATA")):
                    return
                mail, rcpts = "", []
            elif verb == "BDAT":
                words = line.split()
                chunks += await reader.readexactly(int(words[1]))
                if words[-1].upper() != "LAST":
                    say("250 2.0.0 more")
                    continue
                if not await self._end(say, Received(mail, rcpts, chunks, chunks, "BDAT")):
                    return
                mail, rcpts, chunks = "", [], b""
            elif verb == "RSET":
                mail, rcpts, chunks = "", [], b""
                say("250 2.0.0 ok")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            elif verb in ("XFOR", "AUTH", "NOOP"):
                say("250 2.0.0 ok" if verb != "AUTH" else "235 2.7.0 ok")
            else:
                say("500 5.5.2 what")

    async def _content(self, reader: asyncio.StreamReader) -> bytes:
        wire, seen = bytearray(), 0
        while True:
            if wire.startswith(b".\r\n"):
                return b""
            end = wire.find(b"\r\n.\r\n", seen)
            if end >= 0:
                assert end + 5 == len(wire), "octets after the end of data"
                return bytes(wire[:end + 2])
            seen = max(0, len(wire) - 4)
            data = await reader.read(1 << 18)
            if not data:
                raise ConnectionError
            wire += data

    async def _end(self, say, message: Received) -> bool:
        locals_ = [r[9:] for r in message.rcpts]
        if any(name.startswith("data5") for name in locals_):
            say("554 5.6.0 content refused")
            return True
        if any(name.startswith("data4") for name in locals_):
            say("451 4.3.0 not now")
            return True
        if any(name.startswith("slow") for name in locals_):
            await asyncio.sleep(self.delay)
        self.messages.append(message)
        if any(name.startswith("acklost") for name in locals_):
            return False
        say("250 2.0.0 kept as 4711")
        return True
