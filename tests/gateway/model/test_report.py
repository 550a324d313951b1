import json

from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.decision import Decision, Disposition
from gateway.model.finding import Finding, Incident, IncidentCode, Inspection, Severity, Verdict
from gateway.model.report import report
from gateway.model.transaction import Direction, Recipient

TREE = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE, sha256="00", size=9),
                     Artifact(1, 0, ArtifactKind.PART, ("a.exe",), "application/pdf", "application/x-dosexec", "11", 5, 1, "1")))


def decision(disposition, verdict=Verdict.CLEAN, rule=""):
    return Decision(Recipient(Mailbox.parse("a@bank.example")), disposition, verdict, rule)


def test_the_strongest_decision_speaks_for_the_message():
    inspection = Inspection(TREE, (Finding("EXECUTABLE-PE", "executable", Severity.CRITICAL, 1),),
                            (Incident(IncidentCode.ENCRYPTED, 1),), {"card": 3}, persons=2)
    got = report("ff", Direction.INBOUND, inspection, [
        decision(Disposition.DELIVER), decision(Disposition.QUARANTINE, Verdict.MALICIOUS, "block-executables")])
    assert json.loads(json.dumps(got)) == got
    assert (got["disposition"], got["verdict"], got["rule"]) == ("quarantine", "malicious", "block-executables")
    assert got["complete"] is False and got["persons"] == 2 and got["identifiers"] == {"card": 3}
    assert got["findings"][0]["artifact"] == "message > 1 a.exe" and got["findings"][0]["severity"] == "critical"
    assert got["incidents"][0] == {"code": "ENCRYPTED", "artifact": "message > 1 a.exe", "fault": "message", "detail": ""}


def test_without_decisions_it_is_a_delivery():
    assert report("ff", Direction.OUTBOUND, Inspection(TREE), [])["disposition"] == "deliver"
