"""The text boxes of a slide as rows of a table, by where they stand: their order in the file is that of their making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.extract.pdf.rows import Cell, Piece, tabulated

LEAST = 4
"""Boxes with text that make a table."""
DIGITS = 12
"""Of a length in English Metric Units: the longest slide has eight."""


@dataclass(slots=True)
class _Frame:
    """A shape, or a group whose shapes are placed in its own units ([ECMA-376] 20.1.7.5)."""

    at: tuple[float, float] | None = None
    size: tuple[float, float] = (0, 0)
    inner: tuple[float, float] = (0, 0)
    inner_size: tuple[float, float] = (0, 0)

    def outer(self, left: float, top: float, width: float, height: float) -> tuple[float, float, float, float]:
        """A place in the units of the group as one of what the group stands in."""
        x, y = (mine / theirs if mine and theirs else 1 for mine, theirs in zip(self.size, self.inner_size, strict=True))
        at = self.at or (0, 0)
        return at[0] + (left - self.inner[0]) * x, at[1] + (top - self.inner[1]) * y, width * x, height * y


@dataclass(slots=True)
class Boxes:
    """Takes the elements of a slide that place something, in their order."""

    cells: list[Cell] = field(default_factory=list)
    _groups: list[_Frame] = field(default_factory=list)
    _shape: _Frame | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "grpSp":
            self._groups.append(_Frame())
        elif tag == "sp":
            self._shape = _Frame()
        elif frame := self._shape or (self._groups[-1] if self._groups else None):
            pair = _pair(attributes, ("cx", "cy") if tag in ("ext", "chExt") else ("x", "y"))
            if pair is not None:
                setattr(frame, {"off": "at", "ext": "size", "chOff": "inner", "chExt": "inner_size"}[tag], pair)

    def group_ends(self) -> None:
        if self._groups:
            self._groups.pop()

    def shape_ends(self, lines: Sequence[str]) -> None:
        """`lines`: what the shape says."""
        frame, self._shape = self._shape, None
        if frame is None or frame.at is None or not lines or not frame.size[1]:
            return
        left, top, width, height = (*frame.at, *frame.size)
        for group in reversed(self._groups):
            left, top, width, height = group.outer(left, top, width, height)
        self.cells.append(Cell([Piece(left, left + width, top + height, height, "\n".join(lines), len(self.cells))]))

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """() where nothing stands beside anything."""
        found = tabulated(self.cells) if len(self.cells) >= LEAST else []
        return tuple(found) if any(len(row) > 1 for row in found) else ()


def _pair(attributes: Mapping[str, str], names: tuple[str, str]) -> tuple[float, float] | None:
    """Two lengths; None where they are none, as in extensions, which are elements `ext` too."""
    values = [attributes.get(name, "") for name in names]
    if any(len(value) > DIGITS or not value.removeprefix("-").isdecimal() for value in values):
        return None
    return float(values[0]), float(values[1])
