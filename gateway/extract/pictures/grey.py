"""Any picture as its reader sees it, in grey on white: layers laid on a ground, pixels made square, seals taken away, pale type
made strong, and colours told apart that are equally light.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps, ImageStat

from gateway.extract.pictures import drawn, legible

LEAST_WIDTH, LEAST_HEIGHT = 72, 40
"""Smaller pictures are icons and spacers."""
LEAST_UNEVEN, MOST_UNEVEN = 1.4, 4.2
TURNED = ("exif", "dpi")
"""What says how a picture is to be shown."""
FAINT, PALE = 12, 100
"""Steps from the darkest to the lightest of a picture between which these are made black and white; noise of paper has fewer."""
ALL_BUT = 0.05
"""Percent of the pixels at either end that do not count for that."""
TOLD_APART = 2.5
"""How many times as much as grey a colour has to differ within a picture, to be read in its place."""
SIDE = 512
"""Long side in pixels of the copies in which that is measured."""


def grey(picture: Image.Image) -> Image.Image | None:
    """The picture in grey on white, None where it is too small to hold a table."""
    (width, height), said = picture.size, picture.info
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return None
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
        if blank(picture.convert("L")):                   # white on nothing
            picture = Image.alpha_composite(Image.new("RGBA", layered.size, "black"), layered)
    if picture.mode.startswith(("I", "F")):
        picture = _shades(picture)
    if picture.mode in ("RGB", "RGBA", "P", "CMYK", "YCbCr"):
        picture = _strongest(drawn.unsealed(legible.within(picture.convert("RGB"))))
    shown = _strong(picture.convert("L"))
    shown.info |= {key: said[key] for key in TURNED if key in said}
    return _square(ImageOps.exif_transpose(shown))


def blank(picture: Image.Image) -> bool:
    """Whether a grey picture shows nothing."""
    return ImageStat.Stat(picture).stddev[0] < 2


def _strongest(picture: Image.Image) -> Image.Image:
    """Grey, or the one of red, green and blue that differs far more within the picture: red on green is all one grey."""
    plain = picture.convert("L")
    step = -(-max(picture.size) // SIDE)
    spreads = [ImageStat.Stat(band).stddev[0] for band in (picture.reduce(step) if step > 1 else picture).split()]
    most = max(spreads)
    if most < TOLD_APART * ImageStat.Stat(plain.reduce(step) if step > 1 else plain).stddev[0]:
        return plain
    return picture.getchannel(spreads.index(most))


def _strong(picture: Image.Image) -> Image.Image:
    """With black and white, where its tones are all alike."""
    shades = picture.histogram()
    least = picture.width * picture.height * ALL_BUT / 100
    counts = np.cumsum(shades)
    low, high = int(np.searchsorted(counts, least, "right")), int(np.searchsorted(counts, counts[-1] - least))
    return picture.point(lambda v: max(0, min(255, (v - low) * 255 // (high - low)))) if FAINT <= high - low < PALE else picture


def _shades(picture: Image.Image) -> Image.Image:
    """More than 256 shades as 256."""
    shades = np.asarray(picture)
    low, high = float(shades.min()), float(shades.max())
    scale = 255 / (high - low) if high > low else 1.0
    return Image.fromarray(((shades - low) * scale).astype(np.uint8))


def _square(picture: Image.Image) -> Image.Image:
    """With pixels as wide as high: a fax of ordinary fineness has half as many lines as columns."""
    try:
        across, down = (float(value) for value in picture.info.get("dpi", (1, 1)))
    except (TypeError, ValueError):
        return picture
    if not (across > 0 and down > 0 and LEAST_UNEVEN <= max(across / down, down / across) <= MOST_UNEVEN):
        return picture
    wider, higher = max(1.0, down / across), max(1.0, across / down)
    return picture.resize((round(picture.width * wider), round(picture.height * higher)), Image.Resampling.BICUBIC)
