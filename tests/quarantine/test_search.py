"""The index of keyed terms: what is a piece, what is found, and that nothing of it can be read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection

from gateway.model.custody import Status
from quarantine import search
from quarantine.models import QuarantinedMessage
from quarantine.search import Facts, Terms, contains, facts_of, fold, pieces, searched
from quarantine.service import QuarantineService
from tests.builders.custody import ROOT, Held, octets

FACTS = Facts("threat", "inbound", "rule", "a@else.example", ("b@bank.example",), ("客戶名單 Invoice",), ("f" * 64,), ("tw.national_id",))
TERMS = Terms(b"k" * 32)


@pytest.mark.parametrize(("text", "found"), [
    ("印鑑", ["印鑑"]), ("客戶名單", ["客戶", "戶名", "名單"]), ("invoice", ["inv", "nvo", "voi", "oic", "ice"]), ("ab", []), ("印", []),
    ("abc 印鑑", ["abc", "印鑑"]), ("a印b", ["a印", "印b"]), ("", []), ("カナ", ["カナ"]), ("x y z", []), ("번호", ["번호"])])
def test_pieces(text: str, found: list[str]) -> None:
    assert list(pieces(fold(text))) == found


def test_folding() -> None:
    assert fold("ＡＢＣ ｶﾅ") == "abc カナ"


def test_a_word_of_the_text_is_asked_by_pieces_that_its_message_has() -> None:
    terms = TERMS.message(FACTS)
    for text in ("客戶", "名單", "INVOICE", "voic", "客戶名單 invoice"):
        assert TERMS.asked("text", fold(text)) and all(group & terms for group in TERMS.asked("text", fold(text))), text
    assert not all(group & terms for group in TERMS.asked("text", fold("客單")))
    assert TERMS.asked("text", "ab") == []


def test_terms_need_the_key_and_keep_fields_apart() -> None:
    assert TERMS.one("kind", "threat") == Terms(b"k" * 32).one("kind", "threat") != Terms(b"j" * 32).one("kind", "threat")
    assert TERMS.one("sender", "x") != TERMS.one("recipient", "x")
    assert all(len(t) == 5 and t.isascii() and t.isalnum() for t in TERMS.message(FACTS))


def test_what_a_destroyed_message_keeps_is_its_envelope() -> None:
    left = TERMS.envelope(FACTS)
    assert left < TERMS.message(FACTS) and TERMS.one("kind", "threat") in left
    assert not left & {*TERMS.many("text", pieces(fold("客戶名單"))), TERMS.one("hash", "f" * 64), TERMS.one("class", "tw.national_id")}


def test_facts_of_a_detail() -> None:
    detail = {"kind": "leak", "direction": "outbound", "reason": "r", "subject": "甲", "header_from": "乙", "persons": 3,
              "identifiers": {"card": 2}, "inspection": {"artifacts": [{"name": "名簿.xlsx", "sha256": "e" * 64}, {"sha256": ""}, "odd"]}}
    facts = facts_of(detail, ["b@c"], "a@b")
    assert facts == Facts("leak", "outbound", "r", "a@b", ("b@c",), ("甲", "乙", "名簿.xlsx"), ("e" * 64,), ("card", "persons"))
    assert searched({}) == ("", "") and contains(detail, "名簿 甲") and not contains(detail, "甲 丙")


def test_the_table(service: QuarantineService) -> None:
    first, second = search.insert({"aaaaa", "bbbbb"}), search.insert({"bbbbb", "ccccc"})
    assert second > first
    one = frozenset
    assert search.search([one({"bbbbb"})], None, 9) == [second, first] and search.search([one({"bbbbb"})], second, 9) == [first]
    assert search.search([one({"bbbbb"})], None, 1) == [second] and search.search([one({"aaaaa"}), one({"ccccc"})], None, 9) == []
    assert search.search([one({"aaaaa", "ccccc"})], None, 9) == [second, first]
    search.replace(first, {"ddddd"})
    assert search.search([one({"aaaaa"})], None, 9) == [] and search.search([one({"ddddd"})], None, 9) == [first]
    search.remove(first)
    assert search.search([one({"ddddd"})], None, 9) == []
    below = search.insert({"eeeee"}, -7)
    assert below == -7 and search.search([one({"eeeee", "ccccc"})], None, 9) == [second, -7]
    assert search.insert({"fffff"}) > second
    assert search.search([one({"eeeee", "ccccc"})], None, 9, -7) == [second, -7] and search.search([one({"eeeee"})], None, 9, -6) == []
    assert connection.vendor == "sqlite"


def test_the_ends(service: QuarantineService) -> None:
    assert search.bounds() == (0, 0)
    first = search.insert({"aaaaa"})
    search.insert({"bbbbb"}, -9)
    assert search.bounds() == (-9, first)


def test_a_status_in_the_index(service: QuarantineService) -> None:
    held, denied = frozenset({search.status_term("held")}), frozenset({search.status_term("denied")})
    number = search.insert({"aaaaa", *held, search.status_term("pending")})
    search.restate(number, "denied")
    search.restate(number + 1, "denied")
    assert search.search([denied, frozenset({"aaaaa"})], None, 9) == [number] and search.search([held], None, 9) == []
    assert search.search([frozenset({search.status_term("pending")})], None, 9) == []
    assert search.status_terms("pending") == {search.status_term("pending"), *held} and search.status_terms("held") == held
    terms = {search.status_term(s) for s in Status}
    assert len(terms) == len(Status) and all(t.isalnum() and t.startswith(search.CLEAR) for t in terms)


def test_an_index_of_an_earlier_version_learns_the_statuses(service: QuarantineService, held: Held) -> None:
    one, other = held(), held(data=octets("x"))
    service.deny(ROOT, other, "no")
    third = held(data=octets("y"), pending=True)
    places = dict(QuarantinedMessage.objects.values_list("pk", "place"))
    for place in places.values():
        search.replace(place, {"aaaaa"})
    search.state_all(None, SimpleNamespace(connection=connection))
    for id, status in ((other, "denied"), (third, "pending")):
        assert search.search([frozenset({"aaaaa"}), frozenset({search.status_term(status)})], None, 9) == [places[id]]
    held_ones = search.search([frozenset({"aaaaa"}), search.status_terms("held")], None, 9)
    assert held_ones == sorted((places[one], places[third]), reverse=True)
