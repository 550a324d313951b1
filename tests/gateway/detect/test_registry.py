"""Every detector can be made, looks at anything, and concludes."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.registry import DETECTORS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.transaction import Direction


@pytest.mark.parametrize("factory", DETECTORS)
@pytest.mark.parametrize("direction", list(Direction))
def test_empty_node_is_nothing(factory, direction):
    detector = factory(Scope(direction, "a@b.example", ("c@d.example",), ("d.example",)))
    assert list(detector.look(Sample(Artifact(0, None, ArtifactKind.MESSAGE), b""))) == []
    assert list(detector.conclude(Tally())) == []
