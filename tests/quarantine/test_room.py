"""A full disk is called full."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.model.errors import CustodyUnavailable
from quarantine.backup import BackupProblem, backup
from quarantine.database import check_sqlite
from quarantine.room import SCARCE, reason

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def leave(monkeypatch: pytest.MonkeyPatch, octets: int) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_bavail=octets, f_frsize=1))


@pytest.mark.parametrize(("octets", "said"), [(0, "disk I/O error (the disk is full: make room)"), (SCARCE, "disk I/O error")])
def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, octets: int, said: str) -> None:
    leave(monkeypatch, octets)
    assert reason(tmp_path / "x.db", "disk I/O\nerror") == said


def test_where_nobody_knows_the_room_the_error_stands_alone(tmp_path: Path) -> None:
    assert reason(tmp_path / "none" / "x.db", OSError("odd")) == "odd"


def test_it_is_told_at_the_start_and_of_a_backup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "quarantine.db"
    file.write_bytes(b"x" * 100)

    def fails(*arguments: object, **options: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(sqlite3, "connect", fails)
    leave(monkeypatch, 0)
    with pytest.raises(CustodyUnavailable, match=r"the database cannot be used: disk I/O error \(the disk is full"):
        check_sqlite(file)
    with pytest.raises(BackupProblem, match=r"the disk is full: make room\); nothing was backed up"):
        backup(file, tmp_path / "blobs", tmp_path / "b", NOW)
