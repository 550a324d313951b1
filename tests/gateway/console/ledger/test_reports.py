"""Reports on their page, as PDF and CSV, in the reader's language and scope."""

from __future__ import annotations

import re

import pytest

from gateway.reports import document
from quarantine.models import AuditRecord
from tests.builders.console import Browser, Site
from tests.builders.custody import Held, leak


@pytest.fixture
def audrey(site: Site) -> Browser:
    site.people("audrey", "auditor")
    return site.browser("audrey")


def test_a_month_on_the_page(site: Site, audrey: Browser, held: Held) -> None:
    held(leak, persons=7)
    page = audrey.open("/reports").content.decode()
    assert "<option>2026-11</option>" in page and "<option>2024-12</option>" in page and "<h2" not in page
    made = audrey.open("/reports?month=2026-11")
    text = made.content.decode()
    assert "Held by kind" in text and "many-persons" in text and "<option selected>2026-11</option>" in text
    assert not re.search(r"<svg[^>]*style=|\son[a-z]+=", text) and made["Cache-Control"] == "no-store"
    assert AuditRecord.objects.filter(action="report", actor="audrey").count() == 1


def test_in_the_readers_language(site: Site, audrey: Browser, held: Held) -> None:
    held(leak)
    audrey.send("/language", {"language": "ja", "next": "/reports"}, "/reports")
    assert "種類別の保留メール" in audrey.open("/reports?month=2026-11").content.decode()


def test_as_pdf_and_csv(site: Site, audrey: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = audrey.open("/reports?month=2026-11&form=pdf")
    assert pdf.content.startswith(b"%PDF-") and pdf["Content-Disposition"] == 'attachment; filename="report-2026-11.pdf"'
    sheet = audrey.open("/reports?month=2026-10&form=csv")
    assert sheet.content.startswith(b"\xef\xbb\xbfReport on mail protection\r\n") and sheet["Content-Type"].startswith("text/csv")

    def none(report: object) -> bytes:
        raise document.NoFont("no font")

    monkeypatch.setattr(document, "pdf", none)
    answer = audrey.open("/reports?month=2026-11&form=pdf")
    assert answer.status_code == 503 and "There is no font for a PDF here." in answer.content.decode()


@pytest.mark.parametrize("month", ["november", "2026-13", "9999-99", "%00", "2026-1"])
def test_what_is_no_month(site: Site, audrey: Browser, month: str) -> None:
    answer = audrey.open(f"/reports?month={month}")
    assert answer.status_code == 400 and "This is no month." in answer.content.decode()


def test_a_supervisor_sees_their_part(site: Site, held: Held) -> None:
    held(leak)
    held(leak, sender="x@other.example", reason="other-rule")
    site.people("chief", "supervisor", scopes=["other.example"])
    page = site.browser("chief").open("/reports?month=2026-11").content.decode()
    assert "other-rule" in page and "many-persons" not in page and "Only mail within the reader" in page


@pytest.mark.parametrize("role", ["recipient", "sender", "analyst"])
def test_nobody_else_sees_them(site: Site, role: str) -> None:
    site.people("somebody", role)
    browser = site.browser("somebody")
    assert [browser.open(f"/reports{q}").status_code for q in ("", "?month=x", "?month=2026-11", "?month=2026-11&form=pdf")] == [403] * 4
