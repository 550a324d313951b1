"""Mail of ours for tests of self-service: who was told what, the tokens of the links, the codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.model.custody import Grant, OutgoingMail
from quarantine.models import Pass
from quarantine.passes import digest
from tests.builders.custody import House


@dataclass
class Scribe:
    """Implements the port Answers: writes nothing worth reading, and remembers everything."""

    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)    # event, reader, held

    def compose(self, event: str, held: Mapping[str, Any], reason: str) -> Sequence[OutgoingMail]:
        reader = str(held.get("reader") or held.get("approver") or held.get("sender") or "")
        self.told.append((event, reader, dict(held)))
        if "@" not in reader:
            return ()
        token = f"token-{len(self.told)}"
        grant = Grant(digest(token), "approver") if event == "approval" else None
        return [OutgoingMail(reader, f"Subject: {event} {token}\r\n\r\n".encode(), "code" if event == "code" else "answer", grant)]

    def digest(self, recipient: str, held: Sequence[Mapping[str, Any]]) -> OutgoingMail:
        return OutgoingMail(recipient, b"Subject: digest\r\n\r\n", "digest")

    def events(self) -> list[str]:
        return [event for event, _, _ in self.told]

    def code(self) -> str:
        """The newest one."""
        return next(str(held["code"]) for event, _, held in reversed(self.told) if event == "code")

    def token(self, event: str = "approval") -> str:
        """Of the newest mail of this event."""
        return next(f"token-{n}" for n, (kind, _, _) in reversed(list(enumerate(self.told, 1))) if kind == event)


def scribe(house: House) -> Scribe:
    made = Scribe()
    house.service.answers = made  # type: ignore[assignment]
    return made


def link(house: House, mailbox: str, party: str, *ids: str, token: str = "t0ken", days: int = 14) -> str:
    """A link as the edge would have put it into a notice."""
    from datetime import timedelta

    now = house.clock.now()
    Pass.objects.create(digest=digest(token), mailbox=mailbox, party=party, messages=list(ids), created_at=now,
                        expires_at=now + timedelta(days=days))
    return token
