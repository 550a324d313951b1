"""Cells that a format gives with their places, laid out as rows: a few octets can put one cell of many rows far to the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CELLS = 5_000_000
"""Of one workbook that are laid out, empty ones too; beyond, it counts as too big to judge."""
REPEATED = 1_100_000
"""The same where hardly a cell is written: a whole column of one value, as OpenDocument repeats it, has 1,048,576."""
SPARSE = 100
"""Cells that one written cell may take up in a sheet of more than REPEATED."""


@dataclass(slots=True)
class Layout:
    """The sheets of one workbook."""

    taken: int = 0                       # cells, empty ones too

    def rows(self, cells: Mapping[int, Mapping[int, str]], first: int = 0) -> tuple[tuple[str, ...], ...] | None:
        """Row by row, from column `first` to the last written one; None where there is no room for that."""
        wide = sum(max(row) + 1 - first for row in cells.values())
        self.taken += wide
        if self.taken > CELLS or not fits(wide, sum(map(len, cells.values()))):
            return None
        return tuple(tuple(row.get(i, "") for i in range(first, max(row) + 1)) for _, row in sorted(cells.items()))


def fits(cells: int, written: int) -> bool:
    """Whether a sheet is worth its room."""
    return cells < REPEATED or cells < SPARSE * written
