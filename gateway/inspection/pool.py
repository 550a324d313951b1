"""The parent's side of the cell: hands messages to children, bounds them, and says whose fault it was when one fails.

Plain lane first; the deep lane for what the plain one cannot take apart. A child that dies is the message's fault only
after a second one died of it too; a child that was stopped by the clock is its fault only if the time was really its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.inspection import death, protocol, tools, wire
from gateway.inspection.child import REUSE
from gateway.inspection.death import Cause
from gateway.inspection.link import Connection, Handle, Link
from gateway.inspection.load import crowded, processor_wait
from gateway.inspection.wire import ANSWERS, Frame, Kind
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import GatewayFault, InspectionUnavailable
from gateway.model.finding import Fault, Incident, IncidentCode, Inspection, Summary
from gateway.model.ports import Events, InspectionRequest, Metrics

DEATHS = 2                               # children that must die of a message before it is the message's fault
LOSSES = 4                               # zygotes or unheard children lost under one message before we give up on it for now
PAUSE = 0.1                              # seconds after the first of them, more after each
LONGEST_HEAD = 64 << 10                  # octets of the header of a message that no child survived
HEAD_SECONDS = 2.0
CONTENT_FIELDS = re.compile(rb"(?im)^(?:content-|mime-)[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
TOOL_OUTPUTS = frozenset({Kind.TOOL_OUTPUT})


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where the zygotes listen. Without `tool` external tools are not to be had."""

    plain: Path
    deep: Path
    tool: Path | None = None

    @classmethod
    def beneath(cls, state_dir: Path) -> Lanes:
        run = state_dir / "run"
        return cls(run / "zygote-plain.sock", run / "zygote-deep.sock", run / "zygote-tool.sock")


@dataclass(slots=True, eq=False)
class _Run:
    """One message under inspection."""

    fd: int
    size: int
    request: InspectionRequest
    kind: Kind
    deadline: Deadline
    allowed: float                       # seconds it may have, from the start
    deaths: int = 0
    losses: int = 0


class _Lost(Exception):
    """The zygote went, and the child with it, or the child ended before it had read its request: not the message's fault."""


class _Died(Exception):
    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.detail)
        self.cause = cause


