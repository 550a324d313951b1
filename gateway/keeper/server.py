"""The keeper: a Unix socket for admissions and verbs, the group commit, the outbox and the upkeep of custody.

It is the only writer of the database and the only holder of the master key. Whoever connects must have the uid of the
gateway or be root (SO_PEERCRED); the socket stands in a directory for the owner only.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections

from gateway.effects.outbox import Outbox
from gateway.effects.wire import Channel, FrameError, listen
from gateway.keeper.attendant import Attendant
from gateway.keeper.committer import Committer, Work
from gateway.keeper.exceptions import Exceptions
from gateway.keeper.history import Historian
from gateway.keeper.rejudge import Decide, Rejudge
from gateway.keeper.store import KeeperStore
from gateway.keeper.upkeep import Upkeep
from gateway.model.deadline import Clock
from gateway.model.errors import CustodyUnavailable, GatewayFault, SekishoError
from gateway.model.ports import Delivery, Events, Metrics, Preview, Rescan
from quarantine import desk, keys
from quarantine.desk import Answer
from quarantine.lifecycle import Refusal, Refused
from quarantine.rejudging import Opened
from quarantine.service import QuarantineService
from quarantine.shapes import admission_from_json

SEALERS = 4                              # threads that compress, encrypt and sync
READERS = 3
MOST_STAGING = 512                       # admissions between socket and commit
MOST_STAGING_BYTES = 1 << 30
CREDENTIALS = struct.Struct("3i")        # pid, uid, gid of SO_PEERCRED
SLOW = frozenset({*desk.READS, "export", "audit-verify", "report", "audit-export", "keys-rewrap", "retention", "show"})
NO_PREVIEW = Refusal("NO-PREVIEW", "no cell is there to make a preview")
NO_EXCEPTIONS = Refusal("EXCEPTION", "exceptions cannot be made here")
NO_CONTENT = Refusal("BAD-REQUEST", "an admission comes with one descriptor")


@dataclass(slots=True)
class Ports:
    """What the composition root hands in."""

    delivery: Delivery
    events: Events
    clock: Clock
    rescan: Rescan | None = None
    preview: Preview | None = None
    metrics: Metrics | None = None
    decide: Decide | None = None         # today's policy on held mail; without it nothing is judged again
    exceptions: Exceptions | None = None     # those made in the console


@dataclass(slots=True)
class Staging:
    count: int = 0
    octets: int = 0

    def enter(self, size: int) -> None:
        """Raises CustodyUnavailable where too much is under way already."""
        if self.count >= MOST_STAGING or (self.count and self.octets + size > MOST_STAGING_BYTES):
            raise CustodyUnavailable("custody is busy")
        self.count += 1
        self.octets += size

    def leave(self, size: int) -> None:
        self.count -= 1
        self.octets -= size


@dataclass(slots=True)
class Keeper:
    """`start`, then `stop`. `outbox` may be replaced or tuned before `start`."""

    service: QuarantineService
    path: Path
    key_file: Path
    ports: Ports
    uids: frozenset[int] = field(default_factory=lambda: frozenset({0, os.geteuid()}))
    committer: Committer = field(init=False)
    outbox: Outbox = field(init=False)
    rejudge: Rejudge = field(init=False)
    attendant: Attendant = field(init=False)
    sealers: ThreadPoolExecutor = field(init=False)
    readers: ThreadPoolExecutor = field(init=False)
    staging: Staging = field(default_factory=Staging)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    listener: socket.socket | None = None
    historian: Historian | None = None   # who wrote to us and to whom we wrote; None: nobody is remembered
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.committer = Committer(self.service, self._guard)
        self.sealers = ThreadPoolExecutor(SEALERS, thread_name_prefix="sealer")
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self.outbox = Outbox(KeeperStore(self.committer, self.readers), self.ports.delivery, self.ports.clock, self.ports.events,
                             self.ports.rescan, finished=self.wake.set, metrics=self.ports.metrics)
        self.outbox.decide = self.ports.decide
        self.rejudge = Rejudge(self.committer, self.readers, self.ports.rescan, self.ports.decide, self.ports.events)
        self.attendant = Attendant(self.committer, self.readers, self.ports.events, self.ports.clock.monotonic,
                                   done=self.wake.set, decide=self.ports.decide)

    async def start(self) -> Mapping[str, int]:
        """Take up what an earlier process left, then listen. Raises CustodyUnavailable, KeyProblem."""
        state = await self.committer.alone(lambda service: service.start())
        self.listener = listen(self.path)
        if self.historian is not None:
            self.historian.start()
        upkeep = Upkeep(self.committer, self.readers, self.ports.events, self.ports.metrics)
        self.serving = [asyncio.create_task(self._accept(self.listener)), asyncio.create_task(self._drain()),
                        asyncio.create_task(upkeep.run()), asyncio.create_task(self.rejudge.run()),
                        asyncio.create_task(self.attendant.run())]
        return state

    async def stop(self, grace: float = 20.0) -> None:
        """Stop listening, finish what is under way within `grace` seconds, sign the end of the audit chain."""
        for task in self.serving:
            task.cancel()
        if self.listener is not None:
            self.listener.close()
            self.path.unlink(missing_ok=True)
        try:
            async with asyncio.timeout(grace):
                await self.outbox.settle()
        except TimeoutError:
            self.ports.events.emit("incident", part="keeper", reason="deliveries were cut off at the stop")
        ending = [*self.tasks, *self.outbox.busy.values()]
        for task in ending:
            task.cancel()                # a delivery cut off here is taken up again at the next start, as uncertain
        await asyncio.gather(*self.serving, *ending, return_exceptions=True)
        await self.committer.alone(lambda service: service.checkpoint(force=True))
        if self.historian is not None:
            await self.historian.stop()
        await self.committer.close()
        self.sealers.shutdown()
        self.readers.submit(connections.close_all)
        self.readers.shutdown()

    # connections

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            _, uid, _ = CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
            if uid not in self.uids:
                self.ports.events.emit("incident", part="keeper", reason=f"uid {uid} may not connect")
                connection.close()
                continue
            self._spawn(self._serve(Channel(connection)))

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, channel: Channel) -> None:
        try:
            while (frame := await channel.receive()) is not None:
                self._spawn(self._answer(channel, *frame))
        except FrameError as error:
            self.ports.events.emit("incident", part="keeper", reason=str(error))
        finally:
            channel.close()

    async def _answer(self, channel: Channel, request: dict[str, Any], fds: list[int]) -> None:
        number = request.pop("n", 0)
        answer = Answer({})
        try:
            answer = await self._do(request, fds)
        except Refused as error:
            answer = _error("refused", str(error), error.code)
        except CustodyUnavailable as error:
            answer = _error("unavailable", str(error))
        except GatewayFault as error:
            answer = _error("fault", str(error))
        except SekishoError as error:
            answer = _error("error", str(error))
        except Exception:                # noqa: BLE001 - a border: one request's failure must not stop the keeper
            self._unexpected()
            answer = _error("unavailable", "custody failed; the log says why")
        finally:
            for fd in fds:
                os.close(fd)
        try:
            await channel.send(answer.body | {"n": number}, () if answer.fd is None else (answer.fd,))
        except FrameError:
            return                       # the asker is gone
        finally:
            if answer.fd is not None:
                os.close(answer.fd)

    # verbs

    async def _do(self, request: dict[str, Any], fds: list[int]) -> Answer:
        own: Mapping[str, Callable[[dict[str, Any], list[int]], Any]] = {
            "admit": self._admit, "confirm": self._confirm, "drop": self._drop,
            "use-mark": self._use_mark, "free-mark": self._free_mark,
            "words": self._words, "remember": self._remember, "rejudge": self._rejudge, "pass-password": self._pass_password,
            "exception-make": self._exception, "exception-end": self._exception,
            "preview": self._preview, "keys-reload": self._reload_keys, "ping": self._ping,
            "recall": self._recall, "acquaint": self._acquaint}
        verb = str(request.get("verb"))
        if verb in own:
            answer: Answer = await own[verb](request, fds)
        elif verb in SLOW:
            answer = await self._thread(lambda: desk.call(self.service, request))
        else:
            answer = await self.committer.run(lambda service: desk.call(service, request))
        self.wake.set()
        if verb in ("admit", "confirm"):
            self.attendant.wake.set()
        return answer

    async def _thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)

    async def _admit(self, request: dict[str, Any], fds: list[int]) -> Answer:
        if len(fds) != 1:
            raise Refused(NO_CONTENT)
        admission = admission_from_json(request["admission"])
        self.staging.enter(admission.size)
        try:
            loop = asyncio.get_running_loop()
            staged = await loop.run_in_executor(self.sealers, self.service.stage, admission, fds[0])
            admitted = await self.committer.admit(staged)
        finally:
            self.staging.leave(admission.size)
        return Answer({"id": admitted.id, "duplicate": admitted.duplicate})

    async def _confirm(self, request: dict[str, Any], fds: list[int]) -> Answer:
        await self.committer.run(lambda service: service.confirm(request["id"]))
        return Answer({})

    async def _drop(self, request: dict[str, Any], fds: list[int]) -> Answer:
        await self.committer.run(lambda service: service.drop(request["id"]))
        return Answer({})

    async def _use_mark(self, request: dict[str, Any], fds: list[int]) -> Answer:
        genuine = await self.committer.run(
            lambda service: service.use_mark(request["line"], request["recipients"], request["sha256"]))
        return Answer({"genuine": genuine})

    async def _free_mark(self, request: dict[str, Any], fds: list[int]) -> Answer:
        await self.committer.run(lambda service: service.free_mark(request["line"], request["recipients"]))
        return Answer({})

    async def _words(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Words announced between these people: only the edge asks, and only for mail that it could not open."""
        words = await self._thread(lambda: self.service.words_between(str(request["sender"]), list(request["recipients"])))
        return Answer({"words": list(words)})

    async def _remember(self, request: dict[str, Any], fds: list[int]) -> Answer:
        marked = await self.committer.run(
            lambda service: service.remember(str(request["sender"]), list(request["recipients"]), list(request["words"])))
        if marked:
            self.rejudge.wake.set()
        return Answer({"marked": marked})

    async def _rejudge(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Judge a held message again with passwords that somebody gives who may ask for its release."""
        actor = await self._thread(lambda: desk.actor_of(self.service, request))
        passwords = [str(p) for p in request["passwords"]]
        return Answer({"outcome": (await self.rejudge.rejudge(str(request["id"]), passwords, actor)).value})

    async def _pass_password(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """The same for the reader of a link in a mail of ours, who proved by a code that the mailbox is theirs."""
        token, id = str(request.get("token")), str(request.get("id"))
        ready = await self.committer.run(lambda service: service.pass_password(token, id, str(request.get("code"))))
        if isinstance(ready, dict):
            return Answer(ready)
        outcome = await self.rejudge.rejudge(id, [str(request.get("password"))], ready.actor)
        if outcome is Opened.RELEASED:       # else its reader may still ask for the release
            await self.committer.run(lambda service: service.pass_opened(token, id))
        return Answer({"state": "done", "outcome": outcome.value})

    async def _preview(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Safe text, made in the cell from a copy in memory; the sight is recorded first."""
        if self.ports.preview is None:
            raise Refused(NO_PREVIEW)
        content = await self._thread(
            lambda: self.service.preview_content(desk.actor_of(self.service, request), str(request.get("id")),
                                                 str(request.get("reason", ""))))
        try:
            return Answer(dict(await self.ports.preview.preview(content.fd, content.size, content.admission)))
        finally:
            os.close(content.fd)

    async def _recall(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Which of these words were seen; null while nobody can say."""
        known = await self.historian.recall([str(w) for w in request["words"]]) if self.historian is not None else None
        return Answer({"known": known})

    async def _acquaint(self, request: dict[str, Any], fds: list[int]) -> Answer:
        if self.historian is not None:
            await self.historian.remember([str(w) for w in request["words"]])
        return Answer({})

    async def _exception(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Make or end an exception from a rule; a reload follows."""
        exceptions = self.ports.exceptions
        if exceptions is None:
            raise Refused(NO_EXCEPTIONS)

        def work(service: QuarantineService) -> dict[str, Any]:
            actor = desk.actor_of(service, request)
            if request["verb"] == "exception-make":
                return exceptions.make(service, actor, request.get("exception") or {})
            return exceptions.end(service, actor, str(request.get("id", "")), str(request.get("reason", "")))
        return Answer(await self.committer.alone(work))

    async def _reload_keys(self, request: dict[str, Any], fds: list[int]) -> Answer:
        """Read the key file again, after `keys rotate` has written a new line."""
        def work(service: QuarantineService) -> str:
            service.maintain(desk.actor_of(service, request), "keys-reload")
            service.replace_ring(keys.load(self.key_file))
            return service.ring.current.id
        current = await self.committer.alone(work)
        if self.historian is not None:
            await self.historian.rekey(self.service.ring)
        return Answer({"key": current})

    async def _ping(self, request: dict[str, Any], fds: list[int]) -> Answer:
        return Answer({"pid": os.getpid(), "commits": self.committer.commits, "largest_batch": self.committer.largest})

    # inside

    async def _drain(self) -> None:
        while True:
            try:
                await self.outbox.drain()
            except SekishoError as error:
                self.ports.events.emit("incident", part="outbox", reason=str(error))
            await self._woken(1.0)

    async def _woken(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()

    def _guard(self, work: Work) -> Work:
        """Inside a shared transaction a programmer's error of one job must not take the others with it."""
        def guarded(service: QuarantineService) -> Any:
            try:
                return work(service)
            except (SekishoError, DatabaseError):
                raise
            except Exception as error:
                self._unexpected()
                raise GatewayFault("custody failed; the log says why") from error
        return guarded

    def _unexpected(self) -> None:
        kind, _, trace = sys.exc_info()
        where = traceback.extract_tb(trace)[-1] if trace else None
        place = f"{Path(where.filename).name}:{where.lineno}" if where else ""
        # the text of an unexpected error may quote mail: its kind and place are enough
        self.ports.events.emit("incident", part="keeper", reason=f"{kind.__name__ if kind else ''} at {place}")


def _error(kind: str, text: str, code: str = "") -> Answer:
    return Answer({"error": {"kind": kind, "code": code, "text": text}})
