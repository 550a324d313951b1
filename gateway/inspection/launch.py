"""Starting zygotes from outside: for the supervisor, for `scan`, for `doctor`.

`launch` forks and returns at once; `Zygote.wait_ready` waits until everything is loaded and locked down. `stand_by` starts
a process ahead that has loaded all but signatures and indexes: `launch` with it is ready in a fraction of the time.
Call both from a thread that lives as long as the zygote shall: it dies with the thread that started it (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.inspection.child import REUSE
from gateway.inspection.lockdown import Layer, User, drop_target
from gateway.model.deadline import Clock
from gateway.model.errors import SekishoError

PLAIN, DEEP, TOOL = "plain", "deep", "tool"
JUDGE = "gateway.inspection.judge"
_BACKLOG = 64
_TUNABLES = ":".join(("glibc.malloc.hugetlb=1", "glibc.malloc.mmap_threshold=33554432", "glibc.malloc.trim_threshold=268435456",
                      "glibc.malloc.top_pad=1048576"))
"""Memory once given back is used again, in pages of 2 MiB: a large mail's copies took 20,000 page faults, now 4,000."""
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1", "GLIBC_TUNABLES": _TUNABLES}


class CellError(SekishoError):
    """The cell cannot be started: a required layer does not hold, or loading failed."""


@dataclass(frozen=True, slots=True)
class CellSettings:
    """One lane's zygote. Started by root it runs as the owner of `state_dir`. Signatures come from the package and
    `local_signatures`; `resources` are files handed over as descriptors."""

    state_dir: Path
    children: int = 8                    # alive at one time, for all clients together
    spare: int = 2                       # forked ahead
    memory: int = 1 << 30                # octets; ceiling for what a request may ask
    cpu_seconds: int = 60                # ceiling for what a request may ask
    reuse: int = REUSE                   # messages of one plain child; the pools must be told the same
    require: Sequence[str] = ()          # names of lockdown.LAYERS without which it refuses to start
    resources: Mapping[str, Path] = field(default_factory=dict)
    registered: Path | None = None       # the state directory whose tables and documents are compared; default: state_dir
    own_numbers: Sequence[str] = ()      # accounts and tax numbers of the firm itself, which are no customer's
    local_signatures: Sequence[Path] = ()
    local_words: Sequence[Path] = ()
    outside_version: str = ""            # of the outside rules that `resources` holds as "outside"
    registry: str = JUDGE
    python_path: Sequence[str] = ()


@dataclass(slots=True, eq=False)
class Standby:
    """A process that loads its lane's modules, locked into its namespaces, and then waits to be told what makes it a zygote."""

    lane: str
    user: User | None
    process: subprocess.Popen[bytes]
    control: socket.socket

    def fits(self, lane: str, user: User | None) -> bool:
        return (self.lane, self.user) == (lane, user) and self.process.poll() is None

    def end(self) -> None:
        self.control.close()
        self.process.kill()
        self.process.wait()


