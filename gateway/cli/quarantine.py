"""`sekisho quarantine`: held mail, by the same service as the console."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import MOMENT, Moment, Session, json_option, pass_session, printable, put_done, put_json, put_table
from gateway.cli.desk import Desk, OwnDesk, actor, as_option, desk, reason_option, refusals
from gateway.effects.custody import read_all
from gateway.model.custody import Actor, Status
from gateway.model.deadline import Clock
from gateway.model.decision import Kind
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from quarantine.lifecycle import Refused

SOON, SELDOM = 0.2, 5.0                  # seconds between looks at what becomes of a release
TAKEN = ("delivered", "stripped")        # outcomes of recipients
ENDS = {Status.RELEASED, Status.RELEASE_BLOCKED, Status.DELIVERY_UNKNOWN, Status.HELD, Status.DENIED}
COLUMNS = ["id", "status", "kind", "received_at", "reason", "sender", "recipients", "subject"]
PAGE = 500


@click.group()
def quarantine() -> None:
    """Held mail: list, look, request, approve, release."""


@quarantine.command("list")
@click.option("--status", multiple=True, type=click.Choice([s.value for s in Status]), help="Of this status; may be repeated.")
@click.option("--kind", multiple=True, type=click.Choice([k.value for k in Kind]), help="Of this kind; may be repeated.")
@click.option("--direction", multiple=True, type=click.Choice(["inbound", "outbound", "internal"]),
              help="Of this direction; may be repeated.")
@click.option("--sender", default="", metavar="TEXT", help="Part of the sender's address.")
@click.option("--recipient", default="", metavar="TEXT", help="Part of a recipient's address.")
@click.option("--reason", default="", metavar="RULE", help="The rule that held it.")
@click.option("--text", default="", help="Part of subject or From; width and case do not matter.")
@click.option("--since", type=Moment(), metavar=MOMENT, help="Received at or after (UTC).")
@click.option("--until", type=Moment(), metavar=MOMENT, help="Received before (UTC).")
@click.option("--limit", type=click.IntRange(1), help="At most so many, newest first.")
@as_option
@json_option
@pass_session
def list_(session: Session, user: str | None, as_json: bool, limit: int | None, since: Any, until: Any, **filters: Any) -> int:
    """What is held, newest first."""
    query = {name: list(value) if isinstance(value, tuple) else value for name, value in filters.items() if value}
    for name, value in (("since", since), ("until", until)):
        if value is not None:
            query[name] = value.replace(tzinfo=UTC).isoformat(timespec="seconds")
    with desk(session) as custody, refusals():
        rows = pages(custody, user, query, limit)
        if as_json:
            put_json(rows)
        else:
            put_table(list(rows), COLUMNS, "nothing is held")
    return 0


def pages(custody: Desk, user: str | None, query: dict[str, Any], limit: int | None) -> Iterator[dict[str, Any]]:
    left = limit if limit is not None else sys.maxsize
    after = ""
    while left > 0:
        page = custody.call("list", actor(user), **query, limit=min(PAGE, left), after=after).body
        yield from page["messages"]
        left -= len(page["messages"])
        after = page["cursor"]
        if not after:
            return


@quarantine.command()
@as_option
@json_option
@click.argument("id")
@pass_session
def show(session: Session, user: str | None, as_json: bool, id: str) -> int:
    """One message: what was found where, which rule decided, what has happened since."""
    with desk(session) as custody, refusals():
        held = custody.call("show", actor(user), id=id).body
    if as_json:
        put_json([held])
    else:
        describe(held)
    return 0


def describe(held: dict[str, Any]) -> None:
    for name in ("id", "status", "kind", "direction", "verdict", "reason", "sender", "recipients", "subject", "received_at",
                 "expires_at", "size", "sha256", "persons", "identifiers"):
        value = held.get(name)
        if value not in (None, "", [], {}, 0):
            click.echo(printable(f"{name:12} {', '.join(value) if isinstance(value, list) else value}"))
    inspection = held.get("inspection") or {}
    for finding in inspection.get("findings", ()):
        evidence = "; ".join(finding["evidence"][:3])
        click.echo(printable(f"  {finding['severity']:9} {finding['code']}  {finding['artifact']}  {evidence}"))
    for incident in inspection.get("incidents", ()):
        click.echo(printable(f"  incident  {incident['code']}  {incident['artifact']}"))
    for artifact in inspection.get("artifacts", ()):
        click.echo(printable(f"  part      {artifact['path']}  {artifact['detected_type']}  {artifact['size']} octets"))
    for event in held.get("history", ()):
        click.echo(printable(f"  {event['at']}  {event['actor']}  {event['action']}"))


@quarantine.command()
@click.option("--reason", default="preview by command line", metavar="TEXT", help="Why; it is recorded.")
@as_option
@json_option
@click.argument("id")
@pass_session
def preview(session: Session, reason: str, user: str | None, as_json: bool, id: str) -> int:
    """The message as safe text. Needs a running gateway; that you looked is recorded."""
    with desk(session) as custody, refusals():
        seen = custody.call("preview", actor(user), id=id, reason=reason).body
    if as_json:
        put_json([seen])
        return 0
    for section, rows in seen.items():
        if section == "spans":           # where parts stand in the octets: for programs
            continue
        if isinstance(rows, list) and rows:
            click.secho(section, bold=True)
            for row in rows:
                text = "  ".join(map(str, row)) if isinstance(row, list | tuple) else str(row)
                for line in text.splitlines():
                    click.echo(f"  {printable(line)}")
    return 0


@quarantine.command()
@click.option("--raw", is_flag=True, help="The octets as received, to standard output; else an AES zip with a password.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where the zip goes (default: ID.zip).")
@click.option("--reason", default="export by command line", metavar="TEXT", help="Why; it is recorded.")
@as_option
@json_option
@click.argument("id")
@pass_session
def export(session: Session, raw: bool, output: Path | None, reason: str, user: str | None, as_json: bool, id: str) -> int:
    """The message itself. That it was taken out is recorded."""
    if raw and as_json:
        raise click.UsageError("--raw gives the octets: --json has no place beside it")
    if raw and output:
        raise click.UsageError("--raw goes to standard output: --output has no place beside it")
    path = output or Path(f"{id[:40]}.zip")
    if not raw and path.exists():
        raise SekishoError(f"{path} exists already; name another with --output")
    with desk(session) as custody, refusals():
        answer = custody.call("export", actor(user), id=id, raw=raw, reason=reason)
        octets = read_all(answer)
    if raw:
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return 0
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(octets)
    except FileExistsError:
        raise SekishoError(f"{path} exists already; name another with --output") from None
    except OSError as failure:               # a full disk: half a zip is of no use to anybody
        path.unlink(missing_ok=True)
        raise SekishoError(f"{path}: {failure.strerror}; nothing was written") from failure
    password = answer.body["password"]
    put_done(as_json, f"{path}: {len(octets)} octets; password, shown this once: {password}", id=id, file=str(path),
             octets=len(octets), password=password)
    return 0


def scoped(command: Callable[..., int]) -> Callable[..., int]:
    """For verbs that may concern a part of a message only."""
    command = click.option("--to", "recipients", multiple=True, metavar="ADDRESS",
                           help="For this recipient only; may be given several times.")(command)
    return click.option("--without", multiple=True, metavar="PART",
                        help="Without this part, by its number in `show`, such as 2; a text stands in its place.")(command)


def deciding(name: str, verb: str, help: str, scope: bool = False) -> None:
    """One command for one verb: they differ in nothing else."""

    @quarantine.command(name, help=help)
    @(scoped if scope else lambda command: command)
    @reason_option
    @as_option
    @json_option
    @click.argument("ids", nargs=-1, required=True, metavar="ID...")
    @pass_session
    def run(session: Session, reason: str, user: str | None, as_json: bool, ids: tuple[str, ...],
            recipients: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> int:
        part = {name: list(value) for name, value in (("recipients", recipients), ("without", without)) if value}
        with desk(session) as custody, refusals():
            outcomes = decided(custody, verb, ids, actor(user), reason=reason, **part)
            for outcome in outcomes:
                tell(outcome, as_json)
        return int(len(outcomes) < len(ids))


def decided(custody: Desk, verb: str, ids: Sequence[str], who: Actor, **arguments: Any) -> list[dict[str, Any]]:
    """What became of each; of several, one that is refused is named and does not stop the others."""
    if len(ids) == 1:
        return [custody.call(verb, who, id=ids[0], **arguments).body]
    outcomes = []
    for id in ids:
        try:
            outcomes.append(custody.call(verb, who, id=id, **arguments).body)
        except Refused as refusal:
            click.echo(printable(f"sekisho: {id[:40]}: refused: {refusal}"), err=True)
    return outcomes


def tell(outcome: dict[str, Any], as_json: bool) -> None:
    if as_json:
        put_json([outcome])
        return
    waiting = outcome["status"] == Status.RELEASE_REQUESTED.value
    approvals = f", {outcome['approvals']} of {outcome['needed']} approvals" if waiting else ""
    note = f": {outcome['note']}" if outcome.get("note") else ""
    click.echo(printable(f"{outcome['id']} {outcome['status']}{approvals}{note}"))


deciding("request", "request", "Ask for a release.", scope=True)
deciding("approve", "approve", "Grant one approval; with the last one needed the release follows by itself.", scope=True)
deciding("deny", "deny", "Refuse a release.")
deciding("return", "return",
         "Give an outbound message back to its sender: it is not sent. Of an inbound one only the recipients inside are told.")
deciding("delete", "delete", "Destroy the message's content for good.")
deciding("withdraw", "withdraw", "Take back one's own outbound message.")
deciding("keep", "hold", "Put a legal hold on a message: it does not expire.")
deciding("lift", "lift", "Take a legal hold off.")


@quarantine.command()
@click.option("--wait", is_flag=True, help="Until it is delivered, or was not.")
@scoped
@reason_option
@as_option
@json_option
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@pass_session
def release(session: Session, wait: bool, recipients: tuple[str, ...], without: tuple[str, ...], reason: str, user: str | None,
            as_json: bool, ids: tuple[str, ...]) -> int:
    """Request and approval in one, for those entitled alone. The message is judged once more before it leaves."""
    part = {name: list(value) for name, value in (("recipients", recipients), ("without", without)) if value}
    with desk(session) as custody, refusals():
        outcomes = decided(custody, "release", ids, actor(user), reason=reason, **part)
        failed = len(outcomes) < len(ids)
        for outcome in outcomes:
            if wait:
                outcome |= settled(custody, user, outcome["id"], SystemClock(), recipients)
                failed |= not outcome.pop("delivered")
            tell(outcome, as_json)
    return int(failed)


def settled(custody: Desk, user: str | None, id: str, clock: Clock, recipients: Sequence[str] = (),
            seconds: float = 120.0) -> dict[str, Any]:
    """Status, whether it was delivered (to `recipients`), and who did not take it, when the delivery is over.

    Without a gateway nothing is delivered, and that is said. Each look is recorded, so they get rarer.
    """
    end, pause = clock.monotonic() + seconds, SOON
    while True:
        body = custody.call("show", actor(user), id=id).body
        status = Status(body["status"])
        alone = status is Status.RELEASING and isinstance(custody, OwnDesk)
        if alone:
            click.echo(f"{id}: no gateway runs; the message leaves when one does", err=True)
        if alone or status in ENDS or clock.monotonic() > end:
            taken = {address.casefold() for address, said in body.get("outcomes", {}).items() if said in TAKEN}
            delivered = status is Status.RELEASED or (
                status is Status.HELD and bool(recipients) and {r.casefold() for r in recipients} <= taken)
            return {"status": status.value, "delivered": delivered, "note": body.get("note", "")}
        time.sleep(pause)
        pause = min(pause * 2, SELDOM)
