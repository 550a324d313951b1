"""The event log: one line of JSON an event. Control characters, line ends and bidi marks of mail come out as escapes.

Never a body, subject or identifier: callers hand over codes, ids, sizes and times.
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable, Mapping
from typing import Any

from gateway.model.deadline import Clock

LINE = 4096                              # octets: PIPE_BUF, below which lines of several processes do not mix (pipe(7))
TEXT = 300                               # characters of one value
ITEMS = 30                               # of one list or mapping
ENCODER = json.JSONEncoder(separators=(", ", ": "))
PATIENCE = 0.05                          # seconds for a reader that does not keep up; then lines are dropped and counted

EVENTS: Mapping[str, str] = {
    "ready": "all listeners accept mail",
    "verdict": "what was decided about a message",
    "delivered": "the next hop took it",
    "held": "it is in custody",
    "refused": "it was answered 5xx",
    "deferred": "it was answered 4xx: the sender tries again",
    "released": "a held message was sent on",
    "incident": "something could not be done or seen, and whose fault it was",
    "reload": "policy and signatures were read again, with outcome and reason",
    "drain": "no new mail is taken; what is in hand is finished",
    "notified": "a notice of ours was delivered",
    "delivery-unknown": "the next hop may have taken it, its answer was lost (RFC 1047)",
    "release-blocked": "today's signatures found something new in a held message",
    "rejudged": "a held message was judged again with a password, with the outcome",
    "release-passed": "a release passed a listener of ours again and was not judged twice",
    "expired": "a held message was kept for as long as it should be, and is gone",
    "audit-checkpoint": "the audit chain's head, signed; keep it elsewhere",
    "restart": "a process of ours ended and is started again",
    "log": "a line of a library's own log",
}
"""What `docs/reference/events.md` lists; others may be emitted, these keep their meaning."""


class JsonEvents:
    """Implements `gateway.model.ports.Events` on a descriptor, standard output by default."""

    def __init__(self, clock: Clock, fd: int = 1, fixed: Mapping[str, Any] | None = None,
                 dropping: Callable[[], None] = lambda: None) -> None:
        self.clock = clock
        self.fd = fd
        self.fixed = dict(fixed or {})   # in every line, such as the process and the node
        self.dropped = 0                 # lines nobody took
        self.dropping = dropping         # called for each of them
        self._stuck = False              # the last line was dropped: the next ones are not waited for

    def emit(self, event: str, /, **fields: Any) -> None:
        """Writes one line. Never raises and never waits long: a log that nobody reads must neither stop mail nor slow it."""
        line = encode({"time": self.clock.now().isoformat(timespec="milliseconds"), "event": event, **self.fixed, **fields})
        try:
            poller = select.poll()
            poller.register(self.fd, select.POLLOUT)
            ready = poller.poll(0 if self._stuck else PATIENCE * 1000)
            taken = bool(ready) and os.write(self.fd, line) == len(line)
        except (OSError, ValueError):
            taken = False
        self._stuck = not taken
        if not taken:
            self.dropped += 1
            self.dropping()


def encode(fields: Mapping[str, Any]) -> bytes:
    """One line of at most LINE octets, pure ASCII. Fields that do not fit any more are left out, and that is said."""
    clipped = {key: _clip(value) for key, value in fields.items()}
    line = _dump(clipped)
    while len(line) > LINE:
        longest = max((k for k in clipped if k not in ("time", "event", "id")), key=lambda k: len(_dump(clipped[k])))
        del clipped[longest]
        clipped["truncated"] = True
        line = _dump(clipped)
    return line


def _dump(value: Any) -> bytes:
    return ENCODER.encode(value).encode("ascii") + b"\n"


def _clip(value: Any, depth: int = 3) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) < 1e300 else str(value)
    if isinstance(value, str):
        return value if len(value) <= TEXT else value[:TEXT] + "…"
    if depth and isinstance(value, Mapping):
        return {str(k)[:TEXT]: _clip(v, depth - 1) for k, v in list(value.items())[:ITEMS]}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_clip(v, depth - 1) for v in list(value)[:ITEMS]]
    return str(value)[:TEXT]
