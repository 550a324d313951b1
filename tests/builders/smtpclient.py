"""A client that sends exactly the octets it is told to."""

from __future__ import annotations

import asyncio
import ssl


class Talker:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, address: tuple[str, int], greeted: bool = True, tls: ssl.SSLContext | None = None) -> Talker:
        talker = cls(*await asyncio.open_connection(*address, ssl=tls))
        if greeted:
            assert (await talker.reply()).startswith("220")
        return talker

    async def reply(self, seconds: float = 60.0) -> str:
        """All lines of one reply; "" where the connection ended."""
        lines = []
        async with asyncio.timeout(seconds):
            while True:
                line = (await self.reader.readline()).decode()
                lines.append(line.rstrip("\r\n"))
                if not line or line[3:4] != "-":
                    return "\n".join(lines)

    async def say(self, line: str | bytes) -> str:
        self.send(line)
        return await self.reply()

    def send(self, line: str | bytes) -> None:
        self.writer.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    async def envelope(self, *rcpts: str, sender: str = "a@partner.test", helo: str = "client.test", args: str = "") -> list[str]:
        found = [await self.say(f"EHLO {helo}"), await self.say(f"MAIL FROM:<{sender}>{args}")]
        return found + [await self.say(f"RCPT TO:<{r}>") for r in rcpts]

    async def content(self, wire: bytes) -> str:
        first = await self.say("DATA")
        if not first.startswith("354"):
            return first
        self.writer.write(wire + b".\r\n")
        return await self.reply()

    async def ended(self, seconds: float = 60.0) -> bool:
        """The peer closed, and said nothing more."""
        async with asyncio.timeout(seconds):
            try:
                return not await self.reader.read(1)
            except ConnectionError:
                return True

    def close(self) -> None:
        self.writer.close()


def tls_client() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
