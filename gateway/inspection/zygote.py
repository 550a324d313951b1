"""The process that forks inspection children: a fresh exec, single-threaded, without secrets, locked down once.

Started by `gateway.inspection.launch` as `python -P -m gateway.inspection.zygote_start --control FD`. Two JSON lines come over the
control socket, so that neither arguments nor environment say anything: the first when it starts (its lane, its user), so that
it can load ahead; the second, after an octet with the descriptors, when it is wanted. Its answer there is what the layers hold.
Then it serves the listening socket (SOCK_SEQPACKET) that came:

    client -> zygote   N           one child, please
                       K number    end that child of mine
    zygote -> client   C number    a child: its connection and its pidfd ride along (SCM_RIGHTS)
                       X number status cpu memory    it ended: wait status, CPU microseconds, peak KiB
                       S           close one that you hold idle, others wait
                       L           they wait for long: close one that is idle, or the next one that gets so
                       Q           I retire: connect anew

Closing the control socket retires it: nobody new is served, and it ends with its last child.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import struct
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.inspection import child, libc, memory, seccomp, tools
from gateway.inspection.lockdown import Ceilings, Lockdown, User
from gateway.model.errors import SekishoError

NUMBER = struct.Struct("<cQ")
EXIT = struct.Struct("<cQiQQ")
_CREDENTIALS = struct.Struct("=iII")     # struct ucred: pid, uid, gid
ROOM = {"plain": 20 << 20, "deep": 36 << 20, "tool": 0}   # octets of small objects that a lane loads, and some more
LONG_WAIT, LONGEST_WAIT = 0.05, 1.0      # seconds between pleas for who waits: each twice the last: they fill no queue
MAX_FDS = 16                             # descriptors that come with the settings: the listening socket and resources


@dataclass(frozen=True, slots=True)
class Start:
    """What launch.py tells first."""

    lane: str                            # plain, deep, tool
    registry: str                        # module with prepare(lane) and build(lane, resources, material) -> Judge
    parent: int                          # process id of who started us
    user: Sequence[int] | None = None    # uid and gid
    python_path: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What launch.py tells when the zygote is wanted: descriptors by number, nothing secret."""

    lane: str                            # of Start
    listen: int
    children: int                        # alive at one time, spare ones included
    spare: int                           # forked ahead
    memory: int
    cpu_seconds: int
    clients: Sequence[int]               # user ids that may connect
    reuse: int = child.REUSE             # messages of one plain child
    require: Sequence[str] = ()
    resources: dict[str, int] = field(default_factory=dict)
    material: dict[str, Any] = field(default_factory=dict)   # for the registry's `build`


@dataclass(slots=True, eq=False)
class Client:
    connection: socket.socket


@dataclass(slots=True, eq=False)
class Forked:
    number: int
    pid: int
    pidfd: int
    connection: socket.socket | None     # until it is handed over
    owner: Client | None = None


