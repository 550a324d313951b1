"""`sekisho edm` and `sekisho fingerprint`: what the firm registers of its own, so that it is known when it leaves.

Only keyed hashes and prints are kept. A running gateway notices a change by itself (gateway.lanes), within seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from gateway.app.offline import MOST, memfd, read
from gateway.app.registered import texts
from gateway.app.rights import running
from gateway.cli.common import Session, json_option, pass_session, put_done, put_json, put_table, state_of
from gateway.cli.desk import actor, desk, refusals
from gateway.config import Config
from gateway.model.errors import SekishoError
from gateway.reference import edm_store
from gateway.reference.edm_build import KINDS, BadTable, Built
from gateway.reference.fingerprint import Store

LARGEST_TABLE = 8 << 30                  # octets: tens of millions of rows
FILE = click.Path(exists=True, dir_okay=False)


@click.group()
def edm() -> None:
    """Exact data match: tables of customers whose rows may not leave. Only keyed hashes are kept."""


@edm.command("import")
@click.option("--name", required=True, metavar="N", help="Of the index; its findings are EDM-N. The same name replaces it.")
@click.option("--keys", multiple=True, metavar="COLUMN[,COLUMN]", help="Columns that find a row by themselves (default: by kind).")
@click.option("--columns", multiple=True, metavar="COLUMN=KIND[,…]",
              help=f"What a column is, where heading and content do not tell: {' '.join(KINDS)}.")
@click.option("--charset", default="", help="Of the file, where it cannot be told from its octets.")
@json_option
@click.argument("file", type=FILE)
@pass_session
def import_(session: Session, name: str, keys: tuple[str, ...], columns: tuple[str, ...], charset: str, as_json: bool,
            file: str) -> int:
    """Build an index from a CSV with a header line and swap it in; the old one stays in force until then."""
    kinds = kinds_of(columns)
    check_charset(charset)
    with source(file) as path:
        config = state_of(session)
        try:
            built = edm_store.import_csv(config.gateway.state_dir, name, path, charset=charset, kinds=kinds, keys=listed(keys))
        except BadTable as wrong:
            raise SekishoError(f"{file}: {wrong}") from wrong
    note(session, "edm-import", name=name, rows=built.rows)
    if as_json:
        put_json([shown(built)])
    else:
        put_table([shown(built)], ["name", "rows", "keys", "columns", "charset"])
        click.echo(in_force(config))
    return 0


def listed(values: Sequence[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def kinds_of(columns: Sequence[str]) -> dict[str, str]:
    """`--columns name=kind,…` as a table."""
    found = {}
    for pair in listed(columns):
        name, equals, kind = pair.rpartition("=")
        if not equals or kind not in KINDS:
            raise SekishoError(f"--columns {pair}: give COLUMN=KIND, where the kind is one of {' '.join(KINDS)}")
        found[name] = kind
    return found


def check_charset(charset: str) -> None:
    try:
        "".encode(charset or "utf-8")
    except (LookupError, ValueError):
        raise SekishoError(f"--charset {charset}: no such charset") from None


@contextlib.contextmanager
def source(file: str) -> Iterator[Path]:
    """The file. Root's own are read now: soon we are the owner of the state directory, who may not be allowed to."""
    regular = Path(file).is_file()
    if os.geteuid() != 0:
        if not regular:
            raise SekishoError(f"{file}: is no regular file, and it is read more than once")
        yield Path(file)
        return
    with memfd(read(file, LARGEST_TABLE if regular else MOST)) as fd:
        yield Path(f"/proc/self/fd/{fd}")


def note(session: Session, action: str, **detail: Any) -> None:
    """What is registered decides what may leave: who changed it stands in the audit chain."""
    with desk(session, begin=True) as custody, refusals():
        custody.call("note", actor(None), action=action, detail=detail)


def in_force(config: Config) -> str:
    gateway = running(config.gateway.state_dir)
    return f"the running gateway (pid {gateway}) takes it within 60 s" if gateway else "in force from the next start on"


def shown(built: Built) -> dict[str, Any]:
    row = asdict(built)
    row["columns"] = {c.name: c.kind + ("*" if c.key else "") for c in built.columns}
    return row


@edm.command()
@json_option
@pass_session
def status(session: Session, as_json: bool) -> int:
    """What is imported: rows, keys, and each column's kind (* finds a row by itself)."""
    rows = [shown(built) for built in edm_store.status(state_of(session).gateway.state_dir)]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["name", "rows", "keys", "size", "columns"], "no table is imported")
    return 0


@edm.command()
@json_option
@click.argument("name")
@pass_session
def drop(session: Session, as_json: bool, name: str) -> int:
    """Forget an index."""
    config = state_of(session)
    if not edm_store.drop(config.gateway.state_dir, name):
        raise SekishoError(f"there is no index {name!r}; sekisho edm status lists them")
    note(session, "edm-drop", name=name)
    put_done(as_json, f"{name} dropped", name=name, dropped=True)
    return 0


@click.group()
def fingerprint() -> None:
    """Documents of which no large part may leave. Only prints of their text are kept."""


@fingerprint.command()
@json_option
@click.argument("files", nargs=-1, required=True, type=FILE)
@pass_session
def add(session: Session, as_json: bool, files: tuple[str, ...]) -> int:
    """Register documents under their file names; the same name again replaces it. They are read in the cell."""
    documents = [(Path(file).name, read(file)) for file in files]
    config = state_of(session)
    store = Store(config.gateway.state_dir)
    rows = []
    for (name, _), text in zip(documents, asyncio.run(texts(config, documents)), strict=True):
        registered = store.add(name, text.content)
        if text.cut:
            click.echo(f"{name}: too long, only its first {len(text.content)} characters are registered; split it", err=True)
        note(session, "fingerprint-add", name=name, characters=registered.characters)
        rows.append(asdict(registered))
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["name", "characters", "prints"])
        click.echo(in_force(config))
    return 0


@fingerprint.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> int:
    """What is registered."""
    rows = [asdict(r) for r in Store(state_of(session).gateway.state_dir).list()]
    if as_json:
        put_json(rows)
    else:
        put_table(rows, ["name", "characters", "prints"], "no document is registered")
    return 0


@fingerprint.command()
@json_option
@click.argument("name")
@pass_session
def remove(session: Session, as_json: bool, name: str) -> int:
    """Forget a document."""
    config = state_of(session)
    if not Store(config.gateway.state_dir).remove(name):
        raise SekishoError(f"there is no document {name!r}; sekisho fingerprint list shows them")
    note(session, "fingerprint-remove", name=name)
    put_done(as_json, f"{name} removed", name=name, removed=True)
    return 0
