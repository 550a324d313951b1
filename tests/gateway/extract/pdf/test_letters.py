"""Cells of PDF pages: wrapped, out of order, turned, drawn twice, over one another; and pages that need none of it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from gateway.extract.pdf.letters import rows, wanted

HEAD = ["Name", "Card Number", "Address"]
PEOPLE = [["Ann Lee", "4539148803436467", "12 Long Street, Old Town"], ["Bob Ray", "4556737586899855", "7 Hill"]]


def cells(data: bytes) -> list[tuple[str, ...]]:
    page = pypdfium2.PdfDocument(data)[0]
    return rows(page, page.get_textpage())


def asked(data: bytes) -> bool:
    text = pypdfium2.PdfDocument(data)[0].get_textpage()
    return wanted(text.get_text_range(), text)


def page(draw: Callable[[Canvas], object]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 800))
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def ruled(widths: list[int], style: list[tuple[object, ...]]) -> bytes:
    out = io.BytesIO()
    small = ParagraphStyle("s", fontName="Helvetica", fontSize=9, leading=11, splitLongWords=True)
    body = [[Paragraph(cell, small) for cell in row] for row in [HEAD, *PEOPLE]]
    SimpleDocTemplate(out).build([Table(body, colWidths=widths, style=TableStyle(style))])
    return out.getvalue()


@pytest.mark.parametrize("style", [[("GRID", (0, 0), (-1, -1), 0.5, "black")],
                                   [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")], []])
def test_wrapped_cells_are_put_together(style: list[tuple[object, ...]]) -> None:
    data = ruled([40, 60, 60], style)
    assert asked(data)
    found = cells(data)
    assert [row[0] for row in found] == ["Name", "Ann Lee", "Bob Ray"]
    assert [row[1] for row in found] == ["Card Number", PEOPLE[0][1], PEOPLE[1][1]]


def test_rows_without_lines_and_without_room_stay_rows() -> None:
    values = [["Ann", "4539148803436467"], ["Bob", "4556737586899855"], ["Cyd", "4532015112830366"]]

    def draw(canvas: Canvas) -> None:
        for i, (name, number) in enumerate(values):
            canvas.drawString(40, 700 - 12 * i, name)
            canvas.drawString(140, 700 - 12 * i, number)

    assert cells(page(draw)) == [tuple(row) for row in values]


def test_letters_in_any_order_and_drawn_twice() -> None:
    def draw(canvas: Canvas) -> None:
        for i, letter in reversed(list(enumerate("Anna 4539148803436467"))):
            for shift in (0, 0.3):
                canvas.drawString(40 + 6 * i + shift, 700, letter)

    assert [cell for row in cells(page(draw)) for cell in row] == ["Anna 4539148803436467"]


def test_what_reaches_over_its_cell_is_not_mixed_with_the_next() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(40, 700, "long.address@example.com")
        canvas.drawString(120, 700, "4539148803436467")

    assert sorted(cell for row in cells(page(draw)) for cell in row) == ["4539148803436467", "long.address@example.com"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_lines(degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(degrees)
        canvas.drawString(0, 0, "Ann 4539148803436467")
        canvas.drawString(0, -20, "Bob 4556737586899855")

    data = page(draw)
    assert asked(data)
    assert cells(data) == [("Ann 4539148803436467",), ("Bob 4556737586899855",)]


def test_upright_headings_stand_over_their_columns() -> None:
    def draw(canvas: Canvas) -> None:
        for place, heading in ((40, "Name"), (140, "Number")):
            canvas.saveState()
            canvas.translate(place + 8, 720)
            canvas.rotate(90)
            canvas.drawString(0, 0, heading)
            canvas.restoreState()
        for i in range(5):
            canvas.drawString(40, 700 - 20 * i, f"Ann {i}")
            canvas.drawString(140, 700 - 20 * i, f"45391488034{i}")

    assert cells(page(draw))[:2] == [("Name", "Number"), ("Ann 0", "453914880340")]


def test_lines_of_one_cell_between_drawn_lines_however_far_apart() -> None:
    def draw(canvas: Canvas) -> None:
        for top, lines in ((700, ("45391488", "03436467")), (650, ("45567375", "86899855")), (600, ("45320151", "12830366"))):
            canvas.rect(40, top - 40, 100, 50)
            for i, line in enumerate(lines):
                canvas.drawString(45, top - 5 - 24 * i, line)

    assert cells(page(draw)) == [("4539148803436467",), ("4556737586899855",), ("4532015112830366",)]


def test_values_below_one_another_in_a_cell_are_not_glued() -> None:
    lines = ("Ann Lee of 12 Long Street, Old Town", "4539148803436467", "0912-345-678", "Tel: 99")

    def draw(canvas: Canvas) -> None:
        for i, line in enumerate(lines):
            canvas.drawString(40, 700 - 12 * i, line)

    assert cells(page(draw)) == [(" ".join(lines),)]


def test_a_column_that_begins_over_the_end_of_another_is_a_cell() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(4):
            canvas.drawString(40, 700 - 20 * row, "a long address in town")
            canvas.drawString(110, 700 - 20 * row, f"A12345678{row}")
    assert {cell for row in cells(page(draw)) for cell in row if cell.startswith("A")} == {f"A12345678{row}" for row in range(4)}


def test_a_word_that_is_shown_in_parts_is_parted_there() -> None:
    def draw(canvas: Canvas) -> None:
        for row, name in enumerate(("Ann", "Li", "Bobby", "Cy")):
            canvas.drawRightString(110, 700 - 20 * row, f"1980010{row}")
            canvas.drawString(110, 700 - 20 * row, f"A12345678{row}")
            canvas.drawString(40, 700 - 20 * row, name)
    data = page(draw)
    assert asked(data)
    assert [row[-2:] for row in cells(data)] == [(f"1980010{row}", f"A12345678{row}") for row in range(4)]


def test_lines_that_were_shown_at_once_and_cells_that_do_not_touch_need_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(40):
            for column, value in enumerate(("Ann", f"A1234567{row:02}", f"0912-345-1{row:02}")):
                canvas.drawString(40 + 120 * column, 780 - 18 * row, value)
    assert not asked(page(draw))


def test_ordinary_pages_are_read_as_they_stand() -> None:
    def prose(canvas: Canvas) -> None:
        for i in range(30):
            canvas.drawString(40, 760 - 14 * i, f"In the year {2000 + i} the bank opened {i} branches and closed {40 - i} others there.")

    def table(canvas: Canvas) -> None:
        for i in range(30):
            canvas.drawString(40, 760 - 14 * i, f"Ann  4539148803436{i:03}  0912-345-{i:03}  1990-01-02")

    assert not asked(page(prose))
    assert not asked(page(table))
    assert not asked(page(lambda canvas: [canvas.drawString(40, 700 - 20 * i, "word") for i in range(20)]))


def test_a_heading_of_two_lines_over_rows_of_one() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 710, "Passport (long")
        for row, values in enumerate((["No.)", "Name", "Opened"], *[[f"31234567{n}", f"Ann {n}", "2026"] for n in range(6)])):
            for column, value in enumerate(values):
                canvas.drawString(50 + 120 * column, 700 - 20 * row, value)

    assert cells(page(draw))[:2] == [("Passport (long No.)", "Name", "Opened"), ("312345670", "Ann 0", "2026")]


def test_a_column_begins_where_it_does_in_other_lines() -> None:
    """An address that goes up to the next column, with nothing but a blank between."""
    def draw(canvas: Canvas) -> None:
        for row, (street, number) in enumerate((("Street", "SSN"), ("1 Lake", "216-48-3052"), ("2 Hill", "568-85-3058"),
                                                ("12 Long Lake Avenue", "660-60-7699"))):
            canvas.drawString(50, 700 - 20 * row, street + " ")
            canvas.drawString(155, 700 - 20 * row, number)

    assert cells(page(draw))[-1] == ("12 Long Lake Avenue", "660-60-7699")


@pytest.mark.parametrize(("rows_below", "want"), [(["Ann 312345678 31234567", "Bob 312345679 31234568", "Cyd 312345670 31234569"], True),
                                                  (["Ann 312345678 x", "Bob 312345679 y", "Cyd 312345670 z"], False)])
def test_numbers_with_a_blank_between_may_be_columns(rows_below: list[str], want: bool) -> None:
    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(["Name ID Ref", *rows_below]):
            canvas.drawString(50, 700 - 20 * row, line)

    assert asked(page(draw)) is want


def test_lines_far_apart_are_a_cell_where_rows_are_farther() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(4):
            for column, lines in enumerate((["Ann"], ["GB24NWBK", "51985228"], ["Long Street", "Old Town"])):
                for number, line in enumerate(lines):
                    canvas.drawString(50 + 120 * column, 700 - 50 * row - 19 * number, line)

    assert cells(page(draw))[0] == ("Ann", "GB24NWBK51985228", "Long Street Old Town")


def test_rows_that_are_set_in_unevenly_stay_rows() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(5):
            canvas.drawString(50 + 9 * (row % 3), 700 - 13 * row, f"M9107557{row}")
            canvas.drawString(150 + 9 * (row * 2 % 3), 700 - 13 * row, f"Ann {row}")

    assert cells(page(draw)) == [(f"M9107557{row}", f"Ann {row}") for row in range(5)]


def test_rows_of_type_that_is_too_small_for_lines() -> None:
    people = (("Name", "Account", "Sum"), ("A Lee", "33086427", "17"), ("B Kim", "55834923", "26"), ("C Wu", "90673931", "22"))

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 0.5)
        for row, texts in enumerate(people):
            for column, text in enumerate(texts):
                canvas.drawString(50 + column * 8, 780 - row * 0.8, text)

    assert asked(page(draw)) and cells(page(draw)) == list(people)
