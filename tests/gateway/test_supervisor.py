import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from gateway import supervisor as module
from gateway.ops.metrics import Recorder
from gateway.supervisor import Supervisor, Worker, environment
from tests.builders.waiting import until

STUB = (sys.executable, str(Path(__file__).parents[1] / "builders" / "stub_worker.py"))


class Clock:
    def now(self):
        return datetime.now(UTC)

    def monotonic(self):
        return time.monotonic()


class Events(list):
    def emit(self, event, /, **fields):
        self.append((event, fields))


def stub(name, brief="", stage=1, role="edge", vital=True):
    return Worker(name, role, stage, lambda: brief, command=STUB, vital=vital)


async def running(*workers):
    events = Events()
    supervisor = Supervisor(workers, events, Clock())
    await supervisor.start()
    return supervisor, events


async def test_workers_become_ready_answer_and_stop():
    supervisor, events = await running(stub("a"), stub("b", stage=2, role="keeper"))
    assert not supervisor.ready()
    await asyncio.wait_for(supervisor.wait_ready(), 20)
    assert await supervisor.tell(["edge", "keeper"], "reload", 7) == {"a": "a:reload:7", "b": "b:reload:7"}
    pids = [r.process.pid for r in supervisor.running.values()]
    await supervisor.stop(5)
    assert not supervisor.running and not events
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


async def test_a_killed_worker_is_started_again_and_the_others_are_left_alone():
    supervisor, events = await running(stub("a"), stub("b"))
    await asyncio.wait_for(supervisor.wait_ready(), 20)
    first, other = supervisor.running["a"].process.pid, supervisor.running["b"].process.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: events and supervisor.ready() and supervisor.running["a"].process.pid != first)
    assert events[0] == ("restart", {"worker": "a", "status": "killed by SIGKILL", "delay": 0.2})
    assert supervisor.running["b"].process.pid == other
    await supervisor.stop(5)


async def test_a_worker_that_dies_at_once_is_restarted_more_and_more_slowly():
    supervisor, events = await running(stub("a", brief="die"), stub("b"))
    supervisor.metrics = metrics = Recorder()
    await until(lambda: len(events) >= 3)
    assert next(n for (name, _), n in metrics.take().counters.items() if name == "sekisho_worker_restarts_total") >= 1
    assert [f["delay"] for _, f in events][:2] == [0.2, 0.4] and events[0][1]["status"] == "exit 3"
    assert not supervisor.ready()
    await supervisor.stop(5)


async def test_one_that_is_killed_again_and_again_does_not_wait_for_long(monkeypatch):
    """Under blows that fell faster than a start took, all stood still in their delays, and what began was hit for sure."""
    monkeypatch.setattr(module, "LAST_KILLED", 0.3)
    supervisor, events = await running(stub("a"))
    for blow in range(4):
        await until(lambda: "a" in supervisor.running)
        os.kill(supervisor.running["a"].process.pid, signal.SIGKILL)
        await until(lambda blow=blow: len(events) > blow)
    assert [f["delay"] for _, f in events] == [0.2, 0.3, 0.3, 0.3]
    await supervisor.stop(5)


async def test_an_optional_worker_does_not_keep_the_gateway_from_being_ready():
    supervisor, _ = await running(stub("a"), stub("c", brief="die", vital=False))
    await asyncio.wait_for(supervisor.wait_ready(), 20)
    await supervisor.stop(5)


async def test_a_worker_that_does_not_stop_is_killed():
    supervisor, _ = await running(stub("a", brief="stubborn"))
    await asyncio.wait_for(supervisor.wait_ready(), 20)
    pid = supervisor.running["a"].process.pid
    await supervisor.stop(0.5)
    assert not Path(f"/proc/{pid}").exists()


def test_workers_inherit_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in environment() and environment()["OPENBLAS_NUM_THREADS"] == "1"
