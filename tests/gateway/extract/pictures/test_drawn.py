from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from gateway.extract.pictures import drawn


def typed(mode="L", ink=0):
    picture = Image.new(mode, (600, 200), 255 if mode == "L" else "white")
    pen = ImageDraw.Draw(picture)
    for x in range(30, 570, 12):
        for y in (40, 90, 140):
            pen.rectangle((x, y, x + 3, y + 20), fill=ink)
    return picture


def dark(picture):
    return int((np.asarray(picture.convert("L")) < 128).sum())


def test_lines_of_a_table_go_and_type_stays():
    ruled = typed()
    pen = ImageDraw.Draw(ruled)
    for y in (20, 75, 125, 180):
        pen.line((10, y, 590, y), fill=0, width=2)
    for x in (10, 300, 590):
        pen.line((x, 20, x, 180), fill=60, width=1)
    plain = drawn.unruled(ruled)
    assert abs(dark(plain) - dark(typed())) < 150
    assert drawn.unruled(typed()) is None


def test_large_letters_are_no_lines():
    picture = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(picture).rectangle((50, 50, 350, 80), fill=0)
    assert drawn.unruled(picture) is None


@pytest.mark.parametrize("colour", [(225, 80, 80), (135, 60, 60), (200, 160, 160)])
def test_a_red_seal_goes_and_type_under_it_stays(colour):
    seal = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(seal).ellipse((200, 20, 360, 180), outline=colour, width=8)
    stamped = ImageChops.multiply(typed("RGB", (0, 0, 0)), seal)
    clean = drawn.unsealed(stamped)
    assert dark(clean) == dark(typed())
    assert int((np.asarray(clean)[:, :, 1] < 200).sum()) == int((np.asarray(typed()) < 200).sum())


def test_the_edges_of_a_seal_go_with_it():
    seal = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(seal).ellipse((200, 20, 360, 180), outline=(225, 80, 80), width=8)
    soft = seal.filter(ImageFilter.GaussianBlur(0.7))
    clean = drawn.unsealed(ImageChops.multiply(typed("RGB", (0, 0, 0)), soft))
    assert int((np.asarray(clean)[:, :, 1] < 220).sum()) == int((np.asarray(typed()) < 220).sum())


def test_what_a_pen_wrote_in_blue_stays_with_its_edges():
    written = typed("RGB", (26, 44, 128)).filter(ImageFilter.GaussianBlur(0.7))
    pen = ImageDraw.Draw(written)
    pen.line((10, 66, 590, 66), fill=(0, 0, 0), width=2)
    assert drawn.unsealed(written).tobytes() == written.tobytes()


def test_a_blue_seal_goes_and_blue_type_stays():
    seal = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(seal).rectangle((200, 20, 360, 180), outline=(60, 60, 200), width=8)
    assert dark(drawn.unsealed(ImageChops.multiply(typed("RGB", (0, 0, 0)), seal))) == dark(typed())
    blue = typed("RGB", (60, 60, 200))
    assert drawn.unsealed(blue) is blue


def test_the_red_number_of_a_card_stays_beside_black_words_and_a_dark_portrait():
    card = typed("RGB", (0, 0, 0)).crop((0, 0, 300, 200))
    pen = ImageDraw.Draw(card)
    pen.rectangle((200, 30, 290, 195), fill=(40, 40, 60))
    for x in range(30, 150, 12):
        pen.rectangle((x, 165, x + 6, 195), fill=(192, 32, 32))
    assert drawn.unsealed(card) is card


def test_red_type_is_no_seal():
    red = typed("RGB", (200, 0, 0))
    assert drawn.unsealed(red) is red
    assert drawn.unsealed(typed()).mode == "L"


def test_red_rows_between_others_are_no_seal():
    rows = typed("RGB", (0, 0, 0))
    pen = ImageDraw.Draw(rows)
    for x in range(30, 570, 12):
        for y in (15, 175):
            pen.rectangle((x, y, x + 3, y + 12), fill=(200, 40, 20))
    assert drawn.unsealed(rows) is rows


