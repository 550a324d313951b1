from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gateway.extract.pictures.lines import Marks


def strokes(width, height):
    picture = Image.new("L", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(20, height - 20, 30):
        for x in range(20, width - 40, 14):
            draw.line((x, y, x + 3, y + 9), fill=255)
    return picture


@pytest.mark.parametrize("size", [(700, 400), (2600, 1900)])
def test_it_is_as_sharp_as_the_turned_picture(size):
    picture = strokes(*size)
    marks = Marks.of(np.asarray(picture) > 0)
    small = Image.fromarray((np.asarray(picture) > 0).astype(np.uint8) * 255)
    small.thumbnail((900, 900))
    for turn in (-40, -7, -1.5, 0, 2, 16):
        rows = np.asarray(small.rotate(turn, Image.Resampling.BILINEAR)).sum(axis=1, dtype=np.float64)
        assert marks.sharpness(turn) == pytest.approx((np.diff(rows) ** 2).sum(), rel=0.1, abs=0.01 * marks.sharpness(0))


def test_a_picture_without_marks_is_even():
    assert Marks.of(np.zeros((80, 120), bool)).sharpness(3) == 0.0
