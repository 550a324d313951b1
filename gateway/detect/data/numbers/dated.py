"""A few records of fixed length whose number stands against a birth date: `000017B12345678919800102000125000`.

Three records are too few for check digits alone (fixed.py). But where all of them have a day on which somebody may be born in one
place, and a right number right before or behind it, they are people's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.detect.data.numbers.fixed import LENGTHS, RUN, read
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.registry import TYPES

BORN = re.compile(r"(?=(?:19[3-9][0-9]|200[0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))")
SIZE = 8
"""Characters of such a day."""
LEAST, MOST = 3, 60
"""Records, and lines of a text that is looked at; of longer ones the check digits tell enough."""
FORMS = {"LD9": re.compile("[A-Z01][1289A-D][0-9]{8}"), "D12": re.compile("[0-9]{12}"), "D13": re.compile("[0-9]{13}"),
         "D16": re.compile("[3-6][0-9]{15}")}
KINDS = {"LD9": ("tw.national_id", "tw.resident_id"), "D12": ("jp.my_number",), "D13": ("kr.rrn",), "D16": ("card",)}


def records(grid: Grid) -> Iterator[tuple[str, Token]]:
    """The numbers and the names of their types."""
    if not LEAST <= len(grid.starts) <= MOST or BORN.search(grid.text) is None:
        return
    found = (RUN.search(grid.text, start, grid.end(row)) for row, start in enumerate(grid.starts))
    runs = [match.span() for match in found if match is not None]
    days = [{match.start() - begin for match in BORN.finditer(grid.text, begin, end)} for begin, end in runs]
    if len(runs) < LEAST or len({end - begin for begin, end in runs}) > 1:
        return
    for at in sorted(set.intersection(*days)):
        for shape, form in FORMS.items():
            for first in (at - LENGTHS[shape], at + SIZE):
                spans = [(begin + first, begin + first + LENGTHS[shape]) for begin, _ in runs] if first >= 0 else []
                if spans and all(form.fullmatch(grid.text, *span) for span in spans):
                    yield from _right(grid.text, spans, shape)


def _right(text: str, spans: list[tuple[int, int]], shape: str) -> Iterator[tuple[str, Token]]:
    """The numbers of one place where all of them are right, and not one."""
    values = [read(text[begin:end], shape) for begin, end in spans]
    names = [next((name for name in KINDS[shape] if TYPES[name].check(value)), "") for value in values]
    if all(names) and len(set(values)) >= LEAST:
        for name, value, span in zip(names, values, spans, strict=True):
            yield name, Token("LLD8" if value[:2].isalpha() else shape, value, *span)
