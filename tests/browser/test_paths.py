"""The main path of each role, in each language, at the width of a desk and of a telephone; by keyboard and without scripts too."""

from __future__ import annotations

import re

import pytest

from gateway.console import dashboard
from quarantine.models import QuarantinedMessage
from tests.builders.chromium import DESKTOP, PHONE, Windows
from tests.builders.console import PASSWORD
from tests.builders.shown_mail import fill

pytestmark = pytest.mark.slow
LANGUAGES = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "ja": "ja", "en": "en"}
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def ids(windows: Windows) -> list[str]:
    dashboard._counted.clear()
    for name, role in (("anna", "analyst"), ("ben", "analyst"), ("admin", "admin"), ("staff", "recipient"), ("boss", "supervisor"), ("auditor", "auditor"), ("clerk", "sender")):
        windows.site.people(name, role)
    return fill(windows.site.house.service, windows.site.house.directory)


def status(id: str) -> str:
    return QuarantinedMessage.objects.get(pk=id).status


@SIZES
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipient_asks_and_two_analysts_release(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    staff = windows.window(size)
    staff.login("staff")
    staff.language(language)
    assert staff.page.get_attribute("html", "lang") == LANGUAGES[language]
    staff.page.click(f"a[href='/quarantine/{ids[0]}']")
    staff.page.fill("#reason", "取引先からの請求書です")
    staff.page.click(f"button[formaction='/quarantine/{ids[0]}/request']")
    staff.page.wait_for_selector("[role=status]")
    assert status(ids[0]) == "release_requested"
    for name in ("anna", "ben"):
        analyst = windows.window(size)
        analyst.login(name)
        analyst.language(language)
        analyst.open(f"/quarantine/{ids[0]}")
        analyst.page.fill("#reason", "確認済み")
        analyst.page.fill("#password", PASSWORD)
        analyst.page.click(f"button[formaction='/quarantine/{ids[0]}/approve']")
        analyst.page.wait_for_selector("[role=status]")
        assert analyst.complaints == [] and analyst.too_wide() <= 0
    assert status(ids[0]) == "releasing" and staff.complaints == []


@SIZES
def test_a_supervisor_releases_to_one_of_two(windows: Windows, ids: list[str], size: dict[str, int]) -> None:
    boss = windows.window(size)
    boss.login("boss")
    boss.open("/quarantine?text=对账单")
    boss.page.click(f"a[href='/quarantine/{ids[4]}']")
    boss.page.fill("#reason", "known partner")
    boss.page.click(f"button[formaction='/quarantine/{ids[4]}/release']")
    boss.page.wait_for_selector("[role=status]")
    assert status(ids[4]) == "releasing" and boss.complaints == []


@SIZES
def test_a_sender_withdraws(windows: Windows, ids: list[str], size: dict[str, int]) -> None:
    clerk = windows.window(size)
    clerk.login("clerk")
    clerk.page.click(f"a[href='/quarantine/{ids[1]}']")
    clerk.page.fill("#reason", "wrong file")
    clerk.page.click(f"button[formaction='/quarantine/{ids[1]}/withdraw']")
    clerk.page.wait_for_selector("[role=status]")
    assert status(ids[1]) == "withdrawn"


def test_an_auditor_changes_nothing(windows: Windows, ids: list[str]) -> None:
    auditor = windows.window()
    auditor.login("auditor")
    for path in ("/quarantine", f"/quarantine/{ids[0]}", "/policy", "/exceptions", "/health"):
        auditor.open(path)
        posts = auditor.page.evaluate("[...document.querySelectorAll('form[method=post]')].map(form => form.getAttribute('action'))")
        assert set(posts) <= {"/logout", "/language", "/policy/try"}, path


def test_filters_work_without_a_new_page_and_back_goes_back(windows: Windows, ids: list[str]) -> None:
    anna = windows.window()
    anna.login("anna")
    anna.open("/quarantine")
    anna.page.evaluate("window.same = true")
    anna.page.select_option("#kind", "leak")
    assert anna.rows(3)
    assert "kind=leak" in anna.page.url and anna.page.evaluate("window.same") is True
    anna.page.fill("#text", "印鑑")
    anna.page.press("#text", "Enter")
    assert anna.rows(1)
    anna.page.go_back()
    assert anna.rows(3)
    kept = anna.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "history-cache" not in kept and "<" not in kept and ids[1] not in kept, "no page with mail stays in the browser"


def test_many_are_marked_decided_and_undone(windows: Windows, ids: list[str]) -> None:
    anna = windows.window()
    anna.login("anna")
    anna.open("/quarantine?kind=leak")
    anna.page.check("#all")
    assert anna.page.inner_text("[data-marked]") == "3"
    anna.page.select_option("#many-verb", "return")
    anna.page.fill("#many-reason", "wrong list")
    anna.page.click(".decide-many button")
    anna.page.wait_for_url(re.compile("/batches/"))
    anna.page.click("text=Undo")
    anna.page.wait_for_selector("text=It was taken back.")
    anna.open("/quarantine?kind=leak")
    anna.page.check("#all")
    anna.page.select_option("#many-verb", "return")
    anna.page.fill("#many-reason", "right list")
    anna.page.click(".decide-many button")
    anna.page.wait_for_url(re.compile("/batches/"))
    windows.site.house.clock.forward(seconds=11)
    service = windows.site.house.service
    assert service.carry_out(service.actor) == 3
    anna.page.wait_for_selector("text=Done: 3")
    assert status(ids[1]) == "returned" and anna.complaints == []


def test_a_copy_is_downloaded(windows: Windows, ids: list[str]) -> None:
    anna = windows.window()
    anna.login("anna")
    anna.open(f"/quarantine/{ids[2]}")
    anna.page.click("text=Fetch a copy")
    anna.page.fill("#reason3", "for the lab")
    anna.page.fill("#password3", PASSWORD)
    anna.page.click("text=Make the copy")
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", anna.page.inner_text(".secret").strip())
    with anna.page.expect_download() as download:
        anna.page.click("text=Fetch the zip")
    assert download.value.suggested_filename == f"{ids[2]}.zip"


def test_by_keyboard_alone(windows: Windows, ids: list[str]) -> None:
    anna = windows.window()
    anna.login("anna")
    anna.open("/quarantine")
    anna.page.keyboard.press("Tab")
    assert anna.page.evaluate("document.activeElement.className") == "skip"
    anna.page.keyboard.press("Enter")
    assert anna.page.evaluate("document.activeElement.id") == "content"
    anna.page.keyboard.press("j")
    anna.page.keyboard.press("j")
    assert anna.page.evaluate("document.activeElement.getAttribute('href')") == f"/quarantine/{ids[1]}"
    anna.page.keyboard.press("/")
    assert anna.page.evaluate("document.activeElement.id") == "text"
    anna.page.keyboard.type("j")
    assert anna.page.input_value("#text") == "j"


def test_without_scripts(windows: Windows, ids: list[str]) -> None:
    anna = windows.window(scripts=False)
    anna.login("anna")
    anna.open("/quarantine")
    anna.page.select_option("#kind", "leak")
    anna.page.click(".filters .go button")
    anna.page.check(f"#m-{ids[1]}")
    anna.page.select_option("#many-verb", "deny")
    anna.page.fill("#many-reason", "no")
    anna.page.click(".decide-many button")
    assert "/batches/" in anna.page.url


def test_a_double_click_decides_once(windows: Windows, ids: list[str]) -> None:
    boss = windows.window()
    boss.login("boss")
    boss.open(f"/quarantine/{ids[4]}")
    boss.page.fill("#reason", "known partner")
    boss.page.dblclick(f"button[formaction='/quarantine/{ids[4]}/release']")
    boss.page.wait_for_selector("[role=status]")
    assert status(ids[4]) == "releasing" and boss.page.query_selector("[role=alert]") is None
