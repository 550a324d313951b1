"""`sekisho doctor`: is everything here that the gateway needs, and does what protects it hold."""

from __future__ import annotations

import contextlib
from dataclasses import asdict

import click

from gateway.app.checkup import GOOD, NOTE, RED, everything
from gateway.app.rights import drop_to_owner
from gateway.cli.common import Session, json_option, pad, pass_session, printable, put_json
from gateway.ops.clock import SystemClock

COLOURS = {GOOD: "green", NOTE: "yellow", RED: "red"}


@click.command()
@json_option
@pass_session
def doctor(session: Session, as_json: bool) -> int:
    """Libraries, sandbox, state, keys, disk, next hops, clock. Exit 1 on any red line."""
    config = session.config
    with contextlib.suppress(FileNotFoundError):
        drop_to_owner(config.gateway.state_dir)      # what holds for root says nothing of the user who serves
    red = 0
    for line in everything(config, SystemClock()):
        red += line.status == RED
        if as_json:
            put_json([asdict(line)])
        else:
            status = click.style(pad(line.status, 5), fg=COLOURS[line.status])
            click.echo(f"{status} {pad(line.area, 10)} {pad(printable(line.what), 28)} {printable(line.detail)}".rstrip())
    if not as_json:
        click.echo(f"{red} red lines" if red else "all is well")
    return int(red > 0)
