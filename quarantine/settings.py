"""Django without a project: one call configures it for the keeper, the console, the command line and the tests.

Django's settings are global to the process, so the first `configure` counts; later calls may only move the process to
another database (`use_database`), which is how every test gets its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.conf import settings
from django.db import connections

from gateway.model.errors import ConfigError

BUSY_TIMEOUT = 5.0                       # seconds a writer waits for another before "database is locked"
BASE_APPS = ("django.contrib.contenttypes", "django.contrib.auth", "quarantine")
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",           # a commit survives power loss, not only a crash
    "PRAGMA secure_delete=ON",           # a destroyed key is overwritten, not only unlinked
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA cache_size=-32768",
)
# A server that does not answer is noticed while a client still waits for its reply (libpq's names and units).
SERVER_OPTIONS = {"connect_timeout": "5", "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
                  "tcp_user_timeout": "15000"}
SERVER_SETTINGS = f"-c lock_timeout={BUSY_TIMEOUT:.0f}s -c timezone=UTC"
PASSWORD_HASHERS = ("django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher")
PASSWORD_CHECKS = (
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
)


def parse_database(url: str) -> dict[str, Any]:
    """Django's settings of `sqlite:///absolute/path` or `postgresql://user:password@host:port/name?sslmode=…`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path.startswith("/"):
        # the path is everything after sqlite:/// with its leading slash: sqlite:////var/x and sqlite:///var/x both work
        path = "/" + unquote(url.removeprefix("sqlite://")).lstrip("/")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": {
            "transaction_mode": "IMMEDIATE", "timeout": BUSY_TIMEOUT, "init_command": ";".join(PRAGMAS)}}
    if parts.scheme in ("postgresql", "postgres"):
        options = SERVER_OPTIONS | dict(parse_qsl(parts.query))
        options["options"] = f"{SERVER_SETTINGS} {options.get('options', '')}".strip()
        return {"ENGINE": "django.db.backends.postgresql", "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
                "HOST": options.pop("host", "") or parts.hostname or "", "PORT": str(parts.port or ""),
                "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    raise ConfigError(f"{parts.scheme or 'this'} is no database: use sqlite:///FILE or postgresql://…", "quarantine.database")


def sqlite_url(path: Path) -> str:
    return f"sqlite://{path.absolute()}"


def configure(database: str, secret_key: str, extra_apps: Sequence[str] = (), **extra: Any) -> None:
    """Configure Django once; a later call moves the process to `database`.

    `extra` are further Django settings in capitals (MIDDLEWARE, TEMPLATES, ROOT_URLCONF … of the console).
    """
    if settings.configured:
        missing = [app for app in extra_apps if app not in settings.INSTALLED_APPS]
        if missing:
            raise ConfigError(f"Django is already configured without {', '.join(missing)}", "quarantine.settings")
        use_database(database)
        return
    values: dict[str, Any] = {
        "SECRET_KEY": secret_key,
        "DEBUG": False,
        "DATABASES": {"default": parse_database(database)},
        "INSTALLED_APPS": [*BASE_APPS, *(app for app in extra_apps if app not in BASE_APPS)],
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "PASSWORD_HASHERS": list(PASSWORD_HASHERS),
        "AUTH_PASSWORD_VALIDATORS": list(PASSWORD_CHECKS),
        "LOGGING_CONFIG": None,          # events go through the Events port; Django must not write logs of its own
    }
    settings.configure(**(values | dict(extra)))
    django.setup()


def use_database(url: str) -> None:
    """Move this process to another database; connections of the calling thread are closed."""
    connections.close_all()
    chosen: Mapping[str, Any] = parse_database(url)
    entry = connections.settings["default"]
    entry.update({"USER": "", "PASSWORD": "", "HOST": "", "PORT": ""} | dict(chosen))
    for alias in list(connections):
        if hasattr(connections._connections, alias):
            delattr(connections._connections, alias)
