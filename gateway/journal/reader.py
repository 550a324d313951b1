"""Asking the journal: statistics, search, and past mail for `policy replay`. Reads only; no journal is an empty one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.journal.store import COUNTS, QUARTER, SCHEMA
from gateway.model.deadline import Clock
from gateway.model.errors import SekishoError

_FROM_ENTRIES = ("SELECT direction, disposition, rule, count(*) FROM entries WHERE received >= ? AND received < ?"
                 " GROUP BY direction, disposition, rule")
_FROM_COUNTS = ("SELECT direction, disposition, rule, sum(messages) FROM counts WHERE quarter >= ? AND quarter < ?"
                " GROUP BY direction, disposition, rule HAVING sum(messages) > 0")
SPANS: Mapping[str, float] = {"hour": 3600.0, "day": 86400.0, "week": 604800.0}
MOST = 10_000                            # entries of one search
_SHOWN = ("id, received, listener, client, direction, disposition, verdict, rule, sender, size, milliseconds, reply, "
          "header_message_id, sha256")


class JournalUnreadable(SekishoError):
    """The file is there and cannot be read."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; empty fields match everything. Addresses compare without case, `*` stands for anything."""

    sender: str = ""
    recipient: str = ""
    direction: str = ""
    disposition: str = ""
    verdict: str = ""
    rule: str = ""
    header_message_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100


