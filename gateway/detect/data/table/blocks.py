"""Tables that stand side by side on one sheet, an empty column between them: a row of the sheet holds those of several people.

    Name    SSN             Name    Card number
    Ann …   …               Bob …   …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gateway.identifiers.terms import Labels
from gateway.model.content import Table

SEARCHED = 8
"""Rows from the top among which the headings are looked for."""
LEAST = 5
"""Columns of two tables of two each, and the empty one."""
MOST = 200
"""Columns of a heading that is looked at."""


def apart(table: Table, labels: Labels) -> Iterator[Table]:
    """Each table with a column of names of its own, or the one there is."""
    cuts = next(filter(None, (_cuts(table.rows, at, labels) for at in range(min(SEARCHED, len(table.rows))))), [])
    for begin, end in zip([0, *cuts], [*cuts, None], strict=True):
        yield replace(table, rows=tuple(row[begin:end] for row in table.rows)) if cuts else table


def _cuts(rows: Sequence[tuple[str, ...]], at: int, labels: Labels) -> list[int]:
    """Columns in which a table begins behind another one, where row `at` names people in each; [] where it does not."""
    heading = rows[at]
    if not LEAST <= len(heading) <= MOST or "" not in heading:
        return []
    named = [i for i, cell in enumerate(heading) if cell and "name" in labels.heading(cell)]
    cuts = [next((i for i in range(other - 1, one, -1) if not heading[i] and _empty(rows[at:], i)), 0)
            for one, other in pairwise(named)]
    return cuts if all(cuts) else []


def _empty(rows: Sequence[tuple[str, ...]], column: int) -> bool:
    return not any(len(row) > column and row[column].strip() for row in rows)
