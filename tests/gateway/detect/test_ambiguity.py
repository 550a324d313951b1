"""Hostile, suspicious and benign disagreements."""

from __future__ import annotations

import pytest

from gateway.detect.ambiguity import HOSTILE, SUSPICIOUS, AmbiguityDetector
from gateway.detect.base import Scope
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction


def look(code: str) -> list:
    sample = Sample(Artifact(0, None, ArtifactKind.MESSAGE), b"", observations=[Observation(code, "2")])
    return list(AmbiguityDetector(Scope(Direction.INBOUND, "", (), ())).look(sample))


@pytest.mark.parametrize("code", sorted(HOSTILE))
def test_hostile(code):
    (finding,) = look(code)
    assert (finding.severity, finding.code) == (Severity.HIGH, code.replace("MIME-", "AMBIGUITY-"))


@pytest.mark.parametrize("code", sorted(SUSPICIOUS))
def test_suspicious(code):
    assert look(code)[0].severity is Severity.MEDIUM


@pytest.mark.parametrize("code", ["MIME-PREAMBLE", "MIME-EPILOGUE", "MIME-INNER-HEADER", "MIME-PARAMETERS", "HTML-LINK"])
def test_benign(code):
    assert look(code) == []
