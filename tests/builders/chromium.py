"""The console over HTTP for a real browser: waitress on loopback, Debian's Chromium driven by Playwright, axe-core on its pages."""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from gateway.console.server import WebServer
from tests.builders.console import PASSWORD, Site

PROGRAM = shutil.which("chromium") or "/usr/bin/chromium"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


FORM = """([path, fields]) => {
  const form = document.createElement("form");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  Object.assign(form, {method: "post", action: path});
  for (const [name, values] of Object.entries({csrfmiddlewaretoken: token ? [token.value] : [], ...fields}))
    for (const value of values) form.append(Object.assign(document.createElement("textarea"), {name, value}));
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""


@functools.cache
def axe_core() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Page:
    """One window. `complaints` are what the browser itself says: a refused script, a broken request."""

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)
    status: int = 0                      # of the page that is open
    asked: list[str] = field(default_factory=list)       # every address that the browser asked for

    def open(self, path: str) -> Any:
        return self.page.goto(self.url + path)

    def answered(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self.status = response.status

    def login(self, name: str, password: str = PASSWORD) -> None:
        self.open("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def language(self, code: str) -> None:
        self.page.click(f"button[name=language][value={code}]")
        self.page.wait_for_load_state()

    def press(self, selector: str) -> None:
        """A button or link that leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def send(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> None:
        """A form, with the token of the page that is open."""
        with self.page.expect_navigation():
            self.page.evaluate(FORM, [path, {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}])

    def violations(self, rules: Sequence[str] = ()) -> list[str]:
        """What axe-core finds: rule, and the first places. Without `rules` all that stand for WCAG 2.2 AA and what is good besides."""
        self.page.evaluate(axe_core())
        only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG}
        found = self.page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
        return [f"{v['id']}: {json.dumps([n['html'][:150] for n in v['nodes'][:3]], ensure_ascii=False)}" for v in found["violations"]]

    def rows(self, number: int) -> bool:
        """So many mails stand in the list, within 20 s. (Playwright's own waiting would need `eval`, which our pages forbid.)"""
        for _ in range(200):
            if self.page.locator("[data-row]").count() == number:
                return True
            self.page.wait_for_timeout(100)
        return False

    def too_wide(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@dataclass
class Windows:
    """Makes windows of a browser on a console that listens."""

    browser: Any
    url: str
    site: Site
    contexts: list[Any] = field(default_factory=list)

    def window(self, size: dict[str, int] = DESKTOP, dark: bool = False, scripts: bool = True, locale: str = "en") -> Page:
        context = self.browser.new_context(viewport=size, color_scheme="dark" if dark else "light", java_script_enabled=scripts, locale=locale)
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        made = Page(context.new_page(), self.url)
        made.page.on("console", lambda message: made.complaints.append(message.text) if message.type == "error" else None)
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.on("response", made.answered)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        return made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"     # Playwright keeps a loop in this thread; the database is used beside it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def windows(site: Site, chromium: Any) -> Iterator[Windows]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    server = WebServer(closing(get_wsgi_application()), listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    made = Windows(chromium, f"http://127.0.0.1:{listener.getsockname()[1]}", site)
    yield made
    for context in made.contexts:
        context.close()
    server.stop()
    thread.join(15)


def closing(application: Any) -> Any:
    """Threads of the server end with the test: their connections to its database are closed after each answer."""
    from django.db import connections

    def answer(environ: dict[str, Any], start: Any) -> Any:
        try:
            return application(environ, start)
        finally:
            connections.close_all()
    return answer
