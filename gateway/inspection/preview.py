"""Safe text of a message for the console: header lines, texts, macro source, the tree. No markup, no control characters."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.extract.mime.headers import decoded, parse_headers, split
from gateway.extract.mime.outline import ARMOUR, outline
from gateway.inspection.protocol import PREVIEW_TEXT, PREVIEW_TEXTS
from gateway.model.artifact import ArtifactKind, ArtifactTree
from gateway.model.content import Sample

LONGEST_HEADER = 2000                    # characters of one value
TOTAL = PREVIEW_TEXTS
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the reading direction: what is shown must stand in the order in which it was written."""

Row = tuple[str, ...]


@dataclass(slots=True)
class Collected:
    """Gathers texts while the walk goes by. Rows name artifacts by id until the tree is known."""

    texts: list[tuple[int, str, str]] = field(default_factory=list)
    macros: list[tuple[int, str]] = field(default_factory=list)
    left: int = TOTAL
    sealed: bool = False                 # signed or encrypted text, also where it came encoded

    def visit(self, sample: Sample) -> None:
        if sample.artifact.kind is ArtifactKind.MACRO:
            self.macros.append((sample.artifact.id, self.take(sample.data.decode("utf-8", "replace"))))
            return
        self.sealed = self.sealed or any(mark in sample.data for mark in ARMOUR)
        for text in sample.texts:
            if text.source.startswith("header ") or self.left <= 0:
                continue
            source = f"{text.source} (hidden)" if text.hidden else text.source
            self.texts.append((sample.artifact.id, source, self.take(text.content)))

    def take(self, text: str) -> str:
        text = safe(text[:min(PREVIEW_TEXT, max(0, self.left))])
        self.left -= len(text)
        return text

    def sections(self, data: bytes, tree: ArtifactTree) -> dict[str, list[Row]]:
        head, _ = split(data)
        headers = [(safe(header.name), safe(decoded(header.raw)[:LONGEST_HEADER])) for header in parse_headers(head)]
        return {
            "spans": self.spans(data),
            "headers": [*headers],
            "texts": [(tree.path(id), source, text) for id, source, text in self.texts],
            "macros": [(tree.path(id), text) for id, text in self.macros],
            "artifacts": [(tree.path(a.id), a.kind.value, a.detected_type, str(a.size)) for a in tree.artifacts],
        }

    def spans(self, data: bytes) -> list[Row]:
        """Where the parts are that may be taken out; one row "sealed" where none may, because the mail is signed."""
        seen = outline(data)
        if self.sealed or seen.sealed:
            return [("sealed", "", "")]
        return [(label, str(start), str(end)) for label, (start, end) in seen.spans.items()]


def safe(text: str) -> str:
    """Line ends and tabs stay; other control characters, bidi marks and lone surrogates are shown as escapes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or (c.isprintable() and c not in BIDI) or c == "\u3000" or c == "\u00a0"
                   else f"\\u{ord(c):04x}" for c in text)
