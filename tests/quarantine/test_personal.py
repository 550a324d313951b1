"""The verbs of accounts and factors, as JSON."""

from __future__ import annotations

import json

import pytest

from quarantine import desk, personal
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, Profile
from quarantine.service import QuarantineService

SITE = {"host": "localhost", "origin": "http://localhost:8080"}


def ask(service: QuarantineService, verb: str, who: str = "root", /, **arguments: object) -> dict:
    request = {"verb": verb, "actor": {"name": who, "via": "console", "system": who == "root"}, **arguments}
    return json.loads(json.dumps(desk.call(service, json.loads(json.dumps(request))).body))


def test_an_account_from_beginning_to_end(service: QuarantineService) -> None:
    ask(service, "user-add", name="boss", roles=["admin"])
    made = ask(service, "user-add", "boss", name="anna", roles=["analyst"], mailboxes=["a@bank.example"], scopes=["kind:threat"], language="ja")
    assert set(made) == {"name", "password"} and len(made["password"]) >= 12
    ask(service, "user-role", "boss", name="anna", roles=["supervisor"])
    row, = (r for r in ask(service, "user-list", "boss")["users"] if r["name"] == "anna")
    assert (row["roles"], row["mailboxes"], row["scopes"], row["language"]) == (["supervisor"], ["a@bank.example"], ["kind:threat"], "ja")
    ask(service, "user-role", "boss", name="anna", roles=["supervisor"], mailboxes=[], scopes=[], language="")
    assert Profile.objects.get(user__username="anna").mailboxes == []
    ask(service, "user-disable", "boss", name="anna")
    with pytest.raises(Refused):
        ask(service, "factors", "anna")
    ask(service, "user-enable", "boss", name="anna")
    assert ask(service, "user-password", "boss", name="anna")["password"]
    ask(service, "user-reset-mfa", "boss", name="anna")


def test_factors_over_json(service: QuarantineService) -> None:
    ask(service, "user-add", name="anna", roles=["analyst"])
    assert ask(service, "factors", "anna") == {"app": "", "codes": 0, "keys": []}
    assert json.loads(ask(service, "factor-offer", "anna", kind="key", site=SITE)["options"])["rp"]["id"] == "localhost"
    assert ask(service, "factor-challenge", "anna", site=None) == {"kinds": [], "options": ""}
    assert ask(service, "factor-check", "anna", kind="app", answer="1", site=None, client="192.0.2.1") == {"right": False}
    assert '"client":"192.0.2.1"' in AuditRecord.objects.get(action="factor-failed").detail
    for verb, arguments in (("factor-add", {"kind": "app", "answer": "123456"}), ("factor-remove", {"factor": "app"}), ("factor-codes", {})):
        with pytest.raises(Refused):
            ask(service, verb, "anna", **arguments)


@pytest.mark.parametrize(("verb", "arguments"), [
    ("factor-offer", {}), ("factor-add", {"kind": "app"}), ("factor-check", {"kind": "key", "answer": "{}", "site": {"host": "x"}}),
    ("user-arrive", {"name": "x"}), ("user-add", {"name": "x"}), ("user-role", {"name": "anna"})])
def test_what_lacks_is_said(service: QuarantineService, verb: str, arguments: dict) -> None:
    ask(service, "user-add", name="anna", roles=["admin"])
    with pytest.raises(Refused) as refused:
        ask(service, verb, "anna", **arguments)
    assert refused.value.code == "BAD-REQUEST"


def test_someone_arrives_from_a_directory(service: QuarantineService) -> None:
    ask(service, "user-arrive", "nobody yet", name="anna", identity="oidc https://id 1", roles=["analyst"], mailboxes=["A@bank.example"])
    assert service.actor("anna", "console").mailboxes == {"a@bank.example"}


def test_the_two_tables_have_different_verbs() -> None:
    assert not set(personal.ACCOUNTS) & set(personal.BROWSER)
    assert set(personal.ACCOUNTS) | set(personal.BROWSER) <= set(desk.VERBS) and personal.ANONYMOUS <= desk.ANONYMOUS
