"""The main path of each role, in each language, at the width of a desk and of a telephone; by keyboard and without scripts too."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import override_settings

from gateway.console import dashboard
from gateway.notices.catalog import text
from gateway.notices.phrases import PAGES
from quarantine.models import Approval, AuditRecord, QuarantinedMessage
from tests.builders.chromium import DESKTOP, PHONE, Page, Windows
from tests.builders.console import PASSWORD, second_site
from tests.builders.custody import ROOT
from tests.builders.links import Scribe, link, scribe
from tests.builders.shown_mail import fill

pytestmark = pytest.mark.slow
LANGUAGES = {"zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "ja": "ja-JP", "en": "en-US"}      # what the browser asks for
ROLES = {"anna": "analyst", "ben": "analyst", "admin": "admin", "staff": "recipient", "boss": "supervisor", "auditor": "auditor", "clerk": "sender"}
IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
AT_EVERY_WIDTH = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
CONTENT = re.compile(r"AutoOpen|A123456789")             # of a mail's own words, or unmasked


@pytest.fixture
def ids(windows: Windows) -> list[str]:
    dashboard._counted.clear()
    site = windows.site
    for name, role in ROLES.items():
        site.people(name, role)
    site.house.service.settings = replace(site.house.service.settings, our_domains=frozenset({"bank.example"}))
    site.house.service.directory_import(ROOT, [{"mailbox": "clerk@bank.example", "supervisor": "boss@bank.example"}], "people.csv")
    site.keeper.seen = {"headers": [["From", "経理部"]], "texts": [["message > 1", "text/plain", "拝啓"]], "macros": [["message > 2", "Sub AutoOpen()"]]}
    return fill(site.house.service, site.house.directory)


def status(id: str) -> str:
    return QuarantinedMessage.objects.get(pk=id).status


def entered(windows: Windows, name: str, language: str, size: dict[str, int]) -> Page:
    """Somebody's window after the log-in."""
    window = windows.window(size, locale=LANGUAGES[language])
    window.login(name)
    return window


def well(window: Page, language: str) -> None:
    """The page is in the reader's language, fits the window, and the browser found nothing wrong with it."""
    assert window.page.get_attribute("html", "lang") == language and window.too_wide() <= 0 and window.complaints == []


def through_a_link(windows: Windows, told: Scribe, language: str, size: dict[str, int], token: str, act: str) -> None:
    """What a notice's link leads to: the mail, what one wants, a code by mail, the reason, and what was done."""
    window = windows.window(size, locale=LANGUAGES[language])
    window.open(f"/m/{token}")
    well(window, language)
    window.press(f"main a[href$='/{act}']")
    window.press("main form button")
    window.page.fill("#code", told.code())
    window.page.fill("#reason", "取引先からの請求書です")
    well(window, language)
    window.press("main form.panel button")
    assert window.page.inner_text("[role=status]") == text(language, PAGES[f"done {act}"])
    well(window, language)


