from __future__ import annotations

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.journal import store
from gateway.journal.entry import row
from tests.gateway.journal.conftest import NOW, entry


def count(connection: sqlite3.Connection, table: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_batch_is_all_or_nothing(tmp_path: Path) -> None:
    connection = store.open_writer(tmp_path / "j.db", False)
    good = row(entry("a"))
    store.write(connection, [good])
    broken = row(entry("b"))
    object.__setattr__(broken, "size", object())
    with pytest.raises(sqlite3.Error):
        store.write(connection, [row(entry("c")), broken])
    assert count(connection, "entries") == 1 and not connection.in_transaction


def test_the_same_id_again_replaces(tmp_path: Path) -> None:
    connection = store.open_writer(tmp_path / "j.db", False)
    store.write(connection, [row(entry("a", recipients=["x@y", "z@y"]))])
    store.write(connection, [row(entry("a", recipients=["z@y"]))])
    assert (count(connection, "entries"), count(connection, "recipients")) == (1, 1)


def test_expiry_takes_recipients_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "EXPIRE", 3)
    connection = store.open_writer(tmp_path / "j.db", False)
    store.write(connection, [row(entry(str(n), timedelta(days=n))) for n in range(10)])
    assert store.expire(connection, (NOW - timedelta(days=4, hours=1)).timestamp()) == 5
    assert (count(connection, "entries"), count(connection, "recipients")) == (5, 5)


def test_only_we_may_read_it(tmp_path: Path) -> None:
    store.open_writer(tmp_path / "j.db", False)
    assert stat.S_IMODE((tmp_path / "j.db").stat().st_mode) == 0o600


def test_a_newer_journal_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "j.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / "j.db").read_bytes()
    with pytest.raises(store.NewerJournal):
        store.open_writer(tmp_path / "j.db", False)
    assert (tmp_path / "j.db").read_bytes() == before


def test_durable_is_full(tmp_path: Path) -> None:
    assert store.open_writer(tmp_path / "a.db", True).execute("PRAGMA synchronous").fetchone() == (2,)
    assert store.open_writer(tmp_path / "b.db", False).execute("PRAGMA synchronous").fetchone() == (1,)
