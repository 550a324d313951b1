"""The document tells the truth: it is valid OpenAPI 3.1, answers fit it, and the reference is made from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from gateway.console.api import schema
from gateway.console.api.operations import BASE, OPERATIONS
from tests.builders.console import Site
from tests.builders.custody import Held, leak
from tests.gateway.console.api.conftest import Program

DOCS = Path(__file__).parents[4] / "docs" / "reference" / "api.md"


def test_it_is_valid_openapi() -> None:
    made = json.loads(json.dumps(schema.document("https://guard.bank.example")))
    validate(made, cls=OpenAPIV31SpecValidator)
    assert made["openapi"] == "3.1.0" and len({o.verb for o in OPERATIONS}) == len(OPERATIONS)


def test_everybody_may_read_it(site: Site) -> None:
    answer = Client().get("/api/openapi.json", headers={"host": "127.0.0.1:8080"})
    assert answer.status_code == 200 and answer.json() == json.loads(json.dumps(schema.document("http://127.0.0.1:8080")))


def test_the_reference_is_made_from_the_table() -> None:
    assert DOCS.read_text(encoding="utf-8") == schema.reference(), "write schema.reference() into it"


def valid(answer: Any, name: str) -> None:
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": dict(schema.SCHEMAS)}}
    problems = [e.message for e in Draft202012Validator(whole).iter_errors(answer)]
    assert not problems, (name, problems)


@pytest.fixture
def answers(program: Callable[..., Program], site: Site, held: Held) -> dict[str, Any]:
    """One real answer of every operation."""
    ids = [held(leak, sender=f"x{n}@bank.example") for n in range(12)]
    analyst, admin, auditor = program("anna", "analyst"), program("adam", "admin"), program("audrey", "auditor")
    site.keeper.seen = {"headers": [], "texts": []}
    bodies: dict[str, dict[str, Any]] = {
        "batch": {"act": "delete", "ids": ids[9:11]}, "filter-save": {"name": "mine", "query": {"kind": "leak"}},
        "filter-drop": {"name": "mine"}, "export": {"raw": True}, "directory-import": {"rows": [{"mailbox": "a@bank.example"}]}}
    found: dict[str, Any] = {}
    clerk = Program(str(site.house.service.token_add(*_own(site, ids))["token"]))
    used = iter(ids)
    for operation in OPERATIONS:
        id = next(used) if "/messages/{id}/" in operation.path or operation.verb == "show" else ""
        who = {"withdraw": clerk}.get(operation.verb) or (
            auditor if operation.verb.startswith("audit") or operation.verb == "report" else
            admin if operation.verb in ("directory-list", "directory-import", "user-list", "queue-retry", "queue-drop", "lift") else analyst)
        if operation.verb == "withdraw":
            id = held(leak, sender="clerk@bank.example")
        if operation.verb == "lift":
            id = _kept(site, id)
        id = id or {"batch-show": found.get("batch", {}).get("id"), "batch-undo": found.get("batch", {}).get("id")}.get(operation.verb) or ""
        id = id or (_waiting(site) if operation.verb == "queue-drop" else "")
        id = id or (analyst.get("/tokens").json()["tokens"][0]["id"] if operation.verb == "token-revoke" else "")
        path = operation.path.replace("{id}", id)
        body = bodies.get(operation.verb, {}) | ({"reason": "a test"} if any(f.name == "reason" for f in operation.fields) else {})
        if operation.method == "GET":
            query = "?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z" if operation.verb == "report" else ""
            answer = who.get(path + query)
        else:
            answer = who.post(path, body)
        assert answer.status_code == 200, (operation.verb, answer.content)
        found[operation.verb] = answer.content if operation.answer == "octets" else answer.json()
    return found


def _own(site: Site, ids: list[str]) -> tuple[Any, str, str, int]:
    from tests.builders.custody import ROOT

    site.people("clerk", "sender")
    return ROOT, "clerk", "test", 5


def _kept(site: Site, id: str) -> str:
    from tests.builders.custody import ANNA

    site.house.service.hold(ANNA, id, "law")
    return id


def _waiting(site: Site) -> str:
    from gateway.model.custody import OutgoingMail

    service = site.house.service
    with service.transaction():
        return service.enqueue(OutgoingMail("boss@bank.example", b"Subject: x\r\n\r\n", "notice"), None, "ready")


def test_answers_are_what_it_says(answers: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        if operation.answer != "octets":
            valid(answers[operation.verb], operation.answer)


def test_what_it_says_of_requests_is_checked() -> None:
    """Every field of the document is one that `fields.read` knows, and the other way round."""
    paths = schema.document("")["paths"]
    for operation in OPERATIONS:
        said = paths[BASE + operation.path][operation.method.lower()]
        inside = said["requestBody"]["content"]["application/json"]["schema"]["properties"] if operation.method == "POST" else {
            p["name"] for p in said["parameters"] if p["in"] == "query"}
        assert set(inside) == {f.name for f in operation.fields}, operation.verb
