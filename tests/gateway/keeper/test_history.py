"""Contacts as keyed hashes: known, learned, forgotten in time, unreadable on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.keeper import history as room
from gateway.keeper.history import Historian, History
from gateway.model.errors import CustodyUnavailable
from quarantine.keys import KeyRing, new_key
from tests.builders.edge import Recorder

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = ["s:wang@partner.example|partner.example", "d:partner.example", "m:<1@partner.example>"]


class Clock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def on(self, days: float) -> None:
        self.at = START + timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


RING = KeyRing((new_key(START),))


def history(folder: Path, clock: Clock, ring: KeyRing = RING, retain: float = 180 * 86400, learning: float = 0) -> History:
    return History(folder / "history.db", clock.now, ring, retain, learning)


def test_who_was_seen_is_known_at_once_and_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock)
    assert one.recall(WORDS) == [False, False, False]
    assert one.remember(WORDS[:2]) == 2
    assert one.recall(WORDS) == [True, True, False], "before it is on disk too"
    one.close()
    assert history(tmp_path, clock).recall(WORDS) == [True, True, False]


def test_nothing_can_be_read_or_tried_out_of_the_file(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock)
    one.remember(WORDS)
    one.close()
    octets = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"partner" not in octets and b"wang" not in octets
    assert (tmp_path / "history.db").stat().st_mode & 0o077 == 0
    other = history(tmp_path / ".." / tmp_path.name, clock, KeyRing((new_key(START),)))
    assert other.recall(WORDS) == [False, False, False], "another master key knows nobody and begins anew"


def test_old_contacts_are_forgotten_threads_sooner(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock)
    one.remember(WORDS)
    one.flush()
    for day, wanted, gone in ((90, [True, True, True], 0), (91, [True, True, False], 1), (180, [True, True, False], 0), (181, [False] * 3, 2)):
        clock.on(day)
        assert one.recall(WORDS) == wanted and one.expire() == gone, day


def test_seen_again_is_kept_longer(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock)
    one.remember(WORDS)
    one.flush()
    clock.on(170)
    one.remember(WORDS[:1])
    one.flush()
    clock.on(300)
    assert one.recall(WORDS) == [True, False, False]


def test_a_new_history_only_learns(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock, learning=14 * 86400)
    one.remember(WORDS[:1])
    assert one.recall(WORDS) is None
    one.close()
    clock.on(13)
    assert history(tmp_path, clock, learning=14 * 86400).recall(WORDS) is None
    clock.on(14)
    assert history(tmp_path, clock, learning=14 * 86400).recall(WORDS) == [True, False, False]


def test_turned_off(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock, retain=0)
    assert one.remember(WORDS) == 0 and one.recall(WORDS) is None and not list(tmp_path.iterdir())


def test_a_new_master_key_takes_it_over(tmp_path: Path, clock: Clock) -> None:
    old, new = new_key(START), new_key(START)
    one = history(tmp_path, clock, KeyRing((old,)))
    one.remember(WORDS)
    one.flush()
    one.rekey(KeyRing((old, new)))
    one.close()
    assert history(tmp_path, clock, KeyRing((new,))).recall(WORDS) == [True] * 3


def test_a_torn_file_begins_anew(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "history.db").write_bytes(b"junk" * 1000)
    one = history(tmp_path, clock)
    assert one.recall(WORDS) == [False] * 3
    one.remember(WORDS)
    one.close()
    assert sqlite3.connect(tmp_path / "history.db").execute("SELECT count(*) FROM seen").fetchone() == (3,)


def test_a_folder_that_is_gone_is_custodys_trouble(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(CustodyUnavailable, match=r"history\.db"):
        history(tmp_path / "none", clock).recall(WORDS)


def test_endless_and_odd_words(tmp_path: Path, clock: Clock) -> None:
    one = history(tmp_path, clock)
    odd = ["", "x" * 100_000, "\ud800", "張"]
    one.remember(odd)
    assert one.recall(odd) == [True] * 4


async def test_it_is_written_in_the_background(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WRITING", 0.01)
    one, recorder = history(tmp_path, clock), Recorder()
    historian = Historian(one, recorder)
    historian.start()
    await historian.remember(WORDS)
    assert await historian.recall(WORDS) == [True] * 3
    async with asyncio.timeout(10):
        while one._fresh:
            await asyncio.sleep(0.01)
    await historian.stop()
    assert history(tmp_path, clock).recall(WORDS) == [True] * 3 and not recorder.events


async def test_trouble_is_told_and_nothing_stops(tmp_path: Path, clock: Clock) -> None:
    recorder = Recorder()
    historian = Historian(history(tmp_path / "none", clock), recorder)
    with pytest.raises(CustodyUnavailable):
        await historian.recall(WORDS)
    await historian.rekey(RING)
    historian.history._fresh[b"x"] = 0
    await historian._told(historian.history.flush)
    assert recorder.named("incident")[0]["part"] == "history"
