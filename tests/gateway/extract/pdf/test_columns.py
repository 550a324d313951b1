"""Columns of PDF pages that touch: each cell was shown by itself, and cells below one another are a column."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.gateway.extract.pdf.test_letters import asked, cells, page

PEOPLE = [("Ann Lee", "5399746859767200", "792,395", "mo2@qq.com", "WB71914818MF"),
          ("Bob Ray", "4539148803436467", "12,004", "williams@qq.com", "KC00418213PA"),
          ("Cyd Washington", "4556737586899855", "8", "ann@hotmail.com", "RT55512847NN")]
Show = Callable[[Canvas, float, float, str], None]


def at_once(canvas: Canvas, left: float, base: float, text: str) -> None:
    canvas.drawString(left, base, text)


def by_letters(canvas: Canvas, left: float, base: float, text: str) -> None:
    for letter in text:
        canvas.drawString(left, base, letter)
        left += stringWidth(letter, "Helvetica", 10)


def by_groups(canvas: Canvas, left: float, base: float, text: str) -> None:
    for start in range(0, len(text), 4):
        canvas.drawString(left, base, text[start:start + 4])
        left += stringWidth(text[start:start + 4], "Helvetica", 10) + 1


def table(room: float, show: Show = at_once, right: tuple[int, ...] = ()) -> bytes:
    widths = [max(stringWidth(text, "Helvetica", 10) for text in column) + room for column in zip(*PEOPLE, strict=True)]

    def draw(canvas: Canvas) -> None:
        for row, texts in enumerate(PEOPLE):
            left = 40.0
            for column, (text, width) in enumerate(zip(texts, widths, strict=True)):
                if column in right:
                    canvas.drawRightString(left + width, 700 - 14 * row, text)
                else:
                    show(canvas, left, 700 - 14 * row, text)
                left += width

    return page(draw)


@pytest.mark.parametrize("right", [(), (2,)])
@pytest.mark.parametrize("room", [-1.5, 0, 1, 3])
def test_columns_that_touch_are_cells(room: float, right: tuple[int, ...]) -> None:
    data = table(room, right=right)
    assert asked(data) or room > 0
    assert cells(data) == PEOPLE


def test_a_heading_with_other_places_is_cut_as_its_rows() -> None:
    def draw(canvas: Canvas) -> None:
        for row, (name, card, amount, *_) in enumerate(PEOPLE):
            canvas.drawString(40, 700 - 14 * row, name)
            canvas.drawRightString(200, 700 - 14 * row, card)
            canvas.drawRightString(240, 700 - 14 * row, amount)
        for left, text in (40, "Cardholder name"), (40 + stringWidth("Cardholder name", "Helvetica", 10), "Number"), (204, "Balance"):
            canvas.drawString(left, 714, text)

    assert cells(page(draw)) == [("Cardholder name", "Number", "Balance"), *(row[:3] for row in PEOPLE)]


def test_letters_shown_one_by_one_are_words() -> None:
    assert cells(table(20, by_letters)) == PEOPLE


def test_groups_of_a_number_are_not_columns() -> None:
    assert [row[1] for row in cells(table(20, by_groups))] == [row[1] for row in PEOPLE]


def test_two_lines_are_no_column() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(2):
            canvas.drawString(50, 700 - 80 * row, "12345678")
            canvas.drawString(50 + stringWidth("12345678", "Helvetica", 10), 700 - 80 * row, "90123456")

    assert cells(page(draw)) == [("1234567890123456",), ("1234567890123456",)]
