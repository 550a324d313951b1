"""Links: looking changes nothing; an act needs the mailbox's code, once; forged, used and late ones are said to be so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.model.custody import Status
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, OneTimeCode, OutboxEntry, Pass, QuarantinedMessage, ReleaseRequest
from quarantine.passes import CODES_AN_HOUR, NOT_POSSIBLE, PASSWORD_TRIES, Ready
from tests.builders.custody import BOSS, CLERK, House, admission, leak
from tests.builders.links import Scribe, link, scribe
from tests.quarantine.test_scope import INSPECTION, TWO


@pytest.fixture
def told(house: House) -> Scribe:
    house.service.settings = replace(house.service.settings, our_domains=frozenset({"bank.example"}))
    return scribe(house)


def coded(house: House, told: Scribe, token: str, id: str, act: str) -> str:
    assert house.service.pass_code(token, id, act)["state"] == "sent"
    return told.code()


def test_looking_changes_nothing_and_shows_a_recipient_only_himself(house: House, held: Any, told: Scribe) -> None:
    id = held(recipients=TWO, inspection=INSPECTION)
    token = link(house, "staff@bank.example", "recipient", id)
    before = [list(m.objects.values()) for m in (Pass, QuarantinedMessage, OutboxEntry, AuditRecord, OneTimeCode)]
    for _ in range(1000):
        seen = house.service.pass_show(token)
    assert [list(m.objects.values()) for m in (Pass, QuarantinedMessage, OutboxEntry, AuditRecord, OneTimeCode)] == before
    [one] = seen["messages"]
    assert (one["recipients"], one["acts"], one["without"]) == (["staff@bank.example"], ["request", "without"], ["a.exe"])


@pytest.mark.parametrize("token", ["", "t0ken!", "x" * 5000, "t0ke", "\ud800"])
def test_forged_links_open_nothing(house: House, held: Any, told: Scribe, token: str) -> None:
    id = held()
    link(house, "staff@bank.example", "recipient", id)
    assert house.service.pass_show(token) == {"state": "bad"} == house.service.pass_code(token, id, "request")
    assert house.service.pass_act(token, id, "request", "12345678", "x") == {"state": "bad"}


def test_a_link_is_for_its_messages_only(house: House, held: Any, told: Scribe) -> None:
    mine, other = held(), held(data=b"Subject: other\r\n\r\n")
    token = link(house, "staff@bank.example", "recipient", mine)
    assert house.service.pass_code(token, other, "request") == {"state": "bad"}
    with pytest.raises(Refused) as caught:
        house.service.pass_code(token, mine, "withdraw")
    assert caught.value.refusal == NOT_POSSIBLE


def test_request_needs_the_code_and_serves_once(house: House, held: Any, told: Scribe) -> None:
    id = held()
    token = link(house, "staff@bank.example", "recipient", id)
    code = coded(house, told, token, id, "request")
    assert told.told[-1][1] == "staff@bank.example" and len(code) == 9
    for wrong in ("", "0000 0000", code[::-1], "x" * 500):
        assert house.service.pass_act(token, id, "request", wrong, "please") == {"state": "wrong-code"}
    assert not ReleaseRequest.objects.exists()
    assert house.service.pass_act(token, id, "request", code.replace(" ", ""), "please")["state"] == "done"
    request = ReleaseRequest.objects.get()
    assert (request.requester, request.reason) == ("staff@bank.example", "please")
    assert house.service.pass_act(token, id, "request", code, "again") == {"state": "used", "act": "request"}
    assert house.service.pass_code(token, id, "request") == {"state": "used", "act": "request"}
    assert house.service.pass_show(token)["messages"][0]["used"] == "request"
    assert AuditRecord.objects.filter(action="code-wrong").count() == 4


def test_after_five_wrong_codes_the_right_one_is_wrong_too(house: House, held: Any, told: Scribe) -> None:
    id = held()
    token = link(house, "staff@bank.example", "recipient", id)
    code = coded(house, told, token, id, "request")
    for _ in range(5):
        house.service.pass_act(token, id, "request", "00000000", "x")
    assert house.service.pass_act(token, id, "request", code, "x") == {"state": "wrong-code"}
    again = coded(house, told, token, id, "request")
    assert house.service.pass_act(token, id, "request", again, "x")["state"] == "done"


def test_a_code_is_for_one_act_one_link_one_quarter_of_an_hour(house: House, held: Any, told: Scribe) -> None:
    id = held(leak)
    token = link(house, "clerk@bank.example", "sender", id)
    other = link(house, "clerk@bank.example", "sender", id, token="other")
    code = coded(house, told, token, id, "withdraw")
    assert house.service.pass_act(token, id, "request", code, "x") == {"state": "wrong-code"}
    assert house.service.pass_act(other, id, "withdraw", code, "x") == {"state": "wrong-code"}
    house.clock.forward(minutes=16)
    assert house.service.pass_act(token, id, "withdraw", code, "x") == {"state": "wrong-code"}
    assert QuarantinedMessage.objects.get().status == Status.HELD


def test_codes_are_rate_limited_by_mailbox(house: House, held: Any, told: Scribe) -> None:
    id = held()
    tokens = [link(house, "staff@bank.example", "recipient", id, token=f"t{n}") for n in range(3)]
    states = [house.service.pass_code(tokens[n % 3], id, "request")["state"] for n in range(CODES_AN_HOUR + 2)]
    assert states == ["sent"] * CODES_AN_HOUR + ["too-many"] * 2
    house.clock.forward(minutes=61)
    assert house.service.pass_code(tokens[0], id, "request")["state"] == "sent"


def test_a_late_link_says_when_it_ended_and_is_forgotten_later(house: House, held: Any, told: Scribe) -> None:
    id = held()
    token = link(house, "staff@bank.example", "recipient", id, days=1)
    house.clock.forward(days=2)
    assert house.service.pass_show(token)["state"] == "over" == house.service.pass_code(token, id, "request")["state"]
    house.clock.forward(days=40)
    assert house.service.forget_passes() >= 1 and house.service.pass_show(token) == {"state": "bad"}


def test_a_sender_withdraws_and_a_superior_decides(house: House, held: Any, told: Scribe) -> None:
    first, second = held(leak), held(leak, data=b"Subject: 2\r\n\r\n")
    mine = link(house, "clerk@bank.example", "sender", first)
    assert house.service.pass_show(mine)["messages"][0]["acts"] == ["withdraw", "request"]
    code = coded(house, told, mine, first, "withdraw")
    assert house.service.pass_act(mine, first, "withdraw", code, "my mistake")["status"] == "withdrawn"

    boss = link(house, "boss@bank.example", "approver", second, token="boss")
    [seen] = house.service.pass_show(boss)["messages"]
    assert seen["acts"] == ["approve", "deny"] and seen["outside"] == ["partner@else.example"]
    code = coded(house, told, boss, second, "approve")
    shown = house.clock.now()
    house.clock.forward(seconds=20)
    assert house.service.pass_act(boss, second, "approve", code, "contract", shown)["status"] == "releasing"
    approval = ReleaseRequest.objects.get(message=second).approvals.get()
    assert (approval.approver, approval.shown_at) == ("boss@bank.example", shown)


def test_nobody_approves_own_mail_by_a_link(house: House, held: Any, told: Scribe) -> None:
    id = held(leak, sender="boss@bank.example")
    token = link(house, "boss@bank.example", "approver", id)
    assert house.service.pass_show(token)["messages"][0]["acts"] == []
    with pytest.raises(Refused):
        house.service.pass_code(token, id, "approve")


def test_no_link_approves_a_threat(house: House, held: Any, told: Scribe) -> None:
    id = held(admission)
    token = link(house, "boss@bank.example", "approver", id)
    assert house.service.pass_show(token)["messages"][0]["acts"] == []


def test_two_accounts_and_a_link_with_one_mailbox_are_one_person(house: House, held: Any, told: Scribe) -> None:
    id = held(leak, persons=500)
    house.service.approve(BOSS, id, "first")
    token = link(house, "boss@bank.example", "approver", id)
    code = coded(house, told, token, id, "approve")
    with pytest.raises(Refused) as caught:
        house.service.pass_act(token, id, "approve", code, "second")
    assert caught.value.code == "SAME-PERSON"
    assert OneTimeCode.objects.get().used_at is None and Pass.objects.get(mailbox="boss@bank.example").used == {}


def test_a_decision_meanwhile_is_seen_and_not_overridden(house: House, held: Any, told: Scribe) -> None:
    id = held(leak)
    token = link(house, "clerk@bank.example", "sender", id)
    code = coded(house, told, token, id, "withdraw")
    house.service.release(BOSS, id, "quick")
    with pytest.raises(Refused) as caught:
        house.service.pass_act(token, id, "withdraw", code, "x")
    assert caught.value.refusal == NOT_POSSIBLE and house.service.pass_show(token)["messages"][0]["acts"] == []


def test_passwords_five_times_then_never(house: House, held: Any, told: Scribe) -> None:
    id = held(inspection={"incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}]})
    assert QuarantinedMessage.objects.get().locked
    token = link(house, "staff@bank.example", "recipient", id)
    code = coded(house, told, token, id, "password")
    for _ in range(PASSWORD_TRIES):
        ready = house.service.pass_password(token, id, code)
        assert isinstance(ready, Ready) and ready.actor.mailboxes == {"staff@bank.example"}
    with pytest.raises(Refused):
        house.service.pass_password(token, id, code)
    assert "password" not in house.service.pass_show(token)["messages"][0]["acts"]


def test_the_password_link_serves_once_it_was_right(house: House, held: Any, told: Scribe) -> None:
    id = held(inspection={"incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}]})
    token = link(house, "staff@bank.example", "recipient", id)
    code = coded(house, told, token, id, "password")
    house.service.pass_password(token, id, code)
    house.service.pass_opened(token, id)
    assert house.service.pass_password(token, id, code) == {"state": "used", "act": "password"}


def test_what_is_destroyed_is_shown_as_over(house: House, held: Any, told: Scribe) -> None:
    id = held(leak)
    token = link(house, "clerk@bank.example", "sender", id, days=400)
    house.service.withdraw(CLERK, id, "x")
    house.clock.forward(days=91)
    house.service.expire()
    [seen] = house.service.pass_show(token)["messages"]
    assert seen["acts"] == [] and seen["subject"] == ""


def test_codes_and_tokens_are_not_stored_in_clear(house: House, held: Any, told: Scribe) -> None:
    id = held()
    token = link(house, "staff@bank.example", "recipient", id, token="a-secret-token-of-a-link")
    code = coded(house, told, token, id, "request").replace(" ", "")
    house.service.pass_act(token, id, "request", "11111111", "x")
    octets = b"".join(p.read_bytes() for p in house.directory.glob("quarantine.sqlite*"))
    assert code.encode() not in octets and token.encode() not in octets
