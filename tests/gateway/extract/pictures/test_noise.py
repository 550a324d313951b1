from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import legible, noise


def typed(size=24, ground=255):
    picture = Image.new("L", (size * 16, size * 10), ground)
    draw = ImageDraw.Draw(picture)
    for row in range(5):
        draw.text((size, row * size * 2 + size // 3), "A123456789  0912345678", 0, ImageFont.load_default(size))
    return picture


def peppered(picture, share):
    shades = np.asarray(picture).copy()
    drawn = np.random.default_rng(7).random(shades.shape)
    shades[drawn < share / 2], shades[drawn > 1 - share / 2] = 0, 255
    return Image.fromarray(shades)


def apart(one, other):
    """Share of pixels that are ink in one of the two only."""
    return float(np.mean((np.asarray(one) < 128) != (np.asarray(other) < 128)))


@pytest.mark.parametrize("size", [12, 24, 40])
def test_clean_type_stays_as_it_is(size):
    assert noise.quieted(typed(size)) is not None
    assert apart(noise.quieted(typed(size)), typed(size)) == 0
    assert noise._dots(typed(size)) < noise.PEPPERED / 2


def test_dots_go_from_paper_and_from_letters_where_they_are_everywhere():
    few = peppered(typed(), 0.004)
    assert apart(noise.quieted(few), typed()) < apart(few, typed())
    many = peppered(typed(), 0.06)
    assert apart(noise.quieted(many), typed()) < 0.5 * apart(many, typed())


def test_grey_made_of_dots_is_paper_again():
    grey = typed(30, 225)
    dithered = grey.convert("1").convert("L")
    paper = np.asarray(typed(30)) > 250
    before, after = (np.asarray(picture)[paper] < 100 for picture in (dithered, noise.quieted(dithered)))
    assert before.mean() > 0.08 and after.mean() < 0.02


def test_a_strip_has_no_dots():
    assert noise._dots(Image.new("L", (500, 2))) == 0


@pytest.mark.parametrize("strength", [5, 8, 15])
def test_noise_is_no_type(strength):
    """Half of it is cut off at white, so that what is left is of the strength of faint edges."""
    drawn = np.random.default_rng(strength).normal(0, strength, (240, 384))
    noisy = Image.fromarray(np.clip(np.asarray(typed()) + drawn, 0, 255).astype(np.uint8))
    assert legible._type_height(legible._edges(noisy)) == pytest.approx(legible._type_height(legible._edges(typed())), rel=0.2)


@pytest.mark.parametrize("share", [0.01, 0.02, 0.03])
def test_single_dots_go_from_letters_too(share):
    """Of any grey, all over the picture."""
    drawn = np.random.default_rng(3)
    shades = np.asarray(typed()).copy()
    dots = drawn.random(shades.shape) < share
    shades[dots] = drawn.integers(0, 256, int(dots.sum()))
    noisy = Image.fromarray(shades)
    assert apart(noise.quieted(noisy), typed()) < 0.4 * apart(noisy, typed())


def test_the_smallest_type_is_no_noise():
    small = typed(12)
    assert noise._dots(small) >= noise.SPRINKLED and noise.quieted(small) is small


def test_the_ends_of_strokes_one_pixel_wide_are_no_dots():
    picture = Image.new("L", (300, 200), 255)
    draw = ImageDraw.Draw(picture)
    for x in range(10, 290, 14):
        for y in range(10, 190, 20):
            draw.line((x, y, x, y + 10), fill=0)
            draw.line((x, y + 10, x + 5, y + 10), fill=0)
    assert apart(noise.quieted(picture), picture) == 0
    specks = picture.copy()
    for x in range(17, 290, 14):
        for y in range(4, 190, 20):
            specks.putpixel((x, y), 0)
    assert apart(noise.quieted(specks), picture) == 0
