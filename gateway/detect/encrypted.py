"""What stayed closed, and names that tell on it: an encrypted member is an incident already, this says what can be said."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

OBSERVED: dict[str, tuple[str, Severity]] = {
    "ENCRYPTED-NAMES": ("ENCRYPTED-NAMES", Severity.MEDIUM),         # not even the list of members can be read
    "ENCRYPTED-OPENED": ("ENCRYPTED-OPENED", Severity.LOW),          # a password of the mail fitted
}
"""Observation code -> finding code, severity."""


class Encrypted:
    """One finding an artifact; the incident ENCRYPTED beside it is what holds the message."""

    def __init__(self, scope: Scope) -> None:
        del scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        for code in dict.fromkeys(o.code for o in sample.observations):
            if code in OBSERVED:
                name, severity = OBSERVED[code]
                yield Finding(name, "encrypted", severity, sample.artifact.id)
        if "ENCRYPTED" in sample.artifact.anomalies:
            yield Finding("ENCRYPTED-MEMBER", "encrypted", Severity.MEDIUM, sample.artifact.id)

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()
