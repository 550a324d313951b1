"""The cell as its users see it: whatever a message does to its child, an Inspection comes back and other mail goes on."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import signal
from pathlib import Path

import pytest

from gateway.inspection import pool as pool_module
from gateway.inspection.death import Cause
from gateway.inspection.link import Handle
from gateway.inspection.pool import CellPool, Lanes, read_only, uninspected
from gateway.model.deadline import Deadline, Limits
from gateway.model.errors import InspectionUnavailable
from gateway.model.finding import Fault, IncidentCode
from tests.builders.waiting import until
from tests.gateway.inspection.conftest import CLOCK, Cell, ask, evidence, judge, spool, start_cell

CRIMES = [
    (b"hang", "TIMEOUT", "CPU budget used up"),
    (b"hang in C", "TIMEOUT", "CPU budget used up"),
    (b"segfault", "CRASH", "segmentation fault"),
    (b"abort", "CRASH", ""),
    (b"allocate", "SIZE", "memory limit reached"),
    (b"recurse", "DEPTH", "nested too deeply"),
    (b"raise", "CRASH", "KeyError"),
    (b"exit", "CRASH", "ended with status 0"),
    (b"garbage", "CRASH", "answered nonsense"),
    (b"huge header", "CRASH", "answered nonsense"),
    (b"wrong kind", "CRASH", "answered nonsense"),
    (b"half", "CRASH", "ended with status 0"),
    (b"flood", "CRASH", "answered nonsense"),
    (b"fatal:socket", "CRASH", "forbidden system call"),
    (b"fatal:ptrace", "CRASH", "forbidden system call"),
    (b"fatal:exec", "CRASH", "forbidden system call"),
    (b"fatal:mount", "CRASH", "forbidden system call"),
    (b"fatal:unshare", "CRASH", "forbidden system call"),
    (b"fatal:setuid", "CRASH", "forbidden system call"),
]


@pytest.fixture
async def pool(cell: Cell):
    pool = cell.pool()
    yield pool
    await pool.close()


@pytest.mark.parametrize(("crime", "code", "detail"), CRIMES, ids=[c[0].decode() for c in CRIMES])
async def test_a_crime_is_named(pool: CellPool, crime: bytes, code: str, detail: str) -> None:
    inspection = await judge(pool, crime)
    assert [(i.code.value, i.fault) for i in inspection.incidents] == [(code, Fault.MESSAGE)]
    assert inspection.incidents[0].detail.startswith(detail)
    assert not inspection.complete
    assert "secret" not in inspection.incidents[0].detail


async def test_a_crash_is_tried_once_more_in_a_fresh_child(pool: CellPool) -> None:
    await judge(pool, b"segfault")
    attempts = [fields["attempt"] for event, fields in pool.noted.events if event == "incident"]
    assert attempts == [1, 2]


async def test_a_used_up_budget_is_believed_at_once(pool: CellPool) -> None:
    await judge(pool, b"hang")
    assert [fields["attempt"] for event, fields in pool.noted.events if event == "incident"] == [1]


async def test_a_sleeping_child_is_the_messages_fault(pool: CellPool) -> None:
    inspection = await judge(pool, b"sleep", Limits(seconds=0.6, cpu_seconds=1, memory=64 << 20))
    assert [i.code for i in inspection.incidents] == [IncidentCode.TIMEOUT]


async def test_a_message_that_no_child_survived_keeps_its_header(pool: CellPool) -> None:
    mail = b"Subject: figures\r\nContent-Type: application/zip;\r\n\tname=x\r\nMIME-Version: 1.0\r\nMessage-ID: <1@x>\r\n\r\nBody: poison"
    found = await judge(pool, mail)
    assert [i.code for i in found.incidents] == [IncidentCode.CRASH] and not found.findings
    assert found.summary.subject == repr("Subject: figures\r\nMessage-ID: <1@x>\r\n\r\n")
    assert found.summary.body_sha256 == "", "nobody has read the body"


@pytest.mark.parametrize("mail", [b"Subject: of poison", b"poison", b"Subject: " + b"x" * 200_000 + b"\r\n\r\npoison"])
async def test_a_header_that_no_child_survives_or_that_has_no_end_is_left(pool: CellPool, mail: bytes) -> None:
    found = await judge(pool, mail)
    assert [i.code for i in found.incidents] == [IncidentCode.CRASH] and len(found.summary.subject) < 70_000


async def test_one_poison_among_many(pool: CellPool) -> None:
    mails = [b"ordinary %d" % n for n in range(30)]
    mails[10:10] = [b"segfault"]
    results = await asyncio.gather(*(judge(pool, mail) for mail in mails))
    assert [not r.complete for r in results] == [mail == b"segfault" for mail in mails]
    assert pool.busy == {"plain": 0, "deep": 0}


async def test_a_plain_child_is_used_twenty_times(cell: Cell) -> None:
    pool = cell.pool(1)
    said = [evidence(await judge(pool, b"x")).split() for _ in range(41)]
    assert [int(uses) for _, _, uses in said] == [*range(1, 21), *range(1, 21), 1]
    assert len({pid for _, pid, _ in said}) == 3
    await pool.close()


async def test_a_plain_child_is_thrown_away_after_an_incident(cell: Cell) -> None:
    pool = cell.pool(1)
    first = evidence(await judge(pool, b"x")).split()[1]
    await judge(pool, b"incident")
    assert evidence(await judge(pool, b"x")).split()[1] != first
    await pool.close()


async def test_a_deep_child_is_never_reused(pool: CellPool) -> None:
    said = [evidence(await judge(pool, b"deep")).split() for _ in range(3)]
    assert {lane for lane, _, _ in said} == {"deep"}
    assert len({pid for _, pid, _ in said}) == 3
    assert evidence(await judge(pool, b"x")).startswith("plain")
    assert not pool.noted.events


async def test_a_child_cannot_change_the_message(pool: CellPool) -> None:
    data = b"write message"
    fd = spool(data)
    inspection = await pool.inspect(fd, len(data), ask(), Deadline.after(CLOCK, 10))
    assert evidence(inspection).startswith("refused")
    assert os.pread(fd, 100, 0) == data
    os.close(fd)


async def test_resources_arrive_as_descriptors(pool: CellPool, cell: Cell) -> None:
    cell.zygotes["plain"].retire()
    cell.start("plain", resources={"index": cell.folder / "index"})
    assert evidence(await judge(pool, b"resource")) == "rows of an index"


async def test_no_descriptors_leak(pool: CellPool) -> None:
    await judge(pool, b"x")
    await judge(pool, b"deep")
    await asyncio.sleep(0.1)
    before = len(os.listdir("/proc/self/fd"))
    for mail in (b"x", b"deep", b"segfault", b"garbage", b"raise", b"incident") * 3:
        await judge(pool, mail)
    await until(lambda: len(os.listdir("/proc/self/fd")) <= before)


async def test_a_child_has_only_what_it_needs(pool: CellPool) -> None:
    open_fds = eval(evidence(await judge(pool, b"fds")))
    assert open_fds[:3] == [0, 1, 2] and len(open_fds) <= 5


async def test_a_short_spool_is_our_fault(pool: CellPool) -> None:
    fd = spool(b"short")
    with pytest.raises(InspectionUnavailable):
        await pool.inspect(fd, 500, ask(), Deadline.after(CLOCK, 5))
    os.close(fd)


async def test_no_descriptor_left_is_our_fault(pool: CellPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(pool_module, "read_only", full)
    with pytest.raises(InspectionUnavailable, match="Too many open files"):
        await judge(pool, b"hello")


async def test_it_is_reachable_where_the_first_lane_is(pool: CellPool, tmp_path: Path) -> None:
    assert pool.reachable()
    pool.plain.close()
    pool.plain.address = tmp_path / "z.sock"
    assert not pool.reachable()


async def test_without_a_zygote_it_is_our_fault(tmp_path: Path) -> None:
    pool = Cell(tmp_path, Lanes.beneath(tmp_path), {}).pool()
    with pytest.raises(InspectionUnavailable, match=r"zygote-plain\.sock"):
        await judge(pool, b"x", seconds=0.3)


async def test_children_that_are_busy_make_others_wait_and_then_it_is_our_fault(tmp_path: Path) -> None:
    cell = Cell(tmp_path, Lanes.beneath(tmp_path), {})
    cell.start("plain", children=1, spare=1)
    pool = cell.pool()
    limits = Limits(seconds=2, cpu_seconds=1, memory=64 << 20)
    sleeper = asyncio.create_task(judge(pool, b"sleep", limits))
    await asyncio.sleep(0.2)
    with pytest.raises(InspectionUnavailable, match="free in time"):
        await judge(pool, b"x", seconds=0.3)
    waiting = asyncio.create_task(judge(pool, b"x", seconds=60))
    assert not (await sleeper).complete
    assert (await waiting).complete
    await pool.close()
    cell.zygotes["plain"].stop()


async def test_idle_children_are_given_up_for_others(tmp_path: Path) -> None:
    cell = Cell(tmp_path, Lanes.beneath(tmp_path), {})
    cell.start("plain", children=1, spare=1)
    first, second = cell.pool(), cell.pool()
    assert (await judge(first, b"x")).complete
    assert (await judge(second, b"x", seconds=60)).complete
    assert (await judge(first, b"x", seconds=60)).complete
    await first.close()
    await second.close()
    cell.zygotes["plain"].stop()


@pytest.mark.parametrize("pools", [1, 2])
async def test_who_asked_while_every_child_was_busy_does_not_wait_for_one_that_got_idle(tmp_path: Path, pools: int) -> None:
    cell = Cell(tmp_path, Lanes.beneath(tmp_path), {})
    cell.start("plain", children=1, spare=1)
    first, *others = [cell.pool() for _ in range(pools)]
    napping = asyncio.create_task(judge(first, b"nap"))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(judge([first, *others][-1], b"x", seconds=60))   # its plea comes while nothing is idle
    assert (await napping).complete
    assert (await waiting).complete
    for pool in (first, *others):
        await pool.close()
    cell.zygotes["plain"].stop()


async def test_a_pool_that_is_always_busy_gives_up_a_child_for_who_has_waited_for_long(tmp_path: Path) -> None:
    cell = Cell(tmp_path, Lanes.beneath(tmp_path), {})
    cell.start("plain", children=1, spare=1)
    busy, other = cell.pool(1), cell.pool(1)
    first = asyncio.create_task(judge(busy, b"nap"))
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(judge(other, b"x", seconds=60))
    naps = [first, *(asyncio.create_task(judge(busy, b"nap")) for _ in range(9))]    # far less than one child's twenty
    assert (await waiting).complete
    assert not naps[-1].done()
    assert all(i.complete for i in await asyncio.gather(*naps))
    await busy.close()
    await other.close()
    cell.zygotes["plain"].stop()


async def test_kill_9_of_children_is_not_the_messages_fault_the_first_time(cell: Cell) -> None:
    pool = cell.pool(1)
    await judge(pool, b"x")
    assert pool.idle
    signal.pidfd_send_signal(pool.idle[0].pidfd, signal.SIGKILL)
    assert (await judge(pool, b"x")).complete
    await pool.close()


async def test_a_child_that_ended_before_it_read_its_request_says_nothing_of_the_message(cell: Cell) -> None:
    pool = cell.pool()
    for _ in range(2):                   # twice a death would be believed
        child = await pool.plain.child(Deadline.after(CLOCK, 10))
        signal.pidfd_send_signal(child.pidfd, signal.SIGSTOP)
        pool.idle.append(child)
        asked = asyncio.create_task(judge(pool, b"hello"))
        while not child.uses:
            await asyncio.sleep(0.01)
        signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
        inspection = await asked
        assert inspection.complete and not inspection.incidents
        for idle in pool.idle:
            idle.close()
        pool.idle.clear()
    assert not [event for event, _ in pool.noted.events if event == "incident"]
    await pool.close()


async def test_no_child_that_listens_is_our_fault(pool: CellPool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(pool_module, "PAUSE", 0.001)
    monkeypatch.setattr(Handle, "send", gone)
    with pytest.raises(InspectionUnavailable, match="before it was asked"):
        await judge(pool, b"hello")


async def test_kill_9_of_the_zygote_takes_its_children_and_the_next_one_serves(tmp_path: Path) -> None:
    cell = start_cell(tmp_path)
    pool = cell.pool()
    running = asyncio.create_task(judge(pool, b"sleep", Limits(seconds=20, cpu_seconds=5, memory=64 << 20), seconds=1.0))
    await asyncio.sleep(0.6)
    child = next(iter(pool.plain.current.children.values()))
    pidfd = os.dup(child.pidfd)
    cell.zygotes["plain"].process.kill()
    await until(lambda: select.select([pidfd], [], [], 0)[0])        # it has ended
    os.close(pidfd)
    cell.start("plain")
    with pytest.raises(InspectionUnavailable):
        # It slept through what was left of its time: less than half of what it could have had.
        await running
    assert (await judge(pool, b"x")).complete
    await pool.close()
    for zygote in cell.zygotes.values():
        zygote.stop()


async def test_reload_drops_no_mail(tmp_path: Path) -> None:
    cell = start_cell(tmp_path)
    pool = cell.pool()
    old = cell.zygotes["plain"]
    done: list[bool] = []

    async def traffic() -> None:
        for n in range(120):
            done.append((await judge(pool, b"mail %d" % n)).complete)
            await asyncio.sleep(0.005)

    running = [asyncio.create_task(traffic()) for _ in range(2)]
    await asyncio.sleep(0.1)
    cell.start("plain")
    old.retire()
    await asyncio.gather(*running)
    assert done == [True] * 240
    await until(lambda: not old.alive)
    await pool.close()
    for zygote in cell.zygotes.values():
        zygote.stop()


async def test_an_idle_child_of_a_retired_zygote_is_let_go(tmp_path: Path) -> None:
    """The retirement is heard while its child is in use: it must not be kept, or the old zygote never ends."""
    cell = start_cell(tmp_path)
    pool = cell.pool()
    await judge(pool, b"x")
    old = cell.zygotes["plain"]
    cell.start("plain")                  # blocks the loop: the word is read only during the next inspection
    old.retire()
    await asyncio.to_thread(old.control.close)
    assert (await judge(pool, b"x")).complete
    assert (await judge(pool, b"x")).complete
    await until(lambda: not old.alive)
    await pool.close()
    for zygote in cell.zygotes.values():
        zygote.stop()


async def test_preview_is_safe_text(pool: CellPool) -> None:
    fd = spool(b"text")
    shown = await pool.preview(fd, 4, ask(), Deadline.after(CLOCK, 10))
    assert shown["texts"] == [("message", "body", "text")]
    os.close(fd)


async def test_preview_of_poison_is_empty(pool: CellPool) -> None:
    fd = spool(b"segfault")
    assert await pool.preview(fd, 8, ask(), Deadline.after(CLOCK, 10)) == {"spans": [], "headers": [], "texts": [], "macros": [], "artifacts": []}
    os.close(fd)


async def test_a_cancelled_inspection_ends_its_child(pool: CellPool) -> None:
    task = asyncio.create_task(judge(pool, b"sleep"))
    await asyncio.sleep(0.2)
    handles = list(pool.plain.current.children.values())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: all(h.ended.done() for h in handles if h.uses))


def test_read_only_copies_cannot_write() -> None:
    fd = spool(b"x")
    copy = read_only(fd)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(copy, b"y")
    os.close(copy)
    os.close(fd)


def test_what_is_known_of_a_poison() -> None:
    inspection = uninspected(7, Cause(IncidentCode.CRASH, "killed", True))
    assert inspection.tree.artifacts[0].size == 7
    assert inspection.incidents[0].fault is Fault.MESSAGE
