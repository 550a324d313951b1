from __future__ import annotations

from django.http import QueryDict
from django.utils import translation

from gateway.console.filters import FIELDS, address, data_classes, day, given, kept, query


def test_what_was_sent() -> None:
    said = given(QueryDict("kind=leak&status=waiting&direction=up&text=%20%E5%8D%B0%20&hash=AB&since=2026-02-30&until=2026-02-03&data=card&sender=" + "x" * 300))
    assert set(said) == set(FIELDS) and kept(said) == {
        "kind": "leak", "status": "waiting", "text": "印", "hash": "ab", "until": "2026-02-03", "data": "card", "sender": "x" * 200}


def test_what_custody_is_asked() -> None:
    said = given({"status": "waiting", "kind": "leak", "rule": "r", "data": "persons", "hash": "ab", "since": "2026-03-01", "until": "2026-03-01", "text": "印鑑"})
    asked = query(said, "Asia/Taipei")
    assert asked["status"] == ("held", "release_requested", "release_blocked", "delivery_unknown") and asked["kind"] == ["leak"]
    assert (asked["reason"], asked["data_class"], asked["attachment"], asked["text"]) == ("r", "persons", "ab", "印鑑")
    assert (asked["since"], asked["until"]) == ("2026-03-01T00:00:00+08:00", "2026-03-02T00:00:00+08:00")
    assert query(given({}), "Asia/Tokyo") == {}


def test_days() -> None:
    assert day("2026-12-31") and not day("0001-01-01") and not day("x") and not day("")


def test_addresses() -> None:
    assert address({"kind": "leak", "text": ""}) == "?kind=leak" and address({}) == "" and address({}, after="#4") == "?after=%234"


def test_classes_are_said_in_the_readers_language() -> None:
    with translation.override("ja"):
        assert data_classes()["card"] != "credit card numbers" and "persons" in data_classes()
