"""Frames of what moves, and slices of one picture."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gateway.extract.pictures import frames
from tests.gateway.extract.pictures.test_reading import page, png


def test_of_what_moves_some_frames_that_differ():
    blank = Image.new("L", (300, 100), "white")
    other = blank.copy()
    ImageDraw.Draw(other).rectangle((10, 10, 200, 80), fill="black")
    assert frames.alike(blank, blank.copy()) and not frames.alike(blank, other) and not frames.alike(blank, None)
    assert list(frames.moments(0)) == list(frames.moments(1)) == [0] and list(frames.moments(2)) == [0, 1]
    assert len(frames.moments(500)) == len(frames.moments(frames.FEW + 1)) == frames.MOMENTS
    assert list(frames.moments(5)) == [0, 1, 2, 3, 4]     # shown one after the other


def test_slices_are_put_together_and_those_of_a_broken_one_stay_white() -> None:
    whole = page().convert("RGB")
    strips = tuple((png(whole.crop((0, top, 700, top + 20))),) for top in range(0, 400, 20))
    assert np.array_equal(np.asarray(frames.put_together(strips)), np.asarray(page()))
    grid = tuple(tuple(png(whole.crop((left, top, left + 350, top + 200))) for left in (0, 350)) for top in (0, 200))
    assert np.array_equal(np.asarray(frames.put_together(grid)), np.asarray(page()))
    broken = frames.put_together((*strips[:5], (strips[5][0][:40],), *strips[6:]))
    assert broken is not None and broken.size == (700, 381)
    assert frames.put_together(((png(whole.crop((0, 0, 30, 30))),),) * 9) is None
