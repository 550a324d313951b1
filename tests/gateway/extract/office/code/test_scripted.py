from __future__ import annotations

from gateway.extract.office.code.scripted import MEDIA_TYPE, script
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation


def test_a_script_is_a_macro_by_its_name() -> None:
    child = script("Open", "Msgbox 報".encode())
    assert (child.kind, child.names, child.detected_type) == (ArtifactKind.MACRO, ("Open",), MEDIA_TYPE)
    assert child.observations == (Observation("VBA-MODULE", "Open"),) and child.texts[0].content == "Msgbox 報"
