"""`sekisho doctor`: is everything here that the gateway needs, and what do others see of a mail domain."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import click

from gateway.app.checkup import GOOD, NOTE, RED, Line, everything
from gateway.app.domain import look_at
from gateway.app.rights import drop_to_owner
from gateway.auth.health.base import Advice
from gateway.auth.names import ascii_name, is_name
from gateway.cli.common import Session, json_option, pad, pass_session, printable, put_json
from gateway.ops.clock import SystemClock

COLOURS = {GOOD: "green", NOTE: "yellow", RED: "red"}


@click.command()
@click.option("--domain", metavar="DOMAIN", help="Look at this mail domain instead: SPF, DKIM, DMARC, MX, MTA-STS, TLS-RPT.")
@click.option("--selector", "selectors", metavar="NAME", multiple=True, help="A DKIM selector of that domain; may be repeated.")
@click.option("--seconds", type=click.FloatRange(1, 120), default=20.0, show_default=True, help="Time for looking at a domain.")
@json_option
@pass_session
def doctor(session: Session, domain: str | None, selectors: Sequence[str], seconds: float, as_json: bool) -> int:
    """Libraries, sandbox, state, keys, disk, next hops, scanners, clock; or, with --domain, what others see of a domain and
    how to mend it. Exit 1 on any red line."""
    config = session.config
    if domain is None:
        if selectors:
            raise click.UsageError("--selector belongs to --domain")
        with contextlib.suppress(FileNotFoundError):
            drop_to_owner(config.gateway.state_dir)      # what holds for root says nothing of the user who serves
        return told(everything(config, SystemClock()), as_json)
    name = ascii_name(domain)
    if math.isnan(seconds):                              # it is in every range: no comparison with it is true
        raise click.UsageError("--seconds: nan is no time")
    if not is_name(name) or "." not in name:
        raise click.UsageError(f'"{printable(domain)[:80]}" is no domain, such as bank.example')
    odd = next((s for s in selectors if not is_name(s)), None)
    if odd is not None:
        raise click.UsageError(f'"{printable(odd)[:80]}" is no selector')
    return told(asyncio.run(look_at(name, config, SystemClock(), seconds, selectors)), as_json)


def told(lines: Iterable[Line | Advice], as_json: bool) -> int:
    """Prints each line as it comes; the exit status."""
    red = 0
    for line in lines:
        red += line.status == RED
        if as_json:
            put_json([asdict(line)])
            continue
        status = click.style(pad(line.status, 5), fg=COLOURS[line.status])
        click.echo(f"{status} {pad(line.area, 10)} {pad(printable(line.what), 28)} {printable(line.detail)}".rstrip())
        if isinstance(line, Advice) and line.mend:
            click.echo(" " * 17 + "→ " + printable(line.mend))
    if not as_json:
        click.echo((f"{red} red lines" if red > 1 else "1 red line") if red else "all is well")
    return int(red > 0)
