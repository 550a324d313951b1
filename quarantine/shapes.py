"""Admissions as JSON: what crosses the keeper's socket and what is sealed beside a message. Free of Django."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.custody import Admission, Grant, OutgoingMail
from gateway.model.decision import Kind
from gateway.model.transaction import Direction, Envelope, Recipient, Session

JsonObject = dict[str, Any]


def envelope_to_json(envelope: Envelope) -> JsonObject:
    return {
        "reverse_path": envelope.reverse_path.text if envelope.reverse_path else None,
        "recipients": [[r.mailbox.text, r.notify, r.orcpt] for r in envelope.recipients],
        "body": envelope.body, "smtputf8": envelope.smtputf8, "ret": envelope.ret, "envid": envelope.envid, "auth": envelope.auth,
    }


def envelope_from_json(data: Mapping[str, Any]) -> Envelope:
    reverse = data["reverse_path"]
    return Envelope(
        reverse_path=None if reverse is None else Mailbox.parse(reverse),
        recipients=tuple(Recipient(Mailbox.parse(text), notify, orcpt) for text, notify, orcpt in data["recipients"]),
        body=data["body"], smtputf8=bool(data["smtputf8"]), ret=data["ret"], envid=data["envid"], auth=data["auth"])


def mail_to_json(mail: OutgoingMail) -> JsonObject:
    plain: JsonObject = {"recipient": mail.recipient, "purpose": mail.purpose, "content": base64.b64encode(mail.content).decode()}
    if mail.grant is not None:
        plain["grant"] = [mail.grant.digest, mail.grant.party, list(mail.grant.messages)]
    return plain


def mail_from_json(data: Mapping[str, Any]) -> OutgoingMail:
    grant = data.get("grant")
    made = Grant(grant[0], grant[1], tuple(grant[2])) if grant else None
    return OutgoingMail(data["recipient"], base64.b64decode(data["content"]), data["purpose"], made)


def admission_to_json(admission: Admission) -> JsonObject:
    """All fields; `notices` too."""
    plain = {f.name: getattr(admission, f.name) for f in fields(Admission)}
    return plain | {
        "session": {f.name: getattr(admission.session, f.name) for f in fields(Session)},
        "envelope": envelope_to_json(admission.envelope),
        "direction": admission.direction.value,
        "kind": admission.kind.value,
        "received_at": admission.received_at.isoformat(),
        "identifiers": dict(admission.identifiers),
        "inspection": dict(admission.inspection),
        "notices": [mail_to_json(mail) for mail in admission.notices],
        "passwords": list(admission.passwords),
    }


def admission_from_json(data: Mapping[str, Any]) -> Admission:
    return Admission(**dict(data) | {
        "session": Session(**data["session"]),
        "envelope": envelope_from_json(data["envelope"]),
        "direction": Direction(data["direction"]),
        "kind": Kind(data["kind"]),
        "received_at": datetime.fromisoformat(data["received_at"]),
        "notices": tuple(mail_from_json(mail) for mail in data.get("notices", ())),
        "passwords": tuple(data.get("passwords", ())),
    })