class JournalReader:
    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock

    def stats(self) -> dict[str, dict[str, Any]]:
        """Per span of SPANS: messages, per_minute, bytes, by direction, disposition and verdict, milliseconds p50 and p95."""
        now = self.clock.now().timestamp()
        with self._open() as connection:
            return {name: _span(connection, now - seconds, seconds) for name, seconds in SPANS.items()}

    def search(self, query: Query) -> list[dict[str, Any]]:
        """Newest first, at most `query.limit`."""
        where, values = _conditions(query)
        limit = max(1, min(query.limit, MOST))
        with self._open() as connection:
            found = connection.execute(
                f"SELECT {_SHOWN} FROM entries {where} ORDER BY received DESC, id DESC LIMIT ?", [*values, limit]).fetchall()  # noqa: S608
            return [_shown(connection, row) for row in found]

    def inspections(self, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Past mail, oldest first, in the shape gateway.policy.stored reads."""
        with self._open() as connection:
            for row in connection.execute(f"SELECT {_SHOWN}, body FROM entries WHERE received >= ? ORDER BY received",  # noqa: S608
                                          [since.timestamp() if since else 0.0]):
                yield {**_shown(connection, row[:-1]), **json.loads(row[-1])}

    def latest(self, most: int) -> Iterator[dict[str, Any]]:
        """The newest entries, newest first, in the shape gateway.policy.stored reads."""
        with self._open() as connection:
            for row in connection.execute(f"SELECT {_SHOWN}, body FROM entries ORDER BY received DESC LIMIT ?", [most]):  # noqa: S608
                yield {**_shown(connection, row[:-1]), **json.loads(row[-1])}

    def counts(self, since: datetime, until: datetime) -> list[tuple[str, str, str, int]]:
        """(direction, disposition, deciding rule, messages) of a time; the rule is "" for what passed.

        Whole quarters of an hour are counted already; only the ends of the time are looked through."""
        first, last = since.timestamp(), until.timestamp()
        found: Counter[tuple[str, str, str]] = Counter()
        with self._open() as connection:
            begin, end = _counted(connection, first, last)
            for sql, low, high in ((_FROM_ENTRIES, first, min(begin * QUARTER, last)), (_FROM_COUNTS, begin, end),
                                   (_FROM_ENTRIES, max(end * QUARTER, first), last)):
                if low < high:
                    found.update({(str(a), str(b), str(c)): int(n) for a, b, c, n in connection.execute(sql, [low, high])})
        return [(*key, number) for key, number in sorted(found.items())]

    def outbound(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Outbound mail by sender and week counted back from `until` (0 is the last one): messages, octets, persons, classes."""
        last = until.timestamp()
        weeks: dict[tuple[str, int], dict[str, Any]] = {}
        with self._open() as connection:
            for sender, received, size, body in connection.execute(
                    "SELECT sender, received, size, CASE WHEN body LIKE '%\"identifiers\":{\"%' THEN body END FROM entries"
                    " WHERE direction = 'outbound' AND sender <> '' AND received >= ? AND received < ?", [since.timestamp(), last]):
                key = (sender.lower(), int((last - received) // SPANS["week"]))
                one = weeks.setdefault(key, {"messages": 0, "octets": 0, "persons": 0, "classes": {}})
                one["messages"] += 1
                one["octets"] += size
                inspection = json.loads(body)["inspection"] if body else {}
                one["persons"] += int(inspection.get("persons", 0))
                for name, count in inspection.get("identifiers", {}).items():
                    one["classes"][name] = one["classes"].get(name, 0) + count
        return [{"sender": sender, "week": week, **counts} for (sender, week), counts in sorted(weeks.items())]

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            with contextlib.closing(sqlite3.connect(":memory:")) as empty:
                empty.executescript(SCHEMA + COUNTS)
                yield empty
            return
        try:
            with contextlib.closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise JournalUnreadable(f"{self.path}: {error}") from error


def _counted(connection: sqlite3.Connection, first: float, last: float) -> tuple[int, int]:
    """The quarters within a time that are counted whole; an empty range after it where there is none."""
    end = int(last // QUARTER)
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'counted'").fetchone():
        begin = end                      # of an earlier version, which nobody has opened for writing since
    else:
        (since,) = connection.execute("SELECT since FROM counted").fetchone()
        begin = -int(-max(first, since) // QUARTER)
    # nothing in between: both entries' parts meet at the end
    return (begin, end) if begin < end else (int(-(-last // QUARTER)), int(-(-last // QUARTER)))


def _conditions(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for column in ("direction", "disposition", "verdict", "rule", "header_message_id"):
        if wanted := getattr(query, column):
            parts.append(f"{column} = ?")
            values.append(wanted)
    if query.sender:
        parts.append(_address("sender", query.sender, values))
    if query.recipient:
        parts.append(f"id IN (SELECT entry FROM recipients WHERE {_address('mailbox', query.recipient, values)})")  # noqa: S608
    if query.since is not None:
        parts.append("received >= ?")
        values.append(query.since.timestamp())
    if query.until is not None:
        parts.append("received < ?")
        values.append(query.until.timestamp())
    return ("WHERE " + " AND ".join(parts) if parts else ""), values


def _address(column: str, wanted: str, values: list[Any]) -> str:
    if "*" not in wanted:
        values.append(wanted)
        return f"{column} = ?"
    values.append(wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%"))
    return f"{column} LIKE ? ESCAPE '\\'"


def _shown(connection: sqlite3.Connection, row: tuple[Any, ...]) -> dict[str, Any]:
    entry = dict(zip(_SHOWN.split(", "), row, strict=True))
    entry["received_at"] = datetime.fromtimestamp(entry.pop("received"), UTC).isoformat()
    found = connection.execute("SELECT mailbox FROM recipients WHERE entry = ? ORDER BY mailbox", [entry["id"]])
    entry["recipients"] = [mailbox for mailbox, in found]
    return entry


def _span(connection: sqlite3.Connection, since: float, seconds: float) -> dict[str, Any]:
    totals = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM entries WHERE received >= ?", [since])
    messages, octets = totals.fetchone()
    return {
        "messages": messages, "per_minute": round(messages / (seconds / 60), 3), "bytes": octets,
        **{column: dict(connection.execute(
            f"SELECT {column}, count(*) FROM entries WHERE received >= ? GROUP BY {column} ORDER BY {column}", [since]).fetchall())  # noqa: S608
           for column in ("direction", "disposition", "verdict")},
        "milliseconds": {name: _percentile(connection, since, messages, part) for name, part in (("p50", 0.50), ("p95", 0.95))},
    }


def _percentile(connection: sqlite3.Connection, since: float, messages: int, part: float) -> float:
    if not messages:
        return 0.0
    found = connection.execute("SELECT milliseconds FROM entries WHERE received >= ? ORDER BY milliseconds LIMIT 1 OFFSET ?",
                               [since, min(messages - 1, int(messages * part))]).fetchone()
    return round(found[0], 3) if found else 0.0
