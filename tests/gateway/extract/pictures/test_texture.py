from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import lettering, texture

DOWN, ACROSS = np.mgrid[:1200, :1500]
CHANCE = np.random.default_rng(3)


def greys(marks):
    return Image.fromarray(np.where(marks, 255, 0).astype(np.uint8))


def written(picture, words="A123456789 0912-345-678", top=600):
    ImageDraw.Draw(picture).text((200, top), words, 0, ImageFont.load_default(28), stroke_width=6, stroke_fill=255)
    return picture


CHECKERS = greys((DOWN // 8 + ACROSS // 8) % 2)
ANGLES = greys(np.tile(np.pad(np.zeros((20, 20)), ((3, 0), (0, 3)), constant_values=1), (52, 65)))
STATIC = greys(np.kron(CHANCE.integers(0, 2, (300, 375)), np.ones((4, 4))))
COARSE = greys(np.kron(CHANCE.integers(0, 2, (120, 150)), np.ones((10, 10))))
RINGS = greys(np.sin(np.hypot(ACROSS - 700, DOWN - 600) / 3) * np.sin(np.hypot(ACROSS - 800, DOWN - 570) / 3.1) > 0)
LINES = written(Image.new("L", (1500, 1200), 255), "\n".join(["A123456789 0912-345-678 Lin Mei-ling"] * 30), 60)


@pytest.mark.parametrize("picture", [CHECKERS, ANGLES, greys(ACROSS // 3 % 2), greys(DOWN // 5 % 2)],
                         ids=["checkers", "angles", "stripes", "ruled"])
def test_what_repeats_itself_all_over(picture):
    assert texture.tiled(picture)


@pytest.mark.parametrize("picture", [
    LINES, written(CHECKERS.copy()), written(greys(DOWN // 30 % 2)), STATIC, Image.new("L", (1500, 1200), 255), Image.new("L", (90, 90))],
    ids=["type", "type-on-checkers", "type-on-stripes", "static", "blank", "small"])
def test_what_does_not(picture):
    assert not texture.tiled(picture)


@pytest.mark.parametrize("picture", [STATIC, COARSE, RINGS], ids=["static", "coarse", "rings"])
def test_no_room_between_lines_is_no_lettering(picture):
    assert lettering.threes(picture) < lettering.THREES


@pytest.mark.parametrize("turn", [0, 5, 16, 45, 90])
def test_lines_have_room_between_them_however_they_lie(turn):
    assert lettering.threes(LINES.rotate(turn, Image.Resampling.BILINEAR, expand=True, fillcolor=255)) >= lettering.THREES
