from __future__ import annotations

import pytest

from gateway.console.accounts.person import mailboxes_of, roles_of

TABLE = {"cn=Mail Analysts,dc=bank": "analyst", "admins": "admin", "CN=Second,dc=bank": "analyst"}


@pytest.mark.parametrize(("groups", "roles"), [
    ([], ()), (["others"], ()), (["CN=mail analysts,DC=bank"], ("analyst",)), (["ADMINS", "cn=second,dc=bank", "cn=mail analysts,dc=bank"], ("analyst", "admin")),
    (["mail analysts"], ()), (["admins "], ("admin",))])
def test_roles_of_groups(groups: list[str], roles: tuple[str, ...]) -> None:
    assert roles_of(groups, TABLE) == roles


def test_addresses_as_directories_write_them() -> None:
    assert mailboxes_of(["A@Bank.Example", "SMTP:a@bank.example", "smtp:a.chen@bank.example", "X500:/o=x", "sip:a@bank.example", "nonsense", "@b.example",
                         "a b@bank.example", "a\n@bank.example", "x" * 400 + "@b.example", ""]) == ("a@bank.example", "a.chen@bank.example")
    assert len(mailboxes_of(f"a{n}@bank.example" for n in range(500))) == 100
