"""What pages of PDF files show beside their text."""

from __future__ import annotations

import textwrap

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gateway.extract.base import Problem
from gateway.extract.pictures import paper
from gateway.model.finding import IncidentCode
from tests.builders import leak_documents

PROSE = "Dear Sir, please find the report of the third quarter below. " * 8


def table(rows: int = 9) -> Image.Image:
    picture = Image.new("RGB", (700, 60 * rows), "white")
    draw = ImageDraw.Draw(picture)
    for number in range(rows):
        draw.text((40, 10 + 60 * number), "Ann Bell  4579471809962802", "black", font_size=30)
    return picture


def written(canvas: Canvas, text: str) -> None:
    lines = canvas.beginText(40, 780)
    for line in textwrap.wrap(text, 80):
        lines.textLine(line)
    canvas.drawText(lines)


def shown(draw: object) -> list[paper.Shown | Problem]:
    """Without what may be a code only."""
    return [item for item in paper.pages(leak_documents.printed(draw)) if isinstance(item, Problem) or not item.code]


@pytest.mark.parametrize(("drawn", "scanned", "few", "numbers"), [
    ("", True, True, False), ("Received 2026-11-09 10:31, page 1 of 1, number 000123", False, True, True), (PROSE, False, False, False)])
def test_pages_that_show_more_than_they_say(drawn: str, scanned: bool, few: bool, numbers: bool) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(table()), 40, 200, 500, 250)
        written(canvas, drawn)

    assert paper.scanned(pypdfium2.PdfDocument(leak_documents.printed(draw))[0]) == (scanned, few, numbers)
    size = (1406, 1988) if scanned else (700, 540)        # half as high as it has pixels
    assert [(item.picture.size, item.code) for item in shown(draw) if isinstance(item, paper.Shown)] == [(size, False)]


@pytest.mark.parametrize(("turn", "wide", "high", "shown_as"), [
    (0, 500, 386, (700, 540)), (90, 500, 386, (540, 700)), (180, 500, 386, (700, 540)),
    (0, 220, 170, (1406, 1988)), (0, 500, 200, (1406, 1988))])
def test_a_picture_that_is_all_of_a_page_keeps_its_pixels(turn: int, wide: int, high: int, shown_as: tuple[int, int]) -> None:
    """Where drawing the page makes it larger, in both directions alike."""
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        canvas.drawImage(ImageReader(table()), 40, 200, wide, high)

    found, = shown(draw)
    assert isinstance(found, paper.Shown) and found.picture.size == shown_as
    if shown_as == (700, 540):
        upright = found.picture.transpose(Image.Transpose.ROTATE_180) if turn else found.picture
        assert np.array_equal(np.asarray(upright), np.asarray(table().convert("L")))


@pytest.mark.parametrize(("bottom", "sizes"), [(14, [(700, 540)] * 2), (28, [(1406, 1988)]), (100, [(1406, 1988)])])
def test_pictures_that_stand_apart_keep_their_pixels_beside_a_few_words(bottom: int, sizes: list[tuple[int, int]]) -> None:
    """Pieces of one picture touch, seals lie on it."""
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(table()), 40, 800 - 386, 500, 386)
        canvas.drawImage(ImageReader(table(rows=4).resize((700, 540))), 40, bottom, 500, 386)
        canvas.drawString(280, 20, "- 1 -")

    assert [item.picture.size for item in shown(draw) if isinstance(item, paper.Shown)] == sizes


@pytest.mark.parametrize("alpha", [255, 0])
def test_a_picture_with_a_mask_is_taken_through_it(alpha: int) -> None:
    """Black all over, whose letters its mask lets through."""
    inked = Image.new("RGBA", (700, 540), (0, 0, 0, alpha))
    inked.putalpha(table().convert("L").point(lambda v: 255 if v < 128 else alpha and 255 - v))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(inked), 40, 200, 500, 386, mask="auto")

    found, = shown(draw)
    assert isinstance(found, paper.Shown)
    ink = np.asarray(found.picture) < 128
    assert found.picture.size == pytest.approx((700, 540), abs=2) and 0.005 < ink.mean() < 0.2


def test_photographs_and_many_pictures_among_prose_are_left_out() -> None:
    def one(picture: Image.Image) -> list[paper.Shown | Problem]:
        def draw(canvas: Canvas) -> None:
            canvas.drawImage(ImageReader(picture), 40, 200, 500, 250)
            written(canvas, PROSE)
        return shown(draw)

    hills = Image.fromarray(np.random.default_rng(2).integers(0, 255, (9, 14, 3), np.uint8))
    hills = hills.resize((1500, 900), Image.Resampling.BICUBIC)
    assert one(hills) == []

    def handbook(canvas: Canvas) -> None:
        for number in range(9):
            canvas.drawImage(ImageReader(table(9 + number)), 40, 200, 500, 250)
            written(canvas, PROSE)
            canvas.showPage()
        written(canvas, PROSE)

    assert len(shown(handbook)) == paper.MOST_SHOTS


