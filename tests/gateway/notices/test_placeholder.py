"""The text in the place of a removed file: in the readers' languages, with what they need to ask for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.model.transaction import Direction
from gateway.notices.house import House
from gateway.notices.placeholder import Placeholder
from tests.builders.custody import admission, leak, octets

HOUSE = House(
    "guard@bank.example", "mx.bank.example", "https://guard.bank.example", "ext. 1234", "Asia/Taipei", ("zh-Hant", "en"),
    frozenset({"bank.example"}), {"inbound": "owner@bank.example"}, {"yamada@bank.example": "ja"}, frozenset(), timedelta(days=90))
INSPECTION = {
    "artifacts": [{"path": "message"}, {"path": "message > 2 請款單.xlsm", "name": "請款單.xlsm", "size": 4321, "sha256": "ab" * 32,
                                        "detected_type": "application/vnd.ms-excel", "kind": "part"}],
    "findings": [{"code": "MACRO-AUTOEXEC", "severity": "high", "artifact": "message > 2 請款單.xlsm"}]}


def test_says_what_was_there_why_and_how_to_ask() -> None:
    held = admission(octets(), inspection=INSPECTION)
    note = Placeholder(HOUSE)(held, "2")
    for piece in ("請款單[.]xlsm", "4321", "ab" * 32, held.id, "巨集", "2027/02/19", "ext. 1234"):
        assert piece in note.text, piece
    assert note.name == "附件已移除_Attachment-removed_2.txt" and note.ascii == "Attachment-removed_2.txt"
    assert note == Placeholder(HOUSE)(held, "2"), "another attempt must send the same octets"


def test_each_language_of_the_readers_once() -> None:
    held = admission(octets(), inspection=INSPECTION, recipients=("yamada@bank.example", "lin@bank.example", "wu@bank.example"))
    text = Placeholder(HOUSE)(held, "2").text
    assert text.count("取り除きました") == 2 and text.count("其餘內容與寄出時相同") == 1 and "Reference number" not in text


def test_people_outside_are_told_no_reason_and_no_name_of_ours() -> None:
    held = leak(octets(), inspection=INSPECTION, direction=Direction.OUTBOUND)
    text = Placeholder(HOUSE)(held, "2").text
    assert "Please ask the sender" in text or "please ask the sender" in text
    assert "ext. 1234" not in text and "巨集" not in text and "請款單" in text


@pytest.mark.parametrize("label", ["9", "2.1", ""])
def test_a_part_that_is_not_known_still_gets_a_text(label: str) -> None:
    assert Placeholder(HOUSE)(admission(octets(), inspection={}), label).text.strip()
