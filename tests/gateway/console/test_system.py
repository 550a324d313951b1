"""Signatures, health and the outbox, with and without the gateway's own numbers."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from gateway.config import Endpoint
from gateway.console import system
from quarantine.models import OutboxEntry
from tests.builders.console import Site
from tests.builders.custody import Held, leak

METRICS = b"""# TYPE sekisho_worker_restarts counter
sekisho_worker_restarts_total{role="edge"} 3
# TYPE sekisho_reloads counter
sekisho_reloads_total{outcome="success"} 2
# TYPE sekisho_audit_chain_ok gauge
sekisho_audit_chain_ok 0
# TYPE sekisho_certificate_seconds gauge
sekisho_certificate_seconds{listener="inbound"} 864000
# TYPE sekisho_quarantine_items gauge
sekisho_quarantine_items{status="held"} 7
sekisho_quarantine_items{status="released"} 70
# TYPE sekisho_outbox_entries gauge
sekisho_outbox_entries 4
"""


class Ops(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(METRICS)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def ops(site: Site) -> Iterator[None]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Ops)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = settings.CONSOLE
    config = before.config
    settings.CONSOLE = replace(before, config=replace(config, gateway=replace(config.gateway, ops=Endpoint("127.0.0.1", server.server_port))))
    yield
    settings.CONSOLE = before
    server.shutdown()
    server.server_close()


def test_health(site: Site, ops: None) -> None:
    site.people("admin", "admin")
    page = site.browser("admin").open("/health").content.decode()
    assert "edge" in page and "<td>3</td>" in page and "broken" in page and "10 days left" in page and "<td>7</td>" in page
    assert page.count(">look</span>") == 2 and "process 1" in page and "SQLite" in page


def test_health_without_the_gateways_numbers(site: Site) -> None:
    site.people("admin", "admin")
    admin = site.browser("admin")
    page = admin.open("/health").content.decode()
    assert "cannot be had at the moment" in page or "has no address" in page
    site.keeper.broken = True
    assert "does not answer" in admin.open("/health").content.decode()


def test_signatures(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.people("auditor", "auditor")
    auditor = site.browser("auditor")
    page = auditor.open("/signatures").content.decode()
    assert page.count('<th scope="row"><code>') > 10 and "serious" in page

    def broken(*_: object) -> None:
        raise system.ConfigError("line 3: no rule", "x.yar")

    monkeypatch.setattr(system, "load", broken)
    assert "those loaded before stay in force" in auditor.open("/signatures").content.decode()


@pytest.mark.parametrize("path", ["/signatures", "/health", "/outbox"])
def test_others_have_no_business_here(site: Site, path: str) -> None:
    site.people("boss", "supervisor")
    assert site.browser("boss").open(path).status_code == 403


def test_the_outbox(site: Site, held: Held) -> None:
    for name, role in (("admin", "admin"), ("auditor", "auditor"), ("boss", "supervisor")):
        site.people(name, role)
    id = held(leak)
    site.browser("boss").decide(id, "release")
    OutboxEntry.objects.filter(pk=id).update(last_reply="451 <script>", attempts=2)
    page = site.browser("auditor").open("/outbox").content.decode()
    assert id in page and "attempts: 2" in page and "451 &lt;script&gt;" in page and "Try again now" not in page
    admin = site.browser("admin")
    assert "Try again now" in admin.open("/outbox").content.decode()
    assert admin.send(f"/outbox/{id}/retry", {}, "/outbox").status_code == 303
    assert admin.send(f"/outbox/{id}/drop", {"reason": " "}, "/outbox").status_code == 409
    assert admin.send(f"/outbox/{id}/drop", {"reason": "not wanted"}, "/outbox").status_code == 303
    assert "Nothing waits to be sent." in admin.open("/outbox").content.decode() and id in admin.open("/outbox?all=yes").content.decode()
    assert site.browser("auditor").send(f"/outbox/{id}/retry", {}, "/outbox").status_code in (403, 409)
