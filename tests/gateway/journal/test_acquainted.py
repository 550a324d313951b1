"""Who was written to before: only mail of that sender that passed counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.journal import store
from gateway.journal.acquainted import Acquainted
from gateway.journal.entry import row
from gateway.journal.reader import JournalUnreadable
from tests.gateway.journal.conftest import entry


def test_met(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    assert Acquainted(path).met("clerk@bank.example", ["a@x.example"]) == []
    connection = store.open_writer(path, False)
    passed = {"disposition": "deliver", "direction": "outbound"}
    store.write(connection, [row(e) for e in (
        entry("a", timedelta(days=3), sender="clerk@bank.example", recipients=["Known@x.example"], inspection=passed),
        entry("b", timedelta(days=2), sender="boss@bank.example", recipients=["other@x.example"], inspection=passed),
        entry("c", timedelta(days=1), sender="clerk@bank.example", recipients=["held@x.example"], inspection=passed | {"disposition": "hold"}))])
    connection.close()
    asked = ["known@X.example", "other@x.example", "held@x.example", "' OR 1=1 --"]
    assert Acquainted(path).met("Clerk@bank.example", asked) == ["known@X.example"] and Acquainted(path).met("", asked) == []


def test_a_damaged_journal_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"x" * 5000)
    with pytest.raises(JournalUnreadable):
        Acquainted(tmp_path / "journal.db").met("a@b.example", ["c@d.example"])
