"""The zygotes of this machine: started together, watched, replaced at a reload without a gap."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from gateway.config import Config
from gateway.inspection.launch import DEEP, PLAIN, TOOL, CellError, CellSettings, Standby, Zygote, launch, stand_by
from gateway.inspection.pool import Lanes as Addresses
from gateway.inspection.rulestore import RuleStore, RuleStoreProblem
from gateway.model.deadline import Clock
from gateway.model.ports import Events, Metrics
from gateway.reference import stamp

LOADING = 60.0                           # seconds a zygote may take to load on a busy machine
FOLLOW = 10.0                            # seconds between looks at what is registered
SIGNALLED = 128                          # above: the status of a zygote whose inner process was killed
AHEAD = 20.0                             # seconds after a start or reload before the next zygotes are loaded ahead
FIRST_DELAY, LAST_DELAY = 0.1, 5.0       # seconds before a dead zygote is started again
LAST_KILLED = 1.0                        # the longest for one that was killed from outside: it may be well the next time


@contextlib.contextmanager
def outside_rules(config: Config) -> Iterator[tuple[int, str] | None]:
    """Descriptor and version of the outside rules in force. Raises CellError where they cannot be believed."""
    try:
        handed = RuleStore(config.gateway.state_dir).handed()
    except RuleStoreProblem as problem:
        raise CellError(str(problem)) from problem
    try:
        yield handed
    finally:
        if handed is not None:
            os.close(handed[0])


def settings(config: Config, lane: str, owned: Path, outside: tuple[int, str] | None = None) -> CellSettings:
    """One lane's zygote by the configuration. It runs as the owner of the folder `owned`."""
    rules = {} if outside is None or lane == TOOL else {"outside": Path(f"/proc/self/fd/{outside[0]}")}
    processors = os.cpu_count() or 1
    wanted = config.inspection.children if lane == PLAIN else config.inspection.deep_children
    # Each edge keeps one plain child at hand beside those that work, and the keeper asks too.
    children = (wanted or processors) + (config.gateway.processes + 1 if lane == PLAIN else 1)
    return CellSettings(
        state_dir=owned, children=max(children, 4), spare=1 if lane == TOOL else 2, memory=config.limits.memory,
        cpu_seconds=int(config.limits.cpu) + 1, reuse=config.inspection.reuse, require=config.inspection.require,
        registered=config.gateway.state_dir, local_signatures=config.inspection.local_signatures,
        local_words=config.inspection.local_words, own_numbers=config.inspection.own_numbers,
        resources=rules, outside_version=outside[1] if outside is not None else "",
    )


