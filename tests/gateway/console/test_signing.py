"""Log-in, waits, sessions, passwords: threats T6 and T7 of the threat model."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from gateway.console.accounts.second import target
from quarantine.models import AuditRecord, Profile
from tests.builders.console import PASSWORD, Browser, Site, second_site
from tests.builders.custody import ROOT

NEW = "wholly different words"


def actions() -> list[tuple[str, str]]:
    return list(AuditRecord.objects.filter(action__startswith="log").order_by("id").values_list("action", "actor"))


def test_log_in_and_out(site: Site) -> None:
    site.people("anna", "analyst")
    anna = Browser()
    answer = anna.send("/login", {"name": " anna ", "password": PASSWORD, "next": "/quarantine?kind=leak"})
    assert answer.status_code == 303 and answer["Location"] == "/quarantine?kind=leak"
    cookie = answer.cookies["sekisho"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and not cookie["max-age"] and not cookie["secure"]
    stolen = cookie.value
    answer = anna.send("/logout", {}, "/quarantine")
    assert answer.status_code == 303 and anna.open("/quarantine").status_code == 302
    anna.cookies["sekisho"] = stolen
    assert anna.open("/quarantine").status_code == 302
    assert actions() == [("login", "anna"), ("logout", "anna")]


def test_the_database_of_the_keeper_is_not_written(site: Site) -> None:
    site.people("anna", "analyst")
    site.browser("anna")
    assert User.objects.get(username="anna").last_login is None


def test_the_session_key_changes_at_log_in(site: Site) -> None:
    site.people("anna", "analyst")
    anna = Browser()
    anna.cookies["sekisho"] = "f" * 32
    anna.login("anna")
    assert anna.cookies["sekisho"].value != "f" * 32
    first = anna.cookies["sekisho"].value
    anna.login("anna")
    assert anna.cookies["sekisho"].value != first
    other = Browser()
    other.cookies["sekisho"] = first
    assert other.open("/quarantine").status_code == 302


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("off", PASSWORD), ("bare", PASSWORD), ("", "")])
def test_the_same_answer_whatever_is_wrong(site: Site, name: str, password: str) -> None:
    site.people("anna", "analyst")
    site.people("off", "analyst")
    site.house.service.user_disable(ROOT, "off")
    User.objects.create_user("bare", password=PASSWORD)
    answer = Browser().login(name, password)
    assert answer.status_code == 403 and "Name or password is not right." in answer.content.decode()
    assert "sekisho" not in answer.cookies
    assert actions() == [("login-failed", name)]


def test_guessing_waits_for_the_account_from_any_address(site: Site) -> None:
    site.people("anna", "analyst")
    for number in range(5):
        assert Browser(REMOTE_ADDR=f"198.51.100.{number}").login("anna", "wrong").status_code == 403
    answer = Browser().login("Anna")
    assert answer.status_code == 429 and "Please wait 1 min" in answer.content.decode()
    assert Browser().login("anna").status_code == 429
    assert len(actions()) == 5
    site.house.clock.at += timedelta(seconds=61)
    assert Browser().login("anna").status_code == 303
    assert Browser().login("anna", "wrong").status_code == 403


def test_guessing_many_accounts_waits_for_the_address(site: Site) -> None:
    site.people("anna", "analyst")
    for number in range(20):
        assert Browser().login(f"name{number}", "wrong").status_code == 403
    assert Browser().login("anna").status_code == 429
    assert Browser(REMOTE_ADDR="198.51.100.7").login("anna").status_code == 303


def test_the_address_behind_a_known_proxy_counts(site: Site) -> None:
    for number in range(21):
        Browser(REMOTE_ADDR="192.0.2.9").login(f"n{number}", "wrong", headers={"x-forwarded-for": "203.0.113.5, 192.0.2.8"})
    site.people("anna", "analyst")
    said = {"headers": {"x-forwarded-for": "203.0.113.5"}}
    assert Browser(REMOTE_ADDR="192.0.2.9").login("anna", **said).status_code == 429
    assert Browser(REMOTE_ADDR="198.51.100.1").login("anna", **said).status_code == 303, "a stranger's header counts for nothing"


def test_a_session_ends(site: Site) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    for _ in range(40):
        site.house.clock.at += timedelta(minutes=12)
        if anna.open("/quarantine").status_code != 200:
            break
    assert site.house.clock.at.hour == 9, "8 h after 01:00, however busy"
    anna.login("anna")
    site.house.clock.at += timedelta(minutes=16)
    assert anna.open("/quarantine").status_code == 302


def test_roles_and_accounts_count_at_once(site: Site) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    site.house.service.user_disable(ROOT, "anna")
    assert anna.open("/quarantine").status_code == 302


def test_a_one_time_password_must_be_changed(site: Site) -> None:
    once = site.house.service.user_add(ROOT, "anna", ["analyst"])
    anna = Browser()
    anna.login("anna", once)
    for path in ("/", "/quarantine"):
        assert anna.open(path)["Location"] == "/password"
    assert "one time only" in anna.open("/password").content.decode()
    for current, new, again, sentence in (
            (once, NEW, NEW + "x", "not the same"), (once, once, once, "not the present one"), (once, "", "", "at least 12"),
            (once, "short", "short", "at least 12"), (once, "password1234", "password1234", "at least 12"),
            ("wrong", NEW, NEW, "present password is not right")):
        answer = anna.send("/password", {"current": current, "new": new, "again": again}, "/password")
        assert answer.status_code == 409 and sentence in answer.content.decode(), sentence
    before = anna.cookies["sekisho"].value
    answer = anna.send("/password", {"current": once, "new": NEW, "again": NEW}, "/password")
    assert answer.status_code == 303 and "Your password is changed." in anna.open(answer["Location"]).content.decode()
    assert anna.cookies["sekisho"].value != before and not Profile.objects.get(user__username="anna").must_change_password
    assert Browser().login("anna", once).status_code == 403 and Browser().login("anna", NEW).status_code == 303


def test_a_changed_password_ends_other_sessions(site: Site) -> None:
    site.people("anna", "analyst")
    here, there = site.browser("anna"), site.browser("anna")
    here.send("/password", {"current": PASSWORD, "new": NEW, "again": NEW}, "/password")
    assert here.open("/quarantine").status_code == 200 and there.open("/quarantine").status_code == 302


def test_nobody_is_in_unrecorded(site: Site) -> None:
    site.people("anna", "analyst")
    anna = Browser()
    anna.open("/login")
    site.keeper.broken = True
    answer = anna.login("anna")
    assert answer.status_code == 503 and "sekisho" not in answer.cookies


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "", "x" * 3000])
def test_next_is_a_path_of_ours(site: Site, path: str) -> None:
    site.people("anna", "analyst")
    assert Browser().send("/login", {"name": "anna", "password": PASSWORD, "next": path})["Location"] == "/quarantine"
    assert target("/quarantine/x?a=b") == "/quarantine/x?a=b"


def test_https_hardens_the_cookies(site: Site) -> None:
    site.people("anna", "analyst")
    with override_settings(**second_site(site, "https://mail-guard.bank.example")):
        anna = Browser("https://mail-guard.bank.example")
        answer = anna.login("anna")
        assert answer.status_code == 303
        assert answer.cookies["__Host-sekisho"]["secure"] and anna.cookies["__Host-sekisho_csrf"]["secure"]
        assert "max-age" in anna.open("/quarantine")["Strict-Transport-Security"]


def test_an_unknown_language_is_not_kept(site: Site) -> None:
    answer = Browser().send("/language", {"language": "xx", "next": "//evil.example"})
    assert answer["Location"] == "/quarantine" and "sekisho_language" not in answer.cookies
