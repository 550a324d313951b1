"""Exceptions made in the console: a file of their own in the state directory, read together with the configuration.

Made and ended by an account that may, checked beside the configuration in force, recorded, and in force by themselves soon after:
the configuration file is not read again, for somebody may be writing in it, and is never written by a program.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gateway.config import Config, ConfigProblems, with_made
from gateway.config.reference import toml
from gateway.config.source import made_in
from gateway.model.custody import Actor
from gateway.model.errors import CustodyUnavailable
from gateway.policy import load_policy
from quarantine.access import Act
from quarantine.custodian import reasoned
from quarantine.lifecycle import NOT_FOUND, Refusal, Refused
from quarantine.service import QuarantineService

LONGEST = timedelta(days=366)            # an exception for ever is a change of the rule
MOST = 500
FIELDS = ("rule", "owner", "reason")
SCOPE = ("sender", "recipient", "from_domain", "client", "listener", "auth", "finding", "sha256")
HEAD = "# Written by the console of sekisho: exceptions are made and ended there. What belongs to you stands in your own file.\n"
TOO_LONG = Refusal("EXCEPTION", f"an exception ends within {LONGEST.days} days, and not in the past")
TOO_MANY = Refusal("EXCEPTION", f"there are {MOST} exceptions already: end some first")


class Exceptions:
    """Works on `STATE_DIR/exceptions.toml`; in the thread that writes custody, so one at a time."""

    def __init__(self, config: Callable[[], Config], follow: Callable[[], None]) -> None:
        self.config, self.follow = config, follow

    @property
    def path(self) -> Path:
        return made_in(self.config().gateway.state_dir)

    def make(self, service: QuarantineService, actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Add one. Raises Refused with the problem as the configuration's check words it."""
        service.allowed_here(actor, Act.POLICY)
        rows = self.read()
        table: dict[str, Any] = {"id": f"console-{service.now():%Y%m%d-%H%M%S}-{len(rows) + 1}"}
        table |= {name: str(wanted.get(name, "")).strip() for name in FIELDS}
        table["reason"] = reasoned(table["reason"])
        scope = wanted.get("scope")
        table["scope"] = {k: v for k, v in scope.items() if k in SCOPE and v} if isinstance(scope, Mapping) else {}
        table["until"] = self.day(str(wanted.get("until", "")), service.now().date())
        if len(rows) >= MOST:
            raise Refused(TOO_MANY)
        self.check(rows, named=True)
        rows.append(table)
        self.check(rows)
        with service.transaction():
            service.record(actor, "exception-make", "", exception=table["id"], rule=table["rule"], owner=table["owner"],
                           until=str(table["until"]), scope=json.dumps(table["scope"], ensure_ascii=False), reason=table["reason"])
        self.write(rows)                     # after the record: nothing is in force of which the chain does not know
        self.follow()
        return {"id": table["id"]}

    def end(self, service: QuarantineService, actor: Actor, id: str, reason: str) -> dict[str, Any]:
        """Take one away before its time."""
        service.allowed_here(actor, Act.POLICY)
        reason, rows = reasoned(reason), self.read()
        left = [row for row in rows if row.get("id") != id]
        if len(left) == len(rows):
            raise Refused(NOT_FOUND)
        self.check(left, named=True)
        with service.transaction():
            service.record(actor, "exception-end", "", exception=id, reason=reason)
        self.write(left)
        self.follow()
        return {"id": id}

    def day(self, text: str, today: date) -> date:
        try:
            until = date.fromisoformat(text)
        except ValueError:
            raise Refused(TOO_LONG) from None
        if not today - timedelta(days=1) <= until <= today + LONGEST:
            raise Refused(TOO_LONG)
        return until

    def check(self, rows: Sequence[Mapping[str, Any]], named: bool = False) -> None:
        """As the check of the configuration would say it, in one line; `named` where it is about one that was there before."""
        try:
            load_policy(with_made(self.config(), text_of(rows)))
        except ConfigProblems as wrong:
            first = wrong.problems[0]
            place = f"{first.where.rpartition('/')[2]}: " if named else ""
            raise Refused(Refusal("EXCEPTION", place + first.message)) from wrong

    def read(self) -> list[dict[str, Any]]:
        """Raises CustodyUnavailable where the file cannot be read: it is never begun anew over what was there."""
        try:
            table = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise CustodyUnavailable(f"{self.path}: {error}") from error
        return list(table.get("exception", []))

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Beside it, synced, then in its place."""
        aside = self.path.with_suffix(".new")
        try:
            with open(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                file.write(text_of(rows))
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.path)
        except OSError as error:
            raise CustodyUnavailable(f"{self.path}: {error.strerror}") from error


def text_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """The whole file."""
    return HEAD + "".join(written(row) for row in rows)


def written(row: Mapping[str, Any]) -> str:
    """One table as TOML."""
    return "\n[[exception]]\n" + "".join(f"{name} = {toml(printable(value))}\n" for name, value in row.items())


def printable(value: Any) -> Any:
    """What is not printable is no part of a name, an address or a reason."""
    if isinstance(value, Mapping):
        return {key: printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return "".join(c for c in value if c.isprintable()) if isinstance(value, str) else value
