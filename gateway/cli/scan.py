"""`sekisho scan`: judges files without delivering them."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from gateway.app.offline import Asked, Judged, Unread, judge, judge_all, messages
from gateway.cli.common import Session, json_option, pass_session, printable, put_json
from gateway.model.decision import Disposition
from gateway.model.errors import SekishoError
from gateway.model.report import report

COLOURS = {"deliver": "green", "annotate": "green", "strip": "yellow", "hold": "yellow", "quarantine": "red", "reject": "red",
           "defer": "magenta"}


@click.command()
@click.option("--direction", type=click.Choice(["inbound", "outbound"]), help="Else by the envelope and our domains.")
@click.option("--mail-from", "sender", metavar="ADDRESS", help="Reverse-path (else Return-Path or From); '' is the null sender.")
@click.option("--rcpt-to", "recipients", metavar="ADDRESS", multiple=True, help="Recipient (else To and Cc); may be repeated.")
@click.option("--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, show_default="one a processor",
              help="Messages at a time.")
@json_option
@click.argument("paths", nargs=-1, required=True)
@pass_session
def scan(session: Session, direction: str | None, sender: str | None, recipients: tuple[str, ...], jobs: int, as_json: bool,
         paths: tuple[str, ...]) -> int:
    """Judge .eml files, folders of them, or standard input (-). Exit 1 if any would not be delivered, 2 if any was not judged."""
    asked = Asked.of(direction, sender, recipients)
    missing = [p for p in paths if p != "-" and not (p and Path(p).exists())]
    if missing:
        raise SekishoError(f"{missing[0] or '(an empty name)'}: no such file or folder")
    found = list(messages(paths))
    if not found:
        click.echo(f"{printable(', '.join(paths))}: no message is there", err=True)
        return 0
    return asyncio.run(run(session, asked, jobs, as_json, found))


async def run(session: Session, asked: Asked, jobs: int, as_json: bool, paths: list[str]) -> int:
    stopped = unread = False
    progress = Progress(len(paths))
    async with judge(session.config, jobs) as judging:
        async for judged in judge_all(judging, paths, asked, jobs):
            progress.clear()
            if isinstance(judged, Unread):
                unread = True
                click.echo(f"sekisho: {printable(judged.reason)}", err=True)
            else:
                stopped |= max(d.disposition for d in judged.decisions) > Disposition.ANNOTATE
                if as_json:
                    put_json([as_report(judged)])
                else:
                    show(judged)
            progress.step()
    progress.clear()
    return 2 if unread else int(stopped)


def as_report(judged: Judged) -> dict[str, Any]:
    return {"path": judged.path, **report(judged.transaction.message.sha256, judged.transaction.direction, judged.inspection,
                                          judged.decisions)}


def show(judged: Judged) -> None:
    row = as_report(judged)
    click.echo(click.style(f"{row['disposition']:10}", fg=COLOURS[row["disposition"]], bold=True)
               + f" {row['verdict']:13} {printable(judged.path)}" + (f"  ({row['rule']})" if row["rule"] else ""))
    for finding in row["findings"]:
        evidence = "; ".join(finding["evidence"][:3])
        count = f" ×{finding['count']}" if finding["count"] > 1 else ""
        click.echo(printable(f"    {finding['severity']:9} {finding['code']}{count}  {finding['artifact']}"
                             + (f"  {evidence}" if evidence else "")))
    for incident in row["incidents"]:
        click.echo(printable(f"    incident  {incident['code']}  {incident['artifact']}  {incident['detail']}".rstrip()))


class Progress:
    """A bar on standard error for long work; only where somebody looks."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.shown = total > 20 and sys.stderr.isatty()

    def step(self) -> None:
        self.done += 1
        if self.shown:
            filled = 40 * self.done // self.total
            sys.stderr.write(f"\r[{'#' * filled}{' ' * (40 - filled)}] {self.done}/{self.total}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
