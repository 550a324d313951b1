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
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import payment
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, UPPER, Characters
from gateway.identifiers.registry import SHAPES, TYPES, IdentifierType

SHORTEST, LONGEST = 11, 400
"""Characters of a run: a number behind a code of one digit, up to a whole record."""
RUN = re.compile(rf"(?<![0-9A-Z])[0-9A-Z]{{{SHORTEST},{LONGEST}}}+(?![0-9A-Za-z])")
LEAST = 5
"""Records of one file."""
MOST = 20_000
"""Records of one length that are looked at."""
MOST_LENGTHS = 8
"""Lengths of records that are tried: those that most have."""
FIT, RIGHT = 0.9, 0.9
"""Of the records, as many have a number's letters and digits in the place; of these, as many pass."""
SAMPLE, SLACK = 24, 0.2
"""Records that tell whether a place is worth all the others, and by how much fewer of them may be right."""
CHANCE = 1e-5
"""Of a file of serials, that any of its places looks so."""
LENGTHS = {"LD9": 10, "D18": 18, "D13": 13, "D12": 12, "D16": 16, "LD7": 8}
LETTERS = {"LD9": 1, "LD7": 1}
CAPITALS, SHORTEST_NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2
SHORTER = (15, 14)
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
    if len(grid.starts) < LEAST or len(runs := _runs(grid)) < LEAST:
        return
    cards: set[int] = set()
    for alike in _alike(runs):
        done: list[Span] = []
        promising = _promising(grid.text, alike)
        runs_alike: list[Span] = [(begin, end) for begin, end in alike.tolist()] if promising else []
        for place in sorted(_places(grid.text, runs_alike, promising) if promising else (), key=lambda place: place.chance):
            span = place.at, place.at + LENGTHS[place.shape]
            if any(span[0] < end and begin < span[1] for begin, end in done):
                continue
            done.append(span)
            if place.shape == "D16" and span[1] == alike[0][1] - alike[0][0]:
                cards.add(place.at)
            for row, value in place.values.items():
                begin = runs_alike[row][0] + place.at
                yield place.at, Token(_shape(value, place.shape), value, begin, begin + len(value))


    for at in sorted(cards):
        yield from _shorter(grid.text, runs, at)


def _shorter(text: str, runs: np.ndarray, at: int) -> Iterator[tuple[int, Token]]:
    """Cards of 15 and 14 digits that end their runs, in the place where runs that are longer end with cards of 16."""
    for size in SHORTER:
        for begin, end in runs[runs[:, 1] - runs[:, 0] == at + size].tolist():
            if payment.card(text[begin + at:end]):
                yield at, Token(f"D{size}", text[begin + at:end], begin + at, end)


def _shape(value: str, shape: str) -> str:
    if value[-1] == "X":
        return "D17X"
    return "LLD8" if shape == "LD9" and value[1].isalpha() else shape


def _runs(grid: Grid) -> np.ndarray:
    """The first run of each line, begin and end; where their lengths differ, without the first word of a name right behind it."""
    spans = _all_runs(grid)
    if not LEAST <= len(spans) <= MOST or 2 * np.bincount(spans[:, 1] - spans[:, 0]).max() > len(spans):
        return spans
    ends = [begin + len(grid.text[begin:end].rstrip(CAPITALS)) for begin, end in spans.tolist()]
    named = (spans[:, 1] - ends >= SHORTEST_NAME) & (ends - spans[:, 0] >= SHORTEST)
    return np.stack((spans[:, 0], np.where(named, ends, spans[:, 1])), axis=1)


def _all_runs(grid: Grid) -> np.ndarray:
    if grid.characters is None:
        found = [match.span() for row in range(len(grid.starts))
                 if (match := RUN.search(grid.text, grid.starts[row], grid.end(row))) is not None]
        return np.array(found, np.int64).reshape(-1, 2)
    spans = grid.characters.gathered(_long).reshape(-1, 2)
    rows = np.searchsorted(grid.lines, spans[:, 0], "right") - 1
    first = np.concatenate((rows[:1] >= 0, rows[1:] != rows[:-1]))
    return np.asarray(spans[first])


