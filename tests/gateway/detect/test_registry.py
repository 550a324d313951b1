"""Every detector can be made, looks at anything, and concludes; together they miss no hiding place and hold no honest mail."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.registry import DETECTORS
from gateway.extract.base import Context
from gateway.extract.registry import EXTRACTORS
from gateway.extract.walk import walk
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.deadline import Limits
from gateway.model.finding import Severity
from gateway.model.transaction import Direction
from tests.builders.benign_mail import BENIGN
from tests.builders.hostile_mail import HOSTILE


@pytest.mark.parametrize("factory", DETECTORS)
@pytest.mark.parametrize("direction", list(Direction))
def test_empty_node_is_nothing(factory, direction):
    detector = factory(Scope(direction, "a@b.example", ("c@d.example",), ("d.example",)))
    assert list(detector.look(Sample(Artifact(0, None, ArtifactKind.MESSAGE), b""))) == []
    assert list(detector.conclude(Tally())) == []


def judge(blob: bytes) -> list[str]:
    """Codes that hold a message by the packaged policy: grave findings, and incidents."""
    scope = Scope(Direction.INBOUND, "alice@sender.example", ("bob@bank.example",), ("bank.example",))
    detectors = [factory(scope) for factory in DETECTORS]
    found = []

    def visit(sample: Sample) -> None:
        for detector in detectors:
            found.extend(detector.look(sample))

    walked = walk(blob, Context(Limits()), EXTRACTORS, visit)
    for detector in detectors:
        found.extend(detector.conclude(Tally()))
    return [f.code for f in found if f.severity >= Severity.HIGH] + [i.code.value for i in walked.incidents]


@pytest.mark.parametrize("name", HOSTILE)
def test_hidden_program_is_found(name):
    assert judge(HOSTILE[name])


@pytest.mark.parametrize("name", BENIGN)
def test_customary_mail_passes(name):
    assert judge(BENIGN[name]) == []
