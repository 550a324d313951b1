from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import ground

FONT = ImageFont.load_default(18)


def windows(*shades):
    """Sheets side by side, (ground, ink) each, with three lines."""
    picture = Image.new("L", (220 * len(shades), 140), "white")
    draw = ImageDraw.Draw(picture)
    for number, (paper, ink) in enumerate(shades):
        draw.rectangle((220 * number, 0, 220 * number + 219, 139), fill=paper)
        for line in range(3):
            draw.text((220 * number + 20, 20 + 40 * line), "A123456789", ink, FONT)
    return picture


def test_type_on_one_light_ground_stays_as_it_is():
    assert ground.apart(windows((255, 0), (255, 60)), 14) is None
    assert ground.apart(windows((240, 0), (230, 0)), 14) is None


def test_type_on_several_grounds_is_dark_on_white_everywhere():
    plain = ground.apart(windows((255, 0), (30, 220), (120, 255), (150, 40)), 14)
    shades = np.asarray(plain)
    for number in range(4):
        window = shades[:, 220 * number + 15:220 * number + 205]
        assert np.median(window) > 240 and window.min() < 30
        assert 0.03 < np.mean(window < 128) < 0.3


def test_a_dark_page_becomes_a_light_one_and_faint_marks_stay_faint():
    picture = windows((20, 200))
    ImageDraw.Draw(picture).line((0, 132, 219, 132), fill=32)
    shades = np.asarray(ground.apart(picture, 14))
    assert np.median(shades) > 240
    assert shades[132].min() > 100


def test_noise_of_a_ground_is_no_type():
    noisy = np.asarray(windows((255, 0), (180, 20))) + np.random.default_rng(5).normal(0, 12, windows((255, 0), (180, 20)).size[::-1])
    shades = np.asarray(ground.apart(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), 14))
    window = shades[:, 235:425]
    assert np.median(window) > 250 and 0.03 < np.mean(window < 160) < 0.3
    assert np.mean((window > 160) & (window < 240)) < 0.1


def test_low_type_of_a_large_picture_is_taken_from_its_ground_too():
    small = ImageFont.load_default(10)
    picture = Image.new("L", (1400, 900), 40)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 700, 899), fill=250)
    for y in range(20, 880, 20):
        draw.text((40, y), "A123456789 0912345678", 0, small)
        draw.text((760, y), "A123456789 0912345678", 220, small)
    shades = np.asarray(ground.apart(picture, 5))
    for window in (shades[20:880, 40:150], shades[20:880, 760:870]):
        assert np.median(window) > 240 and 0.03 < np.mean(window < 128) < 0.3
