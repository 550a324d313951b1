"""Takes away the ground that type stands on: the bubbles of a conversation, shaded rows, dark windows beside light ones, light that
falls from one side. What is left is type, dark on white, by how far it stands out from what is around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

AROUND = 9
"""Points along the side of the neighbourhood whose median is the ground: its type covers less than half of it."""
TYPES = 1.8
"""The same in heights of type."""
LARGE = 1_000_000
"""Pixels of a picture from which on only every other point is looked at at the least: type as low as that is grain mostly."""
REACH = 7
"""Points within which the strongest type tells how strong type is."""
OTHER = 24
"""Steps of grey by which a ground is another one."""
SOLID = 5
"""Points across, from which on what differs is ground: strokes of large type are thinner."""
PART = 0.02
"""Of the picture; less of another ground is a rule or a logo."""
FAINT = 0.3
"""Of the strongest contrast of the picture; what is weaker everywhere around is no type."""
GHOST = 0.2
"""Of the strongest type near it; what is weaker is the pattern of the paper."""
LEAST = 30
"""Steps of grey by which type differs from its ground at the least."""
STRONGEST = 99.5
"""Percentile of contrast that is that of the strongest type."""
NOISE = 3
"""How many times as far from their ground as half of all points are, what noise there is may be."""
USUAL = 16
"""Height of type in pixels where it is not known."""


def apart(picture: Image.Image, height: float) -> Image.Image | None:
    """The type of a grey picture dark on white; None where all of it stands on one ground that is light. `height`: of its type."""
    least = 2 if picture.width * picture.height > LARGE else 1
    step = max(least, round((height or USUAL) * TYPES / AROUND))
    grey = np.asarray(picture, np.int16)
    points = Image.fromarray(grey[step // 2::step, step // 2::step].astype(np.uint8))
    around = points.filter(ImageFilter.MedianFilter(AROUND))
    if _one(np.asarray(around)):
        return None
    low, high = (np.asarray(around.filter(beside(3)).resize(picture.size, Image.Resampling.BILINEAR), np.int16)
                 for beside in (ImageFilter.MinFilter, ImageFilter.MaxFilter))
    noise = NOISE * float(np.median(np.abs(np.asarray(points, np.int16) - np.asarray(around, np.int16))))
    away = np.clip(np.maximum(low - grey, grey - high) - int(noise), 0, 255).astype(np.uint8)  # between two grounds is their edge
    strongest = max(LEAST, FAINT * float(np.percentile(away[::2, ::2], STRONGEST)))
    near = _strongest(away, step)
    strength = np.maximum(np.asarray(near.resize(picture.size, Image.Resampling.BILINEAR), np.float32), strongest)
    share = np.clip((away / strength - GHOST) / (1 - GHOST), 0, 1)
    return Image.fromarray((255 - 255 * share).astype(np.uint8))


def _one(ground: NDArray[np.uint8]) -> bool:
    """Whether it is the same nearly everywhere, and light."""
    usual = int(np.argmax(np.bincount(ground.ravel() // 8, minlength=32))) * 8 + 4
    other = Image.fromarray(np.abs(ground.astype(np.int16) - usual) > OTHER).convert("L").filter(ImageFilter.MinFilter(SOLID))
    return usual > 128 and float(np.mean(np.asarray(other) > 0)) < PART


def _strongest(away: NDArray[np.uint8], step: int) -> Image.Image:
    """For each square of pixels, the strongest contrast in or near it."""
    side = 2 * step
    down, across = -(-away.shape[0] // side) * side, -(-away.shape[1] // side) * side
    whole = np.pad(away, ((0, down - away.shape[0]), (0, across - away.shape[1])), mode="edge")
    most = whole.reshape(down // side, side, across // side, side).max(axis=(1, 3))
    return Image.fromarray(most).filter(ImageFilter.MaxFilter(REACH))
