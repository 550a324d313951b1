from __future__ import annotations

import json
import os

import pytest

from quarantine import desk
from quarantine.lifecycle import Refused
from quarantine.service import QuarantineService
from tests.builders.custody import ROOT, Held, leak, octets

SYSTEM = {"name": "root", "via": "cli", "system": True}


def ask(service: QuarantineService, verb: str, **arguments):
    return desk.call(service, {"verb": verb, "actor": SYSTEM, **arguments})


def test_every_answer_is_json(service: QuarantineService, held: Held) -> None:
    id = held(leak)
    answers = [
        ask(service, "list", status=["held"], since="2026-01-01T00:00:00+00:00", limit=3), ask(service, "count"), ask(service, "show", id=id),
        ask(service, "hold", id=id, reason="x"), ask(service, "lift", id=id, reason="x"), ask(service, "request", id=id, reason="x"),
        ask(service, "approve", id=id, reason="x"), ask(service, "queue"), ask(service, "queue-retry"),
        ask(service, "queue-drop", id=id, reason="x"), ask(service, "deny", id=id, reason="x"), ask(service, "audit-verify"),
        ask(service, "note", action="login", detail={"from": "127.0.0.1"}), ask(service, "login-failed", name="x", client="127.0.0.1"),
        ask(service, "user-add", name="u", roles=["admin"]), ask(service, "user-list"), ask(service, "user-role", name="u", roles=["auditor"]),
        ask(service, "user-disable", name="u"), ask(service, "user-enable", name="u"), ask(service, "user-reset-mfa", name="u"),
        ask(service, "user-password", name="u"), ask(service, "keys-rewrap"), ask(service, "retention"),
        ask(service, "delete", id=id, reason="x"),
    ]
    for answer in answers:
        assert json.loads(json.dumps(answer.body)) == answer.body and answer.fd is None
    assert answers[0].body["messages"][0]["id"] == id and answers[6].body["status"] == "releasing"
    assert service.audit_verify(ROOT).flaws == ()


@pytest.mark.parametrize("text", ["", "offer"])
def test_times_before_and_after_all_times(service: QuarantineService, held: Held, text: str) -> None:
    held(leak)
    found = [ask(service, "list", text=text, **{name: at}).body["messages"] for name, at in (
        ("since", "0001-01-01T00:00:00+14:00"), ("until", "9999-12-31T23:59:59-14:00"),
        ("until", "0001-01-01T00:00:00+14:00"), ("since", "9999-12-31T23:59:59-14:00"))]
    every = ask(service, "list", text=text).body["messages"]
    assert found == [every, every, [], []]
    with pytest.raises(Refused, match="wrong one"):
        ask(service, "list", since="2026-01-01T00:00:00")


def test_content_comes_as_a_descriptor(service: QuarantineService, held: Held) -> None:
    id = held(leak)
    raw, packed = ask(service, "export", id=id, reason="x", raw=True), ask(service, "export", id=id, reason="x")
    assert raw.fd is not None and packed.fd is not None
    assert os.pread(raw.fd, 1 << 16, 0) == octets() and os.pread(packed.fd, 2, 0) == b"PK" and packed.body["password"]
    os.close(raw.fd)
    os.close(packed.fd)


def test_the_chain_is_exported_as_lines(service: QuarantineService, held: Held) -> None:
    held(leak)
    answer = ask(service, "audit-export")
    assert answer.fd is not None
    with open(answer.fd, "rb") as file:
        lines = [json.loads(line) for line in os.pread(file.fileno(), answer.body["size"], 0).splitlines()]
    assert len(lines) == answer.body["rows"] and [r["action"] for r in lines if r["type"] == "record"][-2:] == ["audit-export", "checkpoint"]
    with pytest.raises(Refused):
        desk.call(service, {"verb": "audit-export", "actor": {"name": "ghost"}})


@pytest.mark.parametrize("request_", [
    {}, {"verb": None}, {"verb": "nope"}, {"verb": "list"}, {"verb": "list", "actor": {"name": "ghost"}},
    {"verb": "show", "actor": SYSTEM}, {"verb": "list", "actor": SYSTEM, "since": "yesterday"},
    {"verb": "list", "actor": SYSTEM, "limit": "many"}, {"verb": "request", "actor": SYSTEM, "id": 5, "reason": 6}])
def test_what_is_refused(service: QuarantineService, request_: dict) -> None:
    with pytest.raises(Refused):
        desk.call(service, request_)


def test_reads_are_verbs() -> None:
    assert set(desk.VERBS) >= desk.READS and set(desk.VERBS) >= desk.ANONYMOUS