@IN_EVERY_LANGUAGE
@AT_EVERY_WIDTH
def test_a_recipient_asks_by_link_and_two_analysts_look_and_release(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    told = scribe(windows.site.house)
    through_a_link(windows, told, language, size, link(windows.site.house, "staff@bank.example", "recipient", ids[0]), "request")
    assert status(ids[0]) == "release_requested"
    for name in ("anna", "ben"):
        analyst = entered(windows, name, language, size)
        analyst.open("/quarantine?status=release_requested")
        analyst.press(f"a[href='/quarantine/{ids[0]}']")
        well(analyst, language)
        analyst.page.fill("#why", "確認")
        analyst.press("form[action$='/preview'] button")
        assert "Sub AutoOpen()" in analyst.page.inner_text("main pre >> nth=-1")
        well(analyst, language)
        analyst.press("main a")
        analyst.page.fill("#reason", "確認済み")
        analyst.page.fill("#password", PASSWORD)
        analyst.press(f"button[formaction='/quarantine/{ids[0]}/approve']")
        analyst.page.wait_for_selector("[role=status]")
        well(analyst, language)
    assert status(ids[0]) == "releasing"
    assert set(AuditRecord.objects.filter(action="preview").values_list("actor", flat=True)) == {"anna", "ben"}


@IN_EVERY_LANGUAGE
@AT_EVERY_WIDTH
def test_a_sender_withdraws_sends_the_rest_or_asks(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    told, house = scribe(windows.site.house), windows.site.house
    for id, act, after in ((ids[1], "withdraw", "withdrawn"), (ids[4], "request", "release_requested"), (ids[7], "without", "releasing")):
        through_a_link(windows, told, language, size, link(house, "clerk@bank.example", "sender", id, token=f"for-{act}"), act)
        assert status(id) == after, act


@IN_EVERY_LANGUAGE
@AT_EVERY_WIDTH
def test_a_supervisor_sees_who_and_what_before_the_button(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    boss, service = entered(windows, "boss", language, size), windows.site.house.service
    for id, act, after in ((ids[1], "approve", "release_requested"), (ids[4], "deny", "denied"), (ids[7], "return", "returned")):
        service.attend(id)
        if act == "approve":
            service.request(service.actor("clerk", "console"), id, "契約書です")
        boss.open("/quarantine?kind=leak")
        boss.press(f"a[href='/quarantine/{id}']")
        shown = boss.page.inner_text(".decide")
        assert "else[.]example" in shown and "A12•••••89" in shown and not CONTENT.search(boss.page.content())
        above, below = (boss.page.locator(place).first.bounding_box()["y"] for place in (".decide h3", f"button[formaction='/quarantine/{id}/{act}']"))
        assert above < below
        boss.page.fill("#reason", "已與客戶確認")
        boss.press(f"button[formaction='/quarantine/{id}/{act}']")
        boss.page.wait_for_selector("[role=status]")
        well(boss, language)
        assert status(id) == after, act
    record = Approval.objects.get()
    assert record.approver == "boss" and record.shown_at is not None


@IN_EVERY_LANGUAGE
@AT_EVERY_WIDTH
def test_an_admin_keeps_the_house_and_reads_no_mail(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    admin = entered(windows, "admin", language, size)
    for path in ("/", "/users", "/policy", "/exceptions", "/signatures", "/health", "/outbox", "/audit", "/reports", f"/quarantine/{ids[0]}"):
        admin.open(path)
        assert admin.status == 200 and not CONTENT.search(admin.page.inner_text("main").replace("Sub AutoOpen()", "")), path
        well(admin, language)
    assert admin.page.locator("form[action$='/preview'], form[action$='/copy'], button[formaction$='/release']").count() == 0
    for verb in ("preview", "copy", "release"):
        admin.send(f"/quarantine/{ids[0]}/{verb}", {"reason": "x", "password": PASSWORD})
        assert admin.status == 403, verb
        admin.open(f"/quarantine/{ids[0]}")
    admin.complaints.clear()
    admin.open("/users")
    admin.page.fill("#name", "林雅婷")
    admin.page.check("#new-analyst")
    admin.page.fill("#new-mailboxes", "lin@bank.example")
    admin.press("form[action='/users/add'] button")
    assert len(admin.page.inner_text("[role=status] code")) >= 12
    well(admin, language)
    admin.open("/policy")
    admin.page.fill("#change", '[[rule]]\nid = "x"\nwhen = { finding = ["LINK-*"] }\nthen = "quarantine"\n')
    admin.press(".try button")
    admin.page.wait_for_selector("#outcome")
    well(admin, language)


@IN_EVERY_LANGUAGE
@AT_EVERY_WIDTH
def test_an_auditor_sees_verifies_reports_and_changes_nothing(windows: Windows, ids: list[str], language: str, size: dict[str, int]) -> None:
    auditor = entered(windows, "auditor", language, size)
    for path in ("/", "/quarantine", f"/quarantine/{ids[0]}", "/policy", "/exceptions", "/health", "/outbox", "/reports?month=2026-11", "/audit"):
        auditor.open(path)
        well(auditor, language)
        posts = auditor.page.evaluate("[...document.querySelectorAll('form[method=post]')].map(form => form.getAttribute('action'))")
        assert set(posts) <= {"/logout", "/language", "/policy/try", "/audit/verify", "/audit/export"}, path
    auditor.press("form[action='/audit/verify'] button")
    assert re.search(r"[0-9]", auditor.page.inner_text(".notice.good"))
    well(auditor, language)
    before = list(QuarantinedMessage.objects.values_list("pk", "status"))
    for verb in ("deny", "hold", "delete", "preview"):
        auditor.send(f"/quarantine/{ids[0]}/{verb}", {"reason": "x", "password": PASSWORD})
        assert auditor.status == 403, verb
        auditor.open("/audit")
    assert list(QuarantinedMessage.objects.values_list("pk", "status")) == before


def test_a_sender_with_an_account_withdraws(windows: Windows, ids: list[str]) -> None:
    clerk = entered(windows, "clerk", "en", PHONE)
    clerk.press(f"a[href='/quarantine/{ids[1]}']")
    clerk.page.fill("#reason", "wrong file")
    clerk.press(f"button[formaction='/quarantine/{ids[1]}/withdraw']")
    clerk.page.wait_for_selector("[role=status]")
    assert status(ids[1]) == "withdrawn"


def test_a_supervisor_releases_to_one_of_two(windows: Windows, ids: list[str]) -> None:
    boss = entered(windows, "boss", "en", DESKTOP)
    boss.open("/quarantine?text=对账单")
    boss.press(f"a[href='/quarantine/{ids[4]}']")
    boss.page.fill("#reason", "known partner")
    boss.press(f"button[formaction='/quarantine/{ids[4]}/release']")
    boss.page.wait_for_selector("[role=status]")
    assert status(ids[4]) == "releasing" and boss.complaints == []


def test_a_passkey_opens_and_a_recovery_code_does_where_it_is_lost(windows: Windows, ids: list[str]) -> None:
    windows.url = windows.url.replace("127.0.0.1", "localhost")      # keys want a name
    with override_settings(**second_site(windows.site, windows.url)):
        anna = entered(windows, "anna", "ja", PHONE)
        device = anna.page.context.new_cdp_session(anna.page)
        device.send("WebAuthn.enable")
        key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": key})
        anna.open("/account")
        anna.press("form[action='/account/key'] button")
        anna.page.fill("#label", "blue")
        anna.press("main form button")
        codes = anna.page.locator(".codes code").all_inner_texts()
        assert len(codes) == 10
        for lost in (False, True):
            anna.press("form[action='/logout'] button")
            anna.page.fill("#name", "anna")
            anna.page.fill("#password", PASSWORD)
            anna.press("main form button")
            assert anna.page.url.endswith("/login/second")
            if lost:
                anna.page.click("summary")
                anna.page.fill("#recovery", codes[0])
            anna.press("details button" if lost else "form[data-options] button")
            assert anna.page.url.endswith("/quarantine") and anna.complaints == []


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
