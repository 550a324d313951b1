"""The OpenAPI 3.1 document, made from the table of operations, and the reference in docs/reference/api.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gateway import __version__
from gateway.console.api.fields import ID
from gateway.console.api.operations import BASE, OPERATIONS, WITHHELD, Operation

TEXT: Mapping[str, Any] = {"type": "string"}
NUMBER: Mapping[str, Any] = {"type": "integer"}
WORDS: Mapping[str, Any] = {"type": "array", "items": TEXT}
OBJECT: Mapping[str, Any] = {"type": "object"}
OBJECTS: Mapping[str, Any] = {"type": "array", "items": OBJECT}


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": dict(required) | optional}


def _named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


BRIEF = {"id": TEXT, "status": TEXT, "kind": TEXT, "direction": TEXT, "verdict": TEXT, "reason": TEXT, "sender": TEXT,
         "recipients": WORDS, "subject": TEXT, "header_message_id": TEXT, "sha256": TEXT, "size": NUMBER, "received_at": TEXT,
         "expires_at": TEXT, "persons": NUMBER, "identifiers": OBJECT}
SCHEMAS: Mapping[str, Any] = {
    "Problem": _object({"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT}),
    "Nothing": _object({}),
    "Brief": _object(BRIEF),
    "Messages": _object({"messages": {"type": "array", "items": _named("Brief")}, "cursor": TEXT}),
    "Counts": _object({"counts": {"type": "object", "additionalProperties": NUMBER}}),
    "Message": _object({**BRIEF, "inspection": OBJECT, "requests": OBJECTS, "history": OBJECTS, "possible": WORDS}),
    "Outcome": _object({"id": TEXT, "status": TEXT, "approvals": NUMBER, "needed": NUMBER}),
    "Preview": _object({}, headers={"type": "array"}, texts={"type": "array"}, macros={"type": "array"},
                       artifacts={"type": "array"}),
    "Batch": _object({"id": TEXT}),
    "Filters": _object({"filters": OBJECTS}),
    "Outbox": _object({"entries": OBJECTS}),
    "Count": _object({"count": NUMBER}),
    "Record": _object({"number": NUMBER, "node": TEXT, "at": TEXT, "actor": TEXT, "via": TEXT, "system": {"type": "boolean"},
                       "action": TEXT, "message_id": TEXT, "detail": OBJECT}),
    "Records": _object({"records": {"type": "array", "items": _named("Record")}, "cursor": TEXT}),
    "Verified": _object({"records": NUMBER, "checkpoints": NUMBER, "flaws": {"type": "array", "items": _object(
        {"node": TEXT, "seq": NUMBER, "text": TEXT})}}),
    "Keys": _object({"keys": {"type": "array", "items": _object({"key_id": TEXT, "made_at": TEXT, "public_key": TEXT})}}),
    "Report": _object({"held": OBJECT, "before": OBJECT, "people": OBJECT, "senders": OBJECT, "senders_before": OBJECT,
                       "house": OBJECT}),
    "Directory": _object({"entries": OBJECTS, "count": NUMBER}),
    "Users": _object({"users": {"type": "array", "items": _object({"name": TEXT, "roles": WORDS, "scopes": WORDS})}}),
    "Tokens": _object({"tokens": {"type": "array", "items": _object(
        {"id": TEXT, "account": TEXT, "label": TEXT, "roles": WORDS, "scopes": WORDS, "verbs": WORDS, "expires_at": TEXT,
         "used_at": TEXT, "revoked_at": TEXT})}}),
}
PROBLEMS: Mapping[str, str] = {
    "400": "The request is wrong; `detail` says which field and why", "401": "No token, or one that opens nothing",
    "403": "The account or the token may not do this", "404": "There is no such thing, or it is not yours to see",
    "405": "Not with this method", "409": "A rule says no; `type` ends with its code", "413": "The body is too large",
    "415": "The body is not application/json", "429": "Too many requests; Retry-After says when to come again",
    "503": "Custody cannot be asked at the moment; what was wanted is not done",
}
INTRODUCTION = """Held mail for programs: the same verbs as in the console and on the command line, with the rights of an account.

A token (`sekisho token add ACCOUNT --label TEXT`, or the console's page of tokens) goes into the header
`Authorization: Bearer TOKEN`. Cookies and sessions mean nothing here. Lists come in pages: what `cursor` says goes into
`after` of the next question, and an empty one ends the list. Errors are `application/problem+json` (RFC 9457)."""


def document(server: str) -> dict[str, Any]:
    """OpenAPI 3.1. `server` is the console's address as programs reach it."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "sekisho", "version": __version__, "description": INTRODUCTION, "license": {
            "name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": server or "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": dict(SCHEMAS), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                       "responses": {f"Problem{status}": {"description": text, "content": {
                           "application/problem+json": {"schema": _named("Problem")}}} for status, text in PROBLEMS.items()}},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    problems = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in PROBLEMS}
    found: dict[str, Any] = {"operationId": operation.verb, "summary": operation.summary,
                             "parameters": list(_parameters(operation)), "responses": {"200": _answer(operation)} | problems}
    if operation.method == "POST":
        fields = operation.fields
        body = {"type": "object", "additionalProperties": False, "required": [f.name for f in fields if f.required],
                "properties": {f.name: f.schema() | {"description": f.doc} for f in fields}}
        found["requestBody"] = {"required": any(f.required for f in fields), "content": {"application/json": {"schema": body}}}
    return found


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if "{id}" in operation.path:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{ID.pattern}$"}}
    if operation.method == "GET":
        for field in operation.fields:
            yield {"name": field.name, "in": "query", "required": field.required, "description": field.doc,
                   "schema": field.schema()}


def _answer(operation: Operation) -> dict[str, Any]:
    if operation.answer == "octets":
        return {"description": operation.summary, "content": {"application/octet-stream": {}}}
    return {"description": operation.summary, "content": {"application/json": {"schema": _named(operation.answer)}}}


def reference() -> str:
    """docs/reference/api.md."""
    lines = ["# The REST interface", "", INTRODUCTION, "",
             f"The OpenAPI 3.1 document is at `/api/openapi.json`. Made from `{__package__}`; do not edit.", "",
             "| status | meaning |", "| --- | --- |", *(f"| {status} | {text} |" for status, text in PROBLEMS.items()), ""]
    for operation in OPERATIONS:
        lines += [f"## {operation.verb}", "", f"`{operation.method} {BASE}{operation.path}`", "", f"{operation.summary}.", ""]
        lines += [f"- `{f.name}` ({f.kind}{', compulsory' if f.required else ''}): {f.doc}"
                  + (f" One of: {' '.join(f.choice)}." if f.choice else "") for f in operation.fields]
        lines += [*([""] if operation.fields else []), f"Answer: {_said(operation)}.", ""]
    lines += ["## Not for programs", "", "Verbs of custody that have no address here, and why.", "",
              "| verb | why |", "| --- | --- |", *(f"| `{verb}` | {why} |" for verb, why in sorted(WITHHELD.items()))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _said(operation: Operation) -> str:
    if operation.answer == "octets":
        return "the octets"
    names = SCHEMAS[operation.answer]["properties"]
    return f"`{operation.answer}`: {', '.join(names)}" if names else "an empty object"
