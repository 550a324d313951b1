"""The console as its own process, told by a supervisor and acting through a keeper."""

from __future__ import annotations

import asyncio
import http.cookiejar
import os
import re
import socket
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.builders.custody import ROOT, Held, House, clock, held, house, leak, service, template, unblocked  # isort: skip
from gateway import supervisor
from gateway.app.brief import Brief
from gateway.config import load
from gateway.model.errors import SekishoError
from gateway.supervisor import Running, Worker
from tests.builders.browser import PROGRAM, Chromium
from tests.builders.console import CONFIG, PASSWORD, TOKEN
from tests.builders.keeper import Scene, keeper, scene

__all__ = ["clock", "held", "house", "keeper", "scene", "service", "template", "unblocked"]


@pytest.fixture
def id(house: House, held: Held) -> str:
    house.service.user_add(ROOT, "boss", ["supervisor"], ["boss@bank.example"], password=PASSWORD)
    return held(leak)


class Visitor:
    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        body = urlencode(data).encode() if data is not None else None
        with self.opener.open(self.base + path, body, timeout=20) as answer:
            return answer.status, answer.url.removeprefix(self.base), answer.read().decode()

    def send(self, path: str, **data: str) -> tuple[int, str, str]:
        token = TOKEN.search(self.ask("/quarantine")[2])
        return self.ask(path, data | {"csrfmiddlewaretoken": token[1] if token else ""})


@pytest.fixture
async def console(id: str, scene: Scene, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Running, Brief, int]]:
    """A console that has said it is ready; its control socket, its brief and its port. A parameter is the host in its address."""
    host = getattr(request, "param", "127.0.0.1")
    scene.house.key_file.unlink()            # the keeper has read it; nobody else may want it
    (tmp_path / "quarantine.db").symlink_to("quarantine.sqlite")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        file = tmp_path / "sekisho.toml"
        file.write_text(CONFIG.format(state=tmp_path, url=f"http://{host}:{port}"))
        fd = listener.fileno()
        brief = Brief(load(file), (("console", fd),))
        listener.setblocking(False)
        running = supervisor.launch(Worker("console", "console", 2, lambda: brief, (fd,)), 0.0)
        await supervisor.send(running.control, ("start", brief))
        word, _ = await asyncio.wait_for(supervisor.hear(running.control), 30)
        assert word == "ready"
        yield running, brief, port
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        running.control.close()


async def test_log_in_and_release(console: tuple[Running, Brief, int], id: str, scene: Scene) -> None:
    running, brief, port = console
    visitor = Visitor(port)

    def visit() -> tuple[str, str]:
        assert visitor.ask("/quarantine")[1] == "/login?next=%2Fquarantine"
        assert visitor.send("/login", name="boss", password=PASSWORD, next=f"/quarantine/{id}")[1] == f"/quarantine/{id}"
        _, url, page = visitor.send(f"/quarantine/{id}/release", reason="checked with the clerk")
        return url, page

    url, page = await asyncio.to_thread(visit)
    assert url == f"/quarantine/{id}?done=release" and "inspected once more and then delivered" in page
    for _ in range(100):
        if scene.delivery.releases:
            break
        await asyncio.sleep(0.05)
    assert [to for _, to, _, _ in scene.delivery.releases] == [("partner@else.example",)]

    changed = replace(brief.config, gateway=replace(brief.config.gateway, languages=("ja",), console_url="https://guard.bank.example"))
    await supervisor.send(running.control, ("reload", Brief(changed, brief.sockets)))
    assert await asyncio.wait_for(supervisor.hear(running.control), 20) == ("answer", "")
    page = (await asyncio.to_thread(Visitor(port).ask, "/login"))[2]
    assert '<html lang="ja">' in page and "ログイン" in page
    os.kill(running.process.pid, 15)         # to the whole group: a worker waits for its order
    assert (await asyncio.to_thread(visitor.ask, "/quarantine"))[0] == 200
    await supervisor.send(running.control, ("stop", None))
    assert await asyncio.to_thread(running.process.wait, 20) == 0


