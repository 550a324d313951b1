"""The cell and the outside scanners together: one Inspector that asks all of them about a message at the same time."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.inspection.scanners.lane import Heard, Lane
from gateway.model.deadline import Deadline
from gateway.model.finding import Inspection
from gateway.model.ports import InspectionRequest, Inspector

READ = 1 << 20


@dataclass(slots=True)
class Scanned:
    """Implements `gateway.model.ports.Inspector`. Without lanes it is the cell alone."""

    cell: Inspector
    lanes: Sequence[Lane] = ()

    async def inspect(self, fd: int, size: int, request: InspectionRequest, deadline: Deadline) -> Inspection:
        """What the cell says, and what the scanners add. Raises InspectionUnavailable."""
        if not self.lanes:
            return await self.cell.inspect(fd, size, request, deadline)
        sha256 = await asyncio.to_thread(digest, fd, size)
        try:
            async with asyncio.TaskGroup() as group:
                inside = group.create_task(self.cell.inspect(fd, size, request, deadline))
                outside = [group.create_task(lane.ask(fd, size, sha256, request.direction, deadline)) for lane in self.lanes]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return joined(inside.result(), [task.result() for task in outside])

    def close(self) -> None:
        for lane in self.lanes:
            lane.scanner.close()


def joined(inspection: Inspection, heard: Sequence[Heard]) -> Inspection:
    version = " ".join([inspection.signature_version, *(h.version for h in heard if h.version)])
    return replace(
        inspection, signature_version=version,
        findings=(*inspection.findings, *(f for h in heard for f in h.findings)),
        incidents=(*inspection.incidents, *(i for h in heard for i in h.incidents)))


def digest(fd: int, size: int) -> str:
    """Taken by us and not by a child: what a scanner said of these octets counts for the same octets again."""
    made, at = hashlib.sha256(), 0
    while at < size and (piece := os.pread(fd, min(READ, size - at), at)):
        made.update(piece)
        at += len(piece)
    return made.hexdigest()
