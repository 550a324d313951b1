"""`sekisho policy`: is it right, why did it decide so, what would a change have done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gateway.app.offline import Asked, judge
from gateway.app.offline import read as read_message
from gateway.cli.common import Session, json_option, pass_session, put_json, put_table
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from gateway.policy import check as problems_of
from gateway.policy import explain as rows_of
from gateway.policy import load_policy, read_aloud
from gateway.policy import replay as replayed


@click.group()
def policy() -> None:
    """Rules: check them, explain a decision, replay the past."""


@policy.command()
@json_option
@pass_session
def check(session: Session, as_json: bool) -> int:
    """Every problem of the configuration and its rules, with file and line."""
    if session.path is None:
        raise SekishoError("no configuration found to check; name one with --config")
    problems = problems_of(session.path, SystemClock().now())
    faults = [p for p in problems if not p.warning]
    if as_json:
        put_json([{"where": p.where, "message": p.message, "warning": p.warning} for p in problems])
        return int(bool(faults))
    for problem in problems:
        click.secho(str(problem), fg="yellow" if problem.warning else "red")
    if not faults:
        click.echo(f"{session.path}: good, {len(load_policy(session.config).rules)} rules in force")
    return int(bool(faults))


@policy.command()
@click.option("--direction", type=click.Choice(["inbound", "outbound"]), help="Else by the envelope and our domains.")
@click.option("--mail-from", "sender", metavar="ADDRESS", help="Reverse-path (else Return-Path or From).")
@click.option("--rcpt-to", "recipients", metavar="ADDRESS", multiple=True, help="Recipient (else To and Cc); may be repeated.")
@json_option
@click.argument("file")
@pass_session
def explain(session: Session, direction: str | None, sender: str | None, recipients: tuple[str, ...], as_json: bool,
            file: str) -> int:
    """Which rule decided about a message, and what the others say."""
    asked = Asked.of(direction, sender, recipients)

    async def run() -> None:
        async with judge(session.config, 1) as judging:
            judged = await judging.judge(file, read_message(file), asked)
        if as_json:
            put_json({"recipient": d.recipient.mailbox.text, "disposition": d.disposition.word, "verdict": d.verdict.word,
                      "rule": d.rule, "exception": d.exception, "trace": rows_of(d, judging.policy)} for d in judged.decisions)
            return
        for finding in judged.inspection.findings:
            click.echo(f"saw {finding.code} ({finding.severity.word}) in {judged.inspection.tree.path(finding.artifact)}")
        for incident in judged.inspection.incidents:
            click.echo(f"could not see {judged.inspection.tree.path(incident.artifact)}: {incident.code.value}")
        for line in read_aloud(judged.decisions, judging.policy):
            click.echo(line)

    asyncio.run(run())
    return 0


@policy.command()
@json_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@pass_session
def replay(session: Session, as_json: bool, files: tuple[Path, ...]) -> int:
    """What the policy as it stands in the file now would have done to past mail.

    FILES are stored inspections, as `scan --json` prints them; without any, the gateway's journal of what passed is read.
    """
    entries = stored(files) if files else passed(session)
    result = replayed(entries, load_policy(session.config), SystemClock().now())
    rows = [{"direction": direction, "then": then, "now": now, "messages": count, "examples": result.examples[direction, then, now]}
            for (direction, then, now), count in sorted(result.changes.items())]
    if as_json:
        put_json([{"total": result.total, "changed": result.changed, "unreadable": result.unreadable, "changes": rows,
                   "rules": dict(result.rules)}])
    else:
        put_table(rows, ["direction", "then", "now", "messages", "examples"], "no outcome changes")
        click.echo(f"{result.total} messages, {result.changed} would change, {result.unreadable} unreadable")
    return int(result.changed > 0)


def stored(files: tuple[Path, ...]) -> Iterator[dict[str, Any]]:
    for path in files:
        try:
            lines = read_message(str(path)).decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise SekishoError(f"{path}: not what `scan --json` prints: it is not UTF-8 text") from None
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError) as wrong:
                raise SekishoError(f"{path}:{number}: not a line of `scan --json`: {wrong}") from wrong
            if not isinstance(entry, dict) or "findings" not in entry:
                raise SekishoError(f"{path}:{number}: not a line of `scan --json`: it holds no inspection")
            yield entry


def passed(session: Session) -> Iterator[dict[str, Any]]:
    from gateway.cli.stats import journal_of

    return iter(journal_of(session).inspections())
