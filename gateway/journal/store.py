"""The journal's file: one SQLite database in WAL mode, written by every edge in batches, read by whoever asks."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from gateway.journal.entry import COLUMNS, Row

BUSY = 5000                              # milliseconds to wait for another writer's batch
EXPIRE = 2000                            # rows removed in one transaction, so that writers wait at most some milliseconds
SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE IF NOT EXISTS entries (
    id TEXT PRIMARY KEY, received REAL NOT NULL, listener TEXT NOT NULL, client TEXT NOT NULL, direction TEXT NOT NULL,
    disposition TEXT NOT NULL, verdict TEXT NOT NULL, rule TEXT NOT NULL, sender TEXT NOT NULL COLLATE NOCASE,
    size INTEGER NOT NULL, milliseconds REAL NOT NULL, reply TEXT NOT NULL, header_message_id TEXT NOT NULL,
    sha256 TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_received ON entries (received);
CREATE INDEX IF NOT EXISTS entries_sender ON entries (sender, received);
CREATE TABLE IF NOT EXISTS recipients (
    entry TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE, mailbox TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (mailbox, entry)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recipients_entry ON recipients (entry);
"""
QUARTER = 900                            # seconds: every time zone's midnight is at the beginning of one
# Numbers of messages, kept by whoever writes: a look at two weeks does not go through millions of entries. They are whole from
# `counted.since` on; a file of an earlier version has entries before that.
COUNTS = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS counts (
    quarter INTEGER NOT NULL, direction TEXT NOT NULL, disposition TEXT NOT NULL, rule TEXT NOT NULL, messages INTEGER NOT NULL,
    PRIMARY KEY (quarter, direction, disposition, rule)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (since INTEGER NOT NULL);
INSERT INTO counted SELECT coalesce((SELECT CAST(max(received) / {QUARTER} AS INTEGER) + 1 FROM entries) * {QUARTER}, 0)
    WHERE NOT EXISTS (SELECT 1 FROM counted);
CREATE TRIGGER IF NOT EXISTS entry_counted AFTER INSERT ON entries BEGIN
    INSERT INTO counts VALUES (CAST(new.received / {QUARTER} AS INTEGER), new.direction, new.disposition, new.rule, 1)
    ON CONFLICT DO UPDATE SET messages = messages + 1;
END;
CREATE TRIGGER IF NOT EXISTS entry_replaced AFTER DELETE ON entries BEGIN
    UPDATE counts SET messages = messages - 1 WHERE quarter = CAST(old.received / {QUARTER} AS INTEGER)
    AND direction = old.direction AND disposition = old.disposition AND rule = old.rule;
END;
PRAGMA user_version = 2;
COMMIT;
"""  # noqa: S608 - a number of ours
VERSION = 2
INSERT = f"INSERT OR REPLACE INTO entries ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own names


class NewerJournal(sqlite3.DatabaseError):
    """Written by a newer version of ours: left untouched."""


def open_writer(path: Path, durable: bool) -> sqlite3.Connection:
    """`durable`: a commit is on disk when it returns; otherwise a power cut may cost the last batches, never the file."""
    if not path.exists():
        # Created by hand, since the file holds addresses and SQLite would ask the umask.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY / 1000, isolation_level=None, check_same_thread=False)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise NewerJournal(f"{path.name} was written by a newer version")
        if version < VERSION:
            connection.executescript(SCHEMA + COUNTS)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA recursive_triggers = ON")     # an entry that is replaced counts as deleted
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def write(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """One transaction: all rows or none. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for row in rows:
            connection.execute(INSERT, [getattr(row, column) for column in COLUMNS])
            connection.execute("DELETE FROM recipients WHERE entry = ?", [row.id])
            connection.executemany("INSERT OR IGNORE INTO recipients (entry, mailbox) VALUES (?, ?)",
                                   [(row.id, mailbox) for mailbox in row.recipients])
        connection.execute("COMMIT")
    except sqlite3.Error:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def expire(connection: sqlite3.Connection, before: float) -> int:
    """Removes entries received before that instant, some at a time; how many."""
    removed = 0
    while True:
        found = connection.execute("DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE received < ? LIMIT ?)",
                                   [before, EXPIRE]).rowcount
        removed += found
        if found < EXPIRE:
            break
    if removed:
        connection.execute("DELETE FROM counts WHERE messages <= 0 AND quarter < ?", [before / QUARTER])
        connection.execute("PRAGMA incremental_vacuum(1000)").fetchall()
    return removed
