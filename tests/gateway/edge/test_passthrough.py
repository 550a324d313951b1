"""Inspection off: a clean, complete, empty result."""

from __future__ import annotations

from gateway.edge.passthrough import Passthrough
from gateway.model.deadline import Deadline, Limits
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction


async def test_it_sees_nothing() -> None:
    request = InspectionRequest("x", Direction.INBOUND, "", (), (), Limits())
    inspection = await Passthrough().inspect(-1, 5, request, Deadline(0.0))
    assert inspection.complete and not inspection.findings and inspection.tree.artifacts[0].size == 5
