"""How commands reach custody: through the running keeper, or in this process where no gateway runs."""

from __future__ import annotations

import contextlib
import getpass
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import click

from gateway.app.rights import Taken, lock
from gateway.cli.common import Session, state_of
from gateway.effects.custody import Answered, KeeperDesk, is_running
from gateway.model.custody import Actor
from gateway.model.deadline import Clock
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from quarantine.lifecycle import Refused

KEEPER = "keeper.sock"
PATIENCE = 20.0                          # seconds for another command to end, or for the keeper of a gateway to start
as_option = click.option("--as", "user", metavar="USER", help="Act as this account (default: you, the operating system's user).")
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it is recorded.")


class Desk(Protocol):
    def call(self, verb: str, actor: Actor, **arguments: Any) -> Answered: ...


class OwnDesk:
    """The verbs on a service of our own, while no gateway runs."""

    def __init__(self, service: Any, key_file: Path) -> None:
        self.service, self.key_file = service, key_file

    def call(self, verb: str, actor: Actor, **arguments: Any) -> Answered:
        from quarantine import desk, keys

        if verb == "preview":
            raise SekishoError("a preview needs a running gateway; start it with: sekisho serve")
        if verb == "keys-reload":
            self.service.replace_ring(keys.load(self.key_file))
            return Answered({"key": self.service.ring.current.id})
        request = {"verb": verb, "actor": {"name": actor.name, "via": actor.via, "system": actor.system}, **arguments}
        answer = desk.call(self.service, request)
        return Answered(answer.body, answer.fd)


@contextlib.contextmanager
def desk(session: Session, begin: bool = False) -> Iterator[Desk]:
    """`begin` makes custody where there is none. Raises SekishoError where custody cannot be had, with what to do."""
    config = state_of(session)
    run = config.gateway.state_dir / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    alone = alone_in(config.gateway.state_dir, SystemClock())    # the keeper is the only writer; without one, we are
    if alone is None:
        running = KeeperDesk(run / KEEPER)
        try:
            yield running
        finally:
            running.close()
        return
    from gateway.app.custody import open_service

    try:
        service = open_service(config, SystemClock(), begin)
        try:
            yield OwnDesk(service, config.quarantine.key_file)
        finally:
            service.claim.release()
    finally:
        os.close(alone)


def alone_in(folder: Path, clock: Clock, patience: float = PATIENCE) -> int | None:
    """The lock of the state directory; None where a keeper answers. Another command, and a gateway that starts, are waited for."""
    end = clock.monotonic() + patience
    while not is_running(folder / "run" / KEEPER):
        try:
            return lock(folder, command=True)
        except Taken as taken:
            if clock.monotonic() > end:
                if taken.command:
                    raise
                raise SekishoError("the gateway runs, but its keeper does not answer: its events say why") from taken
        time.sleep(0.1)
    return None


def actor(user: str | None) -> Actor:
    """The named account, or the operating system's user: whoever may read the state directory is its administrator."""
    if user is not None:
        return Actor(user, frozenset(), via="cli")
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):              # a number without a name, as containers give them
        name = f"uid{os.getuid()}"
    return Actor(name, frozenset(), via="cli", system=True)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """A rule's refusal is exit status 1 with its sentence."""
    try:
        yield
    except Refused as refusal:
        click.echo(f"sekisho: refused: {refusal}", err=True)
        raise SystemExit(1) from None