class Zygote:
    """The loop. One event at a time, no waiting but for events."""

    def __init__(self, settings: Settings, judge: child.Judge | tools.Programs, control: socket.socket, base: int) -> None:
        self.settings = settings
        self.judge = judge
        self.control: socket.socket | None = control
        self.listener: socket.socket | None = socket.socket(fileno=settings.listen)
        self.base = base                 # octets of data segment before the first child
        self.filter = b"" if settings.lane == "tool" else seccomp.child_filter(settings.lane == "deep")
        seccomp.described(self.filter)
        self.null = os.open(os.devnull, os.O_RDWR)
        self.selector = selectors.DefaultSelector()
        self.clients: set[Client] = set()
        self.queue: deque[Client] = deque()
        self.spare: deque[Forked] = deque()
        self.alive: dict[int, Forked] = {}
        self.numbers = 0
        self.patience = LONG_WAIT

    def run(self) -> None:
        assert self.listener is not None and self.control is not None
        self.listener.setblocking(False)
        self.control.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(self.control, selectors.EVENT_READ, self.retire)
        self.refill()
        while self.listener is not None or self.alive:
            events = self.selector.select(self.patience if self.queue else None)
            for key, _ in events:
                if key.fd in self.selector.get_map():
                    key.data()
            if not events:
                self.patience = min(2 * self.patience, LONGEST_WAIT)
                self.serve(b"L")

    # --- clients

    def accept(self) -> None:
        assert self.listener is not None
        with contextlib.suppress(BlockingIOError, ConnectionError):
            connection, _ = self.listener.accept()
            _, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
            if uid not in self.settings.clients:
                connection.close()
                return
            connection.setblocking(False)
            client = Client(connection)
            self.clients.add(client)
            self.selector.register(connection, selectors.EVENT_READ, lambda: self.hear(client))

    def hear(self, client: Client) -> None:
        try:
            word = client.connection.recv(64)
        except BlockingIOError:
            return
        except ConnectionError:
            word = b""
        if word == b"N":
            self.queue.append(client)
            self.serve()
        elif word[:1] == b"K" and len(word) == NUMBER.size:
            forked = self.alive.get(NUMBER.unpack(word)[1])
            if forked is not None and forked.owner is client:
                self.kill(forked)
        else:
            self.forget(client)

    def forget(self, client: Client) -> None:
        """A client went: nobody would end its children, so we do."""
        if client not in self.clients:
            return
        self.clients.discard(client)
        self.queue = deque(c for c in self.queue if c is not client)
        self.selector.unregister(client.connection)
        client.connection.close()
        for forked in self.alive.values():
            if forked.owner is client:
                self.kill(forked)

    def tell(self, client: Client, word: bytes, fds: list[int] | None = None) -> bool:
        try:
            if fds:
                socket.send_fds(client.connection, [word], fds)
            else:
                client.connection.send(word)
        except OSError:
            # Gone, or it does not listen: its queue is full.
            self.forget(client)
            return False
        return True

    # --- children

    def serve(self, plea: bytes = b"S") -> None:
        """Hands out what there is. Who still waits is answered by a child's end, and somebody may hold the last ones idle."""
        while self.queue and (self.spare or len(self.alive) < self.settings.children):
            client = self.queue.popleft()
            forked = self.spare.popleft() if self.spare else self.fork()
            if forked is None or forked.connection is None:
                self.queue.appendleft(client)
                break
            self.patience = LONG_WAIT
            connection, forked.connection, forked.owner = forked.connection, None, client
            with connection:
                self.tell(client, NUMBER.pack(b"C", forked.number), [connection.fileno(), forked.pidfd])
        if self.queue:
            for client in tuple(self.clients):
                self.tell(client, plea)
        else:
            self.refill()

    def refill(self) -> None:
        while self.listener and len(self.spare) < self.settings.spare and len(self.alive) < self.settings.children:
            forked = self.fork()
            if forked is None:
                return
            self.spare.append(forked)

    def fork(self) -> Forked | None:
        """A new child, or None where the system has no room for one now."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            return None
        if pid == 0:
            self.become_child(theirs)
        theirs.close()
        self.numbers += 1
        forked = Forked(self.numbers, pid, os.pidfd_open(pid), ours)
        self.alive[forked.number] = forked
        self.selector.register(forked.pidfd, selectors.EVENT_READ, lambda: self.bury(forked))
        return forked

    def become_child(self, connection: socket.socket) -> None:
        """Never returns."""
        settings = self.settings
        keep = sorted({connection.fileno(), self.null, *settings.resources.values()})
        for low, high in zip([2, *keep], [*keep, 1 << 20], strict=True):
            os.closerange(low + 1, high)
        for standard in (0, 1, 2):
            os.dup2(self.null, standard)
        os.close(self.null)
        child.run(connection, self.judge, settings.lane, Ceilings(settings.memory, settings.cpu_seconds), self.base, self.filter,
                  len(settings.resources), settings.reuse)

    def kill(self, forked: Forked) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(forked.pidfd, signal.SIGKILL)

    def bury(self, forked: Forked) -> None:
        pid, status, usage = os.wait4(forked.pid, os.WNOHANG)
        if pid == 0:
            return
        self.selector.unregister(forked.pidfd)
        os.close(forked.pidfd)
        del self.alive[forked.number]
        if forked.connection is not None:
            forked.connection.close()
            self.spare.remove(forked)
        if forked.owner in self.clients and forked.owner is not None:
            cpu = int((usage.ru_utime + usage.ru_stime) * 1_000_000)
            self.tell(forked.owner, EXIT.pack(b"X", forked.number, status, cpu, usage.ru_maxrss))
        self.bury_orphans()
        self.serve()

    def bury_orphans(self) -> None:
        """Programs whose child of the tool lane was killed: as first process of the namespace they fall to us."""
        known = {forked.pid for forked in self.alive.values()}
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if found.si_pid in known:
                    return
                os.waitpid(found.si_pid, 0)

    # --- the end

    def retire(self) -> None:
        """Control was closed, or said anything: no new clients or children; ends with the last child."""
        if self.listener is None or self.control is None:
            return
        for connection in (self.listener, self.control):
            self.selector.unregister(connection)
            connection.close()
        self.listener = self.control = None
        for forked in tuple(self.spare):
            self.kill(forked)
        self.queue.clear()
        for client in tuple(self.clients):
            self.tell(client, b"Q")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="gateway.inspection.zygote_start")
    parser.add_argument("--control", type=int, required=True)
    control = socket.socket(fileno=parser.parse_args(arguments).control)
    start = Start(**json.loads(_line(control)))
    if os.getppid() != start.parent:
        return 1                             # it died before we asked to die with it (`zygote_start`)
    lockdown = Lockdown(User(*start.user) if start.user else None, start.lane)
    if lockdown.namespaces():
        # The first process of a namespace takes all others with it: no child outlives its zygote.
        status = _in_new_process(control)
        if status is not None:
            return status
    sys.path[:0] = start.python_path
    room = memory.reserve(ROOM[start.lane])
    memory.gather()                      # what is loaded now meets no page fault
    if start.lane != "tool":
        importlib.import_module(start.registry).prepare(start.lane)
    settings = _settings(start.lane, control)
    if settings is None:
        return 0
    try:
        judge = _judge(start.registry, settings, lockdown)
    except SekishoError as error:
        control.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
        return 1
    gc.collect()
    memory.gather()
    zygote = Zygote(settings, judge, control, _data_size())
    lockdown.rest()
    missing = lockdown.missing(settings.require)
    control.sendall(json.dumps({
        "layers": [[layer.name, layer.holds, layer.detail] for layer in lockdown.layers], "missing": missing,
        "signature_version": judge.signature_version,
    }).encode() + b"\n")
    if missing:
        return 1
    gc.collect()
    gc.freeze()
    gc.enable()
    memory.fill()
    zygote.run()
    del room
    return 0


def _judge(registry: str, settings: Settings, lockdown: Lockdown) -> child.Judge | tools.Programs:
    """Loads all there is to load. Raises SekishoError where a signature or an index is unusable."""
    if settings.lane == "tool":
        programs = tools.Programs.find()
        lockdown.readable = programs.folders()
        return programs
    judge: child.Judge = importlib.import_module(registry).build(settings.lane, settings.resources, settings.material)
    return judge


def _line(control: socket.socket) -> bytes:
    """One line, and not an octet of what follows: descriptors may ride on it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        said = control.recv(1 << 16, socket.MSG_PEEK)
        if not said:
            raise EOFError("the control socket was closed in the middle of a line")
        line += control.recv(said.find(b"\n") + 1 or len(said))
    return bytes(line)


def _settings(lane: str, control: socket.socket) -> Settings | None:
    """Waits until the zygote is wanted; None where it never is."""
    word, fds, _, _ = socket.recv_fds(control, 1, MAX_FDS)
    if not word:
        return None
    values: dict[str, Any] = json.loads(_line(control))
    values["resources"] = dict(zip(values["resources"], fds[1:], strict=True))
    return Settings(lane=lane, listen=fds[0], **values)


def _in_new_process(control: socket.socket) -> int | None:
    """Forks: None in the new process; in the old one, which only waits, the new one's exit status."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        # The old process closes its end only by dying or by saying that it still lives.
        alive = os.read(ready, 1)
        os.close(ready)
        return None if alive else 1
    os.close(ready)
    os.write(told, b"!")
    os.close(told)
    control.close()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


def _data_size() -> int:
    """Octets of private writable memory (statm's sixth field counts pages), what RLIMIT_DATA compares with."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGESIZE")
