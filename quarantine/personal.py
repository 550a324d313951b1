"""The verbs of accounts as JSON in, JSON out: what `quarantine.desk` offers beside held mail. Each returns an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.model.custody import Actor
from quarantine.factors import Site
from quarantine.service import QuarantineService

Request = Mapping[str, Any]
Verb = Callable[[QuarantineService, Actor, Request], dict[str, Any]]


def site_of(r: Request) -> Site | None:
    said = r.get("site")
    return Site(str(said["host"]), str(said["origin"])) if said else None


def _add(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    password = s.user_add(a, r["name"], r["roles"], r.get("mailboxes", ()), r.get("scopes", ()), r.get("password", ""),
                          r.get("language", ""))
    return {"name": r["name"], "password": "" if r.get("password") else password}


def _role(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    s.user_role(a, r["name"], r["roles"], r.get("mailboxes"), r.get("scopes"), r.get("language"))
    return {}


def _void(method: Callable[[QuarantineService, Actor, str], None]) -> Verb:
    def run(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
        method(s, a, r["name"])
        return {}
    return run


def _arrive(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    s.user_arrive("console", str(r["name"]), str(r["identity"]), r["roles"], r["mailboxes"])
    return {}


def _remove(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    s.factor_remove(a, str(r["factor"]))
    return {}


def _take(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    return {"codes": s.factor_add(a, str(r["kind"]), str(r["answer"]), str(r.get("label", "")), site_of(r))}


def _check(s: QuarantineService, a: Actor, r: Request) -> dict[str, Any]:
    return {"right": s.factor_check(a, str(r["kind"]), str(r["answer"]), site_of(r), str(r.get("client", "")))}


ACCOUNTS: Mapping[str, Verb] = {
    "user-add": _add,                    # -> {"name", "password"}: the one-time password where none was given
    "user-list": lambda s, a, r: {"users": s.user_list(a)},
    "user-role": _role,                  # mailboxes, scopes, language stay where they are not given
    "user-disable": _void(lambda s, a, name: s.user_disable(a, name)),
    "user-enable": _void(lambda s, a, name: s.user_disable(a, name, disabled=False)),
    "user-reset-mfa": _void(lambda s, a, name: s.user_reset_mfa(a, name)),
    "user-password": lambda s, a, r: {"password": s.user_password(a, r["name"], r.get("password", ""))},
}
# What only a browser asks for: a log-in, and one's own second factors. There is no command and no other interface for them.
BROWSER: Mapping[str, Verb] = {
    "user-arrive": _arrive,
    "factors": lambda s, a, r: s.factors(a),
    "factor-offer": lambda s, a, r: s.factor_offer(a, str(r["kind"]), site_of(r)),
    "factor-add": _take,                 # -> {"codes"}: recovery codes with the first factor
    "factor-remove": _remove,
    "factor-codes": lambda s, a, r: {"codes": s.factor_codes(a)},
    "factor-challenge": lambda s, a, r: s.factor_challenge(a, site_of(r)),
    "factor-check": _check,              # -> {"right"}
}
ANONYMOUS = frozenset({"user-arrive"})
