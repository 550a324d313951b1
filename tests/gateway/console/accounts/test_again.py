"""The proof that is asked for again: on a page of its own, or in the form itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from tests.builders.console import PASSWORD, Browser, Site
from tests.builders.factors import LOCAL, named


def test_the_page_of_its_own(site: Site) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    assert 'type="password"' in anna.open("/prove?next=/users").content.decode()
    assert anna.send("/prove", {"next": "/users", "password": "wrong"}, "/prove").status_code == 403
    answer = anna.send("/prove", {"next": "/users", "password": PASSWORD}, "/prove")
    assert answer.status_code == 303 and answer["Location"] == "/users"
    assert "You have just done so." in anna.open("/prove?next=/users").content.decode()
    assert anna.send("/prove", {"next": "//evil.example", "password": PASSWORD}, "/account")["Location"] == "/quarantine"


def test_somebody_of_a_provider_is_sent_there(site: Site) -> None:
    site.house.service.user_arrive("console", "anna", "oidc https://id 1", ["analyst"], [])
    from tests.builders.console import session_of

    anna = session_of(site, "anna")
    site.house.clock.forward(minutes=6)
    page = anna.open("/prove?next=/account").content.decode()
    assert 'href="/login/provider?again=yes&amp;next=%2Faccount"' in page and 'type="password"' not in page
    answer = anna.send("/account/app", {"password": PASSWORD}, "/account")
    assert answer.status_code == 403 and "Please confirm who you are" in answer.content.decode()
    assert 'href="/prove?next=' in anna.open("/account").content.decode()


@pytest.mark.parametrize(("minutes", "asked"), [(4, False), (6, True), (-1, True)])
def test_how_long_a_proof_lasts(site: Site, minutes: int, asked: bool) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    site.house.clock.at += timedelta(minutes=minutes)
    assert (anna.send("/account/app", {}, "/login").status_code == 403) is asked


def test_the_setting_may_ask_always(site: Site) -> None:
    site.people("anna", "analyst")
    with override_settings(**named(site, reauthenticate=0.0)):
        anna = Browser(LOCAL)
        anna.login("anna")
        site.house.clock.forward(seconds=1)
        assert anna.send("/account/app", {}, "/account").status_code == 403
        assert anna.send("/account/app", {"password": PASSWORD}, "/account").status_code == 200
