"""What every worker does: says it is ready, pushes its metrics, follows its orders."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

from gateway import supervisor
from gateway.app.brief import Brief
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from gateway.ops.events import JsonEvents
from gateway.ops.metrics import Pusher, Recorder

FOLLOW = "follow"                        # the order of the supervisor after an exception was made or ended in the console
Reload = Callable[[Brief], Awaitable[None]]


class Tools:
    """Clock, events and metrics of one process."""

    def __init__(self, name: str) -> None:
        self.clock = SystemClock()
        self.metrics = Recorder()
        self.events = JsonEvents(self.clock, fixed={"process": name},
                                 dropping=lambda: self.metrics.count("sekisho_events_dropped_total"))


@contextlib.asynccontextmanager
async def pushing(tools: Tools, brief: Brief) -> AsyncIterator[None]:
    pusher = asyncio.create_task(Pusher(tools.metrics, brief.metrics).run())
    try:
        yield
    finally:
        pusher.cancel()
        await asyncio.gather(pusher, return_exceptions=True)


async def started(control: socket.socket) -> Brief:
    try:
        word, brief = await supervisor.receive(control)
    except (EOFError, OSError) as gone:
        raise SekishoError("the supervisor is gone") from gone
    assert word == "start" and isinstance(brief, Brief)
    return brief


async def obey(control: socket.socket, reload: Reload, follow: Reload) -> None:
    """Says "ready", then follows orders: to reload, or to follow what was made in the console, which concerns the policy alone.

    Returns when it is told to stop or the supervisor is gone.

    What was loaded until now is no garbage: the collector never looks through it.
    """
    gc.freeze()
    gc.enable()
    with contextlib.suppress(EOFError, OSError):         # the supervisor is gone
        await supervisor.answer(control, "ready")
        while True:
            order, brief = await supervisor.receive(control)
            if order == "stop":
                return
            await supervisor.answer(control, "answer", await _followed(follow if order == FOLLOW else reload, brief))


async def _followed(reload: Reload, brief: Brief) -> str:
    """Why not, or nothing."""
    try:
        await reload(brief)
    except (SekishoError, OSError) as wrong:
        return str(wrong)
    return ""


def take_sockets(brief: Brief) -> dict[str, socket.socket]:
    """The inherited listening sockets by listener name, our own duplicates: the supervisor's stay open."""
    return {name: socket.socket(fileno=os.dup(fd)) for name, fd in brief.sockets}