@dataclass(slots=True, eq=False)
class Zygote:
    """A started zygote. `layers` and `signature_version` are known once it is ready."""

    lane: str
    address: Path
    waiting_at: Path | None              # where its socket stands until it is ready
    process: subprocess.Popen[bytes]
    control: socket.socket
    layers: tuple[Layer, ...] = ()
    signature_version: str = ""

    def wait_ready(self, clock: Clock, seconds: float = 60.0) -> None:
        """Blocks until it serves at its address. Raises CellError, and ends it, where it cannot."""
        self.load(clock, seconds)
        self.take_over()

    def load(self, clock: Clock, seconds: float) -> None:
        """Blocks until it could serve. Raises CellError, and ends it, where it cannot."""
        until = clock.monotonic() + seconds
        heard = b""
        while not heard.endswith(b"\n"):
            left = until - clock.monotonic()
            if left <= 0 or not select.select([self.control], [], [], left)[0]:
                self.stop()
                raise CellError(f"the {self.lane} lane was not ready within {seconds:g} s")
            try:
                piece = self.control.recv(1 << 16)
            except ConnectionError:
                piece = b""
            if not piece:
                self.stop()
                raise CellError(f"the {self.lane} lane ended while loading; its error stands on stderr")
            heard += piece
        answer: dict[str, Any] = json.loads(heard)
        if "error" in answer:
            self.stop()
            raise CellError(answer["error"])
        self.layers = tuple(Layer(name, holds, detail) for name, holds, detail in answer["layers"])
        self.signature_version = answer["signature_version"]
        if answer["missing"]:
            self.stop()
            raise CellError(f"the {self.lane} lane lacks required layers: {', '.join(answer['missing'])}")

    def take_over(self) -> None:
        """From now on clients find it at its address. Only now: one that cannot load leaves the old one in its place."""
        if self.waiting_at is not None:
            os.rename(self.waiting_at, self.address)
            self.waiting_at = None

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def retire(self) -> None:
        """No new clients; it ends with its last child. Clients connect to whatever has its address by then."""
        self.control.close()

    def stop(self, seconds: float = 5.0) -> None:
        """Ends it and all its children now."""
        self.control.close()
        if self.waiting_at is not None:
            self.waiting_at.unlink(missing_ok=True)
            self.waiting_at = None
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)


def stand_by(lane: str, settings: CellSettings) -> Standby:
    """Starts a process that is on its way to be a zygote. It knows its lane and its user; the rest `launch` tells it."""
    user = drop_target(settings.state_dir)
    told = {"lane": lane, "registry": settings.registry, "python_path": list(settings.python_path), "parent": os.getpid(),
            "user": [user.uid, user.gid] if user else None}
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "gateway.inspection.zygote_start", "--control", str(theirs.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=_ENVIRONMENT, cwd="/", start_new_session=True,
            pass_fds=[theirs.fileno()],
        )
    ours.sendall(json.dumps(told).encode() + b"\n")
    return Standby(lane, user, process, ours)


def launch(lane: str, address: Path, settings: CellSettings, standby: Standby | None = None) -> Zygote:
    """Starts a zygote, of `standby` where that still fits. When ready it takes over `address` from whoever listened there
    (who goes on with what it has)."""
    user = drop_target(settings.state_dir)
    waiting_at = address.with_name(f".{address.name}.{secrets.token_hex(4)}")
    with contextlib.ExitStack() as opened, contextlib.ExitStack() as undone:
        resources = {}
        for name, path in settings.resources.items():
            resources[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            opened.callback(os.close, resources[name])
        undone.callback(waiting_at.unlink, missing_ok=True)
        listener = opened.enter_context(listen(waiting_at, user))
        told = {
            "children": settings.children, "spare": min(settings.spare, settings.children), "memory": settings.memory,
            "cpu_seconds": settings.cpu_seconds, "clients": sorted({os.geteuid(), *([user.uid] if user else [])}),
            "reuse": settings.reuse, "require": list(settings.require), "resources": list(resources),
            "material": {"state_dir": str(settings.registered or settings.state_dir), "own_numbers": list(settings.own_numbers),
                         "local_signatures": [str(folder) for folder in settings.local_signatures],
                         "local_words": [str(folder) for folder in settings.local_words],
                         "outside_version": settings.outside_version},
        }
        if standby is None or not standby.fits(lane, user):
            standby = stand_by(lane, settings)
        with contextlib.suppress(ConnectionError):       # one that has ended meanwhile: `load` says so
            socket.send_fds(standby.control, [b"!"], [listener.fileno(), *resources.values()])
            standby.control.sendall(json.dumps(told).encode() + b"\n")
        undone.pop_all()
    return Zygote(lane, address, waiting_at, standby.process, standby.control)


def listen(address: Path, user: User | None) -> socket.socket:
    """A listening socket at `address`. Bound through its folder's descriptor: a Unix address has room for 108 octets."""
    address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(address.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(f"/proc/self/fd/{folder}/{address.name}")
        os.chmod(address, 0o600)
        if user is not None:
            os.chown(address, user.uid, user.gid)
        listener.listen(_BACKLOG)
        return listener
    finally:
        os.close(folder)
