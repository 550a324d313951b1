"""Any picture in grey: layers, shades, colours, faxes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gateway.extract.pictures import grey


def page(ground: object = 255, ink: object = 0, mode: str = "L") -> Image.Image:
    picture = Image.new(mode, (700, 400), ground)
    draw = ImageDraw.Draw(picture)
    for number in range(3):
        draw.text((40, 60 + 70 * number), "Ann Bell  4579471809962802", ink, font_size=30)
    return picture


@pytest.mark.parametrize("kind", ["white on nothing", "black on nothing", "16 bits", "32 bits"])
def test_shades_and_layers(kind: str) -> None:
    drawn = page()
    if kind.endswith("nothing"):
        made = Image.new("RGBA", drawn.size, (255, 255, 255, 0) if kind.startswith("white") else (0, 0, 0, 0))
        made.putalpha(drawn.point(lambda v: 255 - v))
    else:
        made = Image.fromarray(np.asarray(drawn).astype(np.uint16 if kind == "16 bits" else np.int32) * 200)
    shown = grey.grey(made)
    assert shown is not None and shown.mode == "L" and shown.getextrema() in ((0, 255), (0, 254)) and not grey.blank(shown)


def test_a_fax_of_half_as_many_lines_is_drawn_out() -> None:
    flat = Image.new("L", (800, 200), "white")
    flat.info["dpi"] = (204, 98)
    assert size(flat) == (800, round(200 * 204 / 98))
    for dpi in ((204, 196), (0, 98), (1000, 1), "odd"):
        flat.info["dpi"] = dpi
        assert size(flat) == (800, 200)



def size(picture: Image.Image) -> tuple[int, int]:
    shown = grey.grey(picture)
    assert shown is not None
    return shown.size


@pytest.mark.parametrize(("ground", "ink"), [
    ("#808080", "#9c9c9c"), ("black", "#0000ff"), ("white", "#ffff00"), ("#00a000", "#e03030"), ("#ff8080", "#60b8b8")])
def test_type_as_light_as_its_ground_is_made_black_and_white(ground: str, ink: str) -> None:
    shown = grey.grey(page(ground, ink, "RGB"))
    assert shown is not None and np.ptp(np.asarray(shown).astype(int)) > 90


def test_what_is_strong_and_what_is_empty_stays() -> None:
    plain = page()
    assert grey.grey(plain) == plain and grey.grey(plain.convert("RGB")) == plain
    paper = Image.fromarray(np.random.default_rng(1).normal(240, 1.2, (400, 700)).astype(np.uint8))
    assert grey.grey(paper) == paper and grey.blank(paper)


def test_a_sealed_photograph_is_shown_as_the_camera_was_held() -> None:
    picture, exif, out = page(mode="RGB", ground="white", ink="black"), Image.Exif(), io.BytesIO()
    ImageDraw.Draw(picture).ellipse((150, 40, 350, 240), outline="#d22828", width=8)
    exif[0x112] = 6
    picture.save(out, "PNG", exif=exif)
    shown = grey.grey(Image.open(out))
    assert shown is not None and shown.size == (400, 700)
