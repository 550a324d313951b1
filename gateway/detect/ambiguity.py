"""Judges what the readings of a message disagreed about."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

HOSTILE = frozenset({
    "MIME-ENCODINGS-CONTRADICT", "MIME-TYPES-CONTRADICT", "MIME-BOUNDARIES-CONTRADICT", "MIME-BOUNDARIES-BOTH-USED",
    "MIME-DECODERS-CONTRADICT", "MIME-BASE64-STORM", "MIME-PARTIAL", "MIME-EXTERNAL-BODY",
})
"""The readings contradict each other about what an attachment is, or the content is not in this mail at all."""

SUSPICIOUS = frozenset({
    "MIME-REPEATED-FIELD", "MIME-ENCODING-TOKEN", "MIME-NO-CLOSE", "MIME-NO-DELIMITER", "MIME-PREAMBLE-CONTENT",
    "MIME-EPILOGUE-CONTENT", "MIME-PARTS-AFTER-CLOSE", "MIME-BASE64-JUNK", "MIME-BASE64-PADDING", "MIME-ENCODED-MULTIPART",
    "MIME-HIDDEN-PART", "MIME-CUT",
})
"""Broken software makes such mail too: evidence beside other findings."""


class AmbiguityDetector:
    """One finding a code and node; benign codes are no findings."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        for observation in sample.observations:
            code = observation.code
            severity = Severity.HIGH if code in HOSTILE else Severity.MEDIUM if code in SUSPICIOUS else None
            if severity is not None:
                yield Finding("AMBIGUITY-" + code.removeprefix("MIME-"), "ambiguity", severity, sample.artifact.id,
                              (masked(observation.detail),) if observation.detail else ())

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()
