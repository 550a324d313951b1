from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from quarantine import backup, keys
from quarantine.backup import BackupProblem
from quarantine.blobs import FileBlobs
from quarantine.models import QuarantinedMessage
from quarantine.service import QuarantineService
from quarantine.settings import sqlite_url, use_database
from tests.builders.custody import MARKER, ROOT, START, Held, House, admission, memory, octets


def make(house: House) -> Path:
    target = house.directory / "backup.tar"
    backup.backup(house.directory / "quarantine.sqlite", house.directory / "blobs", target, START)
    return target


def restored(house: House, source: Path, into: Path) -> QuarantineService:
    into.mkdir()
    backup.restore(source, into / "quarantine.sqlite", into / "blobs", keys.load(house.key_file))
    use_database(sqlite_url(into / "quarantine.sqlite"))
    return QuarantineService(keys.load(house.key_file), FileBlobs(into / "blobs", reserve=0), house.clock)


def test_there_and_back_with_the_key_of_then(house: House, held: Held, tmp_path: Path) -> None:
    ids = [held(data=octets(f"{n}")) for n in range(5)]
    source = make(house)
    assert source.stat().st_mode & 0o777 == 0o600
    assert MARKER.encode() not in source.read_bytes()
    keys.add_key(house.key_file, START)      # rotated since: the old key is still in the file
    service = restored(house, source, tmp_path / "new")
    for n, id in enumerate(ids):
        content = service.export_raw(ROOT, id, "look")
        assert os.pread(content.fd, 1 << 20, 0) == octets(f"{n}")
        os.close(content.fd)
    assert service.audit_verify(ROOT).flaws == ()
    assert sorted(p.name for p in house.directory.iterdir() if "backup" in p.name) == ["backup.tar"]


@pytest.mark.parametrize("name", ["quarantine", "quarantine.sqlite", "key", "device", "folder"])
def test_nothing_else_is_overwritten(house: House, held: Held, name: str) -> None:
    """`quarantine` once had its copy at `quarantine.db`: the database in use."""
    id = held()
    target = {"key": house.key_file, "device": Path("/dev/full"), "folder": house.directory}.get(name, house.directory / name)
    before = target.read_bytes() if target.is_file() else None
    if name == "quarantine":
        (house.directory / "quarantine.db").write_bytes(b"in use")
        (house.directory / "quarantine.json").write_bytes(b"in use")
        backup.backup(house.directory / "quarantine.sqlite", house.directory / "blobs", target, START)
        assert (house.directory / "quarantine.db").read_bytes() == b"in use" == (house.directory / "quarantine.json").read_bytes()
    else:
        with pytest.raises(BackupProblem, match="exists already and is no backup of ours; name another"):
            backup.backup(house.directory / "quarantine.sqlite", house.directory / "blobs", target, START)
        assert not target.is_file() or target.read_bytes() == before
    assert house.service.show(ROOT, id)


def test_an_older_backup_and_an_empty_file_are_replaced(house: House, held: Held) -> None:
    (house.directory / "backup.tar").touch()
    first = make(house).read_bytes()
    held()
    assert make(house).read_bytes() != first


def test_a_backup_whose_key_was_forgotten_is_not_restored(house: House, held: Held, tmp_path: Path) -> None:
    held()
    source = make(house)
    mine = house.key_file.read_text()
    house.key_file.chmod(0o600)
    house.key_file.write_text("")
    (tmp_path / "new").mkdir()
    other = keys.create_key_file(tmp_path / "other.key", START)
    with pytest.raises(keys.KeyProblem, match="is not in the key file: put the line of that key back into it"):
        backup.restore(source, tmp_path / "new" / "quarantine.sqlite", tmp_path / "new" / "blobs", other)
    assert list((tmp_path / "new").iterdir()) == []
    house.key_file.write_text(mine)
    backup.restore(source, tmp_path / "new" / "quarantine.sqlite", tmp_path / "new" / "blobs", keys.load(house.key_file))


def test_what_is_damaged_takes_no_good_backups_place(house: House, held: Held, tmp_path: Path) -> None:
    held()
    good = make(house).read_bytes()
    database = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(house.directory / "quarantine.sqlite")) as ours, closing(sqlite3.connect(database)) as copy:
        ours.backup(copy)
        copy.execute("UPDATE quarantine_state SET schema = 99")
        copy.commit()
    target, blobs = house.directory / "backup.tar", house.directory / "blobs"
    with pytest.raises(BackupProblem, match="has schema 99, this program knows"):
        backup.backup(database, blobs, target, START)
    octets = bytearray(database.read_bytes())
    for page in range(5 * 4096, len(octets), 7 * 4096):
        octets[page:page + 300] = b"\x07" * 300
    database.write_bytes(octets)
    with pytest.raises(BackupProblem, match=r"the database is damaged: .*; nothing was backed up"):
        backup.backup(database, blobs, target, START)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE x (y)")
    with pytest.raises(BackupProblem, match="there is no custody in it"):
        backup.backup(tmp_path / "other.sqlite", blobs, target, START)
    assert target.read_bytes() == good and not list(house.directory.glob(".sekisho-backup-*"))


def test_a_custody_without_its_octets_takes_no_good_backups_place(house: House, held: Held) -> None:
    held()
    good = make(house).read_bytes()
    shutil.rmtree(house.directory / "blobs")
    with pytest.raises(BackupProblem, match="blobs: the held messages are gone, 1 are known; put the folder back"):
        make(house)
    assert (house.directory / "backup.tar").read_bytes() == good


