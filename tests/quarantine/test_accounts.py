from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from gateway.model.custody import Actor, Role
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, Profile
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, ROOT

GOOD = "correct horse battery staple"


def refused(call, *arguments, **more) -> str:
    with pytest.raises(Refused) as caught:
        call(*arguments, **more)
    return caught.value.code


def test_an_account_and_what_it_may(service: QuarantineService) -> None:
    service.user_add(ROOT, "anna", ["Analyst", "recipient"], ["Anna@Bank.Example"], ["bank.example", "Boss@bank.example"], GOOD)
    assert service.actor("anna", "console") == Actor(
        "anna", frozenset({Role.ANALYST, Role.RECIPIENT}), frozenset({"anna@bank.example"}), "console",
        scopes=frozenset({"bank.example", "boss@bank.example"}))
    assert authenticate(username="anna", password=GOOD) is not None
    assert User.objects.get().password.startswith("argon2$")
    one, = service.user_list(ADMIN)
    assert one["name"] == "anna" and one["active"] and not one["mfa"]
    assert GOOD not in "".join(AuditRecord.objects.values_list("detail", flat=True))


def test_a_made_up_password_must_be_changed(service: QuarantineService) -> None:
    password = service.user_add(ROOT, "x", ["auditor"])
    assert authenticate(username="x", password=password) and Profile.objects.get().must_change_password
    service.user_password(service.actor("x", "console"), "x", GOOD)
    assert not Profile.objects.get().must_change_password


@pytest.mark.parametrize(("arguments", "code"), [
    (("x", ["king"]), "ROLE"), (("x", []), "ROLE"), (("", ["admin"]), "NAME"), (("a b", ["admin"]), "NAME"), (("a\nb", ["admin"]), "NAME"),
    (("x", ["admin"], ["nonsense"]), "MAILBOX"), (("x", ["admin"], (), (), "short"), "PASSWORD"), (("taken", ["admin"]), "TAKEN")])
def test_what_is_refused(service: QuarantineService, arguments: tuple, code: str) -> None:
    service.user_add(ROOT, "taken", ["auditor"])
    assert refused(service.user_add, ROOT, *arguments) == code
    assert User.objects.count() == 1


def test_only_admins_keep_accounts(service: QuarantineService) -> None:
    service.user_add(ROOT, "x", ["auditor"])
    for call, arguments in ((service.user_add, ("y", ["admin"])), (service.user_list, ()), (service.user_role, ("x", ["admin"])),
                            (service.user_disable, ("x",)), (service.user_reset_mfa, ("x",)), (service.user_password, ("x", GOOD))):
        assert refused(call, ANNA, *arguments) == "FORBIDDEN"


def test_changes_count_at_once(service: QuarantineService) -> None:
    service.user_add(ROOT, "boss", ["admin"])
    service.user_add(ROOT, "x", ["analyst"])
    service.user_role(ADMIN, "x", ["auditor"], ["x@bank.example"])
    assert service.actor("x", "api").roles == {Role.AUDITOR}
    Profile.objects.filter(user__username="x").update(mfa={"totp": "sealed"})
    service.user_reset_mfa(ADMIN, "x")
    assert Profile.objects.get(user__username="x").mfa == {}
    service.user_disable(ADMIN, "x")
    assert refused(service.actor, "x", "api") == "NO-ACCOUNT"
    service.user_disable(ADMIN, "x", disabled=False)
    service.actor("x", "api")
    assert refused(service.user_role, ADMIN, "nobody", ["admin"]) == "NO-ACCOUNT"


def test_nobody_changes_the_rights_of_their_own_account(service: QuarantineService) -> None:
    """So one administrator always remains, and none gives themselves a role or takes an address off to approve their own mail."""
    service.user_add(ROOT, "boss", ["admin", "analyst"], ["boss@bank.example"])
    boss = service.actor("boss", "console")
    for call, arguments in ((service.user_disable, ("boss",)), (service.user_role, ("boss", ["auditor"])),
                            (service.user_role, ("boss", ["admin", "analyst"], [])), (service.user_reset_mfa, ("boss",))):
        assert refused(call, boss, *arguments) == "OWN-ACCOUNT"
    assert service.actor("boss", "console") == boss
    service.user_role(ROOT, "boss", ["auditor"])


