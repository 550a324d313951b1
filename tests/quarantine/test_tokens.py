"""Tokens of programs: never more than their account, gone when they are over, and only their digest is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.model.custody import Actor, Role
from quarantine import desk, tokens
from quarantine.lifecycle import Refused
from quarantine.models import ApiToken, AuditRecord
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ROOT, FakeClock, Held, House, leak, person

DINA = person("dina", Role.ANALYST, mailbox="dina@bank.example")


@pytest.fixture
def accounts(service: QuarantineService) -> QuarantineService:
    service.user_add(ROOT, "dina", ["analyst"], ["dina@bank.example"])
    service.user_add(ROOT, "chief", ["supervisor", "auditor"], ["chief@bank.example"], ["bank.example", "other.example"])
    return service


def made(service: QuarantineService, name: str = "dina", **more: Any) -> str:
    return str(service.token_add(ROOT, name, "siem", more.pop("days", 30), **more)["token"])


def ask(service: QuarantineService, token: str, verb: str = "list", **more: Any) -> dict[str, Any]:
    return desk.call(service, {"verb": verb, "bearer": token, **more}).body


def refusal(service: QuarantineService, token: str, verb: str = "list", **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        ask(service, token, verb, **more)
    return caught.value.code


def test_a_program_acts_as_its_account(accounts: QuarantineService, held: Held) -> None:
    id, token = held(leak), made(accounts)
    assert [m["id"] for m in ask(accounts, token)["messages"]] == [id]
    ask(accounts, token, "approve", id=id, reason="checked by hand")
    record = AuditRecord.objects.filter(action="approve").get()
    assert (record.actor, record.via, record.system) == ("dina", "api", False)


def test_nothing_in_the_request_makes_it_more(accounts: QuarantineService, held: Held) -> None:
    held()
    token = made(accounts, "chief", roles=["auditor"])
    assert refusal(accounts, token, "approve", id="x" * 24, reason="x", actor={"name": "root", "system": True}) in ("NOT-FOUND", "FORBIDDEN")
    for verb in ("login-failed", "pass-show", "note", "user-add", "user-password", "token-add", "factors", "keys-rewrap", "no-verb"):
        assert refusal(accounts, token, verb, name="x") in ("NOT-OFFERED", "NO-VERB"), verb


def test_only_the_digest_is_kept(accounts: QuarantineService, house: House) -> None:
    token = made(accounts)
    assert token.startswith("sekisho_") and len(token) > 50
    stored = b"".join(path.read_bytes() for path in Path(house.directory).glob("quarantine.sqlite*"))
    assert token.encode() not in stored and token[8:].encode() not in stored
    assert token not in str(accounts.token_list(ADMIN)) and token not in "".join(AuditRecord.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("change", [
    lambda s, c: c.forward(days=30), lambda s, c: s.user_disable(ROOT, "dina"), lambda s, c: s.user_role(ROOT, "dina", ["auditor"]),
    lambda s, c: s.token_revoke(DINA, ApiToken.objects.get().pk), lambda s, c: s.token_revoke(ADMIN, ApiToken.objects.get().pk)])
def test_a_token_that_is_over(accounts: QuarantineService, clock: FakeClock, change: Any) -> None:
    token = made(accounts)
    ask(accounts, token)
    change(accounts, clock)
    assert refusal(accounts, token) == "NO-TOKEN"


@pytest.mark.parametrize("text", ["", "sekisho_", "sekisho_" + "A" * 43, "Bearer x", "x" * 5000])
def test_a_token_that_never_was(accounts: QuarantineService, text: str) -> None:
    made(accounts)
    assert refusal(accounts, text) == "NO-TOKEN"


def test_verbs_and_scopes_narrow_it(accounts: QuarantineService, held: Held) -> None:
    ours, other = held(leak), held(leak, sender="x@other.example")
    token = made(accounts, "chief", roles=["supervisor"], scopes=["other.example"], verbs=["list", "show"])
    assert [m["id"] for m in ask(accounts, token)["messages"]] == [other]
    assert refusal(accounts, token, "show", id=ours) == "NOT-FOUND" and refusal(accounts, token, "deny", id=other, reason="x") == "TOKEN-SCOPE"
    accounts.user_role(ROOT, "chief", ["supervisor"], scopes=["bank.example"])
    assert refusal(accounts, token) == "NO-TOKEN", "the account lost what the token was made for"


@pytest.mark.parametrize("wrong", [{"roles": ["admin"]}, {"scopes": ["elsewhere.example"]}, {"verbs": ["user-add"]}, {"verbs": ["x"]},
                                   {"days": 0}, {"days": 367}, {"label": " "}, {"label": "x" * 101}, {"label": "a\u202eb"}])
def test_no_token_wider_than_its_account(accounts: QuarantineService, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"label": "x", "days": 5} | wrong
    with pytest.raises(Refused) as caught:
        accounts.token_add(ROOT, "chief", **given)
    assert caught.value.code == "TOKEN" and not ApiToken.objects.exists()


def test_who_makes_sees_and_revokes(accounts: QuarantineService) -> None:
    mine = accounts.token_add(DINA, "dina", "mine", 5)
    for nobody, name in ((DINA, "chief"), (ADMIN, "dina"), (Actor("dina", DINA.roles, via="api"), "dina")):
        with pytest.raises(Refused):
            accounts.token_add(nobody, name, "x", 5)
    other = accounts.token_add(ROOT, "chief", "other", 5)
    assert [t["label"] for t in accounts.token_list(DINA)] == ["mine"]
    assert {t["label"] for t in accounts.token_list(ADMIN)} == {"mine", "other"}
    with pytest.raises(Refused):
        accounts.token_revoke(DINA, other["id"])
    accounts.token_revoke(DINA, mine["id"])
    accounts.token_revoke(DINA, mine["id"])
    assert AuditRecord.objects.filter(action="token-revoke").count() == 1
    assert accounts.token_list(DINA)[0]["revoked_at"]


def test_its_use_is_noted_to_the_hour(accounts: QuarantineService, clock: FakeClock) -> None:
    token, seen = made(accounts), []
    for minutes in (0, 30, 31):
        clock.forward(minutes=minutes)
        ask(accounts, token)
        seen.append(ApiToken.objects.get().used_at)
    assert seen[0] == seen[1] < seen[2]


def test_an_account_has_so_many(accounts: QuarantineService) -> None:
    for _ in range(tokens.MOST):
        made(accounts)
    with pytest.raises(Refused, match="at most 50 tokens"):
        made(accounts)


def test_every_offered_verb_exists() -> None:
    assert tokens.OFFERED - {"preview"} <= set(desk.VERBS)
