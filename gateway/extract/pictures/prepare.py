"""A picture as it is read first: without its pattern, dots and grain, fitted, the boxes of its forms taken away."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter, ImageStat

from gateway.extract.pictures import boxes, legible, lettering, noise, pattern

GRAINY = 150_000
"""Changes between light and dark along the rows of a fitted picture with few letters, from which on they are grain, which was
enlarged as if it were type. Measured: cards, slips and notes on a table 6,000 to 17,000, the edge of a wood before the sky, from
which Tesseract would read for half a minute, 400,000 to a million."""
STEP = 4
"""Rows of which one is looked at for that."""
BLUR = 2
"""Points to each side that are made one, so that no grain is left, but type."""


def prepared(picture: Image.Image, letters: int) -> tuple[Image.Image, Image.Image]:
    """A grey picture without its pattern or dots, and that fitted, the boxes of forms taken away from both. `letters`: of
    lettering.threes."""
    picture = pattern.without(picture) or noise.quieted(picture)
    plain, fitted = _fitted(picture)
    if letters < lettering.PAGE and _grainy(fitted):
        return _fitted(picture.filter(ImageFilter.BoxBlur(BLUR)))
    return plain, fitted


def _fitted(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    light = ImageStat.Stat(picture).median[0] > legible.DARK
    if light:
        picture = boxes.joined(picture) or picture        # ahead: their height is not that of type
    fitted = legible.fit(picture)
    if light and fitted.size == picture.size:             # which has none
        return picture, fitted
    return picture, boxes.joined(fitted) or fitted


def _grainy(picture: Image.Image) -> bool:
    rows = np.asarray(picture)[::STEP]
    dark = rows < rows.mean()
    return STEP * int(np.count_nonzero(dark[:, 1:] != dark[:, :-1])) >= GRAINY