class CellPool:
    """Implements `gateway.model.ports.Inspector`. One per process; `workers` bounds its concurrent inspections."""

    def __init__(self, lanes: Lanes, clock: Clock, events: Events, metrics: Metrics, workers: int = 4,
                 reuse: int = REUSE) -> None:
        self.clock = clock
        self.events = events
        self.metrics = metrics
        self.slots = asyncio.Semaphore(workers)
        self.workers = workers
        self.reuse = reuse
        self.busy = {"plain": 0, "deep": 0}
        self.idle: list[Handle] = []     # plain children, the most recently used last
        self.owing = False               # others waited for long when none was idle: the next one is not kept
        self.plain = Link(lanes.plain, clock, self._shed, self._connection_ended)
        self.deep = Link(lanes.deep, clock, _nothing, _nothing)
        self.tool = Link(lanes.tool, clock, _nothing, _nothing) if lanes.tool else None

    async def inspect(self, fd: int, size: int, request: InspectionRequest, deadline: Deadline) -> Inspection:
        """An Inspection always, with incidents for what children did wrong; InspectionUnavailable where we are at fault."""
        started = self.clock.monotonic()
        answer = await self._judged(fd, size, request, deadline, Kind.INSPECT)
        elapsed = self.clock.monotonic() - started
        self.metrics.observe("sekisho_stage_seconds", elapsed, stage="inspect")
        assert isinstance(answer, Inspection)
        return replace(answer, elapsed_ms=round(elapsed * 1000, 3))

    async def preview(
        self, fd: int, size: int, request: InspectionRequest, deadline: Deadline,
    ) -> Mapping[str, list[tuple[str, ...]]]:
        """Safe text of a message: the sections of `protocol.PREVIEW`, empty ones where no child survives it."""
        answer = await self._judged(fd, size, request, deadline, Kind.PREVIEW)
        return {name: [] for name in protocol.PREVIEW} if isinstance(answer, Inspection) else answer

    def reachable(self) -> bool:
        """The lane is there that every message goes to first."""
        return self.plain.reachable()

    async def close(self) -> None:
        """Ends all children of this pool."""
        for link in (self.plain, self.deep, self.tool):
            if link is not None:
                link.close()
        for handle in self.idle:
            handle.close()
        self.idle.clear()

    # --- one message

    async def _judged(
        self, fd: int, size: int, request: InspectionRequest, deadline: Deadline, kind: Kind,
    ) -> Inspection | dict[str, list[tuple[str, ...]]]:
        if os.fstat(fd).st_size < size:
            raise InspectionUnavailable("the spooled message is shorter than its size")
        allowed = min(request.limits.seconds, deadline.left(self.clock))
        deadline = deadline.earlier(Deadline(self.clock.monotonic() + allowed))
        try:
            with contextlib.ExitStack() as stack:
                run = _Run(read_only(fd), size, request, kind, deadline, allowed)
                stack.callback(os.close, run.fd)
                async with self._slot(deadline):
                    answer = await self._until_answered(run)
                    if isinstance(answer, Inspection) and kind is Kind.INSPECT and run.deaths and answer.summary == Summary():
                        answer = replace(answer, summary=await self._headers(run))
                    return answer
        except OSError as error:
            # No descriptors, no memory for a socket: ours.
            raise InspectionUnavailable(f"inspection failed: {error.strerror or error}") from error

    async def _until_answered(self, run: _Run) -> Inspection | dict[str, list[tuple[str, ...]]]:
        deep = run.kind is Kind.PREVIEW
        while True:
            lane = "deep" if deep else "plain"
            child = await self._take(deep, run)
            self._busy(lane, 1)
            try:
                frame = await self._ask(child, run)
            except _Lost as lost:
                run.losses += 1
                if run.losses >= LOSSES:
                    raise InspectionUnavailable(f"children end before they answer: {lost}") from None
                await asyncio.sleep(min(PAUSE * run.losses, run.deadline.left(self.clock)))
            except _Died as died:
                run.deaths += 1
                self.metrics.count("sekisho_cell_deaths_total", lane=lane, code=died.cause.code.value)
                self.events.emit("incident", id=run.request.id, lane=lane, code=died.cause.code.value, detail=died.cause.detail,
                                 attempt=run.deaths)
                if run.deaths >= DEATHS or not died.cause.again:
                    return uninspected(run.size, died.cause)
            else:
                if frame.kind is not Kind.DEEP:
                    return frame.value
                deep = True
            finally:
                self._busy(lane, -1)

    async def _headers(self, run: _Run) -> Summary:
        """Who wrote what to whom, of a message that no child survived: an analyst must know it from others.

        A fresh child is given the fields of the header alone, without what says how to read the body.
        """
        head = os.pread(run.fd, min(run.size, LONGEST_HEAD), 0).partition(b"\r\n\r\n")[0] + b"\r\n"
        data = CONTENT_FIELDS.sub(b"", head) + b"\r\n"
        allowed = min(HEAD_SECONDS, run.request.limits.seconds)
        with contextlib.suppress(_Lost, _Died, InspectionUnavailable), open(os.memfd_create("head"), "w+b") as file:
            file.write(data)
            file.flush()
            fd = read_only(file.fileno())
            try:
                part = _Run(fd, len(data), run.request, Kind.INSPECT, Deadline(self.clock.monotonic() + allowed), allowed, losses=1)
                answer = (await self._ask(await self._take(False, part), part)).value
                return replace(answer.summary, body_sha256="") if isinstance(answer, Inspection) else Summary()
            finally:
                os.close(fd)
        return Summary()

    def _busy(self, lane: str, change: int) -> None:
        self.busy[lane] += change
        self.metrics.gauge("sekisho_cell_children", self.busy[lane], lane=lane)

    async def _take(self, deep: bool, run: _Run) -> Handle:
        if not deep and not run.deaths and not run.losses:
            while self.idle:
                child = self.idle.pop()
                if child.parent.current and not child.ended.done():
                    return child
                child.close()
        return await (self.deep if deep else self.plain).child(run.deadline)

    async def _ask(self, child: Handle, run: _Run) -> _Answer:
        """One child's answer. Raises _Died or _Lost; InspectionUnavailable where the clock ran out through our load."""
        started = self.clock.monotonic()
        keep = False
        try:
            async with asyncio.timeout(run.deadline.left(self.clock)):
                answer = await self._converse(child, run)
            keep = answer.reusable and child.uses < self.reuse and child.parent is self.plain.current and child.parent.current
            return answer
        except TimeoutError:
            raise await self._overrun(child, run, started) from None
        except (wire.PeerGone, ConnectionError):
            exit = await child.exit()
            if exit is None:
                raise _Lost("its zygote is gone") from None
            raise _Died(death.cause(exit)) from None
        except wire.ProtocolError as error:
            raise _Died(Cause(IncidentCode.CRASH, f"answered nonsense: {error}"[:200], True)) from None
        finally:
            if keep:
                self._keep(child)
            else:
                child.close()

    async def _converse(self, child: Handle, run: _Run) -> _Answer:
        child.uses += 1
        calls = 0
        try:
            await child.send(run.kind, protocol.encode_request(run.request, run.size), run.fd)
        except ConnectionError:
            raise _Lost("a child ended before it was asked") from None
        while True:
            try:
                frame = await child.receive(ANSWERS)
            except wire.Unheard:
                if calls:
                    raise                # what it had not read was a tool's answer
                raise _Lost("a child ended before it read its request") from None
            try:
                if frame.kind is not Kind.TOOL:
                    return _understand(frame, run, child)
                calls += 1
                if calls > tools.CALLS or frame.fd is None:
                    raise wire.ProtocolError("too many questions for tools")
                await self._run_tool(child, frame.payload, frame.fd, run.deadline)
            finally:
                if frame.fd is not None:
                    os.close(frame.fd)

    async def _overrun(self, child: Handle, run: _Run, started: float) -> Exception:
        wall = self.clock.monotonic() - started
        waited = processor_wait(child.pidfd)
        child.kill()
        exit = await child.exit()
        cpu = max(0.0, exit.cpu - child.cpu) if exit is not None else 0.0
        overrun = death.Overrun(wall, run.allowed, cpu, waited, crowded())
        if overrun.ours():
            return InspectionUnavailable("an inspection did not get its processor time")
        return _Died(Cause(IncidentCode.TIMEOUT, f"no answer within {wall:.1f} s", False))

    # --- tools

    async def _run_tool(self, child: Handle, payload: bytes, fd: int, deadline: Deadline) -> None:
        question = tools.decode_question(payload)
        if self.tool is None:
            await child.send(Kind.TOOL_ANSWER, tools.encode_answer("no tool lane"))
            return
        until = deadline.earlier(Deadline(self.clock.monotonic() + 2 * question.tool.seconds))
        worker: Handle | None = None
        output: int | None = None
        try:
            worker = await self.tool.child(until)
            async with asyncio.timeout(until.left(self.clock)):
                await worker.send(Kind.RUN_TOOL, payload, fd)
                frame = await worker.receive(TOOL_OUTPUTS)
            output, answer = frame.fd, frame.payload
        except (TimeoutError, GatewayFault, wire.ProtocolError, ConnectionError) as error:
            answer = tools.encode_answer(f"no answer: {type(error).__name__}")
        finally:
            if worker is not None:
                worker.close()
        try:
            await child.send(Kind.TOOL_ANSWER, answer, output)
        finally:
            if output is not None:
                os.close(output)

    # --- plain children between messages

    def _keep(self, child: Handle) -> None:
        self.idle.append(child)
        if self.owing:
            self.owing = False
            self.idle.pop(0).close()
        while len(self.idle) > self.workers:
            self.idle.pop(0).close()

    def _shed(self, late: bool) -> None:
        """Others wait for children that we hold idle, or `late`: for any that we use again and again."""
        if self.idle:
            self.idle.pop(0).close()
        else:
            self.owing = self.owing or late

    def _connection_ended(self, connection: Connection) -> None:
        for child in [c for c in self.idle if c.parent is connection]:
            self.idle.remove(child)
            child.close()

    @contextlib.asynccontextmanager
    async def _slot(self, deadline: Deadline):  # type: ignore[no-untyped-def]
        try:
            if self.slots.locked():
                async with asyncio.timeout(deadline.left(self.clock)):
                    await self.slots.acquire()
            else:
                await self.slots.acquire()
        except TimeoutError:
            raise InspectionUnavailable("no inspection slot was free in time") from None
        try:
            yield
        finally:
            self.slots.release()


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: Kind
    value: Inspection | dict[str, list[tuple[str, ...]]] = None  # type: ignore[assignment]
    reusable: bool = False


