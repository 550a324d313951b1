"""An Inspector that looks at nothing, to measure the SMTP path alone. It lives here, so that no setting can ever reach it."""

from __future__ import annotations

from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Deadline
from gateway.model.finding import Inspection
from gateway.model.ports import InspectionRequest


class Passthrough:
    async def inspect(self, fd: int, size: int, request: InspectionRequest, deadline: Deadline) -> Inspection:
        return Inspection(ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE, size=size),)))
