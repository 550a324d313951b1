"""Beside the mail, not in its way; and durable where that is asked for."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.journal import writer as writers
from gateway.journal.reader import JournalReader, Query
from gateway.journal.writer import JournalWriter
from gateway.model.errors import GatewayFault
from tests.gateway.journal.conftest import FixedClock, Noted, entry


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "LINGER", 0.01)


def make(path: Path, required: bool = False) -> JournalWriter:
    noted = Noted()
    writer = JournalWriter(path, FixedClock(), noted, noted, 30 * 86400.0, required)
    writer.start()
    return writer


def ids(path: Path) -> set[str]:
    return {found["id"] for found in JournalReader(path, FixedClock()).search(Query(limit=5000))}


async def test_what_is_queued_is_written_before_the_end(tmp_path: Path) -> None:
    writer = make(tmp_path / "j.db")
    for n in range(1200):
        await writer.record(entry(str(n)))
    writer.stop()
    assert ids(tmp_path / "j.db") == {str(n) for n in range(1200)}
    assert writer.metrics.counts == {"sekisho_journal_entries_total": 1200}


async def test_required_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    writer = make(tmp_path / "j.db", required=True)
    await asyncio.gather(*(writer.record(entry(str(n))) for n in range(50)))
    assert len(ids(tmp_path / "j.db")) == 50
    writer.stop()


async def test_several_processes_write_one_file(tmp_path: Path) -> None:
    writers_ = [make(tmp_path / "j.db", required=n % 2 == 0) for n in range(4)]
    await asyncio.gather(*(w.record(entry(f"{w_}-{n}")) for n in range(50) for w_, w in enumerate(writers_)))
    for writer in writers_:
        writer.stop()
    assert len(ids(tmp_path / "j.db")) == 200
    assert not any(w.dropped for w in writers_)


@pytest.fixture
def no_disk(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "j.db"


async def test_without_a_disk_mail_goes_on_and_it_is_said_once(no_disk: Path) -> None:
    writer = make(no_disk)
    for n in range(3):
        await writer.record(entry(str(n)))
        await asyncio.sleep(0.05)
    writer.stop()
    assert writer.dropped == 3 == writer.metrics.counts["sekisho_journal_dropped_total"]
    assert len(writer.events.events) == 1


async def test_without_a_disk_required_is_our_fault(no_disk: Path) -> None:
    writer = make(no_disk, required=True)
    with pytest.raises(GatewayFault, match="not recorded"):
        await writer.record(entry("a"))
    writer.stop()


async def test_it_recovers(tmp_path: Path) -> None:
    path = tmp_path / "later" / "j.db"
    writer = make(path, required=True)
    with pytest.raises(GatewayFault):
        await writer.record(entry("a"))
    path.parent.mkdir()
    await writer.record(entry("b"))
    assert ids(path) == {"b"}
    writer.stop()


async def test_a_broken_file_is_said_and_costs_no_mail(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_bytes(os.urandom(8192))
    writer = make(tmp_path / "j.db")
    await writer.record(entry("a"))
    writer.stop()
    assert writer.dropped == 1 and "not a database" in writer.events.events[0]["reason"]


async def test_a_full_queue_drops_or_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "QUEUE", 2)
    noted = Noted()
    for required in (False, True):
        writer = JournalWriter(tmp_path / "j.db", FixedClock(), noted, noted, 1, required)
        writer._queue.put_nowait((entry("a"), None))
        writer._queue.put_nowait((entry("b"), None))
        if required:
            with pytest.raises(GatewayFault, match="queue is full"):
                await writer.record(entry("c"))
        else:
            await writer.record(entry("c"))
            assert writer.dropped == 1


async def test_an_entry_of_another_shape_does_not_cost_the_others(tmp_path: Path) -> None:
    writer = make(tmp_path / "j.db")
    for item in (entry("a"), {"id": "b"}, entry("c")):
        await writer.record(item)
    writer.stop()
    assert ids(tmp_path / "j.db") == {"a", "c"} and writer.dropped == 1


async def test_what_is_too_old_goes(tmp_path: Path) -> None:
    writer = make(tmp_path / "j.db", required=True)
    await writer.record(entry("old", timedelta(days=31)))
    await writer.record(entry("new", timedelta(days=29)))
    writer.clock.passed += writers.EXPIRY + 1
    await writer.record(entry("now"))
    writer.stop()
    assert ids(tmp_path / "j.db") == {"new", "now"}


async def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    writer = make(tmp_path / "j.db", required=True)
    await writer.record(entry("a"))
    other = sqlite3.connect(tmp_path / "j.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(writer.record(entry("b")))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    other.execute("COMMIT")
    await waiting
    writer.stop()
