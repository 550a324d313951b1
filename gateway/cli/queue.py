"""`sekisho queue`: the outbox of notices and releases."""

from __future__ import annotations

import click

from gateway.cli.common import Session, json_option, pass_session, put_done, put_json, put_table
from gateway.cli.desk import actor, as_option, desk, reason_option, refusals


@click.group()
def queue() -> None:
    """What we have to send ourselves: notices and releases. Passing mail has no queue."""


@queue.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what is done.")
@as_option
@json_option
@pass_session
def list_(session: Session, everything: bool, user: str | None, as_json: bool) -> int:
    """What waits, since when, and why."""
    with desk(session) as custody, refusals():
        rows = custody.call("queue", actor(user), all=everything).body["entries"]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, list(rows[0]) if rows else [], "nothing waits")
    return 0


@queue.command()
@click.argument("id", required=False)
@as_option
@json_option
@pass_session
def retry(session: Session, id: str | None, user: str | None, as_json: bool) -> int:
    """Try now: one entry, or all that wait."""
    if id == "":                         # a script's empty variable does not mean all
        raise click.UsageError("the ID is empty; without any, all that wait are tried")
    with desk(session) as custody, refusals():
        count = custody.call("queue-retry", actor(user), id=id or "").body["count"]
    put_done(as_json, f"{count} due now", count=count)
    return 0


@queue.command()
@click.argument("id")
@reason_option
@as_option
@json_option
@pass_session
def drop(session: Session, id: str, reason: str, user: str | None, as_json: bool) -> int:
    """Give an entry up: a notice is not sent, a release goes back to held."""
    with desk(session) as custody, refusals():
        custody.call("queue-drop", actor(user), id=id, reason=reason)
    put_done(as_json, f"{id} dropped", id=id, dropped=True)
    return 0
