"""One's own account: factors and sessions, changed only by those who have just proven who they are."""

from __future__ import annotations

import html
import re

import pytest
from django.test import override_settings

from quarantine.models import AuditRecord, Profile
from tests.builders.authenticator import Authenticator
from tests.builders.console import PASSWORD, Browser, Site
from tests.builders.factors import LOCAL, named, now_of, with_app, with_key

SECRET = re.compile(r'name="secret" value="([A-Z2-7]{32})"')


def in_by_app(site: Site, name: str, secret: str, **more: str) -> Browser:
    site.house.clock.forward(minutes=1)
    browser = Browser(**more)
    browser.login(name)
    assert browser.send("/login/second", {"kind": "app", "answer": now_of(site, secret)}, "/login/second").status_code == 303
    return browser


def test_who_one_is(site: Site) -> None:
    site.people("anna", "analyst", scopes=["department:資金部"])
    page = site.browser("anna").open("/account").content.decode()
    assert "anna@bank.example" in page and "department:資金部" in page and "takes copies" in page
    assert "Security keys work where this console has a name" in page and "/account/key" not in page


def test_an_app_is_set_up(site: Site) -> None:
    site.people("anna", "analyst")
    anna, elsewhere = site.browser("anna"), site.browser("anna")
    assert anna.open("/account/app").status_code == 405
    page = anna.send("/account/app", {}, "/account").content.decode()
    secret = SECRET.search(page)[1]  # type: ignore[index]
    assert "<svg" in page and "style=" not in page and "<script" not in page.partition("<main")[2]
    answer = anna.send("/account/app/add", {"answer": "000000", "secret": secret}, "/account")
    assert answer.status_code == 409 and secret in answer.content.decode() and "is not right" in answer.content.decode()
    answer = anna.send("/account/app/add", {"answer": now_of(site, secret), "secret": secret}, "/account")
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count("<li><code>") == 10 and answer["Cache-Control"] == "no-store"
    assert elsewhere.open("/quarantine").status_code == 302, "sessions that were open without it are ended"
    assert anna.open("/quarantine").status_code == 200
    page = anna.open("/account").content.decode()
    assert "Recovery codes that are left: 10" in page and "Set up an authenticator app" not in page
    assert secret not in page


@pytest.mark.parametrize("secret", ["", "<script>", "A" * 31, "a" * 32, "A" * 31 + "1"])
def test_a_secret_that_is_none_is_not_shown_again(site: Site, secret: str) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    answer = anna.send("/account/app/add", {"answer": "1", "secret": secret}, "/account")
    assert answer.status_code == 409 and "<svg" not in answer.content.decode() and "<script>" not in answer.content.decode()


def test_a_security_key_is_set_up(site: Site) -> None:
    site.people("anna", "analyst")
    with override_settings(**named(site)):
        anna = Browser(LOCAL)
        anna.login("anna")
        page = anna.send("/account/key", {}, "/account").content.decode()
        options = html.unescape(re.search(r'data-options="([^"]*)"', page)[1])  # type: ignore[index]
        answer = anna.send("/account/key/add", {"answer": "{}", "label": "x"}, "/account")
        assert answer.status_code == 409 and "data-options" in answer.content.decode(), "a new offer for the next try"
        options = html.unescape(re.search(r'data-options="([^"]*)"', answer.content.decode())[1])  # type: ignore[index]
        answer = anna.send("/account/key/add", {"answer": Authenticator().registers(options), "label": "<b>blue</b>"}, "/account")
        assert answer.content.decode().count("<li><code>") == 10
        assert "&lt;b&gt;blue&lt;/b&gt;" in anna.open("/account").content.decode()


def test_without_a_name_there_are_no_security_keys(site: Site) -> None:
    site.people("anna", "analyst")
    answer = site.browser("anna").send("/account/key", {}, "/account")
    assert answer.status_code == 409 and not Profile.objects.get(user__username="anna").mfa


def test_a_factor_is_removed_and_codes_are_made_anew(site: Site) -> None:
    secret, old = with_app(site, "anna")
    anna = in_by_app(site, "anna", secret)
    page = anna.send("/account/codes", {}, "/account").content.decode()
    assert page.count("<li><code>") == 10 and old[0] not in page
    assert anna.send("/account/remove", {"factor": "nothing"}, "/account").status_code == 409
    answer = anna.send("/account/remove", {"factor": "app"}, "/account")
    assert answer["Location"] == "/account?done=removed" and "is removed" in anna.open(answer["Location"]).content.decode()
    assert Profile.objects.get(user__username="anna").mfa == {}
    assert anna.send("/account/codes", {}, "/account").status_code == 409


@pytest.mark.parametrize(("path", "data"), [
    ("/account/app", {}), ("/account/remove", {"factor": "app"}), ("/account/codes", {})])
def test_a_stolen_session_changes_nothing(site: Site, path: str, data: dict[str, str]) -> None:
    """After five minutes the password is asked for; the same once more within the next five it is not."""
    secret, _ = with_app(site, "anna")
    anna = in_by_app(site, "anna", secret)
    site.house.clock.forward(minutes=6)
    before = Profile.objects.get(user__username="anna").mfa
    assert 'type="password"' in anna.open("/account").content.decode()
    for password, said in (("", "Please enter your password"), ("wrong", "The password is not right.")):
        answer = anna.send(path, data | {"password": password}, "/account")
        assert answer.status_code == 403 and said in answer.content.decode()
    assert Profile.objects.get(user__username="anna").mfa == before
    assert anna.send(path, data | {"password": PASSWORD}, "/account").status_code in (200, 303)
    assert 'type="password"' not in anna.open("/account").content.decode()


def test_sessions_are_seen_and_ended(site: Site) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst")
    first = Browser(REMOTE_ADDR="198.51.100.1", HTTP_USER_AGENT="Old <Browser>")
    first.login("anna")
    anna, ben = site.browser("anna"), site.browser("ben")
    page = anna.open("/account").content.decode()
    assert "198.51.100.1" in page and "Old &lt;Browser&gt;" in page and page.count('name="session"') == 2 and "this one" in page
    id = re.search(r'name="session" value="([0-9a-f]{16})"', page)[1]  # type: ignore[index]
    ben.send("/account/end", {"session": id}, "/account")
    assert first.open("/quarantine").status_code == 200, "nobody ends the sessions of others"
    answer = anna.send("/account/end", {"session": id}, "/account")
    assert answer["Location"] == "/account?done=ended" and first.open("/quarantine").status_code == 302
    third = site.browser("anna")
    anna.send("/account/end", {"session": "others"}, "/account")
    assert third.open("/quarantine").status_code == 302 and anna.open("/quarantine").status_code == 200
    assert AuditRecord.objects.filter(action="session-end", actor="anna").count() == 2
    anna.send("/account/end", {"session": "nothing"}, "/account")
    assert AuditRecord.objects.filter(action="session-end").count() == 2


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one_listed(site: Site) -> None:
    site.people("anna", "analyst")
    other, anna = site.browser("anna"), site.browser("anna")
    anna.send("/password", {"current": PASSWORD, "new": "wholly different words", "again": "wholly different words"}, "/password")
    assert other.open("/account").status_code == 302
    assert len(site.book.sessions("anna", 900, 28800)) == 1 and "this one" in anna.open("/account").content.decode()


def test_a_page_that_is_kept_open_shows_no_secret(site: Site) -> None:
    with override_settings(**named(site)):
        with_key(site, "anna")
    anna = Browser()
    anna.login("anna")
    assert anna.open("/login/second").status_code == 200 and anna.open("/account").status_code == 302
