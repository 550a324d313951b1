"""What is drawn over type or between it and keeps Tesseract from reading: red seals, the lines of tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter, ImageStat

from gateway.extract.pictures.legible import runs

RED, BLUE = (35, 120), (50, 150)
"""Steps by which red is brighter than green and blue in the ink of a seal, or blue than red and green, and how bright it is at the
least: pens write in darker blue, whose edges are paler."""
INK = 110
"""Brightness of the strongest colour, below which a pixel is type."""
SPREAD = 0.5
"""Share of what is printed over which red is spread that is no seal, but type: every other row of a table, say."""
NEAR, OVER = 5, 0.02
"""A seal lies on black type: so many pixels of that, in parts of all of it, are near its red. Lines of red type stand apart."""
LINES, FLECKS = 1.5, 2
"""Height of lines of red type, in heights of the other type; marks of a row of pixels that are none."""
FAR_OVER, LETTERS = 0.1, 6
"""The same of red that is a line of letters, as the number of an identity card is, and how many of these at the least."""
FRINGE, SOLID = 3, 0.05
"""Pixels across that the coloured edges of letters on a screen never fill (ClearType), and the share of a seal that does."""
EDGE = 3
"""Pixels across of which the middle one is of a seal and all are taken with it."""
PAPER = 160
"""Brightness of the strongest colour in most of a picture, at the least: a seal is stamped on paper, around white letters on a blue
card its colour is uneven."""
LEAST_RED = 200
"""Pixels; fewer are no seal."""
LARGEST = 4000
"""Long side in pixels of what is looked at; larger pictures are made smaller to be read anyway."""
LINE = 40
"""Pixels of a line at the least: more than any letter of fitted type is wide or high."""
THICK = 8
"""Pixels of a stroke that is no line of a table."""
GAP, LEADER = 6, 120
"""Pixels to each side of a dot that are part of its line, and such a line at the least: hyphens and dashes are shorter."""
DARK, PALE = 150, 200
"""Grey of lines, and of those that part the cells of a screen, behind which Tesseract may take all of a table for a picture."""
LEAST_LINES = 200
"""Pixels of all lines; fewer are no table."""
UNDER = 0.82
"""Of what a seal reflects of its own colour, what it reflects where type is under it, at the most."""


def unsealed(picture: Image.Image) -> Image.Image:
    """A colour picture without what is stamped in red or blue, where most of its type is not of that colour."""
    if picture.mode != "RGB" or max(picture.size) > LARGEST:
        return picture
    red, green, blue = picture.split()
    picture = _unsealed(picture, RED, red, green, blue)
    return _unsealed(picture, BLUE, blue, red, green)


def _unsealed(picture: Image.Image, seals: tuple[int, int], ink: Image.Image, one: Image.Image, other: Image.Image) -> Image.Image:
    """`seals`: RED or BLUE; `ink`: the band of their colour; the other bands."""
    by, least = seals
    over_one = ImageChops.subtract(ink, one)
    if over_one.getextrema()[1] <= by:                    # a picture without that colour
        return picture
    stronger = ImageChops.darker(over_one, ImageChops.subtract(ink, other))
    bright = ink.point(lambda v: 255 if v > least else 0)                                # type below it stays dark
    seal = ImageChops.darker(stronger.point(lambda v: 255 if v > by else 0), bright)
    stamped = seal.histogram()[255]
    if stamped < LEAST_RED or _solid(seal) < SOLID * stamped:
        return picture
    strongest = ImageChops.lighter(ImageChops.lighter(ink, one), other)
    if ImageStat.Stat(strongest).median[0] < PAPER:
        return picture
    type_ = strongest.point(lambda v: 255 if v < INK else 0)
    spread = _room(seal) > SPREAD * _room(picture.getchannel("G").point(lambda v: 255 if v < BLUE[1] else 0))
    touched = ImageChops.multiply(type_, grown(seal, NEAR)).histogram()[255] / max(1, type_.histogram()[255])
    if (spread or _tallest(seal) <= LINES * _tallest(type_)) and touched < OVER:
        return picture
    if stamped > 3 * sum(strongest.histogram()[:INK]) or (touched < FAR_OVER and _a_line(seal)):
        return picture
    below = int(UNDER * ImageStat.Stat(strongest, seal).median[0])  # a seal that lies over type and lets it through is darker there
    type_ = ImageChops.lighter(type_, strongest.point(lambda v: 255 if v < below else 0))
    edges = ImageChops.subtract(grown(seal, EDGE), type_)          # half of its colour, dust when it is gone
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, edges)


def grown(marks: Image.Image, side: int) -> Image.Image:
    """Black and white with all white that is in a square around white; a tenth of what MaxFilter costs."""
    return marks.filter(ImageFilter.BoxBlur(side // 2)).point(lambda v: 255 if v else 0)


def _solid(marks: Image.Image) -> int:
    """Pixels of the marks around which all are such."""
    return marks.filter(ImageFilter.BoxBlur(FRINGE // 2)).histogram()[255]


def _a_line(marks: Image.Image) -> bool:
    """Whether the tallest stretch of rows that all have marks is a line of letters: many marks side by side, none of them wide."""
    full = np.asarray(marks) > 0
    steps = np.diff(np.concatenate(([0], (np.count_nonzero(full, axis=1) > FLECKS).astype(np.int8), [0])))
    first, last = np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0]
    if not len(first):
        return False
    at = int(np.argmax(last - first))
    high = int(last[at] - first[at])
    steps = np.diff(np.concatenate(([0], (np.count_nonzero(full[first[at]:last[at]], axis=0) > FLECKS).astype(np.int8), [0])))
    wide = np.nonzero(steps == -1)[0] - np.nonzero(steps == 1)[0]
    return len(wide) >= LETTERS and int(wide.max()) <= LINES * high


def _tallest(marks: Image.Image) -> int:
    """Rows of the tallest stretch of rows that all have marks: of type its height, of a seal its own."""
    full = np.count_nonzero(np.asarray(marks), axis=1) > FLECKS
    steps = np.diff(np.concatenate(([0], full.astype(np.int8), [0])))
    return int(max(np.nonzero(steps == -1)[0] - np.nonzero(steps == 1)[0], default=0))


def _room(marks: Image.Image) -> int:
    """Pixels of the rectangle in which all marks are."""
    left, top, right, bottom = marks.getbbox() or (0, 0, 0, 0)
    return (right - left) * (bottom - top)


def unruled(picture: Image.Image, palest: int = DARK) -> Image.Image | None:
    """A grey picture, dark on light, without straight thin lines; None where it has none."""
    grey = np.asarray(picture)
    dark = grey < palest
    across, down = runs(dark, LINE), runs(dark.T, LINE).T
    lines = (across & (~runs(dark.T, THICK).T | down)) | (down & (~runs(dark, THICK) | across)) | _leaders(dark)
    if int(lines.sum()) < LEAST_LINES:
        return None
    wide = lines.copy()                                   # their edges are grey
    wide[1:] |= lines[:-1]
    wide[:-1] |= lines[1:]
    wide[:, 1:] |= lines[:, :-1]
    wide[:, :-1] |= lines[:, 1:]
    return Image.fromarray(np.where(wide, np.uint8(255), grey))


def _leaders(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of dots or dashes on which something is written."""
    closed = np.asarray(Image.fromarray(dark).convert("L").filter(ImageFilter.BoxBlur((GAP, 0)))) > 0
    thin = closed & ~runs(closed.T, THICK).T
    leaders: NDArray[np.bool_] = dark & runs(thin, LEADER)
    return leaders
