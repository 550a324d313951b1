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


def test_gate_claims_texts_with_a_file_behind_them():
    gate = Gate(frozenset({"text/plain", "message/rfc822"}))
    artifact = Artifact(0, None, ArtifactKind.PART)
    for data in (b"words PK\3\4\0", b"words MZ\0PE\0\0", b"words 7z\xbc\xaf\0", b"L\0\0\0\1\x14\2\0"):
        assert gate.claims(Node(artifact, data, "text/plain")) and not gate.claims(Node(artifact, data, "message/rfc822"))
    for data in (b"words PK\3\4", "UTF-16".encode("utf-16"), b"words \0 and NUL"):
        assert not gate.claims(Node(artifact, data, "text/plain"))
