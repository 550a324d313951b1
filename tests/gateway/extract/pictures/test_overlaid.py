"""Type over photographs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from gateway.extract.pictures import lettering, overlaid


def photograph(seed: int = 5) -> Image.Image:
    spots = np.random.default_rng(seed).integers(20, 230, (9, 16), np.uint8)
    return Image.fromarray(spots).resize((1200, 600), Image.Resampling.BICUBIC)


def lettered(ink: int, outline: int) -> Image.Image:
    picture = photograph()
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(34)
    for number in range(5):
        draw.text((60, 40 + 100 * number), "Ann Bell   4579471809962802", ink, font, stroke_width=3, stroke_fill=outline)
    return picture


@pytest.mark.parametrize(("ink", "outline"), [(255, 0), (0, 255)])
def test_type_is_taken_from_its_photograph(ink: int, outline: int) -> None:
    picture = lettered(ink, outline)
    found = overlaid.apart(picture, lettering.threes(picture))
    assert found is not None and sorted(set(found.get_flattened_data())) == [0, 255]
    assert 0.01 < float(np.mean(np.asarray(found) == 0)) < 0.1


def test_photographs_noise_and_pages_stay() -> None:
    noise = Image.effect_noise((1200, 600), 80)
    sheet = Image.new("L", (1200, 600), 250)
    draw = ImageDraw.Draw(sheet)
    for number in range(9):
        draw.text((60, 20 + 60 * number), "Ann Bell   4579471809962802", 0, ImageFont.load_default(34))
    light = Image.linear_gradient("L").resize(sheet.size).point(lambda v: 110 + v * 145 // 255)
    shaded = ImageChops.multiply(sheet.point(lambda v: min(255, v + 5)), light)
    for picture in (photograph(), photograph(6), noise, sheet, shaded):
        assert overlaid.apart(picture, lettering.threes(picture)) is None


def test_the_light_middle_of_a_blurred_sheet_is_no_type_over_it() -> None:
    across, down = np.meshgrid(np.linspace(-1, 1, 830), np.linspace(-1, 1, 370))
    sheet = Image.new("L", (830, 370), 250)
    draw = ImageDraw.Draw(sheet)
    for number in range(5):
        draw.text((80, 60 + 57 * number), "Ann Bell  4579471809962802", 0, ImageFont.load_default(30))
    lit = np.asarray(sheet.filter(ImageFilter.GaussianBlur(1.3))) * (1 - 0.5 * np.clip(across ** 2 + down ** 2, 0, 1.6) / 1.6)
    grain = np.random.default_rng(3).normal(0, 6, lit.shape)
    photo = Image.fromarray(np.clip(lit + grain, 0, 255).astype(np.uint8))
    assert overlaid.apart(photo, 4) is None
