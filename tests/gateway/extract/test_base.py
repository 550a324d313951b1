"""The context's allowance and the gate of the plain lane."""

from __future__ import annotations

from gateway.extract.base import Context, Gate, Node
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits


def test_allowance_is_the_ratio_above_its_floor_within_what_is_left():
    context = Context(Limits(ratio=100, ratio_floor=1000, expanded=50_000))
    assert context.allowance(1) == 1000
    assert context.allowance(100) == 10_000
    context.expanded = 45_000
    assert context.allowance(100) == 5_000
    context.expanded = 60_000
    assert context.allowance(100) == 0


def test_gate_claims_what_is_not_plain():
    gate = Gate(frozenset({"text/plain"}))
    artifact = Artifact(0, None, ArtifactKind.PART)
    assert not gate.claims(Node(artifact, b"", "text/plain"))
    assert gate.claims(Node(artifact, b"", "application/zip"))
