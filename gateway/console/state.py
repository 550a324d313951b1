"""What the web process holds beside Django's settings: the keeper, its own small database, the clock, the configuration."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from gateway.config import Config
from gateway.console.book import Book
from gateway.effects.custody import PATIENCE, Answered, KeeperDesk, read_all
from gateway.model.custody import Actor
from gateway.model.deadline import Clock
from gateway.model.errors import CustodyUnavailable

REPEATABLE = frozenset({"list", "show", "batch-show", "count", "queue", "pass-show"})     # asked again after a lost connection
PING = 5.0                               # seconds


class Ask(Protocol):
    """A verb of custody for an account. Raises Refused, CustodyUnavailable."""

    def __call__(self, verb: str, account: str, patience: float = PATIENCE, **arguments: Any) -> dict[str, Any]: ...

    def fetch(self, verb: str, account: str, patience: float = PATIENCE, **arguments: Any) -> bytes:
        """The octets that a verb gives, where it gives some."""
        ...


class Desks:
    """Implements `Ask`: one connection to the keeper for each thread of the server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()

    def __call__(self, verb: str, account: str, patience: float = PATIENCE, **arguments: Any) -> dict[str, Any]:
        return self._ask(verb, account, patience, arguments).body

    def fetch(self, verb: str, account: str, patience: float = PATIENCE, **arguments: Any) -> bytes:
        return read_all(self._ask(verb, account, patience, arguments))

    def _ask(self, verb: str, account: str, patience: float, arguments: dict[str, Any]) -> Answered:
        desk: KeeperDesk | None = getattr(self._own, "desk", None)
        if desk is None:
            desk = self._own.desk = KeeperDesk(self.path)
        actor = Actor(account, frozenset(), via="console")
        try:
            if verb in REPEATABLE:
                return desk.call(verb, actor, patience, **arguments)
            desk.call("ping", actor, PING)   # a keeper that was restarted is noticed before something is decided
        except CustodyUnavailable:
            desk.close()
        return desk.call(verb, actor, patience, **arguments)


@dataclass(frozen=True, slots=True)
class Console:
    """One for the process, in Django's settings; a reload replaces it."""

    ask: Ask
    book: Book
    clock: Clock
    config: Config

    @property
    def https(self) -> bool:
        return self.config.gateway.console_url.startswith("https://")


def console() -> Console:
    held: Console = settings.CONSOLE
    return held
