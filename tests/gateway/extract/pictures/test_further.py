"""Further readings of a picture where numbers are left."""

from __future__ import annotations

import pytest
from PIL import Image

from gateway.extract.pictures import further

PAGE = Image.new("L", (1000, 400), 255)
WRONG = "身分證字號 4123456780\n"


class Reader:
    """Answers one after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, picture: Image.Image, tool: str) -> str:
        self.asked.append((picture.width, tool))
        return self.answers.pop(0)


def test_other_sizes_are_read_until_all_numbers_are_right() -> None:
    read = Reader("x", "x", "E843795525\n")
    more = further.compared(PAGE, "1 41234567B0", WRONG, read)[2]
    assert read.asked == [(1000, "tesseract-block"), (700, "tesseract-block"), (1400, "tesseract-block")]
    assert more == "E843795525"


def test_numbers_that_both_readings_have_are_read_once_more_only() -> None:
    read = Reader("x")
    further.compared(PAGE, "4123456780", WRONG, read)
    assert len(read.asked) == 1


@pytest.mark.parametrize(("text", "named"), [("A123456789", "身分證字號 A123456789"), ("x\n" * 40 + "4123456780", "order 4123456780")])
def test_nothing_is_read_again_where_nothing_is_left(text: str, named: str) -> None:
    read = Reader()
    assert further.compared(PAGE, text, named, read) == (text, named, "")


def test_few_lines_are_read_once_more() -> None:
    read = Reader("x")
    further.compared(PAGE, "order 4123456", "order", read)
    assert len(read.asked) == 1


def test_lines_stay_where_a_number_is_lost_without_them(monkeypatch) -> None:
    monkeypatch.setattr(further.drawn, "unruled", lambda picture, *dark: picture.copy())
    first, second = "ASS 3692 1242 1530", "ASS 3692 2242 7530\nRe fate was here as well as that other one"
    assert further.unruled(PAGE, first, 0, Reader(second), "tesseract") == (PAGE, first)
    assert further.unruled(PAGE, "3692 2242 7530", 0, Reader(second), "tesseract")[1] == second


def test_large_pages_are_not_made_larger() -> None:
    assert further._sized(Image.new("L", (4000, 3000)), 1.4).size == (4000, 3000)
    assert further._sized(PAGE, 0.7).size == (700, 280)


@pytest.mark.parametrize(("text", "expected"), [
    ("A123456789 B123456780 97S9 TE96LTT6TA T6S69LTETI 6SS 6CE 9S1T", True), ("A123456789 97S9 TE96LTT6TA T6S69LTETI 6SS 6CE 9S1T", False),
    ("A123456789 B123456780 E843795525 Ann 1980", False), ("", False)])
def test_whether_a_part_may_stand_on_its_head(text: str, expected: bool) -> None:
    assert further.upended(text) is expected
