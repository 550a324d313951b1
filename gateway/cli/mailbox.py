"""A built-in mailbox: an SMTP server on loopback that keeps what it is given. The demo's next hop, and that of tests."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Received:
    reverse_path: str                    # "" for the null sender
    recipients: tuple[str, ...]
    content: bytes                       # as it came over the wire, dots unstuffed

    @property
    def header(self) -> bytes:
        return self.content.partition(b"\r\n\r\n")[0] + b"\r\n"

    @property
    def body(self) -> bytes:
        return self.content.partition(b"\r\n\r\n")[2]


class Mailbox:
    """Listens on `port` (0: any free one) of 127.0.0.1 between `start` and `stop`; `received` grows as mail comes."""

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.news = threading.Condition()
        self._controller = _Controller(self, hostname="127.0.0.1", port=port, server_hostname="mailbox.sekisho.example",
                                       decode_data=False, enable_SMTPUTF8=True, data_size_limit=200 << 20)

    @property
    def port(self) -> int:
        return int(self._controller.server.sockets[0].getsockname()[1])

    def start(self) -> Mailbox:
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    def wait_for(self, marker: bytes, seconds: float) -> Received | None:
        """The first mail whose octets hold `marker`, or None when the seconds are over."""
        with self.news:
            self.news.wait_for(lambda: any(marker in m.content for m in self.received), seconds)
            return next((m for m in self.received if marker in m.content), None)

    def after(self, number: int) -> list[Received]:
        """What came after the first so many mails, once there is any."""
        with self.news:
            self.news.wait_for(lambda: len(self.received) > number)
            return self.received[number:]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        with self.news:
            self.received.append(Received((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos), content))
            self.news.notify_all()
        return "250 2.0.0 kept"


class _Server(SMTP):
    line_length_limit = 1 << 20          # real mail has long lines, and this server judges nothing


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """The stock self-test connects to the configured port; where that is 0, the real one is known only now."""
        with socket.create_connection((self.hostname, self.server.sockets[0].getsockname()[1]), timeout=5) as probe:
            probe.recv(4)
