"""Counters, histograms and gauges of all processes, for Prometheus (exposition format 0.0.4).

Every process keeps a `Recorder` and pushes what changed over a Unix datagram socket; one `Aggregator` adds it up. What
could not be pushed is kept for the next time, and what a process counted outlives it. Labels never hold addresses.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from gateway.model.deadline import Clock

DATAGRAM = 48 << 10                      # octets; the kernel takes about 200 kB (net.core.wmem_default)
PUSH = 1.0                               # seconds between pushes
FORGOTTEN = 30.0                         # seconds after which a silent process's gauges no longer count
SERIES = 5000                            # label combinations of one process; more is a fault of ours
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 90.0)
"""Upper bounds in seconds: a text mail takes some milliseconds, the final reply at most 90 s."""


@dataclass(frozen=True, slots=True)
class Definition:
    kind: str                            # counter, histogram, gauge
    help: str
    labels: tuple[str, ...] = ()
    join: str = "sum"                    # how gauges of several processes become one: sum, max, min


METRICS: Mapping[str, Definition] = {
    "sekisho_connections_total": Definition("counter", "SMTP connections accepted.", ("listener",)),
    "sekisho_connections_refused_total": Definition("counter", "SMTP connections refused before a greeting.", ("listener",)),
    "sekisho_sessions": Definition("gauge", "SMTP sessions open now."),
    "sekisho_replies_total": Definition("counter", "Replies to the final dot, by code.", ("listener", "code")),
    "sekisho_faults_total": Definition("counter", "Faults of our own while a message was in hand.", ("kind",)),
    "sekisho_verdicts_total": Definition("counter", "Messages judged.", ("verdict", "disposition", "direction")),
    "sekisho_transaction_seconds": Definition("histogram", "From the final dot to our reply.", ("listener",)),
    "sekisho_inspection_seconds": Definition("histogram", "One inspection, waiting for a child included."),
    "sekisho_stage_seconds": Definition("histogram", "One stage of a message's journey.", ("stage",)),
    "sekisho_cell_deaths_total": Definition("counter", "Inspection children that died or were killed.", ("lane", "code")),
    "sekisho_cell_children": Definition("gauge", "Inspection children in use now.", ("lane",)),
    "sekisho_scanner_verdicts_total": Definition(
        "counter", "Answers of outside scanners: clean, found, failed.", ("scanner", "outcome")),
    "sekisho_unrecorded_total": Definition("counter", "Messages that passed without a journal entry."),
    "sekisho_journal_entries_total": Definition("counter", "Journal entries written."),
    "sekisho_journal_dropped_total": Definition("counter", "Journal entries dropped: queue or disk full."),
    "sekisho_events_dropped_total": Definition("counter", "Event lines that nobody took."),
    "sekisho_worker_restarts_total": Definition("counter", "Processes of ours that were started again.", ("role",)),
    "sekisho_delivered_total": Definition("counter", "Messages that the next hop took.", ("direction",)),
    "sekisho_held_total": Definition("counter", "Messages taken into custody.", ("direction",)),
    "sekisho_refused_total": Definition("counter", "Messages answered 5xx.", ("direction",)),
    "sekisho_deferred_total": Definition("counter", "Messages answered 4xx.", ("direction",)),
    "sekisho_metrics_unknown_total": Definition("counter", "Values for metrics or labels that the table does not have."),
    "sekisho_quarantine_items": Definition("gauge", "Messages in custody.", ("status",), "max"),
    "sekisho_quarantine_bytes": Definition("gauge", "Octets of blobs in custody.", (), "max"),
    "sekisho_outbox_entries": Definition("gauge", "Notices and releases waiting.", (), "max"),
    "sekisho_outbox_oldest_seconds": Definition("gauge", "Age of the oldest outbox entry.", (), "max"),
    "sekisho_notices_total": Definition("counter", "Notices written.", ("outcome",)),
    "sekisho_audit_chain_ok": Definition("gauge", "1 while the audit chain verifies.", (), "min"),
    "sekisho_disk_free_bytes": Definition("gauge", "Free space of the state directory.", (), "min"),
    "sekisho_keeper_up": Definition("gauge", "1 while the keeper answers the supervisor.", (), "min"),
    "sekisho_next_hop_up": Definition("gauge", "1 while the next hop answers.", ("listener",), "max"),
    "sekisho_reloads_total": Definition("counter", "Reloads of policy and signatures.", ("outcome",)),
    "sekisho_certificate_seconds": Definition("gauge", "Until the listener's certificate ends.", ("listener",), "min"),
}
"""Every metric there is; `docs/reference/metrics.md` lists the same."""

Key = tuple[str, tuple[str, ...]]
UNKNOWN: Key = ("sekisho_metrics_unknown_total", ())


@dataclass(slots=True)
class Histogram:
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, buckets: Sequence[int], total: float) -> None:
        self.buckets = [a + b for a, b in zip(self.buckets, buckets, strict=True)]
        self.total += total


@dataclass(slots=True)
class Batch:
    """What changed since the last push."""

    counters: dict[Key, float] = field(default_factory=dict)
    histograms: dict[Key, Histogram] = field(default_factory=dict)
    gauges: dict[Key, float | None] = field(default_factory=dict)       # None: what was measured is no more


class Recorder:
    """Implements `gateway.model.ports.Metrics` for one process; safe from several threads."""

    def __init__(self, definitions: Mapping[str, Definition] = METRICS) -> None:
        self.definitions = definitions
        self._lock = threading.Lock()
        self._batch = Batch()
        self._gauges: dict[Key, float | None] = {}

    def count(self, name: str, /, amount: float = 1, **labels: str) -> None:
        with self._lock:
            key = self._key(name, "counter", labels)
            if key is None:
                return
            self._batch.counters[key] = self._batch.counters.get(key, 0) + amount

    def observe(self, name: str, seconds: float, /, **labels: str) -> None:
        with self._lock:
            key = self._key(name, "histogram", labels)
            if key is None:
                return
            histogram = self._batch.histograms.setdefault(key, Histogram())
            histogram.buckets[bisect_left(BUCKETS, seconds)] += 1
            histogram.total += seconds

    def gauge(self, name: str, value: float | None, /, **labels: str) -> None:
        """None ends the series."""
        with self._lock:
            key = self._key(name, "gauge", labels)
            if key is not None:
                self._gauges[key] = value

    def _key(self, name: str, kind: str, labels: Mapping[str, str]) -> Key | None:
        """None for what METRICS does not know. It is counted, not raised: a metric must not cost a mail its answer."""
        definition = self.definitions.get(name)
        if definition is None or definition.kind != kind or labels.keys() != set(definition.labels):
            self._batch.counters[UNKNOWN] = self._batch.counters.get(UNKNOWN, 0) + 1
            return None
        return name, tuple([str(labels[label])[:100] for label in definition.labels])

    def take(self) -> Batch:
        """The changes, which are the caller's now; all gauges."""
        with self._lock:
            batch, self._batch = self._batch, Batch()
            batch.gauges = dict(self._gauges)
            return batch

    def give_back(self, batch: Batch) -> None:
        """What could not be pushed counts again."""
        with self._lock:
            merge(self._batch, batch)


