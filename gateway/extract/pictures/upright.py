"""Chinese and Japanese in columns from right to left. Tesseract reads the words of a column as they stand; figures that lie in it
on their side are read in the picture laid on its side, where each column is a line.
"""

from __future__ import annotations

import re

import numpy as np
from PIL import Image

from gateway.extract.pictures import legible, sense

IDEOGRAPHS = re.compile("[\u3041-\u30fc\u3400-\u9fff]")
FEW = 8
"""Ideographs of a page in columns at the least."""
COLUMNS = 0.8
"""Of how much rows differ from the next ones, columns do; where words stand in rows, a third."""
TWICE = 1.9
"""Times that a picture is too high where type of columns was taken for smaller than it is."""
DARK, DUST = 128, 0.004
"""Grey of ink; share of ink in a row or column of pixels up to which it is room."""
LEAST_ROOM, MORE = 0.25, 1.5
"""Share of room between columns; how many times that between characters."""
ROOM = re.compile("(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])")
"""Blanks that Tesseract puts between ideographs of a column."""
FIGURES = re.compile(r"[0-9A-Z][0-9A-Z\-/.]{5,}[0-9A-Z]|[0-9]{4}(?: [0-9]{4}){2,3}")
STACKED = 6
"""Digits of a column that stand upright, one below the other."""


def likely(picture: Image.Image, read: str) -> bool:
    """Whether a fitted picture, of which that was read in lines, shows columns: then it has no word that is known in lines."""
    if sense.labelled(read):
        return False
    between, within = _room(picture)
    return between > max(LEAST_ROOM, MORE * within) or (between > within and legible.sideways(picture, COLUMNS))


def _room(picture: Image.Image) -> tuple[float, float]:
    """Share of room between columns, and from character to character down the page."""
    ink = np.asarray(picture) < DARK
    room = []
    for marks in (ink.sum(axis=0) / ink.shape[0], ink.sum(axis=1) / ink.shape[1]):
        full = np.nonzero(marks > DUST)[0]
        room.append(1 - len(full) / (full[-1] - full[0] + 1) if len(full) else 0.0)
    return room[0], room[1]


def said(columns: str, lines: str) -> str:
    """What the columns say, and where each has its line, its words with the figures of that; '' where there are no columns."""
    read = [ROOM.sub("", column) for column in columns.split("\n") if column.strip()]
    across = [line for line in lines.split("\n") if line.strip()]
    if len(IDEOGRAPHS.findall(columns)) < FEW:
        return ""
    if len(read) != len(across):
        return "\n".join(read)
    return "\n".join(_beside(column, line) for column, line in zip(read, across, strict=True))


def _beside(column: str, line: str) -> str:
    figures = max(FIGURES.findall(line), key=len, default="")
    if not any(map(str.isdigit, figures)) or sum(map(str.isdigit, column)) >= STACKED:
        return column
    return f"{''.join(IDEOGRAPHS.findall(column))} {figures}"
