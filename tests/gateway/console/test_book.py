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


def test_the_sessions_of_an_account(book: Book) -> None:
    for key, account in (("k1", "anna"), ("k2", "anna"), ("k3", "ben"), ("k4", "")):
        book.insert(key, "data", LIFE)
        if account:
            book.claim(key, account, "192.0.2.1", "Browser/1" * 100)
        wait(book, 1)
    book.update("k1", "more")
    first, second = book.sessions("anna", IDLE, LIFE, "k1")
    assert first.here and not second.here and first.seen > second.seen and len(first.agent) == 200 and first.client == "192.0.2.1"
    assert book.sessions("", IDLE, LIFE) == [] and len(book.sessions("ben", IDLE, LIFE)) == 1
    assert not book.end("ben", first.id) and book.end("anna", second.id) and not book.end("anna", second.id)
    assert not book.exists("k2") and book.exists("k1")
    assert not book.end("", "") and book.end_all("") == 0 and book.exists("k4")


def test_all_sessions_but_one_end(book: Book) -> None:
    for key in ("k1", "k2", "k3"):
        book.insert(key, "data", LIFE)
        book.claim(key, "anna", "", "")
    assert book.end_all("anna", but="k2") == 2 and book.exists("k2")
    assert book.end_all("anna") == 1 and book.sessions("anna", IDLE, LIFE) == []


def test_what_is_over_is_not_listed(book: Book) -> None:
    book.insert("k", "data", LIFE)
    book.claim("k", "anna", "", "")
    wait(book, IDLE + 1)
    assert book.sessions("anna", IDLE, LIFE) == []


def test_a_file_of_an_older_version_loses_its_sessions_only(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "console.db") as old:
        old.executescript("CREATE TABLE session (digest TEXT PRIMARY KEY, data TEXT NOT NULL, began REAL NOT NULL, seen REAL NOT NULL);"
                          "CREATE TABLE failure (subject TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL, at REAL NOT NULL);"
                          "INSERT INTO failure VALUES ('account anna', 5, 99999999999, 99999999999)")
    old.close()
    book = Book(tmp_path / "console.db", FakeClock())
    assert book.strike("account", "anna") > 0 and book.insert("k", "data", LIFE)
    assert Book(tmp_path / "console.db", FakeClock()).exists("k"), "once"


def test_factors_have_their_own_count(book: Book) -> None:
    for _ in range(5):
        assert book.strike("factor", "anna") == 0.0
    book.forgive("anna", "192.0.2.1")
    assert book.strike("factor", "anna") > 0
    book.forgive("anna", "192.0.2.1", "factor")
    assert book.strike("factor", "anna") == 0.0


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