def test_seals_spread_over_a_page_go_and_lines_of_red_type_stay():
    stamped = typed("RGB")
    pen = ImageDraw.Draw(stamped)
    for x, y in ((40, 20), (300, 60), (480, 90)):
        pen.ellipse((x, y, x + 90, y + 90), outline=(220, 40, 40), width=5)
    assert drawn.unsealed(stamped) is not stamped
    lines = typed("RGB")
    for y in (65, 115, 165):
        ImageDraw.Draw(lines).rectangle((30, y, 570, y + 4), fill=(220, 40, 40))
    assert drawn.unsealed(lines) is lines


def test_dots_to_write_on_are_lines_and_hyphens_are_none():
    form = Image.new("L", (600, 200), "white")
    pen = ImageDraw.Draw(form)
    for x in range(40, 560, 7):
        pen.rectangle((x, 90, x + 2, 91), fill=0)
    for x in range(40, 200, 26):
        pen.rectangle((x, 130, x + 8, 150), fill=0)       # digits
        pen.rectangle((x + 13, 139, x + 19, 141), fill=0)   # and hyphens between them
    plain = np.asarray(drawn.unruled(form))
    assert (plain[85:96] < 128).sum() == 0 and (plain[100:] < 128).sum() == (np.asarray(form)[100:] < 128).sum()


@pytest.mark.parametrize("reds", [(90,), (40, 90, 140)])
def test_numbers_in_red_are_no_seal(reds):
    table = Image.new("RGB", (600, 200), "white")
    pen = ImageDraw.Draw(table)
    for x in range(30, 570, 12):
        for y in (40, 90, 140):
            pen.rectangle((x, y, x + 3, y + 20), fill=(220, 30, 30) if x > 330 and y in reds else 0)
    assert drawn.unsealed(table) is table


@pytest.mark.parametrize("ground", ["#23408f", "#7a1f2b", "#1040a0"])
def test_the_colour_of_a_card_is_no_seal(ground: str) -> None:
    """Around its white letters what was packed as JPEG is bright in places."""
    card = Image.new("RGB", (700, 400), ground)
    draw = ImageDraw.Draw(card)
    for row in range(4):
        draw.text((40, 30 + 90 * row), "4579 4718 0996 2802", "white", ImageFont.load_default(50))
        draw.text((40, 30 + 90 * row), "4579 4718", "#101010", ImageFont.load_default(50))
    packed = io.BytesIO()
    card.save(packed, "JPEG", quality=80)
    shown = Image.open(packed).convert("RGB")
    assert drawn.unsealed(shown) is shown


def test_coloured_edges_of_letters_on_a_screen_are_no_seal():
    tall = typed().resize((1800, 200), Image.Resampling.NEAREST)
    grey = np.asarray(tall.filter(ImageFilter.BoxBlur(1)))
    screen = Image.fromarray(np.stack([grey[:, band::3] for band in range(3)], axis=-1))
    fringes = np.asarray(screen).astype(int)
    assert int((fringes[:, :, 2] - fringes[:, :, 0] > drawn.BLUE[0]).sum()) > drawn.LEAST_RED
    assert drawn.unsealed(screen) is screen


def test_pale_lines_of_a_screen_go_where_they_are_looked_for():
    ruled = typed()
    pen = ImageDraw.Draw(ruled)
    for y in (20, 75, 125, 180):
        pen.line((10, y, 590, y), fill=170, width=2)
    assert drawn.unruled(ruled) is None
    plain = drawn.unruled(ruled, drawn.PALE)
    assert int((np.asarray(plain) < 200).sum()) == int((np.asarray(typed()) < 200).sum())


@pytest.mark.parametrize("dense", [120, 190])
def test_type_that_shows_through_a_seal_stays(dense):
    page = typed("RGB", (0, 0, 0))
    ink = Image.new("RGBA", page.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(ink)
    pen.ellipse((200, 20, 360, 180), outline=(200, 30, 30, dense), width=8)
    pen.rectangle((240, 85, 320, 115), fill=(200, 30, 30, dense))
    page.paste(ink, (0, 0), ink)
    assert abs(dark(drawn.unsealed(page)) - dark(typed())) < 0.02 * dark(typed())
