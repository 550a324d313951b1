from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from gateway.extract.pictures import lettering

CHANCE = np.random.default_rng(20)


def written(size, height, ground, ink, words="A123456789 0912-345-678", blur=0.0, quality=90):
    picture = Image.new("L", size, ground)
    ImageDraw.Draw(picture).text((size[0] // 6, size[1] // 3), words, ink, ImageFont.load_default(height))
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(blur)).save(out, "JPEG", quality=quality)
    return Image.open(out).convert("L")


def clouds(side, coarse):
    """Soft forms without edges."""
    return Image.fromarray(CHANCE.integers(0, 255, (coarse, coarse), dtype=np.uint8)).resize((side, side), Image.Resampling.BICUBIC)


def leaves(side):
    """Strokes of all tones over each other: edges everywhere, no ground."""
    picture = clouds(side, side // 5)
    draw = ImageDraw.Draw(picture)
    for _ in range(6000):
        x, y, dx, dy = CHANCE.integers(0, side, 4)
        draw.line((x, y, x + dx // 40, y + dy // 40), int(CHANCE.integers(20, 230)), int(CHANCE.integers(1, 6)))
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def card_on(place):
    card = Image.new("L", (700, 440), 90)
    draw = ImageDraw.Draw(card)
    draw.text((40, 200), "4539 1488 0343 6467", 235, ImageFont.load_default(56))
    draw.text((40, 330), "CHEN MEI LING 12/29", 225, ImageFont.load_default(30))
    place.paste(card.rotate(9, expand=True, fillcolor=110), (200, 300))
    return place.filter(ImageFilter.GaussianBlur(1.2))


@pytest.mark.parametrize("picture", [
    written((1200, 900), 20, 250, 0), written((1200, 900), 90, 250, 0), written((2000, 1200), 200, 240, 30), written((3000, 2200), 24, 255, 0),
    written((1200, 900), 24, 220, 170), written((1200, 900), 28, 240, 20, blur=1.6, quality=60), written((1200, 900), 30, 20, 230),
    written((1200, 900), 28, 250, 0).rotate(90, expand=True), card_on(clouds(1400, 12)), card_on(leaves(1400)), written((300, 200), 20, 255, 0)],
    ids=["line", "large", "huge", "small-on-large", "pale", "blurred", "inverted", "turned", "card-on-clouds", "card-on-leaves", "small-picture"])
def test_lettering(picture):
    assert lettering.threes(picture) >= lettering.THREES


@pytest.mark.parametrize("picture", [
    clouds(1500, 4), clouds(1500, 200), leaves(1500), Image.new("L", (900, 700), 255), Image.effect_noise((1600, 1200), 40), Image.linear_gradient("L"),
    Image.new("L", (20, 2000), 30)], ids=["sky", "water", "leaves", "blank", "noise", "gradient", "strip"])
def test_no_lettering(picture):
    assert lettering.threes(picture) < lettering.THREES
