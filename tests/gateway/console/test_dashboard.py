"""The first page of each role: what waits for it, and the numbers of the house for those who see it all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.console import dashboard
from tests.builders.console import Site
from tests.builders.custody import START, Held, leak, octets
from tests.builders.past import entry, write


@pytest.fixture(autouse=True)
def _anew() -> None:
    dashboard._counted.clear()


def test_the_numbers_of_the_house(site: Site) -> None:
    site.people("anna", "analyst")
    write(site.house.directory, [
        entry(START), entry(START, disposition="quarantine", rule="block-macros"), entry(START, direction="outbound", disposition="hold", rule="many-persons"),
        entry(START, disposition="reject", rule="r"), entry(START - timedelta(days=3), disposition="quarantine", rule="block-macros"),
        entry(START - timedelta(days=40), disposition="quarantine", rule="long-ago")])
    page = site.browser("anna").open("/").content.decode()
    assert '<span class="number">3</span> Inbound today' in page and '<span class="number">2</span> Held today' in page
    assert "block-macros" in page and "rule=block-macros" in page and "long-ago" not in page
    assert page.count('class="p-two"') >= 3 and "11/18" in page
    assert "<td>2</td>" in page and "The numbers as a table" in page


def test_a_day_that_is_over_is_counted_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    anna.open("/")
    asked = []
    real = dashboard.JournalReader.counts
    monkeypatch.setattr(dashboard.JournalReader, "counts", lambda self, since, until: asked.append(since) or real(self, since, until))
    anna.open("/")
    assert asked == []
    site.house.clock.forward(seconds=61)
    anna.open("/")
    assert len(asked) == 1


def test_what_waits_for_me(site: Site, held: Held) -> None:
    for name, role in (("anna", "analyst"), ("staff", "recipient"), ("boss", "supervisor")):
        site.people(name, role)
    threat, other = held(), held(leak, data=octets("x"))
    staff = site.browser("staff")
    page = staff.open("/").content.decode()
    assert "Mail of yours that is held" in page and threat in page and other not in page and "Inbound today" not in page
    staff.decide(threat, "request")
    page = site.browser("anna").open("/").content.decode()
    assert "Releases that wait for a decision" in page and threat in page and "Inbound today" in page
    assert "Inbound today" not in site.browser("boss").open("/").content.decode()


def test_an_account_of_one_domain_sees_no_numbers_of_the_house(site: Site) -> None:
    site.people("local", "analyst", scopes=["bank.example"])
    page = site.browser("local").open("/").content.decode()
    assert "Inbound today" not in page and "Nothing waits for you." in page


def test_a_journal_that_cannot_be_read_is_said(site: Site) -> None:
    site.people("anna", "analyst")
    (site.house.directory / "journal.db").write_bytes(b"nothing of SQLite" * 300)
    answer = site.browser("anna").open("/")
    assert answer.status_code == 200 and "cannot be read at the moment" in answer.content.decode()
