"""Who wrote to us and to whom we wrote, as keyed hashes in a file of its own: nobody can read an address out of it.

Rows are HMAC-SHA-256 under a random key that is itself sealed under the master key; whoever has the file alone has nothing to
try addresses against. Each row has the day it was last seen, and goes when that is older than its kind is kept. The loss of the
file costs first contacts anew, no mail: so it is written in the background, outside custody's database.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from gateway.model.errors import CustodyUnavailable
from gateway.model.ports import Events
from quarantine.keys import KeyProblem, KeyRing, wrapped_under

T = TypeVar("T")

DIGEST = 12                              # octets kept of a hash: a false "known" among 10^9 rows has a chance of 10^-20
LONGEST = 2000                           # characters of one word
THREADS = 90                             # days that Message-IDs are kept, where the history is longer
THREAD = "m:"                            # how words of Message-IDs begin
DAY = 86400.0
WRITING = 2.0                            # seconds between two writes
FORGETTING = 5400                        # writes between two looks for what is too old: three hours
MOST_WORDS = 64                          # of one question
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (digest BLOB PRIMARY KEY, thread INTEGER NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
"""
SEEN = "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (digest) DO UPDATE SET day = excluded.day"
OLD = "DELETE FROM seen WHERE thread = ? AND day < ?"


@dataclass(slots=True)
class History:
    """Used by one thread at a time. `retain` and `learning` in seconds; `retain` 0 remembers and knows nobody."""

    path: Path
    now: Callable[[], datetime]
    ring: KeyRing
    retain: float
    learning: float
    _database: sqlite3.Connection | None = None
    _key: bytes = b""
    _since: int = 0                      # day of the first entry
    _fresh: dict[bytes, int] = field(default_factory=dict)       # not yet on disk: digest -> whether a thread

    def recall(self, words: Sequence[str]) -> list[bool] | None:
        """Which of these were seen; None while it only learns, or is turned off. Raises CustodyUnavailable."""
        if not self.retain:
            return None
        database = self._opened()
        if (self._today() - self._since) * DAY < self.learning:
            return None
        digests = [self._digest(word) for word in words]
        return [d in self._fresh or self._known(database, d, word.startswith(THREAD))
                for d, word in zip(digests, words, strict=True)]

    def remember(self, words: Sequence[str]) -> int:
        """How many wait to be written."""
        if not self.retain:
            return 0
        self._opened()
        self._fresh |= {self._digest(word): int(word.startswith(THREAD)) for word in words}
        return len(self._fresh)

    def flush(self) -> None:
        """Writes what waits in one transaction. Raises CustodyUnavailable; what could not be written waits on."""
        if not self._fresh:
            return
        database, today = self._opened(), self._today()
        rows = [(digest, thread, today) for digest, thread in self._fresh.items()]
        try:
            with database:
                database.executemany(SEEN, rows)
        except sqlite3.Error as failure:
            raise CustodyUnavailable(f"{self.path}: {failure}") from failure
        self._fresh.clear()

    def expire(self) -> int:
        """Forgets what is older than it may be; how many rows went."""
        database, today = self._opened(), self._today()
        try:
            with database:
                gone = [database.execute(OLD, (thread, today - self._days(thread))).rowcount for thread in (0, 1)]
        except sqlite3.Error as failure:
            raise CustodyUnavailable(f"{self.path}: {failure}") from failure
        return sum(gone)

    def rekey(self, ring: KeyRing) -> None:
        """After `keys rotate`: the key of the hashes goes under the new master key."""
        self.ring = ring
        if self._key:
            self._keep_key(self._opened())

    def close(self) -> None:
        if self._database is not None:
            try:
                self.flush()
            finally:
                self._database.close()
                self._database = None

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            try:
                self._database = self._open()
            except (sqlite3.Error, OSError) as failure:
                raise CustodyUnavailable(f"{self.path}: {failure}") from failure
        return self._database

    def _open(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600)
        database = sqlite3.connect(self.path, check_same_thread=False)
        try:
            database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        except sqlite3.DatabaseError:
            database.close()             # no database of ours, or a torn one: nothing is lost but memory
            self.path.unlink()
            self.path.touch(mode=0o600)
            database = sqlite3.connect(self.path, check_same_thread=False)
            database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        self._take_key(database)
        return database

    def _take_key(self, database: sqlite3.Connection) -> None:
        """The key of the hashes, or a new one, with which everything begins anew."""
        meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
        try:
            self._key = self.ring.unwrap(bytes(meta["key"]), b"history")
            self._since = int(meta["since"])
            if wrapped_under(bytes(meta["key"])) != self.ring.current.id:
                self._keep_key(database)
        except (KeyError, ValueError, KeyProblem):
            self._key, self._since = secrets.token_bytes(32), self._today()
            with database:
                database.execute("DELETE FROM seen")
            self._keep_key(database)

    def _keep_key(self, database: sqlite3.Connection) -> None:
        with database:
            database.executemany("REPLACE INTO meta VALUES (?, ?)", (
                ("key", self.ring.wrap(self._key, b"history")), ("since", str(self._since).encode())))

    def _known(self, database: sqlite3.Connection, digest: bytes, thread: bool) -> bool:
        try:
            row = database.execute("SELECT day FROM seen WHERE digest = ?", (digest,)).fetchone()
        except sqlite3.Error as failure:
            raise CustodyUnavailable(f"{self.path}: {failure}") from failure
        return row is not None and row[0] >= self._today() - self._days(thread)

    def _days(self, thread: bool | int) -> int:
        days = int(self.retain // DAY)
        return min(days, THREADS) if thread else days

    def _digest(self, word: str) -> bytes:
        return hmac.digest(self._key, word[:LONGEST].encode("utf-8", "surrogatepass"), "sha256")[:DIGEST]

    def _today(self) -> int:
        return int(self.now().timestamp() // DAY)


class Historian:
    """A history with a thread of its own, written every two seconds."""

    def __init__(self, history: History, events: Events) -> None:
        self.history, self.events = history, events
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._running: asyncio.Task[None] | None = None

    async def recall(self, words: Sequence[str]) -> list[bool] | None:
        """See History. Raises CustodyUnavailable."""
        return await self._in_thread(lambda: self.history.recall(words[:MOST_WORDS]))

    async def remember(self, words: Sequence[str]) -> None:
        await self._in_thread(lambda: self.history.remember(words[:MOST_WORDS]))

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._told(self.history.close)
        self._thread.shutdown()

    async def rekey(self, ring: KeyRing) -> None:
        await self._told(lambda: self.history.rekey(ring))

    async def _run(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(WRITING)
            turn += 1
            await self._told(self.history.flush)
            if turn % FORGETTING == 1 and self.history.retain:
                await self._told(self.history.expire)

    async def _told(self, work: Callable[[], object]) -> None:
        """What fails is told and tried again at its next time."""
        try:
            await self._in_thread(work)
        except CustodyUnavailable as failure:
            self.events.emit("incident", part="history", reason=str(failure))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
