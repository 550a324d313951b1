"""Archives that show different things to different programs, or want to land where they were not sent."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW

TABLE: dict[str, tuple[str, Severity]] = {
    # readings that contradict each other: some unpacker shows what another does not
    "ZIP-NAMES-DIFFER": ("ARCHIVE-NAMES-DIFFER", HIGH),
    "ZIP-METHODS-DIFFER": ("ARCHIVE-METHODS-DIFFER", HIGH),
    "ZIP-SIZES-DIFFER": ("ARCHIVE-SIZES-DIFFER", HIGH),
    "ZIP-FLAGS-DIFFER": ("ARCHIVE-FLAGS-DIFFER", HIGH),
    "ZIP-COUNT-DIFFERS": ("ARCHIVE-COUNT-DIFFERS", HIGH),
    "ZIP-LOCAL-MISSING": ("ARCHIVE-MEMBER-MISSING", HIGH),
    "ZIP-OVERLAP": ("ARCHIVE-OVERLAP", HIGH),
    "ZIP-HIDDEN-ENTRIES": ("ARCHIVE-HIDDEN-MEMBERS", HIGH),
    "ZIP-DUPLICATE-NAME": ("ARCHIVE-DUPLICATE-NAME", HIGH),
    "ZIP-NO-DIRECTORY": ("ARCHIVE-NO-DIRECTORY", HIGH),
    "ARCHIVE-HIDDEN-MEMBERS": ("ARCHIVE-HIDDEN-MEMBERS", HIGH),
    "ARCHIVE-NAMES-DIFFER": ("ARCHIVE-NAMES-DIFFER", HIGH),
    # octets that belong to no entry are unpacked and judged by themselves
    "ZIP-DATA-BEFORE": ("ARCHIVE-STRAY-DATA", LOW),
    "ZIP-DATA-BETWEEN": ("ARCHIVE-STRAY-DATA", MEDIUM),
    "ZIP-DATA-AFTER": ("ARCHIVE-STRAY-DATA", LOW),
    "ARCHIVE-STRAY-DATA": ("ARCHIVE-STRAY-DATA", LOW),
    # pieces of a split file; what cannot be seen for that is an incident beside it
    "VOLUME-MISSING": ("ARCHIVE-INCOMPLETE", MEDIUM),
    # where members want to go
    "MEMBER-TRAVERSAL": ("ARCHIVE-TRAVERSAL", HIGH),
    "MEMBER-ABSOLUTE": ("ARCHIVE-ABSOLUTE-PATH", MEDIUM),
    "MEMBER-LINK-OUTSIDE": ("ARCHIVE-LINK-OUTSIDE", HIGH),
    "MEMBER-DEVICE": ("ARCHIVE-DEVICE", HIGH),
    # one file that is two
    "POLYGLOT": ("ARCHIVE-POLYGLOT", HIGH),
    "APPENDED-ARCHIVE": ("ARCHIVE-APPENDED", MEDIUM),
    "SELF-EXTRACTOR": ("ARCHIVE-SELF-EXTRACTING", MEDIUM),
}
"""Observation code -> finding code, severity."""


class ArchiveAbuse:
    """Turns what the container extractors saw into findings; evidence never holds a member's name."""

    def __init__(self, scope: Scope) -> None:
        del scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        seen: dict[str, tuple[Severity, int]] = {}
        for observation in sample.observations:
            row = TABLE.get(observation.code)
            if row and not (observation.code == "ZIP-NO-DIRECTORY" and "MIME-CUT" in sample.artifact.anomalies):
                code, severity = row
                strongest, count = seen.get(code, (severity, 0))
                seen[code] = (max(severity, strongest), count + 1)
        for code, (severity, count) in seen.items():
            yield Finding(code, "archive", severity, sample.artifact.id, count=count)

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()
