from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.model.custody import Admission, OutgoingMail
from quarantine.shapes import (
    admission_from_json,
    admission_to_json,
    envelope_from_json,
    envelope_to_json,
    mail_from_json,
    mail_to_json,
)
from tests.builders.custody import admission, leak

CASES = [
    admission(b"x"), leak(b"x", sender=""), admission(b"x", recipients=("王@例え.jp", "a\"b@c.example")),
    admission(b"x", pending=True, identifiers={"card": 3}, notices=(OutgoingMail("a@b", b"\x00\xff\r\n", "notice"),)),
]


@pytest.mark.parametrize("one", CASES)
def test_there_and_back_through_json(one: Admission) -> None:
    assert admission_from_json(json.loads(json.dumps(admission_to_json(one)))) == one


def test_dsn_options_survive() -> None:
    envelope = admission(b"x").envelope
    full = replace(envelope, body="BINARYMIME", smtputf8=True, ret="HDRS", envid="QQ+2B", auth="<>",
                   recipients=(replace(envelope.recipients[0], notify="SUCCESS,FAILURE", orcpt="rfc822;A+2BB@c"),))
    assert envelope_from_json(envelope_to_json(full)) == full
    mail = OutgoingMail("a@b", bytes(range(256)), "digest")
    assert mail_from_json(mail_to_json(mail)) == mail
