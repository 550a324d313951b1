import pytest

from gateway.detect.archive_abuse import TABLE, ArchiveAbuse
from gateway.detect.base import Scope, Tally
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "a@b.example", (), ())


def look(*codes):
    sample = Sample(Artifact(3, None, ArtifactKind.ARCHIVE), b"", observations=[Observation(c, "客戶.exe") for c in codes])
    return list(ArchiveAbuse(SCOPE).look(sample))


@pytest.mark.parametrize("code", TABLE)
def test_each_row(code):
    finding, = look(code)
    assert (finding.code, finding.severity) == TABLE[code]
    assert finding.code.startswith("ARCHIVE-") and finding.category == "archive" and finding.artifact == 3


def test_contradictions_are_high():
    for code in TABLE:
        if code.endswith(("-DIFFER", "-DIFFERS")):
            assert TABLE[code][1] is Severity.HIGH


def test_counts_and_no_content_in_evidence():
    finding, = look("ZIP-OVERLAP", "ZIP-OVERLAP")
    assert finding.count == 2 and finding.evidence == ()


def test_what_is_not_ours_is_left_alone():
    assert look("NAME-BIDI", "OOXML-EXTERNAL-TEMPLATE") == []
    assert list(ArchiveAbuse(SCOPE).conclude(Tally())) == []