@pytest.mark.parametrize(("words", "read"), [(PROSE + "Ann Bell 4579471809962802", 0), (PROSE, 1)])
def test_the_scan_under_its_own_text_is_read_again_where_that_has_no_number(words: str, read: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(table(16)), 0, 0, 595, 842)
        written(canvas, words)

    assert len(shown(draw)) == read


def test_small_screens_among_prose_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(table(5)), 40, 60, 260, 90)
        written(canvas, PROSE)

    assert len(shown(draw)) == 1


def test_letters_drawn_as_shapes_and_scans_in_pieces_are_drawn_whole() -> None:
    def shapes(canvas: Canvas) -> None:
        canvas.drawString(40, 30, "Printed 2026-11-09 10:31, page 1 of 1")
        for number in range(paper.OUTLINES):
            canvas.rect(40 + number % 30 * 12, 500 + number // 30 * 20, 6, 9, fill=1)

    def pieces(canvas: Canvas) -> None:
        canvas.drawString(40, 30, "Printed 2026-11-09 10:31, page 1 of 1")
        for number in range(14):
            canvas.drawImage(ImageReader(table(1)), 0, 60 * number, 595, 60)

    def chart(canvas: Canvas) -> None:
        canvas.drawString(40, 30, "Costs of the year by month, 2026-11-09")
        for number in range(40):
            canvas.rect(40 + number * 12, 500, 6, 9, fill=1)

    assert [item.picture.size for item in (*shown(shapes), *shown(pieces)) if isinstance(item, paper.Shown)] == [(1406, 1988)] * 2
    assert shown(chart) == []


def test_drawings_of_many_pages_hold_nothing_scans_do() -> None:
    def drawings(canvas: Canvas) -> None:
        for _ in range(12):
            canvas.drawString(40, 30, "Printed 2026-11-09 10:31, page 1 of 1")
            for number in range(paper.OUTLINES):
                canvas.rect(40 + number % 30 * 12, 500 + number // 30 * 20, 6, 9, fill=1)
            canvas.showPage()

    def scans(canvas: Canvas) -> None:
        for _ in range(12):
            canvas.rect(100, 100, 300, 300, fill=1)
            canvas.showPage()

    assert len(shown(drawings)) == paper.MOST_DRAWN
    last = shown(scans)[-1]
    assert isinstance(last, Problem) and last.code is IncidentCode.COUNT and len(shown(scans)) == paper.MOST_PAGES + 1


def test_seals_over_a_page_are_taken_away() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(table()), 40, 200, 500, 250)
        canvas.setStrokeColorRGB(0.85, 0.15, 0.15)
        canvas.setLineWidth(4)
        canvas.circle(200, 330, 60)

    (item,) = shown(draw)
    assert isinstance(item, paper.Shown) and item.picture.getpixel((round(200 * 170 / 72), round((842 - 270) * 170 / 72))) == 255


def test_numbers_of_letters_in_a_font_are_no_text() -> None:
    assert len(paper.UNMAPPED.findall("\x03\x11\x12 \r\n\t$%\uf0b7\ufffd")) == 4
    assert len(paper.UNMAPPED.findall("\ue031\ue032 12 林美玲")) == 2


def test_what_is_no_pdf_gives_nothing() -> None:
    assert list(paper.pages(b"%PDF-1.4 broken")) == []


@pytest.mark.parametrize(("lines", "reach", "told"), [(400, 400, True), (400, 2, False), (30, 400, False)])
def test_pages_of_more_lines_than_any_drawing_are_not_drawn(
        lines: int, reach: int, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "STROKES", 50_000)

    def draw(canvas: Canvas) -> None:
        for number in range(lines):
            canvas.line(100 + number % 7, 100 + number % 9, 100 + reach, 100 + reach + number % 5)
        canvas.showPage()

    first = shown(draw)[0]
    assert isinstance(first, Problem) is told
    monkeypatch.setattr(paper, "SHAPES", 20)
    last = shown(draw)[0]
    assert isinstance(last, Problem) and last.code is IncidentCode.COUNT and "lines" in last.detail


def test_pages_of_a_few_letters_and_nothing_else_are_no_scans() -> None:
    def numbered(canvas: Canvas) -> None:
        for number in range(12):
            canvas.drawString(300, 30, f"- {number} -")
            canvas.showPage()
        canvas.showPage()

    def ruled(canvas: Canvas) -> None:
        canvas.drawString(300, 30, "- 1 -")
        canvas.line(10, 10, 500, 10)

    def pieces(canvas: Canvas) -> None:
        for number in range(12):
            canvas.drawString(300, 30 + number, " ")
        canvas.drawString(300, 10, "1")

    assert shown(numbered) == []
    assert len(shown(ruled)) == len(shown(pieces)) == 1


def test_pages_of_all_files_of_a_message_are_counted() -> None:
    def draw(canvas: Canvas) -> None:
        for _ in range(3):
            canvas.rect(100, 100, 300, 300, fill=1)
            canvas.showPage()

    found = list(paper.pages(leak_documents.printed(draw), 2))
    assert [isinstance(item, Problem) for item in found] == [False, False, True]
    assert isinstance(found[2], Problem) and found[2].detail == f"more than {paper.IN_ALL} scanned pages in all files"
