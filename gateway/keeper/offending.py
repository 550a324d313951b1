"""Which parts of a held message today's policy would not let pass if each came alone: those are left out of what is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.model.custody import Admission
from gateway.model.decision import Decision, Disposition
from gateway.model.finding import Inspection
from gateway.policy.stored import restore
from quarantine.parts import label_of, parts, rows

Decide = Callable[[Admission, Inspection], Sequence[Decision]]
MOST = 200                               # parts looked at; a message of more stays held as a whole


def offending(admission: Admission, decide: Decide) -> tuple[str, ...]:
    """Labels, in their order. What concerns the message as a whole belongs to no part."""
    labels = list(parts(admission.inspection))[:MOST]
    return tuple(label for label in labels if _kept_back(decide(admission, _alone(admission.inspection, label))))


def _kept_back(decisions: Sequence[Decision]) -> bool:
    return bool(decisions) and max(d.disposition for d in decisions) >= Disposition.STRIP


def _alone(inspection: Mapping[str, Any], label: str) -> Inspection:
    """The stored inspection as if the message had this part only."""
    def of_it(row: Mapping[str, Any], key: str) -> bool:
        return label_of(str(row.get(key, ""))) == label

    artifacts = [row for row in rows(inspection, "artifacts") if row.get("path") == "message" or of_it(row, "path")]
    alone = {"direction": inspection.get("direction", "inbound"), "sha256": inspection.get("sha256", ""), "artifacts": artifacts,
             "findings": [row for row in rows(inspection, "findings") if of_it(row, "artifact")],
             "incidents": [row for row in rows(inspection, "incidents") if of_it(row, "artifact")]}
    return restore(alone)[1]
