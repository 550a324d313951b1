"""Plots as shapes for a template: stacked bars over days, and a ranking. SVG made here, without a style or a script of its own;
the numbers stand beside it as a table, for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
LEFT, BOTTOM, TOP = 44, 26, 12           # room for the scale, the days, the highest bar
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """Numbers are written out: a template would write them as the language does."""

    x: str
    y: str
    width: str
    height: str
    shade: str                           # a class of the style sheet


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of the scale or the name of a day, at its place."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    shade: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    title: str
    days: tuple[str, ...]
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    scale: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM

    @property
    def table(self) -> list[tuple[str, list[int]]]:
        return [(day, [one.values[n] for one in self.series]) for n, day in enumerate(self.days)]

    @property
    def total(self) -> int:
        return sum(sum(one.values) for one in self.series)


@dataclass(frozen=True, slots=True)
class Rank:
    name: str
    number: int
    width: str                           # of 100
    link: str = ""


def ceiling(highest: int) -> int:
    """A round number that is not below the highest."""
    step = 1
    while True:
        for factor in STEPS:
            if factor * step >= highest:
                return factor * step
        step *= 10


def stacked(title: str, days: Sequence[str], series: Sequence[Series]) -> Stacked:
    """One bar a day, the series on top of one another in their order."""
    top = ceiling(max((sum(one.values[n] for one in series) for n in range(len(days))), default=0) or 1)
    room, step = HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / max(1, len(days))
    bars = []
    for n in range(len(days)):
        floor = float(HEIGHT - BOTTOM)
        for one in series:
            if one.values[n]:
                high = max(1.0, one.values[n] / top * room)
                floor -= high
                left = LEFT + n * step + step * 0.15
                bars.append(Bar(f"{left:.1f}", f"{floor:.1f}", f"{step * 0.7:.1f}", f"{high:.1f}", one.shade))
    parts = (0.0, 0.5, 1.0) if top > 1 else (0.0, 1.0)
    scale = tuple(Mark(f"{HEIGHT - BOTTOM - part * room:.1f}", short(round(top * part))) for part in parts)
    every = max(1, len(days) // 7)
    labels = tuple(Mark(f"{LEFT + n * step + step / 2:.1f}", day) for n, day in enumerate(days) if n % every == 0)
    return Stacked(title, tuple(days), tuple(series), tuple(bars), scale, labels)


def ranked(rows: Sequence[tuple[str, int, str]], most: int = 8) -> list[Rank]:
    """(name, number, link), the highest first; bars are relative to the highest."""
    kept = sorted(rows, key=lambda row: (-row[1], row[0]))[:most]
    highest = max((number for _, number, _ in kept), default=0) or 1
    return [Rank(name, number, f"{max(1.0, number / highest * 100):.1f}", link) for name, number, link in kept]


def short(number: int) -> str:
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return str(number)