def merge(into: Batch, batch: Batch) -> None:
    for key, amount in batch.counters.items():
        into.counters[key] = into.counters.get(key, 0) + amount
    for key, histogram in batch.histograms.items():
        into.histograms.setdefault(key, Histogram()).add(histogram.buckets, histogram.total)


def encode(batch: Batch, source: str) -> list[bytes]:
    """Datagrams of at most DATAGRAM octets."""
    rows: list[list[Any]] = [["c", *key, amount] for key, amount in batch.counters.items()]
    rows += [["h", *key, [*histogram.buckets, histogram.total]] for key, histogram in batch.histograms.items()]
    rows += [["g", *key, value] for key, value in batch.gauges.items()]
    pieces = [json.dumps(row).encode() for row in rows[:SERIES]]
    datagrams: list[bytes] = []
    head = json.dumps(source).encode()
    current = [head]
    for piece in pieces:
        if sum(map(len, current)) + len(current) + len(piece) > DATAGRAM:
            datagrams.append(b"[" + b",".join(current) + b"]")
            current = [head]
        current.append(piece)
    return [*datagrams, b"[" + b",".join(current) + b"]"]


class Pusher:
    """Sends a process's changes to the aggregator, by `run` or by hand."""

    def __init__(self, recorder: Recorder, address: Path) -> None:
        self.recorder = recorder
        self.address = address
        self.source = str(os.getpid())

    def push(self) -> bool:
        """One push. False: the aggregator is not there or full, and everything is kept."""
        batch = self.recorder.take()
        try:
            folder = os.open(self.address.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self.recorder.give_back(batch)
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
                peer.setblocking(False)
                for datagram in encode(batch, self.source):
                    peer.sendto(datagram, f"/proc/self/fd/{folder}/{self.address.name}")
        except OSError:
            self.recorder.give_back(batch)
            return False
        finally:
            os.close(folder)
        return True

    async def run(self) -> None:
        """Pushes every second until it is cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(PUSH)
                self.push()
        finally:
            self.push()


class Aggregator:
    """Adds up what all processes push. Its `render` is what /metrics answers."""

    def __init__(self, clock: Clock, definitions: Mapping[str, Definition] = METRICS) -> None:
        self.clock = clock
        self.definitions = definitions
        self.sums = Batch()
        self.gauges: dict[str, tuple[float, dict[Key, float | None]]] = {}   # source -> when heard, its gauges
        self.refused = 0                 # datagrams that were no batch of ours
        self._socket: socket.socket | None = None

    def listen(self, address: Path) -> None:
        """Takes datagrams at `address`, in the running event loop."""
        address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        folder = os.open(address.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(address.name, dir_fd=folder)
            self._socket.bind(f"/proc/self/fd/{folder}/{address.name}")
        finally:
            os.close(folder)
        address.chmod(0o600)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._hear, self._socket)

    def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _hear(self, peer: socket.socket) -> None:
        for _ in range(100):
            try:
                self.take(peer.recv(1 << 20))
            except BlockingIOError:
                return

    def take(self, datagram: bytes) -> None:
        """One datagram; what is none of ours is counted and left."""
        try:
            source, *rows = json.loads(datagram)
            batch = Batch()
            for kind, name, labels, value in rows:
                self._file(batch, kind, (name, tuple(labels)), value)
        except (ValueError, TypeError, KeyError, RecursionError):
            self.refused += 1
            return
        merge(self.sums, batch)
        _, known = self.gauges.get(str(source), (0.0, {}))
        self.gauges[str(source)] = (self.clock.monotonic(), {**known, **batch.gauges})

    def _file(self, batch: Batch, kind: str, key: Key, value: Any) -> None:
        definition = self.definitions[key[0]]
        if len(key[1]) != len(definition.labels) or {"c": "counter", "h": "histogram", "g": "gauge"}[kind] != definition.kind:
            raise ValueError("another metric than we know")
        if kind == "c":
            batch.counters[key] = float(value)
        elif kind == "g":
            batch.gauges[key] = None if value is None else float(value)
        else:
            *buckets, total = value
            if len(buckets) != len(BUCKETS) + 1:
                raise ValueError("other buckets than ours")
            batch.histograms[key] = Histogram([int(b) for b in buckets], float(total))

    def render(self) -> bytes:
        """The exposition text, every metric of the table with its help, sorted."""
        registry = CollectorRegistry()
        registry.register(_Collector(self._collect))  # type: ignore[arg-type]
        return generate_latest(registry)

    def _collect(self) -> list[Metric]:
        return [self._family(name, definition) for name, definition in sorted(self.definitions.items())]

    def _family(self, name: str, definition: Definition) -> Metric:
        if definition.kind == "counter":
            counter = CounterMetricFamily(name, definition.help, labels=definition.labels)
            for (other, labels), amount in sorted(self.sums.counters.items()):
                if other == name:
                    counter.add_metric(labels, amount)
            return counter
        if definition.kind == "histogram":
            family = HistogramMetricFamily(name, definition.help, labels=definition.labels)
            for (other, labels), histogram in sorted(self.sums.histograms.items(), key=lambda item: item[0]):
                if other == name:
                    family.add_metric(labels, _cumulative(histogram), histogram.total)
            return family
        gauge = GaugeMetricFamily(name, definition.help, labels=definition.labels)
        for labels, value in sorted(self._joined(name, definition).items()):
            gauge.add_metric(labels, value)
        return gauge

    def _joined(self, name: str, definition: Definition) -> dict[tuple[str, ...], float]:
        now = self.clock.monotonic()
        values: dict[tuple[str, ...], list[float]] = {}
        for heard, gauges in self.gauges.values():
            for (other, labels), value in gauges.items():
                if other == name and value is not None and now - heard <= FORGOTTEN:
                    values.setdefault(labels, []).append(value)
        join = {"sum": sum, "max": max, "min": min}[definition.join]
        return {labels: float(join(several)) for labels, several in values.items()}


def _cumulative(histogram: Histogram) -> list[tuple[str, float]]:
    rows: list[tuple[str, float]] = []
    so_far = 0
    for bound, number in zip([*map(str, BUCKETS), "+Inf"], histogram.buckets, strict=True):
        so_far += number
        rows.append((bound, so_far))
    return rows


@dataclass(frozen=True, slots=True)
class _Collector:
    collect: Callable[[], list[Metric]]