def _long(found: Characters) -> np.ndarray:
    """Where RUN matches: begin and end of each. Looked for four characters at a time, as one number: each run has two."""
    among = found.are(DIGIT | UPPER)
    fours = among[MARGIN:MARGIN + len(found.text) // 4 * 4].view(np.uint32) == _ALL_FOUR
    edges = np.flatnonzero(np.diff(np.concatenate(([False], fours, [False]))))
    first, last = edges[0::2], edges[1::2]
    few = last - first < (SHORTEST - 3) // 4
    begin, end = first[~few] * 4 + MARGIN, last[~few] * 4 + MARGIN
    for _ in range(3):                                    # what the run has of the fours before and behind
        begin = begin - among[begin - 1]
        end = end + among[end]
    size = end - begin
    spans = np.stack((begin, end), axis=1)[(size >= SHORTEST) & (size <= LONGEST) & ~found.are(LETTER)[end]]
    return np.asarray(spans.ravel() - MARGIN)


_ALL_FOUR = np.ones(4, bool).view(np.uint32)[0]


def _alike(runs: np.ndarray) -> Iterator[np.ndarray]:
    """Runs of one length, which most of them have; a name in another script may stand behind them."""
    lengths = runs[:, 1] - runs[:, 0]
    counts = np.bincount(lengths)
    often = np.argsort(-counts, kind="stable")[:MOST_LENGTHS]
    for length in often[counts[often] >= LEAST].tolist():
        yield runs[lengths == length][:MOST]


def _promising(text: str, runs: np.ndarray) -> set[tuple[str, int]]:
    """Shapes and places that a sample of the records does not speak against; of few records all."""
    some: list[Span] = [(begin, end) for begin, end in runs[::max(1, len(runs) // SAMPLE)].tolist()]
    wanted = {(shape, at) for shape in LENGTHS for at in range(some[0][1] - some[0][0] - LENGTHS[shape] + 1)}
    if len(runs) < 2 * SAMPLE:
        return wanted
    return {(place.shape, place.at) for place in _places(text, some, wanted, RIGHT - SLACK, 1.0)}


def _places(text: str, runs: list[Span], wanted: set[tuple[str, int]], right: float = RIGHT,
            most: float = CHANCE) -> Iterator[_Place]:
    octets = np.frombuffer("".join(text[begin:end] for begin, end in runs).encode(), np.uint8).reshape(len(runs), -1)
    digit, taken = (octets >= 48) & (octets < 58), (octets == 48) | (octets == 49)
    upper, ten, second = ((octets >= 65) & (octets <= 90)) | taken, digit | (octets == 88), digit | (octets >= 65) & (octets <= 68)
    width = octets.shape[1]
    for shape, length in LENGTHS.items():
        letters = LETTERS.get(shape, 0)
        for at in range(width - length + 1) if width > length else ():
            if (shape, at) not in wanted:
                continue
            begin = at + 2 if shape == "LD9" else at + letters
            fit = digit[:, begin:at + length - 1].all(axis=1) & upper[:, at:at + letters].all(axis=1)
            fit &= (ten if shape == "D18" else digit)[:, at + length - 1] & second[:, min(at + 1, width - 1)]
            if fit.sum() >= max(LEAST, (FIT - RIGHT + right) * len(runs)):
                place = _tried(text, runs, np.flatnonzero(fit).tolist(), shape, at, right)
                if place is not None and place.chance <= most:
                    yield place


def _tried(text: str, runs: list[Span], rows: list[int], shape: str, at: int, right: float) -> _Place | None:
    values = {row: read(text[runs[row][0] + at:runs[row][0] + at + LENGTHS[shape]], shape) for row in rows}
    distinct = list(dict.fromkeys(values.values()))
    if len(distinct) < LEAST:
        return None
    tried = [(kinds, _passed(distinct, kinds, (1 - right) * len(distinct))) for kinds in _kinds(shape)]
    found = [(tail(len(distinct), len(passed), max(kind.chance for kind in kinds)), passed) for kinds, passed in tried if passed]
    if not found:
        return None
    chance, passed = min(found, key=lambda one: one[0])
    places = (runs[0][1] - runs[0][0]) * len(LENGTHS)
    return _Place(shape, at, chance * places, {row: value for row, value in values.items() if value in passed})


def _passed(values: list[str], kinds: list[IdentifierType], most: float) -> set[str]:
    """The values that pass a check; none where more fail than `most`."""
    failed, passed = 0, set()
    for value in values:
        if any(kind.check(value) for kind in kinds):
            passed.add(value)
        elif (failed := failed + 1) > most:
            return set()
    return passed


def _kinds(shape: str) -> list[list[IdentifierType]]:
    """Types that are tried, those together that one file mixes."""
    kinds = [TYPES[name] for name in SHAPES[shape] if not TYPES[name].labelled]
    return [kinds] if shape == "LD9" else [[kind] for kind in kinds]


def read(value: str, shape: str) -> str:
    """The number with the letter that was taken for a digit of it."""
    return TAKEN_FOR.get(value[0], value[0]) + value[1:] if shape in LETTERS else value