def test_an_account_with_a_scope_keeps_no_accounts(service: QuarantineService) -> None:
    """It could widen its own scope by way of another account."""
    service.user_add(ROOT, "boss", ["admin"], scopes=["kind:leak"])
    assert refused(service.user_list, service.actor("boss", "console")) == "FORBIDDEN"


ID = "oidc https://id.bank.example 17"


def test_an_account_of_a_directory_is_made_and_renewed(service: QuarantineService) -> None:
    service.user_arrive("console", "anna", ID, ["analyst"], ["anna@bank.example"])
    assert not User.objects.get().has_usable_password() and service.user_list(ADMIN)[0]["external"]
    service.user_role(ADMIN, "anna", ["analyst"], scopes=["kind:threat"])
    service.user_arrive("console", "anna", ID, ["supervisor"], ["anna@bank.example", "a.chen@bank.example"])
    assert service.actor("anna", "console").mailboxes == {"anna@bank.example", "a.chen@bank.example"}
    assert service.actor("anna", "console").scopes == {"kind:threat"}, "scope is the administrator's"
    service.user_arrive("console", "anna", ID, [], [])
    assert service.actor("anna", "console").roles == set(), "out of all groups: out of the house"
    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == ["user-add", "user-role", "user-role", "user-role"]


def test_what_a_directory_cannot_do(service: QuarantineService) -> None:
    service.user_add(ROOT, "anna", ["admin"], password=GOOD)
    assert refused(service.user_arrive, "console", "anna", ID, ["analyst"], []) == "OTHER-PERSON", "a name alone is no proof"
    assert refused(service.user_arrive, "console", "ben", "", ["analyst"], []) == "NAME"
    assert refused(service.user_arrive, "console", "ben", ID, [], []) == "NO-ACCOUNT"
    assert refused(service.user_arrive, "console", "b\nen", ID, ["analyst"], []) == "NAME"
    assert refused(service.user_arrive, "console", "ben", ID, ["king"], []) == "ROLE"
    service.user_arrive("console", "ben", ID, ["analyst"], [])
    assert refused(service.user_arrive, "console", "ben", ID + "8", ["analyst"], []) == "OTHER-PERSON", "a name given to another person"
    assert refused(service.user_arrive, "console", "eve", ID, ["analyst"], []) == "OTHER-PERSON", "a person renamed"
    service.user_disable(ADMIN, "ben")
    assert refused(service.user_arrive, "console", "ben", ID, ["analyst"], []) == "NO-ACCOUNT"


def test_what_belongs_to_the_directory_is_changed_there(service: QuarantineService) -> None:
    service.user_arrive("console", "ben", ID, ["analyst"], ["ben@bank.example"])
    assert refused(service.user_password, ADMIN, "ben") == "EXTERNAL" == refused(service.user_password, service.actor("ben", "x"), "ben", GOOD)
    assert refused(service.user_role, ADMIN, "ben", ["admin"]) == "EXTERNAL"
    assert refused(service.user_role, ADMIN, "ben", ["analyst"], ["x@bank.example"]) == "EXTERNAL"


@pytest.mark.parametrize(("arguments", "code"), [
    ({"scopes": ["nonsense"]}, "SCOPE"), ({"language": "xx"}, "LANGUAGE"), ({"mailboxes": ["a b@bank.example"]}, "MAILBOX")])
def test_nothing_is_half_changed(service: QuarantineService, arguments: dict, code: str) -> None:
    service.user_add(ROOT, "x", ["auditor"])
    before = Profile.objects.values().get()
    assert refused(service.user_role, ADMIN, "x", ["admin"], **arguments) == code
    assert refused(service.user_add, ADMIN, "y", ["admin"], **arguments) == code
    assert Profile.objects.values().get() == before