class Lanes:
    """Keeps one zygote a lane. Lives in the main thread of its process: zygotes die with the thread that started them."""

    def __init__(self, config: Config, folder: Path, clock: Clock, events: Events, metrics: Metrics | None = None) -> None:
        self.config = config
        self.folder = folder
        self.addresses = Addresses(folder / "zygote-plain.sock", folder / "zygote-deep.sock", folder / "zygote-tool.sock")
        self.clock = clock
        self.events = events
        self.metrics = metrics
        self.zygotes: dict[str, Zygote] = {}
        self.registered: tuple[object, ...] = ()     # what of the firm's own data the zygotes have loaded
        self._standby: dict[str, Standby] = {}
        self._reloading = asyncio.Lock()
        self._watch: dict[str, asyncio.Task[None]] = {}

    @property
    def signature_version(self) -> str:
        deep = self.zygotes.get(DEEP)
        return deep.signature_version if deep else ""

    def ready(self) -> bool:
        return {PLAIN, DEEP} <= {lane for lane, zygote in self.zygotes.items() if zygote.alive}

    async def start(self) -> None:
        """Raises CellError where a lane cannot be loaded or a required layer does not hold."""
        self.zygotes = await self._launch(self.config)
        for lane in self.zygotes:
            self._watch[lane] = asyncio.create_task(self._keep(lane))
        self._watch["standby"] = asyncio.create_task(self._load_ahead())

    async def reload(self, config: Config) -> None:
        """New zygotes take over the addresses once they are loaded; the old ones end with what they have in hand.

        Raises CellError and changes nothing where a new one cannot be had.
        """
        async with self._reloading:
            fresh = await self._launch(config)
            old, self.zygotes, self.config = self.zygotes, fresh, config
            for zygote in old.values():
                zygote.retire()

    async def follow(self, every: float = FOLLOW) -> None:
        """Renews the zygotes whenever a table or document was registered or removed. Runs until it is cancelled."""
        wait = every
        while True:
            await asyncio.sleep(wait)
            wait = every
            try:
                if stamp(self.config.gateway.state_dir) != self.registered:
                    await self.reload(self.config)
                    self.events.emit("reload", outcome="success", registered=len(self.registered))
            except (CellError, OSError) as failure:
                self.events.emit("reload", outcome="failure", reason=str(failure))
                wait = every * 6

    async def stop(self) -> None:
        for task in self._watch.values():
            task.cancel()
        await asyncio.gather(*self._watch.values(), return_exceptions=True)
        for zygote in self.zygotes.values():
            zygote.stop()
        for standby in self._standby.values():
            standby.end()

    async def _launch(self, config: Config) -> dict[str, Zygote]:
        address = {PLAIN: self.addresses.plain, DEEP: self.addresses.deep, TOOL: self.addresses.tool}
        started: dict[str, Zygote] = {}
        try:
            registered = stamp(config.gateway.state_dir)
            with outside_rules(config) as rules:
                for lane, path in address.items():
                    assert path is not None
                    started[lane] = self._started(lane, path, settings(config, lane, self.folder, rules))
            await asyncio.gather(*(asyncio.to_thread(z.load, self.clock, LOADING) for z in started.values()))
        except (CellError, OSError, asyncio.CancelledError) as failure:
            for zygote in started.values():
                zygote.stop()
            if isinstance(failure, asyncio.CancelledError):
                raise
            raise failure if isinstance(failure, CellError) else CellError(f"the cell cannot be started: {failure}") from failure
        for zygote in started.values():
            zygote.take_over()
            self._tell_layers(zygote)
        self.registered = registered
        return started

    def _tell_layers(self, zygote: Zygote) -> None:
        """`doctor` sees what holds where it is run; a service may be shut in otherwise, and lack what it shows."""
        lacking = [f"{x.name} ({x.detail})" for x in zygote.layers if not x.holds and (zygote.lane, x.name) != (TOOL, "empty-root")]
        if lacking:
            self.events.emit("incident", part=f"zygote-{zygote.lane}", fault="gateway", reason=f"lacks: {', '.join(lacking)}")

    def _started(self, lane: str, path: Path, wanted: CellSettings) -> Zygote:
        """Of the process that stands by, where one does and its user is still the same."""
        standby = self._standby.pop(lane, None)
        zygote = launch(lane, path, wanted, standby)
        if standby is not None and zygote.process is not standby.process:
            standby.end()
        return zygote

    async def _load_ahead(self) -> None:
        """A zygote's modules take a second of CPU to load: done while nobody waits, so that signatures are in force at once."""
        while True:
            await asyncio.sleep(AHEAD)
            for lane in (PLAIN, DEEP):
                standby = self._standby.get(lane)
                if self._reloading.locked() or (standby is not None and standby.process.poll() is None):
                    continue
                if standby is not None:
                    standby.end()
                try:
                    self._standby[lane] = stand_by(lane, settings(self.config, lane, self.folder))
                except OSError as failure:       # then the next reload takes its time
                    self.events.emit("incident", part=f"zygote-{lane}", reason=str(failure))

    async def _keep(self, lane: str) -> None:
        delay = FIRST_DELAY
        while True:
            zygote = self.zygotes[lane]
            await ended(zygote.process.pid)
            if self.zygotes[lane] is not zygote:
                zygote.process.wait()            # a retired one: a reload has put another in its place
                continue
            self.events.emit("restart", worker=f"zygote-{lane}", status=f"exit {zygote.process.wait()}", delay=delay)
            if self.metrics is not None:
                self.metrics.count("sekisho_worker_restarts_total", role=f"zygote-{lane}")
            zygote.control.close()
            await asyncio.sleep(delay)
            fresh: Zygote | None = None
            try:
                path = {PLAIN: self.addresses.plain, DEEP: self.addresses.deep, TOOL: self.addresses.tool}[lane]
                assert path is not None
                with outside_rules(self.config) as rules:
                    fresh = self._started(lane, path, settings(self.config, lane, self.folder, rules))
                await asyncio.to_thread(fresh.wait_ready, self.clock, LOADING)
            except (CellError, OSError):
                status = None if fresh is None else fresh.process.poll()
                killed = status is not None and not 0 <= status <= SIGNALLED
                delay = min(delay * 2, LAST_KILLED if killed else LAST_DELAY)
                continue
            self.zygotes[lane] = fresh
            delay = FIRST_DELAY


async def ended(pid: int) -> None:
    """Waits, without reaping, until the process is gone."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        loop.add_reader(pidfd, lambda: done.done() or done.set_result(None))
        await done
    finally:
        loop.remove_reader(pidfd)
        os.close(pidfd)
