"""The web server: waitress on the listening socket that the supervisor holds. Threads, connections and bodies are bounded."""

from __future__ import annotations

import copy
import socket
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import parse_cookie
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.utilities import BadRequest

from gateway.console.api.door import HOME, problem
from gateway.console.state import console
from gateway.reference.directory import LONGEST

THREADS = 4
CONNECTIONS = 200                        # beyond them the one that has waited longest for its client makes room
SPARE = 100                              # accepted beyond them, until room is made
LONGEST_HEAD = 32 << 10                  # octets
LONGEST_BODY = 96 << 10                  # Django's own limit of a form is below: its answer explains more
UPLOAD = "/directory/import"             # the one address that takes a file (gateway.console.uploads)
LONGEST_UPLOAD = LONGEST + (16 << 20)    # a file that is a little too large is told so on its page
IDLE = 30                                # seconds for a client that says nothing
ARRIVING, UPLOADING = 60.0, 900.0        # seconds for a request to arrive, for one with a file
LOOK = 0.5                               # seconds between looks at whether to stop
FINISH = 10.0                            # seconds for requests in hand at a stop

Application = Callable[..., Any]


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request; one that brings a file may be longer, where its session is known: strangers fill no disk.

    Programs get what is wrong with a request as RFC 9457 also where Django never sees it.
    """

    path = ""

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, BadRequest) and self.path.startswith(f"{HOME}/"):
            self.error = Problem(self.error)
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.path == UPLOAD and open_session(self.headers.get("COOKIE", "")):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = LONGEST_UPLOAD


class Problem:
    """An error of waitress, told as the REST interface tells its own."""

    def __init__(self, error: BadRequest) -> None:
        large = error.code == 413
        self.answer = problem(error.code, "TOO-LARGE" if large else "BAD-REQUEST", "the body is too large" if large else error.body)

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        return f"{self.answer.status_code} {self.answer.reason_phrase}", list(self.answer.items()), self.answer.content


def open_session(cookies: str) -> bool:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return bool(key) and console().book.exists(key)


class Conversation(HTTPChannel):  # type: ignore[misc]
    """A connection. It is given up where its request does not come to an end, or where newer ones need its place: whoever
    keeps many connections waiting keeps nobody else out (Slowloris)."""

    parser_class = Parser

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.since = self.creation_time  # of waitress' clock: when the request that is awaited now began
        waiting = [one for one in self.server.active_channels.values() if one.waits and one is not self]
        for one in sorted(waiting, key=lambda one: one.since)[:max(0, len(self.server.active_channels) - CONNECTIONS)]:
            one.will_close = True

    @property
    def waits(self) -> bool:
        """For its client: nothing of it is in hand, and nothing is left to send."""
        return not (self.requests or self.total_outbufs_len or self.will_close)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.since = self.last_activity
        taken: bool = super().received(data)
        return taken

    def late(self, now: float) -> bool:
        """Its request takes too long to arrive."""
        if self.request is None or self.requests:
            return False
        return now - self.since > (UPLOADING if self.request.adj.max_request_body_size == LONGEST_UPLOAD else ARRIVING)


class WebServer:
    """`run` blocks in a thread until `stop`."""

    def __init__(self, application: Application, listener: socket.socket) -> None:
        self.map: dict[int, Any] = {}
        self.stopping = threading.Event()
        self.server = create_server(
            application, map=self.map, sockets=[listener], threads=THREADS, connection_limit=CONNECTIONS + SPARE,
            max_request_header_size=LONGEST_HEAD, max_request_body_size=LONGEST_BODY, channel_timeout=IDLE, cleanup_interval=1,
            ident=None, clear_untrusted_proxy_headers=False, expose_tracebacks=False, asyncore_use_poll=True,
            log_socket_errors=False)
        self.server.channel_class = Conversation
        self.server.maintenance = self.tidy

    def run(self) -> None:
        while not self.stopping.is_set() and self.map:
            wasyncore.loop(timeout=LOOK, use_poll=True, map=self.map, count=1)
        self.server.accepting = False
        self.server.task_dispatcher.shutdown(timeout=FINISH)
        wasyncore.loop(timeout=0, use_poll=True, map=self.map, count=3)      # what the last answers left to write
        wasyncore.close_all(self.map)

    def tidy(self, now: float) -> None:
        """In place of waitress' own, which knows the silent only."""
        for channel in self.server.active_channels.values():
            if channel.late(now) or (not channel.requests and now - channel.last_activity > IDLE):
                channel.will_close = True

    def stop(self) -> None:
        """Within LOOK. waitress' own way to wake the loop writes to a descriptor that the loop may have closed by then."""
        self.stopping.set()
