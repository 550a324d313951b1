"""Pictures of several: frames of animations, of which a few are read, and slices of one picture, which are put together."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageStat

from gateway.extract.pictures import grey

BROKEN = (OSError, ValueError, SyntaxError, RuntimeError)
"""What Pillow's readers raise where a picture is damaged; RuntimeError that of AVIF."""
MOST_FRAMES, MOMENTS, FEW = 60, 3, 6
"""Frames of an animation within which it is looked at, and how often; so many are pictures shown one after the other."""
CHANGED = 0.4
"""Mean difference of the pixels of two frames, from which on they are read both."""


def moments(count: int) -> range:
    """The frames of an animation that are looked at: the first one, and a few of the others, all of FEW. Those before it are drawn
    for each."""
    count = min(max(1, count), MOST_FRAMES)
    return range(0, count, 1 if count <= FEW else -(-count // MOMENTS))


def put_together(slices: tuple[tuple[bytes, ...], ...]) -> Image.Image | None:
    """The picture whose slices these are, in grey; None where it is too small. A slice that is broken stays white, as in a page."""
    return grey.grey(laid([[_slice(data) for data in row] for row in slices]))


def laid(rows: Sequence[Sequence[Image.Image]]) -> Image.Image:
    """Pictures beside and below one another as one, in the mode of the first."""
    whole = Image.new(rows[0][0].mode, (sum(each.width for each in rows[0]), sum(row[0].height for row in rows)), "white")
    top = 0
    for row in rows:
        left = 0
        for each in row:
            whole.paste(each, (left, top))
            left += each.width
        top += row[0].height
    return whole


def _slice(data: bytes) -> Image.Image:
    try:
        layered = Image.open(io.BytesIO(data)).convert("RGBA")
    except BROKEN:
        return Image.new("RGB", (1, 1), "white")
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")


def alike(picture: Image.Image, other: Image.Image | None) -> bool:
    """Whether next to nothing changed from one frame to the next."""
    if other is None or picture.size != other.size:
        return False
    return ImageStat.Stat(ImageChops.difference(picture, other)).mean[0] < CHANGED
