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
from gateway.model.errors import ConfigError
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
    path = config.quarantine.key_file
    if not path.exists() and not (config.gateway.state_dir / "quarantine.db").exists():
        return keys.create_key_file(path, clock.now())
    return keys.load(path)


def open_service(config: Config, clock: Clock):  # type: ignore[no-untyped-def]
    """The service on an open, migrated database. Only one process at a time may write: the keeper, or a command without one.

    Raises KeyProblem, DatabaseRefused, ConfigError.
    """
    ring = ensure_keys(config, clock)
    configure(database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
    from quarantine.blobs import FileBlobs  # Django models can be imported only now
    from quarantine.custodian import CustodySettings
    from quarantine.database import open_database
    from quarantine.service import QuarantineService

    open_database(clock.now())
    custody = config.quarantine
    if custody.blobs != "file":
        raise ConfigError("held mail in S3 is not built into this program; use \"file\"", "quarantine.blobs")
    blobs = FileBlobs(config.gateway.state_dir / "blobs", reserve=custody.min_free)
    settings = CustodySettings(node=socket.gethostname()[:64] or "keeper", retain=timedelta(seconds=custody.retain))
    return QuarantineService(ring, blobs, clock, settings, answers=Answerer(House.of(config), clock.now))
