"""`sekisho audit`: the hash chain."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import Session, json_option, pass_session, put_json
from gateway.cli.desk import actor, as_option, desk, refusals
from gateway.effects.custody import LONG, read_all
from gateway.model.errors import SekishoError


@click.group()
def audit() -> None:
    """The record of who did what: verify it, export it."""


@audit.command()
@click.option("--outside", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Event log or export kept elsewhere: its checkpoints show a chain that was cut short.")
@as_option
@json_option
@pass_session
def verify(session: Session, outside: Path | None, user: str | None, as_json: bool) -> int:
    """Check every record and checkpoint; the first bad record is named. Exit 1 where something is wrong."""
    with desk(session) as custody, refusals():
        found = custody.call("audit-verify", actor(user), outside=events(outside) if outside else [], patience=LONG).body
    if as_json:
        put_json([found])
    else:
        for flaw in found["flaws"]:
            click.secho(" ".join(f"{k}={v}" for k, v in flaw.items()), fg="red")
        click.echo(f"{found['records']} records, {found['checkpoints']} checkpoints, {len(found['flaws'])} flaws")
    return int(bool(found["flaws"]))


def events(path: Path) -> list[dict[str, Any]]:
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise SekishoError(f"{path}: {failure}") from failure
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except ValueError as wrong:
            raise SekishoError(f"{path}:{number}: not a line of an event log: {wrong}") from wrong
        if isinstance(row, dict) and (row.get("event") == "audit-checkpoint" or row.get("type") == "checkpoint"):
            rows.append(row)
    return rows


@audit.command()
@as_option
@pass_session
def export(session: Session, user: str | None) -> int:
    """Every record as a JSON line, with what is needed to verify it elsewhere."""
    with desk(session) as custody, refusals():
        sys.stdout.buffer.write(read_all(custody.call("audit-export", actor(user), patience=LONG)))
    sys.stdout.buffer.flush()
    return 0
