"""The REST interface of a running gateway: a program with a token lists, shows and denies; without one it gets nothing."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.harness import gateway

PROGRAM = (b"From: a@else.example\r\nTo: staff@bank.example\r\nSubject: tool\r\nMessage-ID: <p@else.example>\r\nMIME-Version: 1.0\r\n"
           b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=run.bat\r\n\r\n@echo off\r\n")


def ask(port: int, path: str, token: str = "", body: object = None) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api{path}", None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert "Set-Cookie" not in answer.headers
        return json.load(answer)


@pytest.mark.slow
def test_a_program_asks_and_decides(tmp_path: Path) -> None:
    with gateway(tmp_path, console=True) as house:
        assert house.send(house.inbound, "a@else.example", ["staff@bank.example"], PROGRAM)[0] == 250
        house.run("user", "add", "anna", "--role", "analyst")
        (made,) = house.json("token", "add", "anna", "--label", "siem")
        assert ask(house.console, "/openapi.json")["openapi"] == "3.1.0"
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(house.console, "/v1/messages")
        assert refused.value.code == 401 and json.load(refused.value)["type"].endswith("NO-TOKEN")
        (held,) = ask(house.console, "/v1/messages?status=held", made["token"])["messages"]
        seen = ask(house.console, f"/v1/messages/{held['id']}/preview", made["token"], {"reason": "a look"})
        assert "@echo off" in json.dumps(seen)
        denied = ask(house.console, f"/v1/messages/{held['id']}/deny", made["token"], {"reason": "not wanted"})
        assert denied["status"] == "denied"
        rows = house.json("audit", "list", "--message", held["id"])
        assert [(r["action"], r["actor"], r["via"]) for r in rows][:2] == [("deny", "anna", "api"), ("preview", "anna", "api")]
