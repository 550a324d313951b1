"""Custody from the configuration: database, keys, blobs and the service over them. For the keeper and the command line."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
import tempfile
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from gateway.config import Config
from gateway.model.deadline import Clock
from gateway.model.errors import ConfigError, SekishoError
from gateway.notices import Answerer, House
from quarantine import keys
from quarantine.blobs import Blobs, FileBlobs
from quarantine.settings import configure, sqlite_url

if TYPE_CHECKING:                            # Django's models can be imported only when Django is configured
    from quarantine.custodian import CustodySettings
    from quarantine.service import QuarantineService

SECRET = re.compile(r"[A-Za-z0-9_-]{40,}")


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
    """A random secret in a file of its own, made when it is not there. Raises SekishoError."""
    try:
        if not path.exists():
            make_secret(path)
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as failure:
        raise SekishoError(f"{path}: {failure.strerror}") from failure
    if not SECRET.fullmatch(text):
        raise SekishoError(f"{path}: is damaged; remove it, a new one is made and people log in again")
    return text


def make_secret(path: Path) -> None:
    """Whole or not at all: on a full disk, or beside another worker who was quicker."""
    fd, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        os.chmod(aside, 0o400)
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        os.unlink(aside)


def ensure_keys(config: Config, clock: Clock, fresh: bool) -> keys.KeyRing:
    """The key ring; a first key is made only where custody is begun: held mail without its key is lost."""
    path = config.quarantine.key_file
    return keys.create_key_file(path, clock.now()) if fresh and not path.exists() else keys.load(path)


def index_name(config: Config) -> str:
    """The index as people know it, without a password."""
    plain = config.quarantine.database
    return str(config.gateway.state_dir / "quarantine.db") if plain == "sqlite" else plain.rpartition("@")[2] or plain


def blob_store(config: Config) -> Blobs:
    """Where held octets are. Raises ConfigError, SekishoError."""
    custody, folder = config.quarantine, config.gateway.state_dir
    if custody.blobs == "file":
        return FileBlobs(folder / "blobs", reserve=custody.min_free)
    try:
        from quarantine.s3 import Place, S3Blobs  # an extra of the distribution
    except ModuleNotFoundError as missing:
        raise ConfigError(f'held mail in S3 needs {missing.name}: pip install "sekisho[s3]"', "quarantine.blobs") from missing
    return S3Blobs(Place.of(custody.blobs, custody.blobs_credentials), folder / "spool", reserve=custody.min_free)


def refuse_lost_index(config: Config) -> bool:
    """True where custody is to be begun; Django is configured. Raises Unbound where held mail is there already."""
    from quarantine.binding import refuse_lost_index as refuse
    from quarantine.database import is_fresh

    fresh = is_fresh()
    folder = config.gateway.state_dir / "blobs"
    if fresh and (config.quarantine.blobs != "file" or folder.is_dir()):
        store = blob_store(config)
        refuse(store, store.root, index_name(config))
    return fresh


def open_service(config: Config, clock: Clock, begin: bool = True) -> QuarantineService:
    """The service on an open, migrated database. Only one process at a time may write: the keeper, or a command without one.

    Without `begin` none is made where none is: who looks into the wrong place must not find a new and empty custody there.
    Raises KeyProblem, DatabaseRefused, ConfigError, SekishoError (the index or the store is gone), CustodyUnavailable.
    """
    configure(database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
    from quarantine.binding import bind, refuse_other_keys  # Django models can be imported only now
    from quarantine.claim import claim
    from quarantine.database import open_database, readable
    from quarantine.service import QuarantineService

    fresh = refuse_lost_index(config)
    if fresh and not begin:
        raise SekishoError(f"{index_name(config)}: no custody was begun there; make it with: sekisho init")
    ring = ensure_keys(config, clock, fresh)
    alone = claim()
    with readable():
        alone.hold()
    try:
        open_database(clock.now())
        blobs = blob_store(config)
        with readable():
            refuse_other_keys(ring, config.quarantine.key_file)
            bind(blobs, blobs.root, index_name(config))
    except SekishoError:
        alone.release()
        raise
    return QuarantineService(ring, blobs, clock, settings(config), answers=Answerer(House.of(config), clock.now), claim=alone)


def settings(config: Config) -> CustodySettings:
    """What the configuration says about custody. Imports Django's models: after `configure`."""
    from quarantine.custodian import CustodySettings

    custody = config.quarantine
    return CustodySettings(node=socket.gethostname()[:64] or "keeper", retain=timedelta(seconds=custody.retain),
                           four_eyes_persons=custody.four_eyes_persons,
                           remember_words=timedelta(seconds=config.passwords.remember),
                           release_opened=config.passwords.opened == "release",
                           pass_lifetime=timedelta(seconds=config.notices.link_lifetime),
                           approval_deadline=timedelta(seconds=config.approval.deadline),
                           owners={one.name: one.owner for one in config.listeners},
                           our_domains=frozenset(config.gateway.our_domains), timezone=config.gateway.timezone,
                           digest={"": config.notices.digest, **config.notices.digests}, digest_at=config.notices.digest_at)


def embedded(config: Config) -> tuple[Path, Path]:
    """Database and folder of blobs, where both are files of ours. Raises ConfigError where a server keeps them."""
    if config.quarantine.database != "sqlite":
        raise ConfigError("a database server is backed up by its own tools (pg_dump), together with the blobs",
                          "quarantine.database")
    if config.quarantine.blobs != "file":
        raise ConfigError("an object store is backed up by its own tools, together with the database", "quarantine.blobs")
    return config.gateway.state_dir / "quarantine.db", config.gateway.state_dir / "blobs"


def save(config: Config, file: Path, clock: Clock) -> tuple[int, int]:
    """A consistent backup, also while the keeper runs; how many held messages are in it, and of how many the octets are gone.
    Raises BackupProblem."""
    database, blobs = embedded(config)
    if not database.exists():
        raise SekishoError(f"{database}: there is no custody to back up; sekisho init makes one")
    made = backups(config).backup(database, blobs, file, clock.now())
    return made.blobs, made.lost


def put_back(config: Config, file: Path) -> int:
    """Restores a backup where no custody is; how many held messages it had. Its key must be there first."""
    database, blobs = embedded(config)
    ring = keys.load(config.quarantine.key_file)
    restored: int = backups(config).restore(file, database, blobs, ring).blobs
    return restored


def backups(config: Config) -> ModuleType:
    configure(database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
    from quarantine import backup  # Django's models can be imported only now

    return backup
