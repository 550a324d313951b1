"""A worker process: `python -P -m gateway.app ROLE NAME CONTROL_FD [FD…]`, started by the supervisor only."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import importlib
import select
import signal
import socket
import sys
from collections.abc import Awaitable, Callable

from gateway import supervisor
from gateway.model.errors import GatewayFault, SekishoError

ROLES = {"edge": "gateway.app.edge", "keeper": "gateway.app.keeper", "console": "gateway.app.console"}
PR_SET_PDEATHSIG = 1


def main() -> None:
    role, name, control_fd = sys.argv[1:4]
    # A signal to the whole process group must not end a worker before its turn: see docs/decisions/0002.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    control = socket.socket(fileno=int(control_fd))
    control.setblocking(False)
    if closed(control):
        return                               # the supervisor died before we could ask to die with it
    gc.disable()                             # until it is ready (see `obey`): what is loaded stays, no use looking through it
    module = importlib.import_module(ROLES[role])
    asyncio.run(supervised(module.run, name, control))


def closed(control: socket.socket) -> bool:
    """The other end is gone. What it said before that does not count."""
    watched = select.poll()
    watched.register(control, select.POLLRDHUP)
    return bool(watched.poll(0))


async def supervised(run: Callable[[str, socket.socket], Awaitable[None]], name: str, control: socket.socket) -> None:
    """What cannot be put right here is told the supervisor in one line, which says it or ends the start."""
    try:
        await run(name, control)
    except SekishoError as trouble:
        with contextlib.suppress(OSError):
            await supervisor.answer(control, "failed", [str(trouble), not isinstance(trouble, GatewayFault)])
        sys.exit(2)


if __name__ == "__main__":
    main()