def _understand(frame: Frame, run: _Run, child: Handle) -> _Answer:
    """Checks what a child said. Raises ProtocolError, or _Died where the child itself says that it failed."""
    if frame.kind is Kind.INSPECTION and run.kind is Kind.INSPECT:
        inspection = protocol.decode_inspection(frame.payload, run.request.limits)
        child.cpu += inspection.cpu_ms / 1000
        return _Answer(frame.kind, inspection, not inspection.incidents)
    if frame.kind is Kind.SAFE_TEXT and run.kind is Kind.PREVIEW:
        return _Answer(frame.kind, protocol.decode_preview(frame.payload))
    if frame.kind is Kind.DEEP and run.kind is Kind.INSPECT and not frame.payload:
        return _Answer(frame.kind, reusable=True)
    if frame.kind is Kind.FAILED:
        name = protocol.loads(frame.payload)
        if name == death.SQUEEZED:
            raise _Lost("no memory for an inspection")
        raise _Died(death.failed(name if isinstance(name, str) else ""))
    raise wire.ProtocolError(f"{frame.kind.name} is no answer to {run.kind.name}")


def uninspected(size: int, cause: Cause) -> Inspection:
    """What is known of a message that no child survived: one node, one incident of its own fault."""
    root = Artifact(0, None, ArtifactKind.MESSAGE, declared_type="message/rfc822", detected_type="message/rfc822", size=size)
    return Inspection(ArtifactTree((root,)), incidents=(Incident(cause.code, 0, Fault.MESSAGE, cause.detail),))


def read_only(fd: int) -> int:
    """A descriptor of the same file that cannot write: the child must not change what we are about to pass on."""
    return os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)


def _nothing(*_: object) -> None:
    return None
