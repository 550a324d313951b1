"""What a zygote gives up for good, layer by layer. Each layer is tried and reported; `require` decides which must hold.

Order matters: namespaces first (they need the privileges), the user last but two, Landlock and seccomp at the end
(they need no_new_privs and forbid the rest). Children inherit all of it and add `restrict_child`.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.inspection import landlock, libc, seccomp

OPEN_FILES = 16                          # of a child: its connection, a message, a tool's input and output, resources beside
CORE_SCORE = "900"                       # oom_score_adj: out of memory, the kernel takes the cell before the house

LAYERS = ("user-namespace", "network-namespace", "ipc-namespace", "pid-namespace", "empty-root", "user", "capabilities",
          "no-new-privs", "death-signal", "rlimits", "landlock", "seccomp")
"""Names for `[inspection] require`, and what `doctor` shows, in the order in which they are put on."""

GROUPS = {"namespaces": ("network-namespace", "ipc-namespace", "pid-namespace")}
"""Short names for several layers in `[inspection] require`."""

TOOL_GRANTS = tuple(landlock.Grant(Path(p)) for p in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"))
"""What external tools may read and run. Their input is no file of any of these, so Landlock lets it be opened."""


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a zygote started by root becomes."""

    uid: int
    gid: int


def drop_target(state_dir: Path) -> User | None:
    """The state directory's owner where root starts the cell, nobody where that is root too; None for other users."""
    if os.geteuid() != 0:
        return None
    owner = state_dir.stat()
    return User(owner.st_uid, owner.st_gid) if owner.st_uid != 0 else User(65534, 65534)


class Lockdown:
    """Puts the layers on this process. `layers` tells what became of each."""

    def __init__(self, user: User | None, profile: str) -> None:
        self.user = user
        self.profile = profile           # plain, deep, tool
        self.layers: list[Layer] = []
        self.readable: tuple[Path, ...] = ()   # beside TOOL_GRANTS, for tools

    def _try(self, name: str, put_on: Callable[[], str | None]) -> bool:
        try:
            detail = put_on() or ""
        except OSError as error:
            self.layers.append(Layer(name, False, error.strerror or str(error)))
            return False
        self.layers.append(Layer(name, True, detail))
        return True

    def namespaces(self) -> bool:
        """Leaves the host's network, IPC and (for children still to be forked) process ids; True: fork once more now.

        A plain user needs a user namespace for it; root has the right anyway and stays in the first one.
        """
        if os.geteuid() == 0:
            self.layers.append(Layer("user-namespace", True, "not needed: started as root"))
        else:
            self._try("user-namespace", _user_namespace)
        self._try("network-namespace", lambda: libc.unshare(libc.CLONE_NEWNET))
        self._try("ipc-namespace", lambda: libc.unshare(libc.CLONE_NEWIPC))
        return self._try("pid-namespace", lambda: libc.unshare(libc.CLONE_NEWPID))

    def rest(self) -> None:
        """Everything else, after all code and data are loaded."""
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(CORE_SCORE)
        filters = {"tool": seccomp.tool_filter}.get(self.profile, seccomp.zygote_filter)()
        if self.profile == "tool":
            self.layers.append(Layer("empty-root", False, "not for tools: they are read from /usr"))
        else:
            self._try("empty-root", _empty_root)
        self._try("user", self._become)
        self._try("capabilities", libc.drop_capabilities)
        self._try("no-new-privs", lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1) and None)
        self._try("death-signal", lambda: libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL) and None)
        self._try("rlimits", _zygote_limits)
        self._try("landlock", lambda: landlock.restrict(self._grants()))
        self._try("seccomp", lambda: seccomp.load(filters))

    def _grants(self) -> tuple[landlock.Grant, ...]:
        return (*TOOL_GRANTS, *map(landlock.Grant, self.readable)) if self.profile == "tool" else ()

    def _become(self) -> str:
        if self.user is None:
            if os.geteuid() == 0:
                raise OSError("runs as root")
            return f"uid {os.geteuid()}"
        os.setgroups([])
        os.setresgid(self.user.gid, self.user.gid, self.user.gid)
        os.setresuid(self.user.uid, self.user.uid, self.user.uid)
        return f"uid {self.user.uid}"

    def missing(self, required: Iterable[str]) -> list[str]:
        holding = {layer.name for layer in self.layers if layer.holds}
        return sorted({layer for name in required for layer in GROUPS.get(name, (name,))} - holding)


def _user_namespace() -> str:
    uid, gid = os.geteuid(), os.getegid()
    libc.unshare(libc.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    return f"uid {uid}"


def _empty_root() -> str:
    """The file system becomes one empty, read-only directory."""
    libc.unshare(libc.CLONE_NEWNS)
    libc.mount("none", "/", "none", libc.MS_REC | libc.MS_PRIVATE)
    flags = libc.MS_RDONLY | libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC
    libc.mount("none", "/tmp", "tmpfs", flags, "size=4k,mode=0555")  # noqa: S108 - a mount point, nothing is written
    os.chdir("/tmp")  # noqa: S108
    libc.pivot_root(".", ".")
    libc.detach(".")
    os.chdir("/")
    return "read-only, nothing in it"


def limit(which: int, wanted: tuple[int, int]) -> None:
    """Sets a resource limit, or keeps what is in force where that is lower already: limits of a service are never raised."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        wanted = (min(wanted[0], hard), min(wanted[1], hard))
    resource.setrlimit(which, wanted)


def _zygote_limits() -> None:
    limit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Hard limits of a child; a request sets softer ones below them (`gateway.inspection.child`)."""

    memory: int                          # octets of its own data, on top of what the zygote has
    cpu_seconds: int


def restrict_child(program: bytes, ceilings: Ceilings, resources: int) -> None:
    """What a forked child adds to what it inherited. Raises OSError: the child must end then."""
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    limit(resource.RLIMIT_CORE, (0, 0))
    limit(resource.RLIMIT_NPROC, (0, 0))
    limit(resource.RLIMIT_FSIZE, (ceilings.memory, ceilings.memory))
    limit(resource.RLIMIT_NOFILE, (OPEN_FILES + resources, OPEN_FILES + resources))
    limit(resource.RLIMIT_CPU, (ceilings.cpu_seconds, ceilings.cpu_seconds + 1))
    seccomp.load(program)
