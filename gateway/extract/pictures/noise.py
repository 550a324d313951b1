"""Takes away what is no type but dots: dust and noise of scanners, grey that a fax or a printer made of black dots."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageStat

from gateway.extract.pictures import drawn

ROWS = 4
"""One of so many rows is looked at to see whether there are dots at all."""
STICKS_OUT = 60
"""Steps by which a dot is darker or brighter than everything around it."""
PEPPERED = 0.012
"""Share of such dots from which on they are everywhere; the smallest type has a tenth of it."""
SPRINKLED, LITTLE = 0.003, 40
"""Share of them, on paper too, from which on single dots are taken out of letters, and the steps by which such stick out: what has
a pixel as dark as itself beside it is a letter."""
MOST_PIXELS = 4_000_000
"""Of a picture of which they are: scans of more show each dot of dust in several pixels."""
PAPER, DARKER = 200, 0.8
"""Grey from which on a pixel is paper; the same as part of the grey of most of the picture."""
ALONE = 26
"""Mean of seven times seven pixels, of which five are dark."""
END = 5
"""Pixels across which the end of a stroke, which stands alone as dots do, touches more of it."""
SPECKLES = 0.01
"""Share of the dark that stands alone; of letters next to nothing does."""


def quieted(picture: Image.Image) -> Image.Image:
    """A grey picture without dots: those among letters too where the picture has many, else only those on paper."""
    dots = _dots(picture)
    if dots >= SPRINKLED and picture.width * picture.height <= MOST_PIXELS and _sprinkled(picture):
        picture = _undotted(picture)
        dots = _dots(picture)
    if dots < PEPPERED:
        return _unspeckled(picture)
    calm = picture.filter(ImageFilter.MedianFilter(3))
    dithered = len(picture.getcolors(256) or ()) <= 2
    return calm.filter(ImageFilter.GaussianBlur(0.7)) if dithered else calm


def _sprinkled(picture: Image.Image) -> bool:
    """Whether there are as many dots on its paper: the smallest type has as many, and grey that is made of dots leaves no paper."""
    return ImageStat.Stat(_alone(picture)[1]).mean[0] >= 255 * SPRINKLED


def _undotted(picture: Image.Image) -> Image.Image:
    """With what is around it in place of each pixel that sticks out from all of it."""
    darkest, brightest = (picture.filter(ImageFilter.RankFilter(3, rank)) for rank in (1, 7))
    darker, brighter = ImageChops.subtract(darkest, picture), ImageChops.subtract(picture, brightest)
    dots = ImageChops.lighter(darker, brighter).point(lambda v: 255 if v > LITTLE else 0)
    return Image.composite(picture.filter(ImageFilter.MedianFilter(3)), picture, dots)


def _dots(picture: Image.Image) -> float:
    """Share of pixels that stick out from all eight around them."""
    grey = np.asarray(picture, np.int16)
    if min(grey.shape) < 3:
        return 0.0
    last = grey.shape[0] - 1
    rows = np.arange(1, last, ROWS)
    middle, columns = grey[rows, 1:-1], (slice(0, -2), slice(1, -1), slice(2, None))
    around = [grey[rows + down, across] for down in (-1, 0, 1) for across in columns if down or across != columns[1]]
    low, high = np.minimum.reduce(around), np.maximum.reduce(around)
    return float(np.mean((middle < low - STICKS_OUT) | (middle > high + STICKS_OUT)))


def _unspeckled(picture: Image.Image) -> Image.Image:
    """Without dots that stand alone, where so much of the dark is such as scanner noise or dotted lines make, and letters never. Of
    a large picture a quarter tells whether it has any."""
    if picture.width * picture.height > MOST_PIXELS and not _speckled(
            *_alone(picture.crop((0, picture.height * 3 // 8, picture.width, picture.height * 5 // 8))), SPECKLES / 2):
        return picture
    ground = round(ImageStat.Stat(picture).median[0])
    dark, dots = _alone(picture)
    if not _speckled(dark, dots, SPECKLES):
        return picture
    return ImageChops.lighter(picture, drawn.grown(dots, 3).point(lambda v: ground if v else 0))


def _speckled(dark: Image.Image, dots: Image.Image, share: float) -> bool:
    return ImageStat.Stat(dots).sum[0] > share * ImageStat.Stat(dark).sum[0]


def _alone(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """What is dark, and what of it stands alone, in white on black: not the end of a stroke."""
    paper = min(PAPER, DARKER * round(ImageStat.Stat(picture).median[0]))
    dark = picture.point(lambda v: 255 if v < paper else 0)
    alone = dark.filter(ImageFilter.BoxBlur(3)).point(lambda v: 255 if v <= ALONE else 0)
    dots = ImageChops.multiply(dark, alone)
    return dark, ImageChops.subtract(dots, drawn.grown(ImageChops.subtract(dark, dots), END))
