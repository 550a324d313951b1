"""The child's side of the cell: the one place where hostile octets meet parsers.

It reads a request and a message descriptor, has the judge look at it under the message's own limits, and answers a
bounded frame. It has no files, no network, no other processes; what it says is checked again by the parent.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from gateway.extract.base import NeedsDeepLane
from gateway.inspection import death, protocol, tools, wire
from gateway.inspection.lockdown import Ceilings, limit, restrict_child
from gateway.inspection.shortcut import needs_deep
from gateway.inspection.watch import cpu_seconds
from gateway.inspection.wire import Frame, Kind
from gateway.model.deadline import Limits
from gateway.model.finding import Finding, Inspection
from gateway.model.ports import InspectionRequest

REUSE = 20                               # messages of one plain child: its fork is then a twentieth of the cost
_SLACK = 32 << 20                        # octets the interpreter may take beside the message's own data
_FAILED = 70                             # EX_SOFTWARE
_UNHEARD = 71                            # EX_OSERR


class Judge(Protocol):
    """What a lane does with a message. Built once in the zygote, so everything it needs is loaded."""

    signature_version: str

    def inspect(self, data: bytes, request: InspectionRequest, tools: tools.Tools | None) -> Inspection:
        """Raises NeedsDeepLane where only the deep lane can."""
        ...

    def preview(self, data: bytes, request: InspectionRequest) -> Mapping[str, list[tuple[str, ...]]]:
        """The sections of `protocol.PREVIEW`."""
        ...


def run(
    connection: socket.socket, judge: Judge | tools.Programs, lane: str, ceilings: Ceilings, base: int, program: bytes,
    resources: int, reuse: int = REUSE,
) -> None:
    """The whole life of a forked child. Never returns."""
    status = _FAILED
    started = False
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if lane == "tool":
            assert isinstance(judge, tools.Programs)
            tools.serve(connection, judge, ceilings.memory)
        else:
            rounds = reuse if lane == "plain" else 1
            most = base + 2 * _SLACK + ceilings.memory
            limit(resource.RLIMIT_DATA, (most, most))
            restrict_child(program, Ceilings(ceilings.memory, ceilings.cpu_seconds * rounds), resources)
            assert not isinstance(judge, tools.Programs)
            started = True
            serve(connection, judge, lane, base, rounds)
        status = 0
    except wire.Unheard:
        status = _UNHEARD
    except Exception as error:  # noqa: BLE001 - the child's last word before it ends
        # One that could not start leaves the request unread: that is how the parent knows that no message was at fault.
        if started:
            _last_word(connection, error)
    finally:
        os._exit(status)


def serve(connection: socket.socket, judge: Judge, lane: str, base: int, rounds: int) -> None:
    """Answers up to `rounds` requests; ends early when the parent closes, or after the first incident."""
    for _ in range(rounds):
        frame = _request(connection)
        if frame is None:
            return
        if not answer(connection, frame, judge, lane, base):
            return


def _request(connection: socket.socket) -> Frame | None:
    """The next request. Raises Unheard where there is no memory or descriptor for it: not the message's fault."""
    try:
        return wire.receive(connection, wire.REQUESTS, wire.REQUEST_LIMIT)
    except (MemoryError, OSError) as error:
        raise wire.Unheard("no room for a request") from error


def answer(connection: socket.socket, frame: Frame, judge: Judge, lane: str, base: int) -> bool:
    """One request. True: the child is as good as new and may be asked again."""
    request, size = protocol.decode_request(frame.payload)
    if frame.fd is None:
        raise wire.ProtocolError("a request without its message")
    used = cpu_seconds()
    set_limits(request.limits, base, used)
    if lane == "plain" and frame.kind is Kind.INSPECT and needs_deep(frame.fd, size):
        os.close(frame.fd)
        wire.send(connection, Kind.DEEP, b"")
        return True
    data = read_message(frame.fd, size)
    if frame.kind is Kind.PREVIEW:
        wire.send(connection, Kind.SAFE_TEXT, protocol.encode_preview(judge.preview(data, request)))
        return False
    port = tools.ChildTools(connection) if lane == "deep" else None
    try:
        inspection = judge.inspect(data, request, port)
    except NeedsDeepLane:
        wire.send(connection, Kind.DEEP, b"")
        return True
    wire.send(connection, Kind.INSPECTION, protocol.encode_inspection(inspection))
    return not inspection.incidents


def guarded(look: Callable[[], Iterable[Finding]]) -> tuple[list[Finding], str]:
    """What one detector found, and the name of the exception that ended it early, or ''."""
    found: list[Finding] = []
    try:
        found.extend(look())
    except Exception as error:  # noqa: BLE001 - one detector's crash is an incident of the message
        return found, type(error).__name__
    return found, ""


def read_message(fd: int, size: int) -> bytes:
    """The octets of the message; closes the descriptor. Raises EOFError where there are fewer than promised."""
    pieces: list[bytes] = []
    got = 0
    try:
        while got < size:
            piece = os.pread(fd, size - got, got)
            if not piece:
                raise EOFError("the message is shorter than promised")
            pieces.append(piece)
            got += len(piece)
    finally:
        os.close(fd)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def set_limits(limits: Limits, base: int, used: float) -> None:
    """The message's own budget: memory beside what the zygote had, CPU beside what earlier messages used."""
    _soften(resource.RLIMIT_DATA, base + _SLACK + limits.memory)
    _soften(resource.RLIMIT_CPU, math.ceil(used + limits.cpu_seconds))


@contextmanager
def fenced(seconds: float) -> Iterator[None]:
    """Within it the kernel ends this process after so much more CPU, rounded up to whole seconds."""
    before = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(cpu_seconds() + seconds)
    limit(resource.RLIMIT_CPU, (wanted if before[0] == resource.RLIM_INFINITY else min(wanted, before[0]), before[1]))
    try:
        yield
    finally:
        limit(resource.RLIMIT_CPU, before)


def _soften(kind: int, wanted: int) -> None:
    """A soft limit below the hard one that stands."""
    _, most = resource.getrlimit(kind)
    limit(kind, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _last_word(connection: socket.socket, error: Exception) -> None:
    """Names the exception's type only: its text may hold mail."""
    # What there was may be all used up: room for a few words.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit(resource.RLIMIT_DATA, (most, most))
    name = death.SQUEEZED if isinstance(error, MemoryError) and _squeezed(most) else type(error).__name__[:64]
    wire.send(connection, Kind.FAILED, protocol.dumps(name))


def _squeezed(most: int) -> bool:
    """Somebody gave us less address space than a message may have memory: then its end says nothing of the message."""
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    return space != resource.RLIM_INFINITY and (most == resource.RLIM_INFINITY or space < most)
