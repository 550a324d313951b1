from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import lettering, prepare


def photograph(grain=14.0, size=(900, 700)):
    """A wood before the sky."""
    chance = np.random.default_rng(7)
    width, height = size
    shades = np.full((height, width), 170.0)
    edge = height // 2 + np.cumsum(chance.normal(0, 2, width)) * 0.9
    shades[np.arange(height)[:, None] > edge[None]] = 70
    return Image.fromarray((shades + chance.normal(0, grain, shades.shape)).clip(0, 255).astype(np.uint8))


def changes(picture):
    dark = np.asarray(picture) < np.asarray(picture).mean()
    return int(np.count_nonzero(dark[:, 1:] != dark[:, :-1]))


def test_the_grain_of_a_photograph_is_not_enlarged_as_type():
    assert changes(prepare.prepared(photograph(), lettering.THREES)[1]) < prepare.GRAINY // 5
    assert changes(prepare.prepared(photograph(), lettering.PAGE)[1]) > prepare.GRAINY              # a page is read as it is


def test_type_on_a_grainy_photograph_stays():
    picture = photograph()
    ImageDraw.Draw(picture).text((80, 80), "A123456789", 0, ImageFont.load_default(48))
    fitted = np.asarray(prepare.prepared(picture, lettering.THREES)[1])
    assert fitted[: fitted.shape[0] // 3].min() < 60


def test_a_picture_without_grain_is_as_it_was():
    picture = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(picture).text((40, 60), "A123456789", 0, ImageFont.load_default(40))
    assert changes(prepare.prepared(picture, lettering.THREES)[1]) == changes(prepare.prepared(picture, lettering.PAGE)[1])
