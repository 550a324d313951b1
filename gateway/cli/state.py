"""`sekisho init`, `backup`, `restore`, `keys`: the state directory as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from gateway.app.house import prepare
from gateway.app.rights import drop_to_owner, lock
from gateway.cli.common import Session, json_option, pass_session, printable, put_done, put_secret, state_of
from gateway.cli.desk import actor, desk, refusals
from gateway.cli.user import another
from gateway.config import load
from gateway.config.reference import EXAMPLE, example
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock

FIRST_ADMIN = "admin"


@click.command()
@click.option("--admin", default=FIRST_ADMIN, show_default=True, metavar="NAME", help="The first administrator's account.")
@json_option
@click.pass_context
def init(context: click.Context, admin: str, as_json: bool) -> int:
    """Make the configuration, the state directory, the key, the index and the first administrator. Safe to repeat."""
    session: Session = context.obj
    say: Callable[[str], None] = (lambda text: None) if as_json else click.echo
    wanted = session.wanted or Path("sekisho.toml")
    if session.wanted is None and session.path is not None:
        wanted = session.path
    written = not wanted.exists()
    if written:
        wanted.write_text(example({**EXAMPLE, ("gateway", "state_dir"): str(state_beside(wanted.absolute()))}), encoding="utf-8")
        say(f"{wanted}: written; set hostname and our_domains, then: sekisho policy check")
    config = load(wanted)
    folder = config.gateway.state_dir
    prepare(folder)
    drop_to_owner(folder)
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    key, made_key = config.quarantine.key_file, not config.quarantine.key_file.exists()
    with desk(Session(wanted), begin=True) as custody, refusals():
        if made_key:
            say(f"{key}: made; keep a copy elsewhere, without it held mail cannot be read")
        me = actor(None)
        if not custody.call("user-list", me).body["users"]:
            password = custody.call("user-add", me, name=admin, roles=["admin", "analyst"]).body["password"]
            put_secret(as_json, f"account {admin} made; one-time password, shown this once: {password}",
                       lambda: f"account {admin} is made, but nobody knows the password; {another(admin)}",
                       account=admin, password=password)
    put_done(as_json, f"{folder}: ready", config=str(wanted), config_written=written, state_dir=str(folder), key_file=str(key),
             key_made=made_key)
    return 0


def state_beside(configuration: Path) -> Path:
    """Where a new configuration keeps its state: a machine's own (/etc) where a service may write, any other beside itself."""
    return load(None).gateway.state_dir if configuration.is_relative_to("/etc") else configuration.parent / "state"


@click.command()
@json_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def backup(session: Session, as_json: bool, file: Path) -> int:
    """A consistent copy of index and held mail in one file, also while the gateway runs. The key is not in it.

    Exit 1 where octets of held mail are gone that nobody destroyed: they are not in it either.
    """
    from gateway.app.custody import save

    config = state_of(session)
    messages, lost = save(config, file.absolute(), SystemClock())
    key = config.quarantine.key_file
    gone = f"; OF {lost} MORE THE OCTETS ARE GONE" if lost else ""
    put_done(as_json, f"{printable(str(file))}: {messages} held messages{gone}; the key file is not in it: keep {key} elsewhere",
             file=str(file), messages=messages, lost=lost, key_file=str(key))
    return int(lost > 0)


@click.command()
@json_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@pass_session
def restore(session: Session, as_json: bool, file: Path) -> int:
    """Put a backup into an empty state directory, where the key file already lies. The gateway must not run."""
    from gateway.app.custody import put_back

    prepare(session.configured.gateway.state_dir)
    config = state_of(session)
    (config.gateway.state_dir / "run").mkdir(mode=0o700, exist_ok=True)
    alone = lock(config.gateway.state_dir, command=True)
    try:
        messages = put_back(config, file.absolute())
    finally:
        os.close(alone)
    put_done(as_json, f"{messages} held messages restored", messages=messages)
    return 0


@click.group()
def keys() -> None:
    """The master key of held mail."""


@keys.command()
@json_option
@pass_session
def rotate(session: Session, as_json: bool) -> int:
    """A new master key; every message's key is wrapped anew under it, while mail flows.

    Old keys go when nothing needs them: one that signed a checkpoint of the audit chain stays to verify it. A backup made before
    needs the key file as it was then.
    """
    from quarantine import keys as files

    config = state_of(session)
    path = config.quarantine.key_file
    if not path.exists():
        raise SekishoError(f"{path}: there is no key file to rotate; put your copy back")
    with desk(session) as custody, refusals():
        files.add_key(path, SystemClock().now())         # only where custody is to be had: a key that nothing uses is litter
        me = actor(None)
        custody.call("keys-reload", me)
        done = custody.call("keys-rewrap", me).body
        gone = files.forget_keys(path, frozenset(done["in_use"]))
        custody.call("keys-reload", me)
    put_done(as_json, f"{done['count']} sealed items now under key {done['key']}; {len(gone)} old keys forgotten\n"
             f"keep a copy of {path} elsewhere", key=done["key"], items=done["count"], forgotten=len(gone), key_file=str(path))
    return 0
