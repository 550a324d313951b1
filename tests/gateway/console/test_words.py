from __future__ import annotations

from django.utils import translation

from gateway.console.words import REASON, refusal_sentence, word
from gateway.policy import packaged
from quarantine.lifecycle import Refusal, Refused


def test_a_refusal_is_said_in_the_readers_language(site: object) -> None:
    with translation.override("zh-hant"):
        assert refusal_sentence(Refused(Refusal("FORBIDDEN", "no"))) == "您的角色無權執行這項操作。"
        assert refusal_sentence(Refused(Refusal("NEW", "the moon is full"))) == "無法執行：the moon is full"


def test_tables() -> None:
    with translation.override("en"):
        assert word("act", "release") == "Release" and word("history", "unheard-of") == "unheard-of"


def test_reasons_of_packaged_rules_have_their_words() -> None:
    assert set(REASON) == {entry.table["reason"] for entry in packaged() if entry.table.get("reason")}
