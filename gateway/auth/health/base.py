"""The words of the examination: one line for each thing that was looked at, and the ports it looks through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gateway.auth.resolver import Lookup

GOOD, NOTE, RED = "ok", "note", "RED"    # as everywhere in `sekisho doctor`


@dataclass(frozen=True, slots=True)
class Advice:
    """`what` was looked at, `detail` is what was seen there, `mend` how to do better; "" where nothing is to be done."""

    area: str                            # mx spf dkim dmarc mta-sts tls-rpt bimi
    status: str
    what: str
    detail: str = ""
    mend: str = ""


class Unfetchable(Exception):
    """No answer over HTTPS, with the reason in one clause."""


@dataclass(frozen=True, slots=True)
class Fetched:
    status: int
    content_type: str
    body: bytes                          # cut at 64 KiB


class Fetch(Protocol):
    """One GET over HTTPS with a checked certificate; redirects are not followed (RFC 8461 section 3.3)."""

    async def get(self, host: str, path: str) -> Fetched:
        """Raises Unfetchable."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """The domain that is examined, in A-labels, and what it is examined with."""

    domain: str
    lookup: Lookup
    fetch: Fetch
    sends: bool = True                   # False where a null MX and `-all` say that it has no mail at all


def tags(record: bytes) -> dict[str, str]:
    """A `name=value; …` record; names lower-case, the first of several counts."""
    found: dict[str, str] = {}
    for part in record.decode("utf-8", "replace").split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def shown(text: str | bytes, limit: int = 100) -> str:
    """Of a record, for people: printable, cut."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = "".join(c if c.isprintable() else "?" for c in text)
    return line if len(line) <= limit else line[:limit] + "…"
