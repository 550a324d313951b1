from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample


def test_observations_are_picked_by_code():
    sample = Sample(Artifact(0, None, ArtifactKind.PART), b"", observations=[Observation("A", "1"), Observation("B"), Observation("A")])
    assert [o.detail for o in sample.observed("A", "C")] == ["1", ""]
