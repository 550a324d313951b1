"""Short ways to make transactions and inspections for tests of policy and notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Deadline
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection, Severity, Summary
from gateway.model.transaction import AuthResult, Direction, Envelope, Message, Recipient, Session, Transaction

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
CATEGORIES = {"EXECUTABLE": "executable", "SCRIPT": "script", "MACRO": "macro", "ACTIVE": "active-content",
              "DISGUISE": "disguise", "ARCHIVE": "archive", "SMUGGLING": "smuggling", "AMBIGUITY": "ambiguity",
              "ENCRYPTED": "encrypted", "SIGNATURE": "signature", "SPOOF": "impersonation",
              "IMPERSONATION": "impersonation", "LINK": "impersonation", "DATA": "data", "EDM": "data",
              "FINGERPRINT": "data", "LABEL": "label"}


def finding(code: str, severity: Severity = Severity.HIGH, artifact: int = 0, count: int = 1,
            evidence: Sequence[str] = ()) -> Finding:
    return Finding(code, CATEGORIES.get(code.split("-")[0], "unheard-of"), severity, artifact, tuple(evidence), count)


def incident(code: str, fault: Fault = Fault.MESSAGE, artifact: int = 0) -> Incident:
    return Incident(IncidentCode(code), artifact, fault)


def tree(*names: str, types: Sequence[str] = (), hashes: Sequence[str] = ()) -> ArtifactTree:
    nodes = [Artifact(0, None, ArtifactKind.MESSAGE, size=1000)]
    for index, name in enumerate(names, 1):
        nodes.append(Artifact(
            index, 0, ArtifactKind.PART, (name,), detected_type=types[index - 1] if index <= len(types) else "",
            sha256=hashes[index - 1] if index <= len(hashes) else "", size=10, depth=1, label=str(index)))
    return ArtifactTree(tuple(nodes))


def inspection(*found: Finding | Incident, persons: int = 0, contacts: int = 0,
               identifiers: dict[str, int] | None = None, nodes: ArtifactTree | None = None,
               summary: Summary | None = None) -> Inspection:
    return Inspection(
        tree=nodes or tree(), findings=tuple(f for f in found if isinstance(f, Finding)),
        incidents=tuple(i for i in found if isinstance(i, Incident)), identifiers=identifiers or {}, persons=persons,
        contacts=contacts, summary=summary or Summary())


def transaction(sender: str | None = "eve@outside.example", recipients: Sequence[str] = ("ann@bank.example",),
                direction: Direction = Direction.INBOUND, client: str = "192.0.2.1", size: int = 1000,
                auth: Sequence[AuthResult] = (), listener: str = "inbound") -> Transaction:
    return Transaction(
        id="0123456789abcdefghjkmnpq", session=Session(listener, client, client),
        envelope=Envelope(Mailbox.parse(sender) if sender is not None else None,
                          tuple(Recipient(Mailbox.parse(r)) for r in recipients)),
        message=Message(-1, size, "00" * 32, NOW), direction=direction, deadline=Deadline(100.0), auth=tuple(auth))


def outgoing(*recipients: str, sender: str | None = "ann@bank.example") -> Transaction:
    return transaction(sender, recipients or ("bob@outside.example",), Direction.OUTBOUND, "10.0.0.5", listener="outbound")
