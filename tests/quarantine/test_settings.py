from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from gateway.model.errors import ConfigError
from quarantine import settings
from quarantine.models import State
from tests.builders.custody import House


def test_sqlite_is_durable_and_forgets(house: House) -> None:
    with connection.cursor() as cursor:
        values = {p: cursor.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous", "secure_delete", "busy_timeout")}
    assert values == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": 5000}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert django_settings.USE_TZ and not django_settings.DEBUG


@pytest.mark.parametrize("url", ["sqlite:///var/x y.db", "sqlite:////var/x y.db", "sqlite:///var/x%20y.db"])
def test_sqlite_urls(url: str) -> None:
    assert settings.parse_database(url)["NAME"] == "/var/x y.db"


def test_postgresql_urls() -> None:
    parsed = settings.parse_database("postgresql://me:p%40ss@db.example:5433/mail?sslmode=verify-full")
    assert (parsed["ENGINE"], parsed["NAME"], parsed["USER"], parsed["PASSWORD"], parsed["HOST"], parsed["PORT"]) == (
        "django.db.backends.postgresql", "mail", "me", "p@ss", "db.example", "5433")
    assert parsed["OPTIONS"] == settings.SERVER_OPTIONS | {"sslmode": "verify-full", "options": "-c lock_timeout=5s -c timezone=UTC"}
    assert settings.parse_database("postgresql:///x?options=-c%20search_path%3Dmail&connect_timeout=9")["OPTIONS"] == (
        settings.SERVER_OPTIONS | {"connect_timeout": "9", "options": "-c lock_timeout=5s -c timezone=UTC -c search_path=mail"})
    assert settings.parse_database("postgresql:///mail?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite", "", "sqlite://relative.db"])
def test_what_is_no_database(url: str) -> None:
    with pytest.raises(ConfigError, match=r"quarantine\.database"):
        settings.parse_database(url)


def test_a_second_configuration_moves_to_another_database(house: House, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    other.write_bytes((house.directory / "quarantine.sqlite").read_bytes())
    settings.configure(settings.sqlite_url(other), "ignored")
    State.objects.update(product="other")
    settings.use_database(settings.sqlite_url(house.directory / "quarantine.sqlite"))
    assert State.objects.get().product == "sekisho"
    with pytest.raises(ConfigError, match=r"without no\.such\.app"):
        settings.configure(settings.sqlite_url(other), "x", extra_apps=("no.such.app",))
