from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from quarantine import database
from quarantine.database import DatabaseRefused
from quarantine.models import SCHEMA, State
from quarantine.settings import sqlite_url, use_database
from tests.builders.custody import START, Held, House, admission, octets

pytestmark = pytest.mark.usefixtures("unblocked")


def fingerprint(directory: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in directory.glob("*.sqlite")}


def refused(path: Path) -> str:
    before = fingerprint(path.parent)
    use_database(sqlite_url(path))
    with pytest.raises(DatabaseRefused) as caught:
        database.open_database(START)
    use_database("sqlite:////nonexistent/nowhere.db")
    assert fingerprint(path.parent) == before, "a refused database is not touched"
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    return str(caught.value)


def test_a_fresh_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    use_database(sqlite_url(path))
    database.open_database(START)
    database.open_database(START)
    assert State.objects.get().schema == SCHEMA
    assert path.stat().st_mode & 0o777 == 0o600
    use_database("sqlite:////nonexistent/nowhere.db")


def test_the_migrations_are_complete(house: House) -> None:
    call_command("makemigrations", "quarantine", check=True, dry_run=True, verbosity=0)


def test_a_newer_database_is_refused(house: House) -> None:
    State.objects.update(schema=SCHEMA + 1)
    use_database("sqlite:////nonexistent/nowhere.db")
    assert f"schema {SCHEMA + 1}, this program knows {SCHEMA}" in refused(house.directory / "quarantine.sqlite")


def test_the_upgrade_of_a_newer_version_that_broke_off_is_refused(house: House) -> None:
    MigrationRecorder(connection).record_applied("quarantine", "9999_later")
    use_database("sqlite:////nonexistent/nowhere.db")
    assert "the migration 9999_later, which this program does not know" in refused(house.directory / "quarantine.sqlite")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "quarantine.sqlite").mkdir()
    use_database(sqlite_url(tmp_path / "quarantine.sqlite"))
    with pytest.raises(DatabaseRefused, match="is a folder; move it away"):
        database.open_database(START)
    use_database("sqlite:////nonexistent/nowhere.db")


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE customers (name TEXT)")
    other.close()
    assert "belongs to something else" in refused(path)


def test_something_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"this is a text file, not a database " * 100)
    assert "damaged" in refused(path)


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    use_database(sqlite_url(tmp_path / "no" / "x.sqlite"))
    with pytest.raises(DatabaseRefused, match="the directory does not exist"):
        database.open_database(START)
    use_database("sqlite:////nonexistent/nowhere.db")


def test_a_damaged_database_is_refused(house: House, held) -> None:
    for _ in range(20):
        held(admission, octets())
    database.settle_log()
    use_database("sqlite:////nonexistent/nowhere.db")
    path = house.directory / "quarantine.sqlite"
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data), 4096):
        data[at:at + 200] = b"\xff" * 200
    path.write_bytes(data)
    assert "damaged" in refused(path) and "restore a backup"


@pytest.mark.parametrize("large", [False, True])
def test_a_cut_database_is_refused_whatever_its_size(house: House, held: Held, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    path = house.directory / "quarantine.sqlite"
    for _ in range(30):
        held()
    database.settle_log()
    use_database("sqlite:////nonexistent/nowhere.db")
    monkeypatch.setattr(database, "CHECKED", 0 if large else 1 << 30)
    assert database.check_sqlite(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 3 * 4096)
    assert "damaged" in refused(path)


def test_a_large_file_is_not_read_through(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    path = house.directory / "quarantine.sqlite"
    monkeypatch.setattr(database, "CHECKED", 0)
    with sqlite3.connect(path) as whole:
        whole.set_trace_callback(asked.append)
        assert database.checked(whole, path) == "ok"
    whole.close()
    assert asked and not any("quick_check" in line for line in asked)
