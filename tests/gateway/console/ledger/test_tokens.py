"""Tokens on their page: made once with a proof, never shown again, revoked by their owner or an administrator."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from quarantine.models import ApiToken
from tests.builders.console import PASSWORD, Browser, Site
from tests.builders.custody import Held, leak

TEXT = re.compile(r"sekisho_[A-Za-z0-9_-]{43}")


@pytest.fixture
def anna(site: Site) -> Browser:
    site.people("anna", "analyst")
    return site.browser("anna")


def make(browser: Browser, **more: str) -> str:
    return browser.send("/tokens/add", {"label": "siem", "days": "30", "password": PASSWORD} | more, "/tokens").content.decode()


def test_a_token_is_made_works_and_is_revoked(site: Site, anna: Browser, held: Held) -> None:
    held(leak)
    page = make(anna, verb="list")
    token = TEXT.search(page)[0]  # type: ignore[index]
    assert not TEXT.search(anna.open("/tokens").content.decode())
    program = Client(headers={"host": "127.0.0.1:8080", "authorization": f"Bearer {token}"})
    assert len(program.get("/api/v1/messages").json()["messages"]) == 1
    answer = anna.send("/tokens/revoke", {"id": ApiToken.objects.get().pk}, "/tokens")
    assert answer.status_code == 303 and "revoked" in anna.open("/tokens").content.decode()
    assert program.get("/api/v1/messages").status_code == 401


def test_an_old_log_in_is_not_enough(site: Site, anna: Browser) -> None:
    site.house.clock.forward(minutes=12)
    answer = anna.send("/tokens/add", {"label": "siem", "days": "30", "password": "wrong"}, "/tokens")
    assert answer.status_code == 403 and not ApiToken.objects.exists()


@pytest.mark.parametrize("wrong", [{"days": "0"}, {"days": "367"}, {"days": "x"}, {"days": "99999999"}, {"label": " "},
                                   {"role": "admin"}, {"verb": "user-add"}, {"scopes": "kind:nonsense"}])
def test_what_is_wrong_is_said(site: Site, anna: Browser, wrong: dict[str, str]) -> None:
    page = make(anna, **wrong)
    assert 'role="alert"' in page and not TEXT.search(page) and not ApiToken.objects.exists()


def test_an_administrator_sees_and_revokes_all_but_makes_none_for_others(site: Site, anna: Browser) -> None:
    make(anna)
    site.people("adam", "admin")
    adam = site.browser("adam")
    assert "siem" in adam.open("/tokens").content.decode()
    adam.send("/tokens/revoke", {"id": ApiToken.objects.get().pk}, "/tokens")
    assert ApiToken.objects.get().revoked_at is not None
    make(adam, name="anna")
    assert set(ApiToken.objects.values_list("user__username", flat=True)) == {"anna", "adam"}


def test_nobody_sees_or_revokes_anothers(site: Site, anna: Browser) -> None:
    make(anna, label="mine<script>")
    assert "mine&lt;script&gt;" in anna.open("/tokens").content.decode()
    site.people("ben", "analyst")
    ben = site.browser("ben")
    assert "mine" not in ben.open("/tokens").content.decode()
    assert ben.send("/tokens/revoke", {"id": ApiToken.objects.get().pk}, "/tokens").status_code == 404
    assert ApiToken.objects.get().revoked_at is None
