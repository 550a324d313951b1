"""The supervisor: starts the worker processes, restarts what dies, passes on reloads, drains in order.

It holds every listening socket, so connections wait in the kernel while a worker is restarted, and it never touches mail.
Workers ignore SIGTERM and SIGINT: a signal to the whole process group must not end the keeper before the edges have
drained. They are told what to do over a control socket, and end when it closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.model.deadline import Clock
from gateway.model.errors import SekishoError
from gateway.model.ports import Events, Metrics

FIRST_DELAY = 0.1                        # seconds before the first restart of a worker that died
LAST_DELAY = 5.0                         # the longest: a broken disk must not turn the machine into a fork loop
LAST_KILLED = 1.0                        # the longest for one that was killed from outside: it may be well the next time
STEADY = 10.0                            # a worker that lived this long starts again without delay history
LONGEST_MESSAGE = 16 << 20             # octets of one control message: a configuration is some kilobytes
KILLED = "killed by"
_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Worker:
    """What to run. `brief` is pickled to the worker when it starts; workers with a smaller `stage` stop earlier."""

    name: str
    role: str                            # edge, keeper, console
    stage: int
    brief: Callable[[], object]
    fds: tuple[int, ...] = ()            # inherited descriptors
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "gateway.app")
    vital: bool = True                   # mail cannot be accepted without it


@dataclass(slots=True, eq=False)
class Running:
    process: subprocess.Popen[bytes]
    control: socket.socket
    since: float
    ready: bool = False
    answers: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)


class Supervisor:
    """Keeps a set of workers running until `stop`."""

    def __init__(self, workers: Sequence[Worker], events: Events, clock: Clock, metrics: Metrics | None = None) -> None:
        self.workers = list(workers)
        self.events = events
        self.clock = clock
        self.metrics = metrics
        self.running: dict[str, Running] = {}
        self.stopping: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Condition()
        self._was_ready = False
        self._failure = ""               # why a vital worker can never start as things are
        self._excused: set[str] = set()  # could not start for now: tried again and again, and clean mail flows meanwhile

    async def start(self) -> None:
        for worker in self.workers:
            self._tasks[worker.name] = asyncio.create_task(self._keep(worker))

    def ready(self, role: str | None = None) -> bool:
        """Every vital worker (of the role) accepts work."""
        return not self.missing(role)

    def missing(self, role: str | None = None) -> list[str]:
        """Names of the vital workers that do not."""
        wanted = [w.name for w in self.workers if w.vital and role in (None, w.role)]
        return [name for name in wanted if (r := self.running.get(name)) is None or not r.ready]

    async def wait_ready(self) -> None:
        """Raises SekishoError where a vital worker says at its first start that it cannot: a broken key, a foreign database."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._failure or not set(self.missing()) - self._excused)
        if self._failure:
            raise SekishoError(self._failure)
        self._was_ready = True

    async def tell(self, roles: Iterable[str], order: str, brief: object) -> dict[str, Any]:
        """Sends an order to every running worker of the roles; their answers by name (None: it died meanwhile)."""
        names = [w.name for w in self.workers if w.role in set(roles) and w.name in self.running]
        for name in names:
            with contextlib.suppress(OSError):
                await send(self.running[name].control, (order, brief))
        return {name: await self._answer(name) for name in names}

    async def _answer(self, name: str) -> Any:
        running = self.running.get(name)
        if running is None:
            return None
        try:
            return await asyncio.wait_for(running.answers.get(), 30)
        except TimeoutError:
            return None

    async def stop(self, seconds: float) -> None:
        """Stage by stage: told to drain, waited for, killed when its share of the time is over."""
        for stage in sorted({w.stage for w in self.workers}):
            names = [w.name for w in self.workers if w.stage == stage]
            self.stopping.update(names)
            for name in names:
                if (running := self.running.get(name)) is not None:
                    with contextlib.suppress(OSError):
                        await send(running.control, ("stop", None))
            tasks = [self._tasks[n] for n in names if n in self._tasks]
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=seconds)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, worker: Worker) -> None:
        delay = FIRST_DELAY
        while worker.name not in self.stopping:
            began = self.clock.monotonic()
            try:
                status = await self._run_once(worker)
            except OSError as failure:       # no descriptor or memory left to start it: the same as a death at once
                status = f"not started: {failure.strerror}"
            if worker.name in self.stopping:
                return
            longest = LAST_KILLED if status.startswith(KILLED) else LAST_DELAY
            delay = FIRST_DELAY if self.clock.monotonic() - began > STEADY else min(delay * 2, longest)
            self.events.emit("restart", worker=worker.name, status=status, delay=delay)
            if self.metrics is not None:
                self.metrics.count("sekisho_worker_restarts_total", role=worker.role)
            await asyncio.sleep(delay)

    async def _run_once(self, worker: Worker) -> str:
        running = launch(worker, self.clock.monotonic())
        self.running[worker.name] = running
        listener = asyncio.create_task(self._listen(worker, running))
        try:
            status = await exited(running.process)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
            self.running.pop(worker.name, None)
            running.control.close()
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()
            running.answers.put_nowait(None)
        return f"exit {status}" if status >= 0 else f"{KILLED} {signal.Signals(-status).name}"

    async def _listen(self, worker: Worker, running: Running) -> None:
        with contextlib.suppress(OSError, EOFError):
            await send(running.control, ("start", worker.brief()))
            while True:
                word, value = await hear(running.control)
                if word == "ready":
                    running.ready = True
                elif word == "failed":
                    self._failed(worker, *value)
                if word in ("ready", "failed"):
                    async with self._changed:
                        self._changed.notify_all()
                else:
                    running.answers.put_nowait(value)


    def _failed(self, worker: Worker, why: object, lasting: object) -> None:
        """At the first start a lasting cause (a broken key, a foreign database) ends the gateway; later it is retried."""
        self.events.emit("incident", process=worker.name, fault="gateway", reason=str(why))
        if worker.vital and lasting and not self._was_ready:
            self._failure = str(why)
        self._excused.add(worker.name)


