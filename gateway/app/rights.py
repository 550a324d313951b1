"""Who we run as, and that we are alone in our state directory."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from gateway.model.errors import SekishoError


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


def lock(folder: Path) -> int:
    """Held until the process ends. Raises SekishoError where another gateway runs in the same state directory."""
    fd = os.open(folder / "run" / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.pread(fd, 20, 0).decode("ascii", "replace").strip()
        os.close(fd)
        raise SekishoError(f"{folder}: another gateway runs here (pid {other}); stop it first") from None
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        pass                                 # a full disk: the lock holds without our number in it
    return fd
