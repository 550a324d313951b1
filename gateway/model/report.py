"""The stored and printed form of an inspection: one JSON object a message, as `scan --json` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.model.decision import Decision, Disposition
from gateway.model.finding import Inspection, Verdict
from gateway.model.transaction import Direction


def report(sha256: str, direction: Direction, inspection: Inspection, decisions: Sequence[Decision]) -> dict[str, Any]:
    """The contract's object without `path`. The strongest decision speaks for the message."""
    strongest = max(decisions, key=lambda d: (d.disposition, d.verdict), default=None)
    tree = inspection.tree
    return {
        "sha256": sha256,
        "direction": direction.value,
        "disposition": (strongest.disposition if strongest else Disposition.DELIVER).word,
        "verdict": (strongest.verdict if strongest else Verdict.CLEAN).word,
        "complete": inspection.complete,
        "rule": strongest.rule if strongest else "",
        "findings": [
            {"code": f.code, "category": f.category, "severity": f.severity.word, "artifact": tree.path(f.artifact),
             "count": f.count, "evidence": list(f.evidence), "rule": f.rule}
            for f in inspection.findings
        ],
        "incidents": [
            {"code": i.code.value, "artifact": tree.path(i.artifact), "fault": i.fault.value, "detail": i.detail}
            for i in inspection.incidents
        ],
        "persons": inspection.persons,
        "contacts": inspection.contacts,
        "identifiers": dict(sorted(inspection.identifiers.items())),
        "artifacts": [
            {"path": tree.path(a.id), "kind": a.kind.value, "name": a.name, "declared_type": a.declared_type,
             "detected_type": a.detected_type, "size": a.size, "sha256": a.sha256}
            for a in tree.artifacts
        ],
        "signature_version": inspection.signature_version,
        "elapsed_ms": round(inspection.elapsed_ms, 3),
        "cpu_ms": round(inspection.cpu_ms, 3),
    }
