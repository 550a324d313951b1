from __future__ import annotations

import random
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import boxes

FONT = ImageFont.load_default(18)


def form(cells, side=28, gap=0, ink=0):
    """A row of boxes, and what is in each."""
    picture = Image.new("L", (60 + (side + gap) * len(cells), 80), 255)
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(cells):
        left = 30 + (side + gap) * number
        draw.rectangle((left, 20, left + side, 50), outline=ink)
        draw.text((left + 8, 25), text, 0, FONT)
    return picture


def extent(picture):
    columns = np.nonzero((np.asarray(picture) < 128).any(axis=0))[0]
    return int(columns[0]), int(columns[-1])


@pytest.mark.parametrize("gap", [0, 6])
@pytest.mark.parametrize("ink", [0, 120, 178])
def test_characters_of_boxes_are_moved_together(gap, ink):
    picture = form("A123456789", gap=gap, ink=ink)
    together = boxes.joined(picture)
    left, right = extent(together)
    assert 9 * 8 < right - left < 10 * 17                 # they took ten times 28
    assert not (np.asarray(together)[15:55] < 128).all(axis=0).any()


@pytest.mark.parametrize("ink", [0, 140])
@pytest.mark.parametrize("turn", [0.8, -0.8])
def test_boxes_of_a_scanned_page_rise_and_fall(ink, turn):
    """Pale ones too, of which the outermost sides are paler: the others are printed twice."""
    picture = form("310104196312283128", side=40, ink=ink).resize((1560, 160), Image.Resampling.BICUBIC)
    together = boxes.joined(picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=255))
    rows = np.asarray(together) < 200
    left, right = extent(together)
    assert right - left < 18 * 34                         # of 1440
    assert not rows[:, right + 20:].any()


@pytest.mark.parametrize("step", [4, 8])
def test_dotted_and_dashed_lines_part_boxes_too(step):
    picture = form("A123456789", side=40)
    draw = ImageDraw.Draw(picture)
    for number in range(1, 10):
        left = 30 + 40 * number
        draw.line((left, 22, left, 48), fill=255)
        for y in range(22, 49, step):
            draw.line((left, y, left, y + step // 2 - 1), fill=0)
    together = boxes.joined(picture)
    left, right = extent(together)
    assert right - left < 10 * 17                         # of 400
    plain = Image.new("L", (460, 80), 255)
    ImageDraw.Draw(plain).text((30, 25), "A123456789", 0, FONT)
    ImageDraw.Draw(plain).line((20, 20, 440, 20), fill=0)
    ImageDraw.Draw(plain).line((20, 50, 440, 50), fill=0)
    assert boxes.joined(plain) is None


@pytest.mark.parametrize("ink", [200, 215])
def test_colours_that_a_scanner_leaves_out_are_lines_of_boxes(ink):
    left, right = extent(boxes.joined(form("A123456789", ink=ink)))
    assert right - left < 10 * 17


def test_empty_boxes_are_no_characters():
    left, right = extent(boxes.joined(form(["A", "1", "", "2", "", "", "3"])))
    assert right - left < 4 * 20


def test_cells_of_tables_stay():
    assert boxes.joined(form(["Ann", "Joe", "Kim", "Lee"], side=90)) is None
    assert boxes.joined(form(["12", "13", "14", "15"], side=40)) is None
    assert boxes.joined(form(["1", "2"])) is None
    assert boxes.joined(Image.new("L", (300, 200), 255)) is None


def test_boxes_at_the_edge_and_dark_grounds_do_no_harm():
    for shade in (255, 160, 90):
        for size in (300, 180):
            picture = Image.new("L", (size, 80), shade)
            draw = ImageDraw.Draw(picture)
            for number in range(9):
                x = 4 + 31 * number
                draw.rectangle((x, 20, x + 28, 60), fill=shade // 3 if shade < 255 else None, outline=0)
                draw.line((x + 14, 28, x + 14, 52), fill=255 if shade < 255 else 0, width=3)
            made = boxes.joined(picture)
            assert made is None or made.size == picture.size
            assert made is None or shade == 255


def test_strokes_of_a_noisy_photograph_are_put_in_rows_at_once():
    """Tens of thousands of them, of which none belong together."""
    dice = random.Random(3)
    sides = [(dice.randrange(5000), top := dice.randrange(4000), top + dice.randrange(18, 120)) for _ in range(60_000)]
    form_ = [(100 + 30 * at, 900 + at % 2, 930) for at in range(9)]
    start = time.process_time()
    assert form_ in [row[row.index(form_[0]):][:9] for row in boxes._rows(sides[:0] + form_)]
    rows = list(boxes._rows(sides + form_))
    assert time.process_time() - start < 3
    assert len({side for row in rows for side in row}) == sum(map(len, rows))


def table(rows, wide=28, high=46):
    """Rows of boxes below each other, whose sides go through all of them."""
    picture = Image.new("L", (60 + wide * len(rows[0]), 40 + high * len(rows)), 255)
    draw = ImageDraw.Draw(picture)
    for down in range(len(rows) + 1):
        draw.line((30, 20 + high * down, 30 + wide * len(rows[0]), 20 + high * down), 0, 2)
    for across in range(len(rows[0]) + 1):
        draw.line((30 + wide * across, 20, 30 + wide * across, 20 + high * len(rows)), 0, 2)
    for down, row in enumerate(rows):
        for across, text in enumerate(row):
            draw.text((38 + wide * across, 32 + high * down), text, 0, FONT)
    return picture


def test_sides_that_go_through_several_rows_of_boxes_are_those_of_each():
    together = np.asarray(boxes.joined(table(["A123456789", "F131104093", "B220135686", "D190028846"])))
    for top in (20, 66, 112, 158):
        left, right = extent(Image.fromarray(together[top + 6:top + 40]))
        assert 9 * 8 < right - left < 10 * 17
    assert boxes.joined(table(["ABCD", "EFGH"], wide=160)) is None                             # cells of a table


def test_what_is_left_of_an_edge_that_leans_goes():
    picture = form("1234567")
    lean = picture.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=255)
    together = np.asarray(boxes.joined(lean))
    digits = np.nonzero((np.asarray(together)[:, 34:90] < 128).any(axis=1))[0]
    assert np.ptp(digits) < 24


def test_pieces_of_one_row_are_one():
    one, other = [(x, 20, 60) for x in range(0, 200, 40)], [(x, 21, 59) for x in range(150, 400, 40)]
    far = [(x, 90, 130) for x in range(0, 200, 40)]
    assert boxes._whole([one, far, other]) == [sorted(one + other), far]
