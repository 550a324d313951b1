"""Rows of cells from where words stand, whoever says so."""

from __future__ import annotations

import random

from gateway.extract.pdf.layout import Letter, Rules, arranged, in_pieces, in_rows


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
