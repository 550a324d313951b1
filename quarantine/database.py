"""Opening the database: ours, whole and not newer than this program, or one clear line and nothing touched."""

from __future__ import annotations

import os
import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine import migrations
from quarantine.models import SCHEMA, State
from quarantine.room import reason

PRODUCT = "sekisho"
APPLICATION_ID = 0x534B5348              # "SKSH" in the header of our SQLite files
CHECKED = 64 << 20                       # octets of a file that are all checked at each start


class DatabaseRefused(SekishoError):
    """The database is foreign, newer or damaged. Nothing was changed."""


def open_database(now: datetime) -> None:
    """Check the configured database, bring its schema up to this program's, and stamp it."""
    with readable() as name:
        known = look(name)
        if known is None or known.schema < SCHEMA or pending():
            mark_as_ours()
            # a server can take all of it back; SQLite's own is marked, and completed at the next start
            with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
                call_command("migrate", verbosity=0, interactive=False)
        stamp(known, now)


@contextmanager
def readable() -> Iterator[str]:
    """The database's name; its errors as one line."""
    name = str(connection.settings_dict["NAME"])
    try:
        yield name
    except (OperationalError, InterfaceError) as error:
        # a full disk, a lock, a server that is down: it may pass, and clean mail flows meanwhile
        connection.close()
        raise CustodyUnavailable(f"{name}: the database cannot be used: {one_line(error)}") from error
    except DatabaseError as error:
        raise DatabaseRefused(f"{name}: the database cannot be used: {one_line(error)}") from error


def look(name: str) -> State | None:
    """What this database is; None where nothing was ever written to it. Raises DatabaseRefused. Changes nothing."""
    ours = connection.vendor == "sqlite" and check_sqlite(Path(name))
    if connection.vendor == "postgresql":
        check_server(name)
    found = tables()
    known = State.objects.order_by("id").first() if "quarantine_state" in found else None
    if known is None and found and not ours:
        raise DatabaseRefused(f"{name}: this database belongs to something else; give an empty one")
    if known is not None:
        check_state(name, known)
    if "django_migrations" in found:
        check_migrations(name)
    return known


def is_fresh() -> bool:
    """True where custody was never begun in the configured database."""
    with readable() as name:
        if connection.vendor == "sqlite" and not (Path(name).exists() and Path(name).stat().st_size):
            return True
        return look(name) is None


def freshen() -> None:
    """A connection to a server that died while nobody used it is replaced by a new one."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.health_check_done = False
        connection.close_if_health_check_failed()


# What a server may not be set to, each with the reason: (setting, wanted, why)
SERVER = (
    ("server_encoding", ("UTF8",), "its encoding cannot hold all characters: create it with ENCODING 'UTF8'"),
    ("fsync", ("on",), "with fsync = off a crash would lose mail that was acknowledged"),
    ("full_page_writes", ("on",), "with full_page_writes = off a crash would damage it"),
    ("synchronous_commit", ("on", "remote_write", "remote_apply"),
     "with this synchronous_commit a crash would lose mail that was acknowledged: set it to on"),
)
OLDEST_SERVER = 14                       # Django 5.2


def check_server(name: str) -> None:
    with connection.cursor() as cursor:
        version = connection.pg_version // 10000
        if version < OLDEST_SERVER:
            raise DatabaseRefused(f"{name}: the server is PostgreSQL {version}, at least {OLDEST_SERVER} is needed")
        for setting, wanted, why in SERVER:
            cursor.execute("SELECT current_setting(%s)", [setting])
            if (found := cursor.fetchone()[0]) not in wanted:
                raise DatabaseRefused(f"{name}: {setting} is {found}: {why}")


def check_sqlite(path: Path) -> bool:
    """Look at the file read-only, before anything of ours writes to it. True where it bears our mark: also a database whose
    making was interrupted, by a full disk for example, which is then completed."""
    if not path.exists() or path.stat().st_size == 0:
        if not path.parent.is_dir():
            raise DatabaseRefused(f"{path}: the directory does not exist")
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        os.close(descriptor)
        return True
    if path.is_dir():
        raise DatabaseRefused(f"{path}: is a folder; move it away")
    try:
        # mode=ro still reads the write-ahead log; immutable would not
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            owner = database.execute("PRAGMA application_id").fetchone()[0]
            verdict = checked(database, path)
            names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        database.close()
    except sqlite3.OperationalError as error:
        raise CustodyUnavailable(f"{path}: the database cannot be used: {reason(path, error)}") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseRefused(f"{path}: the database is damaged: {one_line(error)}; restore a backup") from error
    if verdict != "ok":
        raise DatabaseRefused(f"{path}: the database is damaged: {one_line(verdict)}; restore a backup")
    if names and owner != APPLICATION_ID:
        raise DatabaseRefused(f"{path}: this database belongs to something else; give an empty one")
    return True


def checked(database: sqlite3.Connection, path: Path) -> str:
    """"ok" or what is wrong. Every page of a file up to CHECKED octets, which takes half a second; a larger one must be of
    the length that it says, and a damaged page of it is met when it is read."""
    if path.stat().st_size <= CHECKED:
        return str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    log = path.with_name(path.name + "-wal")
    pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if pages * size > path.stat().st_size and not (log.exists() and log.stat().st_size):
        return f"it is cut: {path.stat().st_size} of {pages * size} octets are there"
    return "ok"


def check_state(name: str, state: State) -> None:
    if state.product != PRODUCT:
        raise DatabaseRefused(f"{name}: this database belongs to something else; give an empty one")
    if state.schema > SCHEMA:
        raise DatabaseRefused(
            f"{name}: the database has schema {state.schema}, this program knows {SCHEMA}: it was written by a newer version")


def check_migrations(name: str) -> None:
    """A newer version's upgrade that broke off has recorded its migrations, but not yet the number of its schema."""
    ours = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    applied = {migration for app, migration in MigrationRecorder(connection).applied_migrations() if app == "quarantine"}
    if unknown := min(applied - ours, default=""):
        raise DatabaseRefused(f"{name}: the database has the migration {one_line(unknown)}, which this program does not know: "
                              "it was written by a newer version")


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def pending() -> bool:
    """True where a migration of any installed application is not applied yet."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def stamp(known: State | None, now: datetime) -> None:
    if known is None:
        State.objects.create(product=PRODUCT, schema=SCHEMA, created_at=now)
    elif known.schema != SCHEMA:
        State.objects.filter(pk=known.pk).update(schema=SCHEMA)


def mark_as_ours() -> None:
    """SQLite's application id, before the first table: what an interrupted start leaves is known again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def settle_log() -> None:
    """Fold SQLite's write-ahead log into the file and empty it: destroyed keys are then gone from both."""
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except OperationalError:
        return                           # a reader is in the way; the next one does it


def one_line(error: object) -> str:
    return " ".join(str(error).split())[:200]


def storable(text: str) -> str:
    """PostgreSQL has no NUL in text (its manual, section 8.3), UTF-8 no halves of surrogate pairs: what mail or people wrote
    must not make a row impossible, nor the batch that it is written with."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def make_storable(row: Model) -> None:
    for field in row._meta.concrete_fields:
        value = row.__dict__.get(field.attname)
        if isinstance(value, str) and not (value.isascii() and "\0" not in value):
            setattr(row, field.attname, storable(value))
