from gateway.model.artifact import ArtifactTree
from gateway.model.finding import Incident, IncidentCode, Inspection, Severity, Verdict


def test_severities_and_verdicts_are_ordered_by_strength():
    assert max(Severity.LOW, Severity.CRITICAL).word == "critical"
    assert max(Verdict.SENSITIVE, Verdict.MALICIOUS, Verdict.CLEAN).word == "malicious"


def test_an_incident_makes_an_inspection_incomplete():
    assert Inspection(ArtifactTree()).complete
    assert not Inspection(ArtifactTree(), incidents=(Incident(IncidentCode.TIMEOUT, 0),)).complete
