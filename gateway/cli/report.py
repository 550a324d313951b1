"""`sekisho report`: what happened in a month, for supervisors and auditors."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from gateway.cli.common import Session, pass_session, state_of
from gateway.cli.desk import actor, as_option, desk, refusals
from gateway.effects.custody import LONG
from gateway.journal import JournalReader
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from gateway.reports import document, page, sections, sheet
from gateway.reports.months import Span, month, parse

LANGUAGES = ("zh-Hant", "zh-Hans", "ja", "en")


@click.command()
@click.option("--month", "wanted", default="", metavar="YYYY-MM", help="The month of the report (default: the last whole one).")
@click.option("--since", default="", metavar="YYYY-MM-DD", help="Instead of a month: the first day, local time.")
@click.option("--until", default="", metavar="YYYY-MM-DD", help="The day after the last one.")
@click.option("--format", "form", type=click.Choice(["html", "pdf", "csv", "json"]), default="html", show_default=True,
              help="JSON has the facts, the others the report.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the report (default: the first of `languages`).")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write it there (default: standard output).")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@as_option
@pass_session
def report(session: Session, wanted: str, since: str, until: str, form: str, language: str | None, output: Path | None,
           as_json: bool, user: str | None) -> int:
    """Who released what, what was held, which senders changed, and where controls and laws look. The reading is recorded."""
    form = "json" if as_json else form
    config = state_of(session)
    clock, me = SystemClock(), actor(user)
    span = span_of(wanted, since, until, clock.now(), ZoneInfo(config.gateway.timezone))
    with desk(session) as custody, refusals():
        facts = custody.call("report", me, since=span.since.isoformat(), until=span.until.isoformat(),
                             zone=config.gateway.timezone, patience=LONG).body
    if form == "json":
        made = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    else:
        weeks = JournalReader(config.gateway.state_dir / "journal.db", clock).outbound(span.since, span.until)
        material = sections.Material(facts, weeks if facts["house"] else (), ", ".join(config.gateway.our_domains), span.since,
                                     span.until, config.gateway.timezone, me.name, clock.now(), scoped=not facts["house"])
        made = written(sections.compose(material, language or config.gateway.languages[0]), form)
    if output is None:
        sys.stdout.buffer.write(made)
    else:
        try:
            output.write_bytes(made)
        except OSError as failure:
            raise SekishoError(f"{output}: {failure.strerror}") from failure
        click.echo(f"{output}: {len(made)} octets")
    return 0


def span_of(wanted: str, since: str, until: str, now: datetime, zone: ZoneInfo) -> Span:
    if bool(since) != bool(until) or (wanted and since):
        raise SekishoError("give --month, or both --since and --until")
    try:
        return parse(since, until, zone) if since else month(wanted, now, zone)
    except ValueError as wrong:
        raise SekishoError(str(wrong)) from wrong


def written(made: sections.Report, form: str) -> bytes:
    if form == "pdf":
        return document.pdf(made)
    return page.document(made).encode() if form == "html" else sheet.lines_as_sheet(sections.lines(made))
