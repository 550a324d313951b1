"""The pages of accounts by the same rules as all others: names, labels, structure."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings
from lxml import html

from tests.builders.console import Browser, Site
from tests.builders.factors import LOCAL, named, now_of, with_app, with_key
from tests.gateway.console.test_accessible import test_names_labels_and_structure as fine

SECRET = re.compile(r'name="secret" value="([A-Z2-7]{32})"')


def parsed(answer: object) -> html.HtmlElement:
    return html.fromstring(answer.content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("minutes", [0, 6])
def test_pages(site: Site, language: str, minutes: int) -> None:
    """Right after the log-in, and when a proof is asked for again."""
    with override_settings(**named(site)):
        with_key(site, "boss", "admin")
        site.house.service.factor_remove(site.house.service.actor("boss", "x"), site.house.service.factors(
            site.house.service.actor("boss", "x"))["keys"][0]["id"])
        site.people("anna", "analyst", scopes=["kind:threat"])
        site.house.service.user_arrive("console", "ben", "ldap 1", ["recipient"], ["ben@bank.example"])
        boss, pages = Browser(LOCAL), {}
        boss.send("/language", {"language": language, "next": "/login"}, "/login")
        boss.login("boss")
        if not minutes:
            pages["key"] = parsed(boss.send("/account/key", {}, "/account"))
            offered = boss.send("/account/app", {}, "/account")
            pages["app"] = parsed(offered)
            secret = SECRET.search(offered.content.decode())[1]  # type: ignore[index]
            pages["codes"] = parsed(boss.send("/account/app/add", {"answer": now_of(site, secret), "secret": secret}, "/account"))
        site.house.clock.forward(minutes=minutes)
        for path in ("/account", "/users", "/users/account?name=anna", "/users/account?name=ben", "/users/account?name=boss", "/prove"):
            pages[path] = parsed(boss.open(path))
        pages["refused"] = parsed(boss.send("/users/add", {"name": "x y", "password": "correct horse battery"}, "/users"))
        fine(pages)


def test_the_second_step(site: Site) -> None:
    with_app(site, "anna")
    anna = Browser()
    anna.login("anna")
    fine({"second": parsed(anna.open("/login/second"))})
