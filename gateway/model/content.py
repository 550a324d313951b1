"""What passes from extractors to detectors inside the cell: artifacts with their octets, text and observations.

These values never leave the child process.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.model.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Text:
    """Readable text of an artifact. One artifact may have several (two legal charsets, visible and hidden)."""

    content: str
    source: str                          # where in the artifact: "body", "header Subject", "page 3", "comment", "property title"
    charset: str = ""                    # how it was decoded, "" where it was Unicode already
    hidden: bool = False                 # a reader does not see it by default


@dataclass(frozen=True, slots=True)
class Table:
    """Cells that belong together by row: a sheet, a CSV file, a table of a document or of HTML."""

    source: str                          # "sheet 名單", "table 2"
    rows: tuple[tuple[str, ...], ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """A structural fact that an extractor saw in passing and that some detector judges.

    Codes are the extractor's vocabulary, listed in docs/reference/observations.md, such as OOXML-EXTERNAL-TEMPLATE,
    PDF-LAUNCH, NAME-BIDI, ZIP-NAMES-DIFFER, MIME-DUPLICATE-HEADER.
    """

    code: str
    detail: str = ""                     # may hold mail content: the detector masks it


@dataclass(slots=True, eq=False)
class Sample:
    """One artifact with its content, as detectors see it."""

    artifact: Artifact
    data: bytes
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def observed(self, *codes: str) -> list[Observation]:
        return [o for o in self.observations if o.code in codes]
