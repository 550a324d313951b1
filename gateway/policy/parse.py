"""Reads groups, rules and exceptions out of the configuration. Every problem has its file:line."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from gateway.config import Config, ConfigProblems, Entry, Problem, examine
from gateway.config.source import in_order, read_source, shown
from gateway.config.tables import nearest
from gateway.model.decision import Disposition, Party
from gateway.model.finding import IncidentCode, Severity
from gateway.policy.conditions import ENVELOPE, Addresses, Condition, Seen
from gateway.policy.rule import OUR_FAULT, UNMAPPED, Exemption, Policy, Rule
from gateway.policy.words import CONDITIONS, EXCEPTION, GROUP, RULE, SCOPE_ONLY, Word

OURS = "ours"                            # the built-in group of [gateway] our_domains
BELOW = "below-ours"                     # and the one of every domain below them
_FINDING_KEYS = ("finding", "category", "severity", "count")
_ADDRESS_KEYS = ("sender", "recipient", "from_domain")


def load_policy(config: Config) -> Policy:
    """The policy in force. Raises ConfigProblems."""
    policy, problems = parse(config)
    faults = tuple(p for p in problems if not p.warning)
    if faults:
        raise ConfigProblems(faults)
    return policy


def check(path: Path, now: datetime.datetime | None = None) -> list[Problem]:
    """Everything that is wrong with a configuration file, its rules included; with `now`, exceptions that are over too."""
    config, problems = examine(path)
    if config is None:
        return in_order(problems)
    policy, more = parse(config)
    over = [Problem(e.where, f'exception "{e.id}" ended: it lowers nothing any more; take it away, or set another until', True)
            for e in policy.exceptions if now is not None and e.until <= now]
    return in_order([*problems, *more, *over])


def doubts(config: Config) -> list[str]:
    """What `check` warns of in a configuration that can be used."""
    return [*config.warnings, *(str(problem) for problem in parse(config)[1] if problem.warning)]


def parse(config: Config) -> tuple[Policy, list[Problem]]:
    """The policy of what could be read, and every problem and warning."""
    reader = _Reader(config)
    entries = [*config.rules]
    if not entries or config.policy.packaged == "always":
        entries = [*packaged(), *entries]
    rules = [rule for rule in map(reader.rule, entries) if rule is not None]
    ids = {rule.id for rule in rules} | {UNMAPPED}
    exceptions = [e for e in (reader.exception(entry, ids) for entry in config.exceptions) if e is not None]
    version = f"{config.version}+{packaged_version()}" if config.version else packaged_version()
    policy = Policy(tuple(rules), tuple(exceptions), frozenset(config.gateway.our_domains), version)
    return policy, reader.problems


def packaged() -> tuple[Entry, ...]:
    """The rules of the packaged default policy."""
    return _packaged()[0]


def packaged_version() -> str:
    return _packaged()[1]


@lru_cache(maxsize=1)
def _packaged() -> tuple[tuple[Entry, ...], str]:
    with resources.as_file(resources.files("gateway.policy") / "default.toml") as path:
        source = read_source(path)
    return tuple(
        Entry(table, source.where("rule", index), {key: source.where("rule", index, key) for key in table})
        for index, table in enumerate(source.table["rule"])
    ), source.digest


class _Reader:
    """Collects problems while it reads; one per configuration."""

    def __init__(self, config: Config) -> None:
        self.problems: list[Problem] = []
        self.zone = zoneinfo.ZoneInfo(config.gateway.timezone)
        self.seen: dict[tuple[str, str], str] = {}
        self.listeners = [listener.name for listener in config.listeners]
        ours = config.gateway.our_domains
        self.groups: dict[str, Addresses] = {OURS: _addresses(ours, {}), BELOW: _addresses([f"*.{d}" for d in ours], {})}
        for entry in config.groups:
            self._group(entry)

    def fault(self, entry: Entry, message: str, key: str = "", warning: bool = False) -> None:
        self.problems.append(Problem(entry.places.get(key, entry.where), shown(message), warning))

    def rule(self, entry: Entry) -> Rule | None:
        values = self._values(entry, "rule", RULE)
        id = values.get("id", "")
        if id in (UNMAPPED, OUR_FAULT):
            self.fault(entry, f'rule id: "{id}" is the name of a built-in rule', "id")
        when = self._when(entry, values.get("when"), "when", CONDITIONS) if "when" in values else None
        if when is None or "id" not in values or "then" not in values:
            return None
        if "direction" in values:
            when = (Condition("direction", values["direction"]), *when)
        notify: frozenset[Party] = values.get("notify", frozenset())
        if notify and values["then"] < Disposition.STRIP:
            self.fault(entry, f'rule "{id}": nobody is told of mail that is delivered; take notify away',
                       "notify", True)
        return Rule(
            id=id, when=when, then=values["then"], notify=tuple(p for p in Party if p in notify),
            approvals=values.get("approvals", 1), tags=tuple(values.get("tags", ())),
            reason=values.get("reason", ""), where=entry.where,
        )

    def exception(self, entry: Entry, rules: set[str]) -> Exemption | None:
        values = self._values(entry, "exception", EXCEPTION)
        words = {key: word for key, word in CONDITIONS.items() if key in ENVELOPE} | dict(SCOPE_ONLY)
        scope = self._when(entry, values.get("scope"), "scope", words) if "scope" in values else None
        if "rule" in values and values["rule"] not in rules:
            hint = nearest(values["rule"], rules)
            self.fault(entry, f'exception rule: there is no rule "{values["rule"]}"{hint}', "rule")
        if scope is None or any(word.required and key not in values for key, word in EXCEPTION.items()):
            return None
        excused = {c.key: c.value for c in scope if c.key in SCOPE_ONLY}
        end = datetime.datetime.combine(values["until"] + datetime.timedelta(days=1), datetime.time(), self.zone)
        exemption = Exemption(
            id=values["id"], rule=values["rule"], scope=tuple(c for c in scope if c.key not in SCOPE_ONLY),
            then=values.get("then", Disposition.ANNOTATE), owner=values["owner"], until=end,
            findings=tuple(excused.get("finding", ())), sha256=excused.get("sha256", frozenset()),
            macros=excused.get("macro", frozenset()),
            reason=values.get("reason", ""), where=entry.where,
        )
        if exemption.forgeable:
            self.fault(entry, f'exception "{exemption.id}": anyone can write that sender; '
                       'add auth = { dmarc = ["pass"] } or client', "scope", True)
        return exemption

    def _known(self, names: Iterable[str]) -> None:
        """ValueError for a listener that is not there: a rule for it would never hold. Without any nothing is known."""
        for name in names:
            if self.listeners and name not in self.listeners:
                raise ValueError(f'there is no listener "{name}"{nearest(name, self.listeners)}')

    def _group(self, entry: Entry) -> None:
        values = self._values(entry, "group", GROUP)
        name = values.get("name", "")
        if name in (OURS, BELOW):
            self.fault(entry, f'group name: "{name}" is the built-in group of our_domains', "name")
        elif name and "members" in values:
            plain = [m for m in values["members"] if not m.startswith("group:")]
            if len(plain) < len(values["members"]):
                self.fault(entry, f'group "{name}": a group holds no groups', "members")
            self.groups[name] = _addresses(plain, {})

    def _values(self, entry: Entry, title: str, words: Mapping[str, Word]) -> dict[str, Any]:
        """What could be read, unknown keys, missing keys and repeated names told."""
        values: dict[str, Any] = {}
        for key, written in entry.table.items():
            word = words.get(key)
            if word is None:
                self.fault(entry, f"[[{title}]] has no setting `{key}`{nearest(key, words)}", key)
                continue
            try:
                values[key] = word.kind.read(written)
            except ValueError as error:
                self.fault(entry, f"{title} {key}: {error}", key)
        for key, word in words.items():
            if word.required and key not in entry.table:
                self.fault(entry, f"[[{title}]] needs `{key}`: {word.doc}")
        name = values.get("id", values.get("name"))
        if name is not None:
            first = self.seen.setdefault((title, name), entry.where)
            if first != entry.where:
                self.fault(entry, f'{title} "{name}" is already at {first}: names are unique',
                           "id" if "id" in values else "name")
        return values

    def _when(self, entry: Entry, table: Any, place: str, words: Mapping[str, Word]) -> tuple[Condition, ...] | None:
        """The conditions of one table; None where something in it is wrong."""
        if not isinstance(table, dict) or not table:
            self.fault(entry, f"{place}: a table with at least one condition is wanted, such as "
                       '{ finding = ["EXECUTABLE-*"] }', place)
            return None
        values: dict[str, Any] = {}
        good = True
        for key, written in table.items():
            try:
                values[key] = self._condition(entry, key, written, place, words)
            except ValueError as error:
                self.fault(entry, f"{place}: {error}", place)
                good = False
        if not good:
            return None
        return _conditions(values, scope=words is not CONDITIONS and "sha256" in words)

    def _condition(self, entry: Entry, key: str, written: Any, place: str, words: Mapping[str, Word]) -> Any:
        if key not in words:
            if key in CONDITIONS:
                raise ValueError(f"`{key}` cannot stand here: a sender could change it by adding to the mail")
            raise ValueError(f"there is no condition `{key}`{nearest(key, words)}")
        if key == "any":
            if not isinstance(written, list) or not written:
                raise ValueError("any: a list of tables is wanted, such as [{ persons = 3 }, { contacts = 50 }]")
            branches = [self._when(entry, branch, place, words) for branch in written]
            if None in branches:
                raise ValueError("any: see above")
            return tuple(branches)
        if key == "not":
            inner = self._when(entry, written, place, {k: w for k, w in words.items() if k in ENVELOPE})
            if inner is None:
                raise ValueError("not: see above")
            return inner
        try:
            value = words[key].kind.read(written)
            if key == "listener":
                self._known(value)
            return _addresses(value, self.groups) if key in _ADDRESS_KEYS else value
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None


def _conditions(values: dict[str, Any], scope: bool) -> tuple[Condition, ...]:
    """Joins `finding`, `category`, `severity`, `count` into one condition, and gives `incident` its codes."""
    found: list[Condition] = []
    if not scope and any(key in values for key in _FINDING_KEYS):
        found.append(Condition("finding", Seen(
            tuple(values.pop("finding", ("*",))), tuple(values.pop("category", ())),
            values.pop("severity", Severity.LOW), values.pop("count", 1))))
    for key, value in values.items():
        if key == "incident":
            value = frozenset(IncidentCode) if "*" in value else frozenset(IncidentCode(v) for v in value)
        found.append(Condition(key, value))
    return tuple(found)


def _addresses(words: Iterable[str], groups: Mapping[str, Addresses]) -> Addresses:
    """Sorted into what can be looked up; groups are put in. ValueError for an unknown group."""
    words = tuple(words)
    parts: list[Addresses] = []
    for word in words:
        name = word.removeprefix("group:")
        if name != word:
            if name not in groups:
                raise ValueError(f'there is no group "{name}"{nearest(name, groups)}')
            parts.append(groups[name])
    plain: Sequence[str] = [w for w in words if not w.startswith("group:")]
    return Addresses(
        words=words,
        mailboxes=frozenset(w for w in plain if "@" in w).union(*(p.mailboxes for p in parts)),
        domains=frozenset(w for w in plain if "@" not in w and not w.startswith(("*.", "<"))).union(
            *(p.domains for p in parts)),
        parents=frozenset(w[2:] for w in plain if w.startswith("*.")).union(*(p.parents for p in parts)),
        null="<>" in plain or any(p.null for p in parts),
    )
