"""An extractor may raise anything; what it gave before counts, and what went wrong is a problem of the message."""

from __future__ import annotations

import pytest

from gateway.extract.base import Context, NeedsDeepLane, Node, Problem
from gateway.extract.bounded import LimitReached
from gateway.extract.guarded import CLAIMED, guarded
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

NODE = Node(Artifact(0, None, ArtifactKind.MESSAGE), b"", "a/b")

BEFORE = Observation("BEFORE")


class Raising:
    name = "fake"

    def __init__(self, error: BaseException | None, claims: bool = True) -> None:
        self.error, self.claimed = error, claims

    def claims(self, node):
        return self.claimed

    def extract(self, node, context):
        yield BEFORE
        if self.error:
            raise self.error


def given(error, claims=True):
    return list(guarded(Raising(error, claims), NODE, Context(Limits())))


@pytest.mark.parametrize(("error", "code"), [
    (ValueError(), IncidentCode.MALFORMED), (KeyError(), IncidentCode.MALFORMED), (MemoryError(), IncidentCode.SIZE),
    (RuntimeError(), IncidentCode.CRASH), (LimitReached(IncidentCode.COUNT, "more"), IncidentCode.COUNT),
])
def test_what_is_raised_is_a_problem_behind_what_was_given(error, code):
    claimed, first, problem = given(error)
    assert claimed is CLAIMED and first == BEFORE and isinstance(problem, Problem) and problem.code is code


def test_nothing_is_given_by_what_claims_nothing():
    assert given(None, claims=False) == []
    assert given(None) == [CLAIMED, BEFORE]


def test_the_other_lane_is_asked_for_and_a_process_may_end():
    with pytest.raises(NeedsDeepLane):
        given(NeedsDeepLane("x"))
    with pytest.raises(KeyboardInterrupt):
        given(KeyboardInterrupt())
