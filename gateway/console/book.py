"""console.db: log-ins that are open and log-ins that failed. The keeper's database is only read by this process.

Nothing here is worth a backup: losing it logs everybody out. Session keys are stored as digests, so a copy of the file
opens no session.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.model.deadline import Clock
from gateway.model.errors import ConfigError

BUSY = 5.0                               # seconds a thread waits for another
LONGEST_AGENT = 200                      # characters
TOUCH = 15.0                             # seconds: a session's last use is not written more often
VERSION = 2                              # an older file loses its sessions: their people log in again
SCHEMA = """
CREATE TABLE IF NOT EXISTS session (digest TEXT PRIMARY KEY, data TEXT NOT NULL, began REAL NOT NULL, seen REAL NOT NULL,
  id TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '', client TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS session_account ON session (account);
CREATE TABLE IF NOT EXISTS failure (subject TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL, at REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Patience:
    """After `free` failures each further one doubles the wait: guessing is slow, and nobody is locked out for good."""

    free: int
    first: float                         # seconds
    longest: float
    forget: float                        # seconds after the last failure

    def delay(self, failures: int) -> float:
        return 0.0 if failures < self.free else min(self.longest, self.first * 2 ** min(failures - self.free, 20))


@dataclass(frozen=True, slots=True)
class Open:
    """An open session, as its owner may see it: not the key, nor what would become one."""

    id: str
    client: str
    agent: str                           # the browser, as it calls itself
    began: float                         # seconds since 1970
    seen: float
    here: bool                           # the one that asks


LIMITS: Mapping[str, Patience] = {
    "account": Patience(5, 60.0, 3600.0, 86400.0),
    "address": Patience(20, 60.0, 3600.0, 3600.0),    # many people may share one address
    "factor": Patience(5, 60.0, 3600.0, 86400.0),     # wrong second factors of an account, after its right password
}


class Book:
    """Thread-safe: each thread has a connection of its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self.clock = path, clock
        self._own = threading.local()
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        try:
            database = self._database()
            if database.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                database.execute("DROP TABLE IF EXISTS session")
            database.executescript(f"{SCHEMA}PRAGMA user_version = {VERSION};")
        except sqlite3.DatabaseError as error:
            raise ConfigError(f"{path}: {error}; remove the file: everybody has to log in again", str(path)) from error

    def now(self) -> float:
        return self.clock.now().timestamp()

    def _database(self) -> sqlite3.Connection:
        database: sqlite3.Connection | None = getattr(self._own, "database", None)
        if database is None:
            database = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            self._own.database = database
        return database

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        database = self._database()
        database.execute("BEGIN IMMEDIATE")
        with database:                   # commits, or rolls back
            yield database

    # sessions

    def load(self, key: str, idle: float, lifetime: float) -> str | None:
        """The data of a session in use; None where there is none or its time is over."""
        now, name = self.now(), digest(key)
        row = self._database().execute("SELECT data, began, seen FROM session WHERE digest = ?", (name,)).fetchone()
        if row is None:
            return None
        data, began, seen = row
        if now - seen > idle or now - began > lifetime:
            self.remove(key)
            return None
        if now - seen > TOUCH:
            with self._writing() as database:
                database.execute("UPDATE session SET seen = ? WHERE digest = ?", (now, name))
        return str(data)

    def exists(self, key: str) -> bool:
        return self._database().execute("SELECT 1 FROM session WHERE digest = ?", (digest(key),)).fetchone() is not None

    def insert(self, key: str, data: str, lifetime: float) -> bool:
        """False where the key is taken. What is too old goes."""
        now = self.now()
        with self._writing() as database:
            database.execute("DELETE FROM session WHERE began < ?", (now - lifetime,))
            done = database.execute("INSERT OR IGNORE INTO session (digest, data, began, seen) VALUES (?, ?, ?, ?)",
                                    (digest(key), data, now, now))
            return done.rowcount == 1

    def update(self, key: str, data: str) -> bool:
        """False where the session is gone: a log-out in another window wins."""
        with self._writing() as database:
            done = database.execute("UPDATE session SET data = ?, seen = ? WHERE digest = ?", (data, self.now(), digest(key)))
            return done.rowcount == 1

    def remove(self, key: str) -> None:
        with self._writing() as database:
            database.execute("DELETE FROM session WHERE digest = ?", (digest(key),))

    def claim(self, key: str, account: str, client: str, agent: str) -> None:
        """Whose session this is, and from where: for the list of open sessions."""
        with self._writing() as database:
            database.execute("UPDATE session SET id = ?, account = ?, client = ?, agent = ? WHERE digest = ?",
                             (secrets.token_hex(8), account, client[:64], agent[:LONGEST_AGENT], digest(key)))

    def sessions(self, account: str, idle: float, lifetime: float, key: str = "") -> list[Open]:
        """The account's open sessions, the one last used first; `key` is the session that asks."""
        now, here = self.now(), digest(key)
        rows = self._database().execute(
            "SELECT id, client, agent, began, seen, digest FROM session WHERE account = ? AND seen >= ? AND began >= ?"
            " ORDER BY seen DESC, id", (account, now - idle, now - lifetime))
        return [Open(id, client, agent, began, seen, name == here) for id, client, agent, began, seen, name in rows if account]

    def end(self, account: str, id: str) -> bool:
        """End one session of an account; False where it is not there any more."""
        with self._writing() as database:
            done = database.execute("DELETE FROM session WHERE account = ? AND id = ? AND account != ''", (account, id))
            return done.rowcount == 1

    def end_all(self, account: str, but: str = "") -> int:
        """End all sessions of an account but the one with this key; returns how many."""
        with self._writing() as database:
            done = database.execute("DELETE FROM session WHERE account = ? AND digest != ? AND account != ''",
                                    (account, digest(but)))
            return int(done.rowcount)

    # failed log-ins

    def strike(self, kind: str, name: str) -> float:
        """Seconds to wait; 0.0 where a try is allowed. The try counts as failed until `forgive`: tries at once gain nothing."""
        limit, subject, now = LIMITS[kind], f"{kind} {name}", self.now()
        with self._writing() as database:
            database.execute("DELETE FROM failure WHERE at < ?", (now - max(x.forget for x in LIMITS.values()),))
            row = database.execute("SELECT count, until, at FROM failure WHERE subject = ?", (subject,)).fetchone()
            count, until, at = row or (0, 0.0, now)
            if now < until:
                return float(until - now)
            count = 1 if now - at > limit.forget else count + 1
            database.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?)", (subject, count, now + limit.delay(count), now))
        return 0.0

    def forgive(self, account: str, address: str, kind: str = "account") -> None:
        """The try was right: the account's failures of this kind are forgotten, of the address' only this one."""
        with self._writing() as database:
            database.execute("DELETE FROM failure WHERE subject = ?", (f"{kind} {account}",))
            database.execute("UPDATE failure SET count = count - 1, until = 0 WHERE subject = ?", (f"address {address}",))


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
