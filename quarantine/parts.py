"""The parts of a held message by their MIME labels ("2", "1.2"), read from its stored inspection (gateway.model.report)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LABEL = re.compile(r"message > ([0-9]{1,4}(?:\.[0-9]{1,4}){0,60})(?: |$)")
"""The first step under the message is always one of its own parts, whatever names stand behind it."""
GRAVE = frozenset({"medium", "high", "critical"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part as a reader meets it. `name` is as the sender wrote it: data, never a path."""

    label: str
    name: str = ""
    detected_type: str = ""
    size: int = 0                        # octets, decoded
    sha256: str = ""


def label_of(path: str) -> str:
    """The label of the part that an artifact's path leads through; "" for the message itself."""
    found = LABEL.match(path)
    return found[1] if found else ""


def parts(inspection: Mapping[str, Any]) -> dict[str, Part]:
    """By label, in their order. What stands deeper (members of an archive, macros) belongs to its part."""
    found: dict[str, Part] = {}
    for row in rows(inspection, "artifacts"):
        label = label_of(str(row.get("path", "")))
        if label and label not in found:
            found[label] = Part(label, str(row.get("name", "")), str(row.get("detected_type", "")), int(row.get("size") or 0),
                                str(row.get("sha256", "")))
    return found


def suspect(inspection: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels of the parts in which something was found, or which could not be inspected; information does not count."""
    known, found = parts(inspection), set()
    for row in rows(inspection, "findings"):
        if row.get("severity") in GRAVE:
            found.add(label_of(str(row.get("artifact", ""))))
    for row in rows(inspection, "incidents"):
        if row.get("fault", "message") == "message":
            found.add(label_of(str(row.get("artifact", ""))))
    return tuple(label for label in known if label in found)


def divisible(inspection: Mapping[str, Any]) -> bool:
    """True where something can be left out and something is left: a mail of one part alone is never cut."""
    without = suspect(inspection)
    return 0 < len(without) < len(parts(inspection))


def rows(inspection: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of one list of the stored form; anything else in it is left out."""
    for row in inspection.get(name) or ():
        if isinstance(row, Mapping):
            yield row
