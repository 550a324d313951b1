"""Excel 4 macro sheets in whatever form, rendered as text: one artifact a sheet, so that rules can be run over it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office.markup.xml import XmlRefused, parse
from gateway.extract.office.sheets.ptg import DANGEROUS
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

LINES = 20_000                           # formulas of one macro sheet that are rendered
MEDIA_TYPE = "text/x-xlm"
_AUTO = re.compile(r"^(?:_xlnm[._])?(?:\x01|auto_(?:open|close|activate|deactivate|exec))", re.I)
_CALL = re.compile(r"([A-Z][A-Z0-9.]{2,30})\(")


def auto_name(name: str) -> bool:
    """A defined name that Excel runs by itself. Excel compares the beginning only (auto_open_x runs too)."""
    bare = "".join(c for c in name if c.isprintable() and c not in "\u200b\u200c\u200d\ufeff")
    return _AUTO.match(bare) is not None


def sheet(name: str, lines: list[str], calls: list[str]) -> Iterator[Yield]:
    """The artifact of a macro sheet and what it calls."""
    if len(lines) >= LINES:
        yield Problem(IncidentCode.COUNT, f"{LINES} formulas and more in one macro sheet")
    text = "\n".join(lines[:LINES])
    seen = [Observation("XLM-CALL", call) for call in dict.fromkeys(calls)][:20]
    yield Observation("XLM-SHEET", name)
    yield Child(text.encode("utf-8", "replace"), ArtifactKind.MACRO, (name,), detected_type=MEDIA_TYPE,
                observations=(Observation("XLM-SHEET", name), *seen), texts=(Text(text, "macro"),))


class _Formulas:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.piece: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("f", "v", "t"):
            self.piece = []

    def end(self, tag: str) -> None:
        if tag in ("f", "v", "t") and self.piece is not None:
            text = "".join(self.piece)
            if text and len(self.lines) < LINES:
                self.lines.append(("=" if tag == "f" else "") + text)
            self.piece = None

    def data(self, text: str) -> None:
        if self.piece is not None:
            self.piece.append(text)


def macro_sheet(name: str, data: bytes) -> Iterator[Yield]:
    """xl/macrosheets/*.xml: formulas stand there as text."""
    target = _Formulas()
    problem: XmlRefused | None = None
    try:
        parse(data, target)
    except XmlRefused as error:
        problem = error
    calls = [c for line in target.lines if line[:1] == "=" for c in _CALL.findall(line.upper()) if c in DANGEROUS]
    yield from sheet(name.rpartition("/")[2], target.lines, calls)
    if problem is not None:
        raise problem
