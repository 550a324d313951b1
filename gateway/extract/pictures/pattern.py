"""Regular patterns over a picture: the points of a screen that was photographed, the dots and gaps of printers. Their frequency
stands out of the spectrum of the picture far beyond what type does, and they are blurred by it.
"""

from __future__ import annotations

import numpy as np
from numpy.fft import rfft
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIDE, LEAST = 1024, 128
"""Pixels of the middle of a picture that is looked at, at the most and at the least."""
SHORTEST, LONGEST = 2.1, 7.0
"""Period in pixels: letters follow each other in longer ones."""
AROUND = 20
"""Frequencies to each side whose median is what a picture without pattern has there."""
ALL_OVER, IN_TYPE = 60.0, 12.0
"""How far it stands out where all of the picture has it, and where only type has. Measured: photographs of screens 110 to 570,
dots of printers 18 to 20, small type of one width up to 11."""
BLOCK, EVENEST, UNEVEN = 16, 0.2, 2.5
"""Side of squares in pixels, which share of them is the most even one, and how much the grey of these varies at the least."""
BLUR = 0.45
"""Radius in periods, by which a fortieth of the pattern is left."""


def without(picture: Image.Image, least: float = ALL_OVER) -> Image.Image | None:
    """A grey picture without its pattern; None where none stands out that far."""
    middle = _middle(np.asarray(picture, np.float32))
    if least >= ALL_OVER and not _uneven(middle):
        return None
    periods = [period for period in (_period(middle, least), _period(middle.T, least)) if period]
    return picture.filter(ImageFilter.GaussianBlur(BLUR * max(periods))) if periods else None


def _middle(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    top, left = (max(0, (size - SIDE) // 2) for size in grey.shape)
    return grey[top:top + SIDE, left:left + SIDE]


def _uneven(grey: NDArray[np.float32]) -> bool:
    """Whether no part of the picture is even. Lines of a table follow each other regularly too, on a ground without any pattern."""
    down, across = (size // BLOCK * BLOCK for size in grey.shape)
    blocks = grey[:down, :across].reshape(down // BLOCK, BLOCK, across // BLOCK, BLOCK)
    return bool(blocks.size) and float(np.quantile(blocks.std(axis=(1, 3)), EVENEST)) > UNEVEN


def _period(grey: NDArray[np.float32], least: float) -> float:
    """In pixels along the rows; 0.0 for none."""
    wide = grey.shape[1]
    if wide < LEAST:
        return 0.0
    waves = rfft((grey - grey.mean(axis=1, keepdims=True)) * np.hanning(wide).astype(np.float32), axis=1)
    power = (np.abs(waves) ** 2).mean(axis=0)[int(wide / LONGEST):int(wide / SHORTEST)]
    near = np.convolve(power, np.ones(3) / 3, "same")
    usual = np.array([np.median(power[max(0, at - AROUND):at + AROUND + 1]) for at in range(len(power))])
    at = int(np.argmax(near / np.maximum(usual, 1e-6)))
    return wide / (int(wide / LONGEST) + at) if near[at] > least * max(usual[at], 1e-6) else 0.0
