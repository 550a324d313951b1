"""Points of screens and dots of printers."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import pattern


def page(size: int = 30) -> Image.Image:
    picture = Image.new("L", (900, 500), 240)
    draw = ImageDraw.Draw(picture)
    for number in range(9):
        draw.text((40, 10 + 52 * number), "Ann Bell   4579471809962802   0912-345-678", 10, ImageFont.load_default(size))
    return picture


def test_the_points_of_a_screen_are_blurred() -> None:
    across = np.arange(900)
    screen = Image.fromarray((np.asarray(page()) * (0.85 + 0.12 * np.sin(across * 1.9))).astype(np.uint8))
    plain = pattern.without(screen)
    assert plain is not None
    ground = np.asarray(plain)[100:120, 860:890].astype(float)
    assert ground.std() < 3 < np.asarray(screen)[100:120, 860:890].std()


def test_dots_in_type_alone_are_told_where_less_is_asked() -> None:
    dots = np.asarray(page(44)).copy()
    dots[::4] = dots[:, ::4] = 240
    picture = Image.fromarray(dots)
    assert pattern.without(picture, pattern.IN_TYPE) is not None


@pytest.mark.parametrize("size", [12, 18, 30])
def test_type_and_noise_and_small_pictures_have_none(size: int) -> None:
    assert pattern.without(page(size)) is None
    assert pattern.without(Image.effect_noise((900, 500), 60), pattern.IN_TYPE) is None
    assert pattern.without(Image.new("L", (900, 500), 200)) is None and pattern.without(Image.new("L", (80, 60), 200)) is None


def test_the_transform_is_loaded_with_its_room() -> None:
    """numpy loads it where it is first used, and nothing can be loaded in the cell."""
    assert pattern.rfft.__module__.startswith("numpy.fft") and "numpy.fft" in sys.modules
