from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.console.book import LIMITS, Book, Patience
from gateway.model.errors import ConfigError
from tests.builders.custody import FakeClock

IDLE, LIFE = 900.0, 28800.0


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "console.db", FakeClock())


def wait(book: Book, seconds: float) -> None:
    book.clock.at += timedelta(seconds=seconds)  # type: ignore[attr-defined]


def test_a_session_ends_when_nobody_uses_it(book: Book) -> None:
    assert book.insert("k", "data", LIFE) and not book.insert("k", "other", LIFE)
    for _ in range(3):
        wait(book, IDLE - 1)
        assert book.load("k", IDLE, LIFE) == "data"
    wait(book, IDLE + 1)
    assert book.load("k", IDLE, LIFE) is None and not book.exists("k")


def test_a_session_ends_after_its_lifetime_however_busy(book: Book) -> None:
    book.insert("k", "data", LIFE)
    for _ in range(int(LIFE // 600)):
        wait(book, 600)
        book.load("k", IDLE, LIFE)
    wait(book, 1)
    assert book.load("k", IDLE, LIFE) is None


def test_update_and_remove(book: Book) -> None:
    book.insert("k", "a", LIFE)
    assert book.update("k", "b") and book.load("k", IDLE, LIFE) == "b"
    book.remove("k")
    assert not book.update("k", "c") and book.load("k", IDLE, LIFE) is None


def test_old_sessions_are_swept(book: Book) -> None:
    book.insert("old", "a", LIFE)
    wait(book, LIFE + 1)
    book.insert("new", "b", LIFE)
    assert not book.exists("old") and book.exists("new")


def test_the_file_opens_no_session(book: Book) -> None:
    book.insert("a-very-secret-key", "data", LIFE)
    files = b"".join(p.read_bytes() for p in book.path.parent.iterdir())
    assert b"a-very-secret-key" not in files
    assert book.path.stat().st_mode & 0o077 == 0


def test_the_wait_doubles_and_ends(book: Book) -> None:
    limit = LIMITS["account"]
    for _ in range(limit.free):
        assert book.strike("account", "anna") == 0.0
    assert book.strike("account", "anna") == limit.first
    wait(book, limit.first - 1)
    assert book.strike("account", "anna") == 1.0
    wait(book, 1)
    assert book.strike("account", "anna") == 0.0
    assert book.strike("account", "anna") == 2 * limit.first
    assert book.strike("account", "ben") == 0.0 and book.strike("address", "anna") == 0.0


def test_a_right_password_forgives(book: Book) -> None:
    for _ in range(4):
        book.strike("account", "anna")
        book.strike("address", "192.0.2.1")
    book.forgive("anna", "192.0.2.1")
    rows = sqlite3.connect(book.path).execute("SELECT subject, count FROM failure").fetchall()
    assert rows == [("address 192.0.2.1", 3)]


def test_failures_are_forgotten_in_time(book: Book) -> None:
    for _ in range(4):
        book.strike("account", "anna")
    wait(book, LIMITS["account"].forget + 1)
    for _ in range(5):
        assert book.strike("account", "anna") == 0.0


def test_delay() -> None:
    limit = Patience(3, 10.0, 100.0, 1000.0)
    assert [limit.delay(n) for n in (0, 2, 3, 4, 7, 1000)] == [0.0, 0.0, 10.0, 20.0, 100.0, 100.0]


def test_a_damaged_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "console.db").write_bytes(b"no database" * 100)
    with pytest.raises(ConfigError, match="remove the file"):
        Book(tmp_path / "console.db", FakeClock())
