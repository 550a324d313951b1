"""Requests of programs, before sessions and cookies are looked at: match, check, ask custody, answer."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from gateway.console.api import schema
from gateway.console.api.fields import Wrong, read
from gateway.console.api.operations import BASE, OPERATIONS, Operation
from gateway.console.api.rate import WRONG_A_MINUTE, Buckets
from gateway.console.state import console
from gateway.effects.custody import PATIENCE
from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine.lifecycle import Refused

HOME, DOCUMENT = "/api", "/api/openapi.json"
STATUS = {"NO-TOKEN": 401, "FORBIDDEN": 403, "NOT-OFFERED": 403, "TOKEN-SCOPE": 403, "NOT-FOUND": 404, "BAD-REQUEST": 400,
          "NO-VERB": 404, "NO-REASON": 400}
AGAIN = 30                               # seconds after which an unavailable custody may be asked again
LEAST_PASSWORD = 12
SLOW = 300.0                             # seconds for what goes through much: a thread of the server waits meanwhile


class Door:
    """Middleware: what begins with /api never reaches sessions, cookies or forms."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer
        self.buckets: Buckets | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != HOME and not request.path.startswith(HOME + "/"):
            return self.answer(request)
        if self.buckets is None:
            self.buckets = Buckets(console().clock)
        return self._served(request, self.buckets)

    def _served(self, request: HttpRequest, buckets: Buckets) -> HttpResponse:
        a_minute = console().config.console.api_per_minute
        if not a_minute:
            return problem(404, "OFF", "the interface for programs is turned off: [console] api_per_minute")
        if request.path == DOCUMENT and request.method in ("GET", "HEAD"):
            return put(schema.document(console().config.gateway.console_url))
        client = f"client {request.client}"  # type: ignore[attr-defined]
        if wait := buckets.wait(client, WRONG_A_MINUTE, take=0.0):
            return too_many(wait)
        token = bearer(request)
        if wait := buckets.wait(hashlib.sha256(token.encode()).hexdigest(), float(a_minute)) if token else 0.0:
            return too_many(wait)
        try:
            operation, id = matched(request)
            if not token:
                return problem(401, "NO-TOKEN", "a token goes into the header Authorization: Bearer TOKEN")
            return perform(operation, token, arguments(operation, request, id))
        except Answer as ready:
            return ready.response
        except Refused as refusal:
            if refusal.code == "NO-TOKEN":
                buckets.wait(client, WRONG_A_MINUTE)
            return problem(STATUS.get(refusal.code, 409), refusal.code, str(refusal))
        except CustodyUnavailable:
            return problem(503, "UNAVAILABLE", "custody cannot be asked at the moment; before a decision is repeated, look at the "
                           "message: it may have been carried out", **{"Retry-After": str(AGAIN)})
        except SekishoError:
            return problem(500, "FAULT", "this is our fault; the log says why")


class Answer(Exception):
    """The request ends here."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def matched(request: HttpRequest) -> tuple[Operation, str]:
    """The operation and the id of the address. HEAD is asked as GET and answered without a body by the server."""
    method = "GET" if request.method == "HEAD" else request.method
    here = [(operation, found) for operation in OPERATIONS if (found := operation.pattern.fullmatch(request.path))]
    for operation, found in here:
        if operation.method == method:
            return operation, found.groupdict().get("id", "")
    if not here:
        raise Answer(problem(404, "NOT-FOUND", f"there is nothing at this address; {DOCUMENT} lists what there is below {BASE}"))
    allow = ", ".join(sorted({operation.method for operation, _ in here}))
    raise Answer(problem(405, "METHOD", f"not with this method; there is {allow}", Allow=allow))


def bearer(request: HttpRequest) -> str:
    kind, _, text = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return text.strip()[:200] if kind.lower() == "bearer" else ""


def arguments(operation: Operation, request: HttpRequest, id: str) -> dict[str, Any]:
    """The checked fields; raises Answer with what is wrong."""
    try:
        if operation.method == "GET":
            found = read(operation.fields, dict(request.GET.lists()), from_query=True)
        else:
            if request.GET:
                raise Wrong("nothing goes into the query of a POST: the fields stand in the body")
            found = read(operation.fields, body(request), from_query=False)
        if operation.verb == "export" and not found.get("raw") and len(found.get("password", "")) < LEAST_PASSWORD:
            raise Wrong(f"password is missing or has less than {LEAST_PASSWORD} characters")
    except Wrong as wrong:
        raise Answer(problem(400, "BAD-REQUEST", str(wrong))) from None
    return found | ({"id": id} if id else {})


def body(request: HttpRequest) -> dict[str, Any]:
    try:
        octets = request.body
    except RequestDataTooBig:
        raise Answer(problem(413, "TOO-LARGE", "the body is too large")) from None
    if not octets.strip():
        return {}
    if request.content_type != "application/json":
        raise Answer(problem(415, "NO-JSON", "the body is application/json"))
    try:
        found = json.loads(octets.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Wrong("the body is not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise Wrong("the body is a JSON object")
    return found


def perform(operation: Operation, token: str, given: dict[str, Any]) -> HttpResponse:
    patience = SLOW if operation.slow else PATIENCE
    if operation.answer == "octets":
        octets = console().ask.fetch(operation.verb, "", patience, bearer=token, **given)
        response = HttpResponse(octets, content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="{given.get("id") or operation.verb}"'
        return response
    return put(console().ask(operation.verb, "", patience, bearer=token, **given))


def put(value: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(value, ensure_ascii=False), content_type="application/json")


def too_many(wait: float) -> HttpResponse:
    return problem(429, "RATE", "too many requests", **{"Retry-After": str(max(1, math.ceil(wait)))})


def problem(status: int, code: str, detail: str, **headers: str) -> HttpResponse:
    """RFC 9457."""
    title = schema.PROBLEMS.get(str(status), "Our fault").partition(";")[0]
    text = {"type": f"urn:sekisho:problem:{code}", "title": title, "status": status, "detail": detail}
    response = HttpResponse(json.dumps(text, ensure_ascii=False), status=status, content_type="application/problem+json")
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    for name, value in headers.items():
        response[name] = value
    return response
