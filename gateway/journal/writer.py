"""Recording what passed, beside the mail and not in its way: a bounded queue, one thread, batches.

Best effort: what finds no room, or no disk, is dropped and counted. Where `[quarantine] record = "required"`, `record`
returns only when the entry is on disk, and raises GatewayFault where that fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gateway.journal import entry as entries
from gateway.journal import store
from gateway.model.deadline import Clock
from gateway.model.errors import GatewayFault
from gateway.model.ports import Events, Metrics

QUEUE = 5000                             # entries; some kilobytes each
BATCH = 500                              # entries of one transaction
LINGER = 0.2                             # seconds for a batch to fill where nobody waits for it
EXPIRY = 3600.0                          # seconds between clearings of what is too old

Done = Callable[[Exception | None], None]
_Item = tuple[Mapping[str, Any], Done | None]


class JournalWriter:
    """Implements `gateway.model.ports.Journal`. One per process; several processes share the file."""

    def __init__(self, path: Path, clock: Clock, events: Events, metrics: Metrics, retain: float, required: bool = False) -> None:
        self.path = path
        self.clock = clock
        self.events = events
        self.metrics = metrics
        self.retain = retain             # seconds
        self.required = required
        self.dropped = 0
        self._queue: queue.Queue[_Item | None] = queue.Queue(QUEUE)
        self._stopping = threading.Event()
        self._connection: sqlite3.Connection | None = None
        self._failing = False
        self._expire_at = 0.0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Writes what is queued and ends."""
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=seconds)
        self._thread.join(seconds)

    async def record(self, entry: Mapping[str, Any]) -> None:
        """Raises GatewayFault only where recording is required."""
        done: asyncio.Future[None] | None = None
        item: _Item = (entry, None)
        if self.required:
            loop = asyncio.get_running_loop()
            done = loop.create_future()
            item = (entry, lambda error: loop.call_soon_threadsafe(_settle, done, error))
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            if self.required:
                raise GatewayFault("the journal's queue is full") from None
            self._drop(1)
            return
        if done is not None:
            await done

    # --- the thread

    def _run(self) -> None:
        going = True
        while going:
            batch = self._batch()
            if batch and batch[-1] is None:
                going = False
            items = [item for item in batch if item is not None]
            if items:
                self._write(items)
            self._expire()
        if self._connection is not None:
            self._connection.close()

    def _batch(self) -> list[_Item | None]:
        """What is there, after at most a second; the end marker comes last."""
        try:
            batch = [self._queue.get(timeout=1.0)]
        except queue.Empty:
            return []
        if not self.required:            # those who wait must not wait for others to come
            self._stopping.wait(LINGER)  # not for each of them: the loop and this thread would take turns at every mail
        while len(batch) < BATCH and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, items: list[_Item]) -> None:
        rows: list[entries.Row] = []
        waiting: list[Done] = []
        for entry, done in items:
            try:
                rows.append(entries.row(entry))
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                self._failed(1, f"an entry of another shape: {type(error).__name__}", [done] if done else [])
                continue
            if done is not None:
                waiting.append(done)
        if not rows:
            return
        try:
            if self._connection is None:
                self._connection = store.open_writer(self.path, self.required)
            store.write(self._connection, rows)
        except (sqlite3.Error, OSError) as error:
            self._close()
            self._failed(len(rows), str(error)[:200], waiting)
            return
        self._failing = False
        self.metrics.count("sekisho_journal_entries_total", len(rows))
        for done in waiting:
            done(None)

    def _failed(self, number: int, reason: str, waiting: list[Done]) -> None:
        """The first failure of a row of them is told; the rest are counted."""
        self._drop(number)
        if not self._failing:
            self._failing = True
            self.events.emit("incident", fault="gateway", reason=f"journal: {reason}")
        for done in waiting:
            done(GatewayFault(f"not recorded: {reason}"))

    def _drop(self, number: int) -> None:
        self.dropped += number
        self.metrics.count("sekisho_journal_dropped_total", number)

    def _expire(self) -> None:
        now = self.clock.monotonic()
        if self._connection is None or now < self._expire_at:
            return
        self._expire_at = now + EXPIRY
        try:
            store.expire(self._connection, self.clock.now().timestamp() - self.retain)
        except sqlite3.Error as error:
            self._close()
            self._failed(0, str(error)[:200], [])

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _settle(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
