"""Cells in rows and under their headings."""

from __future__ import annotations

from gateway.extract.pdf.rows import Cell, Piece, tabulated


def cell(text: str, left: float, base: float, width: float = 50.0) -> Cell:
    return Cell([Piece(left, left + width, base + 12 * i, 10.0, line, 0) for i, line in enumerate(text.split("|"))])


def test_empty_cells_stand_in_for_those_that_a_row_has_not() -> None:
    heading = [cell("Branch", 0, 0), cell("ID", 100, 0), cell("Name", 200, 0)]
    rows = [cell("Main", 0, 20), cell("A1", 110, 20, 30), cell("Ann", 200, 20), cell("A2", 110, 40, 30), cell("Bob", 190, 40)]
    assert tabulated([*heading, *rows, cell("a note", 0, 60)]) == [
        ("Branch", "ID", "Name"), ("Main", "A1", "Ann"), ("", "A2", "Bob"), ("a note",)]


def test_two_under_one_heading_stay_as_they_are() -> None:
    heading = [cell("Name", 0, 0), cell("Address and number", 100, 0, 200), cell("x", 400, 0)]
    assert tabulated([*heading, cell("a", 110, 20, 20), cell("b", 200, 20, 20)])[1] == ("a", "b")


def test_lines_of_a_cell() -> None:
    assert tabulated([cell("45391488|03436467", 0, 0)]) == [("4539148803436467",)]
    assert tabulated([cell("Ann|Lee", 0, 0)]) == [("Ann Lee",)]
    assert tabulated([cell("王大明|電話：1", 0, 0)]) == [("王大明 電話：1",)]


def test_words_of_one_cell_that_stand_far_apart() -> None:
    heading = [cell("Name", 0, 0, 80), cell("ID", 100, 0), cell("Date", 200, 0)]
    row = [cell("Ann", 0, 20, 20), cell("Lee", 50, 20, 20), cell("A1", 110, 20, 30), cell("1950", 200, 20)]
    assert tabulated([*heading, *row]) == [("Name", "ID", "Date"), ("Ann Lee", "A1", "1950")]
    row[1] = cell("Lee", 60, 20, 60)                      # in two columns
    assert tabulated([*heading, *row])[1] == ("Ann", "Lee", "A1", "1950")
