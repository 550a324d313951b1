"""Custody on a real PostgreSQL server: the same life as on SQLite, and what only a server can do to us."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from gateway.app import custody
from gateway.config import load
from gateway.model.custody import Actor, Status
from gateway.model.errors import CustodyUnavailable, SekishoError
from gateway.ops.clock import SystemClock
from quarantine import audit, database
from quarantine.database import DatabaseRefused
from quarantine.models import SCHEMA, AuditRecord, QuarantinedMessage, State
from quarantine.reading import Query
from quarantine.settings import use_database
from tests.builders.commands import write_config
from tests.builders.custody import ANNA, BEN, BOSS, ROOT, START, House, admission, leak, memory, octets
from tests.builders.postgres import Server

pytestmark = pytest.mark.slow


def put(house: House, make=admission, **changes: object) -> str:
    data = octets(str(changes.pop("text", "x")))
    fd = memory(data)
    try:
        return house.service.admit_now(make(data, **changes), fd).id
    finally:
        os.close(fd)


def test_a_held_message_lives_as_on_sqlite(server_house: House) -> None:
    service = server_house.service
    id = put(server_house, leak, identifiers={"tw.national_id": 3}, recipients=("partner@else.example", "王@例.example"))
    threat = put(server_house, header_message_id="<a\x00b@else.example>")
    page = service.find(BOSS, Query())
    assert {m["id"] for m in page.messages} == {id, threat} and service.count(BOSS, Query())["held"] == 2
    assert [m["id"] for m in service.find(ANNA, Query(text="invoice", limit=1)).messages]
    assert service.show(ANNA, id)["identifiers"] == {"tw.national_id": 3}
    service.request(ANNA, threat, "needed \0 today")
    service.note(Actor("x\0y", frozenset()), "login-failed")
    assert service.approve(BEN, threat, "seen").status is Status.RELEASING
    assert service.deny(BOSS, id, "no").status is Status.DENIED
    server_house.clock.forward(days=91)
    assert service.expire() == 1 and service.sweep() == 0
    assert service.checkpoint(force=True) is not None
    found = service.audit_verify(ROOT)
    assert not found.flaws and found.records == AuditRecord.objects.count() > 5
    rows = list(service.audit_export(ROOT))
    assert len([r for r in rows if r["type"] == "record"]) == AuditRecord.objects.count()


def test_the_migrations_are_complete_and_repeatable(server_house: House) -> None:
    call_command("makemigrations", "quarantine", check=True, dry_run=True, verbosity=0)
    database.open_database(START)
    assert State.objects.get().schema == SCHEMA and not database.is_fresh()


def test_a_changed_record_is_found(server_house: House) -> None:
    for n in range(5):
        server_house.service.note(ANNA, f"act-{n}")
    AuditRecord.objects.filter(seq=3).update(actor="nobody")
    assert audit.verify(server_house.service.ring).flaws == (audit.Flaw("keeper", 3, "the record was changed"),)


def test_many_threads_make_one_chain(server_house: House) -> None:
    def work(n: int) -> None:
        server_house.service.note(ANNA, f"act-{n}")
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(80)))
    assert AuditRecord.objects.count() == 80 and not audit.verify(server_house.service.ring).flaws


# what a database may be

def tables_of(server: Server, name: str) -> list[tuple[object, ...]]:
    return server.run("SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
                      " ORDER BY 1, 2", name)


def refused(server: Server, name: str) -> str:
    before = tables_of(server, name)
    use_database(server.url(name))
    try:
        with pytest.raises(DatabaseRefused) as caught:
            database.open_database(START)
    finally:
        use_database("sqlite:////nonexistent/nowhere.db")
    assert tables_of(server, name) == before and "\n" not in str(caught.value)
    return str(caught.value)


def test_a_foreign_database_is_refused_untouched(server: Server, unblocked: None) -> None:
    name = server.new_database()
    server.run("CREATE TABLE customers (name text)", name)
    assert refused(server, name) == f"{name}: this database belongs to something else; give an empty one"


def test_a_newer_database_is_refused_untouched(server: Server, server_house: House) -> None:
    State.objects.update(schema=SCHEMA + 1)
    name = connection.settings_dict["NAME"]
    server_house.service.claim.release()
    assert "was written by a newer version" in refused(server, name)


def test_a_database_that_cannot_hold_all_characters(server: Server, unblocked: None) -> None:
    assert "server_encoding is SQL_ASCII" in refused(server, server.new_database("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"))


def test_a_server_that_forgets(server: Server, unblocked: None) -> None:
    name = server.new_database()
    server.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    assert "synchronous_commit is off: with this synchronous_commit a crash would lose mail" in refused(server, name)
    server.stop()
    server.start("-c", "fsync=off")
    try:
        assert "fsync is off" in refused(server, server.new_database())
    finally:
        server.stop()
        server.start()


def test_a_migration_that_fails_leaves_nothing(server: Server, unblocked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    name = server.new_database()
    use_database(server.url(name))
    real = call_command

    def broken(*words: object, **more: object) -> None:
        real(*words, **more)
        raise SekishoError("the power fails here")

    monkeypatch.setattr(database, "call_command", broken)
    with pytest.raises(SekishoError, match="the power fails"):
        database.open_database(START)
    use_database("sqlite:////nonexistent/nowhere.db")
    assert tables_of(server, name) == []


# a custody from the configuration

def configured(folder: Path, server: Server, name: str) -> object:
    state = folder / "state"
    if not state.exists():
        state.mkdir(mode=0o700)
    write_config(folder, more=f'database = "{server.url(name)}"\n')
    return load(folder / "sekisho.toml")


def opened(config: object):
    service = custody.open_service(config, SystemClock())  # type: ignore[arg-type]
    service.claim.release()
    return service


def test_lost_halves_are_refused(server: Server, unblocked: None, tmp_path: Path) -> None:
    name = server.new_database()
    config = configured(tmp_path, server, name)
    service = custody.open_service(config, SystemClock())  # type: ignore[arg-type]
    data = octets()
    fd = memory(data)
    service.admit_now(admission(data), fd)
    os.close(fd)
    service.claim.release()
    blobs, aside = tmp_path / "state" / "blobs", tmp_path / "aside"
    opened(config)
    blobs.rename(aside)
    with pytest.raises(SekishoError, match=r"blobs: the held messages are gone, but the index 127\.0\.0\.1:\d+/\w+ knows 1"):
        opened(config)
    blobs.rmdir()
    aside.rename(blobs)
    opened(config)
    other = configured(tmp_path, server, server.new_database())
    with pytest.raises(SekishoError, match=r"the index is gone, but .*blobs has 1 held messages"):
        opened(other)
    assert tables_of(server, other.quarantine.database.rpartition("/")[2]) == []  # type: ignore[attr-defined]
    key = tmp_path / "state" / "quarantine.key"
    key.rename(tmp_path / "key")
    with pytest.raises(SekishoError, match="there is no key file; put your copy back"):
        opened(configured(tmp_path, server, name))
    assert not key.exists(), "no new key beside held mail"
    use_database("sqlite:////nonexistent/nowhere.db")


def test_a_server_that_goes_away_in_service(server: Server, server_house: House) -> None:
    """Each request is unavailable (451) while it lasts; nothing is kept of them; then all goes on by itself."""
    put(server_house)
    server.stop()
    for _ in range(3):
        with pytest.raises(CustodyUnavailable):
            put(server_house)
        with pytest.raises(CustodyUnavailable):
            server_house.service.due()
        with pytest.raises(CustodyUnavailable), server_house.service.reading():
            server_house.service.find(ANNA, Query())
    server.start()
    with server_house.service.reading():
        assert len(server_house.service.find(ANNA, Query()).messages) == 1
    put(server_house)
    assert QuarantinedMessage.objects.count() == 2
    assert len(list(server_house.service.blobs.names())) == 2, "what was refused left no octets"


def test_a_server_that_is_not_there(unblocked: None) -> None:
    use_database("postgresql://x@127.0.0.1:9/y")
    with pytest.raises(CustodyUnavailable, match=r"y: the database cannot be used: .*refused"):
        database.is_fresh()
    use_database("sqlite:////nonexistent/nowhere.db")
