"""The life of a held mail as one line of time: receipt, custody's records, attempts of delivery, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

LOOKS = ("show", "preview")


@dataclass(frozen=True, slots=True)
class Event:
    at: str                              # RFC 3339
    what: str                            # a word of words.HISTORY
    who: str = ""
    via: str = ""
    times: int = 1                       # one after the other, the last of them at `at`
    detail: str = ""                     # text from a mail server: hostile until shown


def events(held: Mapping[str, Any]) -> list[Event]:
    """Oldest first."""
    found = [Event(str(held["received_at"]), "received", via=str((held.get("session") or {}).get("client") or ""))]
    found += gathered([Event(str(h["at"]), str(h["action"]), str(h["actor"]), str(h["via"]) if h["via"] != h["actor"] else "")
                       for h in held.get("history") or ()])
    delivery = held.get("delivery") or {}
    if delivery.get("state") == "ready":
        found.append(Event(str(delivery["next_at"]), "next-attempt", detail=str(delivery["last_reply"])))
    elif delivery.get("finished_at"):
        found.append(Event(str(delivery["finished_at"]), "last-answer", detail=str(delivery["last_reply"])))
    return sorted(found, key=lambda event: event.at)


def gathered(history: Iterable[Event]) -> Iterator[Event]:
    """Somebody who looks again and again is one line: what was decided must be seen between them. The audit chain has each."""
    for (what, who, via), run in groupby(history, key=lambda event: (event.what, event.who, event.via)):
        looks = list(run)
        if what in LOOKS:
            yield Event(looks[-1].at, what, who, via, times=len(looks))
        else:
            yield from looks
