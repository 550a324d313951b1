"""The record on its page: filters, pages, CSV, a click that verifies, an export with its proof."""

from __future__ import annotations

import json

import pytest

from gateway.console.ledger import record
from quarantine.models import AuditRecord
from tests.builders.console import Browser, Site
from tests.builders.custody import ADMIN, Held


@pytest.fixture
def audrey(site: Site) -> Browser:
    site.people("audrey", "auditor")
    return site.browser("audrey")


def test_entries_newest_first_with_their_details(site: Site, audrey: Browser, held: Held) -> None:
    id = held()
    page = audrey.open("/audit").content.decode()
    assert page.index("<code>admit</code>") < page.index("<code>user-add</code>")
    assert f'href="/quarantine/{id}"' in page and "block-executables" in page and "Public keys" in page
    assert "<code>admit</code>" not in audrey.open("/audit?action=user-add").content.decode()
    assert "/audit/sheet?action=user-add" in audrey.open("/audit?action=user-add").content.decode()


def test_details_in_words() -> None:
    assert record.details({"roles": ["analyst", "admin"], "scopes": [], "name": "", "pending": False, "count": 0, "size": 117}) == [
        ("count", "0"), ("pending", "no"), ("roles", "analyst, admin"), ("size", "117")]


def test_days_are_those_of_the_house(site: Site, audrey: Browser, held: Held) -> None:
    held()                               # 01:00 UTC is 09:00 in Taipei
    assert "<code>admit</code>" in audrey.open("/audit?since=2026-11-21&until=2026-11-21").content.decode()
    assert "<code>admit</code>" not in audrey.open("/audit?since=2026-11-22").content.decode()
    answer = audrey.open("/audit?since=yesterday")
    assert answer.status_code == 200 and "A day is written as 2026-11-21." in answer.content.decode()
    for day in ("9999-12-31", "0001-01-01", "2026-02-30"):
        assert "A day is written as" in audrey.open(f"/audit?until={day}&since={day}").content.decode()


def test_pages_by_cursor(site: Site, audrey: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "PAGE", 2)
    for n in range(5):
        site.house.service.note(ADMIN, f"act-{n}")
    page = audrey.open("/audit?by=admin").content.decode()
    older = page.rpartition('href="/audit?')[2].partition('"')[0].replace("&amp;", "&")
    assert "act-4" in page and "act-3" in page and "act-2" not in page and "by=admin" in older
    second = audrey.open(f"/audit?{older}").content.decode()
    assert "act-2" in second and "act-1" in second and "act-3" not in second
    assert audrey.open("/audit?after=x").status_code == 200


def test_a_sheet_without_formulas(site: Site, audrey: Browser) -> None:
    site.house.service.note(ADMIN, "act", text="=cmd|' /C calc'!A0")
    site.people("=HYPERLINK(1)", "auditor", mailbox=False)
    site.keeper("login-failed", "", name="@SUM(A1)", client="192.0.2.1")
    answer = audrey.open("/audit/sheet")
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"' and answer.content.startswith(b"\xef\xbb\xbfnumber,node,")
    assert b",'@SUM(A1)," in answer.content and b",@SUM" not in answer.content
    assert audrey.open("/audit/sheet?action=login-failed").content.count(b"\r\n") == 2


def test_a_click_verifies_and_names_the_first_bad_entry(site: Site, audrey: Browser) -> None:
    good = audrey.send("/audit/verify", {}, "/audit").content.decode()
    assert "The record is whole: " in good
    AuditRecord.objects.filter(seq=1).update(actor="somebody else")
    bad = audrey.send("/audit/verify", {}, "/audit").content.decode()
    assert "The record is not whole." in bad and "the record was changed" in bad


def test_an_export_with_its_proof(site: Site, audrey: Browser) -> None:
    answer = audrey.send("/audit/export", {}, "/audit")
    rows = [json.loads(line) for line in answer.content.splitlines()]
    assert rows[-1]["type"] == "end" and AuditRecord.objects.filter(action="audit-export", actor="audrey").count() == 1


@pytest.mark.parametrize("role", ["recipient", "sender", "supervisor", "analyst"])
def test_nobody_else_sees_it(site: Site, role: str) -> None:
    site.people("somebody", role)
    browser = site.browser("somebody")
    assert browser.open("/audit").status_code == browser.open("/audit/sheet").status_code == 403
    assert browser.send("/audit/verify", {}, "/quarantine").status_code == 403
    assert browser.send("/audit/export", {}, "/quarantine").status_code == 403
    assert 'href="/audit"' not in browser.open("/quarantine").content.decode()


def test_hostile_words_are_text(site: Site, audrey: Browser) -> None:
    site.keeper("login-failed", "", name="<script>alert(1)</script>\u202e", client="<b>")
    page = audrey.open("/audit").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e" in page
