from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory, override_settings

from gateway.console.people import Account, Locked, account_of, counted, proven
from quarantine.access import Act
from quarantine.settings import PASSWORD_HASHERS
from tests.builders.console import PASSWORD, Site


def test_passwords_are_argon2(site: Site) -> None:
    with override_settings(PASSWORD_HASHERS=list(PASSWORD_HASHERS)):
        site.people("anna", "analyst")
        stored = User.objects.get(username="anna").password
        assert stored.startswith("argon2$argon2id$")
        assert authenticate(None, username="anna", password=PASSWORD) is not None
        assert authenticate(None, username="anna", password="wrong") is None
        assert User.objects.get(username="anna").password == stored


def test_an_old_hash_is_not_rewritten(site: Site) -> None:
    """The console cannot write, so a log-in must not try to."""
    site.people("anna", "analyst")
    stored = User.objects.get(username="anna").password
    with override_settings(PASSWORD_HASHERS=[*PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]):
        assert authenticate(None, username="anna", password=PASSWORD) is not None
    assert User.objects.get(username="anna").password == stored


def test_account_of(site: Site) -> None:
    site.people("anna", "analyst", language="ja")
    anna = account_of(User.objects.get(username="anna"))
    assert anna == Account("anna", ("analyst",), "ja", False, mailboxes=("anna@bank.example",))
    assert anna.types_password and not anna.needs_factor and anna.may(Act.QUEUE) and not anna.may(Act.ACCOUNTS)
    assert account_of(User.objects.create_user("bare")) is None and account_of(AnonymousUser()) is None


@pytest.mark.parametrize("name", ["anna", "ANNA", "ａｎｎａ", "an\u00adna", "an na", "\u200banna", "ａｎ\u3000ｎａ"])
def test_spellings_of_one_name_have_one_count(name: str) -> None:
    assert counted(name) == "anna" and counted("hanna") != "anna"


def test_proven(site: Site) -> None:
    site.people("anna", "analyst")
    request = RequestFactory().get("/")
    user = proven(request, "anna", PASSWORD, "192.0.2.1")
    assert user is not None and user.get_username() == "anna"
    for _ in range(5):
        assert proven(request, "anna", "wrong", "192.0.2.1") is None
    with pytest.raises(Locked) as locked:
        proven(request, "anna", PASSWORD, "192.0.2.2")
    assert locked.value.minutes == 1
    assert proven(request, "n" * 500, "p" * 5000, "192.0.2.3") is None