def browse(folder: Path, port: int, id: str) -> None:
    base, chromium = f"http://127.0.0.1:{port}", Chromium(folder)
    try:
        chromium.open(f"{base}/quarantine/{id}")
        assert chromium.path() == f"/login?next=%2Fquarantine%2F{id}"
        chromium.fill("#name", "boss")
        chromium.fill("#password", PASSWORD)
        chromium.click("main form button")
        assert chromium.path() == f"/quarantine/{id}"
        chromium.click("button[value=ja]")
        assert "配信する" in chromium.text(".buttons")
        chromium.fill("#reason", "先方に確認済み")
        chromium.click("button[formaction$='/release']")
        assert chromium.path() == f"/quarantine/{id}?done=release" and "もう一度検査" in chromium.text("[role=status]")
        chromium.open(f"http://localhost:{port}/nothing")        # another site: strict cookies stay behind
        chromium.value(f"a = document.createElement('a'); a.href = '{base}/quarantine/{id}'; document.body.append(a); a.id = 'link'")
        chromium.click("#link")                                  # first a page of ours that asks again, then the mail
        assert chromium.until("main", "先方に確認済み") and chromium.path() == f"/quarantine/{id}"
        chromium.click("form[action='/logout'] button")
        assert chromium.path() == "/login"
        assert [said for said in chromium.complaints() if "404" not in said] == []
    finally:
        chromium.close()


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here; .ci/run brings one")
async def test_in_a_browser(console: tuple[Running, Brief, int], id: str, scene: Scene, tmp_path: Path) -> None:
    """What only a browser does by itself: Origin and Referer, strict cookies, formaction, the content security policy."""
    await asyncio.to_thread(browse, tmp_path / "browser", console[2], id)
    assert [row["requester"] for row in (await scene.client.call("show", ROOT, id=id)).body["requests"]] == [""]


def with_key(folder: Path, port: int) -> None:
    base, chromium = f"http://localhost:{port}", Chromium(folder)

    def log_in() -> None:
        chromium.open(f"{base}/login?next=/quarantine")
        chromium.fill("#name", "boss")
        chromium.fill("#password", PASSWORD)
        chromium.click("main form button")

    try:
        chromium.call("WebAuthn.enable")
        key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        authenticator = chromium.call("WebAuthn.addVirtualAuthenticator", options=key)["authenticatorId"]
        log_in()
        chromium.open(f"{base}/account")
        chromium.click("form[action='/account/app'] button")
        assert chromium.value("document.querySelector('.code svg') !== null")
        chromium.open(f"{base}/account")
        chromium.click("form[action='/account/key'] button")
        chromium.fill("#label", "blue key")
        chromium.click("form[data-options] button")
        assert chromium.until("h1", "Recovery codes") and chromium.value("document.querySelectorAll('.codes code').length") == 10
        chromium.open(f"{base}/account")
        assert "blue key" in chromium.text("#content")
        chromium.click("form[action='/logout'] button")
        log_in()
        assert chromium.path() == "/login/second"
        chromium.click("form[data-options] button")
        assert chromium.until("h1", "Held mail") and chromium.path() == "/quarantine"
        chromium.click("form[action='/logout'] button")
        chromium.call("WebAuthn.removeVirtualAuthenticator", authenticatorId=authenticator)
        chromium.call("WebAuthn.addVirtualAuthenticator", options=key)           # another key, which knows of nothing
        log_in()
        chromium.value("document.querySelector('form[data-options] button').click()")
        assert chromium.until("[data-trouble]:not([hidden])", "no answer of a security key")
        chromium.open(f"{base}/quarantine")
        assert chromium.path().startswith("/login?")
        assert [said for said in chromium.complaints() if not said.startswith("[DOM]")] == []      # hints, not refusals
    finally:
        chromium.close()


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here; .ci/run brings one")
@pytest.mark.parametrize("console", ["localhost"], indirect=True)
async def test_a_security_key_in_a_browser(console: tuple[Running, Brief, int], tmp_path: Path) -> None:
    """Set up and used with Chromium's own authenticator (CTAP 2), through the keeper: no inline script, no word of the browser."""
    await asyncio.to_thread(with_key, tmp_path / "browser", console[2])


async def test_it_ends_with_its_supervisor(console: tuple[Running, Brief, int]) -> None:
    running, _, _ = console
    running.control.close()
    assert await asyncio.to_thread(running.process.wait, 20) == 0


def test_application_needs_a_state_directory(tmp_path: Path) -> None:
    from gateway.console.book import Book
    from gateway.ops.clock import SystemClock

    with pytest.raises((SekishoError, OSError), match=re.escape("nowhere")):
        Book(tmp_path / "nowhere" / "console.db", SystemClock())
