"""What a program may ask, how it is refused, and that no cookie, session or form means anything here."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import pyzipper
from django.test import Client

from gateway.console.api import door
from gateway.console.state import console
from tests.builders.console import PASSWORD, Site
from tests.builders.custody import Held, admission, leak, octets
from tests.gateway.console.api.conftest import Program

Make = Callable[..., Program]


def code(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json" and answer["Cache-Control"] == "no-store"
    said = json.loads(answer.content)
    assert said["status"] == answer.status_code and said["title"] and said["detail"] and "\n" not in said["detail"]
    return answer.status_code, said["type"].rpartition(":")[2]


def test_the_life_of_a_held_mail(program: Make, held: Held) -> None:
    anna, ben, id = program("anna", "analyst"), program("ben", "analyst"), held()
    (brief,) = anna.get("/messages?status=held&kind=threat&limit=5").json()["messages"]
    assert brief["id"] == id and anna.get("/messages/counts").json() == {"counts": {"held": 1}}
    assert "approve" in anna.get(f"/messages/{id}").json()["possible"]
    assert anna.post(f"/messages/{id}/approve", {"reason": "seen"}).json()["status"] == "release_requested"
    assert code(anna.post(f"/messages/{id}/approve", {"reason": "seen again"})) == (409, "SAME-PERSON")
    assert ben.post(f"/messages/{id}/approve", {"reason": "seen too"}).json()["status"] == "releasing"
    assert code(ben.post(f"/messages/{id}/approve", {"reason": "once more"}))[0] == 409


def test_pages_by_cursor(program: Make, held: Held) -> None:
    ids, anna, found, after = {held() for _ in range(7)}, program("anna", "analyst"), set(), ""
    for _ in range(4):
        page = anna.get(f"/messages?limit=3&after={after.replace('+', '%2B').replace(' ', '%20')}").json()
        found |= {m["id"] for m in page["messages"]}
        after = page["cursor"]
        if not after:
            break
    assert found == ids and not after


def test_an_export_as_zip_and_as_received(program: Make, held: Held) -> None:
    anna, id = program("anna", "analyst"), held()
    raw = anna.post(f"/messages/{id}/export", {"reason": "for the lab", "raw": True})
    assert raw.content == octets() and raw["Content-Disposition"] == f'attachment; filename="{id}"'
    packed = pyzipper.AESZipFile(io.BytesIO(anna.post(f"/messages/{id}/export", {"reason": "x", "password": "twelve-characters"}).content))
    packed.setpassword(b"twelve-characters")
    assert packed.read(packed.infolist()[0]) == octets()
    assert code(anna.post(f"/messages/{id}/export", {"reason": "x", "password": "short"})) == (400, "BAD-REQUEST")


def test_audit_report_and_tokens(program: Make, held: Held) -> None:
    held(leak)
    auditor = program("audrey", "auditor")
    assert auditor.post("/audit/verify").json()["flaws"] == []
    assert auditor.get("/audit/records?action=user-add").json()["records"][0]["action"] == "user-add"
    assert json.loads(auditor.get("/audit/export").content.splitlines()[-1])["type"] == "end"
    assert len(auditor.get("/audit/keys").json()["keys"]) == 1
    facts = auditor.get("/report?since=2026-11-01T00:00:00%2B08:00&until=2026-12-01T00:00:00%2B08:00&zone=Asia/Taipei").json()
    assert facts["held"]["kinds"] == {"leak": 1}
    (token,) = auditor.get("/tokens").json()["tokens"]
    assert auditor.post(f"/tokens/{token['id']}/revoke").json() == {}
    assert code(auditor.get("/tokens")) == (401, "NO-TOKEN")


def test_a_preview(program: Make, site: Site, held: Held) -> None:
    site.keeper.seen = {"headers": [["Subject", "x"]], "texts": []}
    assert program("anna", "analyst").post(f"/messages/{held()}/preview", {"reason": "a look"}).json()["headers"] == [["Subject", "x"]]


def test_no_token_and_wrong_ones(program: Make, held: Held) -> None:
    held()
    for token in ("", "x", "sekisho_" + "A" * 43):
        answer = Program(token).get("/messages")
        assert code(answer) == (401, "NO-TOKEN") and answer["WWW-Authenticate"] == "Bearer"
    assert code(program("anna", "analyst").get("/messages", headers={"authorization": "Basic YTpi"})) == (401, "NO-TOKEN")


def test_a_session_opens_nothing_and_none_is_made(site: Site, program: Make, held: Held) -> None:
    held()
    site.people("boss", "supervisor")
    browser = site.browser("boss")
    assert browser.get("/quarantine").status_code == 200
    assert browser.get("/api/v1/messages").status_code == 401
    answer = program("anna", "analyst").get("/messages", headers={"cookie": "sekisho=stolen; sekisho_csrf=x"})
    assert answer.status_code == 200 and not answer.cookies and "Vary" not in answer
    assert PASSWORD not in answer.content.decode()


def test_what_a_role_or_a_token_may_not(program: Make, held: Held) -> None:
    id = held(leak, sender="other@bank.example")
    assert code(program("staff", "recipient").get(f"/messages/{id}")) == (404, "NOT-FOUND")
    assert code(program("admin", "admin").post(f"/messages/{id}/approve", {"reason": "x"})) == (403, "FORBIDDEN")
    narrow = program("anna", "analyst", verbs=["list"])
    assert narrow.get("/messages").status_code == 200 and code(narrow.get(f"/messages/{id}")) == (403, "TOKEN-SCOPE")


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("GET", "/messages?limit=0", None, 400), ("GET", "/messages?limit=1001", None, 400), ("GET", "/messages?limit=1&limit=2", None, 400),
    ("GET", "/messages?status=open", None, 400), ("GET", "/messages?colour=red", None, 400), ("GET", "/messages?since=today", None, 400),
    ("GET", "/messages?since=2026-11-21T00:00:00", None, 400), ("GET", "/messages?after=nonsense", None, 400),
    ("GET", "/messages?sender=" + "a" * 321, None, 400), ("GET", "/outbox?all=yes", None, 400), ("GET", "/report", None, 400),
    ("POST", "/messages/{id}/deny", None, 400), ("POST", "/messages/{id}/deny", {}, 400), ("POST", "/messages/{id}/deny", {"reason": 5}, 400),
    ("POST", "/messages/{id}/deny", {"reason": " "}, 400), ("POST", "/messages/{id}/deny", {"reason": "x", "actor": "root"}, 400),
    ("POST", "/messages/{id}/deny", {"reason": "x", "bearer": "y"}, 400), ("POST", "/messages/{id}/deny?reason=x", {"reason": "x"}, 400),
    ("POST", "/messages/{id}/deny", [], 400), ("POST", "/messages/{id}/deny", b"{", 400), ("POST", "/messages/{id}/deny", b"\xff", 400),
    ("POST", "/messages/{id}/deny", b"[" * 5000, 400), ("POST", "/messages/{id}/deny", {"reason": "x" * 2001}, 400),
    ("POST", "/messages/{id}/deny", b'{"reason": "a\\ud800b"}', 400),
    ("POST", "/messages/{id}/approve", {"reason": "x", "recipients": "all"}, 400),
    ("POST", "/messages/{id}/deny", b" " * 70_000 + b"{}", 413), ("DELETE", "/messages/{id}", None, 405), ("PUT", "/messages", {}, 405),
    ("GET", "/messages/{id}/deny", None, 405), ("GET", "/nothing", None, 404), ("GET", "/messages/../outbox", None, 404),
    ("GET", "/messages/" + "u" * 24, None, 404), ("POST", "/users", {}, 405), ("POST", "/keys-rewrap", {}, 404),
])
def test_bad_requests_have_one_clear_line_and_change_nothing(program: Make, held: Held, method: str, path: str, body: Any, status: int) -> None:
    id, anna = held(leak), program("anna", "analyst")
    answer = anna(method, path.replace("{id}", id), body)
    assert code(answer)[0] == status
    assert status != 405 or answer["Allow"] in ("GET", "POST", "GET, POST")
    assert anna.get(f"/messages/{id}").json()["status"] == "held"


def test_a_form_is_no_request(program: Make, held: Held) -> None:
    anna, id = program("anna", "analyst"), held(leak)
    answer = anna("POST", f"/messages/{id}/deny", b"reason=x", content_type="application/x-www-form-urlencoded")
    assert code(answer) == (415, "NO-JSON")


def test_custody_is_away(program: Make, site: Site) -> None:
    anna = program("anna", "analyst")
    site.keeper.broken = True
    answer = anna.get("/messages")
    assert code(answer) == (503, "UNAVAILABLE") and answer["Retry-After"] == str(door.AGAIN)


def test_so_many_requests_a_minute(program: Make, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ben = program("anna", "analyst"), program("ben", "analyst")
    monkeypatch.setattr(door.Buckets, "wait", counted(door.Buckets.wait, 3.0))
    client = Client(headers={"host": "127.0.0.1:8080"})      # one client keeps one middleware, as a server does

    def ask(who: Program) -> Any:
        return client.get("/api/v1/messages", headers={"authorization": f"Bearer {who.token}"})

    assert [ask(anna).status_code for _ in range(5)] == [200, 200, 200, 429, 429] and ask(ben).status_code == 200
    assert code(ask(anna)) == (429, "RATE") and int(ask(anna)["Retry-After"]) >= 1
    site.house.clock.forward(minutes=1)
    assert ask(anna).status_code == 200


def counted(real: Any, most: float) -> Any:
    return lambda self, key, a_minute, take=1.0: real(self, key, min(a_minute, most) if not key.startswith("client") else a_minute, take)


def test_wrong_tokens_of_one_address_are_slowed(program: Make, site: Site) -> None:
    anna = program("anna", "analyst")
    client = Client(headers={"host": "127.0.0.1:8080"})
    tries = [client.get("/api/v1/messages", headers={"authorization": f"Bearer sekisho_{n}"}).status_code for n in range(25)]
    assert tries[0] == 401 and tries[-1] == 429
    assert client.get("/api/v1/messages", headers={"authorization": f"Bearer {anna.token}"}).status_code == 429
    site.house.clock.forward(minutes=1)
    assert client.get("/api/v1/messages", headers={"authorization": f"Bearer {anna.token}"}).status_code == 200


def test_it_can_be_turned_off(program: Make) -> None:
    anna = program("anna", "analyst")
    object.__setattr__(console().config.console, "api_per_minute", 0)
    assert code(anna.get("/messages")) == (404, "OFF")


def test_hostile_mail_is_data(program: Make, held: Held) -> None:
    held(admission, sender="<script>@else.example", header_message_id="\u202e<x>")
    answer = program("anna", "analyst").get("/messages")
    assert answer["Content-Type"] == "application/json" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["messages"][0]["sender"] == "<script>@else.example"
