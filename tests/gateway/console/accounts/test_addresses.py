"""Every address of accounts: who may ask without a log-in, and that a GET changes nothing."""

from __future__ import annotations

import pytest

from gateway.console.accounts.addresses import urlpatterns
from quarantine.models import AuditRecord, Profile
from tests.builders.console import Browser, Site

OPEN = {"second", "oidc", "oidc-back"}
READ = {"second", "oidc", "oidc-back", "prove", "account", "users", "user"}
PATHS = {
    "second": "/login/second", "oidc": "/login/provider", "oidc-back": "/login/provider/back", "prove": "/prove", "account": "/account",
    "factor": "/account/app", "factor-add": "/account/key/add", "factor-remove": "/account/remove", "factor-codes": "/account/codes",
    "session-end": "/account/end", "users": "/users", "user": "/users/account", "user-add": "/users/add", "user-change": "/users/disable",
}


def test_the_expectation_covers_every_address() -> None:
    assert {p.name for p in urlpatterns} == set(PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_without_a_log_in(site: Site, name: str) -> None:
    for method in ("get", "post"):
        answer = Browser().send(PATHS[name], {}) if method == "post" else Browser().open(PATHS[name])
        if name not in OPEN:
            assert answer.status_code == 302 and answer["Location"].startswith("/login"), method
        else:
            assert answer.status_code in (303, 404, 405), method


@pytest.mark.parametrize("name", PATHS)
def test_a_get_changes_nothing(site: Site, name: str) -> None:
    site.people("boss", "admin")
    boss = site.browser("boss")
    before, records = list(Profile.objects.values()), AuditRecord.objects.count()
    answer = boss.open(f"{PATHS[name]}?name=boss&role=analyst")
    assert (answer.status_code == 405) is (name not in READ)
    assert list(Profile.objects.values()) == before and AuditRecord.objects.count() == records


@pytest.mark.parametrize("name", sorted(set(PATHS) - READ))
def test_a_form_of_another_site_is_refused(site: Site, name: str) -> None:
    site.people("boss", "admin")
    boss = site.browser("boss")
    assert boss.send(PATHS[name], {"name": "boss"}, "/users", headers={"origin": "https://evil.example"}).status_code == 403
    assert boss.post(PATHS[name], {"name": "boss"}).status_code == 403
