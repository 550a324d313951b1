from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.journal import store
from gateway.journal.entry import row
from gateway.journal.reader import JournalReader, JournalUnreadable, Query
from gateway.policy.stored import restore
from tests.gateway.journal.conftest import NOW, FixedClock, entry

ENTRIES = [
    entry("a", timedelta(minutes=1)),
    entry("b", timedelta(minutes=30), sender="", recipients=["carol@bank.example", "Bob@bank.example"], size=30,
          inspection={"disposition": "quarantine", "verdict": "malicious", "rule": "r1", "elapsed_ms": 90.0}),
    entry("c", timedelta(hours=5), sender="dave@other.example", inspection={"direction": "outbound", "disposition": "hold", "verdict": "sensitive"}),
    entry("d", timedelta(days=3), header_message_id="<d@x>"),
    entry("e", timedelta(days=20), sender="100%_real@x.example"),
]


@pytest.fixture
def reader(tmp_path: Path) -> JournalReader:
    connection = store.open_writer(tmp_path / "journal.db", False)
    store.write(connection, [row(e) for e in ENTRIES])
    connection.close()
    return JournalReader(tmp_path / "journal.db", FixedClock())


@pytest.mark.parametrize(("query", "found"), [
    (Query(), "abcde"), (Query(limit=2), "ab"), (Query(sender="ann@example.com"), "ad"), (Query(sender="*@other.example"), "c"),
    (Query(sender="100%*"), "e"), (Query(sender="1*_real@*"), "e"), (Query(sender="%"), ""), (Query(recipient="bob@BANK.example"), "abcde"),
    (Query(recipient="carol@*"), "b"), (Query(direction="outbound"), "c"), (Query(disposition="quarantine", rule="r1"), "b"),
    (Query(verdict="sensitive"), "c"), (Query(header_message_id="<d@x>"), "d"), (Query(since=NOW - timedelta(hours=6)), "abc"),
    (Query(until=NOW - timedelta(days=1)), "de"), (Query(sender="' OR 1=1 --"), ""),
])
def test_search(reader: JournalReader, query: Query, found: str) -> None:
    assert "".join(e["id"] for e in reader.search(query)) == found


def test_what_is_shown(reader: JournalReader) -> None:
    (shown,) = reader.search(Query(disposition="quarantine"))
    assert shown["recipients"] == ["Bob@bank.example", "carol@bank.example"]
    assert shown["received_at"] == (NOW - timedelta(minutes=30)).isoformat()
    assert "body" not in shown and "subject" not in shown


def test_stats(reader: JournalReader) -> None:
    stats = reader.stats()
    assert [stats[span]["messages"] for span in ("hour", "day", "week")] == [2, 3, 4]
    assert stats["hour"] == {
        "messages": 2, "per_minute": round(2 / 60, 3), "bytes": 40, "direction": {"inbound": 2},
        "disposition": {"deliver": 1, "quarantine": 1}, "verdict": {"clean": 1, "malicious": 1},
        "milliseconds": {"p50": 90.0, "p95": 90.0}}


SPANS = [(timedelta(days=30), timedelta()), (timedelta(days=1), timedelta()), (timedelta(minutes=31), timedelta(minutes=2)),
         (timedelta(minutes=4), timedelta(minutes=2)), (timedelta(hours=5, seconds=1), timedelta(hours=5)), (timedelta(), timedelta(hours=-1)),
         (timedelta(hours=6), timedelta(minutes=10)), (timedelta(days=21), timedelta(days=2, hours=23, minutes=53))]


def told(entries: list[dict[str, Any]], since: datetime, until: datetime) -> dict[tuple[str, str, str], int]:
    """One by one, as the journal says by its counts."""
    rows = [row(e) for e in entries]
    return Counter((r.direction, r.disposition, r.rule) for r in rows if since.timestamp() <= r.received < until.timestamp())


@pytest.mark.parametrize(("far", "near"), SPANS)
def test_counts(reader: JournalReader, far: timedelta, near: timedelta) -> None:
    counted = {(a, b, c): n for a, b, c, n in reader.counts(NOW - far, NOW - near)}
    assert counted == told(ENTRIES, NOW - far, NOW - near)


@pytest.mark.parametrize(("far", "near"), SPANS)
def test_what_an_earlier_version_did_not_count(tmp_path: Path, far: timedelta, near: timedelta) -> None:
    """Its entries are looked through; those that come after it are counted, wherever in the time they lie."""
    path = tmp_path / "journal.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as earlier:
        earlier.executescript(store.SCHEMA + "PRAGMA user_version = 1;")
        store.write(earlier, [row(e) for e in ENTRIES[2:]])
    reader = JournalReader(path, FixedClock())
    assert {(a, b, c): n for a, b, c, n in reader.counts(NOW - far, NOW - near)} == told(ENTRIES[2:], NOW - far, NOW - near)
    connection = store.open_writer(path, False)
    late = entry("late", timedelta(hours=5, minutes=1))
    store.write(connection, [row(e) for e in (*ENTRIES[:2], late)])
    connection.close()
    store.open_writer(path, False).close()
    assert {(a, b, c): n for a, b, c, n in reader.counts(NOW - far, NOW - near)} == told([*ENTRIES, late], NOW - far, NOW - near)


def test_counts_follow_what_is_replaced_and_what_is_over(tmp_path: Path) -> None:
    connection = store.open_writer(tmp_path / "journal.db", False)
    store.write(connection, [row(e) for e in ENTRIES])
    again = entry("a", timedelta(minutes=1), inspection={"disposition": "reject", "rule": "r2"})
    store.write(connection, [row(again)])
    store.expire(connection, (NOW - timedelta(days=1)).timestamp())
    reader = JournalReader(tmp_path / "journal.db", FixedClock())
    counted = {(a, b, c): n for a, b, c, n in reader.counts(NOW - timedelta(days=30), NOW)}
    assert counted == told([again, *ENTRIES[1:3]], NOW - timedelta(days=30), NOW)
    assert connection.execute("SELECT count(*) FROM counts WHERE messages <= 0 AND quarter < 1e6").fetchone() == (0,)


def test_past_mail_can_be_judged_again(reader: JournalReader) -> None:
    past = list(reader.inspections())
    assert [e["id"] for e in past] == list("edcba")
    transaction, inspection = restore(past[2])
    assert transaction.direction.value == "outbound" and transaction.envelope.reverse_path.domain == "other.example"
    assert len(list(reader.inspections(NOW - timedelta(days=1)))) == 3
    assert inspection.complete


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / "none.db", FixedClock())
    assert reader.stats()["week"]["messages"] == 0 and reader.search(Query()) == [] and list(reader.inspections()) == []
    assert not (tmp_path / "none.db").exists()


def test_a_broken_journal_says_so(tmp_path: Path) -> None:
    (tmp_path / "j.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalUnreadable, match=r"j\.db"):
        JournalReader(tmp_path / "j.db", FixedClock()).stats()
