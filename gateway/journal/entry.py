"""What the journal keeps of a transaction: enough for search, statistics and replay, and no customer data.

No subject, no evidence, no file names (their extensions only), no text. Envelope addresses stay: an administrator who is
asked where a mail went must be able to answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

RECIPIENTS = 1000                        # of one entry; RFC 5321 section 4.5.3.1.8 wants 100
ARTIFACTS = 2000
FINDINGS = 500
EXTENSION = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}$")

KEPT = ("sha256", "direction", "disposition", "verdict", "complete", "rule", "persons", "contacts", "identifiers",
        "signature_version", "elapsed_ms", "cpu_ms")
KEPT_OF_FINDING = ("code", "category", "severity", "count", "rule")
KEPT_OF_INCIDENT = ("code", "fault")
KEPT_OF_ARTIFACT = ("kind", "declared_type", "detected_type", "size", "sha256")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table `entries`, and its recipients."""

    id: str
    received: float                      # seconds since 1970, UTC
    listener: str
    client: str
    direction: str
    disposition: str
    verdict: str
    rule: str
    sender: str
    size: int
    milliseconds: float
    reply: str
    header_message_id: str
    sha256: str
    body: str                            # JSON: the rest, for `policy replay`
    recipients: tuple[str, ...]


def row(entry: Mapping[str, Any]) -> Row:
    """The row of an entry as gateway.effects makes it. Raises KeyError, ValueError or TypeError for what is none."""
    inspection = entry["inspection"]
    if not isinstance(inspection, Mapping):
        raise TypeError("an entry without its inspection")
    received = datetime.fromisoformat(entry["received_at"])
    if received.tzinfo is None:
        raise ValueError("received_at needs a time zone")
    recipients = tuple(str(r)[:320] for r in entry["recipients"][:RECIPIENTS])
    body = {
        "listener": entry.get("listener", ""), "helo": _printable(entry.get("helo", "")), "auth": list(entry.get("auth", ())),
        "decisions": list(entry.get("decisions", ())), "inspection": reduce(inspection),
    }
    return Row(
        id=str(entry["id"]), received=received.timestamp(), listener=str(entry.get("listener", "")),
        client=str(entry.get("client", "")), direction=str(inspection["direction"]), disposition=str(inspection["disposition"]),
        verdict=str(inspection["verdict"]), rule=str(inspection.get("rule", "")), sender=str(entry.get("sender") or "")[:320],
        size=int(entry["size"]), milliseconds=float(inspection.get("elapsed_ms", 0.0)), reply=_printable(entry.get("reply", "")),
        header_message_id=_printable(entry.get("header_message_id", "")), sha256=str(inspection.get("sha256", "")),
        body=json.dumps(body, separators=(",", ":")), recipients=recipients,
    )


def reduce(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """The stored form of an inspection without evidence and names, in the same shape, so that it can be judged again."""
    artifacts = inspection.get("artifacts", ())[:ARTIFACTS]
    paths = {a["path"]: _path(number, a) for number, a in reversed(list(enumerate(artifacts)))}

    def place(artifact: Any) -> str:
        return paths.get(artifact, "message")

    return {
        **_pick(inspection, KEPT),
        "findings": [{**_pick(f, KEPT_OF_FINDING), "artifact": place(f.get("artifact")), "evidence": []}
                     for f in inspection.get("findings", ())[:FINDINGS]],
        "incidents": [{**_pick(i, KEPT_OF_INCIDENT), "artifact": place(i.get("artifact"))}
                      for i in inspection.get("incidents", ())[:FINDINGS]],
        "artifacts": [{**_pick(a, KEPT_OF_ARTIFACT), "path": _path(number, a), "name": _extension(a.get("name", ""))}
                      for number, a in enumerate(artifacts)],
    }


def _pick(value: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: value[key] for key in keys if key in value}


def _path(number: int, artifact: Mapping[str, Any]) -> str:
    return "message" if number == 0 else f"message > {number} {_extension(artifact.get('name', ''))}".rstrip()


def _extension(name: str) -> str:
    found = EXTENSION.search(name)
    return f"*{found.group().lower()}" if found else ""


def _printable(text: Any) -> str:
    return "".join(c if c.isprintable() else "?" for c in str(text)[:300])


COLUMNS: Sequence[str] = tuple(name for name in Row.__slots__ if name != "recipients")
