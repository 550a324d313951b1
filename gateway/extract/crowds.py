"""Texts of more elements than anybody writes, told by counting octets before any reader works through them.

Every reader pays by the element, not by the octet: a line, a cell, a tag, an attribute, an escape.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np

from gateway.extract import floods
from gateway.extract.base import Problem
from gateway.model.artifact import Artifact
from gateway.model.content import Sample
from gateway.model.finding import IncidentCode

SMALL = 1 << 20
"""Octets below which nothing costs much."""
PIECE = 1 << 20
LINES = 1_500_000
"""Of one text; a spreadsheet opens 1,048,576."""
SHORT_LINES, SHORT = 400_000, 8
"""Lines of fewer octets on the average than any identifier has: so many are no list."""
MARKS: dict[str, tuple[str, int]] = {
    ",": ("commas", 3_000_000), ";": ("semicolons", 3_000_000), "\t": ("tabs", 3_000_000), "|": ("bars", 3_000_000),
    "%": ("escapes", 4_000_000), "\\": ("escapes", 4_000_000), "&": ("references", 2_000_000),
}
"""Cells of a text as large as a mail with ten characters each; escapes and references of one."""
MARKUP: dict[str, dict[str, tuple[str, int]]] = {
    "text/html": {"<": ("elements", 1_000_000), "=": ("attributes", 2_000_000)},
    "image/svg+xml": {"<": ("elements", 1_000_000), "=": ("attributes", 2_000_000)},
    "text/xml": {"<": ("elements", 3_000_000), "=": ("attributes", 3_000_000)},
}
"""Tables of 30,000 rows as a page have 350,000 tags, and the largest exports in XML two million."""
TEXTS = frozenset({"application/json", "image/svg+xml", "application/xml"})
ELEMENTS = 1_500_000
"""Signs that begin a tag, in all pages of a message: the documentation of a program in a thousand pages has a million."""

CODINGS = frozenset({
    "hex", "base32", "small base32", "base32hex", "base64", "grouped base64", "base85", "ascii85", "dump", "numbers", "octets",
    "spaced numbers", "calls", "bits", "query", "coded", "paragraph", "uuencode", "yenc", "binhex",
})
"""Labels of what was written out as characters within a text. Programs write escapes and references for every foreign letter."""
CODED = 8 << 20
"""Octets of text in codings, together, where each is read for people and numbers: who writes out so much sends a file."""
LAYERED = 4 << 20
"""Octets in codings that stood in codings themselves: each layer is read like a text of its own."""


def written(kind: str) -> bool:
    """Types whose octets are characters, any beginning of which is one of the type."""
    return kind.startswith("text/") or kind in TEXTS


@dataclass(slots=True)
class Together:
    """What all pages and pictures of a message have, counted before one of them is read."""

    elements: int = 0
    blank: int = 0                       # pixels, as floods.BLANK_PIXELS
    dense: int = 0                       # pixels, as floods.DENSE_PIXELS
    coded: int = 0                       # octets, as CODED
    layered: int = 0                     # octets, as LAYERED
    within: set[int] = field(default_factory=set)        # ids of what came out of a coding, and of all in there
    undone: set[str] = field(default_factory=set)        # SHA-256 of what was counted: two readers may find the same

    def add(self, kind: str, data: bytes) -> Problem | None:
        """What there is too much of with this one; a page that has too many elements alone is told so elsewhere."""
        found = data.count(b"<") if kind in ("text/html", "image/svg+xml") else 0
        self.elements += found if found <= MARKUP["text/html"]["<"][1] else 0
        blank, dense = floods.pixels(kind, data)
        self.blank, self.dense = self.blank + blank, self.dense + dense
        if self.elements > ELEMENTS:
            return Problem(IncidentCode.COUNT, f"more than {ELEMENTS} elements in all pages")
        if self.blank > floods.BLANK_PIXELS or self.dense > floods.DENSE_PIXELS:
            return Problem(IncidentCode.RATIO, "pictures of more pixels together than their octets can tell")
        return None

    def add_coded(self, artifact: Artifact, outbound: bool) -> Problem | None:
        """The same of what came out of a coding, or stands in such a thing."""
        layered, coded = artifact.parent in self.within, artifact.label in CODINGS and artifact.sha256 not in self.undone
        if layered or artifact.label in CODINGS:
            self.within.add(artifact.id)
        if coded:
            self.undone.add(artifact.sha256)
            self.coded += artifact.size if artifact.detected_type.startswith("text/") else 0
            self.layered += artifact.size if layered else 0
        if self.layered > LAYERED:
            return Problem(IncidentCode.SIZE, f"more than {LAYERED} octets in codings within one another")
        if outbound and self.coded > CODED:
            return Problem(IncidentCode.SIZE, f"more than {CODED} octets of text written in codings")
        return None


AFTER_FLOOD = 1 << 20
"""Characters and cells of one node that are still judged once it broke a limit: the message is held anyway, CPU is not for it."""
WIDEST = 4                               # octets of one character


def longer_than(data: bytes, characters: int) -> bool:
    """True where these octets are certainly more characters than that."""
    return len(data) > characters and (len(data) > WIDEST * characters or (b"\0" not in data[:4096] and data.isascii()))


def shorten(sample: Sample) -> None:
    """Keeps the first AFTER_FLOOD characters of the texts, and cells of the tables."""
    room = AFTER_FLOOD
    for number, text in enumerate(sample.texts):
        sample.texts[number] = replace(text, content=text.content[:room])
        room -= min(room, len(text.content))
    room = AFTER_FLOOD
    for number, table in enumerate(sample.tables):
        kept = bisect_right(list(accumulate(map(len, table.rows))), room)
        sample.tables[number] = replace(table, rows=table.rows[:kept])
        room -= sum(map(len, table.rows[:kept]))


def crowd(kind: str, data: bytes) -> str:
    """What there is too much of in octets of this type, "" for what anybody may have written."""
    if len(data) < SMALL or not written(kind):
        return ""
    counts = _counts(data)
    lines = int(max(counts[ord("\n")], counts[ord("\r")]))
    if lines > LINES or (lines > SHORT_LINES and len(data) < SHORT * lines):
        return f"{lines} lines"
    marks = MARKS | MARKUP.get("text/xml" if kind.endswith("/xml") else kind, {})
    return next((f"more than {most} {name}" for mark, (name, most) in marks.items() if counts[ord(mark)] > most), "")


def _counts(data: bytes) -> np.ndarray:
    """How often each octet is there."""
    raw = np.frombuffer(data, np.uint8)
    found = np.zeros(256, np.int64)
    for begin in range(0, len(raw), PIECE):
        found += np.bincount(raw[begin:begin + PIECE], minlength=256)
    return found
