"""Fields of fixed length that nothing parts: `2000017B123456789000001250020261109`, a record a line.

A number that is glued to other digits has no edge to be found by. But where a file has one in the same place of every line, the
check digits of that place are all right, and those of any other place by chance only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gateway.detect.data.judge import tail
from gateway.detect.data.layout import Grid
from gateway.detect.data.tokens import Token
from gateway.identifiers.registry import SHAPES, TYPES, IdentifierType

RUN = re.compile(r"[0-9A-Z]{16,400}(?![0-9A-Za-z])")
LEAST = 5
"""Records of one file."""
MOST = 20_000
"""Lines of one text that are looked at."""
FIT, RIGHT = 0.9, 0.9
"""Of the records, as many have a number's letters and digits in the place; of these, as many pass."""
CHANCE = 1e-5
"""Of a file of serials, that any of its places looks so."""
LENGTHS = {"LD9": 10, "D18": 18, "D13": 13, "D12": 12, "D16": 16, "LD7": 8}
LETTERS = {"LD9": 1, "LD7": 1}
TAKEN_FOR = {"0": "O", "1": "I"}
"""Letters that are read as digits among digits (normalise.py)."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in which a type was found, from the beginnings or the ends of the runs."""

    shape: str
    at: int
    chance: float
    values: dict[int, str]               # by the number of the run


def columns(grid: Grid) -> Iterator[tuple[int, Token]]:
    """The numbers of each such place, and the place."""
    if len(grid.starts) < LEAST or RUN.search(grid.text) is None:
        return
    runs = [match.span() for row in range(min(len(grid.starts), MOST))
            if (match := RUN.search(grid.text, grid.starts[row], grid.end(row))) is not None]
    if len(runs) < LEAST:
        return
    for runs_alike in _alike(runs):
        done: list[Span] = []
        for place in sorted(_places(grid.text, runs_alike), key=lambda place: place.chance):
            span = place.at, place.at + LENGTHS[place.shape]
            if any(span[0] < end and begin < span[1] for begin, end in done):
                continue
            done.append(span)
            for row, value in place.values.items():
                begin = runs_alike[row][0] + place.at
                yield place.at, Token("D17X" if value[-1] == "X" else place.shape, value, begin, begin + len(value))


def _alike(runs: list[Span]) -> Iterator[list[Span]]:
    """Runs of one length, which most of them have; a name in another script may stand behind them."""
    lengths = np.array([end - begin for begin, end in runs])
    for length in np.flatnonzero(np.bincount(lengths) >= LEAST).tolist():
        yield [run for run in runs if run[1] - run[0] == length]


def _places(text: str, runs: list[Span]) -> Iterator[_Place]:
    octets = np.frombuffer("".join(text[begin:end] for begin, end in runs).encode(), np.uint8).reshape(len(runs), -1)
    digit, taken = (octets >= 48) & (octets < 58), (octets == 48) | (octets == 49)
    upper, ten = ((octets >= 65) & (octets <= 90)) | taken, digit | (octets == 88)
    width = octets.shape[1]
    for shape, length in LENGTHS.items():
        letters = LETTERS.get(shape, 0)
        for at in range(width - length + 1) if width > length else ():
            fit = digit[:, at + letters:at + length - 1].all(axis=1) & upper[:, at:at + letters].all(axis=1)
            fit &= (ten if shape == "D18" else digit)[:, at + length - 1]
            if fit.sum() >= max(LEAST, FIT * len(runs)):
                place = _tried(text, runs, np.flatnonzero(fit).tolist(), shape, at, width)
                if place is not None:
                    yield place


def _tried(text: str, runs: list[Span], rows: list[int], shape: str, at: int, width: int) -> _Place | None:
    values = {row: _read(text[runs[row][0] + at:runs[row][0] + at + LENGTHS[shape]], shape) for row in rows}
    distinct = list(dict.fromkeys(values.values()))
    if len(distinct) < LEAST:
        return None
    passed = {value for value in distinct if any(kind.check(value) for kind in _kinds(shape))}
    if len(passed) < RIGHT * len(distinct):
        return None
    chance = tail(len(distinct), len(passed), max(kind.chance for kind in _kinds(shape))) * width * len(LENGTHS)
    return _Place(shape, at, chance, {row: value for row, value in values.items() if value in passed}) if chance <= CHANCE else None


def _kinds(shape: str) -> list[IdentifierType]:
    return [TYPES[name] for name in SHAPES[shape] if not TYPES[name].labelled]


def _read(value: str, shape: str) -> str:
    """The number with the letter that was taken for a digit of it."""
    return TAKEN_FOR.get(value[0], value[0]) + value[1:] if shape in LETTERS else value