def test_octets_that_are_gone_are_counted(house: House, held: Held) -> None:
    """Not those that somebody destroyed while the backup ran."""
    first, _ = held(), held()
    blobs, database = house.directory / "blobs", house.directory / "quarantine.sqlite"
    (blobs / QuarantinedMessage.objects.get(pk=first).blob).unlink()
    made = backup.backup(database, blobs, house.directory / "backup.tar", START)
    assert (made.blobs, made.lost) == (1, 1)
    QuarantinedMessage.objects.filter(pk=first).update(blob="")
    made = backup.backup(database, blobs, house.directory / "backup.tar", START)
    assert (made.blobs, made.lost) == (1, 0)


def test_consistent_while_mail_comes_in(house: House, tmp_path: Path) -> None:
    stop = threading.Event()

    def admit() -> None:
        from django.db import connections
        while not stop.is_set():
            data = octets("x")
            fd = memory(data)
            house.service.admit_now(admission(data), fd)
            os.close(fd)
        connections.close_all()
    worker = threading.Thread(target=admit)
    worker.start()
    try:
        while QuarantinedMessage.objects.count() < 20:
            pass
        source = make(house)
    finally:
        stop.set()
        worker.join()
    service = restored(house, source, tmp_path / "new")
    rows = list(QuarantinedMessage.objects.values_list("pk", "status"))
    assert len(rows) >= 20 and {status for _, status in rows} == {"held"}
    for id, _ in rows[-5:]:
        os.close(service.export_raw(ROOT, id, "look").fd)
    assert service.audit_verify(ROOT).flaws == ()


def test_mail_destroyed_while_the_backup_ran(house: House, held: Held, tmp_path: Path) -> None:
    id, other = held(), held()
    (house.directory / "blobs" / QuarantinedMessage.objects.get(pk=id).blob).unlink()
    restored(house, make(house), tmp_path / "new")
    row = QuarantinedMessage.objects.get(pk=id)
    assert (row.status, row.ended_as, row.wrapped_key, bytes(row.detail)) == ("purged", "held", None, b"")
    assert QuarantinedMessage.objects.get(pk=other).status == "held"


def test_a_custody_is_never_overwritten(house: House, held: Held) -> None:
    held()
    source = make(house)
    with pytest.raises(BackupProblem, match="there is a custody already"):
        backup.restore(source, house.directory / "quarantine.sqlite", house.directory / "blobs", keys.load(house.key_file))


@pytest.mark.parametrize("damage", ["rubbish", "other tar", "newer", "changed database", "missing database", "absent"])
def test_a_damaged_backup_is_one_clear_line_and_leaves_nothing(house: House, held: Held, tmp_path: Path, damage: str) -> None:
    held()
    source, into = make(house), tmp_path / "new"
    into.mkdir()
    if damage == "rubbish":
        source.write_bytes(b"x" * 5000)
    elif damage == "absent":
        source.unlink()
    else:
        with tarfile.open(source) as archive:
            parts = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
        if damage == "other tar":
            parts = {"manifest.json": b"{}"}
        elif damage == "newer":
            parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | {"schema": 99}).encode()
        elif damage == "changed database":
            parts["database.sqlite"] = parts["database.sqlite"][:-1] + b"\x01"
        else:
            del parts["database.sqlite"]
        with tarfile.open(source, "w") as archive:
            for name, data in parts.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    with pytest.raises(BackupProblem) as caught:
        backup.restore(source, into / "quarantine.sqlite", into / "blobs", keys.load(house.key_file))
    assert str(source) in str(caught.value) and "\n" not in str(caught.value)
    assert list(into.iterdir()) == []


def test_names_in_a_backup_are_not_paths(house: House, held: Held, tmp_path: Path) -> None:
    held()
    source = make(house)
    with tarfile.open(source, "a") as archive:
        for name in ("../evil", "blobs/../../evil", "/tmp/evil", "blobs/00a/" + "g" * 40):
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    restored(house, source, tmp_path / "new")
    files = [p for p in (tmp_path / "new").rglob("*") if p.is_file() and "sqlite" not in p.name]
    assert len(files) == 1 and not (tmp_path / "evil").exists()


def test_a_target_that_cannot_be_written(house: House) -> None:
    with pytest.raises(BackupProblem, match=r"^/proc/x\.tar: the backup cannot be written: [A-Z][a-z ]+$"):
        backup.backup(house.directory / "quarantine.sqlite", house.directory / "blobs", Path("/proc/x.tar"), START)


def test_what_is_no_database_is_named_instead_of_the_target(house: House) -> None:
    (house.directory / "junk").write_text("junk" * 2000)
    with pytest.raises(BackupProblem, match="junk: the database is damaged or busy: file is not a database; nothing was backed up"):
        backup.backup(house.directory / "junk", house.directory / "blobs", house.directory / "backup.tar", START)


@pytest.mark.parametrize("octets", [1000, 3000])
def test_a_part_of_a_backup_is_called_one(house: House, held: Held, tmp_path: Path, octets: int) -> None:
    held()
    part = tmp_path / "part"
    part.write_bytes(make(house).read_bytes()[:octets])
    new = tmp_path / "new"
    new.mkdir()
    with pytest.raises(BackupProblem, match="part: the backup cannot be restored: this is no backup, or only a part of one: "):
        backup.restore(part, new / "quarantine.sqlite", new / "blobs", keys.load(house.key_file))
    assert not (new / "quarantine.sqlite").exists()
