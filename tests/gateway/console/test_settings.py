from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper

from gateway.config import load
from gateway.console.settings import fixed, read_only, site
from quarantine.settings import sqlite_url
from tests.builders.console import CONFIG
from tests.builders.custody import House


def connection(settings: dict[str, Any]) -> DatabaseWrapper:
    filled = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TIME_ZONE": None, "USER": "",
              "PASSWORD": "", "HOST": "", "PORT": "", "TEST": {}}
    return DatabaseWrapper(filled | settings, "reader")


def test_the_keepers_database_cannot_be_written(house: House, tmp_path: Path) -> None:
    reader = connection(read_only(sqlite_url(tmp_path / "quarantine.sqlite")))
    with reader.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM quarantine_state").fetchone() == (1,)
        with pytest.raises(OperationalError, match="readonly"):
            cursor.execute("DELETE FROM quarantine_state")
    reader.close()
    assert sqlite3.connect(tmp_path / "quarantine.sqlite").execute("SELECT count(*) FROM quarantine_state").fetchone() == (1,)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, unblocked: None) -> None:
    with pytest.raises(OperationalError):
        connection(read_only(sqlite_url(tmp_path / "odd ?&%.db"))).cursor()
    assert list(tmp_path.iterdir()) == []


def test_postgresql_is_told_to_refuse_writes() -> None:
    settings = read_only("postgresql://sekisho:x@db.bank.example/sekisho?sslmode=require")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["options"].endswith(" -c default_transaction_read_only=on")


def values(tmp_path: Path, url: str) -> dict[str, Any]:
    file = tmp_path / "sekisho.toml"
    file.write_text(CONFIG.format(state=tmp_path, url=url))
    return site(load(file))


def test_site(tmp_path: Path) -> None:
    plain, https = values(tmp_path, "http://127.0.0.1:8080"), values(tmp_path, "https://mail-guard.bank.example")
    assert plain["ALLOWED_HOSTS"] == ["127.0.0.1", "[::1]", "localhost"] and not plain["SESSION_COOKIE_SECURE"]
    assert "mail-guard.bank.example" in https["ALLOWED_HOSTS"] and "*" not in https["ALLOWED_HOSTS"]
    assert https["SESSION_COOKIE_SECURE"] and https["CSRF_COOKIE_SECURE"] and https["SESSION_COOKIE_NAME"] == "__Host-sekisho"
    assert https["CSRF_TRUSTED_ORIGINS"] == ["https://mail-guard.bank.example"]


def test_cookies_are_for_this_site_alone() -> None:
    settings = fixed()
    for name in ("SESSION", "CSRF"):
        assert settings[f"{name}_COOKIE_HTTPONLY"] and settings[f"{name}_COOKIE_SAMESITE"] == "Strict"
