"""The life of a held mail as one line of time: receipt, custody's records, attempts of delivery, outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    at: str                              # RFC 3339
    what: str                            # a word of words.HISTORY
    who: str = ""
    via: str = ""
    detail: str = ""                     # text from a mail server: hostile until shown


def events(held: Mapping[str, Any]) -> list[Event]:
    """Oldest first."""
    found = [Event(str(held["received_at"]), "received", via=str((held.get("session") or {}).get("client") or ""))]
    found += [Event(str(h["at"]), str(h["action"]), str(h["actor"]), str(h["via"])) for h in held.get("history") or ()]
    delivery = held.get("delivery") or {}
    if delivery.get("state") == "ready":
        found.append(Event(str(delivery["next_at"]), "next-attempt", detail=str(delivery["last_reply"])))
    elif delivery.get("finished_at"):
        found.append(Event(str(delivery["finished_at"]), "last-answer", detail=str(delivery["last_reply"])))
    return sorted(found, key=lambda event: event.at)
