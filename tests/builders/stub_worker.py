"""A worker for the supervisor's tests: does what its brief says."""

import asyncio
import os
import signal
import socket
import sys

from gateway import supervisor


async def main() -> None:
    name, control_fd = sys.argv[2:4]
    control = socket.socket(fileno=int(control_fd))
    control.setblocking(False)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _, brief = await supervisor.receive(control)
    if brief == "die":
        os._exit(3)
    await supervisor.answer(control, "ready")
    while True:
        try:
            order, value = await supervisor.receive(control)
        except EOFError:
            return
        if order == "stop":
            if brief == "stubborn":
                await asyncio.sleep(60)
            return
        await supervisor.answer(control, "answer", f"{name}:{order}:{value}")


asyncio.run(main())
