"""A report as PDF: tables and plots, with the glyphs that it uses of one CJK font embedded."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from gateway.model.errors import SekishoError
from gateway.reports import words
from gateway.reports.page import COLOURS, cut, number, plain
from gateway.reports.sections import Chart, Report, Section

# Debian's fonts-noto-cjk: one file, a face for each region's forms of the same characters.
FONTS = (Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"))
FACES: Mapping[str, int] = {"ja": 0, "en": 0, "zh-Hans": 2, "zh-Hant": 3}
WIDE = 40                                # characters of a cell that mostly sets the width of its column
HEADING = FontFace(fill_color=(238, 242, 247))


class NoFont(SekishoError):
    """There is no font for the report's language."""


class _Pages(FPDF):
    def __init__(self, report: Report, font: Path) -> None:
        super().__init__(format="A4")
        self.say = words.translator(report.language)
        self.add_font("report", fname=str(font), collection_font_number=FACES.get(report.language, 0))
        self.set_font("report", size=10)
        self.set_auto_page_break(True, margin=18)
        self.set_title(report.title)
        self.set_lang(report.language)
        self.set_creator("sekisho")
        self.set_creation_date(report.made_at)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("report", size=8)
        self.cell(0, 6, self.say(words.PAGE).format(page=self.page_no(), pages="{nb}"), align="C")


def pdf(report: Report, fonts: tuple[Path, ...] = FONTS) -> bytes:
    """Raises NoFont."""
    font = next((path for path in fonts if path.is_file()), None)
    if font is None:
        raise NoFont(f"{fonts[0]}: there is no font for the PDF; install Debian's fonts-noto-cjk, or ask for HTML")
    pages = _Pages(report, font)
    pages.add_page()
    pages.set_font_size(18)
    pages.multi_cell(0, 10, report.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pages.set_font_size(10)
    for line in report.lines:
        pages.multi_cell(0, 6, plain(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for section in report.sections:
        _section(pages, section)
    return bytes(pages.output())


def _section(pages: _Pages, section: Section) -> None:
    if pages.get_y() > pages.h - 60:
        pages.add_page()
    pages.ln(4)
    pages.start_section(section.title)
    pages.set_font_size(13)
    pages.multi_cell(0, 8, section.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pages.set_font_size(9)
    if section.note:
        pages.multi_cell(0, 5, section.note, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if not section.rows:
        pages.multi_cell(0, 6, pages.say(words.NOTHING), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    if section.chart is not None:
        (_lying if section.chart.lying else _standing)(pages, section.chart)
    pages.set_font_size(8 if len(section.columns) < 8 else 6)
    pages.set_fill_color(255, 255, 255)  # of the plot above no more
    with pages.table(borders_layout=TableBordersLayout.MINIMAL, headings_style=HEADING, col_widths=_widths(section),
                     line_height=pages.font_size * 1.6) as table:
        for row in (section.columns, *section.rows):
            cells = table.row()
            for value in row:
                cells.cell(number(value) if isinstance(value, int | float) else plain(value),
                           align="R" if isinstance(value, int | float) else "L")


def _widths(section: Section) -> tuple[int, ...]:
    rows: list[Any] = [section.columns, *section.rows[:100]]
    return tuple(max(6, max(min(WIDE, _width(str(row[n]))) for row in rows)) for n in range(len(section.columns)))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _colour(pages: _Pages, n: int) -> None:
    value = COLOURS[n % len(COLOURS)]
    pages.set_fill_color(*(int(value[i:i + 2], 16) for i in (1, 3, 5)))


def _lying(pages: _Pages, plot: Chart) -> None:
    (values,) = plot.series.values()
    most = max(values, default=1) or 1
    pages.set_font_size(8)
    _colour(pages, 0)
    for label, value in zip(plot.labels, values, strict=True):
        if pages.get_y() > pages.h - 24:
            pages.add_page()
        y, length = pages.get_y(), 90 * value / most
        pages.cell(70, 5, cut(plain(label), 40), align="R")
        pages.rect(pages.l_margin + 72, y + 0.8, max(0.2, length), 3.4, style="F")
        pages.text(pages.l_margin + 74 + length, y + 3.8, number(value))
        pages.ln(5)
    pages.ln(2)


def _standing(pages: _Pages, plot: Chart) -> None:
    wide, tall = pages.epw - 12, 45.0
    if pages.get_y() > pages.h - tall - 40:
        pages.add_page()
    left, top = pages.l_margin + 12, pages.get_y() + 3
    most = max((sum(values) for values in zip(*plot.series.values(), strict=True)), default=1) or 1
    step, every = wide / max(1, len(plot.labels)), max(1, len(plot.labels) // 8)
    pages.set_font_size(7)
    pages.text(pages.l_margin, top + 2, number(most))
    for n, label in enumerate(plot.labels):
        y = top + tall
        for colour, values in enumerate(plot.series.values()):
            high = tall * values[n] / most
            y -= high
            _colour(pages, colour)
            if high:
                pages.rect(left + n * step, y, max(0.3, step - 0.6), high, style="F")
        if n % every == 0:
            pages.text(left + n * step, top + tall + 4, label[5:] if len(label) == 10 else label)
    pages.line(left, top + tall, left + wide, top + tall)
    x = left
    for colour, name in enumerate(plot.series):
        _colour(pages, colour)
        pages.rect(x, top + tall + 7, 3, 3, style="F")
        pages.text(x + 4, top + tall + 9.6, name)
        x += 10 + pages.get_string_width(name)
    pages.set_y(top + tall + 14)
