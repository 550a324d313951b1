"""Custody from the configuration: database, keys, blobs and the service over them. For the keeper and the command line."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from gateway.config import Config
from gateway.model.deadline import Clock
from gateway.model.errors import ConfigError, SekishoError
from gateway.notices import Answerer, House
from quarantine import keys
from quarantine.settings import configure, sqlite_url


def database_url(config: Config) -> str:
    """Django's database as a URL; a password comes from its file and is never printed."""
    custody = config.quarantine
    if custody.database == "sqlite":
        return sqlite_url(config.gateway.state_dir / "quarantine.db")
    if custody.database_password_file is None:
        return custody.database
    try:
        password = custody.database_password_file.read_text(encoding="utf-8").strip()
    except OSError as failure:
        raise ConfigError(f"{custody.database_password_file}: {failure.strerror}", "quarantine.database_password_file") from failure
    scheme, _, rest = custody.database.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}{at}{place}" if at else custody.database


def secret_of(path: Path) -> str:
    """A random secret in a file of its own, made when it is not there."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    try:
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
    except FileExistsError:                  # another worker was quicker
        return path.read_text(encoding="ascii")
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii")


def ensure_keys(config: Config, clock: Clock) -> keys.KeyRing:
    """The key ring; a first key is made only where there is no database yet: held mail without its key is lost."""
    refuse_lost_index(config)
    path = config.quarantine.key_file
    if not path.exists() and not (config.gateway.state_dir / "quarantine.db").exists():
        return keys.create_key_file(path, clock.now())
    return keys.load(path)


def refuse_lost_index(config: Config) -> None:
    """Held mail without the index that knows it is not begun anew upon: what no row knows would be swept away within hours."""
    database, blobs = config.gateway.state_dir / "quarantine.db", config.gateway.state_dir / "blobs"
    if config.quarantine.database != "sqlite" or (database.exists() and database.stat().st_size):
        return
    lost = sum(len(files) for _, _, files in os.walk(blobs))
    if lost:
        raise SekishoError(f"{database}: the index is gone, but {blobs} has {lost} held messages; put the index back, "
                           "or move the blobs away and restore a backup")


def open_service(config: Config, clock: Clock):  # type: ignore[no-untyped-def]
    """The service on an open, migrated database. Only one process at a time may write: the keeper, or a command without one.

    Raises KeyProblem, DatabaseRefused, ConfigError, SekishoError (the index is gone).
    """
    ring = ensure_keys(config, clock)
    configure(database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
    from quarantine.blobs import FileBlobs  # Django models can be imported only now
    from quarantine.database import open_database
    from quarantine.service import QuarantineService

    open_database(clock.now())
    custody = config.quarantine
    if custody.blobs != "file":
        raise ConfigError("held mail in S3 is not built into this program; use \"file\"", "quarantine.blobs")
    blobs = FileBlobs(config.gateway.state_dir / "blobs", reserve=custody.min_free)
    return QuarantineService(ring, blobs, clock, settings(config), answers=Answerer(House.of(config), clock.now))


def settings(config: Config):  # type: ignore[no-untyped-def]
    """What the configuration says about custody. Imports Django's models: after `configure`."""
    from quarantine.custodian import CustodySettings

    custody = config.quarantine
    return CustodySettings(node=socket.gethostname()[:64] or "keeper", retain=timedelta(seconds=custody.retain),
                           four_eyes_persons=custody.four_eyes_persons,
                           remember_words=timedelta(seconds=config.passwords.remember),
                           release_opened=config.passwords.opened == "release")


def embedded(config: Config) -> tuple[Path, Path]:
    """Database and folder of blobs, where both are files of ours. Raises ConfigError where a server keeps them."""
    if config.quarantine.database != "sqlite":
        raise ConfigError("a database server is backed up by its own tools (pg_dump), together with the blobs",
                          "quarantine.database")
    if config.quarantine.blobs != "file":
        raise ConfigError("an object store is backed up by its own tools, together with the database", "quarantine.blobs")
    return config.gateway.state_dir / "quarantine.db", config.gateway.state_dir / "blobs"


def save(config: Config, file: Path, clock: Clock) -> int:
    """A consistent backup, also while the keeper runs; how many held messages are in it. Raises BackupProblem."""
    database, blobs = embedded(config)
    if not database.exists():
        raise SekishoError(f"{database}: there is no custody to back up; sekisho init makes one")
    return backups(config).backup(database, blobs, file, clock.now()).blobs


def put_back(config: Config, file: Path) -> int:
    """Restores a backup where no custody is; how many held messages it had. Its key must be there first."""
    database, blobs = embedded(config)
    keys.load(config.quarantine.key_file)    # without it nothing of the backup could be read
    return backups(config).restore(file, database, blobs).blobs


def backups(config: Config):  # type: ignore[no-untyped-def]
    configure(database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
    from quarantine import backup  # Django's models can be imported only now

    return backup
