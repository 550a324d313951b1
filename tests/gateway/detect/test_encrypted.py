from gateway.detect.base import Scope, Tally
from gateway.detect.encrypted import Encrypted
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "a@b.example", (), ())


def look(*codes, anomalies=()):
    sample = Sample(Artifact(1, None, ArtifactKind.MEMBER, anomalies=anomalies), b"", observations=[Observation(c) for c in codes])
    return [f.code for f in Encrypted(SCOPE).look(sample)]


def test_what_is_said():
    assert look("ENCRYPTED-NAMES") == ["ENCRYPTED-NAMES"]
    assert look("ENCRYPTED-OPENED", "ENCRYPTED-OPENED") == ["ENCRYPTED-OPENED"]
    assert look(anomalies=("ENCRYPTED",)) == ["ENCRYPTED-MEMBER"]


def test_what_is_not():
    assert look("ZIP-OVERLAP", anomalies=("DAMAGED",)) == []
    assert list(Encrypted(SCOPE).conclude(Tally())) == []
