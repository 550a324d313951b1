"""Scripts of documents in other languages than VBA. Light: the plain lane has it, which does without the reader of macros."""

from __future__ import annotations

from gateway.extract.base import Child
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text

MEDIA_TYPE = "text/x-vba"


def script(name: str, data: bytes) -> Child:
    """One script of a document in another language: Basic, Python, BeanShell, JavaScript."""
    text = data.decode("utf-8", "replace")
    return Child(data, ArtifactKind.MACRO, (name,), detected_type=MEDIA_TYPE, observations=(Observation("VBA-MODULE", name),),
                 texts=(Text(text, "macro"),))
