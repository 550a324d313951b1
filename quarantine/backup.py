"""Backup and restore of an embedded custody (SQLite and files), consistent while the keeper runs.

The file is a tar: manifest.json, database.sqlite, blobs/BUCKET/NAME. First the database by SQLite's backup API, then the
sealed files that this copy names. The master key is not in it, so whoever finds a backup reads nothing; keep the key
file elsewhere. Mail destroyed while the backup ran is destroyed in the restored database too.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from gateway.model.errors import SekishoError
from quarantine.blobs import MARK
from quarantine.keys import KeyRing, sync_directory
from quarantine.models import SCHEMA
from quarantine.room import reason

WHOLE = "backup.tar"
BLOB = re.compile(r"blobs/([0-9a-f]{3}/[0-9a-f]{40})")


class BackupProblem(SekishoError):
    """The backup cannot be written or is none; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    format: str
    made_at: str
    schema: int
    database_sha256: str
    blobs: int
    lost: int = 0                        # held messages whose octets are gone, though nobody destroyed them


def backup(database: Path, blobs: Path, target: Path, now: datetime) -> Manifest:
    """Write `target` (mode 0600) in a folder of its own beside itself and rename it; of what is there only an older backup
    is replaced. Raises BackupProblem."""
    try:
        _refuse_others(target)
        with tempfile.TemporaryDirectory(prefix=".sekisho-backup-", dir=target.parent) as folder:
            manifest = _write(database, blobs, Path(folder), now)
            os.replace(Path(folder) / WHOLE, target)
        sync_directory(target.absolute().parent)
    except sqlite3.Error as error:
        what = reason(database, error)
        raise BackupProblem(f"{database}: the database is damaged or busy: {what}; nothing was backed up") from error
    except (OSError, tarfile.TarError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BackupProblem(f"{target}: the backup cannot be written: {why}") from error
    return manifest


def _refuse_others(target: Path) -> None:
    """A name typed wrongly may be that of a device, of the key file, of the database itself."""
    if not target.exists() or (target.is_file() and not target.stat().st_size):
        return
    try:
        if not target.is_file():
            raise KeyError
        with tarfile.open(target, "r:") as archive:
            _read_manifest(archive, target)
    except (tarfile.TarError, KeyError, BackupProblem):
        raise BackupProblem(f"{target} exists already and is no backup of ours; name another") from None


def _write(database: Path, blobs: Path, folder: Path, now: datetime) -> Manifest:
    copy, about = folder / "database.sqlite", folder / "manifest.json"
    _copy_database(database, copy)
    _examine(copy, database)
    names = list(_blob_names(copy))
    descriptor = os.open(folder / WHOLE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        present = {name: (blobs / name).exists() for name in names}
        lost = _still_known(database, [name for name, there in present.items() if not there])
        if lost and not any(present.values()):
            raise BackupProblem(f"{blobs}: the held messages are gone, {len(names)} are known; put the folder back")
        manifest = Manifest("sekisho-backup-1", now.isoformat(timespec="seconds"), SCHEMA, file_sha256(copy),
                            sum(present.values()), lost)
        about.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        archive.add(about, about.name)
        archive.add(copy, copy.name)
        for name in (name for name, there in present.items() if there):
            _add(archive, blobs / name, f"blobs/{name}")
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _copy_database(database: Path, copy: Path) -> None:
    descriptor = os.open(copy, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    os.close(descriptor)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=2048)
        target.execute("PRAGMA journal_mode=DELETE")


def _examine(copy: Path, database: Path) -> None:
    """What is damaged, or not to be understood, must not take the place of an older backup that is good."""
    with closing(sqlite3.connect(copy)) as found:
        verdict = str(found.execute("PRAGMA quick_check(1)").fetchone()[0])
        tables = {name for name, in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        known = found.execute("SELECT schema FROM quarantine_state").fetchone() if "quarantine_state" in tables else None
    if verdict != "ok":
        what = " ".join(verdict.split())
        raise BackupProblem(f"{database}: the database is damaged: {what}; nothing was backed up, restore a backup")
    if known is None:
        raise BackupProblem(f"{database}: there is no custody in it to back up")
    if known[0] > SCHEMA:
        raise BackupProblem(f"{database}: the database has schema {known[0]}, this program knows {SCHEMA}: "
                            "use the version that wrote it")


def _blob_names(database: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as copy:
        for name, in copy.execute("SELECT blob FROM quarantine_quarantinedmessage WHERE blob <> '' ORDER BY blob"):
            yield name


def _still_known(database: Path, names: Sequence[str]) -> int:
    """How many of these are known now too: the others were destroyed while the backup ran."""
    return len(set(names) & set(_blob_names(database))) if names else 0


def _key_ids(database: Path) -> list[str]:
    """The master keys under which held messages of this copy are, and the ends of its chains."""
    with closing(sqlite3.connect(database)) as copy:
        rows = copy.execute("SELECT key_id FROM quarantine_quarantinedmessage WHERE wrapped_key IS NOT NULL"
                            " UNION SELECT key_id FROM quarantine_audithead")
        return [id for id, in rows]


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        archive.add(path, name, recursive=False)
    except FileNotFoundError:
        return                           # destroyed a moment ago: restore destroys its key


def restore(source: Path, database: Path, blobs: Path, ring: KeyRing) -> Manifest:
    """Put a backup back where no custody is. Raises BackupProblem, KeyProblem; an existing database is never touched."""
    mark = blobs / MARK                  # of an index that is gone: the restored one writes its own
    if database.exists() or (blobs.exists() and any(path != mark for path in blobs.iterdir())):
        raise BackupProblem(f"{database.parent}: there is a custody already; restore into an empty state directory")
    aside = database.with_name(database.name + ".restored")
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _read_manifest(archive, source)
            _extract(archive, "database.sqlite", aside)
            if file_sha256(aside) != manifest.database_sha256:
                raise BackupProblem(f"{source}: the backup is damaged: its database is not the one written")
            for id in _key_ids(aside):
                ring.key(id)             # or it would be restored, and nobody could read it
            mark.unlink(missing_ok=True)
            _restore_blobs(archive, blobs)
        _destroy_missing(aside, blobs)
        os.replace(aside, database)
        sync_directory(database.parent)
    except (OSError, sqlite3.Error, tarfile.TarError, KeyError) as error:
        shutil.rmtree(blobs, ignore_errors=True)
        what = "this is no backup, or only a part of one: " if isinstance(error, tarfile.ReadError) else ""
        raise BackupProblem(f"{source}: the backup cannot be restored: {what}{error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def _read_manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    file = archive.extractfile("manifest.json")
    try:
        manifest = Manifest(**json.loads(file.read(1 << 16) if file else b""))
    except (TypeError, ValueError) as error:
        raise BackupProblem(f"{source}: this is no backup of ours") from error
    if manifest.format != "sekisho-backup-1" or manifest.schema > SCHEMA:
        made = f"form {manifest.format} and schema {manifest.schema}"
        raise BackupProblem(f"{source}: the backup has {made}: a newer version made it")
    return manifest


def _extract(archive: tarfile.TarFile, name: str, target: Path) -> None:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(file, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())


def _restore_blobs(archive: tarfile.TarFile, blobs: Path) -> None:
    """Only names of our own form become paths."""
    directories = set()
    for member in archive:
        found = BLOB.fullmatch(member.name)
        if found is not None and member.isreg():
            _extract(archive, member.name, blobs / found[1])
            directories.add((blobs / found[1]).parent)
    for directory in directories:
        sync_directory(directory)


def _destroy_missing(database: Path, blobs: Path) -> None:
    """Rows whose file was destroyed while the backup ran: destroyed here too."""
    with closing(sqlite3.connect(database)) as copy, copy:
        copy.execute("PRAGMA secure_delete=ON")
        gone = [name for name, in copy.execute("SELECT blob FROM quarantine_quarantinedmessage WHERE blob <> ''")
                if not (blobs / name).exists()]
        copy.executemany(
            "UPDATE quarantine_quarantinedmessage SET ended_as = status, status = 'purged', wrapped_key = NULL, detail = x'',"
            " blob = '' WHERE blob = ?", [(name,) for name in gone])


def file_sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
