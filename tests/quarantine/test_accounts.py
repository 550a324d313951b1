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


def test_the_last_admin_does_not_lock_the_house_out(service: QuarantineService) -> None:
    service.user_add(ROOT, "boss", ["admin"])
    boss = service.actor("boss", "console")
    assert refused(service.user_disable, boss, "boss") == "LAST-ADMIN"
    assert refused(service.user_role, boss, "boss", ["auditor"]) == "LAST-ADMIN"
    assert service.actor("boss", "console").roles == {Role.ADMIN}