def launch(worker: Worker, now: float) -> Running:
    """Starts the worker as a fresh process with its control socket and its descriptors."""
    ours, theirs = socket.socketpair()
    try:
        ours.setblocking(False)
        process = subprocess.Popen(
            [*worker.command, worker.role, worker.name, str(theirs.fileno()), *map(str, worker.fds)],
            pass_fds=(theirs.fileno(), *worker.fds), stdin=subprocess.DEVNULL, cwd="/", env=environment())
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return Running(process, ours, now)


def environment() -> dict[str, str]:
    """What workers inherit: no secrets, few malloc arenas and no numeric threads (forks and threads do not mix)."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TZ", "LC_ALL", "LANG", "TMPDIR", "NOTIFY_SOCKET")}
    return {**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}


async def exited(process: subprocess.Popen[bytes]) -> int:
    """Waits without a thread, by pidfd. Returns as `Popen.wait` does."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    pidfd = os.pidfd_open(process.pid)
    try:
        loop.add_reader(pidfd, lambda: done.done() or done.set_result(None))
        await done
    finally:
        loop.remove_reader(pidfd)
        os.close(pidfd)
    return process.wait()


async def send(control: socket.socket, message: object) -> None:
    """Supervisor to worker: pickled, because a configuration is a tree of frozen values."""
    await _send(control, pickle.dumps(message))


async def receive(control: socket.socket) -> Any:
    """In the worker. Raises EOFError when the supervisor is gone."""
    return pickle.loads(await _receive(control))  # noqa: S301 - from the process that started this one, over its own socket


async def answer(control: socket.socket, word: str, value: object = None) -> None:
    """Worker to supervisor: JSON, because a worker talks to strangers and its parent must not trust it."""
    await _send(control, json.dumps([word, value]).encode())


async def hear(control: socket.socket) -> tuple[str, Any]:
    """In the supervisor. Raises EOFError when the worker is gone or does not keep to the form."""
    try:
        word, value = json.loads(await _receive(control))
    except ValueError as broken:
        raise EOFError from broken
    return str(word), value


async def _send(control: socket.socket, octets: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(control, _LENGTH.pack(len(octets)) + octets)


async def _receive(control: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(await _exactly(control, _LENGTH.size))
    if length > LONGEST_MESSAGE:
        raise EOFError
    return await _exactly(control, length)


async def _exactly(control: socket.socket, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    octets = b""
    while len(octets) < count:
        chunk = await loop.sock_recv(control, count - len(octets))
        if not chunk:
            raise EOFError
        octets += chunk
    return octets
