"""The verbs of custody as JSON in, JSON out: one table for the keeper's socket and for a command line without a keeper.

A request is {"verb": …, "actor": {"name": …, "via": …, "system": bool}, …arguments}. Roles are never believed: they are
looked up by the account's name. `system` is honoured because only root and the owner of the state directory can connect.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from gateway.model.custody import Actor
from gateway.model.errors import SekishoError
from quarantine import audit, personal, trail
from quarantine.custodian import Content
from quarantine.decisions import Outcome
from quarantine.directory import MOST
from quarantine.lifecycle import Refusal, Refused
from quarantine.reading import Query
from quarantine.reporting import period_of
from quarantine.scope import EVERYTHING, scope_of
from quarantine.service import QuarantineService

Request = Mapping[str, Any]
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
NO_VERB = Refusal("NO-VERB", "custody has no such verb")
BAD_REQUEST = Refusal("BAD-REQUEST", "the request lacks an argument or has a wrong one")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb gives back: an object, and for content a descriptor (the receiver closes it)."""

    body: dict[str, Any]
    fd: int | None = None


def actor_of(service: QuarantineService, request: Request) -> Actor:
    said = request.get("actor") or {}
    name, via = str(said.get("name", ""))[:150], str(said.get("via", "console"))[:10]
    if "bearer" in request:              # a program's token says who it is and what it may do, nothing else in the request does
        return service.token_actor(str(request["bearer"]), str(request.get("verb")))
    if said.get("system"):
        return Actor(name or "root", frozenset(), via=via, system=True)
    return service.actor(name, via)


def query_of(request: Request) -> Query:
    given = {f.name: request[f.name] for f in fields(Query) if f.name in request}
    for name in ("status", "kind", "direction"):
        if name in given:
            given[name] = tuple(given[name])
    for name in ("since", "until"):
        if given.get(name):
            given[name] = moment(given[name])
    return Query(**given)


def moment(text: str) -> datetime:
    """A time with its offset; what lies before or after all held mail is the end of what can be reckoned with."""
    return min(max(datetime.fromisoformat(text), EARLIEST), LATEST)


def _outcome(outcome: Outcome) -> Answer:
    return Answer(asdict(outcome) | {"status": outcome.status.value})


def _content(content: Content) -> Answer:
    return Answer({"size": content.size}, content.fd)


def _list(s: QuarantineService, a: Actor, r: Request) -> Answer:
    with s.reading():
        page = s.find(a, query_of(r))
    return Answer({"messages": list(page.messages), "cursor": page.cursor})


def _count(s: QuarantineService, a: Actor, r: Request) -> Answer:
    with s.reading():
        return Answer({"counts": s.count(a, query_of(r))})


def _export(s: QuarantineService, a: Actor, r: Request) -> Answer:
    if r.get("raw"):
        return _content(s.export_raw(a, r["id"], r["reason"]))
    fd, size, password = s.export_zip(a, r["id"], r["reason"], r.get("password", ""))
    return Answer({"size": size, "password": password}, fd)


def _verify(s: QuarantineService, a: Actor, r: Request) -> Answer:
    found = s.audit_verify(a, audit.outside_checkpoints(r.get("outside", ())))
    return Answer({"records": found.records, "checkpoints": found.checkpoints, "flaws": [asdict(f) for f in found.flaws]})


def _audit_export(s: QuarantineService, a: Actor, r: Request) -> Answer:
    """JSON lines in an unnamed memory file, as of one instant."""
    lines = s.audit_export(a)
    fd, rows = os.memfd_create("audit", os.MFD_CLOEXEC), 0
    try:
        with open(fd, "wb", closefd=False) as out, s.snapshot():
            for line in lines:
                out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                rows += 1
        return Answer({"rows": rows, "size": os.fstat(fd).st_size}, fd)
    except (SekishoError, OSError, ValueError):
        os.close(fd)
        raise


