"""To the provider and back, as a browser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from quarantine.models import AuditRecord, Profile
from tests.builders.console import Browser, Site, second_site
from tests.builders.custody import ROOT
from tests.builders.factors import LOCAL
from tests.builders.provider import Stub
from tests.gateway.console.accounts.test_provider import ANNA, settings_for


@pytest.fixture
def stub(site: Site, tmp_path: Path) -> Iterator[Stub]:
    made = Stub(lambda: site.house.clock.now().timestamp())
    made.claims = dict(ANNA)
    values = second_site(site, LOCAL)
    held = values["CONSOLE"]
    oidc = settings_for(tmp_path, made.issuer, title='"Log in with <Bank ID>"')
    with override_settings(**values | {"CONSOLE": replace(held, config=replace(held.config, oidc=oidc))}):
        yield made
    made.close()


def there_and_back(browser: Browser, stub: Stub, query: str = "?next=/quarantine?kind=leak", **person: object) -> object:
    answer = browser.open(f"/login/provider{query}")
    assert answer.status_code == 302, answer.content
    return browser.open(stub.login(answer["Location"], **person))


def test_somebody_comes_in(site: Site, stub: Stub) -> None:
    anna = Browser(LOCAL)
    page = anna.open("/login?next=/quarantine?kind=leak").content.decode()
    assert 'href="/login/provider?next=%2Fquarantine%3Fkind%3Dleak"' in page and "Log in with &lt;Bank ID&gt;" in page
    answer = there_and_back(anna, stub)
    assert answer.status_code == 303 and answer["Location"] == "/quarantine?kind=leak" and anna.open("/quarantine").status_code == 200
    profile = Profile.objects.get()
    assert profile.roles == ["analyst"] and profile.identity == f"oidc {stub.issuer} 17" and not profile.user.has_usable_password()
    assert '"how":"oidc"' in AuditRecord.objects.get(action="login").detail
    there_and_back(Browser(LOCAL), stub, groups=["Mail-Admins"])
    assert Profile.objects.get().roles == ["admin"]


def test_the_cookie_of_the_way(site: Site, stub: Stub) -> None:
    anna = Browser(LOCAL)
    cookie = anna.open("/login/provider").cookies["sekisho_provider"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/login/provider/back" and cookie["max-age"] == 600
    assert "sekisho" not in anna.cookies, "nobody can make us remember anything"


def test_an_answer_counts_in_the_browser_that_asked(site: Site, stub: Stub) -> None:
    anna, eve = Browser(LOCAL), Browser(LOCAL)
    back = stub.login(anna.open("/login/provider")["Location"])
    for browser in (Browser(LOCAL), eve):
        answer = browser.open(back)
        assert answer.status_code == 403 and "began elsewhere" in answer.content.decode()
        eve.open("/login/provider")
    assert anna.open(back.replace("state=", "state=x")).status_code == 403
    assert anna.open(back).status_code == 403, "asked once more after a wrong answer"
    back = stub.login(anna.open("/login/provider")["Location"])
    assert anna.open(back).status_code == 303 and anna.open(back).status_code == 403, "once"


def test_an_answer_comes_in_time(site: Site, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Browser(LOCAL)
    back = stub.login(anna.open("/login/provider")["Location"])
    monkeypatch.setattr("gateway.console.accounts.oidc.PATIENCE", -1)
    assert anna.open(back).status_code == 403


def test_from_another_site_a_page_of_ours_comes_first(site: Site, stub: Stub) -> None:
    anna = Browser(LOCAL)
    back = stub.login(anna.open("/login/provider")["Location"])
    page = anna.open(back, headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200 and "One moment" in page.content.decode() and not User.objects.exists()
    assert anna.open(back, headers={"sec-fetch-site": "same-origin"}).status_code == 303


@pytest.mark.parametrize(("person", "said"), [
    ({"groups": ["others"]}, "no role here"), ({"groups": []}, "no role here"), ({"preferred_username": "boss"}, "belongs to somebody else"),
    ({"preferred_username": "a b"}, "no spaces"), ({"sub": ""}, "did not confirm who you are")])
def test_who_does_not_come_in(site: Site, stub: Stub, person: dict, said: str) -> None:
    site.people("boss", "admin")
    browser = Browser(LOCAL)
    answer = there_and_back(browser, stub, **person)
    assert answer.status_code == 403 and said in answer.content.decode() and browser.open("/quarantine").status_code == 302
    assert User.objects.count() == 1


def test_out_of_all_groups_and_disabled(site: Site, stub: Stub) -> None:
    there_and_back(Browser(LOCAL), stub)
    assert there_and_back(Browser(LOCAL), stub, groups=[]).status_code == 403 and Profile.objects.get().roles == []
    there_and_back(Browser(LOCAL), stub)
    site.house.service.user_disable(ROOT, "anna")
    assert there_and_back(Browser(LOCAL), stub).status_code == 403


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?error=<script>", "?code="])
def test_an_answer_without_a_code(site: Site, stub: Stub, query: str) -> None:
    anna = Browser(LOCAL)
    asked = anna.open("/login/provider")["Location"]
    state = asked.partition("&state=")[2].partition("&")[0]
    answer = anna.open(f"/login/provider/back{query or '?'}&state={state}")
    assert answer.status_code == 403 and "<script>" not in answer.content.decode()
    assert AuditRecord.objects.filter(action="login-failed").count() == 1


def test_a_provider_that_is_gone(site: Site, stub: Stub) -> None:
    stub.answers["/.well-known/openid-configuration"] = (503, {})
    answer = Browser(LOCAL).open("/login/provider")
    assert answer.status_code == 503 and "cannot be reached" in answer.content.decode()
    anna = Browser(LOCAL)
    stub.answers.clear()
    back = stub.login(anna.open("/login/provider")["Location"])
    stub.answers["/token"] = (200, b"nonsense")
    assert anna.open(back).status_code == 503


def test_a_factor_of_ours_is_asked_for_where_the_provider_asked_for_a_password_only(site: Site, stub: Stub) -> None:
    there_and_back(Browser(LOCAL), stub)
    Profile.objects.update(mfa={"app": {"wrapped": "", "last": 0, "added": ""}})
    assert there_and_back(Browser(LOCAL), stub)["Location"] == "/login/second"
    assert there_and_back(Browser(LOCAL), stub, amr=["pwd", "otp"])["Location"].startswith("/quarantine")


def test_the_proof_before_a_decision(site: Site, stub: Stub) -> None:
    anna = Browser(LOCAL)
    there_and_back(anna, stub)
    site.house.clock.forward(minutes=6)
    now = site.house.clock.now().timestamp()
    assert anna.send("/account/app", {}, "/account").status_code == 403
    for person in ({"auth_time": now - 3600}, {"sub": "18", "preferred_username": "ben", "auth_time": now}, {}):
        assert there_and_back(anna, stub, "?again=yes&next=/account", **person).status_code == 403, person
        assert anna.send("/account/app", {}, "/account").status_code == 403
    answer = there_and_back(anna, stub, "?again=yes&next=/account", auth_time=now)
    assert answer["Location"] == "/account" and anna.send("/account/app", {}, "/account").status_code == 200


def test_guessing_waits(site: Site, stub: Stub) -> None:
    for _ in range(20):
        browser = Browser(LOCAL)
        browser.open(stub.login(browser.open("/login/provider")["Location"]).replace("code=", "code=x"))
    assert there_and_back(Browser(LOCAL), stub).status_code == 429


def test_without_a_provider_there_is_no_way(site: Site) -> None:
    assert Browser().open("/login/provider").status_code == 404 == Browser().open("/login/provider/back").status_code
    assert "/login/provider" not in Browser().open("/login").content.decode()
    site.people("anna", "analyst")
    assert site.browser("anna").open("/quarantine").status_code == 200
