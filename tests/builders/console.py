"""The console for tests: a house of custody without its process, people with passwords, a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders.custody import ROOT, House  # isort: skip - configures Django before its models are imported
from django.contrib.auth.models import User
from django.test import Client, RequestFactory, override_settings

from gateway.config import load
from gateway.console import settings as web
from gateway.console.book import Book
from gateway.console.sessions import SessionStore
from gateway.console.state import Console
from gateway.effects.custody import Answered, read_all
from gateway.model.custody import Actor
from gateway.model.errors import CustodyUnavailable
from quarantine import desk
from quarantine.service import QuarantineService

CONFIG = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
languages = ["en", "zh-Hant"]
timezone = "Asia/Taipei"
state_dir = "{state}"
console = "127.0.0.1:8080"
console_url = "{url}"
[[listener]]
name = "inbound"
address = "127.0.0.1:10025"
direction = "inbound"
next_hop = ["127.0.0.1:10026"]
[console]
proxies = ["192.0.2.0/24"]
"""
PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class FakeKeeper:
    """Implements `Ask` over a service of the same process, through JSON as over the socket."""

    service: QuarantineService
    seen: dict[str, Any] = field(default_factory=dict)       # what a preview shows
    asked: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    def __call__(self, verb: str, account: str, patience: float = 30.0, **arguments: Any) -> dict[str, Any]:
        self.asked.append((verb, account))
        if self.broken:
            raise CustodyUnavailable("the keeper is gone")
        request = json.loads(json.dumps({"verb": verb, "actor": {"name": account, "via": "console"}, **arguments}))
        if verb == "ping":
            return {"pid": 1}
        if verb == "preview":
            self.service.preview_content(desk.actor_of(self.service, request), request["id"], request.get("reason", ""))
            return self.seen
        return json.loads(json.dumps(desk.call(self.service, request).body))

    def fetch(self, verb: str, account: str, patience: float = 30.0, **arguments: Any) -> bytes:
        request = json.loads(json.dumps({"verb": verb, "actor": {"name": account, "via": "console"}, **arguments}))
        answer = desk.call(self.service, request)
        return read_all(Answered(answer.body, answer.fd))


class Browser(Client):
    """Keeps cookies and sends the token of the page it has read, as a browser does."""

    def __init__(self, url: str = "http://127.0.0.1:8080", **more: Any) -> None:
        self.url = url
        super().__init__(enforce_csrf_checks=True, headers={"host": url.partition("//")[2]}, **more)

    def open(self, path: str, **more: Any) -> Any:
        return self.get(path, secure=self.url.startswith("https"), **more)

    def send(self, path: str, data: dict[str, str], page: str = "/login", **more: Any) -> Any:
        token = TOKEN.search(self.open(page).content.decode())
        more.setdefault("headers", {"origin": self.url})
        return self.post(path, {"csrfmiddlewaretoken": token[1] if token else "", **data}, secure=self.url.startswith("https"), **more)

    def login(self, name: str, password: str = PASSWORD, **more: Any) -> Any:  # type: ignore[override]
        return self.send("/login", {"name": name, "password": password}, **more)

    def decide(self, id: str, verb: str, reason: str = "checked", password: str = PASSWORD) -> Any:
        return self.send(f"/quarantine/{id}/{verb}", {"reason": reason, "password": password}, "/quarantine")


@dataclass
class Site:
    house: House
    keeper: FakeKeeper
    book: Book
    people: Callable[..., None]

    def browser(self, name: str = "") -> Browser:
        browser = Browser()
        if name:
            assert browser.login(name).status_code == 303
        return browser


def site_settings(tmp_path: Path, keeper: FakeKeeper, house: House, url: str = "http://127.0.0.1:8080") -> dict[str, Any]:
    file = tmp_path / "sekisho.toml"
    file.write_text(CONFIG.format(state=tmp_path, url=url))
    config = load(file)
    book = Book(tmp_path / "console.db", house.clock)
    return web.fixed() | web.site(config) | {"CONSOLE": Console(keeper, book, house.clock, config)}


def second_site(site: Site, url: str) -> dict[str, Any]:
    """The settings of the same house under another address."""
    folder = site.house.directory / "second"
    folder.mkdir(exist_ok=True)
    made = site_settings(folder, site.keeper, site.house, url)
    return made | {"CONSOLE": replace(made["CONSOLE"], book=site.book)}


@pytest.fixture
def site(house: House, tmp_path: Path) -> Iterator[Site]:
    """Accounts: anna and ben (analysts), boss (supervisor), staff (recipient), clerk (sender), admin, auditor."""
    keeper = FakeKeeper(house.service)

    def people(name: str, role: str, mailbox: bool = True, password: str = PASSWORD, **more: Any) -> None:
        house.service.user_add(ROOT, name, [role], [f"{name}@bank.example"] if mailbox else [], password=password, **more)

    values = site_settings(tmp_path, keeper, house) | {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    web.stop_writing()
    with override_settings(**values):
        yield Site(house, keeper, values["CONSOLE"].book, people)


def session_of(site: Site, name: str) -> Browser:
    """A browser in which somebody is logged in who has no password here."""
    browser, request = Browser(), RequestFactory().get("/", headers={"host": "127.0.0.1:8080"})
    request.client, request.session = "192.0.2.1", SessionStore()  # type: ignore[attr-defined, assignment]
    from gateway.console.accounts.second import enter  # its pages need settings

    enter(request, User.objects.get(username=name), "/", "oidc", False)
    browser.cookies["sekisho"] = request.session.session_key
    return browser


def actor(name: str) -> Actor:
    return Actor(name, frozenset(), via="console")
