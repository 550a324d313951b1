"""Django's settings for the console, made from the configuration. There is no settings module and no project."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from gateway.config import Config
from quarantine.settings import configure, parse_database

HERE = Path(__file__).parent
MOST_FIELDS = 300                        # of a form: a decision is about 200 mails at most, and repeats the filters
LONGEST_BODY = 64 << 10                  # octets: a reason has at most 2000 characters
LANGUAGES = (("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("ja", "日本語"), ("en", "English"))
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MIDDLEWARE = (
    "gateway.console.middleware.Headers",
    "gateway.console.middleware.Visitor",
    "gateway.console.api.door.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gateway.console.middleware.Language",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gateway.console.middleware.Gate",
)


def read_only(url: str) -> dict[str, Any]:
    """The keeper's database for a process that must not write to it: refused by the database itself."""
    database = parse_database(url)
    if database["ENGINE"].endswith("sqlite3"):
        database["NAME"] = f"file:{quote(database['NAME'])}?mode=ro"
        database["OPTIONS"] = {"timeout": 5.0, "init_command": "PRAGMA query_only=ON"}
    else:
        database["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
    return database


def site(config: Config) -> dict[str, Any]:
    """What a reload may change."""
    url = urlsplit(config.gateway.console_url)
    https = url.scheme == "https"
    prefix = "__Host-" if https else ""
    bound = config.gateway.console.host if config.gateway.console else ""
    links = urlsplit(config.notices.link_url)            # the pages that need no account may have a name of their own
    hosts = {*LOOPBACK, url.hostname or "", links.hostname or "", f"[{bound}]" if ":" in bound else bound}
    hosts -= {"", "0.0.0.0", "[::]"}                     # noqa: S104 - not bound
    return {
        "ALLOWED_HOSTS": sorted(hosts),
        "CSRF_TRUSTED_ORIGINS": [f"{one.scheme}://{one.netloc}" for one in (url, links) if one.netloc],
        "SESSION_COOKIE_NAME": f"{prefix}sekisho",
        "CSRF_COOKIE_NAME": f"{prefix}sekisho_csrf",
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_SECURE": https,
    }


def fixed() -> dict[str, Any]:
    return {
        "ROOT_URLCONF": "gateway.console.urls",
        "MIDDLEWARE": list(MIDDLEWARE),
        "AUTHENTICATION_BACKENDS": ["gateway.console.people.Backend"],
        "SESSION_ENGINE": "gateway.console.sessions",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_AGE": None,
        "CSRF_FAILURE_VIEW": "gateway.console.pages.untrusted",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": LONGEST_BODY,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": MOST_FIELDS,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 1,               # and that only where gateway.console.uploads takes it
        "FILE_UPLOAD_HANDLERS": ["gateway.console.uploads.Handler"],
        "LANGUAGE_CODE": "en",
        "LANGUAGES": list(LANGUAGES),
        "LOCALE_PATHS": [str(HERE / "locale"), str(HERE / "accounts" / "locale"), str(HERE / "ledger" / "locale")],
        "USE_I18N": True,
        "TEMPLATES": [{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [str(HERE / "templates")],
            "OPTIONS": {"context_processors": ["gateway.console.frame.frame"],
                        "builtins": ["django.templatetags.i18n", "gateway.console.tags"]},
        }],
    }


def setup(config: Config, database: str, secret: str) -> None:
    """Configure Django for the web process; once."""
    configure(database, secret, **fixed(), **site(config), DATABASES={"default": read_only(database)})
    stop_writing()


def stop_writing() -> None:
    """Django would note the last log-in in its user; the audit chain has it."""
    from django.contrib.auth.models import update_last_login
    from django.contrib.auth.signals import user_logged_in

    user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
