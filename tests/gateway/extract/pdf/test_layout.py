"""Rows of cells from where words stand, whoever says so."""

from __future__ import annotations

import random

from gateway.extract.pdf.columns import Letter
from gateway.extract.pdf.layout import Rules, arranged, in_pieces, in_rows
from gateway.extract.pdf.rows import Piece
from tests.builders.growth import linear


def word(text: str, left: float, base: float, size: float = 10) -> Letter:
    return base, left, left + size * 0.5 * len(text), size, text


def test_words_in_any_order_are_rows_of_cells() -> None:
    table = [("Name", "Card"), ("Ann", "4539148803436467"), ("Bob", "4556737586899855")]
    words = [word(text, 50 + 150 * column, 40 + 30 * row) for row, cells in enumerate(table) for column, text in enumerate(cells)]
    random.Random(4).shuffle(words)
    assert arranged(words) == table


def test_words_that_touch_are_one_piece() -> None:
    words = [word("4539", 50, 40), word("1488", 70, 40), word("Ann", 200, 40)]
    assert [piece.text for piece in in_pieces(words, Rules([], []))] == ["45391488", "Ann"]


def test_a_drawn_line_parts_what_touches() -> None:
    rules = Rules([], [(71, 0, 100)])
    assert in_rows(in_pieces([word("4539", 50, 40), word("1488", 72, 40)], rules), rules) == [("4539", "1488")]


def test_thousands_of_pieces_in_a_few_lines_cost_what_they_are() -> None:
    def page(count: int) -> list[Piece]:
        rng = random.Random(5)
        places = ((rng.uniform(0, 40_000), rng.choice((100.0, 104.0, 109.0))) for _ in range(count))
        return [Piece(left, left + 5, base, 10, "x", number) for number, (left, base) in enumerate(places)]

    assert linear(lambda pieces: in_rows(pieces, Rules([], [])), page, 1500)
