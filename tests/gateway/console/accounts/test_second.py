"""The second step of a log-in: threat T6 of the threat model."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from gateway.console.accounts.second import target
from quarantine.models import AuditRecord
from tests.builders.authenticator import Authenticator
from tests.builders.console import PASSWORD, Browser, Site, second_site
from tests.builders.custody import ROOT
from tests.builders.factors import LOCAL, named, now_of, with_app, with_key

WRONG = "is not right, or it came too late"


def options(page: str) -> str:
    return html.unescape(re.search(r'data-options="([^"]*)"', page)[1])  # type: ignore[index]


def test_a_code_of_an_app_after_the_password(site: Site) -> None:
    secret, _ = with_app(site, "anna")
    site.house.clock.forward(minutes=1)
    anna = Browser()
    answer = anna.send("/login", {"name": "anna", "password": PASSWORD, "next": "/quarantine?kind=leak"})
    assert answer["Location"] == "/login/second"
    assert anna.open("/quarantine").status_code == 302, "nothing is open between the steps"
    page = anna.open("/login/second").content.decode()
    assert 'autocomplete="one-time-code"' in page and "data-options" not in page and "Recovery code" in page
    code = now_of(site, secret)
    answer = anna.send("/login/second", {"kind": "app", "answer": code}, "/login/second")
    assert answer.status_code == 303 and answer["Location"] == "/quarantine?kind=leak" and anna.open("/quarantine").status_code == 200
    assert '"how":"app"' in AuditRecord.objects.get(action="login").detail
    other = Browser()
    other.login("anna")
    answer = other.send("/login/second", {"kind": "app", "answer": code}, "/login/second")
    assert answer.status_code == 403 and WRONG in answer.content.decode(), "a code counts once"


def test_the_session_key_changes_with_each_step(site: Site) -> None:
    secret, _ = with_app(site, "anna")
    site.house.clock.forward(minutes=1)
    anna = Browser()
    anna.login("anna")
    half = anna.cookies["sekisho"].value
    anna.send("/login/second", {"kind": "app", "answer": now_of(site, secret)}, "/login/second")
    assert anna.cookies["sekisho"].value != half
    thief = Browser()
    thief.cookies["sekisho"] = half
    assert thief.open("/quarantine").status_code == 302


def test_a_security_key(site: Site) -> None:
    with override_settings(**named(site)):
        key = with_key(site, "anna")
        anna = Browser(LOCAL)
        anna.login("anna")
        page = anna.open("/login/second").content.decode()
        assert "securitykey-" in page and json.loads(options(page))["rpId"] == "localhost"
        assert options(page) == options(anna.open("/login/second").content.decode()), "a GET asks for nothing new"
        first = key.signs(options(page))
        answer = anna.send("/login/second", {"kind": "key", "answer": first[:-2] + '"}'}, "/login/second")
        assert answer.status_code == 403 and options(answer.content.decode()) != options(page), "a wrong answer brings a new challenge"
        answer = anna.send("/login/second", {"kind": "key", "answer": first}, "/login/second")
        assert answer.status_code == 403
        fresh = key.signs(options(answer.content.decode()))
        assert anna.send("/login/second", {"kind": "key", "answer": fresh}, "/login/second").status_code == 303


def test_a_lost_factor(site: Site) -> None:
    """A recovery code, once; without one an administrator resets."""
    _, codes = with_app(site, "anna")
    anna = Browser()
    anna.login("anna")
    assert anna.send("/login/second", {"kind": "code", "answer": codes[0].upper()}, "/login/second").status_code == 303
    anna = Browser()
    anna.login("anna")
    assert anna.send("/login/second", {"kind": "code", "answer": codes[0]}, "/login/second").status_code == 403
    site.house.service.user_reset_mfa(ROOT, "anna")
    anna = Browser()
    assert anna.login("anna")["Location"] == "/quarantine"


def test_guessing_waits_and_a_new_log_in_does_not_help(site: Site) -> None:
    secret, _ = with_app(site, "anna")
    site.house.clock.forward(minutes=1)
    for number in range(5):
        thief = Browser(REMOTE_ADDR=f"198.51.100.{number}")
        thief.login("anna")
        assert thief.send("/login/second", {"kind": "app", "answer": "000000"}, "/login/second").status_code == 403
    thief = Browser(REMOTE_ADDR="198.51.100.9")
    thief.login("anna")
    answer = thief.send("/login/second", {"kind": "app", "answer": now_of(site, secret)}, "/login/second")
    assert answer.status_code == 429 and "Please wait 1 min" in answer.content.decode()
    assert AuditRecord.objects.filter(action="factor-failed", actor="anna").count() == 5
    site.house.clock.forward(seconds=61)
    assert thief.send("/login/second", {"kind": "app", "answer": now_of(site, secret)}, "/login/second").status_code == 303


@pytest.mark.parametrize("kind", ["", "sms", "keys", "app' OR 1"])
def test_kinds_that_are_none(site: Site, kind: str) -> None:
    with_app(site, "anna")
    anna = Browser()
    anna.login("anna")
    assert anna.send("/login/second", {"kind": kind, "answer": "000000"}, "/login/second").status_code == 403


def test_half_a_log_in_ends(site: Site) -> None:
    secret, _ = with_app(site, "anna")
    anna = Browser()
    assert anna.open("/login/second")["Location"] == "/login", "without a first step"
    anna.login("anna")
    page = anna.open("/login/second")
    site.house.clock.forward(minutes=11)
    assert page.status_code == 200 and anna.open("/login/second")["Location"] == "/login"
    anna.login("anna")
    token = anna.open("/login/second").content.decode()
    site.house.service.user_disable(ROOT, "anna")
    answer = anna.send("/login/second", {"kind": "app", "answer": now_of(site, secret)}, "/login/second")
    assert token and answer.status_code == 403, "disabled meanwhile"


def test_an_account_without_a_role_does_not_come_in(site: Site) -> None:
    site.house.service.user_arrive("console", "anna", "ldap 1", ["analyst"], [])
    site.house.service.user_arrive("console", "anna", "ldap 1", [], [])
    user = User.objects.get(username="anna")
    user.set_password(PASSWORD)
    user.save()
    answer = Browser().login("anna")
    assert answer.status_code == 403 and "no role here" in answer.content.decode() and "sekisho" not in answer.cookies


def test_a_role_that_needs_one_sets_it_up_first(site: Site) -> None:
    site.people("anna", "analyst")
    site.people("staff", "recipient")
    with override_settings(**named(site, second_factor=("analyst",))):
        staff, anna = Browser(LOCAL), Browser(LOCAL)
        staff.login("staff")
        assert staff.open("/quarantine").status_code == 200
        anna.login("anna")
        for path in ("/quarantine", "/users"):
            assert anna.open(path)["Location"] == "/account"
        assert "Your role needs a second factor." in anna.open("/account").content.decode()
        key = Authenticator()
        page = anna.send("/account/key", {}, "/account").content.decode()
        page = anna.send("/account/key/add", {"answer": key.registers(options(page)), "label": "blue"}, "/account").content.decode()
        assert len(re.findall(r"<li><code>[a-z2-9-]{19}</code>", page)) == 10
        assert anna.open("/quarantine").status_code == 200


def test_next_is_a_path_of_ours(site: Site) -> None:
    assert target("/quarantine/x?a=b") == "/quarantine/x?a=b"
    for path in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/" + "x" * 3000):
        assert target(path) == "/quarantine"


def test_keys_of_another_site_are_no_use(site: Site) -> None:
    with override_settings(**named(site)):
        with_key(site, "anna")
    with override_settings(**second_site(site, "https://mail-guard.bank.example")):
        anna = Browser("https://mail-guard.bank.example")
        anna.login("anna")
        answer = anna.send("/login/second", {"kind": "key", "answer": Authenticator().signs('{"challenge": "AAAA"}')}, "/login/second")
        assert answer.status_code == 403