def _audit_list(s: QuarantineService, a: Actor, r: Request) -> Answer:
    found = s.audit_list(a, trail.wanted_of(r))
    return Answer({"records": list(found.records), "cursor": found.cursor})


def _token_add(s: QuarantineService, a: Actor, r: Request) -> Answer:
    return Answer(s.token_add(a, str(r["name"]), str(r["label"]), int(r["days"]), r.get("roles", ()), r.get("scopes", ()),
                              r.get("verbs", ())))


def _token_revoke(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.token_revoke(a, str(r["id"]))
    return Answer({})


def _queue_drop(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.queue_drop(a, r["id"], r["reason"])
    return Answer({})


def _rewrap(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.maintain(a, "keys-rewrap")
    count = 0
    while done := s.rewrap():
        count += done
    return Answer({"count": count, "key": s.ring.current.id, "in_use": sorted(s.keys_in_use())})


def _expire(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.maintain(a, "retention")
    count = 0
    while done := s.expire():
        count += done
    return Answer({"ended": count, "swept": s.sweep()})


def _note(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.note(a, str(r["action"])[:32], str(r.get("id", ""))[:24], **dict(r.get("detail", {})))
    return Answer({})


def _failed_login(s: QuarantineService, _: Actor, r: Request) -> Answer:
    """There is no account to act as: the name is what somebody typed."""
    s.note(Actor(str(r["name"])[:150], frozenset(), via="console"), "login-failed", client=str(r.get("client", ""))[:64])
    return Answer({})


def _filter_save(s: QuarantineService, a: Actor, r: Request) -> Answer:
    s.filter_save(a, r["name"], r["query"])
    return Answer({})


def _void(method: Callable[..., Any]) -> Callable[[QuarantineService, Actor, Request], Answer]:
    def run(s: QuarantineService, a: Actor, r: Request) -> Answer:
        method(s, a, r["name"])
        return Answer({})
    return run


def _object(verb: personal.Verb) -> Callable[[QuarantineService, Actor, Request], Answer]:
    return lambda s, a, r: Answer(verb(s, a, r))


def _decide(method: Callable[..., Outcome]) -> Callable[[QuarantineService, Actor, Request], Answer]:
    return lambda s, a, r: _outcome(method(s, a, r["id"], r["reason"]))


def _request(s: QuarantineService, a: Actor, r: Request) -> Answer:
    return _outcome(s.request(a, r["id"], r["reason"], scope_of(r.get("recipients"), r.get("without")) or EVERYTHING))


def _grant(method: Callable[..., Outcome]) -> Callable[[QuarantineService, Actor, Request], Answer]:
    """Approve and release: for some recipients or without some parts, and when the page with the evidence was made."""
    def run(s: QuarantineService, a: Actor, r: Request) -> Answer:
        shown = datetime.fromisoformat(r["shown_at"]) if r.get("shown_at") else None
        return _outcome(method(s, a, r["id"], r["reason"], scope_of(r.get("recipients"), r.get("without")), shown))
    return run


def _pass_act(s: QuarantineService, a: Actor, r: Request) -> Answer:
    shown = datetime.fromisoformat(r["shown_at"]) if r.get("shown_at") else None
    return Answer(s.pass_act(str(r["token"]), str(r["id"]), str(r["act"]), str(r["code"]), str(r.get("reason", "")), shown))


def _directory_import(s: QuarantineService, a: Actor, r: Request) -> Answer:
    return Answer({"count": s.directory_import(a, r["rows"], str(r.get("source", "")))})


def _directory_list(s: QuarantineService, a: Actor, r: Request) -> Answer:
    entries = s.directory_list(a, str(r.get("text", "")), str(r.get("after", "")), int(r.get("limit", MOST)))
    return Answer({"entries": entries, "count": s.directory_size()})


S = QuarantineService
VERBS: Mapping[str, Callable[[QuarantineService, Actor, Request], Answer]] = {
    # held mail; `id` and `reason` where something is decided
    "list": _list,                       # the fields of Query -> {"messages": […], "cursor": …}
    "count": _count,
    "show": lambda s, a, r: Answer(s.show(a, r["id"])),
    "batch": lambda s, a, r: Answer(s.batch(a, r["act"], r["ids"], r["reason"])),        # one decision about many, after a grace
    "batch-show": lambda s, a, r: Answer(s.batch_show(a, r["id"])),
    "batch-undo": lambda s, a, r: Answer(s.batch_undo(a, r["id"])),
    "filters": lambda s, a, r: Answer({"filters": s.filters(a)}),
    "filter-save": _filter_save,
    "filter-drop": _void(S.filter_drop),
    "request": _request,                 # recipients, without -> {"id", "status", "approvals", "needed"}, as all decisions
    "approve": _grant(S.approve),        # recipients, without, shown_at
    "deny": _decide(S.deny),
    "release": _grant(S.release),        # the same
    "withdraw": _decide(S.withdraw),
    "return": _decide(S.return_),
    "delete": _decide(S.delete),
    "hold": _decide(S.hold),
    "lift": _decide(S.lift),
    "export": _export,                   # raw: bool -> descriptor, {"size", "password"}
    # links in mails of ours: whoever has one is told by `state` what it is good for
    "pass-show": lambda s, a, r: Answer(s.pass_show(str(r["token"]))),
    "pass-code": lambda s, a, r: Answer(s.pass_code(str(r["token"]), str(r["id"]), str(r["act"]))),
    "pass-act": _pass_act,               # token, id, act, code, reason, shown_at; passwords go by "pass-password" to the keeper
    # who answers for whom
    "directory-import": _directory_import,      # rows: mailbox, supervisor, deputies, name, department -> {"count"}
    "directory-list": _directory_list,          # text, after (an address), limit -> {"entries", "count": of all people}
    # outbox
    "queue": lambda s, a, r: Answer({"entries": s.queue(a, bool(r.get("all")))}),
    "queue-retry": lambda s, a, r: Answer({"count": s.queue_retry(a, r.get("id", ""))}),
    "queue-drop": _queue_drop,
    # audit
    "audit-verify": _verify,             # outside: rows of an event log -> {"records", "checkpoints", "flaws"}
    "audit-export": _audit_export,       # -> descriptor, {"rows", "size"}
    "audit-keys": lambda s, a, r: Answer({"keys": s.audit_keys(a)}),
    "audit-list": _audit_list,           # the fields of trail.Wanted -> {"records": […], "cursor": …}
    "report": lambda s, a, r: Answer(s.report(a, period_of(r))),     # since, until, zone
    "note": _note,
    "login-failed": _failed_login,
    # accounts
    **{name: _object(verb) for name, verb in (personal.ACCOUNTS | personal.BROWSER).items()},
    # tokens of programs
    "token-add": _token_add,             # name, label, days, roles, scopes, verbs -> {"id", "token", …}: the text, once
    "token-list": lambda s, a, r: Answer({"tokens": s.token_list(a)}),
    "token-revoke": _token_revoke,
    # upkeep, the system's user only
    "keys-rewrap": _rewrap,
    "retention": _expire,
}
READS = frozenset({"list", "count", "filters", "batch-show", "queue", "user-list", "pass-show", "directory-list", "audit-list",
                   "audit-keys", "token-list"})
ANONYMOUS = frozenset({"login-failed", "pass-show", "pass-code", "pass-act"}) | personal.ANONYMOUS


def call(service: QuarantineService, request: Request) -> Answer:
    """Do one verb. Raises Refused, CustodyUnavailable and their kin."""
    verb = VERBS.get(str(request.get("verb")))
    if verb is None:
        raise Refused(NO_VERB)
    nobody = Actor("", frozenset())
    try:
        with service.reading():
            anonymous = request["verb"] in ANONYMOUS and "bearer" not in request
            actor = nobody if anonymous else actor_of(service, request)
            return verb(service, actor, request)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(BAD_REQUEST) from error

