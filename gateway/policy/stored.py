"""Back from the stored form of an inspection (see gateway.model.report) to what policy judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Deadline
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection, Severity
from gateway.model.transaction import AuthResult, Direction, Envelope, Message, Recipient, Session, Transaction

UNKNOWN_RECIPIENT = "unknown@recipient.invalid"
_ROOT = Artifact(0, None, ArtifactKind.MESSAGE)


def restore(entry: Mapping[str, Any]) -> tuple[Transaction, Inspection]:
    """The transaction and inspection of a stored entry: the object of `scan --json`, alone or under "inspection".

    Beside it an entry may have: id, listener, client, sender ("" or null for the null sender), recipients, size, auth
    (objects with method, result, domain). What is missing is taken as unknown, and conditions on it do not hold.
    """
    body = entry.get("inspection") if isinstance(entry.get("inspection"), Mapping) else entry
    assert isinstance(body, Mapping)
    artifacts = [a for a in body.get("artifacts", ()) if isinstance(a, Mapping)]
    inspection = _inspection(body, artifacts)
    sender = entry.get("sender") or ""
    recipients = _texts(entry.get("recipients")) or [UNKNOWN_RECIPIENT]
    size = int(entry.get("size") or (artifacts[0].get("size", 0) if artifacts else 0))
    transaction = Transaction(
        id=str(entry.get("id", "")),
        session=Session(str(entry.get("listener", "")), str(entry.get("client", "")), str(entry.get("client", ""))),
        envelope=Envelope(Mailbox.parse(str(sender)) if sender else None,
                          tuple(Recipient(Mailbox.parse(r)) for r in recipients)),
        message=Message(-1, size, str(body.get("sha256", "")), datetime.fromtimestamp(0, UTC)),
        direction=Direction(body.get("direction", entry.get("direction", "inbound"))),
        deadline=Deadline(0.0),
        auth=tuple(AuthResult(str(a["method"]), str(a["result"]), str(a.get("domain", "")))
                   for a in entry.get("auth", ()) if isinstance(a, Mapping)),
    )
    return transaction, inspection


def _inspection(body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Inspection:
    ids: dict[str, int] = {"message": 0}
    nodes = [_ROOT]
    for row in rows:
        path = str(row.get("path", ""))
        if path in ids and path != "message":
            path = f"{path}#{len(nodes)}"
        node = _artifact(len(nodes) if path != "message" else 0, row)
        if path == "message":
            nodes[0] = node
        else:
            ids[path] = node.id
            nodes.append(node)
    return Inspection(
        tree=ArtifactTree(tuple(nodes)),
        findings=tuple(
            Finding(str(f["code"]), str(f["category"]), Severity[str(f["severity"]).upper()],
                    ids.get(str(f.get("artifact")), 0), tuple(_texts(f.get("evidence"))), int(f.get("count", 1)),
                    rule=str(f.get("rule", "")))
            for f in body.get("findings", ())),
        incidents=tuple(
            Incident(IncidentCode(i["code"]), ids.get(str(i.get("artifact")), 0), Fault(i.get("fault", "message")),
                     str(i.get("detail", "")))
            for i in body.get("incidents", ())),
        identifiers={str(k): int(v) for k, v in dict(body.get("identifiers", {})).items()},
        persons=int(body.get("persons", 0)),
        contacts=int(body.get("contacts", 0)),
        signature_version=str(body.get("signature_version", "")),
    )


def _artifact(id: int, row: Mapping[str, Any]) -> Artifact:
    name = str(row.get("name", ""))
    return Artifact(
        id=id, parent=0 if id else None, kind=ArtifactKind(row.get("kind", "part")), names=(name,) if name else (),
        declared_type=str(row.get("declared_type", "")), detected_type=str(row.get("detected_type", "")),
        sha256=str(row.get("sha256", "")), size=int(row.get("size", 0)),
    )


def _texts(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list | tuple) else []
