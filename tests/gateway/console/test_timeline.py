from __future__ import annotations

from gateway.console.timeline import events

HELD = {"received_at": "2026-11-21T01:00:00+00:00", "session": {"client": "192.0.2.1"},
        "history": [{"at": "2026-11-21T02:00:00+00:00", "actor": "anna", "via": "console", "action": "release"},
                    {"at": "2026-11-21T01:00:01+00:00", "actor": "keeper", "via": "keeper", "action": "admit"}]}


def test_what_happened_in_its_order() -> None:
    assert [e.via for e in events(HELD)] == ["192.0.2.1", "", "console"], "nobody acts by way of itself"
    assert [(e.what, e.who) for e in events(HELD)] == [("received", ""), ("admit", "keeper"), ("release", "anna")]


def test_a_delivery_that_waits_and_one_that_is_over() -> None:
    delivery = {"state": "ready", "attempts": 2, "last_reply": "451 later", "next_at": "2026-11-21T03:00:00+00:00", "finished_at": ""}
    assert events(HELD | {"delivery": delivery})[-1].detail == "451 later"
    over = delivery | {"state": "done", "finished_at": "2026-11-21T02:30:00+00:00", "last_reply": "250 Ok"}
    assert [(e.what, e.detail) for e in events(HELD | {"delivery": over})][-1] == ("last-answer", "250 Ok")


def test_little_is_known_of_destroyed_mail() -> None:
    assert [e.what for e in events({"received_at": "2026-11-21T01:00:00+00:00"})] == ["received"]


def test_looks_one_after_the_other_are_one_line_and_decisions_never() -> None:
    history = [{"at": f"2026-11-21T03:00:0{n}+00:00", "actor": who, "via": "console", "action": what}
               for n, (who, what) in enumerate([("anna", "show"), ("anna", "show"), ("anna", "approve"), ("anna", "show"), ("ben", "show"),
                                                ("ben", "deny"), ("ben", "deny")])]
    told = [(e.at[-8:-6], e.who, e.what, e.times) for e in events({"received_at": "2026-11-21T01:00:00+00:00", "history": history})[1:]]
    assert told == [("01", "anna", "show", 2), ("02", "anna", "approve", 1), ("03", "anna", "show", 1), ("04", "ben", "show", 1),
                    ("05", "ben", "deny", 1), ("06", "ben", "deny", 1)]
