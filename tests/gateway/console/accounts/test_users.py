"""Users and roles: what administrators do, what nobody else does, what is refused and said."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from quarantine.models import AuditRecord, Profile
from tests.builders.console import PASSWORD, Browser, Site
from tests.builders.factors import with_app

ONCE = re.compile(r"shown this once: <code>([A-Za-z0-9_-]{20})</code>")


@pytest.fixture
def boss(site: Site) -> Browser:
    site.people("boss", "admin")
    return site.browser("boss")


def test_an_account_is_made_and_its_person_logs_in(site: Site, boss: Browser) -> None:
    answer = boss.send("/users/add", {
        "name": "anna", "role": ["analyst", "recipient"], "mailboxes": "Anna@bank.example\r\n\r\na.chen@bank.example\r\n",
        "scopes": "department:資金部\r\nkind:threat", "language": "ja"}, "/users")
    once = ONCE.search(answer.content.decode())[1]  # type: ignore[index]
    assert answer["Cache-Control"] == "no-store" and once not in boss.open("/users/account?name=anna").content.decode()
    profile = Profile.objects.get(user__username="anna")
    assert (profile.roles, profile.mailboxes) == (["analyst", "recipient"], ["a.chen@bank.example", "anna@bank.example"])
    assert (profile.scopes, profile.language) == (["department:資金部", "kind:threat"], "ja")
    anna = Browser()
    assert anna.login("anna", once).status_code == 303 and anna.open("/quarantine")["Location"] == "/password"
    made = AuditRecord.objects.get(action="user-add", actor="boss")
    assert once not in made.detail and "資金部" in made.detail
    assert "one-time password" in boss.open("/users").content.decode()


@pytest.mark.parametrize(("data", "said"), [
    ({"name": "boss", "role": "analyst"}, "There is an account of this name already."),
    ({"name": "x y", "role": "analyst"}, "no spaces"), ({"name": "x"}, "at least one role"), ({"name": "x", "role": "king"}, "at least one role"),
    ({"name": "x", "role": "analyst", "mailboxes": "nonsense"}, "not a mail address"),
    ({"name": "x", "role": "analyst", "scopes": "kind:<b>x"}, "(kind:&lt;b&gt;x is no scope"),
    ({"name": "x", "role": "analyst", "language": "xx"}, "none of our languages")])
def test_what_is_wrong_is_said_and_kept_in_the_form(site: Site, boss: Browser, data: dict[str, str], said: str) -> None:
    answer = boss.send("/users/add", data, "/users")
    page = answer.content.decode()
    assert answer.status_code == 409 and said in page and f'value="{data["name"]}"' in page
    assert User.objects.count() == 1


def test_an_account_is_changed(site: Site, boss: Browser) -> None:
    site.people("anna", "analyst", language="ja")
    anna = site.browser("anna")
    page = boss.open("/users/account?name=anna").content.decode()
    assert 'value="analyst" checked' in page and "anna@bank.example" in page and 'value="ja" lang="ja" selected' in page
    answer = boss.send("/users/role", {"name": "anna", "role": "recipient", "mailboxes": "a@bank.example", "scopes": "", "language": ""},
                       "/users/account?name=anna")
    assert answer["Location"] == "/users/account?name=anna&done=changed"
    assert Profile.objects.get(user__username="anna").roles == ["recipient"] and anna.open("/users").status_code == 403
    answer = boss.send("/users/role", {"name": "anna", "scopes": "x"}, "/users/account?name=anna")
    assert answer.status_code == 409 and "at least one role" in answer.content.decode()


def test_disable_enable_password_reset_end(site: Site, boss: Browser) -> None:
    secret, _ = with_app(site, "anna")
    site.book.insert("k", "", 900)
    site.book.claim("k", "anna", "198.51.100.1", "Browser")
    assert "198.51.100.1" in boss.open("/users/account?name=anna").content.decode()
    boss.send("/users/end", {"name": "anna"}, "/users/account?name=anna")
    assert not site.book.exists("k") and '"account":"anna"' in AuditRecord.objects.get(action="session-end").detail
    assert boss.send("/users/reset-mfa", {"name": "anna"}, "/users")["Location"].endswith("done=reset-mfa")
    assert Profile.objects.get(user__username="anna").mfa == {} and secret
    site.book.insert("k", "", 900)
    site.book.claim("k", "anna", "", "")
    once = ONCE.search(boss.send("/users/password", {"name": "anna"}, "/users").content.decode())[1]  # type: ignore[index]
    assert not site.book.exists("k") and Browser().login("anna", PASSWORD).status_code == 403
    anna = Browser()
    anna.login("anna", once)
    boss.send("/users/disable", {"name": "anna"}, "/users")
    assert anna.open("/password").status_code == 302 and Browser().login("anna", once).status_code == 403
    assert "disabled" in boss.open("/users").content.decode()
    boss.send("/users/enable", {"name": "anna"}, "/users")
    assert Browser().login("anna", once).status_code == 303
    actions = AuditRecord.objects.filter(actor="boss").exclude(action="login").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["session-end", "user-reset-mfa", "user-password", "user-disable", "user-enable"]


@pytest.mark.parametrize("verb", ["role", "disable", "reset-mfa"])
def test_not_ones_own(site: Site, boss: Browser, verb: str) -> None:
    answer = boss.send(f"/users/{verb}", {"name": "boss", "role": "analyst"}, "/users")
    assert answer.status_code == 409 and "Please ask another administrator." in answer.content.decode()
    assert "another administrator changes its rights" in boss.open("/users/account?name=boss").content.decode()
    assert Profile.objects.get(user__username="boss").roles == ["admin"]


@pytest.mark.parametrize("role", ["recipient", "sender", "supervisor", "analyst", "auditor"])
def test_nobody_else(site: Site, role: str) -> None:
    site.people("eve", role)
    site.people("anna", "analyst")
    site.book.insert("k", "", 900)
    site.book.claim("k", "anna", "", "")
    eve = site.browser("eve")
    for path in ("/users", "/users/account?name=anna", "/users/account?name=eve"):
        assert eve.open(path).status_code == 403, path
    for verb in ("role", "disable", "enable", "password", "reset-mfa", "end"):
        assert eve.send(f"/users/{verb}", {"name": "anna", "role": "auditor"}, "/quarantine").status_code == 403, verb
    assert eve.send("/users/add", {"name": "x", "role": "admin"}, "/quarantine").status_code == 403
    assert site.book.exists("k") and User.objects.count() == 2
    assert 'href="/users"' not in eve.open("/quarantine").content.decode()


def test_an_administrator_with_a_scope_keeps_no_accounts(site: Site) -> None:
    site.people("boss", "admin", scopes=["kind:leak"])
    assert site.browser("boss").open("/users").status_code == 403


def test_a_stolen_session_changes_no_rights(site: Site, boss: Browser) -> None:
    site.people("anna", "analyst")
    site.house.clock.forward(minutes=6)
    for verb in ("role", "disable", "password", "reset-mfa", "end"):
        answer = boss.send(f"/users/{verb}", {"name": "anna", "role": "admin"}, "/users")
        assert answer.status_code == 403 and "Please enter your password" in answer.content.decode(), verb
    assert boss.send("/users/add", {"name": "x", "role": "admin"}, "/users").status_code == 403
    assert User.objects.count() == 2
    assert boss.send("/users/disable", {"name": "anna", "password": PASSWORD}, "/users").status_code == 303


def test_names_are_only_text(site: Site, boss: Browser) -> None:
    name = "a/b?c=<i>&\"'"
    site.people(name, "analyst", mailbox=False)
    page = boss.open("/users").content.decode()
    assert "<i>" not in page and "a/b?c=&lt;i&gt;&amp;&quot;&#x27;" in page
    link = re.search(r'href="(/users/account\?name=a[^"]+)"', page)[1]  # type: ignore[index]
    assert "<h1>a/b?c=&lt;i&gt;&amp;&quot;&#x27;</h1>" in boss.open(link).content.decode()
    assert boss.open("/users/account?name=nobody").status_code == 404 == boss.open("/users/account").status_code


def test_an_account_of_a_directory(site: Site, boss: Browser) -> None:
    site.house.service.user_arrive("console", "anna", "ldap 1", ["analyst"], ["anna@bank.example"])
    page = boss.open("/users/account?name=anna").content.decode()
    assert "belongs to a directory" in page and "New one-time password" not in page
    assert boss.send("/users/password", {"name": "anna"}, "/users").status_code == 409
    answer = boss.send("/users/role", {"name": "anna", "role": "analyst", "mailboxes": "anna@bank.example", "scopes": "kind:leak"}, "/users")
    assert answer.status_code == 303 and Profile.objects.get(user__username="anna").scopes == ["kind:leak"]
