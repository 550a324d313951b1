"""What a message is made of: a tree of artifacts, from the message down to one macro in a workbook in an archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ArtifactKind(StrEnum):
    MESSAGE = "message"
    PART = "part"                        # a MIME part
    ARCHIVE = "archive"
    MEMBER = "member"                    # of an archive
    MACRO = "macro"                      # source text of one module
    OBJECT = "object"                    # embedded in a document
    SHEET = "sheet"
    TEXT = "text"                        # text or script taken out of something
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One node. Names are data from mail: never a path, never trusted, possibly empty."""

    id: int                              # index in the tree; the message is 0
    parent: int | None
    kind: ArtifactKind
    names: tuple[str, ...] = ()          # every candidate name some reader could see, best one first
    declared_type: str = ""              # lower-case media type, "" where none was declared
    detected_type: str = ""              # by content; see gateway.extract.identify
    sha256: str = ""
    size: int = 0                        # octets
    depth: int = 0
    label: str = ""                      # position shown in the path, such as the MIME part number "2"
    anomalies: tuple[str, ...] = ()      # codes of what is odd about it

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""


@dataclass(frozen=True, slots=True)
class ArtifactTree:
    artifacts: tuple[Artifact, ...] = field(default=())

    def path(self, id: int) -> str:
        """`message > 2 report.zip > invoice.xlsm > Module1`, as people read it."""
        steps: list[str] = []
        node: Artifact | None = self.artifacts[id]
        while node is not None:
            steps.append(step(node))
            node = self.artifacts[node.parent] if node.parent is not None else None
        return " > ".join(reversed(steps))


def step(node: Artifact) -> str:
    """One step of a path: label and name, printable; control and bidi characters are shown as escapes."""
    if node.parent is None:
        return "message"
    text = " ".join(t for t in (node.label, node.name) if t) or node.kind.value
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:160])
