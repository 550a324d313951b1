"""The service manager: sd_notify(3) of systemd, by its documented datagrams and nothing else."""

from __future__ import annotations

import asyncio
import os
import socket


def notify(message: bytes) -> None:
    """Tells the manager, where there is one. One that does not listen must not stop mail."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.connect("\0" + address[1:] if address.startswith("@") else address)
            sender.sendall(message)
        except OSError:
            return


async def pulse() -> None:
    """WATCHDOG=1 twice in each interval that the manager set; returns at once where it set none."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    while microseconds.isdecimal() and int(microseconds) > 0:
        notify(b"WATCHDOG=1")
        await asyncio.sleep(int(microseconds) / 2e6)
