"""`sekisho serve`: the gateway in the foreground."""

from __future__ import annotations

import asyncio

import click

from gateway.app.house import House
from gateway.cli.common import Session, pass_session


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Events are JSON, one object a line, with it and without.")
@pass_session
def serve(session: Session, as_json: bool) -> int:
    """Run the gateway until SIGTERM; SIGHUP reloads policy and signatures."""
    return asyncio.run(House(session.configured).serve())
