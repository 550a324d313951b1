"""`sekisho audit`: the hash chain."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import MOMENT, Moment, Session, json_option, pass_session, put_json, put_table
from gateway.cli.desk import actor, as_option, desk, refusals
from gateway.effects.custody import LONG
from gateway.model.errors import SekishoError
from gateway.reports.sheet import AUDIT_COLUMNS, audit_row, sheet
from quarantine.chain import CHECKPOINT, FIELDS, verify_export

LONGEST_LINE = 16 << 20                  # characters of one line: a device, or another file, has no end of its first
HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")


@click.group()
def audit() -> None:
    """The record of who did what: verify it, export it."""


@audit.command()
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="EXPORT",
              help="Verify what `audit export` wrote instead of the running custody; needs neither gateway nor key file.")
@click.option("--key", "public", multiple=True, metavar="HEX",
              help="With --file: a public key of `audit keys`, kept elsewhere; may be repeated. Without one the file's own count.")
@click.option("--outside", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Event log or export kept elsewhere: its checkpoints show a chain that was cut short.")
@as_option
@json_option
@pass_session
def verify(session: Session, file: Path | None, public: tuple[str, ...], outside: Path | None, user: str | None,
           as_json: bool) -> int:
    """Check every record and checkpoint; the first bad record is named. Exit 1 where something is wrong."""
    if file is not None:
        return verify_file(file, public, as_json)
    if public:
        raise click.UsageError("--key belongs to --file")
    with desk(session) as custody, refusals():
        found = custody.call("audit-verify", actor(user), outside=events(outside) if outside else [], patience=LONG).body
    return tell(found, as_json)


def tell(found: dict[str, Any], as_json: bool) -> int:
    if as_json:
        put_json([found])
    else:
        for flaw in found["flaws"]:
            click.secho(" ".join(f"{k}={v}" for k, v in flaw.items()), fg="red")
        click.echo(f"{found['records']} records, {found['checkpoints']} checkpoints, {len(found['flaws'])} flaws")
    return int(bool(found["flaws"]))


def verify_file(file: Path, public: tuple[str, ...], as_json: bool) -> int:
    for key in public:
        if not HEX_KEY.fullmatch(key):
            raise SekishoError(f"--key {key[:80]}: a public key has 64 hexadecimal digits; sekisho audit keys shows ours")
    found, keys = verify_export(lines(file), frozenset(key.lower() for key in public))
    if not public and not as_json:
        click.echo("signed with " + (", ".join(sorted(keys)) or "no key") + "; compare with: sekisho audit keys")
    return tell(asdict(found) | {"keys": sorted(keys)}, as_json)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """An export's lines."""
    for number, row in objects(path, "an audit export"):
        try:
            formed(row)
        except (ValueError, KeyError, TypeError) as wrong:
            raise SekishoError(f"{path}:{number}: not a line of an audit export") from wrong
        yield row


def objects(path: Path, of: str) -> Iterator[tuple[int, Any]]:
    """Line number and JSON value, one at a time: the file may be larger than memory."""
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), 1):
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as wrong:
                    raise SekishoError(f"{path}:{number}: not a line of {of}") from wrong
                yield number, row
    except OSError as failure:
        raise SekishoError(f"{path}: {failure.strerror}") from failure
    except UnicodeDecodeError:
        raise SekishoError(f"{path}: is not UTF-8 text") from None


def formed(row: dict[str, Any]) -> None:
    """Raises what a line lacks."""
    wanted = {"record": (*FIELDS, "previous", "digest"), "checkpoint": ("node", "seq", "digest", "at", "signature"),
              "end": ("public_key", "signature")}[row["type"]]
    for name in wanted:
        _ = row[name]
    if row["type"] != "end":
        row["seq"] = int(row["seq"])
    if row.get("action") == CHECKPOINT:
        int(json.loads(row["detail"])["seq"])


@audit.command()
@as_option
@json_option
@pass_session
def keys(session: Session, user: str | None, as_json: bool) -> int:
    """The public keys that checkpoints are verified with; keep them elsewhere. The last one is in use."""
    with desk(session) as custody, refusals():
        rows = custody.call("audit-keys", actor(user)).body["keys"]
    put_json(rows) if as_json else put_table(rows, ["key_id", "made_at", "public_key"])
    return 0


@audit.command("list")
@click.option("--actor", "by", default="", metavar="NAME", help="Only what this account did.")
@click.option("--action", default="", metavar="WORD", help="Only this action, such as release or login-failed.")
@click.option("--message", "message_id", default="", metavar="ID", help="Only about this message.")
@click.option("--since", type=Moment(), metavar=MOMENT, help="From this time on (UTC).")
@click.option("--until", type=Moment(), metavar=MOMENT, help="Before this time (UTC).")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000000), help="At most so many, the newest.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV for a spreadsheet.")
@as_option
@json_option
@pass_session
def list_(session: Session, by: str, action: str, message_id: str, since: datetime | None, until: datetime | None, limit: int,
          as_csv: bool, user: str | None, as_json: bool) -> int:
    """Records, newest first."""
    if as_csv and as_json:
        raise click.UsageError("give --csv or --json, not both")
    wanted = {"by": by, "action": action, "message_id": message_id, "since": utc(since), "until": utc(until)}
    rows: list[dict[str, Any]] = []
    after = ""
    with desk(session) as custody, refusals():
        while len(rows) < limit:
            page = custody.call("audit-list", actor(user), **wanted, limit=min(1000, limit - len(rows)),
                                after=after, patience=LONG).body
            rows, after = rows + page["records"], page["cursor"]
            if not after:
                break
    if as_csv:
        sys.stdout.buffer.write(sheet(AUDIT_COLUMNS, [audit_row(row) for row in rows]))
    elif as_json:
        put_json(rows)
    else:
        put_table(rows, ["number", "at", "actor", "via", "action", "message_id", "detail"], "no record")
    return 0


def utc(at: datetime | None) -> str:
    return at.replace(tzinfo=UTC).isoformat() if at else ""


def events(path: Path) -> list[dict[str, Any]]:
    return [row for _, row in objects(path, "an event log")
            if isinstance(row, dict) and (row.get("event") == "audit-checkpoint" or row.get("type") == "checkpoint")]


@audit.command()
@as_option
@json_option
@pass_session
def export(session: Session, user: str | None, as_json: bool) -> int:
    """Every record as a JSON line, with --json or without, and what is needed to verify it elsewhere."""
    with desk(session) as custody, refusals():
        fd = custody.call("audit-export", actor(user), patience=LONG).fd
        assert fd is not None            # this verb always gives octets
        with os.fdopen(fd, "rb") as file:
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
    return 0
