"""Requests for a decision, codes and digests: what they say, to whom, in whose language, with which link."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.model.custody import OutgoingMail
from gateway.notices.catalog import LOCALES
from gateway.notices.personal import MAX_LISTED, approval, code, digest
from tests.builders.custody import START
from tests.gateway.notices.test_placeholder import HOUSE as PLAIN

HOUSE = replace(PLAIN, pages="https://mail.bank.example", token=lambda: "T" * 43)
HELD: dict[str, Any] = {
    "id": "0123456789abcdefghjkmnpq", "kind": "leak", "direction": "outbound", "sender": "clerk@bank.example", "subject": "名單 A123456789",
    "recipients": ["p@else.example", "q@new.example"], "received_at": START.isoformat(), "expires_at": START.isoformat(), "persons": 4,
    "identifiers": {"tw.national_id": 3}, "listener": "inbound", "outside": ["p@else.example", "q@new.example"], "first_time": ["q@new.example"],
    "due_at": (START + timedelta(hours=4)).isoformat(), "approver": "boss@bank.example",
    "inspection": {"artifacts": [], "findings": [{"code": "DATA-TW", "severity": "high", "artifact": "message", "evidence": ["A1******89"]}]}}


def body(mail: OutgoingMail | None, kind: str = "plain") -> str:
    assert mail is not None
    part = email.message_from_bytes(mail.content, policy=email.policy.default).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_an_approver_sees_what_is_needed_before_the_link() -> None:
    mail = approval(replace(HOUSE, language={"boss@bank.example": "en"}), HELD, START)
    text = body(mail)
    order = ["may contain customer data", "Found: Taiwan national ID numbers 3, 4 people", "Organisations outside",
             "Written to for the first time", "A1******89", "2026-11-21 13:00", "https://mail.bank.example/m/" + "T" * 43]
    assert [text.index(piece) for piece in order] == sorted(text.index(piece) for piece in order)
    assert "A123456789" not in text and mail.grant is not None
    assert (mail.grant.party, mail.grant.messages, mail.grant.digest) == ("approver", (HELD["id"],), hashlib.sha256(b"T" * 43).hexdigest())


def test_deputies_and_reminders_say_so() -> None:
    mail = approval(HOUSE, HELD | {"instead_of": "head@bank.example", "asked_before": "vera@bank.example", "again": True}, START)
    text = body(mail)
    assert "head@bank[.]example 的代理人" in text and "vera@bank[.]example" in text
    assert "提醒" in str(email.message_from_bytes(mail.content, policy=email.policy.default)["Subject"])  # type: ignore[union-attr]


@pytest.mark.parametrize("write", [approval, code])
def test_nobody_outside_is_ever_written_to(write: Any) -> None:
    held = HELD | {"approver": "x@else.example", "reader": "x@else.example", "act": "request", "code": "1234 5678", "code_until": START.isoformat()}
    assert write(HOUSE, held, START) is None and write(HOUSE, held | {"approver": "", "reader": ""}, START) is None


@pytest.mark.parametrize("language", [*LOCALES, "en"])
def test_a_code_is_read_without_pictures_and_has_no_link(language: str) -> None:
    house = replace(HOUSE, language={"clerk@bank.example": language})
    held = HELD | {"reader": "clerk@bank.example", "act": "withdraw", "code": "1234 5678", "code_until": START.isoformat()}
    mail = code(house, held, START)
    assert mail is not None and (mail.purpose, mail.grant) == ("code", None)
    for kind in ("plain", "html"):
        assert "1234 5678" in body(mail, kind) and "http" not in body(mail, kind)
    other = code(house, held | {"code": "8765 4321"}, START)
    ids = {email.message_from_bytes(m.content)["Message-ID"] for m in (mail, other) if m is not None}
    assert len(ids) == 2, "a mail server must not take the second code for a copy of the first"


@pytest.mark.parametrize(("contact", "told"), [("", False), ("IT desk, 1234", True)])
def test_nobody_is_sent_to_a_contact_that_the_mail_does_not_name(contact: str, told: bool) -> None:
    held = HELD | {"reader": "clerk@bank.example", "act": "withdraw", "code": "1234 5678", "code_until": START.isoformat()}
    mail = code(replace(HOUSE, contact=contact, language={"clerk@bank.example": "en"}), held, START)
    assert mail is not None and ("contact below" in body(mail, "plain")) is told and (contact in body(mail, "plain"))


def many(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [HELD | {"id": f"{n:024}", "kind": "threat", "direction": "inbound", "recipients": ["lin@bank.example"], "sender": "s@else.example",
                    "subject": f"no {n}", "received_at": (START + timedelta(minutes=n)).isoformat()} | changes for n in range(count)]


def test_a_digest_has_a_link_and_a_reason_for_each_newest_first() -> None:
    held = many(3, inspection={"artifacts": [{"path": "message > 2 a.exe", "kind": "part", "name": "a.exe"}],
                               "findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a.exe"}]})
    mail = digest(HOUSE, "lin@bank.example", held, START)
    text = body(mail)
    assert text.count("a[.]exe 是可執行的程式") == 3 and text.index("no 2") < text.index("no 0")
    links = re.findall(r"https://mail\.bank\.example/m/T{43}/(\d{24})", text)
    assert links == [f"{n:024}" for n in (2, 1, 0)]
    assert mail is not None and mail.grant is not None and (mail.grant.party, list(mail.grant.messages)) == ("recipient", links)
    assert body(mail, "html").count("<a href=") == 4


def test_a_long_digest_is_cut_and_counted() -> None:
    text = body(digest(HOUSE, "lin@bank.example", many(MAX_LISTED + 7), START))
    assert "no 6\n" not in text and "7" in text and text.count("/m/") == MAX_LISTED + 1


@pytest.mark.parametrize("held", [many(2) + many(1, recipients=["other@bank.example"]), many(1) + many(1, direction="outbound", sender="lin@bank.example", recipients=["x@y.example"])])
def test_where_the_reader_is_not_the_same_to_all_the_console_is_named(held: list[dict[str, Any]]) -> None:
    mail = digest(HOUSE, "lin@bank.example", held, START)
    assert mail is not None and mail.grant is None and "https://guard.bank.example" in body(mail)


def test_without_such_pages_the_console_is_named_everywhere() -> None:
    mail = approval(replace(HOUSE, pages=""), HELD, START)
    assert mail is not None and mail.grant is None and "https://guard.bank.example" in body(mail)


def test_hostile_names_stay_text() -> None:
    mail = digest(HOUSE, "lin@bank.example", many(1, subject="<script>alert(1)</script> http://evil.example \u202e"), START)
    html = body(mail, "html")
    assert "<script" not in html and "evil.example" not in html and "\u202e" not in html
