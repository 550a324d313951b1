"""`sekisho stats`: what passed in the last hour, day, week."""

from __future__ import annotations

import click

from gateway.cli.common import Session, json_option, pass_session, put_json, put_table, state_of
from gateway.journal import JournalReader
from gateway.ops.clock import SystemClock


def journal_of(session: Session) -> JournalReader:
    return JournalReader(state_of(session).gateway.state_dir / "journal.db", SystemClock())


@click.command()
@json_option
@pass_session
def stats(session: Session, as_json: bool) -> int:
    """Counts and rates of the last hour, day and week."""
    rows = [{"span": name, **values} for name, values in journal_of(session).stats().items()]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, list(rows[0]))
    return 0
