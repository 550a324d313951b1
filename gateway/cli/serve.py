"""`sekisho serve`: the gateway in the foreground."""

from __future__ import annotations

import asyncio

import click

from gateway.app.house import House
from gateway.cli.common import Session, pass_session


@click.command()
@pass_session
def serve(session: Session) -> int:
    """Run the gateway until SIGTERM; SIGHUP reloads policy and signatures."""
    return asyncio.run(House(session.configured).serve())
