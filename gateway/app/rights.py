"""Who we run as, and that we are alone in our state directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from gateway.model.errors import SekishoError

COMMAND = "command "                     # before the number of a process that is not a gateway


class Taken(SekishoError):
    """Another process holds the state directory. `command` is true where that is no gateway, so it will soon be over."""

    def __init__(self, folder: Path, holder: str) -> None:
        self.command = holder.startswith(COMMAND)
        pid = holder.removeprefix(COMMAND)
        super().__init__(f"{folder}: another command works here (pid {pid}); try again when it is done" if self.command else
                         f"{folder}: another gateway runs here (pid {pid}); stop it first")


def drop_to_owner(folder: Path) -> None:
    """Root becomes the owner of the state directory, so that no file of ours ever belongs to root by accident."""
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    if owner.st_uid == 0:
        return
    os.setgroups([])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)


def lock_file(folder: Path) -> Path:
    return folder / "run" / "serve.lock"


def lock(folder: Path, command: bool = False) -> int:
    """Held until the descriptor is closed. Raises Taken where another process has it."""
    fd = os.open(lock_file(folder), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = holder(fd)
        os.close(fd)
        raise Taken(folder, other) from None
    # a full disk: the lock holds without our number in it
    with contextlib.suppress(OSError):
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{COMMAND if command else ''}{os.getpid()}\n".encode(), 0)
    return fd


def holder(fd: int) -> str:
    return os.pread(fd, 40, 0).decode("ascii", "replace").strip()


def running(folder: Path) -> int | None:
    """The process id of the gateway that runs in this state directory; None where none does.

    The number alone proves nothing: it stays in the file when a process ends, and may be another's by then.
    """
    try:
        fd = os.open(lock_file(folder), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        number = holder(fd)
        return int(number) if number.isdecimal() else None
    finally:
        os.close(fd)
    return None
