"""The policy: its rules with how often they decided, and what a change would have done to recent mail. Changes nothing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gateway.config import Config, Entry, Problem
from gateway.config.reference import toml
from gateway.config.source import read_toml
from gateway.console.pages import forbidden
from gateway.console.state import console
from gateway.journal import JournalReader
from gateway.journal.reader import JournalUnreadable
from gateway.policy import Policy, decide, load_policy, packaged, parse, replay, restore
from quarantine.access import Act

SPAN = timedelta(days=7)
RECENT = 1000                            # messages that a change is tried on
LONGEST = 20_000                         # characters of a change
KINDS = ("rule", "exception")
TITLE = "the change"                     # where a problem of it is said to be


def for_house(request: HttpRequest) -> HttpResponse | None:
    """The refusal for those who have no business with the rules."""
    if request.account.may(Act.HOUSE):  # type: ignore[attr-defined]
        return None
    return forbidden(request)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    return for_house(request) or shown(request)


def shown(request: HttpRequest, change: str = "", status: int = 200, **more: Any) -> HttpResponse:
    config = console().config
    inforce = load_policy(config)
    written = {entry.table.get("id"): entry for entry in (*packaged(), *config.rules)}
    now = console().clock.now()
    try:
        rows = journal().counts(now - SPAN, now)
    except JournalUnreadable:
        rows = []
    decided: Counter[str] = Counter()
    for _direction, _disposition, rule, number in rows:
        decided[rule] += number
    rules = [{"id": rule.id, "then": rule.then.word, "approvals": rule.approvals, "notify": [p.value for p in rule.notify],
              "reason": rule.reason, "where": rule.where.rpartition("/")[2], "when": conditions(written.get(rule.id)),
              "decided": decided[rule.id]} for rule in inforce.rules]
    return render(request, "console/policy.html", {
        "rules": rules, "version": inforce.version, "packaged": not config.rules or config.policy.packaged == "always",
        "change": change, "recent": RECENT, "days": SPAN.days, **more}, status=status)


def conditions(entry: Entry | None) -> list[tuple[str, str]]:
    """As they are written in the configuration file: what is copied from the page can be tried on it."""
    table = entry.table if entry is not None else {}
    direction = [("direction", toml(table["direction"]))] if "direction" in table else []
    return direction + conditions_of(table.get("when"))


def conditions_of(table: Any) -> list[tuple[str, str]]:
    said = table if isinstance(table, Mapping) else {}
    return [(str(name), toml(value)) for name, value in said.items()]


@require_POST
def attempt(request: HttpRequest) -> HttpResponse:
    """What recent mail would have met under a changed policy, compared with the policy in force."""
    if refusal := for_house(request):
        return refusal
    text = request.POST.get("change", "").replace("\r\n", "\n")[:LONGEST]
    table, wrong = read_toml(TITLE, text)
    faults = [wrong] if wrong is not None else misplaced(table, console().config)
    if faults:
        return shown(request, text, 409, problems=[said(problem) for problem in faults])
    tried, problems = parse(changed(console().config, table))
    faults = [problem for problem in problems if not problem.warning]
    if faults:
        return shown(request, text, 409, problems=[said(problem) for problem in faults])
    inforce, now = load_policy(console().config), console().clock.now()
    try:
        result = replay(judged(journal().latest(RECENT), inforce), tried, now)
    except JournalUnreadable:
        return shown(request, text, 503, problems=[_("The journal of what passed cannot be read at the moment.")])
    rows = [{"direction": change[0], "then": change[1], "now": change[2], "number": number, "examples": result.examples[change]}
            for change, number in sorted(result.changes.items())]
    outcome = {"total": result.total, "changed": result.changed, "rows": rows, "unreadable": result.unreadable}
    return shown(request, text, result=outcome, warnings=[said(problem) for problem in problems])


def said(problem: Problem) -> str:
    return f"{problem.where}: {problem.message}" if problem.where else problem.message


def misplaced(table: Mapping[str, Any], config: Config) -> list[Problem]:
    """What of a change would be tried by nothing: a change that says nothing would look like one that changes nothing."""
    found = [Problem(TITLE, f"`{name}` is not tried here: write [[rule]] and [[exception]] tables only")
             for name in table if name not in KINDS]
    known = {"rule": all_rules(config), "exception": list(config.exceptions)}
    for kind in KINDS:
        tables = table.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            found.append(Problem(TITLE, f"`{kind}` may stand more than once: write [[{kind}]] in double brackets"))
            continue
        ids = {entry.table.get("id") for entry in known[kind]}
        found += [Problem(f"{TITLE}, {number}", f'there is no {kind} "{one.get("id", "")}" to take away')
                  for number, one in enumerate(tables, 1) if one.get("drop") is True and str(one.get("id", "")) not in ids]
    return found


def all_rules(config: Config) -> list[Entry]:
    rules = list(config.rules)
    return rules if rules and config.policy.packaged != "always" else [*packaged(), *rules]


def changed(config: Config, table: Mapping[str, Any]) -> Config:
    """The configuration with the rules and exceptions of a change: one with a known id takes the other's place, one with only
    an id and `drop = true` takes it away."""
    return dataclasses.replace(
        config, rules=tuple(merged(all_rules(config), table.get("rule", []))),
        exceptions=tuple(merged(list(config.exceptions), table.get("exception", []))),
        policy=dataclasses.replace(config.policy, packaged="without-rules"))


def merged(entries: list[Entry], new: Sequence[Mapping[str, Any]]) -> list[Entry]:
    for number, table in enumerate(new, 1):
        entries = [entry for entry in entries if entry.table.get("id") != table.get("id")]
        if table.get("drop") is not True:
            entries.append(Entry(table, f"{TITLE}, {number}", {}))
    return entries


def judged(entries: Iterator[dict[str, Any]], inforce: Policy) -> Iterator[dict[str, Any]]:
    """With the disposition of the policy in force in the place of the one of that time."""
    now = console().clock.now()
    for entry in entries:
        try:
            strongest = max(decide(*restore(entry), inforce, now), key=lambda d: (d.disposition, d.verdict))
        except (KeyError, ValueError, TypeError, AttributeError):
            yield entry
            continue
        yield entry | {"inspection": {**entry["inspection"], "disposition": strongest.disposition.word}}


def journal() -> JournalReader:
    return JournalReader(console().config.gateway.state_dir / "journal.db", console().clock)
